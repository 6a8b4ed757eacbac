// The page OOM: events of real logs, and who would be killed next, by pointer and by keyboard.
import { describe, expect, test } from 'vitest';
import { createOomFeed, oomFixture, VICTIMS } from './oom-feed.mjs';
import { namesOf } from './open-page.mjs';
import { cellsOf, describePage } from './page-tests.mjs';

const LOOK = { width: 1100, height: 900 };
const TWO = `${oomFixture('5.14-memcg-v2')}\n${oomFixture('6.11-global')}`;

describePage('OOM', 'oom', ({ open, opened, lastSent }) => {
  const start = (options = {}, look = LOOK) => open(createOomFeed({ log: oomFixture('6.11-global'), ...options }), look);
  const section = (page, name) => page.getByRole('region', { name, exact: true });
  const tab = async (page, name) => {
    await page.getByRole('tab', { name, exact: true }).click();
    await opened.settle();
  };

  test('one event: a headline, who asked, why, zones, memory, tasks', async () => {
    const { page } = await start();
    expect(await page.locator('.headline').textContent()).toBe(
      'Memory ran out in the machine: stress-ng-vm (116) with 7.6 GiB of its own was killed',
    );
    expect(await page.locator('.oom-list').isVisible()).toBe(false);
    expect(await page.getByRole('tablist').isVisible()).toBe(false);
    expect(await section(page, 'Who asked').locator('li').allTextContents()).toContain('Its oom_score_adj was 1000.');
    const zones = await cellsOf(section(page, 'Zones').locator('tbody tr'));
    expect(zones.map((cells) => [cells[0], cells[2], cells[3], cells.at(-1)])).toEqual([
      ['0 DMA', '32 KiB', '20 KiB', 'too little free'],
      ['0 DMA32', '3.3 MiB', '2.7 MiB', 'too little free'],
      ['0 Normal', '984 KiB', '8.4 MiB', 'too little free'],
    ]);
    const memory = await cellsOf(section(page, 'Where the memory was').locator('tbody tr'));
    expect(memory.slice(0, 2).map((cells) => cells.slice(0, 3))).toEqual([
      ['All RAM', '8 GiB', '100 %'],
      ['Applications', '7.6 GiB', '95 %'],
    ]);
    expect(memory.at(-1).slice(0, 2)).toEqual(['Unexplained', '18.2 MiB']);
    // In the colours of a running machine's memory.
    const group = (name) => section(page, 'Where the memory was').locator('tr', { hasText: name }).first().getAttribute('class');
    expect(await group('Applications')).toBe('group-programs');
    expect(await group('Unexplained')).toBe('group-unexplained');
  });

  test('tasks: the most first, chosen and exempt marked, ordered by any column', async () => {
    const { page } = await start();
    const names = async () => (await cellsOf(section(page, 'Tasks').locator('tbody tr'))).map((cells) => [cells[1], cells[8]]);
    expect(await names()).toEqual([
      ['116', 'askedchosenkilled'],
      ['114', 'exempt'],
      ['111', ''],
      ['115', 'exempt'],
    ]);
    await section(page, 'Tasks').getByRole('button', { name: 'PID', exact: true }).press('Enter');
    expect((await names()).map(([pid]) => pid)).toEqual(['116', '115', '114', '111']);
    await section(page, 'Tasks').getByRole('button', { name: 'PID', exact: true }).press('Enter');
    expect((await names()).map(([pid]) => pid)).toEqual(['111', '114', '115', '116']);
    expect(await section(page, 'Tasks').locator('th[aria-sort]').getAttribute('aria-sort')).toBe('ascending');
  });

  test('several events: a list, the last one shown; another by its button, which keeps the focus', async () => {
    const { page } = await start({ log: TWO });
    const entries = page.locator('.oom-entry');
    expect(await entries.count()).toBe(2);
    expect(await entries.nth(1).getAttribute('aria-current')).toBe('true');
    await entries.first().focus();
    await page.keyboard.press('Enter');
    await opened.settle();
    expect(lastSent('show-event')).toEqual({ kind: 'show-event', index: 0 });
    expect(await page.locator('.headline').textContent()).toContain('xray (1586608)');
    expect(await entries.first().getAttribute('aria-current')).toBe('true');
    expect(await entries.first().evaluate((button) => button === document.activeElement)).toBe(true);
    const limits = await cellsOf(page.getByRole('table', { name: 'Limits of the control group' }).locator('tr'));
    expect(limits[0].slice(0, 3)).toEqual(['memory', '203.3 MiB', 'of 200 MiB']);
  });

  test('a log without an event says so; one that may not be read says why and can be tried again', async () => {
    const { page } = await start({ log: 'one line\nanother\n' });
    expect(await page.locator('.empty').textContent()).toContain('The kernel killed no process for lack of memory in this log.');
    await opened.close();
    const failed = await start({ log: { code: 'permission', path: 'the kernel log', operation: 'read' } });
    expect(await failed.page.locator('.empty').textContent()).toContain('No permission to read the kernel log.');
    await failed.page.getByRole('button', { name: 'Try Again' }).click();
    await opened.settle();
    expect(opened.sent.filter(({ kind }) => kind === 'retry')).toHaveLength(1);
  });

  test('next victim: in the order of the kernel, names as they are, what is exempt marked', async () => {
    const { page } = await start({ victims: VICTIMS });
    await tab(page, 'Next Victim');
    const table = page.getByRole('table', { name: 'Processes, who would be killed first' });
    const rows = await cellsOf(table.locator('tbody tr'));
    expect(rows.map((cells) => cells.slice(0, 6))).toEqual([
      ['974', 'shop', '443', '1000', '461 ‰', '0'],
      ['866', 'tab \\u202e\\n<b>', '812', '1000', '0 ‰', '300'],
      ['690', 'index', '901', '1000', '37 ‰', '0'],
      ['0', 'sshd', '77', '0', '0 ‰', '−1000'],
    ]);
    expect(rows[3].at(-1)).toBe('Exempt: oom_score_adj is -1000.');
    expect(await page.locator('.first-victim').textContent()).toMatch(
      /^shop \(443\) has the highest score, 974\. Holds 461 thousandths .*two thirds of 1000 \+ 461 are 974\.$/,
    );
    expect(await page.locator('.oom-victims').textContent()).toContain('protecting everything protects nothing');
    expect(opened.sent.filter(({ kind }) => kind === 'read-victims')).toHaveLength(1);
    expect(lastSent('save').state).toEqual({ tab: 'next' });
  });

  test('a kernel with oom_adj: it is shown, and there is nothing to press', async () => {
    const [first, ...more] = VICTIMS.candidates;
    const candidates = [
      { ...first, adj: 0, oomAdj: -5, vmSize: 2 ** 30 },
      ...more.map((one) => ({ ...one, adj: 0, oomAdj: 0, isExempt: false })),
    ];
    const { page } = await start({ victims: { ...VICTIMS, candidates, kernel: '2.6.32', usesOomAdj: true } });
    await tab(page, 'Next Victim');
    const table = page.getByRole('table', { name: 'Processes, who would be killed first' });
    const [cells] = await cellsOf(table.locator('tbody tr'));
    expect(cells[5]).toBe('−5');
    expect(cells.at(-1)).toContain('oom_adj halves it 5 times');
    expect(await table.locator('tbody button').count()).toBe(0);
  });

  test('a change is asked for by its process, told, and can be taken back', async () => {
    const { page } = await start({ victims: VICTIMS, saved: { tab: 'next' } });
    await tab(page, 'Next Victim');
    await page.getByRole('button', { name: /^Change oom_score_adj of shop \(443\)/ }).click();
    await opened.settle();
    expect(lastSent('set-adj')).toEqual({ kind: 'set-adj', pid: 443, startTicks: 543 });
    expect(await page.locator('.oom-undo').textContent()).toContain('oom_score_adj of shop (443) is −500 now; it was 0.');
    await page.getByRole('button', { name: 'Undo' }).click();
    await opened.settle();
    expect(lastSent('undo-adj')).toEqual({ kind: 'undo-adj' });
    expect(await page.locator('.oom-undo').isVisible()).toBe(false);
  });

  test('everything that can be used has a name', async () => {
    const { page } = await start({ log: TWO, victims: VICTIMS });
    expect((await namesOf(page)).nameless).toEqual([]);
    await tab(page, 'Next Victim');
    expect((await namesOf(page)).nameless).toEqual([]);
  });

  test('a log that is gone can be read again when it is back; a text that was not kept can’t', async () => {
    const again = (page) => page.getByRole('button', { name: 'Try Again' }).count();
    const gone = await start({ log: { code: 'not-kept', what: '/var/log/kern.log', why: 'gone' } });
    expect(await gone.page.locator('.empty').textContent()).toContain('/var/log/kern.log is not there any more.');
    expect(await again(gone.page)).toBe(1);
    const long = await start({ log: { code: 'not-kept', what: 'the clipboard', why: 'too-long' } });
    expect(await long.page.locator('.empty').textContent()).toContain('Select or copy it again');
    expect(await again(long.page)).toBe(0);
  });

  describe('pictures', () => {
    test.each(['dark', 'light', 'hcDark', 'hcLight'])('%s', async (theme) => {
      const { page, picture } = await start({ log: TWO, victims: VICTIMS }, { ...LOOK, theme });
      await picture(`oom-${theme}`);
      await tab(page, 'Next Victim');
      await picture(`oom-next-${theme}`);
    });

    test('in a narrow place nothing is wider than the page', async () => {
      const { page, picture } = await start({ log: TWO, victims: VICTIMS }, { width: 420, height: 900 });
      await picture('oom-narrow');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
      await tab(page, 'Next Victim');
      await picture('oom-next-narrow');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
    });
  });
});
