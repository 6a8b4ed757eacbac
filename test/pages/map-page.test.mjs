// The frame of the page Memory Map in a real browser: its bar, its states, its findings, its shape at all widths.
import { expect, test } from 'vitest';
import { createMapFeed, fixtureText, START, snapshotOf } from './map-feed.mjs';
import { namesOf } from './open-page.mjs';
import { describePage } from './page-tests.mjs';

const HEAP = {
  rule: 'heap-grows',
  severity: 'warning',
  title: 'The heap grows by 12 KiB a second',
  reasons: ['It grew by 1.2 MiB in 100 s.', 'It holds <b>3 MiB</b> now.'],
  doubt: 'A warm-up looks the same so far.',
  rows: [6],
  steps: [
    { action: 'profile', title: 'Find the Lines That Allocate It' },
    { action: 'show-trend', title: 'Show the Trend' },
    { action: 'show-rows', title: 'Show the Regions' },
  ],
};
const LOCKED = {
  rule: 'memory-locked',
  severity: 'info',
  title: '2 MiB is locked',
  reasons: ['mlock keeps it in memory.'],
  rows: [],
  steps: [],
};
const LOST = { code: 'permission', path: '/proc/4711/smaps', operation: 'read' };
const GONE = { code: 'not-found', path: '/proc/4711', what: 'process' };

describePage('Memory Map: page', 'map', ({ open, opened, lastSent }) => {
  const start = async (options = {}, look = {}) => {
    const feed = createMapFeed(options);
    return open(feed, { width: 1200, height: 800, ...look });
  };
  const state = (page) => page.locator('.map-state').textContent();
  const button = (page, name) => page.locator('.map-bar').getByRole('button', { name, exact: true });
  const choose = async (page, box, option) => {
    await page.getByRole('combobox', { name: box }).click();
    await page.locator('vscode-single-select li.option:visible', { hasText: option }).click();
    await opened.settle();
  };
  const selected = (page) => page.locator('.map-side').textContent();

  test('says it is ready, and how the map comes', async () => {
    const { page, sent } = await start();
    expect(sent[0]).toEqual({ kind: 'ready', version: 1 });
    expect(await state(page)).toBe('Read at 10:00:00');
    expect(await page.locator('.map-head .description').textContent()).toBe('/tmp/maps/odd-maps --serve');
    expect(await page.locator('.map-body').isVisible()).toBe(true);
    expect(await page.locator('.no-findings').textContent()).toContain('a single reading does not tell');
  });

  test('while the first map is read nothing can be asked for', async () => {
    const { page, feed, post } = await start({ held: true });
    expect(await state(page)).toBe('Reading the map…');
    expect(await page.locator('.empty').first().textContent()).toBe('Reading the map…');
    for (const name of ['Read Now', 'Live', 'Mark', 'Compare', 'Export'])
      expect(await button(page, name).isDisabled()).toBe(true);
    await post(...(await feed.release()));
    expect(await page.locator('.map-body').isVisible()).toBe(true);
    expect(await button(page, 'Export').isEnabled()).toBe(true);
  });

  test('a map that can’t be read: why, what next, and another try', async () => {
    const { page, feed, post, sent } = await start({ fault: LOST });
    const empty = page.locator('main > .empty');
    expect(await empty.textContent()).toContain('/proc/4711/smaps');
    expect(await empty.locator('p').count()).toBe(2);
    expect(await page.locator('.map-body').isVisible()).toBe(false);
    await post(...(await feed.fail(undefined)));
    expect(await page.locator('.map-body').isVisible()).toBe(true);
    expect(sent.some(({ kind }) => kind === 'refresh')).toBe(false);
  });

  test('Try Again reads again', async () => {
    const { page } = await start({ fault: LOST });
    await page.getByRole('button', { name: 'Try Again' }).click();
    expect(lastSent('refresh')).toEqual({ kind: 'refresh' });
  });

  test('a later failure leaves the map, says why, and goes with the next success', async () => {
    const { page, feed, post } = await start();
    await post(...(await feed.fail(LOST)));
    const alert = page.getByRole('alert');
    expect(await alert.textContent()).toContain('/proc/4711/smaps');
    expect(await state(page)).toBe('Could not be read again; this was its map at 10:00:00');
    expect(await page.locator('.map-body').isVisible()).toBe(true);
    await post(...(await feed.fail(undefined)));
    expect(await alert.isVisible()).toBe(false);
  });

  test('another fault stays until it is closed, whatever is read', async () => {
    const { page, feed, post } = await start({ live: 2000 });
    await post({ kind: 'fault', message: 'The file could not be written.', nextStep: 'Choose another folder.' });
    await post(...(await feed.next()));
    const alert = page.getByRole('alert');
    expect(await alert.textContent()).toContain('The file could not be written. Choose another folder.');
    await alert.getByRole('button', { name: 'Close' }).click();
    expect(await alert.isVisible()).toBe(false);
  });

  test('a process that has ended: its last map stays, and nothing can be read any more', async () => {
    const { page, feed, post } = await start({ live: 2000 });
    await post(...(await feed.fail(GONE)));
    expect(await state(page)).toBe('The process has ended; this was its map at 10:00:00');
    for (const name of ['Read Now', 'Live', 'Mark']) expect(await button(page, name).isDisabled()).toBe(true);
    expect(await button(page, 'Export').isEnabled()).toBe(true);
    expect(await page.locator('.map-body').isVisible()).toBe(true);
  });

  test('a file is no process: nothing is offered that only a process has', async () => {
    const { page } = await start({ kind: 'file' });
    expect(await state(page)).toBe('From the file saved.smaps');
    for (const name of ['Read Now', 'Live', 'Mark', 'Trend']) expect(await button(page, name).isVisible()).toBe(false);
    expect(await page.locator('.no-findings').textContent()).toContain('a single moment does not tell');
    expect(await button(page, 'Export').isEnabled()).toBe(true);
  });

  test('a recording offers its moments', async () => {
    const readings = [0, 60_000, 120_000].map((ms) => snapshotOf(fixtureText('process'), { at: START + ms }));
    const { page } = await start({ kind: 'recorded', readings });
    expect(await state(page)).toBe('From the recording saved.smaps');
    await choose(page, 'Moment shown', '10:01:00');
    expect(lastSent('show-moment').moment).toBe(2);
    expect(await page.locator('.older').textContent()).toContain('This is the map of 15 Jan 10:01:00, not the newest one.');
  });

  test('without permission: what is known, and why no more is', async () => {
    const { page } = await start({ snapshot: snapshotOf(''), notes: [{ code: 'no-permission' }] });
    expect(await page.locator('.notes').textContent()).toContain(
      'The mappings may not be read: this needs the same user, or root.',
    );
    expect(await page.locator('main > .empty').textContent()).toBe('There is no mapping to be shown.');
    expect(await page.locator('.map-body').isVisible()).toBe(false);
    // That nothing stands out would be said of nothing.
    expect(await page.locator('.findings').isVisible()).toBe(false);
  });

  test.each([
    ['the host’s', { kind: 'fault', message: 'This page is of another version of MemLens.', nextStep: 'Reload the window.' }],
    ['the page’s', { kind: 'hello', version: 99 }],
  ])('another version in %s eyes: that alone is shown, and what to do', async (_, answer) => {
    const feed = { hear: ({ kind }) => (kind === 'ready' ? [answer] : []) };
    const { page } = await open(feed, { width: 800, height: 500 });
    expect(await page.locator('main > .empty').textContent()).toBe(
      'This page is of another version of MemLens.Reload the window.',
    );
    expect(await page.getByRole('button').count()).toBe(0);
  });

  test('reads live, as often as is chosen, and says when the budget makes it rarer', async () => {
    const { page, sent } = await start({ snapshot: snapshotOf(fixtureText('process'), { costMs: 120 }) });
    await choose(page, 'How often it is read', 'every 5 s');
    expect(sent.some(({ kind }) => kind === 'live')).toBe(false);
    await button(page, 'Live').click();
    await opened.settle();
    expect(lastSent('live')).toEqual({ kind: 'live', everyMs: 5000 });
    expect(await button(page, 'Live').getAttribute('aria-pressed')).toBe('true');
    expect(await state(page)).toBe('Live: every 12 s instead of 5 s, because a reading costs the process 120 ms');
    await choose(page, 'How often it is read', 'every 1 min');
    expect(await state(page)).toBe('Live: every 1 min');
    await button(page, 'Live').click();
    await opened.settle();
    expect(lastSent('live')).toEqual({ kind: 'live', everyMs: undefined });
    expect(await state(page)).toMatch(/^Read at/);
  });

  test('an interval of the settings that is not offered is there, too', async () => {
    const { page } = await start({ live: 3000 });
    await page.getByRole('combobox', { name: 'How often it is read' }).click();
    const options = await page.locator('vscode-single-select li.option:visible').allTextContents();
    expect(options.map((text) => text.trim())).toContain('every 3 s');
  });

  test('an older moment stays shown while new ones come, which is said, until the newest is wanted', async () => {
    const { page, feed, post } = await start({ live: 2000 });
    await post(...(await feed.next({ grown: { '[heap]': 64 } })));
    await choose(page, 'Moment shown', '10:00:00');
    const older = page.locator('.older');
    expect(await older.textContent()).toContain('This is the map of 10:00:00, not the newest one.');
    await post(...(await feed.next({ grown: { '[heap]': 64 } })));
    expect(await older.isVisible()).toBe(true);
    await older.getByRole('button', { name: 'Show the Newest' }).click();
    await opened.settle();
    expect(await older.isVisible()).toBe(false);
    await post(...(await feed.next({ grown: { '[heap]': 64 } })));
    expect(await older.isVisible()).toBe(false);
  });

  test('marks a moment, which can be shown and removed', async () => {
    const { page, feed, post } = await start();
    await button(page, 'Mark').click();
    await opened.settle();
    await post(...(await feed.next()));
    await choose(page, 'Moment shown', '(mark)');
    expect(await page.locator('.older').isVisible()).toBe(true);
    await button(page, 'Remove this mark').click();
    await opened.settle();
    expect(lastSent('remove-moment').moment).toBe(2);
    expect(await page.locator('.older').isVisible()).toBe(false);
    expect(await button(page, 'Remove this mark').isVisible()).toBe(false);
  });

  test('what is exported is chosen from a menu, by keys', async () => {
    const { page } = await start();
    await button(page, 'Export').focus();
    await page.keyboard.press('Enter');
    expect(await page.getByRole('menuitem').allTextContents()).toHaveLength(4);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    expect(lastSent('export')).toEqual({ kind: 'export', format: 'json' });
    await page.keyboard.press('Enter');
    await page.keyboard.press('s');
    await page.keyboard.press('Enter');
    await expect.poll(() => lastSent('export-image')?.format).toBe('svg');
  });

  test.each(['table', 'changes'])('the form %s has no picture: that of the address space stands for it', async (view) => {
    const { page } = await start({ saved: { view } });
    for (const [key, begin] of [
      ['p', '\x89PNG'],
      ['s', '<svg'],
    ]) {
      await button(page, 'Export').click();
      await page.keyboard.press(key);
      await page.keyboard.press('Enter');
      await expect.poll(() => lastSent('export-image')?.bytes?.length ?? 0).toBeGreaterThan(1000);
      const bytes = Buffer.from(Object.values(lastSent('export-image').bytes));
      expect(bytes.subarray(0, 4).toString('latin1')).toBe(begin);
      opened.sent.length = 0;
    }
  });

  test('compares with a moment that is chosen from a menu, and shows the changes', async () => {
    const { page, feed, post } = await start();
    await post(...(await feed.next({ grown: { '[heap]': 64 } })));
    await button(page, 'Compare').click();
    await page.getByRole('menuitemradio', { name: '10:00:00' }).click();
    await opened.settle();
    expect(lastSent('compare')).toEqual({ kind: 'compare', before: 1, after: undefined });
    expect(await page.getByRole('radio', { name: 'Changes' }).getAttribute('aria-checked')).toBe('true');
    expect(await page.locator('.changes .body > .row').count()).toBe(1);
    await button(page, 'Compare').click();
    await page.getByRole('menuitem', { name: 'Stop Comparing' }).click();
    expect(lastSent('stop-comparing')).toBeDefined();
  });

  test('findings have their reasons, their doubt, their rule and their steps', async () => {
    const { page } = await start({ findings: [HEAP, LOCKED] });
    const cards = page.locator('.finding');
    expect(await cards.count()).toBe(2);
    expect(await page.locator('.no-findings').isVisible()).toBe(false);
    await cards.first().locator('summary').click();
    expect(await cards.first().locator('li').allTextContents()).toEqual([...HEAP.reasons, HEAP.doubt]);
    await cards.first().getByRole('link', { name: 'How this is decided' }).click();
    expect(lastSent('open-link')).toEqual({ kind: 'open-link', link: '#heap-grows' });
    await page.getByRole('button', { name: 'Find the Lines That Allocate It' }).click();
    expect(lastSent('step')).toEqual({ kind: 'step', rule: 'heap-grows', action: 'profile' });
    await page.getByRole('button', { name: 'Show the Regions' }).click();
    await opened.settle();
    expect(await selected(page)).toContain('Heap');
  });

  test('a finding that comes while the page is read is told to screen readers, once', async () => {
    const { page, feed, post } = await start({ live: 2000, findings: [LOCKED] });
    const said = () => page.locator('main > .visually-hidden[role="status"]').textContent();
    expect(await said()).toBe('');
    feed.setFindings([{ ...HEAP, title: 'The heap grows\u202e' }, LOCKED]);
    await post(...(await feed.next()));
    await expect.poll(said).toBe('Warning: The heap grows\\u202e');
    await page.locator('main > .visually-hidden[role="status"]').evaluate((node) => (node.textContent = ''));
    feed.setFindings([{ ...HEAP, title: 'The heap grows by 13 KiB a second' }, LOCKED]);
    await post(...(await feed.next()));
    expect(await said()).toBe('');
  });

  test('a card that comes again with other numbers keeps the focus and stays unfolded', async () => {
    const { page, feed, post } = await start({ live: 2000, findings: [HEAP, LOCKED] });
    await page.locator('.finding summary').first().click();
    await page.getByRole('button', { name: 'Show the Trend' }).focus();
    feed.setFindings([LOCKED, { ...HEAP, title: 'The heap grows by 13 KiB a second', reasons: ['More.'] }]);
    await post(...(await feed.next()));
    const card = page.locator('.finding', { hasText: '13 KiB' });
    expect(await card.locator('li').first().textContent()).toBe('More.');
    expect(await card.locator('details').getAttribute('open')).not.toBeNull();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Show the Trend');
    feed.setFindings([]);
    await post(...(await feed.next()));
    expect(await page.locator('.finding').count()).toBe(0);
    expect(await page.locator('.no-findings').textContent()).toContain('No finding yet');
  });

  test('keeps the form that was chosen, and moves among them by keys', async () => {
    const { page } = await start({ saved: { view: 'table' } });
    const checked = page.locator('.map-tabs [aria-checked="true"]');
    expect(await checked.textContent()).toBe('Table');
    await checked.focus();
    await page.keyboard.press('ArrowRight');
    expect(await checked.textContent()).toBe('Changes');
    expect(lastSent('save').state).toMatchObject({ view: 'changes' });
  });

  test('all that can be used has a name, and is reached by Tab', async () => {
    const { page, feed, post } = await start({ live: 2000, findings: [HEAP] });
    await post(...(await feed.next({ grown: { '[heap]': 64 } })));
    expect((await namesOf(page)).nameless).toEqual([]);
    const reached = new Set();
    await page.locator('body').focus();
    for (let at = 0; at < 20; at++) {
      await page.keyboard.press('Tab');
      reached.add(
        await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent),
      );
    }
    for (const name of ['Read Now', 'Live', 'Mark', 'Compare', 'Trend', 'Export', 'Show the Trend', 'Address Space'])
      expect([...reached]).toContain(name);
  });

  test.each([
    [400, true],
    [1600, false],
  ])('at %d pixels nothing stands out at the side, and the pane of the region has its place', async (width, below) => {
    const { page } = await start({ live: 2000, findings: [HEAP, LOCKED] }, { width, height: 900 });
    for (const name of ['Address Space', 'Treemap', 'Table', 'Changes']) {
      await page.getByRole('radio', { name }).click();
      await opened.settle();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const view = await page.locator('.map-view').boundingBox();
      const inner = await page.locator('.map-view > *').boundingBox();
      const side = await page.locator('.map-side').boundingBox();
      expect(view.height).toBeGreaterThan(370);
      expect(inner.height).toBeLessThanOrEqual(view.height + 1);
      if (below) expect(side.y).toBeGreaterThanOrEqual(view.y + view.height);
      else expect(side.x).toBeGreaterThanOrEqual(view.x + view.width);
    }
  });

  test.each(['dark', 'light', 'hcDark', 'hcLight'].flatMap((theme) => [400, 1600].map((width) => [theme, width])))(
    'is drawn in %s at %d pixels',
    async (theme, width) => {
      const { page, feed, post, picture } = await start({ live: 2000, findings: [HEAP, LOCKED] }, { theme, width, height: 1000 });
      for (let at = 0; at < 3; at++) await post(...(await feed.next({ grown: { '[heap]': 64 } })));
      await page.locator('.finding summary').first().click();
      await picture(`map-page-${theme}-${width}`);
      expect(await page.locator('.finding details[open] .rule-link').isVisible()).toBe(true);
    },
  );
});
