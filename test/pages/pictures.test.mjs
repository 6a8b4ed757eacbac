// Pictures of the pages in every theme and state, in artifacts/pages: to be looked at. What is checked here is only that nothing failed.
import { afterAll, describe, expect, test } from 'vitest';
import { launchBrowser, noBrowser } from '../browser.mjs';
import { createFeed, ROWS, START } from './feed.mjs';
import { openPage } from './open-page.mjs';
import { themes } from './themes.mjs';

const LEAKY = { id: 'local/4711:1', label: 'leaky (4711)', description: './leaky --verbose' };
const SERVER = { id: 'local/99:1', label: 'web-server (99)', description: '/usr/bin/web-server -p 80', scale: 0.6, endAt: 520 };
const steps = [
  { action: 'profile', title: 'Profile' },
  { action: 'show-map', title: 'Show What Grows' },
];
const verdict = (source, state, title, reasons) => ({
  source,
  verdict: { state, measure: 'uss', unit: 'bytes', windowMs: 600_000, samples: 120, reasons: [] },
  title,
  reasons,
  steps,
});
const verdicts = [
  verdict(LEAKY.id, 'growing', 'Growing: USS grows by 55 MiB ± 0.8 MiB an hour', [
    'Judged: 10 min of USS, 120 samples.',
    'The trend is significant (p < 0.001).',
  ]),
  verdict(SERVER.id, 'not-growing', 'Not growing: USS has been steady for 10 min', ['No significant trend.']),
];
const events = [
  { at: START + 100_000, kind: 'run-begin', detail: 'tests' },
  { at: START + 420_000, kind: 'oom-kill', detail: '1' },
];
const lost = {
  kind: 'lost',
  message: 'The connection to board was closed.',
  nextStep: 'Check the cable and the power.',
  retryAt: START,
};

const saved = { span: 600_000 };
const memory = {
  live: { events, saved },
  gap: { gap: [250, 320], events, saved },
  empty: { rows: 0, connection: { kind: 'idle' } },
  lost: { gap: [540, ROWS + 1], connection: lost, saved },
};
const trend = {
  growing: { processes: [LEAKY], verdicts, saved: { measures: ['uss', 'rss', 'heap', 'minorFaults'] } },
  compare: { processes: [LEAKY, SERVER], verdicts, events, gap: [250, 320] },
  empty: { processes: [LEAKY], rows: 0, connection: { kind: 'connecting' } },
};

describe.skipIf(noBrowser)(noBrowser ? `pictures (${noBrowser})` : 'pictures', async () => {
  const browser = noBrowser ? undefined : await launchBrowser();
  afterAll(() => browser?.close());

  const shoot = async (name, state, options, theme, width, act) => {
    const opened = await openPage(browser, name, createFeed({ page: name, ...options }), {
      theme,
      width,
      height: name === 'memory' ? 1560 : 1100,
    });
    await act?.(opened.page);
    await opened.settle();
    await opened.picture(`${name}-${state}-${theme}-${width}`);
    const { faults } = opened;
    await opened.close();
    expect(faults).toEqual([]);
  };
  const hover = async (page) => {
    const box = await page.locator('.plot').first().boundingBox();
    await page.mouse.move(box.x + box.width * 0.75, box.y + box.height - 60);
  };
  const marks = async (page) => {
    const box = await page.locator('.plot').first().boundingBox();
    await page.mouse.click(box.x + 160, box.y + 60);
    await page.mouse.click(box.x + box.width * 0.7, box.y + 60);
    await hover(page);
  };

  for (const theme of Object.keys(themes)) {
    test.each(Object.entries(memory))(`memory, %s, ${theme}`, (state, options) =>
      shoot('memory', state, options, theme, 400, state === 'live' ? hover : undefined),
    );
    test.each(Object.entries(trend))(`trend, %s, ${theme}`, (state, options) =>
      shoot('trend', state, options, theme, 1200, state === 'empty' ? undefined : marks),
    );
  }

  test.each([300, 1200])('memory at %d pixels', (width) => shoot('memory', 'live', memory.live, 'dark', width));
  test('trend at 300 pixels', () => shoot('trend', 'compare', trend.compare, 'dark', 300));
  test('memory after some seconds', () => shoot('memory', 'first', { rows: 8 }, 'dark', 300));
  test('the picker and a table', () =>
    shoot(
      'memory',
      'table',
      { ...memory.live, saved: { ...saved, lines: ['meminfo.Dirty', 'meminfo.Mapped'] } },
      'dark',
      400,
      async (page) => {
        await page.locator('[data-panel="memory"]').getByRole('button', { name: 'Show as table' }).click();
        await page.getByRole('button', { name: 'Add Line…' }).click();
        await page.getByRole('combobox').fill('c');
      },
    ));
});
