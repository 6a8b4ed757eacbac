// The page Heap Profile but for the flame graph's own drawing: what is shown of real files, by pointer and by keyboard.
import { describe, expect, test } from 'vitest';
import { aProfile } from '../unit/insight/heap/a-profile.ts';
import { createHeapFeed, heapFixture, START } from './heap-feed.mjs';
import { namesOf } from './open-page.mjs';
import { describePage } from './page-tests.mjs';

const LOOK = { width: 1280, height: 800 };
const MEASURES = [
  { quantity: 'live', unit: 'bytes' },
  { quantity: 'live', unit: 'count' },
  { quantity: 'total', unit: 'bytes' },
];
/** Two ways lead to `grow`; `puts` is not the user's own. */
const SHOP = aProfile(
  [
    'main@shop.c:9!/opt/shop;serve@shop.c:20!/opt/shop;grow@list.c:7!/opt/shop 3072 3 4096',
    'main@shop.c:10!/opt/shop;puts!/usr/lib/libc.so.6;grow@list.c:7!/opt/shop 1024 1 1024',
    'main@shop.c:9!/opt/shop;serve@shop.c:21!/opt/shop;once@shop.c:30!/opt/shop 0 0 8192',
  ],
  MEASURES,
);

describePage('Heap Profile', 'heap', ({ open, opened, lastSent }) => {
  const start = async (options = {}, view = 'Call Tree', look = LOOK) => {
    const shown = await open(createHeapFeed({ profile: SHOP, ...options }), look);
    if (view !== '') await tab(shown.page, view);
    return shown;
  };
  const tab = async (page, name) => {
    await page.getByRole('tab', { name, exact: true }).click();
    await opened.settle();
  };
  const button = (page, name) => page.getByRole('button', { name, exact: true });
  /** The texts of the rows in sight, cell by cell. */
  const rows = (page) =>
    page
      .locator('.heap-view .body > .row')
      .evaluateAll((list) =>
        list.map((row) => [
          row.querySelector('.name').textContent,
          ...[...row.children].slice(1).map((cell) => cell.textContent),
        ]),
      );
  const names = async (page) => (await rows(page)).map(([name]) => name);
  const choose = async (page, label, value) => {
    const box = page.locator(`vscode-single-select[label="${label}"]`);
    await box.click();
    await box.getByRole('option', { name: value, exact: true }).click();
    await opened.settle();
  };
  const search = async (page, text) => {
    await page.locator('.search-box input').fill(text);
    await opened.settle();
  };

  test('the call tree opens the way along which most of it comes; arrow keys open and close', async () => {
    const { page } = await start();
    expect(await rows(page)).toEqual([
      ['main', '3.0 KiB', '75 %', '0', '3', 'shop.c:9'],
      ['serve', '3.0 KiB', '75 %', '0', '3', 'shop.c:20'],
      ['grow', '3.0 KiB', '75 %', '3.0 KiB', '3', 'list.c:7'],
      ['main', '1.0 KiB', '25 %', '0', '1', 'shop.c:10'],
    ]);
    await page.locator('.heap-view .body > .row').nth(3).locator('.first').click();
    await page.keyboard.press('ArrowRight');
    // There is but one way on: it is open as a whole.
    expect(await names(page)).toEqual(['main', 'serve', 'grow', 'main', 'puts', 'grow']);
    await page.keyboard.press('ArrowLeft');
    expect(await names(page)).toEqual(['main', 'serve', 'grow', 'main']);
    await button(page, 'Fold All').click();
    expect(await names(page)).toEqual(['main', 'main']);
    await button(page, 'Unfold (*)').click();
    expect(await names(page)).toHaveLength(6);
    const grid = page.getByRole('treegrid', { name: 'Call tree' });
    expect(await grid.locator('.body > .row').nth(1).getAttribute('aria-level')).toBe('2');
  });

  test('what the measure does not hold has no row; another measure has other ways', async () => {
    const { page } = await start();
    expect(await names(page)).not.toContain('once');
    await choose(page, 'Measure', 'Allocated in all');
    await button(page, 'Unfold (*)').click();
    expect(await rows(page)).toContainEqual(['once', '8.0 KiB', '62 %', '8.0 KiB', 'shop.c:30']);
  });

  test('bottom up: what allocates, then who called it, level by level', async () => {
    const { page } = await start();
    await page.getByRole('radio', { name: 'Bottom Up' }).click();
    await opened.settle();
    expect(await rows(page)).toEqual([['grow', '4.0 KiB', '100 %', '4.0 KiB', '4', 'list.c:7']]);
    await page.locator('.heap-view .body > .row .first').click();
    await page.keyboard.press('ArrowRight');
    expect(await rows(page)).toEqual([
      ['grow', '4.0 KiB', '100 %', '4.0 KiB', '4', 'list.c:7'],
      ['serve', '3.0 KiB', '75 %', '0', '3', 'shop.c:20'],
      ['puts', '1.0 KiB', '25 %', '0', '1', 'lib/libc.so.6'],
    ]);
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('.details h2').textContent()).toBe('serve');
    expect(await page.locator('.heap-amounts tbody tr').first().textContent()).toBe('Live3.0 KiB75 %');
  });

  test('functions, lines, modules and stacks: recursion counts once, a function of many lines tells none', async () => {
    const { page } = await start({}, 'Functions');
    expect(await rows(page)).toEqual([
      ['grow', '4.0 KiB', '100 %', '4.0 KiB', '4', 'list.c'],
      ['main', '4.0 KiB', '100 %', '0', '4', 'shop.c'],
      ['serve', '3.0 KiB', '75 %', '0', '3', 'shop.c'],
      ['puts', '1.0 KiB', '25 %', '0', '1', 'lib/libc.so.6'],
    ]);
    await tab(page, 'Lines');
    expect((await rows(page)).map((row) => [row[0], row.at(-1)])).toContainEqual(['serve', 'shop.c:20']);
    await tab(page, 'Modules');
    expect((await rows(page)).map((row) => row.slice(0, 4))).toEqual([
      ['shop', '4.0 KiB', '100 %', '4.0 KiB'],
      ['libc.so.6', '1.0 KiB', '25 %', '0'],
    ]);
    await tab(page, 'Stacks');
    expect(await rows(page)).toEqual([
      ['grow', '3.0 KiB', '75 %', '3', 'list.c:7'],
      ['grow', '1.0 KiB', '25 %', '1', 'list.c:7'],
    ]);
    expect(await page.locator('.heap-view .detail').first().textContent()).toBe('← serve ← main');
    // By name, then the other way round.
    await page.getByRole('columnheader', { name: 'Live' }).click();
    expect((await rows(page)).map((row) => row[1])).toEqual(['1.0 KiB', '3.0 KiB']);
  });

  test('what is chosen is the same in every form, with all its amounts and its stack', async () => {
    const { page } = await start();
    await page.locator('.heap-view .body > .row', { hasText: 'grow' }).click();
    expect(await page.locator('.details h2').textContent()).toBe('grow');
    expect(await page.locator('.heap-amounts tbody tr').allTextContents()).toEqual([
      'Live3.0 KiB75 %3.0 KiB',
      'Live (blocks)375 %3',
      'Allocated in all4.0 KiB31 %4.0 KiB',
    ]);
    expect(await page.locator('.stack-frame').allTextContents()).toEqual(['grow', 'serve', 'main']);
    await tab(page, 'Stacks');
    expect(await page.locator('.row[aria-selected=true] .name').textContent()).toBe('grow');
    await page.locator('.stack-frame', { hasText: 'main' }).click();
    expect(await page.locator('.details h2').textContent()).toBe('main');
    await button(page, 'Copy Stack').click();
    expect(lastSent('copy').text).toBe('main  shop.c:9');
  });

  test('each frame opens its line: by Enter, by its place, by the menu; one without a line says so', async () => {
    const { page } = await start();
    await page.locator('.heap-view .body > .row', { hasText: 'grow' }).locator('.first').click();
    await page.keyboard.press('Enter');
    expect(SHOP.texts[SHOP.frames.file[lastSent('open-frame').frame]]).toBe('list.c');
    await page.locator('.stack-place', { hasText: 'shop.c:20' }).click();
    expect(SHOP.frames.line[lastSent('open-frame').frame]).toBe(20);
    await tab(page, 'Functions');
    await page.locator('.heap-view .body > .row', { hasText: 'puts' }).click({ button: 'right' });
    expect(await page.getByRole('menuitem', { name: 'Open Line' }).getAttribute('aria-disabled')).toBe('true');
    await page.getByRole('menuitem', { name: 'Only Stacks with It' }).click();
    await opened.settle();
    expect(await names(page)).toEqual(['grow', 'main', 'puts']);
  });

  test('search: how much it holds, the calls of it one after the other, only the stacks with it', async () => {
    const { page } = await start();
    await page.keyboard.press('Control+f');
    await search(page, 'GROW');
    expect(await page.locator('.search-count').textContent()).toBe('1 frame: 4.0 KiB, 100.0 %');
    expect(await page.locator('.row.found .name').allTextContents()).toEqual(['grow']);
    await page.keyboard.press('Enter');
    expect(await page.locator('.details h2').textContent()).toBe('grow');
    await page.keyboard.press('Enter');
    // The second way is opened for it.
    expect(await names(page)).toEqual(['main', 'serve', 'grow', 'main', 'puts', 'grow']);
    await search(page, 'serve');
    expect(await page.locator('.search-count').textContent()).toBe('2 frames: 3.0 KiB, 75.0 %');
    await button(page, 'Only Stacks with It').click();
    await opened.settle();
    expect(await names(page)).not.toContain('puts');
    await search(page, 'nothing of the kind');
    expect(await page.locator('.search-count').textContent()).toBe('Not found');
    await page.keyboard.press('Escape');
    await opened.settle();
    expect(await page.locator('.search-count').textContent()).toBe('');
  });

  test('a filter that finds nothing says so, and lets itself be taken back', async () => {
    const { page } = await start();
    await search(page, 'nothing of the kind');
    await button(page, 'Only Stacks with It').click();
    await opened.settle();
    expect(await page.locator('.heap-grid-empty').textContent()).toBe('No stack holds anything of this measure.');
    await button(page, 'Only Stacks with It').click();
    await opened.settle();
    expect(await names(page)).toContain('grow');
  });

  test('only my code: frames of the system are folded into those that called them; what is chosen stays', async () => {
    const { page } = await start();
    await button(page, 'Unfold (*)').click();
    await page.locator('.heap-view .body > .row').nth(5).click();
    await button(page, 'Only My Code').click();
    await opened.settle();
    expect(await names(page)).toEqual(['main', 'serve', 'grow', 'main', 'grow']);
    expect(await page.locator('.stack-frame').allTextContents()).toEqual(['grow', 'main']);
    expect(lastSent('save').state.ownCode).toBe(true);
  });

  test('only stacks through a module', async () => {
    const { page } = await start();
    await choose(page, 'Only stacks through a module', 'libc.so.6');
    expect(await names(page)).toEqual(['main', 'puts', 'grow']);
  });

  test('exports tell what is looked at', async () => {
    const { page } = await start();
    await button(page, 'Only My Code').click();
    await choose(page, 'Measure', 'Allocated in all');
    await button(page, 'Export').click();
    await page.getByRole('menuitem', { name: /^pprof/ }).click();
    expect(lastSent('export')).toEqual({ kind: 'export', format: 'pprof', narrowing: { measure: 2, ownCode: true } });
    await button(page, 'Export').click();
    await page.getByRole('menuitem', { name: /^SVG/ }).click();
    await opened.settle();
    expect(lastSent('export-image').format).toBe('svg');
  });

  test('the timeline: a moment alone, two compared, and the whole again; by pointer and by keyboard', async () => {
    const { page } = await start({ profile: await heapFixture('valgrind-3.19.0/orders.massif.out') });
    const plot = page.getByRole('slider', { name: 'Moment of the heap' });
    await plot.focus();
    await page.keyboard.press('Home');
    await opened.settle();
    expect(await page.locator('.timeline-told').textContent()).toMatch(/^Live at .*instructions: /);
    expect(await page.getByRole('columnheader', { name: 'Live' }).count()).toBe(1);
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await opened.settle();
    expect(await page.locator('.timeline-told').textContent()).toMatch(/^Growth from .* to /);
    expect(await page.getByRole('columnheader', { name: 'Growth' }).count()).toBe(1);
    expect(await plot.getAttribute('aria-valuetext')).toMatch(/^Growth from /);
    await page.keyboard.press('Escape');
    await opened.settle();
    expect(await page.getByRole('columnheader', { name: 'At the peak' }).count()).toBe(1);
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + box.width * 0.3, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 12, box.y + 30, { steps: 4 });
    await page.mouse.up();
    await opened.settle();
    expect(await page.locator('.timeline-told').textContent()).toMatch(/^Growth from /);
    await button(page, 'As Table').click();
    expect(await page.locator('.timeline-twin tbody tr').count()).toBeGreaterThan(5);
    await button(page, 'The Whole Profile').click();
    await opened.settle();
    expect(await page.locator('.timeline-told').textContent()).toBe('');
  });

  test('compared with an older profile: what there is more and less, and back', async () => {
    const older = aProfile(
      [
        'main@shop.c:9!/opt/shop;serve@shop.c:20!/opt/shop;grow@list.c:7!/opt/shop 1024 1 1024',
        'main@shop.c:9!/opt/shop;gone@shop.c:50!/opt/shop 512 1 512',
      ],
      MEASURES,
    );
    const { page } = await start({ older });
    await button(page, 'Compare').click();
    await page.getByRole('menuitem', { name: 'With an Older Profile…' }).click();
    await opened.settle();
    expect(await page.locator('.older').textContent()).toContain('What orders.heaptrack has more than older.heaptrack.');
    await button(page, 'Unfold (*)').click();
    const told = (await rows(page)).map(([name, amount]) => [name, amount]);
    expect(told).toContainEqual(['gone', '−512 bytes']);
    expect(told).toContainEqual(['grow', '+2.0 KiB']);
    await button(page, 'Stop Comparing').click();
    await opened.settle();
    expect(await page.locator('.older').isVisible()).toBe(false);
    expect(await names(page)).not.toContain('gone');
  });

  test('profiles with nothing in common: it is said, and what was there stays', async () => {
    const older = aProfile(['main 1'], [{ quantity: 'touched', unit: 'bytes' }]);
    const { page } = await start({ older });
    await button(page, 'Compare').click();
    await page.getByRole('menuitem', { name: 'With an Older Profile…' }).click();
    await opened.settle();
    expect(await page.getByRole('alert').textContent()).toContain('have no measure in common. Compare two profiles of one tool');
    expect(await names(page)).toContain('grow');
  });

  test('live: newer numbers keep what is open and chosen; a mark is compared with; the end is told', async () => {
    const { page, feed, post } = await start({ state: { kind: 'live', since: START }, title: 'shop (4711)' });
    expect(await page.locator('.heap-state').textContent()).toBe('Live since 10:00:00');
    await button(page, 'Mark').click();
    await opened.settle();
    await page.locator('.heap-view .body > .row', { hasText: 'grow' }).locator('.first').click();
    const newer = aProfile(
      [
        'main@shop.c:9!/opt/shop;first@shop.c:1!/opt/shop 1 1 1',
        'main@shop.c:9!/opt/shop;serve@shop.c:20!/opt/shop;grow@list.c:7!/opt/shop 9216 9 9216',
      ],
      MEASURES,
    );
    await post(...feed.tell((one) => one.setProfile(newer)));
    expect(await page.locator('.details h2').textContent()).toBe('grow');
    expect(await page.locator('.row[aria-selected=true]').textContent()).toContain('9.0 KiB');
    expect(await page.evaluate(() => document.activeElement.closest('.row')?.querySelector('.name').textContent)).toBe('grow');
    await button(page, 'Compare').click();
    await page.getByRole('menuitem', { name: /With the Mark of/ }).click();
    await opened.settle();
    expect((await rows(page)).map(([name, amount]) => [name, amount])).toContainEqual(['grow', '+6.0 KiB']);
    await post(...feed.tell((one) => one.setState({ kind: 'ended', at: START + 60_000, why: 'The process has ended' })));
    expect(await page.locator('.heap-state').textContent()).toBe('The process has ended (10:01:00)');
    expect(await button(page, 'Mark').isVisible()).toBe(false);
  });

  describe('live, while newer profiles come', () => {
    const timeline = (nodes, ...at) => ({
      unit: 'ms',
      moments: at.map((one) => ({ at: one, bytes: one, self: new Float64Array(nodes).fill(one) })),
    });
    /** Each has its frames in another order, and more of them. */
    const seen = (size, times) => {
      const more = Array.from(
        { length: size },
        (_, at) => `main@shop.c:9!/opt/shop;other${at}@other.c:${at + 1}!/opt/shop 1 1 1`,
      );
      const profile = aProfile(
        [
          ...more,
          `main@shop.c:10!/opt/shop;puts!/usr/lib/libc.so.6;grow@list.c:7!/opt/shop ${1024 * size} 1 1024`,
          `main@shop.c:9!/opt/shop;serve@shop.c:20!/opt/shop;grow@list.c:7!/opt/shop ${3072 * size} 3 4096`,
          `main@shop.c:9!/opt/shop;serve@shop.c:20!/opt/shop;grow@list.c:8!/opt/shop ${1024 * size} 1 100`,
        ],
        MEASURES,
      );
      return times === undefined ? profile : { ...profile, timeline: timeline(profile.tree.length, ...times) };
    };
    const begin = (view, profile = seen(1)) => start({ state: { kind: 'live', since: START }, profile }, view);
    const chosen = (page) => page.locator('.row[aria-selected=true]');
    const row = (page, name) => page.locator('.heap-view .body > .row', { hasText: name }).first();

    test('what is searched and chosen stays, with all that belongs to it now', async () => {
      const { page, feed, post } = await begin('Functions');
      await search(page, 'grow');
      await row(page, 'grow').locator('.first').click();
      await post(...feed.tell((one) => one.setProfile(seen(2))));
      expect(await chosen(page).locator('.name').textContent()).toBe('grow');
      expect(await chosen(page).textContent()).toContain('10.0 KiB');
      expect(await page.locator('.details h2').textContent()).toBe('grow');
      expect(await page.locator('.search-box input').inputValue()).toBe('grow');
    });

    test('callers that are open from below stay so', async () => {
      const { page, feed, post } = await begin('Call Tree');
      await page.getByRole('radio', { name: 'Bottom Up' }).click();
      await opened.settle();
      await row(page, 'grow').locator('.first').click();
      await page.keyboard.press('ArrowRight');
      await opened.settle();
      await page.keyboard.press('ArrowDown');
      await opened.settle();
      const before = (await names(page)).filter((name) => !name.startsWith('other'));
      expect(before).toContain('serve');
      expect(await chosen(page).locator('.name').textContent()).toBe('serve');
      await post(...feed.tell((one) => one.setProfile(seen(3))));
      expect((await names(page)).filter((name) => !name.startsWith('other'))).toEqual(before);
      expect(await chosen(page).locator('.name').textContent()).toBe('serve');
      expect(await chosen(page).textContent()).toContain('9.0 KiB');
    });

    test('the flame graph stays zoomed', async () => {
      const { page, feed, post } = await begin('Flame Graph');
      await page.getByLabel(/^Flame graph\./).focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
      await opened.settle();
      const crumbs = () => page.locator('.crumbs li').allTextContents();
      const before = await crumbs();
      expect(before.slice(0, 3)).toEqual(['All', 'main', 'serve']);
      await post(...feed.tell((one) => one.setProfile(seen(2))));
      expect(await crumbs()).toEqual(before);
    });

    test('a moment that is picked stays; one that is gone is no longer picked', async () => {
      const { page, feed, post } = await begin('Call Tree', seen(1, [100, 200, 300]));
      await page.getByRole('slider', { name: 'Moment of the heap' }).press('Home');
      await opened.settle();
      const told = () => page.locator('.timeline-told').textContent();
      expect(await told()).toMatch(/^Live at 100 ms/);
      await post(...feed.tell((one) => one.setProfile(seen(2, [50, 100, 200, 300, 400]))));
      expect(await told()).toMatch(/^Live at 100 ms/);
      await post(...feed.tell((one) => one.setProfile(seen(3, [200, 400, 600]))));
      expect(await told()).toBe('');
    });

    test('the next one comes when the last one is drawn', async () => {
      const { page, feed, post } = await begin('Functions');
      const drawn = () => opened.sent.filter(({ kind }) => kind === 'drawn').length;
      expect(drawn()).toBe(1);
      const first = feed.tell((one) => one.setProfile(seen(2)));
      expect(first.map(({ kind }) => kind)).toEqual(['profile']);
      for (const size of [3, 4]) expect(feed.tell((one) => one.setProfile(seen(size)))).toEqual([]);
      await post(...first);
      expect(drawn()).toBe(3);
      expect(await row(page, 'grow').textContent()).toContain('20.0 KiB');
    });
  });

  test('touched memory is counted by page faults', async () => {
    const measures = [
      { quantity: 'touched', unit: 'bytes' },
      { quantity: 'touched', unit: 'count' },
    ];
    const { page } = await start({ profile: aProfile(['main@a.c:1;grow@a.c:7 8192 2'], measures) });
    const heads = (await page.locator('.heap-view [role=columnheader]').allTextContents()).join(' ');
    expect(heads).toContain('Page faults');
    expect(heads).not.toContain('Blocks');
    await choose(page, 'Measure', 'Touched (page faults)');
  });

  test('what is shown is explained', async () => {
    const { page } = await start();
    await button(page, 'What Is Shown, and What Can’t Be Known').click();
    expect(lastSent('open-help')).toBeDefined();
  });

  test('while it is read: how far; it can be cancelled; why it failed, and again', async () => {
    const state = { kind: 'reading', bytes: 8 << 20, wholeBytes: 32 << 20 };
    const { page, feed, post } = await start({ profile: undefined, state }, '');
    expect(await page.locator('.heap-state').textContent()).toBe('Reading the heap profile: 8 MiB, 25 %');
    expect(await page.locator('main > .empty').textContent()).toBe('Reading the heap profile…');
    await button(page, 'Cancel').click();
    expect(lastSent('cancel')).toBeDefined();
    await post(
      ...feed.tell((one) =>
        one.setState({ kind: 'failed', message: 'It holds no heap profile.', nextStep: 'Known are files of heaptrack.' }),
      ),
    );
    expect(await page.locator('main > .empty').textContent()).toBe(
      'It holds no heap profile.Known are files of heaptrack.Try Again',
    );
    await button(page, 'Try Again').click();
    expect(lastSent('retry')).toBeDefined();
    await post(...feed.tell((one) => one.setProfile(SHOP)));
    expect(await page.locator('.heap-body').isVisible()).toBe(true);
  });

  test('an empty profile says so', async () => {
    const { page } = await start({ profile: aProfile([]) }, '');
    expect(await page.locator('main > .empty').textContent()).toContain('This profile holds no stacks');
  });

  test('notes of the file are told in words', async () => {
    const { page } = await start({
      profile: {
        ...SHOP,
        notes: [
          { code: 'cut', line: 7 },
          { code: 'sampled', count: 524288 },
        ],
      },
    });
    expect(await page.locator('.notes li').allTextContents()).toEqual([
      'The file ends in the middle (line 7): what comes behind it is not known.',
      'The numbers are estimates from samples, about one in 524,288.',
    ]);
  });

  test('the form, the direction and the order come back; what is not understood is as at first', async () => {
    const saved = {
      view: 'functions',
      direction: 'bottom-up',
      ownCode: true,
      views: { functions: { column: 'self', descending: false } },
    };
    const { page } = await start({ saved }, '');
    expect(await page.getByRole('tab', { name: 'Functions' }).getAttribute('aria-selected')).toBe('true');
    expect(await page.getByRole('columnheader', { name: 'Self' }).getAttribute('aria-sort')).toBe('ascending');
    await opened.close();
    const { page: other } = await start({ saved: { view: 'poem', direction: 7, views: 'none' } }, '');
    expect(await other.getByRole('tab', { name: 'Flame Graph' }).getAttribute('aria-selected')).toBe('true');
  });

  test('another version of the host is refused in words', async () => {
    const { page, post } = await start({ profile: undefined, state: { kind: 'reading' } }, '');
    await post({ kind: 'hello', version: 99, saved: undefined });
    expect(await page.locator('main > .empty').textContent()).toContain('This page is of another version of MemLens.');
  });

  test('names that could be markup or hide themselves are shown as they are', async () => {
    const hostile = aProfile(
      ['<img,src=x,onerror=alert(1)>@a.c:1!/opt/x;\u202Eevil@b.c:2!/opt/x 100'],
      [{ quantity: 'live', unit: 'bytes' }],
    );
    const { page } = await start({ profile: hostile });
    await button(page, 'Unfold (*)').click();
    const [first, second] = await names(page);
    expect(first).toBe('<img,src=x,onerror=alert(1)>');
    expect(second).not.toContain('\u202E');
    expect(await page.locator('img').count()).toBe(0);
  });

  test.each(['dark', 'light', 'hcDark', 'hcLight'])('everything that can be used has a name, in %s', async (theme) => {
    const { page, picture } = await start({ profile: await heapFixture('heaptrack-1.4.0/orders.heaptrack') }, 'Call Tree', {
      ...LOOK,
      theme,
    });
    await page.locator('.heap-view .body > .row').nth(1).click();
    const { nameless } = await namesOf(page);
    expect(nameless).toEqual([]);
    await picture(`heap-${theme}`);
    for (const view of ['Functions', 'Lines', 'Modules', 'Stacks']) {
      await tab(page, view);
      await picture(`heap-${view.toLowerCase()}-${theme}`);
    }
  });

  test('in a narrow place everything is there, below each other', async () => {
    const { page, picture } = await start({}, 'Call Tree', { width: 420, height: 900 });
    await page.locator('.heap-view .body > .row').nth(1).click();
    const [tree, side] = [await page.locator('.heap-main').boundingBox(), await page.locator('.heap-side').boundingBox()];
    expect(side.y).toBeGreaterThanOrEqual(tree.y + tree.height - 1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
    await picture('heap-narrow');
  });
});
