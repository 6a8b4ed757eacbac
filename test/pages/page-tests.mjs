// What the tests of all pages share: how a page is opened and closed, what it has sent, and what is read off its charts.
import { afterAll, afterEach, describe, expect } from 'vitest';
import { launchBrowser, noBrowser } from '../browser.mjs';
import { openPage, pixelsOf } from './open-page.mjs';

/**
 * Tests of a page: `define` gets `open(feed, look)`, which opens it until the end of the test, and `opened`, the page that is open.
 * Whatever a test does, nothing breaks the policy of the page and nothing is written to its console.
 */
export function describePage(title, name, define) {
  describe.skipIf(noBrowser)(noBrowser ? `${title} (${noBrowser})` : title, async () => {
    const browser = noBrowser ? undefined : await launchBrowser();
    let current;
    afterEach(async () => {
      const faults = current?.faults ?? [];
      await current?.close();
      current = undefined;
      expect(faults).toEqual([]);
    });
    afterAll(() => browser?.close());
    const lastSent = (kind) => current.sent.findLast((message) => message.kind === kind);
    define({
      open: async (feed, look) => {
        current = await openPage(browser, name, feed, look);
        return { feed, ...current };
      },
      opened: {
        get sent() {
          return current.sent;
        },
        get faults() {
          return current.faults;
        },
        settle: () => current.settle(),
        post: (...messages) => current.post(...messages),
        setTheme: (theme) => current.setTheme(theme),
        close: () => current.close(),
      },
      lastSent,
      lastQuery: () => lastSent('query').query,
    });
  });
}

export const panelOf = (page, id = 'memory') => page.locator(`[data-panel="${id}"]`);

/** The texts of all cells, by row. */
export const cellsOf = (rows) => rows.evaluateAll((list) => list.map((one) => [...one.children].map((cell) => cell.textContent)));

/** The table that stands for a chart: headings, and rows of [time, ...values]. */
export async function twinOf(panel) {
  await panel.getByRole('button', { name: 'Show as table' }).click();
  const table = panel.locator('.twin');
  return { head: await table.locator('thead th').allTextContents(), rows: await cellsOf(table.locator('tbody tr')) };
}

/** Of the time axis: how far from the left edge of the canvas a share of what is shown lies, in CSS pixels. */
export const xOf = (box, share) => 62 + (box.width - 70) * share;

/** The texts that stand apart on the screen, with a blank between. */
export const wordsOf = async (locator) => (await locator.locator('*:not(:has(*))').allTextContents()).join(' ');

/** `rgba(1, 2, 3, 0.5)`: [1, 2, 3]. */
export const colourOf = (text) => text.match(/\d+/g).slice(0, 3).map(Number);

/** The picture of a chart, and whether a pixel of it has about a colour: by less than `distance` in the sum of red, green and blue. */
export async function pictureOf(panel) {
  const { data, width, height } = await pixelsOf(panel.locator('canvas'));
  const isNear = (at, [red, green, blue], distance) =>
    Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue) < distance;
  return {
    data,
    width,
    height,
    has: (x, y, colour, distance) => isNear((y * width + x) * 4, colour, distance),
    count: (colour, distance, opacity = 0) => {
      let count = 0;
      for (let at = 0; at < data.length; at += 4) if (isNear(at, colour, distance) && data[at + 3] >= opacity) count++;
      return count;
    },
  };
}

/**
 * All that Tab leads to, from the first on: its name, and whether it is seen that it has the focus: by an outline, or else by the picture,
 * which is another without it. Ends where the page does.
 */
export async function tabStops(page) {
  const stops = [];
  await page.evaluate(() => document.activeElement?.blur());
  for (;;) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const host = document.activeElement;
      if (host === null || host === document.body || host.dataset.stop !== undefined) return undefined;
      host.dataset.stop = '';
      let inner = host;
      while (inner.shadowRoot?.activeElement) inner = inner.shadowRoot.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(inner);
      inner.scrollIntoView({ block: 'nearest' });
      const { x, y, width, height } = host.getBoundingClientRect();
      const words = inner.getAttribute('aria-label') || host.getAttribute('aria-label') || host.textContent || '';
      return {
        name: words.trim(),
        isOutlined: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0,
        box: { x: x - 2, y: y - 2, width: width + 4, height: height + 4 },
      };
    });
    if (stop === undefined) break;
    const { name, isOutlined, box } = stop;
    stops.push({ name, isSeen: isOutlined || (await looksFocused(page, box)) });
  }
  await page.evaluate(() => {
    for (const one of document.querySelectorAll('[data-stop]')) delete one.dataset.stop;
  });
  return stops;
}

async function looksFocused(page, clip) {
  const focused = await page.screenshot({ clip, caret: 'hide' });
  await page.evaluate(() => {
    window.wasFocused = document.activeElement;
    window.wasFocused.blur();
  });
  const plain = await page.screenshot({ clip, caret: 'hide' });
  await page.evaluate(() => window.wasFocused.focus());
  return !focused.equals(plain);
}
