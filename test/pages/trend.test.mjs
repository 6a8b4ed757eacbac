import { expect, test } from 'vitest';
import { createFeed, START } from './feed.mjs';
import { namesOf } from './open-page.mjs';
import { cellsOf, colourOf, describePage, panelOf as panel, pictureOf, twinOf, xOf } from './page-tests.mjs';

const SECOND = 1000;
const LEAKY = { id: 'local/4711:1', label: 'leaky (4711)', description: './leaky' };
const SERVER = { id: 'local/99:1', label: 'server (99)', description: '/usr/bin/server', scale: 0.5 };

const growing = {
  source: LEAKY.id,
  verdict: { state: 'growing', measure: 'uss', unit: 'bytes', windowMs: 600_000, samples: 120, reasons: [] },
  title: 'Growing: USS grows by 55 MiB ± 0.8 MiB an hour',
  reasons: ['The trend is significant.', 'The <b>steps</b> carry it.'],
  steps: [
    { action: 'profile', title: 'Profile' },
    { action: 'show-map', title: 'Show What Grows' },
  ],
};

describePage('the page Trend', 'trend', ({ lastQuery, lastSent, open: openWith, opened }) => {
  const open = (options = {}, look = {}) =>
    openWith(createFeed({ page: 'trend', processes: [LEAKY], ...options }), { width: 1000, height: 1400, ...look });
  const row = (page, measure, { id } = LEAKY) =>
    page.locator('.values tbody tr').and(page.locator(`[data-series="${id}\\a ${measure}"]`));
  const at =
    (page, second) =>
    async (y = 80) => {
      const box = await panel(page).locator('canvas').boundingBox();
      return { x: box.x + xOf(box, second / 599), y: box.y + y };
    };
  const clickAt = async (page, second) => {
    const { x, y } = await at(page, second)();
    await page.mouse.click(x, y);
  };
  const cells = (page) => cellsOf(page.locator('.differences tbody tr'));
  const strokeOf = async (line) => colourOf(await line.locator('.swatch line').getAttribute('stroke'));

  test('a process is drawn with USS, RSS and its heap', async () => {
    const { page } = await open();
    expect(lastQuery().series).toEqual(['uss', 'rss', 'heap'].map((measure) => ({ source: LEAKY.id, measure })));
    expect(lastQuery().window).toEqual({ all: true });
    const picture = await pictureOf(panel(page));
    const count = picture.count(await strokeOf(row(page, 'rss')), 30);
    expect(count).toBeGreaterThan(400);
  });

  test('values are told with their age', async () => {
    const { feed, page } = await open();
    const { table } = feed.sources[0];
    expect(await row(page, 'rss').locator('td').first().textContent()).toBe(
      `${(table.latest('rss').value / 2 ** 20).toFixed(1)} MiB`,
    );
    // USS is read every fifth second; the newest is of second 595 of 599.
    expect(await row(page, 'uss').locator('.note').textContent()).toBe('4 s old');
  });

  test('a line goes over seconds in which its file was not read', async () => {
    const { page } = await open({ rows: 61, saved: { span: 'all', measures: ['uss'] } });
    const { has, height, width } = await pictureOf(panel(page));
    const stroke = await strokeOf(row(page, 'uss'));
    const empty = [];
    for (let x = 72; x < width - 14; x++) {
      let found = false;
      for (let y = 0; y < height - 20; y++) found ||= has(x, y, stroke, 40);
      if (!found) empty.push(x);
    }
    expect(empty).toEqual([]);
  });

  test('what is not known says why', async () => {
    const foreign = { id: 'foreign', label: 'sshd (1)' };
    const { feed, page } = await open({ processes: [foreign], saved: { measures: ['rss', 'pss'] }, rows: 3 });
    const [now] = feed.messages.now();
    const { pss: _pss, ...values } = now.now.values;
    await opened.post({ ...now, now: { ...now.now, values } });
    expect(await row(page, 'pss', foreign).locator('td').first().textContent()).toBe('unknownneeds the same user, or root');
  });

  test('the verdict is a banner with its reasons and what to do next', async () => {
    const { page } = await open({ verdicts: [growing] });
    const card = page.getByRole('region', { name: 'leaky (4711)' });
    expect(await card.locator('.verdict').getAttribute('data-state')).toBe('growing');
    expect(await card.locator('.verdict-title').textContent()).toBe(growing.title);
    expect(await card.getByText('The trend is significant.').isVisible()).toBe(false);
    await card.getByText('Reasons').click();
    expect(await card.getByRole('listitem').allTextContents()).toEqual(growing.reasons);
    await card.getByRole('button', { name: 'Show What Grows' }).click();
    expect(lastSent('step')).toEqual({ kind: 'step', source: LEAKY.id, action: 'show-map' });
    // It comes anew every few seconds: what was opened stays open, and the focus where it was.
    await card.getByRole('button', { name: 'Profile' }).focus();
    await opened.post({ kind: 'verdict', verdict: { ...growing, title: 'Growing: USS grows by 56 MiB ± 0.7 MiB an hour' } });
    expect(await card.locator('.verdict-title').textContent()).toContain('56 MiB');
    expect(await card.getByText('The trend is significant.').isVisible()).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Profile');
  });

  test('advice that needs no deed is no button', async () => {
    const steps = [
      { action: 'keep-watching', title: 'Keep watching' },
      { action: 'show-map', title: 'Show What Grows' },
    ];
    const { page } = await open({ verdicts: [{ ...growing, steps }] });
    const card = page.getByRole('region', { name: 'leaky (4711)' });
    expect(await card.getByText('Keep watching').isVisible()).toBe(true);
    expect(await card.locator('vscode-button').allTextContents()).toEqual(['Show What Grows']);
  });

  test('two clicks give the difference between two moments, as it is in the data', async () => {
    const { feed, page } = await open();
    await clickAt(page, 100);
    await clickAt(page, 500);
    await opened.settle();
    const heading = await page.locator('.marks .panel-head span').textContent();
    const [, a, b] = /^A (\S+), B (\S+), /.exec(heading);
    const second = (clock) => (Date.parse(`2026-01-15T${clock}Z`) - START) / SECOND;
    expect(second(a)).toBeCloseTo(100, -1);
    expect(second(b)).toBeCloseTo(500, -1);
    const { table } = feed.sources[0];
    const value = (clock) => table.valueAt('rss', START + second(clock) * SECOND) / 2 ** 20;
    const told = (await cells(page)).find(([label]) => label === 'RSS');
    expect(told[1]).toBe(`${value(a).toFixed(1)} MiB`);
    expect(told[2]).toBe(`${value(b).toFixed(1)} MiB`);
    expect(told[3]).toBe(`+${(value(b) - value(a)).toFixed(1).replace(/\.0$/, '')} MiB`);
    const rate = ((value(b) - value(a)) / (second(b) - second(a))) * 3600;
    expect(Math.abs(Number.parseFloat(told[4].slice(1)) - rate)).toBeLessThan(rate * 0.02);
    await page.getByRole('button', { name: 'Clear Marks' }).click();
    await opened.settle();
    expect(await page.locator('.marks').isVisible()).toBe(false);
  });

  test('marks are set by keys too, and stay when the window moves away', async () => {
    const { page } = await open();
    const cursor = panel(page).getByRole('slider');
    await cursor.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('a');
    await page.keyboard.press('End');
    await page.keyboard.press('b');
    await opened.settle();
    const before = await cells(page);
    expect(before.every(([, a, b, difference]) => a && b && difference)).toBe(true);
    await page.keyboard.press('PageDown');
    await opened.settle();
    await page.waitForTimeout(120);
    expect((await cells(page)).map(([label, a]) => [label, a])).toEqual(before.map(([label, a]) => [label, a]));
  });

  test('changes since the start of the window instead of values', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Changes' }).click();
    await opened.settle();
    expect(lastSent('save').state.changes).toBe(true);
    expect(await panel(page).locator('.panel-summary').textContent()).toBe('Change since the start of the window');
    // All lines begin at the same height now.
    const { data, width, height } = await pictureOf(panel(page));
    const heights = new Set();
    for (let y = 10; y < height - 30; y++) {
      const index = (y * width + 66) * 4;
      if (Math.max(data[index], data[index + 1], data[index + 2]) > 120 && data[index + 3] > 120) heights.add(y);
    }
    expect(heights.size).toBeLessThanOrEqual(4);
  });

  test('other measures are chosen, and have an axis of their own', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Measures…' }).click();
    await page.getByRole('combobox').fill('thread');
    await page.keyboard.press('Enter');
    await page.getByRole('combobox').fill('virtual');
    await page.keyboard.press('Escape');
    await opened.settle();
    expect(lastQuery().series.map(({ measure }) => measure)).toEqual(['uss', 'rss', 'heap', 'threads']);
    expect(lastSent('save').state.measures).toEqual(['uss', 'rss', 'heap', 'threads']);
    expect(await panel(page, 'threads').isVisible()).toBe(true);
    expect(await row(page, 'threads').locator('td').first().textContent()).toBe('1');
  });

  test('processes and a machine are compared on one page, each with its own state', async () => {
    const { page } = await open({ processes: [LEAKY, { ...SERVER, endAt: 300 }], machine: true, verdicts: [growing] });
    expect(await page.locator('.card h2').allTextContents()).toEqual(['local', 'leaky (4711)', 'server (99)']);
    expect(await page.locator(`.card[data-source="${SERVER.id}"] .connection`).textContent()).toBe('Ended at 10:05:00');
    expect(await panel(page, 'machine').isVisible()).toBe(true);
    expect(await panel(page).locator('.values tbody th').allTextContents()).toContain('USS, server (99)');
    // One colour for each source, dashes for each measure.
    const strokes = await panel(page)
      .locator('.swatch line')
      .evaluateAll((lines) =>
        lines.map((line) => [line.getAttribute('stroke'), line.getAttribute('stroke-dasharray')].join(' ')),
      );
    expect(new Set(strokes).size).toBe(6);
    expect(new Set(strokes.map((stroke) => stroke.split(')')[0])).size).toBe(2);
    await page.getByRole('button', { name: 'Remove server (99)' }).click();
    expect(lastSent('remove-source')).toEqual({ kind: 'remove-source', source: SERVER.id });
  });

  test('a machine leads to where its memory is; a process and a recording do not', async () => {
    const { page } = await open({ processes: [LEAKY], machine: true });
    const links = (of) => of.getByRole('button', { name: 'System Memory' }).count();
    expect(await links(page)).toBe(1);
    await page.getByRole('region', { name: 'local' }).getByRole('button', { name: 'System Memory' }).click();
    expect(lastSent('show-system')).toEqual({ kind: 'show-system', source: 'local' });
    const recorded = await open({ processes: [], connection: { kind: 'recorded', name: 'a.memlens', cutOff: false } });
    expect(await links(recorded.page)).toBe(0);
  });

  test('a cursor goes through all charts', async () => {
    const { page } = await open({ saved: { measures: ['rss', 'vmas'] } });
    const { x, y } = await at(page, 300)();
    await page.mouse.move(x, y);
    expect(await page.locator('.crosshair:visible').count()).toBe(2);
    const transforms = await page.locator('.crosshair').evaluateAll((lines) => lines.map((line) => line.style.transform));
    expect(new Set(transforms).size).toBe(1);
    await page.mouse.move(x, 5);
    expect(await page.locator('.crosshair:visible').count()).toBe(0);
  });

  test('marks, recording, comparing and exports are asked of the host', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Mark', exact: true }).click();
    expect(lastSent('mark')).toEqual({ kind: 'mark' });
    await page.getByRole('button', { name: 'Compare…' }).click();
    expect(lastSent('compare')).toEqual({ kind: 'compare' });
    await page.getByRole('button', { name: 'Record' }).click();
    expect(lastSent('record')).toEqual({ kind: 'record' });
    await opened.post({ kind: 'recording', to: '/tmp/<a>.mlrec' });
    expect(await page.locator('.recording').textContent()).toBe('Recording to /tmp/<a>.mlrec');
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(lastSent('stop-recording')).toEqual({ kind: 'stop-recording' });
    await page.getByRole('button', { name: 'CSV' }).click();
    expect(lastSent('export')).toMatchObject({ format: 'csv', query: { window: { all: true } } });
    await page.getByRole('button', { name: 'OpenMetrics' }).click();
    expect(lastSent('export').format).toBe('openmetrics');
    await page.getByRole('button', { name: 'PNG' }).click();
    await expect.poll(() => lastSent('export-image')?.png.slice(0, 4), { timeout: 10_000 }).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(lastSent('export-image').png.length).toBeGreaterThan(5000);
  });

  test('the exported picture has the charts that are scrolled out of sight too', async () => {
    const { page } = await open(
      { saved: { span: 'all', measures: ['rss', 'vmas', 'threads', 'vsz', 'minorFaults'] } },
      { height: 320 },
    );
    await page.getByRole('button', { name: 'PNG' }).click();
    await expect.poll(() => lastSent('export-image')?.png.length ?? 0, { timeout: 10_000 }).toBeGreaterThan(5000);
    const coloured = await page.evaluate(async (png) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(png)], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const ctx = canvas.getContext('2d', { willReadFrequently: true });
      ctx.drawImage(bitmap, 0, 0);
      // The last fifth: the last chart.
      const { data } = ctx.getImageData(90, Math.round(bitmap.height * 0.84), bitmap.width - 90, Math.round(bitmap.height * 0.1));
      let count = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at + 2] - data[at] > 80) count++;
      return count;
    }, lastSent('export-image').png);
    expect(coloured).toBeGreaterThan(200);
  });

  test('of a recording nothing new is asked', async () => {
    const { page } = await open({ connection: { kind: 'recorded', name: 'a.mlrec', cutOff: true } });
    expect(await page.locator('.connection').textContent()).toContain('cut off');
    expect(await page.getByRole('button', { name: 'Record' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Mark', exact: true }).isDisabled()).toBe(true);
    expect(await row(page, 'rss').locator('td').first().textContent()).toMatch(/MiB/);
  });

  test('the tables of the charts say the same as the data', async () => {
    const { feed, page } = await open({ rows: 60, saved: { span: 60_000, measures: ['rss', 'heapEnd'] } });
    const { table } = feed.sources[0];
    const clock = (second) => new Date(feed.at(second)).toISOString().slice(11, 19);
    const { rows: rss } = await twinOf(panel(page));
    const { rows: addresses } = await twinOf(panel(page, 'heapEnd'));
    for (const second of [0, 31, 59]) {
      expect(rss).toContainEqual([
        clock(second),
        `${(table.valueAt('rss', feed.at(second)) / 2 ** 20).toFixed(1).replace('.0', '')} MiB`,
      ]);
      expect(addresses).toContainEqual([clock(second), `0x${table.valueAt('heapEnd', feed.at(second)).toString(16)}`]);
    }
  });

  test('everything that can be used has a name; names of processes are text', async () => {
    const { page } = await open({ processes: [{ ...LEAKY, label: '<u>x</u>\u202e (1)' }, SERVER], verdicts: [growing] });
    const { nameless, snapshot } = await namesOf(page);
    expect(nameless).toEqual([]);
    expect(snapshot).toContain('slider "Memory: time cursor"');
    expect(await page.locator('.card h2').first().textContent()).toBe('<u>x</u>\\u202e (1)');
    expect(await page.locator('main u, .verdict b').count()).toBe(0);
  });

  test.each([300, 1200])('at %d pixels nothing is cut off', async (width) => {
    const { feed, page } = await open({ processes: [LEAKY, SERVER], verdicts: [growing] }, { width });
    const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await fits();
    const said = feed.messages.sources();
    const lost = { kind: 'lost', message: 'the cable is out', nextStep: 'Put it in.', retryAt: 0 };
    await opened.post({ ...said, sources: said.sources.map((source) => ({ ...source, connection: lost })) });
    expect(await page.getByText('Connection lost: the cable is out').count()).toBe(2);
    await fits();
  });
});
