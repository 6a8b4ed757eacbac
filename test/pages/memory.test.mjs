import { expect, test } from 'vitest';
import { TRENDS_PROTOCOL } from '../../src/protocol/trends.ts';
import { createFeed, MEM_TOTAL, ROWS, START } from './feed.mjs';
import { namesOf } from './open-page.mjs';
import { colourOf, describePage, panelOf as panel, pictureOf, twinOf, wordsOf, xOf } from './page-tests.mjs';

const SECOND = 1000;

describePage('the view Memory', 'memory', ({ lastQuery, lastSent, open: openWith, opened }) => {
  const open = (options = {}, look = {}) =>
    openWith(createFeed({ page: 'memory', saved: { span: 600 * SECOND }, ...options }), { height: 1800, ...look });
  const row = (page, id) => page.locator(`.values tr[data-series="${id}"]`);
  /** How many pixels of the chart have about this colour, and are opaque. */
  const pixels = async (page, colour) => (await pictureOf(panel(page))).count(colour, 12, 201);
  const queries = () => opened.sent.filter(({ kind }) => kind === 'query');

  test('asks for the last minute of the parts, and draws them', async () => {
    const { page } = await open({ rows: ROWS - 40, saved: undefined });
    expect(opened.sent[0]).toEqual({ kind: 'ready', version: TRENDS_PROTOCOL });
    expect(lastQuery().window).toEqual({ lastMs: 60 * SECOND });
    expect(lastQuery().series).toContainEqual({ source: 'local', measure: 'part.applications' });
    // The fills of the page cache and of reclaimable slab, which hold most.
    const fills = await page.evaluate(() =>
      [...document.querySelectorAll('.values .swatch rect')].map((rect) => rect.getAttribute('fill')),
    );
    expect(await pixels(page, colourOf(fills[2]))).toBeGreaterThan(2000);
    expect(await pixels(page, colourOf(fills[4]))).toBeGreaterThan(1000);
    expect(new Set(fills).size).toBe(fills.length);
  });

  test('the table of the chart says the same as the data, and the parts add up to MemTotal', async () => {
    const { feed, page } = await open({ rows: 60 });
    await page.getByRole('radio', { name: 'The last minute' }).click();
    await opened.settle();
    const { head, rows } = await twinOf(panel(page));
    expect(head).toEqual([
      'Time',
      'MemAvailable',
      'Applications',
      'Shared memory and tmpfs',
      'Page cache',
      'Buffers',
      'Slab, reclaimable',
      'Slab, unreclaimable',
      'Page tables',
      'Kernel stacks',
      'Other kernel',
      'Free',
    ]);
    const { table } = feed.sources[0];
    const parts = table.ids.filter((id) => id.startsWith('part.'));
    const mib = (bytes) =>
      bytes >= 1023.95 * 2 ** 20
        ? `${(bytes / 2 ** 30).toFixed(1)} GiB`
        : bytes < 2 ** 20
          ? `${(bytes / 1024).toFixed(1)} KiB`
          : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    for (const second of [59, 30, 2]) {
      const at = feed.at(second);
      const told = rows.find(([time]) => time === new Date(at).toISOString().slice(11, 19));
      expect(told.slice(1)).toEqual(['meminfo.MemAvailable', ...parts].map((id) => mib(table.valueAt(id, at))));
      expect(parts.reduce((sum, id) => sum + table.valueAt(id, at), 0)).toBe(MEM_TOTAL);
    }
    expect(rows.length).toBe(60);
  });

  test('a new sample changes the text, the table and the picture', async () => {
    const { feed, page } = await open({ rows: ROWS - 20 });
    const value = row(page, 'part.free').locator('td').first();
    const before = {
      text: await value.textContent(),
      picture: await panel(page)
        .locator('canvas')
        .evaluate((canvas) => canvas.toDataURL()),
    };
    for (let second = 0; second < 20; second++) await opened.post(...feed.step());
    expect(await value.textContent()).not.toBe(before.text);
    expect(
      await panel(page)
        .locator('canvas')
        .evaluate((canvas) => canvas.toDataURL()),
    ).not.toBe(before.picture);
    const { rows } = await twinOf(panel(page));
    // The bucket of two seconds that holds the newest one.
    expect(rows[0][0]).toBe(new Date(Math.floor(feed.at(ROWS - 1) / 2000) * 2000).toISOString().slice(11, 19));
    expect(rows[0].at(-1)).toMatch(/MiB/);
    // Nothing but the first pictures was asked for: the rest came by itself.
    expect(queries().length).toBeLessThanOrEqual(2);
  });

  test('the buttons of the window ask the host, and the choice is kept', async () => {
    const { page } = await open();
    await page.getByRole('radio', { name: 'The last hour' }).click();
    await opened.settle();
    expect(lastQuery().window).toEqual({ lastMs: 3600 * SECOND });
    expect(lastSent('save').state.span).toBe(3600 * SECOND);
    await page.getByRole('radio', { name: 'The last hour' }).press('ArrowRight');
    await page.getByRole('radio', { name: 'The last 24 hours' }).press('ArrowRight');
    await opened.settle();
    expect(lastQuery().window).toEqual({ all: true });
    expect(await page.getByRole('radio', { name: 'All there is' }).getAttribute('aria-checked')).toBe('true');
  });

  test('what was chosen before is there again', async () => {
    const { page } = await open({ saved: { span: 60_000, hidden: ['part.free'], lines: ['meminfo.Dirty'] } });
    expect(lastQuery().window).toEqual({ lastMs: 60_000 });
    expect(await row(page, 'part.free').locator('.toggle').getAttribute('aria-pressed')).toBe('false');
    expect(await row(page, 'meminfo.Dirty').count()).toBe(1);
  });

  test.each([[null], [7], [{ span: -1, hidden: 'x', lines: [3, {}] }], [['a']]])(
    'a state that is none (%j) is as none',
    async (saved) => {
      await open({ saved });
      expect(lastQuery().window).toEqual({ lastMs: 60 * SECOND });
    },
  );

  test('a part is hidden and shown by its switch, with the keyboard too', async () => {
    const { page } = await open();
    const fill = await row(page, 'part.pageCache').locator('rect').getAttribute('fill');
    const colour = colourOf(fill);
    const before = await pixels(page, colour);
    expect(before).toBeGreaterThan(2000);
    await row(page, 'part.pageCache').locator('.toggle').focus();
    await page.keyboard.press('Space');
    await opened.settle();
    expect(await pixels(page, colour)).toBeLessThan(before / 10);
    expect(lastSent('save').state.hidden).toEqual(['part.pageCache']);
    await page.keyboard.press('Space');
    await opened.settle();
    expect(await pixels(page, colour)).toBe(before);
  });

  test('the pointer tells the moment, the value, the share and what the part is', async () => {
    const { feed, page } = await open();
    const box = await panel(page).locator('canvas').boundingBox();
    await page.mouse.move(box.x + 200, box.y + box.height - 70);
    const tip = panel(page).locator('.tip');
    await expect.poll(() => tip.isVisible()).toBe(true);
    const text = await wordsOf(tip);
    expect(text).toMatch(/10:0\d:\d\d/);
    expect(text).toContain('Page cache');
    expect(text).toMatch(/MiB\s+\d+(\.\d)? %/);
    expect(text).toContain('Contents of files in RAM');
    const at = Number(await panel(page).getByRole('slider').getAttribute('aria-valuenow'));
    const expected = feed.sources[0].table.valueAt('part.pageCache', at) / 2 ** 20;
    const told = Number(/Page cache\s+([\d.]+) MiB/.exec(text)[1]);
    // The pointer's bucket holds two seconds.
    expect(Math.abs(told - expected)).toBeLessThan(expected * 0.2);
    expect(await row(page, 'part.pageCache').getAttribute('class')).toContain('marked');
    await page.mouse.move(box.x + 200, box.y - 60);
    await expect.poll(() => tip.isVisible()).toBe(false);
  });

  test('before the first value stands since when it is measured', async () => {
    const { page } = await open({ rows: 60 });
    const box = await panel(page).locator('canvas').boundingBox();
    await page.mouse.move(box.x + 100, box.y + 60);
    // The bucket that holds it.
    expect(await wordsOf(panel(page).locator('.tip'))).toMatch(/Measured since 10:00:0\d/);
  });

  test('a click on a part shows what it is, with the documentation', async () => {
    const { page } = await open();
    const box = await panel(page).locator('canvas').boundingBox();
    await page.mouse.move(box.x + 200, box.y + box.height - 70);
    expect(await wordsOf(panel(page).locator('.tip'))).toContain('Click: documentation');
    await page.mouse.down();
    await page.mouse.up();
    expect(await page.getByText('Contents of files in RAM').last().isVisible()).toBe(true);
    await page.getByRole('link', { name: 'Documentation' }).click();
    expect(lastSent('open-link').link).toContain('docs.kernel.org');
  });

  test('of a rate the highest is told, of an amount the change; swap with its size', async () => {
    const { feed, page } = await open();
    const { table } = feed.sources[0];
    const seconds = Array.from({ length: ROWS }, (_, second) => feed.at(second));
    const highest = Math.max(...seconds.map((at) => table.valueAt('vm.majorFaults', at) ?? 0));
    expect(await row(page, 'vm.majorFaults').locator('td').last().textContent()).toBe(`${Math.round(highest)}/s`);
    expect(await row(page, 'swap.used').locator('td').last().textContent()).toBe('+220.0 MiB');
    expect(await panel(page, 'swap').locator('.panel-summary').textContent()).toBe('of 1.0 GiB');
  });

  test('what the mouse and the keys do is told', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Mouse and keys' }).click();
    const help = page.getByRole('dialog', { name: 'Mouse and keys' });
    expect(await wordsOf(help)).toMatch(/Drag\s+zoom/);
    const box = await help.boundingBox();
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(400);
    await page.keyboard.press('Escape');
    expect(await help.isVisible()).toBe(false);
  });

  test('an update leaves focus, opened rows and the place alone', async () => {
    const { feed, page } = await open({ rows: ROWS - 5 }, { height: 500 });
    const label = page.getByRole('button', { name: 'Buffers', exact: true });
    await label.press('Enter');
    await page.evaluate(() => window.scrollTo(0, 120));
    const heights = () => page.evaluate(() => [document.documentElement.scrollHeight, window.scrollY]);
    const before = await heights();
    for (let second = 0; second < 5; second++) await opened.post(...feed.step());
    expect(await heights()).toEqual(before);
    expect(await label.getAttribute('aria-expanded')).toBe('true');
    expect(await label.evaluate((one) => one === document.activeElement)).toBe(true);
  });

  test('under a pointer that rests the moments go on', async () => {
    const { feed, page } = await open({ rows: ROWS - 40, saved: { span: 60_000 } });
    const box = await panel(page).locator('canvas').boundingBox();
    await page.mouse.move(box.x + 200, box.y + 100);
    const cursor = panel(page).getByRole('slider');
    const line = page.locator('.crosshair').first();
    const before = {
      at: Number(await cursor.getAttribute('aria-valuenow')),
      x: await line.evaluate((one) => one.style.transform),
    };
    for (let second = 0; second < 10; second++) await opened.post(...feed.step());
    expect(Number(await cursor.getAttribute('aria-valuenow')) - before.at).toBe(10 * SECOND);
    expect(await line.evaluate((one) => one.style.transform)).toBe(before.x);
  });

  test('the definition and its link are there for the keyboard too', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Slab, reclaimable', exact: true }).press('Enter');
    await expect.poll(() => page.getByText('Kernel objects that can be reclaimed').isVisible()).toBe(true);
    await page.getByRole('link', { name: 'Documentation' }).click();
    expect(lastSent('open-link')).toEqual({ kind: 'open-link', link: 'https://docs.kernel.org/filesystems/proc.html#meminfo' });
    expect(page.url()).toBe('https://webview.test/');
  });

  test('keys move the cursor, zoom and come back', async () => {
    const { page } = await open();
    const cursor = panel(page).getByRole('slider');
    await cursor.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await cursor.getAttribute('aria-valuetext')).toMatch(/^10:00:0\d, .*Applications \d/);
    const first = Number(await cursor.getAttribute('aria-valuenow'));
    await page.keyboard.press('ArrowRight');
    expect(Number(await cursor.getAttribute('aria-valuenow'))).toBeGreaterThan(first);
    await page.keyboard.press('Escape');
    await page.keyboard.press('+');
    await opened.settle();
    const { from, to } = lastQuery().window;
    expect(to - from).toBeCloseTo(300 * SECOND, -1);
    await page.keyboard.press('-');
    await opened.settle();
    expect(lastQuery().window.to - lastQuery().window.from).toBeCloseTo(600 * SECOND, -1);
    await page.keyboard.press('PageUp');
    await opened.settle();
    expect(lastQuery().window.from).toBeLessThan(START - 200 * SECOND);
    await page.keyboard.press('Escape');
    await opened.settle();
    expect(lastQuery().window).toEqual({ lastMs: 600 * SECOND });
  });

  test('dragging and Ctrl with the wheel zoom, Shift moves', async () => {
    const { page } = await open();
    const box = await panel(page).locator('canvas').boundingBox();
    const y = box.y + 100;
    await page.mouse.move(box.x + 150, y);
    await page.mouse.down();
    await page.mouse.move(box.x + 200, y, { steps: 4 });
    await page.mouse.move(box.x + 250, y, { steps: 4 });
    await page.mouse.up();
    await opened.settle();
    const dragged = lastQuery().window;
    // 100 of the 306 pixels of ten minutes.
    expect(dragged.to - dragged.from).toBeGreaterThan(150 * SECOND);
    expect(dragged.to - dragged.from).toBeLessThan(250 * SECOND);
    await page.keyboard.down('Control');
    await page.mouse.move(box.x + 200, y);
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await opened.settle();
    await page.waitForTimeout(150);
    const zoomed = lastQuery().window;
    expect(zoomed.to - zoomed.from).toBeLessThan(dragged.to - dragged.from);
    await page.keyboard.down('Shift');
    await page.mouse.down();
    await page.mouse.move(box.x + 240, y, { steps: 6 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await opened.settle();
    await page.waitForTimeout(150);
    expect(lastQuery().window.from).toBeLessThan(zoomed.from);
    await page.getByRole('button', { name: 'Back to the newest samples (Escape)' }).click();
    await opened.settle();
    expect(lastQuery().window).toEqual({ lastMs: 600 * SECOND });
  });

  test('paused, the picture and the text stand still', async () => {
    const { feed, page } = await open({ rows: ROWS - 20 });
    await page.getByRole('button', { name: 'Pause' }).click();
    await opened.settle();
    const value = row(page, 'part.free').locator('td').first();
    const before = await value.textContent();
    const { to } = lastQuery().window;
    for (let second = 0; second < 15; second++) await opened.post(...feed.step());
    expect(await value.textContent()).toBe(before);
    expect(await page.locator('.shown-range').textContent()).toMatch(/^Paused: .* \(10 min\)$/);
    expect(lastQuery().window.to).toBe(to);
    await page.getByRole('button', { name: 'Resume' }).click();
    await opened.settle();
    expect(await value.textContent()).not.toBe(before);
  });

  test('nothing is drawn across a gap, and the cursor says so', async () => {
    const { page } = await open({ gap: [250, 350] });
    const cursor = panel(page).getByRole('slider');
    const box = await panel(page).locator('canvas').boundingBox();
    await page.mouse.move(box.x + xOf(box, 0.5), box.y + 100);
    expect(await cursor.getAttribute('aria-valuetext')).toContain('Nothing was measured');
    expect(await wordsOf(panel(page).locator('.tip'))).toContain('Nothing was measured');
    // The line of what is available ends at the gap.
    const { data, width } = await pictureOf(panel(page));
    const ink = (x) => {
      let strong = 0;
      for (let y = 20; y < 170; y++) if (data[(y * width + Math.round(x)) * 4] > 190) strong++;
      return strong;
    };
    expect(ink(xOf(box, 0.5))).toBe(0);
    expect(ink(xOf(box, 0.3))).toBeGreaterThan(0);
  });

  test('a lost connection is told with its reason, a countdown and Retry', async () => {
    const { feed, page } = await open();
    const lost = (ms) =>
      feed.messages.sources({
        kind: 'lost',
        message: 'The connection to <b>board</b> was closed.',
        nextStep: 'Check the cable.',
        retryAt: Date.now() + ms,
      });
    await opened.post(lost(5200));
    const line = page.locator('.connection');
    expect(await line.textContent()).toMatch(
      /^Connection lost: The connection to <b>board<\/b> was closed\. Check the cable\. Next try in [56] s\.Retry$/,
    );
    await expect.poll(() => line.textContent(), { timeout: 5000 }).toContain('Next try in 3 s.');
    await page.getByRole('button', { name: 'Retry' }).click();
    expect(lastSent('retry')).toEqual({ kind: 'retry', source: 'local' });
    // What was measured is still there.
    expect(await panel(page).isVisible()).toBe(true);
  });

  test.each([
    [
      { kind: 'failed', message: 'No such host: bord.', nextStep: 'Check the name in the settings.' },
      'No such host: bord. Check the name in the settings.Retry',
    ],
    [{ kind: 'idle' }, 'Not sampling'],
    [{ kind: 'connecting' }, 'Connecting…'],
    [{ kind: 'ended', at: START }, 'Ended at 10:00:00'],
    [{ kind: 'recorded', name: 'night.mlrec', cutOff: false }, 'Recording night.mlrec'],
    [
      { kind: 'recorded', name: 'night.mlrec', cutOff: true },
      'Recording night.mlrec The file is cut off: it ends in the middle of a line.',
    ],
  ])('a source that is %j says so', async (connection, words) => {
    const { page } = await open({ connection });
    expect(await page.locator('.connection').textContent()).toBe(words);
  });

  test('without samples there are words and a way on', async () => {
    const { page } = await open({ rows: 0, connection: { kind: 'idle' } });
    expect(await wordsOf(page.locator('.empty'))).toContain('Nothing is sampled yet.');
    await page.locator('.empty').getByRole('button', { name: 'Select Target…' }).click();
    expect(lastSent('select-target')).toEqual({ kind: 'select-target' });
    expect(queries()).toEqual([]);
  });

  test('the first samples of an empty page are drawn', async () => {
    const { feed, page } = await open({ rows: 0 });
    expect(await wordsOf(page.locator('.empty'))).toContain('Waiting for the first sample');
    for (let second = 0; second < 3; second++) await opened.post(feed.messages.sources(), ...feed.step());
    await opened.post(feed.messages.sources(), ...feed.step());
    await opened.settle();
    expect(await panel(page).isVisible()).toBe(true);
    expect(await row(page, 'part.free').locator('td').first().textContent()).toMatch(/MiB|GiB/);
  });

  test('another theme is taken at once', async () => {
    const { page } = await open();
    const colours = () =>
      page.evaluate(() => [...document.querySelectorAll('.values .swatch rect')].map((rect) => rect.getAttribute('fill')));
    const dark = await colours();
    await opened.setTheme('light');
    const light = await colours();
    expect(light).not.toEqual(dark);
    expect(await pixels(page, colourOf(light[2]))).toBeGreaterThan(2000);
    await opened.setTheme('hcDark');
    // Colours alone do not tell the parts apart.
    expect(await page.locator('.values .swatch line').count()).toBeGreaterThan(20);
  });

  test('a field of meminfo is added as a line, and taken away', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Add Line…' }).click();
    await page.getByRole('combobox').fill('dir');
    expect(await page.getByRole('option').allTextContents()).toEqual([expect.stringMatching(/^Dirty\d/)]);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await opened.settle();
    expect(lastQuery().series).toContainEqual({ source: 'local', measure: 'meminfo.Dirty' });
    expect(lastSent('save').state.lines).toEqual(['meminfo.Dirty']);
    expect(await panel(page, 'added-bytes').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Remove Dirty' }).click();
    await opened.settle();
    expect(await panel(page, 'added-bytes').count()).toBe(0);
    expect(lastQuery().series).not.toContainEqual({ source: 'local', measure: 'meminfo.Dirty' });
  });

  test('events are marks with words', async () => {
    const { page } = await open({
      events: [
        { at: START + 300 * SECOND, kind: 'oom-kill', detail: '2' },
        { at: START + 310 * SECOND, kind: 'mark', detail: '<i>here</i>' },
      ],
    });
    const box = await panel(page).locator('canvas').boundingBox();
    await page.mouse.move(box.x + xOf(box, 300 / 599), box.y + 80);
    const tip = await wordsOf(panel(page).locator('.tip'));
    expect(tip).toContain('10:05:00 The kernel killed for lack of memory (2 processes)');
    expect(tip).toContain('10:05:10 Mark: <i>here</i>');
  });

  test('the newest kill stands above, and is explained by the host', async () => {
    const { page, picture } = await open({
      events: [
        { at: START + 300 * SECOND, kind: 'oom-victim', detail: 'shop <b> (443)' },
        { at: START + 301 * SECOND, kind: 'mark', detail: 'later' },
      ],
    });
    const line = page.locator('.oom-line');
    expect(await line.textContent()).toMatch(/10:05:00 local: Killed for lack of memory: shop <b> \(443\)Explain$/);
    await picture('memory-oom-line');
    await line.getByRole('button', { name: 'Explain' }).click();
    await opened.settle();
    expect(lastSent('explain-oom')).toEqual({ kind: 'explain-oom', source: 'local' });
  });

  test('names are text, whatever they hold', async () => {
    const label = '<img src=x onerror=alert(1)>\u202e\n\u001b[31m';
    const { page } = await open({ label, description: '<script>throw 1</script>' });
    expect(await page.locator('h1').textContent()).toBe('<img src=x onerror=alert(1)>\\u202e\\n\\x1b[31m');
    expect(await page.locator('.description').textContent()).toBe('<script>throw 1</script>');
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  test('everything that can be used has a name, and the summary is told politely', async () => {
    const { page } = await open();
    const { nameless, snapshot } = await namesOf(page);
    expect(nameless).toEqual([]);
    expect(snapshot).toContain('slider "Memory: time cursor"');
    expect(snapshot).toContain('radio "The last hour"');
    expect(snapshot).toContain('button "Show Page cache"');
    expect(await page.getByRole('status').textContent()).toMatch(/^Available memory .* of 1\.5 GiB, \d+ %$/);
  });

  test('nobody is told of every sample', async () => {
    const { feed, page } = await open({ rows: 200 });
    const cursor = panel(page).getByRole('slider');
    await cursor.focus();
    const said = await page.evaluateHandle(() => {
      const list = [];
      const watch = (target, options) =>
        new MutationObserver((records) => list.push(...records.map(({ type }) => type))).observe(target, options);
      watch(document.querySelector('[role=status]'), { childList: true, characterData: true, subtree: true });
      watch(document.activeElement, { attributes: true, attributeFilter: ['aria-valuenow', 'aria-valuetext'] });
      return list;
    });
    for (let second = 0; second < 6; second++) await opened.post(...feed.step());
    expect(await said.jsonValue()).toEqual([]);
    await page.keyboard.press('ArrowLeft');
    expect(await said.jsonValue()).not.toEqual([]);
  });

  test('unseen, it asks for nothing; seen again, it asks anew', async () => {
    const { page } = await open();
    const hide = (hidden) =>
      page.evaluate((state) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => state });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await hide(true);
    expect(opened.sent.at(-1)).toEqual({ kind: 'pause' });
    const before = queries().length;
    await hide(false);
    await opened.settle();
    expect(queries().length).toBe(before + 1);
  });

  test('an answer to an older question is dropped', async () => {
    const { feed, page } = await open();
    const before = await panel(page)
      .locator('canvas')
      .evaluate((canvas) => canvas.toDataURL());
    await opened.post({
      kind: 'buckets',
      buckets: {
        query: 0,
        mode: 'reset',
        bucketMs: 1000,
        first: feed.at(0) / 1000,
        length: 0,
        columns: [],
        gaps: [],
        from: 0,
        to: 1,
      },
    });
    expect(
      await panel(page)
        .locator('canvas')
        .evaluate((canvas) => canvas.toDataURL()),
    ).toBe(before);
  });

  test('a failure, and a host of another version, are told', async () => {
    const { page } = await open();
    await opened.post({ kind: 'fault', message: 'The file could not be written.', nextStep: 'Check the folder.' });
    expect(await page.getByRole('alert').textContent()).toBe('The file could not be written. Check the folder.');
    await page.getByRole('alert').getByRole('button', { name: 'Close' }).click();
    expect(await page.getByRole('alert').count()).toBe(0);
    await opened.post({ kind: 'hello', version: 99, page: 'memory', saved: undefined });
    expect(await page.getByRole('alert').textContent()).toContain('another version');
  });

  test('the policy of the page is in force', async () => {
    const { page } = await open();
    await page.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<p style="color: red">x</p>');
    });
    await page.waitForTimeout(50);
    expect(opened.faults.splice(0).join('\n')).toContain('CSP: style-src');
  });

  test.each([170, 190, 250, 300, 500, 1200])('at %d pixels nothing is cut off', async (width) => {
    const { page } = await open({}, { width });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(
      await row(page, 'part.applications')
        .locator('.label')
        .evaluate((label) => label.getBoundingClientRect().width),
    ).toBeGreaterThan(50);
    const all = await page.getByRole('radio', { name: 'All' }).boundingBox();
    const bar = await page.locator('.segments').boundingBox();
    expect(all.x + all.width).toBeLessThanOrEqual(bar.x + bar.width);
    expect(bar.x + bar.width).toBeLessThanOrEqual(width);
  });
});
