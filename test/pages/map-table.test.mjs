// The table of the page Memory Map in a real browser, over the host's own code.
import { describe, expect, test } from 'vitest';
import { bigSnapshot, createMapFeed, fixtureText } from './map-feed.mjs';
import { describePage } from './page-tests.mjs';

describePage('Memory Map: table', 'map', ({ open, opened, lastSent }) => {
  const start = (options = {}, view = {}) =>
    open(createMapFeed({ saved: { view: 'table' }, ...options }), { width: 1500, height: 900, ...view });

  const table = (page) => page.locator('.region-table');
  const rows = (page) => table(page).locator('.body > .row');
  const headers = (page) => table(page).locator('.header .label').allTextContents();
  const header = (page, label) => table(page).locator('.header .cell', { has: page.getByText(label, { exact: true }) });
  /** Texts of a column, of the rows in sight. */
  const column = (page, label) =>
    page.evaluate((wanted) => {
      const root = document.querySelector('.region-table');
      const at = [...root.querySelectorAll('.header .label')].findIndex((one) => one.textContent === wanted);
      const text = (cell) => (cell.querySelector('.name') ?? cell).textContent;
      return [...root.querySelectorAll('.body > .row')].map((row) => text(row.children[at]));
    }, label);
  const addresses = (page) => column(page, 'Start');
  const total = async (page, label) => {
    const cells = await table(page)
      .locator('.totals .row', { hasText: `${label}:` })
      .locator('.cell')
      .allTextContents();
    const names = await headers(page);
    return Object.fromEntries(names.map((name, at) => [name, cells[at]]));
  };
  const totals = (page) => table(page).locator('.totals .row .first').allTextContents();
  const selected = async (page) =>
    await rows(page).evaluateAll((list) => list.flatMap((row, at) => (row.getAttribute('aria-selected') === 'true' ? [at] : [])));
  const setFilter = (page, text) => table(page).locator('vscode-textfield input').fill(text);
  const choose = async (page, label, option) => {
    await table(page).getByRole('combobox', { name: label }).click();
    await page.locator('vscode-single-select li.option:visible').getByText(option, { exact: true }).click();
  };
  const menuItem = (page, name) => page.getByRole('menuitem', { name });
  const activeRow = (page) => page.evaluate(() => document.activeElement?.closest('.row')?.querySelector('.name')?.textContent);
  const last = (sent, kind) => sent.findLast((message) => message.kind === kind);
  const copied = (sent) => last(sent, 'copy')?.text;
  const bytesOf = (text) => {
    const [, value, unit] = /([\d.,]+) ?(\w+)?/.exec(text);
    return Number(value.replaceAll(',', '')) * 1024 ** ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'].indexOf(unit ?? 'bytes');
  };

  describe('columns', () => {
    test('are those that the map tells, in the sets that a user knows', async () => {
      const { page } = await start();
      expect((await headers(page)).slice(0, 5)).toEqual(['Start', 'Size', 'Perm', 'Segment', 'RSS']);
      await choose(page, 'Set of columns', 'pmap -x');
      expect(await headers(page)).toEqual(['Start', 'Size', 'RSS', 'Dirty', 'Perm', 'Path or name']);
      await choose(page, 'Set of columns', 'smaps');
      expect(await headers(page)).toContain('Private_Dirty');
      expect((await headers(page)).slice(-2)).toEqual(['VmFlags', 'Path or name']);
      await choose(page, 'Set of columns', 'All');
      expect((await headers(page)).length).toBeGreaterThan(30);
      await expect.poll(() => header(page, 'LazyFree').getAttribute('title')).toContain('madvise(MADV_FREE)');
    });

    test('a map without amounts offers none', async () => {
      const text = fixtureText('odd-maps-64').replace(/^[A-Z].*\n/gm, '');
      const { page } = await start({ text });
      expect(await headers(page)).toEqual(['Start', 'Size', 'Perm', 'Segment', 'Marks', 'Path or name']);
      await page.getByRole('button', { name: 'Choose Columns' }).click();
      expect(await page.getByRole('menuitemcheckbox', { name: 'RSS' }).count()).toBe(0);
      await expect.poll(() => page.getByRole('menuitemcheckbox', { name: 'Offset' }).count()).toBe(1);
    });

    test('can be chosen, moved, hidden and made wider', async () => {
      const { page } = await start();
      await page.getByRole('button', { name: 'Choose Columns' }).click();
      await page.getByRole('menuitemcheckbox', { name: 'End', exact: true }).click();
      await page.getByRole('menuitemcheckbox', { name: 'PSS', exact: true }).click();
      await page.keyboard.press('Escape');
      expect((await headers(page)).slice(0, 6)).toEqual(['Start', 'End', 'Size', 'Perm', 'Segment', 'RSS']);
      expect(await headers(page)).not.toContain('PSS');
      await header(page, 'USS').click({ button: 'right' });
      await menuItem(page, 'Move Left').click();
      expect((await headers(page)).slice(5, 7)).toEqual(['USS', 'RSS']);
      await header(page, 'USS').click({ button: 'right' });
      await menuItem(page, 'Hide Column').click();
      expect(await headers(page)).not.toContain('USS');
      const width = () => header(page, 'Size').evaluate((cell) => cell.offsetWidth);
      const before = await width();
      await header(page, 'Size').focus();
      await page.keyboard.press('Shift+ArrowRight');
      expect(await width()).toBe(before + 12);
    });
  });

  test('what was chosen comes again after a reload', async () => {
    const { page, sent } = await start();
    await choose(page, 'Set of columns', 'pmap -X');
    await header(page, 'Size').click();
    await setFilter(page, 'perm:w');
    const shown = await addresses(page);
    const names = await headers(page);
    await expect.poll(() => last(sent, 'save')?.state.forms.table.filter).toBe('perm:w');
    const { state } = last(sent, 'save');
    await opened.close();
    const again = await start({ saved: state });
    expect(await headers(again.page)).toEqual(names);
    expect(await addresses(again.page)).toEqual(shown);
    expect(await header(again.page, 'Size').getAttribute('aria-sort')).toBe('descending');
    expect(await table(again.page).locator('vscode-textfield input').inputValue()).toBe('perm:w');
  });

  test('sorts by a click: amounts largest first, texts by letters, and back by address', async () => {
    const { page } = await start();
    const before = await addresses(page);
    await header(page, 'RSS').click();
    const sizes = (await column(page, 'RSS')).map(bytesOf);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(sizes[0]).toBeGreaterThan(sizes.at(-1));
    expect(await header(page, 'RSS').getAttribute('aria-sort')).toBe('descending');
    await header(page, 'Segment').click();
    const names = (await column(page, 'Segment')).map((name) => name.toLowerCase());
    expect(names).toEqual(names.toSorted());
    await header(page, 'Start').click();
    expect(await addresses(page)).toEqual(before);
    await header(page, 'Start').click();
    expect((await addresses(page))[0]).toBe('ffffffffff600000');
  });

  test('filters by text and predicates, sums what is shown, and says what is wrong', async () => {
    const { page } = await start();
    await setFilter(page, 'perm:w segment:heap');
    expect(await column(page, 'Segment')).toEqual(['Heap']);
    expect(await totals(page)).toEqual(['Shown: 1 region', 'All: 44 regions']);
    expect((await total(page, 'Shown')).Size).toBe('132.0 KiB');
    await setFilter(page, 'rss>4K !libc');
    const sizes = await column(page, 'RSS');
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.every((text) => bytesOf(text) > 4096)).toBe(true);
    const sum = sizes.reduce((all, text) => all + bytesOf(text), 0);
    expect(bytesOf((await total(page, 'Shown')).RSS)).toBe(sum);
    await setFilter(page, 'rss>4K segment:hep');
    expect(await table(page).locator('.filter-message.error').textContent()).toContain('There is no segment "hep".');
    expect(await column(page, 'RSS')).toEqual(sizes);
    await setFilter(page, 'nothing is called so');
    expect(await table(page).locator('.empty').textContent()).toContain('No region matches the filter.');
    await table(page).locator('.empty button').click();
    expect((await totals(page))[0]).toBe('All: 44 regions');
  });

  test('groups by segment, file and permission, with sums; a group unfolds by click and by key', async () => {
    const { page } = await start();
    await choose(page, 'Groups', 'Group by segment');
    const names = await addresses(page);
    expect(names).toContain('Heap');
    expect(await table(page).locator('.grid').getAttribute('role')).toBe('treegrid');
    const text = table(page).locator('.row.group', { has: page.locator('.name', { hasText: /^Library text$/ }) });
    await text.locator('.lead').click();
    expect(await text.getAttribute('aria-expanded')).toBe('true');
    expect(
      await rows(page)
        .nth((await addresses(page)).indexOf('Library text') + 1)
        .getAttribute('aria-level'),
    ).toBe('2');
    await text.locator('.first').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await text.getAttribute('aria-expanded')).toBe('false');
    await choose(page, 'Groups', 'Group by file');
    await header(page, 'RSS').click();
    expect((await addresses(page))[0]).toBe('libc.so.6');
    expect(await rows(page).first().locator('.detail').textContent()).toBe('5 regions in /usr/lib/x86_64-linux-gnu');
    const sums = (await column(page, 'RSS')).map(bytesOf);
    const all = sums.reduce((sum, one) => sum + one, 0);
    // It is shown with a decimal.
    expect(Math.abs(bytesOf((await total(page, 'All')).RSS) - all)).toBeLessThan(0.06 * 2 ** 20);
    await choose(page, 'Groups', 'Group by permission');
    expect(await addresses(page)).toContain('rwxp');
    await rows(page).first().click({ button: 'right' });
    await menuItem(page, 'Expand All').click();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(20);
  });

  describe('selection', () => {
    test('Ctrl and Shift with clicks; it is summed, and the page knows', async () => {
      const { page } = await start();
      await rows(page).nth(2).click();
      expect(await selected(page)).toEqual([2]);
      expect(await totals(page)).toEqual(['All: 44 regions']);
      await rows(page)
        .nth(4)
        .click({ modifiers: ['Control'] });
      expect(await selected(page)).toEqual([2, 4]);
      await rows(page)
        .nth(6)
        .click({ modifiers: ['Shift'] });
      expect(await selected(page)).toEqual([4, 5, 6]);
      expect(await totals(page)).toEqual(['Selected: 3 regions', 'All: 44 regions']);
      const sizes = (await column(page, 'Size')).slice(4, 7).map(bytesOf);
      expect(bytesOf((await total(page, 'Selected')).Size)).toBe(sizes.reduce((all, one) => all + one, 0));
      await page.getByRole('radio', { name: 'Address Space' }).click();
      await page.getByRole('radio', { name: 'Table' }).click();
      expect(await selected(page)).toEqual([4, 5, 6]);
    });

    test('keys: arrows choose, Shift extends, Ctrl+A takes all that is shown, Escape lets go', async () => {
      const { page } = await start();
      await table(page).locator('vscode-textfield input').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      expect(await selected(page)).toEqual([1]);
      await page.keyboard.press('Shift+ArrowDown');
      await page.keyboard.press('Shift+ArrowDown');
      expect(await selected(page)).toEqual([1, 2, 3]);
      await page.keyboard.press('Shift+ArrowUp');
      expect(await selected(page)).toEqual([1, 2]);
      await page.keyboard.press('Control+Space');
      expect(await selected(page)).toEqual([1]);
      await page.keyboard.press('Control+a');
      expect((await totals(page))[0]).toBe('Selected: 44 regions');
      await page.keyboard.press('Escape');
      expect(await selected(page)).toEqual([]);
      await page.keyboard.press('End');
      await page.keyboard.press('Control+End');
      expect(await activeRow(page)).toBe('ffffffffff600000');
      expect(await page.evaluate(() => document.activeElement.matches('.region-table .cell:last-child'))).toBe(true);
    });

    test('what is chosen elsewhere is brought into sight, out of a folded group or a filter, too', async () => {
      const { page } = await start();
      await page.getByRole('radio', { name: 'Address Space' }).click();
      await page.locator('.space-stage').focus();
      await page.keyboard.press('End');
      await page.getByRole('radio', { name: 'Table' }).click();
      const chosen = table(page).locator('.body > .row.selected .name');
      expect(await chosen.textContent()).toBe('ffffffffff600000');
      expect(await chosen.isVisible()).toBe(true);
      await choose(page, 'Groups', 'Group by segment');
      await setFilter(page, 'heap');
      await page.getByRole('radio', { name: 'Address Space' }).click();
      await page.getByRole('radio', { name: 'Table' }).click();
      expect(await chosen.textContent()).toBe('ffffffffff600000');
    });
  });

  describe('copying', () => {
    test('the selected rows in their order, with a header, amounts in bytes', async () => {
      const { page, sent } = await start();
      await header(page, 'Size').click();
      const [first, , third] = await addresses(page);
      await rows(page).nth(2).click();
      await rows(page)
        .nth(0)
        .click({ modifiers: ['Control'] });
      await page.keyboard.press('Control+c');
      await expect.poll(() => copied(sent)).toBeDefined();
      const lines = copied(sent)
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t'));
      expect(lines[0].slice(0, 3)).toEqual(['Start', 'Size [bytes]', 'Perm']);
      expect(lines.slice(1).map(([start]) => start)).toEqual([`0x${first}`, `0x${third}`]);
      expect(lines.every((line) => line.length === lines[0].length)).toBe(true);
      expect(Number(lines[1][1])).toBeGreaterThan(Number(lines[2][1]));
    });

    test('the menu of a row copies and opens, and filters by what it is', async () => {
      const { page, sent } = await start();
      await setFilter(page, 'libc.so.6');
      const [first] = await addresses(page);
      await rows(page).first().click({ button: 'right' });
      await menuItem(page, 'Copy Address').click();
      await expect.poll(() => copied(sent)).toBe(`0x${first}`);
      await rows(page).first().click({ button: 'right' });
      await menuItem(page, 'Copy Path or Name').click();
      await expect.poll(() => copied(sent)).toBe('/usr/lib/x86_64-linux-gnu/libc.so.6');
      await rows(page).first().click({ button: 'right' });
      await menuItem(page, 'Open File').click();
      await expect.poll(() => last(sent, 'open-file')?.path).toBe('/usr/lib/x86_64-linux-gnu/libc.so.6');
      await rows(page).first().click({ button: 'right' });
      await menuItem(page, 'Show Only This File or Name').click();
      expect(await table(page).locator('vscode-textfield input').inputValue()).toBe('path="/usr/lib/x86_64-linux-gnu/libc.so.6"');
      expect(new Set(await column(page, 'Path or name'))).toEqual(new Set(['/usr/lib/x86_64-linux-gnu/libc.so.6']));
      await setFilter(page, 'segment:heap');
      await rows(page).first().click({ button: 'right' });
      expect(await menuItem(page, 'Open File').getAttribute('aria-disabled')).toBe('true');
      await page.keyboard.press('Escape');
      await setFilter(page, 'mark:deleted');
      await rows(page).first().click({ button: 'right' });
      expect(await menuItem(page, 'Open File').getAttribute('aria-disabled')).toBe('true');
    });
  });

  test('what a region is, and why, is told on hover and to screen readers', async () => {
    const { page } = await start();
    await setFilter(page, 'segment:heap');
    const cells = rows(page).first().locator('.cell');
    await cells.nth(3).hover();
    expect(await cells.nth(3).getAttribute('title')).toContain('Decided by: The kernel names it [heap]');
    await cells.nth(2).focus();
    expect(await page.locator('.region-table #cell-note').textContent()).toBe('readable, writable, private');
  });

  describe('new maps', () => {
    test('live: what is selected and what stands at the top stay, and growth has its column', async () => {
      const { page, feed, post } = await start({ live: 2000 }, { height: 700 });
      await rows(page).nth(6).click();
      expect(await table(page).locator('.selected .detail').textContent()).toBe('[heap]');
      const heap = await table(page).locator('.selected .name').textContent();
      await table(page)
        .locator('.grid')
        .evaluate((grid) => {
          grid.scrollTop = 22 * 10;
        });
      await opened.settle();
      const top = () =>
        page.evaluate(() => {
          const grid = document.querySelector('.region-table .grid');
          const { top: edge } = grid.getBoundingClientRect();
          const row = [...grid.querySelectorAll('.body > .row')].find((one) => one.getBoundingClientRect().top >= edge + 26);
          return row.querySelector('.name').textContent;
        });
      const before = await top();
      for (let i = 0; i < 4; i++) {
        const fresh = [{ start: 0x100000 + i * 0x10000, kib: 4 }];
        await post(...(await feed.next({ grown: { '[heap]': 64 }, ...(i < 2 && { fresh }) })));
      }
      expect((await totals(page))[0]).toBe('All: 46 regions');
      expect(await top()).toBe(before);
      expect(await table(page).locator('.selected .name').textContent()).toBe(heap);
      await header(page, 'Growth').click();
      await table(page)
        .locator('.grid')
        .evaluate((grid) => {
          grid.scrollTop = 0;
        });
      await opened.settle();
      expect((await column(page, 'Growth'))[0]).toBe('+32.0 KiB/s');
      expect((await addresses(page))[0]).toBe(heap);
      expect(await rows(page).first().locator('.growth path').getAttribute('d')).toMatch(/^M[\d.]+ [\d.]+L/);
    });

    test('rows stay where they are while the pointer is on them', async () => {
      const { page, feed, post } = await start();
      await header(page, 'USS').click();
      const before = await addresses(page);
      expect(before[0]).not.toBe('55cf1354a000');
      await rows(page).nth(3).hover();
      await post(...(await feed.next({ grown: { '[heap]': 4096 } })));
      expect((await addresses(page)).slice(0, 10)).toEqual(before.slice(0, 10));
      await header(page, 'Size').hover();
      await expect.poll(async () => (await addresses(page))[0]).toBe('55cf1354a000');
    });

    test('the focus stays in its cell', async () => {
      const { page, feed, post } = await start();
      await rows(page).nth(6).locator('.cell').nth(4).click();
      const before = await activeRow(page);
      await post(...(await feed.next({ gone: ['12 kB'], fresh: [{ start: 0x100000, kib: 4 }] })));
      expect(await activeRow(page)).toBe(before);
      await page.keyboard.press('ArrowDown');
      expect(await activeRow(page)).not.toBe(before);
    });

    test('a filter that the next map does not tell leaves its words, and says so', async () => {
      const { page, feed, post } = await start();
      await setFilter(page, 'rss>4K');
      const bare = fixtureText('odd-maps-64').replace(/^[A-Z].*\n/gm, '');
      const { snapshotOf } = await import('./map-feed.mjs');
      await post(...(await feed.next(snapshotOf(bare))));
      expect(await table(page).locator('.filter-message.error').textContent()).toContain('This map does not tell "rss".');
      expect((await totals(page))[0]).toBe('All: 44 regions');
    });
  });

  describe('65,530 regions', () => {
    test('only those in sight have elements; the last is reached, found, sorted and summed', async () => {
      const { page } = await start({ snapshot: bigSnapshot() });
      expect(await totals(page)).toEqual(['All: 65,530 regions']);
      expect(await rows(page).count()).toBeLessThan(80);
      await rows(page).first().locator('.first').click();
      await page.keyboard.press('Control+End');
      const [end] = (await addresses(page)).slice(-1);
      expect(await activeRow(page)).toBe(end);
      await page.keyboard.press('Control+Shift+Home');
      expect((await totals(page))[0]).toBe('Selected: 65,530 regions');
      await header(page, 'RSS').click();
      await table(page)
        .locator('.grid')
        .evaluate((grid) => {
          grid.scrollTop = 0;
        });
      await opened.settle();
      const sizes = (await column(page, 'RSS')).slice(0, 20).map(bytesOf);
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      await setFilter(page, `start>=${end}`);
      expect(await addresses(page)).toEqual([end]);
    });

    test('a new map makes no rows anew', async () => {
      const { page, feed, post } = await start({ snapshot: bigSnapshot() });
      const mark = () =>
        rows(page).evaluateAll((list) => {
          for (const row of list) row.marked = true;
        });
      await mark();
      const next = bigSnapshot();
      await post(...(await feed.next(next)));
      expect(await rows(page).evaluateAll((list) => list.every((row) => row.marked))).toBe(true);
      expect(lastSent('fault')).toBe(undefined);
    });
  });

  describe('pictures', () => {
    const looks = async (page, picture, name) => {
      await rows(page).nth(3).click();
      await rows(page)
        .nth(6)
        .click({ modifiers: ['Shift'] });
      await rows(page).nth(6).locator('.cell').nth(1).focus();
      await picture(name);
    };
    test.each(['dark', 'light', 'hcDark', 'hcLight'])('%s, and at 1600 and 400 pixels', async (theme) => {
      const { page, feed, picture, post } = await start({ live: 2000 }, { theme, width: 1600 });
      for (let i = 0; i < 4; i++) await post(...(await feed.next({ grown: { '[heap]': 64 * i } })));
      await looks(page, picture, `map-table-${theme}`);
      await choose(page, 'Groups', 'Group by segment');
      await setFilter(page, 'rss>0 perm:q');
      await picture(`map-table-groups-${theme}`);
      await opened.close();
      const narrow = await start({}, { theme, width: 400 });
      await looks(narrow.page, narrow.picture, `map-table-narrow-${theme}`);
      expect(await narrow.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    });
  });
});
