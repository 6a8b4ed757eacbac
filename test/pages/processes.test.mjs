// The page Processes in a real browser, under the policy of a webview, with a stand-in for the extension host.

import { describe, expect, test } from 'vitest';
import { TRENDS_PROTOCOL } from '../../src/protocol/trends.ts';
import { describePage } from './page-tests.mjs';
import { createProcessFeed, kernelThread, makeProcess, typicalProcesses, unread } from './process-feed.mjs';

const MIB = 2 ** 20;

describePage('Processes', 'processes', ({ open, opened }) => {
  const start = (options = {}, view = {}) => open(createProcessFeed(options), { width: 1100, height: 600, ...view });

  const names = (page) =>
    page.locator('.body > .row').evaluateAll((rows) => rows.map((row) => row.querySelector('.name').textContent));
  const column = (page, label) =>
    page.evaluate((wanted) => {
      const at = [...document.querySelectorAll('.header .cell .label')].findIndex((one) => one.textContent === wanted);
      return [...document.querySelectorAll('.body > .row')].map((row) => row.children[at].textContent);
    }, label);
  const headers = (page) => page.locator('.header .label').allTextContents();
  const header = (page, label) => page.locator('.header .cell', { has: page.getByText(label, { exact: true }) });
  const row = (page, name) => page.locator('.body > .row', { has: page.locator('.name', { hasText: name }) });
  const focused = (page) =>
    page.evaluate(() => {
      const cell = document.activeElement?.closest('.cell');
      const columns = [...document.querySelectorAll('.header .cell .label')].map((one) => one.textContent);
      const parent = cell?.parentElement;
      return (
        cell && {
          row: parent.querySelector('.name')?.textContent ?? 'header',
          column: columns[[...parent.children].indexOf(cell)],
        }
      );
    });
  const setFilter = (page, text) => page.locator('vscode-textfield input').fill(text);
  const choose = async (page, label, option) => {
    await page.getByRole('combobox', { name: label }).click();
    await page.locator('vscode-single-select li.option:visible', { hasText: option }).click();
  };
  const three = () => [
    makeProcess(10, { command: 'small', uss: 5 * MIB, user: 'root' }),
    makeProcess(20, { command: 'large', uss: 500 * MIB, user: 'ada' }),
    makeProcess(30, { command: 'middle', uss: 50 * MIB, user: 'ada' }),
  ];
  // What is said travels; that choices are saved is another matter.
  const latest = (sent) => sent.findLast(({ kind }) => kind !== 'save');
  const last = (sent, kind) => sent.findLast((message) => message.kind === kind);

  test('says it is ready, and shows the largest first', async () => {
    const { page, sent } = await start({ entries: three() });
    expect(sent[0]).toEqual({ kind: 'ready', version: TRENDS_PROTOCOL });
    expect(await names(page)).toEqual(['large', 'middle', 'small']);
    expect(await column(page, 'USS')).toEqual(['500.0 MiB', '50.0 MiB', '5.0 MiB']);
    expect(await header(page, 'USS').getAttribute('aria-sort')).toBe('descending');
    expect(await page.locator('.target-line').textContent()).toMatch(/local[\s\S]*Live, every 1 s[\s\S]*3 processes/);
  });

  test('sorts by a click on a header, and turns the order by another', async () => {
    const { page } = await start({ entries: three() });
    await header(page, 'Command').click();
    expect(await names(page)).toEqual(['large', 'middle', 'small']);
    expect(await header(page, 'Command').getAttribute('aria-sort')).toBe('ascending');
    await header(page, 'Command').click();
    expect(await names(page)).toEqual(['small', 'middle', 'large']);
    await header(page, 'PID').click();
    expect(await names(page)).toEqual(['small', 'large', 'middle']);
  });

  test('filters by text and by predicates; an error stands below the field and leaves the rows', async () => {
    const { page } = await start({ entries: [...three(), unread(makeProcess(40, { command: 'hidden' }), 'permission')] });
    await setFilter(page, 'LARGE');
    expect(await names(page)).toEqual(['large']);
    await setFilter(page, 'uss>10M user=ada');
    expect(await names(page)).toEqual(['large', 'middle']);
    expect(await page.locator('.filter-message').textContent()).toBe('1 not shown: a value that is asked for is not known');
    expect(await page.locator('.count').textContent()).toBe('2 of 4 processes');
    await setFilter(page, 'uss>10M user=ada size>3');
    expect(await page.locator('.filter-message.error').textContent()).toContain('There is no column "size".');
    expect(await names(page)).toEqual(['large', 'middle']);
    await setFilter(page, 'nobody is called so');
    expect(await page.locator('.area > .empty').textContent()).toContain('No process matches the filter.');
    await page.getByRole('button', { name: 'Clear Filter' }).last().click();
    expect(await names(page)).toHaveLength(4);
  });

  test('the totals count what the filter leaves', async () => {
    const { page } = await start({ entries: three() });
    const shown = page.locator('.totals .row').first().getByRole('rowheader');
    await setFilter(page, 'uss>10M');
    await expect.poll(() => shown.textContent()).toBe('Shown: 2 processes');
    await setFilter(page, 'uss>100M');
    await expect.poll(() => shown.textContent()).toBe('Shown: 1 process');
  });

  test('the help lists what can be written', async () => {
    const { page } = await start({ entries: three() });
    expect(await page.locator('.help').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'What can be written here' }).click();
    expect(await page.locator('.help').textContent()).toContain('uss>100M');
    await page.keyboard.press('Escape');
    expect(await page.locator('.help').isVisible()).toBe(false);
  });

  test('groups have sums; RSS says that it does not add up', async () => {
    const entries = [...three(), unread(makeProcess(40, { command: 'hidden', user: 'root', uss: 9 * MIB }), 'permission')];
    const { page } = await start({ entries });
    await choose(page, 'Groups', 'Group by user');
    expect(await names(page)).toEqual(['ada', 'root']);
    expect(await column(page, 'USS')).toEqual(['550 MiB', '≥ 5 MiB']);
    expect(await column(page, 'PSS')).toEqual(['605 MiB', '≥ 5.5 MiB']);
    expect(await column(page, 'RSS')).toEqual(['≤ 715 MiB', '≤ 18.2 MiB']);
    expect(await page.locator('.grid').getAttribute('role')).toBe('treegrid');
    await row(page, 'ada').locator('.lead').click();
    expect(await names(page)).toEqual(['ada', 'large', 'middle', 'root']);
    expect(await row(page, 'ada').getAttribute('aria-expanded')).toBe('true');
    expect(await row(page, 'large').getAttribute('aria-level')).toBe('2');
    await row(page, 'ada').locator('.cell').nth(5).hover();
    expect(await row(page, 'ada').locator('.cell').nth(5).getAttribute('title')).toContain('RSS does not add up');
    expect(await page.locator('.totals .row').textContent()).toMatch(/All: 4 processes[\s\S]*≥ 555 MiB/);
  });

  test('column sets, and columns of the own choice, are saved and come again', async () => {
    const { page, sent } = await start({ entries: three() });
    await choose(page, 'Set of columns', 'smem');
    expect(await headers(page)).toEqual(['Command', 'PID', 'User', 'Swap', 'USS', 'PSS', 'RSS']);
    await choose(page, 'Set of columns', 'pidstat -r');
    expect(await headers(page)).toEqual(['Command', 'User', 'PID', 'Minor faults', 'Major faults', 'VSZ', 'RSS', '%MEM']);
    await page.getByRole('button', { name: 'Columns and Bars' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'VSZ' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Swap' }).click();
    await page.keyboard.press('Escape');
    const own = ['Command', 'User', 'PID', 'Swap', 'Minor faults', 'Major faults', 'RSS', '%MEM'];
    expect([...(await headers(page))].sort()).toEqual([...own].sort());
    await header(page, 'RSS').click();
    await expect.poll(() => last(sent, 'save')?.state.sorting.column).toBe('rss');
    const shown = await headers(page);
    const { state } = last(sent, 'save');
    await opened.close();
    const again = await start({ entries: three(), saved: state });
    expect(await headers(again.page)).toEqual(shown);
    expect(await header(again.page, 'RSS').getAttribute('aria-sort')).toBe('descending');
    expect(await again.page.getByRole('combobox', { name: 'Set of columns' }).textContent()).toMatch(/^\s*Own columns\s*$/);
  });

  test('columns are widened and put in another order by mouse and keyboard', async () => {
    const { page, sent } = await start({ entries: three() });
    const width = async (label) => (await header(page, label).boundingBox()).width;
    const box = await header(page, 'PSS').locator('.handle').boundingBox();
    await page.mouse.move(box.x + 3, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + 63, box.y + 10, { steps: 4 });
    await page.mouse.up();
    expect(await width('PSS')).toBe(150);
    expect(await header(page, 'USS').getAttribute('aria-sort')).toBe('descending');
    await header(page, 'User').focus();
    await page.keyboard.press('Shift+ArrowRight');
    expect(await width('User')).toBe(96);
    await page.keyboard.press('Alt+ArrowRight');
    expect((await headers(page)).slice(0, 4)).toEqual(['Command', 'PID', 'USS', 'User']);
    expect(await focused(page)).toEqual({ row: 'header', column: 'User' });
    await header(page, '%MEM').dragTo(header(page, 'PID'), { targetPosition: { x: 5, y: 10 } });
    expect((await headers(page)).slice(0, 3)).toEqual(['Command', '%MEM', 'PID']);
    await expect.poll(() => last(sent, 'save')?.state.columns[1]).toBe('memPercent');
    expect(last(sent, 'save').state.widths).toEqual({ pss: 150, user: 96 });
  });

  test('what is not known is a dash that says why, never 0', async () => {
    const { page } = await start({
      entries: [
        unread(makeProcess(10, { command: 'other' }), 'permission'),
        unread(makeProcess(11, { command: 'young' }), 'not-yet'),
        kernelThread(12, 'kswapd0'),
        makeProcess(13, { command: 'read' }),
      ],
    });
    const cell = (name, label) => row(page, name).getByRole('gridcell').nth(headerAt(label));
    const labels = (await headers(page)).slice(1);
    const headerAt = (label) => labels.indexOf(label);
    for (const label of ['USS', 'PSS', 'Swap']) {
      expect(await cell('other', label).textContent()).toBe('–');
      expect(await cell('other', label).getAttribute('aria-label')).toBe('Not known: reading it needs the same user or root.');
      expect(await cell('young', label).getAttribute('aria-label')).toContain('Not read yet');
    }
    expect(await cell('kswapd0', 'RSS').textContent()).toBe('–');
    expect(await cell('kswapd0', 'RSS').getAttribute('aria-label')).toBe('None: a kernel thread has no memory of its own.');
    expect(await row(page, 'kswapd0').locator('.name').textContent()).toBe('[kswapd0]');
    await cell('other', 'PSS').hover();
    expect(await cell('other', 'PSS').getAttribute('title')).toContain('needs the same user or root');
    await cell('read', 'PSS').hover();
    expect(await cell('read', 'PSS').getAttribute('title')).toMatch(/^PSS: 11,534,336 bytes, read \d+ s ago$/);
    expect(await cell('read', 'Swap').textContent()).toBe('0');
    expect(await cell('read', 'Growth').getAttribute('aria-label')).toContain('watch the process');
  });

  test('hostile names are text, and what is hidden in them is seen', async () => {
    const evil = '<img src=x onerror="document.title=\'owned\'">';
    const entries = [
      makeProcess(10, { command: evil, commandLine: `${evil}\n\x1b[2J`, uss: 4 * MIB, user: '<b>x</b>' }),
      makeProcess(11, { command: 'a\nb\x1b[31m\u202egpj.exe', uss: 3 * MIB }),
      makeProcess(12, { command: '__proto__', user: '__proto__', uss: 2 * MIB }),
      makeProcess(13, { command: '', commandLine: '', user: 'constructor', uss: MIB }),
    ];
    const { page } = await start({ entries, saved: { chart: { open: true } } });
    expect(await names(page)).toEqual([evil, 'a\\nb\\x1b[31m\\u202egpj.exe', '__proto__', '']);
    await choose(page, 'Groups', 'Group by user');
    expect(await names(page)).toEqual(['<b>x</b>', 'ada', '__proto__', 'constructor']);
    await row(page, '__proto__').locator('.lead').click();
    expect((await names(page)).filter((name) => name === '__proto__')).toHaveLength(2);
    expect(await page.title()).not.toBe('owned');
    expect(await page.locator('#app img').count()).toBe(0);
  });

  test('the keyboard goes through the grid cell by cell', async () => {
    const { page } = await start({ entries: three() });
    await page.locator('vscode-textfield input').focus();
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toEqual({ row: 'large', column: 'Command' });
    expect(await page.locator('.grid [tabindex="0"]').count()).toBe(1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).toEqual({ row: 'middle', column: 'User' });
    await page.keyboard.press('End');
    expect(await focused(page)).toEqual({ row: 'middle', column: 'Growth' });
    await page.keyboard.press('Control+Home');
    expect(await focused(page)).toEqual({ row: 'large', column: 'Command' });
    await page.keyboard.press('Control+End');
    expect(await focused(page)).toEqual({ row: 'small', column: 'Growth' });
    await page.keyboard.press('Home');
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowUp');
    expect(await focused(page)).toEqual({ row: 'header', column: 'Command' });
    await page.keyboard.press('Enter');
    expect(await header(page, 'Command').getAttribute('aria-sort')).toBe('ascending');
    await page.keyboard.press('PageDown');
    expect((await focused(page)).row).not.toBe('header');
  });

  test('a page that is seen again asks for what it has missed', async () => {
    const { page, sent } = await start({ entries: three() });
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect.poll(() => sent.filter(({ kind }) => kind === 'ready').length).toBe(2);
    expect(await names(page)).toHaveLength(3);
  });

  test('a menu longer than the window stays inside of it', async () => {
    const { page } = await start({ entries: three() }, { height: 400 });
    await page.getByRole('button', { name: 'Columns and Bars' }).click();
    const box = await page.locator('.menu').boundingBox();
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.y + box.height).toBeLessThanOrEqual(400);
  });

  test('left and right fold and unfold groups', async () => {
    const { page } = await start({ entries: three(), saved: { grouping: 'user' } });
    await row(page, 'root').locator('.cell').nth(1).click();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await names(page)).toEqual(['ada', 'root', 'small']);
    await page.keyboard.press('ArrowDown');
    expect((await focused(page)).row).toBe('small');
    await page.keyboard.press('ArrowLeft');
    expect((await focused(page)).row).toBe('root');
    await page.keyboard.press('ArrowLeft');
    expect(await names(page)).toEqual(['ada', 'root']);
  });

  describe('actions', () => {
    const id = '20:1020';

    test('by keyboard', async () => {
      const { page, sent, post, feed } = await start({ entries: three() });
      await row(page, 'large').locator('.cell').nth(1).click();
      await page.keyboard.press('Enter');
      await page.keyboard.press('w');
      await page.keyboard.press('Control+c');
      await expect.poll(() => latest(sent).kind).toBe('copy');
      const [trend, watch, copy] = sent.slice(-3);
      expect(trend).toEqual({ kind: 'show-trend', process: id });
      expect(watch).toEqual({ kind: 'watch', process: id });
      expect(copy.kind).toBe('copy');
      expect(copy.text.split('\n')[0]).toBe('Command\tPID\tUser\tUSS\tPSS\tRSS\tSwap\t%MEM\tGrowth');
      expect(copy.text.split('\n')[1]).toBe('large\t20\tada\t500.0 MiB\t550.0 MiB\t650.0 MiB\t0\t4.0 %\t');
      await post(feed.delta([{ ...three()[1], watched: true }]));
      await page.keyboard.press('w');
      await expect.poll(() => latest(sent)).toEqual({ kind: 'unwatch', process: id });
    });

    test('by the context menu, also from the keyboard', async () => {
      const { page, sent } = await start({ entries: three() });
      for (const [item, message] of [
        ['Show Trend', { kind: 'show-trend', process: id }],
        ['Watch', { kind: 'watch', process: id }],
        ['Show Memory Map', { kind: 'show-map', process: id }],
        ['Profile Process…', { kind: 'profile', process: id }],
        ['Copy PID', { kind: 'copy', text: '20' }],
        ['Copy Command Line', { kind: 'copy', text: '/usr/bin/program' }],
      ]) {
        await row(page, 'large').locator('.cell').nth(3).click({ button: 'right' });
        await page.getByRole('menuitem', { name: item, exact: true }).click();
        await expect.poll(() => latest(sent)).toEqual(message);
        expect(await page.locator('.menu').count()).toBe(0);
      }
      await row(page, 'large').locator('.cell').nth(1).click();
      await page.keyboard.press('Shift+F10');
      await page.keyboard.press('p');
      await page.keyboard.press('Enter');
      await expect.poll(() => latest(sent)).toEqual({ kind: 'profile', process: id });
      expect((await focused(page)).row).toBe('large');
    });

    test('by the buttons of the row', async () => {
      const { page, sent } = await start({ entries: three() });
      await row(page, 'large').hover();
      await row(page, 'large').getByRole('button', { name: 'Show Memory Map' }).click();
      await expect.poll(() => latest(sent)).toEqual({ kind: 'show-map', process: id });
      await row(page, 'middle').hover();
      await row(page, 'middle').getByRole('button', { name: 'Show Trend' }).click();
      await expect.poll(() => latest(sent)).toEqual({ kind: 'show-trend', process: '30:1030' });
      await row(page, 'middle').getByRole('button', { name: 'Watch' }).click();
      await expect.poll(() => latest(sent)).toEqual({ kind: 'watch', process: '30:1030' });
      await row(page, 'large').locator('.cell').nth(2).dblclick();
      await expect.poll(() => latest(sent)).toEqual({ kind: 'show-trend', process: id });
    });

    test('a kernel thread and a recording offer only what they can', async () => {
      const { page } = await start({
        entries: [...three(), kernelThread(2, 'kthreadd')],
        connection: { kind: 'recorded', name: 'night.mlrec', cutOff: false },
      });
      const disabled = async (name) => {
        await row(page, name).locator('.cell').nth(3).click({ button: 'right' });
        const items = await page.locator('.menu [aria-disabled="true"] .menu-label').allTextContents();
        await page.keyboard.press('Escape');
        return items;
      };
      expect(await disabled('large')).toEqual(['Watch', 'Show Memory Map', 'Profile Process…']);
      expect(await disabled('kthreadd')).toEqual(['Show Trend', 'Watch', 'Show Memory Map', 'Profile Process…']);
      expect(await page.locator('.target-line').textContent()).toContain('Recording night.mlrec');
    });
  });

  describe('while values change', () => {
    const swapped = () => [makeProcess(10, { command: 'small', uss: 900 * MIB, user: 'root' })];

    test('the selection stays on its process', async () => {
      const { page, post, feed } = await start({ entries: three() });
      await row(page, 'small').locator('.cell').nth(2).click();
      await page.mouse.move(5, 5);
      await post(feed.delta(swapped()));
      await expect.poll(() => names(page)).toEqual(['small', 'large', 'middle']);
      expect(await page.locator('.row.selected .name').textContent()).toBe('small');
      expect(await focused(page)).toEqual({ row: 'small', column: 'User' });
    });

    test('rows stay in place under the pointer, and what has ended is marked', async () => {
      const { page, post, feed, sent } = await start({ entries: three() });
      await row(page, 'middle').locator('.cell').nth(3).hover();
      await post(feed.delta([...swapped(), makeProcess(50, { command: 'new', uss: 999 * MIB })], ['20:1020']));
      expect(await names(page)).toEqual(['large', 'middle', 'small']);
      expect(await column(page, 'USS')).toEqual(['500.0 MiB', '50.0 MiB', '900.0 MiB']);
      expect(await row(page, 'large').getAttribute('class')).toContain('gone');
      expect(await page.locator('.held').textContent()).toBe('Order held');
      await page.mouse.dblclick(...(await centre(row(page, 'middle'))));
      await expect.poll(() => latest(sent)).toEqual({ kind: 'show-trend', process: '30:1030' });
      await page.mouse.move(5, 5);
      await expect.poll(() => names(page)).toEqual(['new', 'small', 'middle']);
      expect(await page.locator('.held').textContent()).toBe('');
    });

    test('the processes of another target come at once, also under the pointer', async () => {
      const { page, post, feed } = await start({ entries: three() });
      await row(page, 'middle').hover();
      await post(feed.reset([makeProcess(7, { command: 'elsewhere' })]));
      expect(await names(page)).toEqual(['elsewhere']);
    });

    test('a pause keeps all, and what came meanwhile is there after it', async () => {
      const { page, post, feed } = await start({ entries: three() });
      await page.getByRole('button', { name: 'Pause' }).click();
      await post(feed.delta(swapped(), ['20:1020']));
      await post(feed.delta([makeProcess(50, { command: 'new', uss: MIB })]));
      expect(await names(page)).toEqual(['large', 'middle', 'small']);
      expect(await column(page, 'USS')).toEqual(['500.0 MiB', '50.0 MiB', '5.0 MiB']);
      await page.getByRole('button', { name: 'Continue' }).click();
      await expect.poll(() => names(page)).toEqual(['small', 'middle', 'new']);
    });

    test('5,000 rows: few elements, and an update touches only what differs', async () => {
      const entries = Array.from({ length: 5000 }, (_, at) =>
        makeProcess(100 + at, { command: `p${at}`, uss: (5000 - at) * MIB }),
      );
      const { page, post, feed } = await start({ entries }, { height: 800 });
      expect(await page.locator('.grid').getAttribute('aria-rowcount')).toBe('5002');
      expect(await page.locator('.body > .row').count()).toBeLessThan(60);
      await page.evaluate(() => {
        window.seen = { added: 0, removed: 0, texts: 0 };
        const observer = new MutationObserver((records) => {
          for (const record of records) {
            window.seen.added += record.addedNodes.length;
            window.seen.removed += record.removedNodes.length;
            if (record.type === 'characterData') window.seen.texts++;
          }
        });
        observer.observe(document.querySelector('.body'), { childList: true, characterData: true, subtree: true });
      });
      // One that is seen, with a value that keeps its place, and thousands that are not.
      await post(
        feed.delta([
          { ...entries[3], threads: 9, rss: 77 * MIB },
          ...entries.slice(1000).map((entry) => ({ ...entry, rss: entry.rss + 1 })),
        ]),
      );
      expect(await page.evaluate(() => window.seen)).toEqual({ added: 0, removed: 0, texts: 1 });
      await page.locator('.grid').evaluate((grid) => grid.scrollTo(0, 2500 * 22));
      await expect.poll(() => names(page).then((list) => list.includes('p2510'))).toBe(true);
      expect(await page.locator('.body > .row').count()).toBeLessThan(60);
      await row(page, 'p2510').locator('.cell').nth(1).click();
      await page.keyboard.press('Control+End');
      expect((await focused(page)).row).toBe('p4999');
      expect(await page.locator('.body > .row').count()).toBeLessThan(60);
    });

    test('the focus goes on when its process ends', async () => {
      const { page, post, feed } = await start({ entries: three() });
      await row(page, 'large').locator('.cell').nth(2).click();
      await page.mouse.move(5, 5);
      await post(feed.delta([], ['20:1020']));
      await expect.poll(() => names(page)).toEqual(['middle', 'small']);
      expect(await focused(page)).toEqual({ row: 'middle', column: 'User' });
    });
  });

  describe('who holds the memory', () => {
    test('a picture with words, a table that says the same, and a click that selects', async () => {
      const { page, sent, settle } = await start({ entries: three(), memFree: 15 * 2 ** 30 });
      await page.getByRole('button', { name: 'Who Holds the Memory' }).click();
      await page.mouse.move(5, 5);
      await settle();
      const table = await page
        .locator('.holders tbody tr')
        .evaluateAll((rows) => rows.map((one) => [...one.cells].map((cell) => cell.textContent)));
      expect(table).toEqual([
        ['1', 'large (20)', '550.0 MiB', '54 %'],
        ['2', 'middle (30)', '55.0 MiB', '5.4 %'],
        ['3', 'small (10)', '5.5 MiB', '0.5 %'],
        ['', 'Kernel and unknown', '413.5 MiB', '40 %'],
      ]);
      expect(await page.locator('.holders canvas').getAttribute('aria-label')).toBe(
        'Who holds the memory, by PSS: large (20) 550 MiB, 54 %; middle (30) 55 MiB, 5.4 %; small (10) 5.5 MiB, 0.5 %; Kernel and unknown 413.5 MiB, 40 %',
      );
      // The largest slice begins at the top and goes to the right.
      const box = await page.locator('.holders canvas').boundingBox();
      await page.mouse.click(box.x + box.width * 0.75, box.y + box.height / 2);
      expect(await page.locator('.row.selected .name').textContent()).toBe('large');
      await page.getByRole('button', { name: 'small (10)' }).click();
      expect(await page.locator('.row.selected .name').textContent()).toBe('small');
      await page.mouse.move(5, 5);
      await choose(page, 'Measure of the chart', 'RSS');
      await expect.poll(() => page.locator('.holders-note').textContent()).toContain('RSS does not add up');
      await page.getByRole('button', { name: 'Bars', exact: true }).click();
      await expect.poll(() => last(sent, 'save')?.state.chart).toEqual({ open: true, measure: 'rss', shape: 'bars' });
    });

    test('of groups where the table shows groups', async () => {
      const { page } = await start({ entries: three(), saved: { grouping: 'user', chart: { open: true, measure: 'uss' } } });
      expect(await page.locator('.holders tbody th').allInnerTexts()).toEqual(['ada', 'root']);
      expect(await page.locator('.holders-note').textContent()).toContain('Memory that processes share');
    });
  });

  describe('states', () => {
    test.each([
      [{ kind: 'connecting' }, undefined, 'Connecting to the target…'],
      [{ kind: 'live', intervalMs: 1000 }, undefined, 'Reading the processes…'],
      [{ kind: 'idle' }, undefined, 'Not sampling. Processes are read while this view is open.'],
      [{ kind: 'recorded', name: 'a.mlrec', cutOff: true }, [], 'The recording holds no processes.'],
    ])('%o', async (connection, entries, text) => {
      const { page } = await start({ entries: entries ?? null, connection });
      expect(await page.locator('.area > .empty').textContent()).toContain(text);
    });

    test('a lost connection counts down and can be tried again', async () => {
      const { page, sent, post, feed } = await start({ entries: three() });
      await post(
        feed.sources({
          kind: 'lost',
          message: 'The connection to board was closed.',
          nextStep: 'Check the network.',
          retryAt: Date.now() + 8000,
        }),
      );
      expect(await page.locator('.connection').textContent()).toMatch(
        /The connection to board was closed\.\s+Check the network\.\s+Next try in \d s\./,
      );
      await page.getByRole('button', { name: 'Retry' }).click();
      await expect.poll(() => latest(sent)).toEqual({ kind: 'retry', source: 'local' });
      expect(await names(page)).toHaveLength(3);
    });

    test('a failure says what to do, and another target can be chosen', async () => {
      const { page, sent } = await start({
        entries: null,
        connection: { kind: 'failed', message: 'No such host: bord.', nextStep: 'Correct the name of the target.' },
      });
      expect(await page.locator('.connection').textContent()).toContain('Correct the name of the target.');
      await page.locator('.area > .empty').getByRole('button', { name: 'Select Target' }).click();
      await expect.poll(() => latest(sent)).toEqual({ kind: 'select-target' });
    });

    test('a fault of the host is shown, and can be closed', async () => {
      const { page, post } = await start({ entries: three() });
      await post({ kind: 'fault', message: 'Process 20 has ended.', nextStep: 'Choose another one.' });
      expect(await page.locator('.fault').textContent()).toContain('Process 20 has ended. Choose another one.');
      await page.locator('.fault').getByRole('button', { name: 'Close' }).click();
      expect(await page.locator('.fault').isVisible()).toBe(false);
    });
  });

  test('300 pixels: command, USS and growth are seen, the rest by scrolling, and the command stays', async () => {
    const { page } = await start({ entries: typicalProcesses() }, { width: 300, height: 600 });
    const right = async (label) => {
      const box = await header(page, label).boundingBox();
      return box.x + box.width;
    };
    expect(await right('Growth')).toBeLessThanOrEqual(300);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(300);
    await page.locator('.grid').evaluate((grid) => grid.scrollTo(400, 0));
    expect((await header(page, 'Command').boundingBox()).x).toBe(0);
  });

  test.each([
    ['dark-wide', { theme: 'dark', width: 1200, height: 700 }, {}, async () => {}],
    ['dark-narrow', { theme: 'dark', width: 300, height: 640 }, {}, async () => {}],
    ['light-pie', { theme: 'light', width: 1200, height: 700 }, { chart: { open: true } }, async () => {}],
    [
      'light-columns',
      { theme: 'light', width: 800, height: 760 },
      {},
      (page) => page.getByRole('button', { name: 'Columns and Bars' }).click(),
    ],
    [
      'dark-grouped-bars',
      { theme: 'dark', width: 1200, height: 600 },
      { grouping: 'user', chart: { open: true, shape: 'bars' } },
      (page) => row(page, 'search').locator('.lead').click(),
    ],
    [
      'dark-menu',
      { theme: 'dark', width: 900, height: 500 },
      { filter: 'uss>' },
      (page) => row(page, 'clangd').first().locator('.cell').nth(3).click({ button: 'right' }),
    ],
    [
      'hc-dark',
      { theme: 'hcDark', width: 900, height: 640 },
      { chart: { open: true } },
      (page) => row(page, 'clangd').first().locator('.cell').nth(3).click(),
    ],
    [
      'hc-light-narrow',
      { theme: 'hcLight', width: 400, height: 760 },
      { chart: { open: true } },
      (page) => row(page, 'python3').first().locator('.cell').nth(1).click(),
    ],
  ])('picture %s', async (name, view, saved, act) => {
    const { page, picture } = await start({ entries: typicalProcesses(), saved }, view);
    await act(page);
    await picture(`processes-${name}`);
  });

  test('pictures of the states', async () => {
    const { picture, post, feed, page } = await start({ entries: typicalProcesses() }, { width: 900, height: 420 });
    await post(
      feed.sources({
        kind: 'lost',
        message: 'The connection to board was closed.',
        nextStep: 'Check the network of the board.',
        retryAt: Date.now() + 8000,
      }),
    );
    await picture('processes-lost');
    await setFilter(page, 'user=nobody');
    await picture('processes-no-match');
  });

  const centre = async (locator) => {
    const box = await locator.boundingBox();
    return [box.x + box.width * 0.6, box.y + box.height / 2];
  };
});
