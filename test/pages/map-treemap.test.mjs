// The treemap and the sums in a real browser: what is drawn, chosen, looked into and told.
import { expect, test } from 'vitest';
import { mapTotals } from '../../src/insight/map/totals.ts';
import { SEGMENTS } from '../../src/model/segment.ts';
import { groupsOf } from '../../webview-ui/map/treemap-groups.ts';
import { reach } from '../../webview-ui/map/treemap-place.ts';
import { tilesOf } from '../../webview-ui/map/treemap-tiles.ts';
import { WORDS } from '../unit/webview-ui/map/words.ts';
import { bigSnapshot, createMapFeed, fixtureText, snapshotOf } from './map-feed.mjs';
import { namesOf, pixelsOf } from './open-page.mjs';
import { describePage } from './page-tests.mjs';
import { themes } from './themes.mjs';

const KIB = 1024;
const TEXT = fixtureText('odd-maps-64');
const SNAPSHOT = snapshotOf(TEXT);
const HEAP = SNAPSHOT.classes.segment.indexOf(SEGMENTS.indexOf('heap'));

describePage('Memory Map: treemap and sums', 'map', ({ lastSent, open, opened }) => {
  const openTreemap = async (options = {}, look = {}) => {
    const feed = createMapFeed({ saved: { view: 'treemap' }, ...options });
    return open(feed, { width: 1300, height: 900, ...look });
  };
  const choose = async (page, label, value) => {
    await page.locator(`.treemap-bar vscode-single-select[label="${label}"]`).evaluate((box, chosen) => {
      box.value = chosen;
      box.dispatchEvent(new Event('change'));
    }, value);
    await opened.settle();
  };
  const stage = (page) => page.locator('.treemap-stage');
  const summary = (page) => page.locator('.treemap-summary').textContent();
  const spoken = (page) => page.locator('.treemap > [role="status"]').textContent();
  const crumbs = (page) => page.locator('.crumbs li').allTextContents();
  const beside = (page) => page.locator('.map-side').textContent();
  /** The rectangles of a map in a stage so large, by the layout's own reckoning. */
  const tilesIn = async (page, { area = 'rss', by = 'segment', path = [], snapshot = SNAPSHOT } = {}) => {
    const { width, height } = await stage(page).boundingBox();
    const groups = groupsOf(snapshot, WORDS, area, by);
    return tilesOf(reach(groups, path).place, groups.values, width, height);
  };
  const middleOf = ({ bottom, left, right, top }) => ({ x: (left + right) / 2, y: (top + bottom) / 2 });
  const clickTile = async (page, tile, options = {}) => {
    const position = tile.header > 0 ? { x: tile.left + 20, y: tile.top + 8 } : middleOf(tile);
    await stage(page).click({ position, ...options });
    await opened.settle();
  };

  test('the sums of the whole are on a line, each with its definition', async () => {
    const { page } = await openTreemap();
    const { whole } = mapTotals(SNAPSHOT);
    const line = page.locator('.totals-whole');
    expect(await line.locator('dt').allTextContents()).toEqual(['VSS', 'RSS', 'PSS', 'USS', 'Dirty', 'Swap', 'Locked', 'THP']);
    const uss = line.locator('.total', { hasText: 'USS' });
    expect(await uss.locator('dd > span').first().textContent()).toBe(`${whole.uss / KIB} KiB`);
    expect(await uss.getAttribute('title')).toBe(WORDS.amounts.uss);
    // The same for those who don’t hover.
    expect(await uss.locator('.visually-hidden').textContent()).toContain('what its end would free');
  });

  test('PSS of the whole is that of smaps_rollup, and says so', async () => {
    const { whole } = mapTotals(SNAPSHOT);
    const rollup = { pss: whole.pss + 20 * KIB };
    const { page } = await openTreemap({ snapshot: { ...SNAPSHOT, rollup } });
    const pss = page.locator('.total[data-amount="pss"]');
    expect(await pss.locator('dd > span').first().textContent()).toBe(`${whole.pss / KIB + 20} KiB`);
    expect(await pss.getAttribute('title')).toContain(`Their sum is ${whole.pss / KIB} KiB`);
    await page.getByRole('button', { name: 'By Segment and File' }).click();
    expect(await page.locator('.totals-notes').textContent()).toContain('smaps_rollup');
  });

  test('the sums of segments and files: largest RSS first, and a click selects the regions', async () => {
    const { page } = await openTreemap();
    const toggle = page.getByRole('button', { name: 'By Segment and File' });
    expect(await page.locator('.totals-table').isVisible()).toBe(false);
    await toggle.click();
    expect(await toggle.getAttribute('aria-expanded')).toBe('true');
    const column = async (index) =>
      page.locator('.totals-table tbody tr').evaluateAll((rows, at) => rows.map((row) => row.children[at].textContent), index);
    const { bySegment } = mapTotals(SNAPSHOT);
    expect((await column(2)).map(Number).reduce((sum, one) => sum + one)).toBe(SNAPSHOT.table.length);
    expect((await column(4))[0]).toBe(`${Math.max(...bySegment.map(({ amounts }) => amounts.rss)) / KIB} KiB`);
    await page.getByRole('button', { name: 'Library text' }).click();
    await opened.settle();
    const text = SNAPSHOT.classes.segment.filter((one) => one === SEGMENTS.indexOf('library-text')).length;
    expect(await beside(page)).toContain(`${text} regions`);
    await page.getByRole('radio', { name: 'By Mapped File' }).click();
    expect((await column(0))[0]).toBe('libc.so.6');
    await page.getByRole('button', { name: 'odd-maps', exact: true }).click();
    await opened.settle();
    expect(await beside(page)).toContain('5 regions');
    // Arrow keys go from name to name, and the order follows a click on a heading.
    await page.keyboard.press('ArrowUp');
    expect(await page.evaluate(() => document.activeElement.textContent)).toBe('ld-linux-x86-64.so.2');
    await page.locator('.totals-table thead').getByRole('button', { name: 'VSS' }).click();
    expect(await page.locator('.totals-table th[aria-sort]').textContent()).toBe('VSS');
  });

  test('a map without amounts: only what it tells', async () => {
    const text = TEXT.split('\n')
      .filter((line) => /^[\da-f]+-[\da-f]+ /.test(line))
      .join('\n');
    const { page } = await openTreemap({ text });
    expect(await page.locator('.totals-whole dt').allTextContents()).toEqual(['VSS']);
    expect(await page.locator('.treemap-bar vscode-single-select').first().locator('vscode-option').allTextContents()).toEqual([
      'Size',
    ]);
    expect(await summary(page)).toMatch(/ in 4\d regions$/);
    await page.getByRole('button', { name: 'By Segment and File' }).click();
    expect(await page.locator('.totals-table thead th').allTextContents()).toEqual(['Part', 'Regions', 'VSS']);
  });

  test('each region has the colour of its segment, as the key says', async () => {
    const { page } = await openTreemap();
    const tiles = await tilesIn(page);
    const { data, width } = await pixelsOf(stage(page).locator('canvas').first());
    const keys = new Map(
      await page
        .locator('.treemap-legend li')
        .evaluateAll((items) =>
          items.map((item) => [
            item.textContent,
            item.querySelector('rect').getAttribute('fill').match(/\d+/g).slice(0, 3).map(Number),
          ]),
        ),
    );
    const regions = tiles.filter((tile) => tile.kind === 'region' && tile.right - tile.left > 40 && tile.bottom - tile.top > 40);
    expect(regions.length).toBeGreaterThan(5);
    for (const tile of regions) {
      const segment = SEGMENTS[SNAPSHOT.classes.segment[tile.rows[0]]];
      const { label } = WORDS.segments.find(({ id }) => id === segment);
      // Below the text.
      const at = (Math.floor(tile.bottom - 4) * width + Math.floor((tile.left + tile.right) / 2)) * 4;
      expect([...data.subarray(at, at + 3)], label).toEqual(keys.get(label));
    }
  });

  test('in high contrast segments are told apart by lines, too', async () => {
    const { page } = await openTreemap({}, { theme: 'hcDark' });
    const tiles = await tilesIn(page);
    const { data, width } = await pixelsOf(stage(page).locator('canvas').first());
    const { bottom, left, right } = tiles[1];
    // A row of pixels below the text: lines on the background, no plain colour.
    const row = new Set();
    for (let x = Math.ceil(left) + 2; x < right - 2; x++) {
      const at = (Math.floor(bottom - 30) * width + x) * 4;
      row.add(data.subarray(at, at + 3).join());
    }
    expect(row.size).toBeGreaterThan(1);
    expect(row.has('0,0,0')).toBe(true);
    const lines = await page
      .locator('.treemap-legend li')
      .evaluateAll((items) => items.map((item) => item.querySelectorAll('line').length));
    expect(lines.every((count) => count > 0)).toBe(true);
  });

  test('a click selects a region, here and beside; with Ctrl one more; a group is looked into', async () => {
    const { page } = await openTreemap();
    const tiles = await tilesIn(page);
    /** On the outline of a rectangle, in the canvas above the regions. */
    const outlineOf = async ({ bottom, left, top }) => {
      const { data, width } = await pixelsOf(stage(page).locator('canvas').nth(1));
      const at = (Math.round((top + bottom) / 2) * width + Math.round(left) + 1) * 4;
      return [...data.subarray(at, at + 4)];
    };
    const heap = tiles.find(({ kind, rows }) => kind === 'region' && rows[0] === HEAP);
    const first = tiles[1];
    await clickTile(page, heap);
    expect(await beside(page)).toContain('[heap]');
    await page.mouse.move(0, 0);
    // Its group holds nothing else, and is outlined for it.
    expect(await outlineOf(tiles[heap.parent])).toEqual([0, 120, 212, 255]);
    expect(await outlineOf(first)).toEqual([0, 0, 0, 0]);
    await clickTile(page, first, { modifiers: ['Control'] });
    expect(await beside(page)).toContain('2 regions');
    await page.mouse.move(0, 0);
    expect(await outlineOf(first)).toEqual([0, 120, 212, 255]);
    await clickTile(page, tiles[0]);
    expect(await crumbs(page)).toEqual(['All segments', 'Library text']);
    expect(await page.locator('.treemap-note').textContent()).toBe('');
    await page.getByRole('button', { name: 'All segments' }).click();
    expect(await page.locator('.treemap-trail').isVisible()).toBe(false);
    // The second click on a region goes into its group.
    await stage(page).dblclick({ position: middleOf(heap) });
    expect(await crumbs(page)).toEqual(['All segments', 'Heap']);
  });

  test('a live reading leaves what is told where the pointer rests', async () => {
    const { feed, page, post } = await openTreemap({ live: 2000 });
    const tip = stage(page).locator('.tip');
    await stage(page).hover({ position: middleOf((await tilesIn(page))[1]) });
    expect(await tip.textContent()).toMatch(/54 % of RSS$/);
    await post(...(await feed.next({ fresh: [{ start: 0x7f0_0000_0000, kib: 1024, resident: 64 }] })));
    expect(await tip.isVisible()).toBe(true);
    expect(await tip.textContent()).toMatch(/52 % of RSS$/);
  });

  test('hovering tells the facts of a region, and what a group holds', async () => {
    const { page } = await openTreemap();
    const tiles = await tilesIn(page);
    const [group, region] = tiles;
    await stage(page).hover({ position: middleOf(region) });
    const tip = stage(page).locator('.tip');
    expect(await tip.textContent()).toContain('/usr/lib/x86_64-linux-gnu/libc.so.6');
    expect(await tip.textContent()).toMatch(/RSS704 KiB.*54 % of RSS$/);
    await stage(page).hover({ position: { x: group.left + 30, y: group.top + 6 } });
    expect(await tip.textContent()).toContain('Machine code of a shared library.');
    await page.mouse.move(0, 0);
    expect(await tip.isVisible()).toBe(false);
  });

  test('by the keyboard: along the groups, into one, out again; each step is told', async () => {
    const { page } = await openTreemap();
    await stage(page).focus();
    await page.keyboard.press('ArrowRight');
    expect(await spoken(page)).toMatch(/^Library text, 2 regions, RSS 856 KiB, 66 % of the whole, 1 of 1\d$/);
    await page.keyboard.press('ArrowRight');
    expect(await spoken(page)).toMatch(/^Library read-only data, .* 2 of 1\d$/);
    await page.keyboard.press('ArrowDown');
    expect(await spoken(page)).toMatch(/^Library read-only data, libc\.so\.6, .*r--p.*, 1 of 6$/);
    await opened.settle();
    expect(await beside(page)).toContain('libc.so.6');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    expect(await crumbs(page)).toEqual(['All segments', 'Library read-only data']);
    expect(await spoken(page)).toMatch(/1 of 6$/);
    await page.keyboard.press('End');
    expect(await spoken(page)).toMatch(/6 of 6$/);
    await page.keyboard.press('Backspace');
    expect(await page.locator('.treemap-trail').isVisible()).toBe(false);
    // Where it came from.
    expect(await spoken(page)).toMatch(/^Library read-only data, .* 2 of 1\d$/);
    await page.keyboard.press('Space');
    await opened.settle();
    const selected = page.locator('.map-side').getByText('6 regions selected');
    expect(await selected.isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await opened.settle();
    expect(await selected.isVisible()).toBe(false);
  });

  test('by file and by permission; nothing swapped is said, not drawn', async () => {
    const { page } = await openTreemap();
    await stage(page).focus();
    await choose(page, 'Grouped by', 'file');
    await page.keyboard.press('ArrowRight');
    expect(await spoken(page)).toMatch(/^libc\.so\.6, 5 regions, /);
    await choose(page, 'Grouped by', 'permission');
    await stage(page).focus();
    await page.keyboard.press('ArrowRight');
    expect(await spoken(page)).toMatch(/^r-xp, /);
    await choose(page, 'Area', 'swap');
    expect(await page.locator('.treemap-empty').textContent()).toBe('Nothing of this process is swapped out.');
    expect(await stage(page).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'SVG' }).click();
    expect(await page.locator('.fault').textContent()).toContain('nothing to be drawn');
    await choose(page, 'Area', 'uss');
    expect(await stage(page).isVisible()).toBe(true);
    expect(await summary(page)).toMatch(/^172 KiB in /);
  });

  test('another reading keeps the place and the selection; a group that is gone leads back', async () => {
    const { feed, page, post } = await openTreemap({ live: 2000 });
    const tiles = await tilesIn(page);
    await stage(page).dblclick({ position: middleOf(tiles.find(({ kind, rows }) => kind === 'region' && rows[0] === HEAP)) });
    expect(await crumbs(page)).toEqual(['All segments', 'Heap']);
    // A region below it: rows are others now.
    await post(...(await feed.next({ grown: { '[heap]': 256 }, fresh: [{ start: 0x10000, kib: 8 }] })));
    expect(await crumbs(page)).toEqual(['All segments', 'Heap']);
    expect(await summary(page)).toMatch(/ in 36 of 45 regions$/);
    expect(await page.locator('.treemap-note').isVisible()).toBe(false);
    expect(await beside(page)).toContain('[heap]');
    const brk = TEXT.split('\n').find((line) => line.endsWith('[heap]') && line.includes('rw-p'));
    await post(...(await feed.next({ gone: [brk.split('-')[0]] })));
    expect(await page.locator('.treemap-trail').isVisible()).toBe(false);
    expect(await summary(page)).toMatch(/ in 35 of 44 regions$/);
  });

  test('the keyboard stays where it is when another reading comes', async () => {
    const { feed, page, post } = await openTreemap({ live: 2000 });
    await stage(page).focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    expect(await spoken(page)).toMatch(/^Library read-only data, libc\.so\.6, .* 2 of 6$/);
    await post(...(await feed.next({ fresh: [{ start: 0x10000, kib: 8 }] })));
    await page.keyboard.press('ArrowRight');
    expect(await spoken(page)).toMatch(/^Library read-only data, ld-linux-x86-64\.so\.2, .* 3 of 6$/);
    await page.keyboard.press('ArrowUp');
    await post(...(await feed.next({ fresh: [{ start: 0x20000, kib: 8 }] })));
    await page.keyboard.press('ArrowLeft');
    expect(await spoken(page)).toMatch(/^Library text, .* 1 of \d+$/);
  });

  test('65,530 regions: small ones are drawn together, are told as that, and can be looked into', async () => {
    const snapshot = bigSnapshot();
    const { page } = await openTreemap({ snapshot });
    expect(await summary(page)).toMatch(/ in [\d,]+ of 65,530 regions$/);
    const tiles = await tilesIn(page, { snapshot });
    const shown = tiles.filter(({ kind }) => kind === 'region').length;
    const more = tiles.filter(({ kind }) => kind === 'more');
    expect(shown + more.reduce((sum, { rows }) => sum + rows.length, 0)).toBe(
      groupsOf(snapshot, WORDS, 'rss', 'segment').holding,
    );
    const [largest] = more.toSorted((a, b) => b.value - a.value);
    await stage(page).hover({ position: middleOf(largest) });
    expect(await stage(page).locator('.tip').textContent()).toContain('too small to be drawn alone');
    await clickTile(page, largest);
    expect((await crumbs(page)).at(-1)).toBe(largest.label);
    const inside = await tilesIn(page, { snapshot, path: largest.steps });
    await clickTile(page, inside[0]);
    expect(await page.locator('.treemap-note').isVisible()).toBe(false);
    // One of many is marked where they are drawn.
    await page.getByRole('button', { name: 'All segments' }).click();
    expect(await page.locator('.treemap-note').textContent()).toBe(
      `The selected region is one of those that are drawn as “${largest.label}”.`,
    );
  });

  test('the picture and the vector picture hold what is drawn, and no markup of a name', async () => {
    const snapshot = { ...SNAPSHOT, origin: { ...SNAPSHOT.origin, command: '<script>&"\u202e' } };
    const { page } = await openTreemap({ snapshot });
    const save = async (name) => {
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name }).click();
      await expect.poll(() => lastSent('export-image')?.format, { timeout: 20_000 }).toBe(name.toLowerCase().slice(0, 3));
      return Buffer.from(Object.values(lastSent('export-image').bytes));
    };
    const png = await save('PNG');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBeGreaterThan(700);
    const svg = (await save('SVG')).toString();
    const read = await page.evaluate((text) => {
      const drawn = new DOMParser().parseFromString(text, 'image/svg+xml');
      return {
        broken: drawn.querySelector('parsererror') !== null,
        scripts: drawn.querySelectorAll('script').length,
        title: drawn.querySelector('title').textContent,
        groups: drawn.querySelectorAll('g').length,
      };
    }, svg);
    expect(read).toMatchObject({ broken: false, scripts: 0 });
    expect(read.title).toContain('RSS of <script>&"\\u202e (4711) by segment: 1.3 MiB in 35 of 44 regions');
    expect(read.groups).toBe((await tilesIn(page)).length);
  });

  test('a process whose mappings may not be read: what its status tells', async () => {
    const status = { uid: 0, threads: 1, vmSize: 512 * KIB, vmRss: 96 * KIB };
    const { page } = await openTreemap({ snapshot: { ...snapshotOf(''), status } });
    expect(await page.locator('.totals-whole .total dt').allTextContents()).toEqual(['VSS', 'RSS']);
    expect(await page.locator('.total[data-amount="rss"]').getAttribute('title')).toContain('from /proc/PID/status');
    expect(await page.getByRole('button', { name: 'By Segment and File' }).isVisible()).toBe(false);
  });

  test('all that can be used has a name', async () => {
    const { page } = await openTreemap();
    await page.getByRole('button', { name: 'By Segment and File' }).click();
    await stage(page).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    expect((await namesOf(page)).nameless).toEqual([]);
  });

  for (const theme of Object.keys(themes))
    for (const width of [400, 1600])
      test(`pictures, ${theme}, ${width}`, async () => {
        const { page, picture } = await openTreemap({}, { theme, width });
        await page.getByRole('button', { name: 'By Segment and File' }).click();
        await picture(`map-totals-${theme}-${width}`);
        await page.getByRole('button', { name: 'By Segment and File' }).click();
        const tiles = await tilesIn(page);
        await clickTile(page, tiles[1]);
        await stage(page).hover({
          position: middleOf(tiles.find(({ kind, rows }) => kind === 'region' && rows[0] === HEAP) ?? tiles[1]),
        });
        await picture(`map-treemap-${theme}-${width}`);
        // Narrower than the page there is nothing to scroll to.
        expect(await page.locator('.treemap').evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true);
      });
});
