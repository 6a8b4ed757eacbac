// The page System Memory in a real browser, fed by the host's own code.
import { expect, test } from 'vitest';
import { namesOf } from './open-page.mjs';
import { cellsOf, colourOf, describePage, tabStops } from './page-tests.mjs';
import { busyMachine, createSystemFeed, START, systemFixture, withFields } from './system-feed.mjs';

const WIDE = { width: 1300, height: 1000 };
const field = (state, name) => state.facts.meminfo.find((one) => one.name === name).value;
const MIB = 1024 * 1024;
const { busy, later } = await (async () => {
  const state = await busyMachine();
  const grown = withFields(state, {
    AnonPages: field(state, 'AnonPages') + 50 * MIB,
    MemFree: field(state, 'MemFree') - 50 * MIB,
  });
  return { busy: state, later: { ...grown, facts: { ...grown.facts, at: START + 60_000 } } };
})();

describePage('the page System Memory', 'system', ({ open, opened, lastSent }) => {
  const rowsOf = (page) => page.getByRole('option');
  const rowOf = (page, name) => page.getByRole('option', { name, exact: false });
  const details = (page) => page.getByRole('complementary', { name: 'Selected part' });
  /** By their places on the screen: the header is the first. */
  const tableRow = (page, at) => page.locator(`.grid .body .row[aria-rowindex="${at + 2}"]`);
  const tableCells = (page) =>
    page
      .locator('.grid .body .row')
      .evaluateAll((rows) =>
        rows
          .toSorted((one, other) => one.ariaRowIndex - other.ariaRowIndex)
          .map((row) => [...row.children].map((cell) => cell.textContent)),
      );

  test('shows MemTotal and its parts, each where the one before it ends', async () => {
    const { page } = await open(createSystemFeed({ states: [busy] }), WIDE);
    const boxes = [];
    for (const row of await page.locator('.bar-row.kind-part, .bar-row.kind-unexplained').all()) {
      boxes.push(
        await row.locator('.bar-fill').evaluate((bar) => [Number.parseFloat(bar.style.left), Number.parseFloat(bar.style.width)]),
      );
    }
    let at = 0;
    for (const [left, width] of boxes) {
      expect(left).toBeCloseTo(at, 1);
      at = left + width;
    }
    expect(at).toBeCloseTo(100, 1);
    expect(await rowsOf(page).first().getAttribute('aria-label')).toMatch(/^MemTotal: /);
    expect(await rowsOf(page).last().getAttribute('aria-label')).toMatch(/^Unexplained: /);
  });

  test('of a table without meminfo only the table is shown', async () => {
    const { slab, pageSize } = busy.facts;
    const state = { ...busy, facts: { meminfo: [], slab, pageSize }, owners: {} };
    const { page } = await open(createSystemFeed({ states: [state] }), WIDE);
    expect(await page.locator('.system-partial').textContent()).toContain('There is no meminfo with it');
    expect(await page.getByRole('grid', { name: 'Slab caches' }).isVisible()).toBe(true);
    for (const part of ['.waterfall-part', '.details', '.findings']) expect(await page.locator(part).isVisible()).toBe(false);
    await page.getByRole('tab', { name: 'free' }).click();
    await opened.settle();
    expect(await page.locator('.free-panel').textContent()).toContain('was not read');
  });

  test('what is inside of a part is hatched, and can be left out', async () => {
    const { page } = await open(createSystemFeed({ states: [busy] }), WIDE);
    const inside = page.locator('.bar-row.kind-inside').first();
    expect(await inside.locator('.bar-fill').evaluate((bar) => getComputedStyle(bar).backgroundImage)).toContain('repeating');
    const count = await rowsOf(page).count();
    await page.getByRole('button', { name: 'Show What Is Inside' }).click();
    await opened.settle();
    expect(await page.locator('.bar-row.kind-inside').count()).toBe(0);
    expect(await rowsOf(page).count()).toBeLessThan(count);
    expect(lastSent('save').state.showsInside).toBe(false);
  });

  test('parts that are nothing are named below, and listed when they are asked for', async () => {
    const { page } = await open(createSystemFeed({ states: [busy] }), WIDE);
    expect(await page.locator('.waterfall-rest').textContent()).toContain('Bounce buffers');
    expect(await rowOf(page, 'Bounce buffers').count()).toBe(0);
    await page.getByRole('button', { name: 'Show Zeros' }).click();
    await opened.settle();
    expect(await rowOf(page, 'Bounce buffers').count()).toBe(1);
  });

  test('the bars are walked by keys; each says what it is, how it gets less, and where to look', async () => {
    const { page } = await open(createSystemFeed({ states: [busy] }), WIDE);
    await rowsOf(page).first().focus();
    await page.keyboard.press('ArrowDown');
    await opened.settle();
    expect(await page.evaluate(() => document.activeElement.getAttribute('aria-label'))).toMatch(/^Applications: /);
    for (const words of ['AnonPages', 'Less of it', 'Where to look', 'Document of the kernel', 'Processes (4)']) {
      expect(await details(page).textContent()).toContain(words);
    }
    await page.keyboard.press('End');
    await opened.settle();
    expect(await details(page).getByRole('heading', { level: 2 }).textContent()).toBe('Unexplained');
    await page.keyboard.press('Home');
    await opened.settle();
    expect(await details(page).textContent()).toContain('MemAvailable is the kernel’s estimate');
  });

  test('the document of an item is opened by the host', async () => {
    const { page } = await open(createSystemFeed({ states: [busy], saved: { item: 'pageTables' } }), WIDE);
    await details(page).getByRole('link', { name: 'Document of the kernel' }).click();
    expect(lastSent('open-link').link).toMatch(/^https:\/\/docs\.kernel\.org\/.*page_tables/);
  });

  test('an item brings the table of who holds it', async () => {
    const { page } = await open(createSystemFeed({ states: [busy] }), WIDE);
    await rowOf(page, 'Slab, unreclaimable').click();
    await opened.settle();
    expect(await page.getByRole('grid', { name: 'Slab caches' }).count()).toBe(1);
    await rowOf(page, 'vmalloc:').click();
    await opened.settle();
    await details(page)
      .getByRole('button', { name: /^Modules/ })
      .click();
    await opened.settle();
    expect((await tableCells(page)).map(([name]) => name)).toEqual(['nf_conntrack', 'leakmod']);
  });

  test('tables are sorted, filtered and summed up; a process leads to its pages', async () => {
    const { page } = await open(createSystemFeed({ states: [busy], saved: { table: 'processes' } }), WIDE);
    const names = async () => (await tableCells(page)).map(([name]) => name);
    // What a process is called can't hide anything.
    expect(await names()).toEqual(['postgres', 'web-server', 'evil\\nname\\u202e', 'systemd']);
    await page.getByRole('columnheader', { name: 'PID' }).click();
    await opened.settle();
    expect(await names()).toEqual(['postgres', 'evil\\nname\\u202e', 'web-server', 'systemd']);
    expect(lastSent('save').state.sortings.processes).toEqual({ column: 'pid', descending: true });
    await page.locator('.filter-box input').fill('ada -web');
    await opened.settle();
    expect(await names()).toEqual(['postgres', 'evil\\nname\\u202e']);
    expect(await page.locator('.totals .cell.first').textContent()).toBe('Shown: 2 processes');
    await page.locator('.filter-box input').fill('nobody at all');
    await opened.settle();
    expect(await page.locator('.grid-empty').textContent()).toBe('Nothing matches the filter.');
    await page.locator('.filter-box input').fill('');
    await opened.settle();
    await tableRow(page, 0).dblclick();
    expect(lastSent('show-map')).toEqual({ kind: 'show-map', pid: 4711, name: 'postgres' });
    await tableRow(page, 1).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Show Trend' }).click();
    expect(lastSent('show-process-trend')).toMatchObject({ pid: 1200 });
  });

  test('rules have their figures, and buttons that lead to the right place', async () => {
    const { page } = await open(createSystemFeed({ states: [busy] }), WIDE);
    const card = page.locator('.finding[data-rule="cgroup-near-limit"]');
    await card.locator('summary').click();
    expect(await card.locator('.evidence').textContent()).toContain('Of the limit');
    await card.getByRole('link', { name: 'How this is decided' }).click();
    expect(lastSent('open-help')).toEqual({ kind: 'open-help', anchor: 'cgroup-near-limit' });
    await card.locator('vscode-button').click();
    await opened.settle();
    expect(await page.getByRole('grid', { name: 'Cgroups' }).count()).toBe(1);
  });

  test('counted twice: the rest has its sign, and the likely pair is named', async () => {
    const twice = withFields(busy, { Balloon: Math.round(field(busy, 'MemTotal') * 0.08) });
    const { page } = await open(createSystemFeed({ states: [twice], saved: { item: 'unexplained' } }), WIDE);
    expect(await page.locator('.kind-unexplained .bar-amount').textContent()).toMatch(/^\u2212/);
    expect(await details(page).textContent()).toContain('Likely in Balloon and in MemFree');
    const total = await page.locator('.kind-total .bar-fill').boundingBox();
    const rest = await page.locator('.kind-unexplained .bar-fill').boundingBox();
    expect(rest.x).toBeCloseTo(total.x + total.width, 0);
  });

  test('mark, act, compare: the growth of each line, the largest first', async () => {
    const { page } = await open(createSystemFeed({ states: [busy, busy, later] }), WIDE);
    expect(await page.getByRole('button', { name: 'Compare', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Mark', exact: true }).click();
    await opened.settle();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await opened.settle();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('menuitemradio', { name: '10:00:00' }).click();
    await opened.settle();
    expect((await tableCells(page)).slice(0, 2).map(([name, change]) => [name, change])).toEqual([
      ['Applications', '+50.0 MiB'],
      ['Free', '\u221250.0 MiB'],
    ]);
    expect(await page.locator('.panel-words').textContent()).toContain('Applications grew most: +50 MiB.');
    await page.getByRole('button', { name: 'Mark', exact: true }).click();
    await opened.settle();
    await page.locator('vscode-single-select[label="Second moment"]').click();
    await page.locator('vscode-single-select li.option:visible', { hasText: '10:01:00' }).click();
    expect(lastSent('compare')).toEqual({ kind: 'compare', before: 1, after: 2 });
    await opened.settle();
    expect((await tableCells(page)).length).toBe(2);
    for (const count of [2, 1]) {
      await page.getByRole('button', { name: `Marks (${count})` }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).last().click();
      await opened.settle();
    }
    await opened.settle();
    expect(await page.locator('.panel-empty').textContent()).toContain('Nothing is compared');
  });

  test('dropped caches are told in words', async () => {
    const cached = field(busy, 'Cached');
    const free = field(busy, 'MemFree');
    const after = withFields(busy, { Cached: cached - 400 * MIB, MemFree: free + 400 * MIB });
    const { page } = await open(createSystemFeed({ states: [busy, busy, after], saved: { panel: 'changes' } }), WIDE);
    await page.getByRole('button', { name: 'Drop Caches and Compare…' }).click();
    await opened.settle();
    expect(await page.locator('.panel-words').textContent()).toContain('400 MiB came back as free memory');
    expect(await page.getByRole('button', { name: 'Marks (2)' }).count()).toBe(1);
  });

  test('who may not drop them gets a button for the setting', async () => {
    const refused = { ok: false, error: { code: 'permission', path: '/proc/sys/vm/drop_caches', operation: 'write' } };
    const feed = createSystemFeed({ states: [busy], dropCaches: () => Promise.resolve(refused) });
    const { page } = await open(feed, WIDE);
    await page.getByRole('button', { name: 'Drop Caches and Compare…' }).click();
    await opened.settle();
    expect(await page.getByRole('alert').textContent()).toContain('memlens.rootCommand');
    await page.getByRole('alert').getByRole('button', { name: 'Set the Root Command…' }).click();
    expect(lastSent('open-root-setting')).toBeDefined();
  });

  test('free: as each version counts, the installed one marked', async () => {
    const { page } = await open(createSystemFeed({ states: [busy], saved: { panel: 'free' } }), WIDE);
    const rows = await cellsOf(page.locator('.free-table tbody tr'));
    expect(rows.map(([name]) => name)).toEqual([
      'procps 4.0.1 and newerinstalled',
      'procps 3.3.12 to 4.0.0',
      'procps 3.3.10 and 3.3.11',
      'procps 3.3.9',
      'procps up to 3.3.8',
    ]);
    expect(rows[0].at(-1)).toBe('MemTotal − MemAvailable');
  });

  test('what was not read says why; the tabs are walked by arrow keys', async () => {
    const { page } = await open(createSystemFeed({ states: [busy] }), WIDE);
    await page.getByRole('tab', { name: 'free' }).focus();
    await page.keyboard.press('ArrowRight');
    await opened.settle();
    expect(await page.getByRole('tab', { name: 'Not Read (2)' }).getAttribute('aria-selected')).toBe('true');
    expect(await page.locator('.missing-list').textContent()).toContain('CONFIG_PSI');
    await page.locator('.missing-panel').getByRole('button', { name: 'Set the Root Command…' }).click();
    expect(lastSent('open-root-setting')).toBeDefined();
  });

  test('files of one moment open with their owners, those of two with what has changed', async () => {
    const states = [busy, later].map((state, at) => ({ label: `moment ${at}`, state }));
    const chosen = async (page) => page.getByRole('tab', { selected: true }).textContent();
    const one = await open(createSystemFeed({ files: states.slice(0, 1), saved: { panel: 'changes' } }), WIDE);
    expect(await chosen(one.page)).toBe('Owners');
    await one.page.getByRole('tab', { name: 'Changes' }).click();
    await opened.settle();
    expect(await one.page.locator('.panel-empty').textContent()).toContain('these files are of one moment');
    const two = await open(createSystemFeed({ files: states, saved: { panel: 'owners' } }), WIDE);
    expect(await chosen(two.page)).toMatch(/^Changes/);
  });

  test('files are looked at, and nothing else is offered', async () => {
    const files = [{ label: 'saved', state: await systemFixture('6.1-uml') }];
    const { page } = await open(createSystemFeed({ files, description: '/tmp/saved' }), WIDE);
    for (const name of ['Refresh', 'Mark', 'Drop Caches and Compare…', 'Trend']) {
      expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
    }
    expect(await page.locator('.description').textContent()).toContain('/tmp/saved');
  });

  test('a machine that can’t be reached says why, and is asked again', async () => {
    const fault = { code: 'target-unreachable', target: 'board', detail: '', why: 'refused' };
    const { page } = await open(createSystemFeed({ fault }), WIDE);
    expect(await page.locator('.empty').textContent()).toContain('board');
    await page.getByRole('button', { name: 'Try Again' }).click();
    expect(lastSent('refresh')).toBeDefined();
  });

  test('a host of another version is refused', async () => {
    const { page } = await open({ hear: () => [{ kind: 'hello', version: 99, saved: undefined }] }, WIDE);
    expect(await page.locator('.empty').textContent()).toContain('another version');
  });

  test('everything that can be used has a name', async () => {
    const { page } = await open(createSystemFeed({ states: [busy] }), WIDE);
    for (const panel of ['Owners', 'Changes', 'free', 'Not Read']) {
      await page.getByRole('tab', { name: panel }).click();
      await opened.settle();
      expect((await namesOf(page)).nameless, panel).toEqual([]);
    }
  });

  test.each(['dark', 'light', 'hcDark'])('all of it is reached by Tab, and where the focus is is seen: %s', async (theme) => {
    const { page } = await open(createSystemFeed({ states: [busy] }), { ...WIDE, theme });
    const stops = await tabStops(page);
    expect(stops.filter(({ isSeen, name }) => !isSeen || name === '')).toEqual([]);
    const names = stops.map(({ name }) => name);
    for (const name of [
      'Refresh',
      'Mark',
      'Drop Caches and Compare…',
      'Show the Cgroups',
      'MemTotal: 3.5 GiB',
      'Owners',
      'postgres',
    ])
      expect(names).toContain(name);
    // A list, a row of tabs and a table are one stop each: the arrow keys go on from there.
    expect(names.length).toBeLessThan(20);
  });

  test('a screen reader is told once what has come, and never with every reading', async () => {
    const { page } = await open(createSystemFeed({ states: [busy, later] }), WIDE);
    const live = page.locator('[aria-live], [role=status], [role=alert]');
    await page.evaluate(() => {
      window.told = [];
      for (const one of document.querySelectorAll('[aria-live], [role=status], [role=alert]'))
        new MutationObserver(() => window.told.push(one.textContent)).observe(one, {
          childList: true,
          characterData: true,
          subtree: true,
        });
    });
    expect(await live.count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Mark', exact: true }).click();
    await opened.settle();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await opened.settle();
    await page.getByRole('option').first().focus();
    for (let at = 0; at < 5; at++) await page.keyboard.press('ArrowDown');
    await page.waitForTimeout(300);
    const told = await page.evaluate(() => window.told);
    expect(told.filter((words) => !words.startsWith('Reading'))).toEqual(['Marked', 'As of 10:01:00']);
  });

  test('nothing is wider than a narrow page, and its tables scroll by themselves', async () => {
    const { page } = await open(createSystemFeed({ states: [busy] }), { width: 400, height: 900 });
    for (const panel of ['Owners', 'free', 'Not Read']) {
      await page.getByRole('tab', { name: panel }).click();
      await opened.settle();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), panel).toBeLessThanOrEqual(400);
    }
  });

  test('the path of a control group is broken, and the page no wider for it', async () => {
    const group = `/kubepods.slice/${'kubepods-burstable-pod089f25ee_a41a_414c_a028_71a38dfb30d3'.repeat(3)}.scope`;
    const cgroups = [{ group, usage: 99 * MIB, limit: 100 * MIB }];
    const { page } = await open(createSystemFeed({ states: [{ ...busy, facts: { ...busy.facts, cgroups } }] }), {
      width: 400,
      height: 900,
    });
    expect(await page.locator('.finding-title').first().textContent()).toContain(group);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
  });

  test('no number and no heading of a table is cut', async () => {
    const much = 1023.9 * MIB;
    const rows = busy.owners.processes.rows.map((row) => ({ ...row, pid: 4_194_304 + row.pid, pss: much, uss: much, rss: much }));
    const grown = { ...later, owners: { ...later.owners, processes: { ...later.owners.processes, rows } } };
    const { page } = await open(createSystemFeed({ states: [busy, grown] }), WIDE);
    const cut = () =>
      page
        .locator('.grid .row .cell.number, .grid .header .label')
        .evaluateAll((cells) => cells.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent));
    expect(await cut()).toEqual([]);
    await page.getByRole('button', { name: 'Mark', exact: true }).click();
    await opened.settle();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('menuitemradio').first().click();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await opened.settle();
    expect(await page.getByRole('tab', { selected: true }).textContent()).toMatch(/^Changes/);
    expect(await cut()).toEqual([]);
    await page.getByRole('tab', { name: 'Owners' }).click();
    await opened.settle();
    expect(await cut()).toEqual([]);
  });

  test('a table without bars above it takes the height of the page', async () => {
    const slab = await systemFixture('6.18-root/slabinfo');
    const { page } = await open(createSystemFeed({ files: [{ label: 'slabinfo', state: slab }] }), WIDE);
    const box = await page.locator('.data-grid').boundingBox();
    expect(box.y + box.height).toBeCloseTo(WIDE.height, -1);
    expect(box.height).toBeGreaterThan(700);
  });

  test('colours follow the theme', async () => {
    const { page } = await open(createSystemFeed({ states: [busy] }), WIDE);
    const colour = () =>
      page
        .locator('.group-programs .bar-fill')
        .first()
        .evaluate((bar) => getComputedStyle(bar).boxShadow);
    const dark = await colour();
    await opened.setTheme('hcLight');
    const light = await colour();
    expect(colourOf(light)).not.toEqual(colourOf(dark));
  });
});
