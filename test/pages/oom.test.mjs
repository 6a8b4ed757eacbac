// The page OOM: events of real logs, and who would be killed next, by pointer and by keyboard.
import { describe, expect, test } from 'vitest';
import { createOomFeed, oomFixture, VICTIMS } from './oom-feed.mjs';
import { namesOf } from './open-page.mjs';
import { cellsOf, colourOf, describePage, tabStops } from './page-tests.mjs';

const LOOK = { width: 1100, height: 900 };
const TWO = `${oomFixture('5.14-memcg-v2')}\n${oomFixture('6.11-global')}`;

describePage('OOM', 'oom', ({ open, opened, lastSent }) => {
  const start = (options = {}, look = LOOK) => open(createOomFeed({ log: oomFixture('6.11-global'), ...options }), look);
  const section = (page, name) => page.getByRole('region', { name, exact: true });
  const tab = async (page, name) => {
    await page.getByRole('tab', { name, exact: true }).click();
    await opened.settle();
  };

  /** What is wider than its place, or than the page. */
  const tooWide = (page) =>
    page.locator('body *').evaluateAll((all) =>
      all
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === 'auto')
        .map((one) => one.className)
        .concat(document.documentElement.scrollWidth > document.documentElement.clientWidth ? ['page'] : []),
    );
  const inside = (locator, width) =>
    locator.evaluateAll(
      (all, right) => all.map((one) => one.getBoundingClientRect()).map((box) => box.left >= 0 && box.right <= right),
      width,
    );
  /** Of two colours, as WCAG counts it: from 1 to 21. */
  const contrast = (...colours) => {
    const [dark, light] = colours
      .map((colour) => colour.map((value) => ((value / 255 + 0.055) / 1.055) ** 2.4))
      .map(([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue)
      .toSorted((one, other) => one - other);
    return (light + 0.05) / (dark + 0.05);
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

  test('who held the memory, where it was not simply the one that was killed', async () => {
    const { page } = await start();
    expect(await section(page, 'Who held the memory').count()).toBe(0);
    const { page: other } = await start({ log: oomFixture('4.17-memcg-v1-quoted') });
    expect(await section(other, 'Who held the memory').locator('li').allTextContents()).toEqual([
      '8.4 MiB of 10 MiB (83.8 %) waited to be written to storage, and can’t be dropped before. Lower vm.dirty_bytes, or slow down what writes.',
    ]);
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

  test.each(['dark', 'light', 'hcDark'])('all of it is reached by Tab, and where the focus is is seen: %s', async (theme) => {
    const { page } = await start({ log: TWO, victims: VICTIMS }, { ...LOOK, theme });
    const unseen = async () => {
      const stops = await tabStops(page);
      expect(stops.filter(({ isSeen, name }) => !isSeen || name === '')).toEqual([]);
      return stops.map(({ name }) => name);
    };
    const events = await unseen();
    expect(events.slice(0, 3)).toEqual(['Read the log again', 'What is shown, and how it is known', 'Events']);
    for (const name of ['PID', 'Held', 'Adj']) expect(events).toContain(name);
    await page.getByRole('tab', { name: 'Events' }).focus();
    await page.keyboard.press('ArrowRight');
    await opened.settle();
    const victims = await unseen();
    expect(victims.filter((name) => name.startsWith('Change oom_score_adj of'))).toHaveLength(4);
    expect(victims).toContain('Read Again');
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

    test.each([910, 700, 400])('in a place of %i pixels nothing is cut, and nothing is scrolled sideways', async (width) => {
      const { page, picture } = await start({ log: TWO, victims: VICTIMS }, { width, height: 900, theme: 'light' });
      await picture(`oom-narrow-${width}`);
      expect(await tooWide(page)).toEqual([]);
      // A heading, or a name, is not broken into letters: rows become blocks before.
      const [height] = await section(page, 'Zones')
        .locator('tbody th')
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
      expect(height).toBeLessThan(30);
      // What counts most is in sight.
      const [killed] = await inside(section(page, 'Tasks').locator('.badge.killed'), width);
      expect(killed).toBe(true);
      expect(await inside(section(page, 'Zones').locator('td.beside'), width)).toEqual([true, true, true]);
      await tab(page, 'Next Victim');
      await picture(`oom-next-narrow-${width}`);
      expect(await tooWide(page)).toEqual([]);
      expect(await inside(page.locator('.adj'), width)).toEqual([true, true, true, true]);
    });

    test('a table whose rows are blocks is a table still, with its headings as words', async () => {
      const { page } = await start({ victims: VICTIMS }, { width: 400, height: 900 });
      const tasks = page.getByRole('table', { name: 'Tasks by what they held' });
      expect(await tasks.evaluate((table) => table.classList.contains('stacked'))).toBe(true);
      const snapshot = await tasks.ariaSnapshot();
      expect(snapshot).toContain('rowheader "stress-ng-vm"');
      const pid = tasks.locator('tbody tr').first().locator('td', { hasText: '116' });
      expect(await pid.evaluate((cell) => getComputedStyle(cell, '::before').content)).toContain('PID');
      await tasks.getByRole('button', { name: 'PID' }).click();
      expect((await cellsOf(tasks.locator('tbody tr'))).map((cells) => cells[1])).toEqual(['116', '115', '114', '111']);
      await page.setViewportSize({ width: 1100, height: 900 });
      await expect.poll(() => tasks.evaluate((table) => table.classList.contains('stacked'))).toBe(false);
    });

    test('words of a fault stand out on the light ground', async () => {
      const { page } = await start({}, { ...LOOK, theme: 'light' });
      const cell = section(page, 'Zones').locator('td.short').first();
      const [text, ground] = await cell.evaluate((one) => {
        // As the picture has them: a mixed colour is told in another form.
        const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        return [getComputedStyle(one).color, getComputedStyle(document.body).getPropertyValue('--vscode-editor-background')].map(
          (colour) => {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            return `rgb(${canvas.getImageData(0, 0, 1, 1).data.slice(0, 3).join(',')})`;
          },
        );
      });
      expect(contrast(colourOf(text), colourOf(ground))).toBeGreaterThan(4.5);
    });
  });
});
