// The drawing of the address space in a real browser, with the pane beside it: what is drawn, chosen, zoomed and told.
import { describe, expect, test } from 'vitest';
import { bigSnapshot, changedText, createMapFeed, fixtureText, snapshotOf } from './map-feed.mjs';
import { namesOf, pixelsOf } from './open-page.mjs';
import { describePage } from './page-tests.mjs';
import { themes } from './themes.mjs';

const TEXT = fixtureText('odd-maps-64');
const REGIONS = snapshotOf(TEXT).table.length;
const MIB = 1024;
/** Whatever else the machine does. */
const POLL = { timeout: 20_000 };

describePage('Memory Map: address space', 'map', ({ lastSent, open, opened }) => {
  const start = (options = {}, look = {}) => open(createMapFeed(options), { width: 1300, height: 900, ...look });
  const stage = (page) => page.locator('.space-stage');
  const summary = (page) => page.locator('.space-summary').textContent();
  const details = (page) => page.locator('.details');
  const title = (page) => details(page).locator('h2').textContent();
  const facts = (page, list = '.details-facts') =>
    details(page)
      .locator(`${list} dt`)
      .evaluateAll((terms) => Object.fromEntries(terms.map((term) => [term.textContent, term.nextElementSibling.textContent])));
  const strip = (page) => page.locator('.strip');
  const button = (page, name) => details(page).getByRole('button', { name, exact: true });
  const spoken = (page) => page.locator('main > [role="status"].visually-hidden').textContent();
  const press = async (page, ...keys) => {
    await stage(page).focus();
    for (const key of keys) await page.keyboard.press(key);
    await opened.settle();
  };
  /** The left edges of the bars of the first column as `r,g,b`, from the top down, each once. */
  const spines = async (page, x = 141) => {
    const { width, data, height } = await pixelsOf(stage(page).locator('canvas').first());
    const seen = [];
    for (let y = 0; y < height; y++) {
      // 12 digits, or 16 with [vsyscall], and the gutter before the bar.
      const at = (y * width + x) * 4;
      const colour = data[at + 3] < 255 ? '' : `${data[at]},${data[at + 1]},${data[at + 2]}`;
      if (colour !== seen.at(-1)) seen.push(colour);
    }
    return seen.filter(Boolean);
  };

  test('draws each region in the colour of its segment, low addresses first', async () => {
    const { page } = await start();
    expect(await summary(page)).toBe(`${REGIONS} regions, low addresses first`);
    const drawn = await spines(page);
    // Anonymous at address 0, the program, its heap; what can't be touched has lines.
    const legend = page.locator('.space-legend ul').first();
    const labels = await legend.locator('li').allTextContents();
    const fills = await legend.locator('rect').evaluateAll((all) => all.map((one) => getComputedStyle(one).fill));
    const colourOf = (label) => fills[labels.indexOf(label)].match(/\d+/g).slice(0, 3).join(',');
    const wanted = ['Anonymous', 'Read-only data', 'Text', 'Read-only data', 'Read-only data', 'Data', 'Heap'].map(colourOf);
    expect(drawn.filter((colour) => wanted.includes(colour)).slice(0, wanted.length)).toEqual(wanted);
    expect(new Set(fills).size).toBe(fills.length);
  });

  test('a bar is filled by what is in memory', async () => {
    const { feed, page, post } = await start();
    // Of the heap, at its middle: pixels of its colour right of the bar's left edge.
    const filled = async () => {
      const { data, width } = await pixelsOf(stage(page).locator('canvas').first());
      const at = (x) => data.subarray((145 * width + x) * 4, (145 * width + x + 1) * 4).join();
      const spine = at(139);
      return Array.from({ length: 100 }, (_, x) => at(144 + x)).filter((colour) => colour === spine).length;
    };
    const before = await filled();
    // 12 of 132 KiB, then 120 of 132 KiB.
    expect(before).toBeGreaterThan(5);
    expect(before).toBeLessThan(15);
    await post(
      ...(await feed.next(TEXT.replace(/(\[heap\]\n[\s\S]*?Rss: +)12( kB[\s\S]*?Private_Dirty: +)12( kB)/, '$1120$2120$3'))),
    );
    const after = await filled();
    expect(after).toBeGreaterThan(85);
    expect(after).toBeLessThan(97);
  });

  test('a click selects the region and tells all that is known of it', async () => {
    const { page } = await start();
    expect(await details(page).locator('.details-hint').isVisible()).toBe(true);
    await stage(page).click({ position: { x: 190, y: 145 } });
    await opened.settle();
    expect(await title(page)).toBe('Heap · [heap]');
    expect(await facts(page)).toEqual({
      Addresses: '55cf1354a000-55cf1356b000',
      Size: '132 KiB, 33 pages',
      Permissions: 'rw-p: readable, writable, private',
      Name: '[heap]',
    });
    expect(await facts(page, '.details-figures')).toMatchObject({ Rss: '12 KiB', Private_Dirty: '12 KiB', Swap: '0 bytes' });
    expect(await facts(page, '.details-flags')).toMatchObject({ rd: 'readable', mw: 'may be made writable' });
    expect(await details(page).locator('.details-rule').textContent()).toContain('brk');
    await press(page, 'Escape');
    expect(await details(page).locator('.details-hint').isVisible()).toBe(true);
  });

  test('a gap is selected by a click and by keys: its addresses, its size, and what lies around it', async () => {
    const { feed, page, post } = await start({ live: 2000 });
    await stage(page).click({ position: { x: 190, y: 119 } });
    await opened.settle();
    expect(await title(page)).toBe('Not used');
    expect(await facts(page)).toEqual({
      Addresses: '55cef57d5000-55cf1354a000',
      Size: '477.5 MiB, 122,229 pages',
      'Below it': 'Data · odd-maps',
      'Above it': 'Heap · [heap]',
    });
    expect(await details(page).locator('.details-definition').textContent()).toContain('SIGSEGV');
    expect(await details(page).locator('[aria-label="Figures"]').isVisible()).toBe(false);
    expect(await strip(page).isVisible()).toBe(false);
    await button(page, 'Copy Addresses').click();
    expect(lastSent('copy').text).toBe('55cef57d5000-55cf1354a000');
    await button(page, 'Copy All').click();
    expect(lastSent('copy').text).toMatch(/^Not used\nWhat it is: .*\nAddresses: 55cef57d5000-55cf1354a000\nSize: /);
    // Something is mapped into it: what is left of it stays selected.
    await post(...(await feed.next({ fresh: [{ start: 0x55cf_0000_0000, kib: 64 }] })));
    expect((await facts(page)).Addresses).toBe('55cf00010000-55cf1354a000');
    await press(page, 'g');
    expect(await facts(page)).toMatchObject({ 'Below it': 'Heap · [heap]', Addresses: expect.stringMatching(/^55cf1356b000-/) });
    expect(await details(page).locator('.details-definition').textContent()).toContain('The heap below it grows into it.');
    await expect.poll(() => spoken(page), POLL).toMatch(/^Not used, 40\.1 TiB, 55cf1356b000-/);
    await press(page, 'Shift+G', 'Shift+G', 'Shift+G', 'Shift+G');
    expect((await facts(page)).Addresses).toBe('00001000-55cef57d0000');
    await press(page, 'ArrowDown');
    expect((await facts(page)).Addresses).toBe('55cef57d0000-55cef57d1000');
    await press(page, 'g', 'ArrowUp');
    expect(await title(page)).toBe('Data · odd-maps');
    await press(page, 'End', 'Shift+G');
    expect(await details(page).locator('.details-definition').textContent()).toMatch(/From 8000000000000000 on .* the kernel’s/);
  });

  test('a live reading leaves what is told where the pointer rests, and tells the new figures', async () => {
    const { feed, page, post } = await start({ live: 2000 });
    const tip = page.locator('.space-tip');
    await stage(page).hover({ position: { x: 190, y: 145 } });
    expect(await tip.textContent()).toContain('RSS12 KiB');
    await post(...(await feed.next(TEXT.replace(/(\[heap\]\n[\s\S]*?Rss: +)12( kB)/, '$1120$2'))));
    expect(await tip.isVisible()).toBe(true);
    expect(await tip.textContent()).toContain('RSS120 KiB');
    await page.getByRole('radio', { name: 'Table' }).click();
    await post(...(await feed.next(TEXT)));
    await page.getByRole('radio', { name: 'Address Space' }).click();
    await opened.settle();
    expect(await tip.isVisible()).toBe(false);
  });

  test('what a figure means is told on hover, and below it for everybody who asks', async () => {
    const { page } = await start();
    await press(page, 'ArrowDown', 'ArrowDown');
    const rss = details(page).locator('.details-figures dt', { hasText: /^Rss$/ });
    expect(await rss.getAttribute('title')).toBe('Pages that are in memory now.');
    const meaning = details(page).locator('.meaning', { hasText: 'Pages that are in memory now.' });
    expect(await meaning.isVisible()).toBe(false);
    await button(page, 'Explain').click();
    expect(await meaning.isVisible()).toBe(true);
    expect(await button(page, 'Explain').getAttribute('aria-pressed')).toBe('true');
  });

  test('files of this machine are opened, others not; addresses and all facts are copied', async () => {
    const { page } = await start();
    await press(page, 'ArrowDown', 'ArrowDown');
    expect(await title(page)).toBe('Read-only data · odd-maps');
    await button(page, 'Open File').click();
    expect(lastSent('open-file')).toEqual({ kind: 'open-file', path: '/tmp/maps/odd-maps' });
    await button(page, 'Copy Addresses').click();
    expect(lastSent('copy').text).toBe('55cef57d0000-55cef57d1000');
    await button(page, 'Copy All').click();
    const copied = lastSent('copy').text;
    expect(copied).toMatch(/^Read-only data · odd-maps\n/);
    expect(copied).toMatch(/\nFile: \/tmp\/maps\/odd-maps\n[\s\S]*\nRss: 4 KiB\n[\s\S]*\nrd: readable\n/);
    // The heap has no file, and that of the memfd is deleted.
    await press(page, 'Home', ...Array(9).fill('ArrowDown'));
    expect(await title(page)).toContain('memfd');
    expect(await button(page, 'Open File').isVisible()).toBe(false);
    expect(await details(page).locator('.details-marks').textContent()).toContain('tmpfs');
  });

  test('a file of another machine is not offered to be opened', async () => {
    const snapshot = snapshotOf(TEXT);
    const { page } = await start({ snapshot: { ...snapshot, origin: { ...snapshot.origin, target: 'ssh:far' } } });
    await press(page, 'ArrowDown', 'ArrowDown');
    expect(await title(page)).toBe('Read-only data · odd-maps');
    expect(await button(page, 'Open File').isVisible()).toBe(false);
  });

  test('keys go from region to region, each is told; with Shift several are selected, and their sums shown', async () => {
    const { page } = await start();
    await press(page, 'End');
    expect(await title(page)).toBe('vsyscall · [vsyscall]');
    await expect.poll(() => spoken(page), POLL).toContain('vsyscall, [vsyscall], 4 KiB, --xp');
    await press(page, 'Home');
    expect((await facts(page)).Addresses).toBe('00000000-00001000');
    await press(page, 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown');
    await press(page, 'Shift+ArrowDown');
    expect(await title(page)).toBe('2 regions selected');
    expect(await facts(page)).toMatchObject({
      Between: '55cef57d4000-55cf1356b000',
      VSS: '136 KiB',
      RSS: '16 KiB',
      Data: '1 region',
      Heap: '1 region',
    });
    expect((await facts(page, '.details-figures')).KernelPageSize).toBeUndefined();
    await press(page, 'Escape');
    expect(await details(page).locator('.details-hint').isVisible()).toBe(true);
  });

  test('zooms and pans by keys, buttons and wheel, back to the whole', async () => {
    const { page } = await start();
    const seen = () => page.locator('.space-seen').evaluate((node) => (node.hidden ? 'all' : node.style.cssText));
    await press(page, '0');
    expect(await seen()).toBe('all');
    const whole = await spines(page);
    await press(page, '+', '+', '+', '+', '+', '+');
    const zoomed = await seen();
    expect(zoomed).toMatch(/height/);
    expect((await spines(page)).length).toBeLessThan(whole.length);
    await press(page, 'ArrowRight', 'PageDown');
    expect(await seen()).not.toBe(zoomed);
    await page.getByRole('button', { name: 'Whole' }).click();
    await opened.settle();
    expect(await seen()).toBe('all');
    expect(await spines(page)).toEqual(whole);
    await stage(page).hover({ position: { x: 200, y: 300 } });
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -400);
    await page.keyboard.up('Control');
    await opened.settle();
    expect(await seen()).not.toBe('all');
  });

  test('hovering tells the rule that decided, and the size of a gap', async () => {
    const { page } = await start();
    await stage(page).hover({ position: { x: 190, y: 145 } });
    expect(await page.locator('.space-tip').textContent()).toContain('The kernel names it [heap]');
    await stage(page).hover({ position: { x: 190, y: 119 } });
    expect(await page.locator('.space-tip').textContent()).toMatch(/Not used.*477\.5 MiB/);
  });

  test('a region that grows: its rate and its line, in words too; the selection stays with it when others come before it', async () => {
    const { feed, page, post } = await start({ live: 2000 });
    await press(page, 'Home', ...Array(6).fill('ArrowDown'));
    expect(await title(page)).toBe('Heap · [heap]');
    for (let i = 0; i < 3; i++) await post(...(await feed.next({ grown: { '[heap]': 24 } })));
    await post(...(await feed.next({ grown: { '[heap]': 24 }, fresh: [{ start: 0x1000_0000, kib: 64 }] })));
    expect(await title(page)).toBe('Heap · [heap]');
    expect((await facts(page)).Size).toBe('228 KiB, 57 pages');
    const growth = details(page).locator('.details-growth');
    expect(await growth.textContent()).toMatch(/^\+12\.0 KiB\/s over 8 s$/);
    expect(await growth.locator('path').getAttribute('d')).toMatch(/^M0 .*L260 0$/);
    expect(await summary(page)).toContain('1 region grows');
    // What is mapped afresh has no line yet.
    await press(page, 'Home', 'ArrowDown');
    expect((await facts(page)).Addresses).toMatch(/^10000000-/);
    expect(await details(page).locator('.details-growth path').count()).toBe(0);
  });

  describe('pages', () => {
    const heap = async (options, look) => {
      const opening = await start(options, look);
      await press(opening.page, 'Home', ...Array(6).fill('ArrowDown'));
      return opening;
    };
    test('are read when the user asks, drawn cell by cell, and told in words', async () => {
      const { page } = await heap();
      expect(lastSent('pages')).toBeUndefined();
      expect(await strip(page).locator('.strip-stage').isVisible()).toBe(false);
      await button(page, 'Show Pages').click();
      await opened.settle();
      expect(lastSent('pages')).toEqual({ kind: 'pages', start: 0x55cf1354a000, end: 0x55cf1356b000, cells: 33 });
      const words = await strip(page).locator('.strip-summary').textContent();
      expect(words).toContain(
        '33 pages: 20 in memory, 3 swapped out, 7 of a file or shared, 20 written since it was mapped or marked.',
      );
      expect(words).toContain('Each cell is a page of 4 KiB.');
      const { data } = await pixelsOf(strip(page).locator('canvas'));
      expect(data.some((value) => value > 0)).toBe(true);
      expect(await strip(page).locator('.strip-legend li').allTextContents()).toEqual([
        'in memory, this process’s own',
        'in memory, of a file or shared',
        'swapped out',
        'not in memory',
        'written since the mark, or since it was mapped (bar above)',
      ]);
      await strip(page).locator('.strip-stage').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      expect(await strip(page).locator('.strip-cell').textContent()).toBe(
        '55cf1354b000, 4 KiB: in memory, written since it was mapped or marked',
      );
      await expect.poll(() => spoken(page), POLL).toContain('55cf1354b000, 4 KiB: in memory');
      await page.keyboard.press('End');
      expect(await strip(page).locator('.strip-cell').textContent()).toContain('not in memory, not written');
    });

    test('of a large region several share a cell', async () => {
      const { page } = await heap({ text: changedText(TEXT, { grown: { '[heap]': 64 * MIB } }) });
      await button(page, 'Show Pages').click();
      await opened.settle();
      expect(lastSent('pages').cells).toBeLessThan(1000);
      const words = await strip(page).locator('.strip-summary').textContent();
      expect(words).toMatch(/^16,417 pages: .* Each cell stands for \d+ pages\./);
      expect(words).toContain('in huge pages');
      expect(await strip(page).locator('.strip-legend').textContent()).toContain('in a huge page');
    });

    test('are marked with the user’s consent, and those written since then are told apart', async () => {
      const { page } = await heap();
      await button(page, 'Mark Pages').click();
      await opened.settle();
      expect(lastSent('mark-pages')).toEqual({ kind: 'mark-pages' });
      const marked = 'All pages of the process were marked at 10:00:00. Let it work, then show the pages again';
      expect(await strip(page).getByRole('status').first().textContent()).toContain(marked);
      // The mark is of the whole process.
      await press(page, 'ArrowUp');
      expect(await strip(page).textContent()).toContain(marked);
      await press(page, 'ArrowDown');
      await button(page, 'Show Pages').click();
      await opened.settle();
      expect(await strip(page).locator('.strip-summary').textContent()).toContain('7 written since the mark at 10:00:00');
      expect(await strip(page).getByText(marked).isVisible()).toBe(false);
    });

    test('are not said to be marked without consent', async () => {
      const { page } = await heap({ consents: false });
      await button(page, 'Mark Pages').click();
      await opened.settle();
      expect(lastSent('mark-pages')).toEqual({ kind: 'mark-pages' });
      expect(await strip(page).textContent()).not.toContain('marked');
    });

    test('what is not told is said, and why there are none', async () => {
      const { page } = await heap({
        strip: (from, to) => ({
          start: from,
          end: to,
          pageSize: 4096,
          pagesPerCell: 1,
          present: new Uint32Array(33).fill(1),
          swapped: new Uint32Array(33),
          fileOrShared: new Uint32Array(33),
          at: 0,
        }),
      });
      await button(page, 'Show Pages').click();
      await opened.settle();
      expect(await strip(page).locator('.strip-summary').textContent()).toContain(
        'Not told here: which pages are huge and which were written since a mark.',
      );
      expect(await strip(page).locator('.strip-legend li').count()).toBe(1);
    });

    test('without permission that is said in words; another region begins anew', async () => {
      const { page } = await heap({ strip: () => ({ code: 'permission', path: '/proc/4711/pagemap', operation: 'read' }) });
      await button(page, 'Show Pages').click();
      await opened.settle();
      expect(await strip(page).locator('.strip-why').first().textContent()).toContain('this needs the same user, or root');
      expect(await strip(page).locator('.strip-stage').isVisible()).toBe(false);
      await press(page, 'ArrowDown');
      expect(await strip(page).textContent()).not.toContain('same user');
    });

    test('of a file are not offered, and why', async () => {
      const { page } = await heap({ kind: 'file' });
      expect(await title(page)).toBe('Heap · [heap]');
      expect(await button(page, 'Show Pages').isVisible()).toBe(false);
      expect(await strip(page).textContent()).toContain('A file does not tell of single pages');
    });

    test('of a process that has ended are not offered any more', async () => {
      const { feed, page, post } = await heap();
      await post(...(await feed.fail({ code: 'not-found', path: '/proc/4711', what: 'process' })));
      expect(await button(page, 'Show Pages').isVisible()).toBe(false);
      expect(await strip(page).textContent()).toContain('The process has ended');
    });
  });

  test('a maps file without amounts: what it does not tell is left out, and said', async () => {
    const maps = TEXT.split('\n')
      .filter((line) => /^[\da-f]+-/.test(line))
      .join('\n');
    const { page } = await start({ text: `${maps}\n` });
    await press(page, 'Home');
    expect(await details(page).locator('[aria-label="Figures"]').isVisible()).toBe(false);
    expect(await details(page).locator('[aria-label="VmFlags"]').isVisible()).toBe(false);
    expect(await page.locator('.space-legend').textContent()).toContain('does not tell what is in memory');
  });

  test('names are never read as markup', async () => {
    const { page } = await start({
      text: changedText(TEXT, { fresh: [{ start: 0x1000_0000, kib: 4, path: '/tmp/<img src=x onerror=alert(1)>\u001b[31m' }] }),
    });
    await press(page, 'Home', 'ArrowDown');
    expect((await facts(page)).Name).toBe('/tmp/<img src=x onerror=alert(1)>\\x1b[31m');
    expect(await page.locator('img').count()).toBe(0);
  });

  test('65,530 regions are drawn, and a selection does not draw them again', { timeout: 180_000 }, async () => {
    const { page, picture } = await start({ snapshot: bigSnapshot() });
    expect(await summary(page)).toBe('65,530 regions, low addresses first');
    // Here addresses have 12 digits.
    expect((await spines(page, 113)).length).toBeGreaterThan(20);
    await press(page, '0');
    // A pixel stands for fifty of them: all their segments are in it.
    const { data, width } = await pixelsOf(stage(page).locator('canvas').first());
    const line = new Set(
      Array.from({ length: 110 }, (_, x) => data.subarray((300 * width + 113 + x) * 4, (300 * width + 114 + x) * 4).join()),
    );
    expect(line.size).toBeGreaterThan(6);
    const drawn = await page.evaluate(async () => {
      let fills = 0;
      const { fillRect } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillRect = function (...box) {
        fills++;
        return fillRect.apply(this, box);
      };
      const target = document.querySelector('.space-stage');
      target.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown' }));
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      CanvasRenderingContext2D.prototype.fillRect = fillRect;
      return fills;
    });
    expect(drawn).toBeLessThan(10);
    expect(await title(page)).not.toBe('');
    await press(page, 'End');
    expect((await facts(page)).Size).toBeDefined();
    await picture('map-space-big');
  });

  test('everything that can be used has a name', async () => {
    const { page } = await start();
    await press(page, 'Home', ...Array(6).fill('ArrowDown'));
    await button(page, 'Show Pages').click();
    await opened.settle();
    expect((await namesOf(page)).nameless).toEqual([]);
  });

  test('in high contrast each segment has lines of its own', async () => {
    const { page } = await start({}, { theme: 'hcDark' });
    const swatches = await page
      .locator('.space-legend ul')
      .first()
      .locator('svg')
      .evaluateAll((all) => all.map((one) => one.innerHTML.replace(/(stroke|fill)="[^"]*"/g, '')));
    expect(swatches.length).toBeGreaterThan(10);
    for (const lines of swatches) expect(lines).toContain('<line');
    expect(new Set(swatches).size).toBeGreaterThan(swatches.length * 0.6);
  });

  test.each(Object.keys(themes))('looks as it should: %s', async (theme) => {
    const { feed, page, picture, post } = await start({ live: 2000 }, { theme });
    for (let i = 0; i < 2; i++) await post(...(await feed.next({ grown: { '[heap]': 24 } })));
    await press(page, 'Home', ...Array(6).fill('ArrowDown'));
    await button(page, 'Show Pages').click();
    await opened.settle();
    await picture(`map-space-${theme}`);
    expect(await title(page)).toBe('Heap · [heap]');
  });

  test.each([400, 1600])('%s px wide: nothing lies over anything, nothing has to be scrolled sideways', async (width) => {
    const { page, picture } = await start({}, { width });
    await press(page, 'Home', ...Array(6).fill('ArrowDown'));
    await picture(`map-space-${width}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  });

  test('the SVG of high contrast tells segments apart by lines, too', async () => {
    const { page } = await start({}, { theme: 'hcLight' });
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: /SVG/ }).click();
    await expect.poll(() => lastSent('export-image'), POLL).toBeDefined();
    const text = new TextDecoder().decode(Uint8Array.from(Object.values(lastSent('export-image').bytes)));
    const made = [...text.matchAll(/<pattern id="(lines-\d+)"/g)].map(([, id]) => id);
    expect(made.length).toBeGreaterThan(10);
    expect(new Set([...text.matchAll(/url\(#(lines-\d+)\)/g)].map(([, id]) => id))).toEqual(new Set(made));
    const lines = await page.evaluate(
      (svg) => new DOMParser().parseFromString(svg, 'image/svg+xml').querySelectorAll('pattern path').length,
      text,
    );
    expect(lines).toBe(made.length);
  });

  test('in a low window the key leaves room for the drawing', async () => {
    const { page } = await start({}, { width: 400, height: 500 });
    expect(await stage(page).evaluate((node) => node.clientHeight)).toBeGreaterThanOrEqual(240);
    const bottom = (of) => of.evaluate((node) => node.getBoundingClientRect().bottom);
    const top = (of) => of.evaluate((node) => node.getBoundingClientRect().top);
    expect(await top(page.locator('.map-side'))).toBeGreaterThanOrEqual(await bottom(page.locator('.space-legend')));
  });

  test('no more columns than are needed: names have the room', async () => {
    const { page, picture } = await start({}, { width: 1600, height: 1100 });
    await picture('map-space-columns');
    // The lines between columns: one for two of them.
    const { data, width } = await pixelsOf(stage(page).locator('canvas').first());
    const y = 20;
    const isLine = (x) => {
      const at = (row) => data.subarray((row * width + x) * 4, (row * width + x + 1) * 4).join();
      return data[(y * width + x) * 4 + 3] > 0 && [40, 160, 280, 400, 520].every((row) => at(row) === at(y));
    };
    const lines = Array.from({ length: width }, (_, x) => x).filter(isLine);
    expect(lines).toEqual([Math.round(width / 2)]);
  });

  test('is saved as SVG and as PNG, with any names', async () => {
    const hostile = changedText(TEXT, { fresh: [{ start: 0x1000_0000, kib: 4, path: '/tmp/<b>"&\u0001' }] });
    const { page } = await start({ text: hostile });
    const exported = () => opened.sent.filter(({ kind }) => kind === 'export-image');
    for (const [at, format] of ['SVG', 'PNG'].entries()) {
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: new RegExp(format) }).click();
      // A picture is made beside everything else.
      await expect.poll(() => exported().length, POLL).toBe(at + 1);
    }
    const [svg, png] = exported();
    expect([svg.format, png.format]).toEqual(['svg', 'png']);
    const text = new TextDecoder().decode(Uint8Array.from(Object.values(svg.bytes)));
    const fault = await page.evaluate(
      (xml) => new DOMParser().parseFromString(xml, 'image/svg+xml').querySelector('parsererror')?.textContent,
      text,
    );
    expect(fault).toBeUndefined();
    expect(text).toContain('Heap rw-p [heap]');
    expect(text).not.toContain('<b>');
    expect([...Object.values(png.bytes)].slice(1, 4)).toEqual([0x50, 0x4e, 0x47]);
  });

  test('where many share a line, hovering says so', async () => {
    const { page } = await start({ snapshot: bigSnapshot(20_000) });
    await press(page, '0');
    await stage(page).hover({ position: { x: 150, y: 200 } });
    expect(await page.locator('.space-tip').textContent()).toMatch(/^One of \d+ regions in this line: zoom in/);
  });

  test('follows the colours of the editor', async () => {
    const { page } = await start();
    const before = await spines(page);
    await opened.setTheme('light');
    expect(await spines(page)).not.toEqual(before);
  });
});
