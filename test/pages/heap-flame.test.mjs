// The flame graph in a real browser: what is drawn, hit, zoomed, found and told.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, noBrowser } from '../browser.mjs';
import { pixelsOf } from './open-page.mjs';
import { editorStyle, themes } from './themes.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pictures = `${root}/artifacts/pages`;
const KIB = 1024;

const TEXT = [
  ['main@program;serve@program;read@program;malloc@libc.so.6', 400 * KIB],
  ['main@program;serve@program;parse@program;grow@program;realloc@libc.so.6', 300 * KIB],
  ['main@program;serve@program;parse@program', 20 * KIB],
  ['main@program;cache<int, "a&b">@program;operator new@libstdc++.so.6;malloc@libc.so.6', 150 * KIB],
  ['main@program;walk@program;walk@program;walk@program;malloc@libc.so.6', 60 * KIB],
  ['start@libc.so.6;init@libc.so.6', 30 * KIB],
  ['0x7f001234', 5 * KIB],
  ...Array.from({ length: 400 }, (_, at) => [`main@program;many@program;leaf${at}@program`, 40]),
]
  .map(([stack, value]) => `${stack} ${value}`)
  .join('\n');

describe.skipIf(noBrowser)(noBrowser ? `Flame graph (${noBrowser})` : 'Flame graph', () => {
  let browser;
  let bundle;
  let page;
  let faults;
  beforeAll(async () => {
    bundle = await build({
      absWorkingDir: root,
      entryPoints: ['test/pages/flame-stand.mjs'],
      bundle: true,
      write: false,
      outdir: 'artifacts',
      format: 'iife',
      target: 'chrome132',
      loader: { '.svg': 'dataurl', '.ttf': 'dataurl' },
      mainFields: ['module', 'main'],
      logLevel: 'warning',
    });
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await page?.context().close();
    page = undefined;
    expect(faults).toEqual([]);
  });
  afterAll(() => browser?.close());

  const paint = ({ classes, variables }) => {
    document.body.className = classes;
    for (const line of variables.trim().split('\n')) {
      const colon = line.indexOf(':');
      document.documentElement.style.setProperty(line.slice(0, colon), line.slice(colon + 1, -1).trim());
    }
  };
  const open = async (text = TEXT, { theme = 'dark', width = 900, height = 520, motion = 'reduce', scale = 1, ...more } = {}) => {
    const context = await browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale,
      reducedMotion: motion,
      locale: 'en-GB',
    });
    page = await context.newPage();
    faults = [];
    page.on('pageerror', (error) => faults.push(`${error}`));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(message.text());
    });
    const css = bundle.outputFiles.find(({ path }) => path.endsWith('.css'));
    const script = bundle.outputFiles.find(({ path }) => path.endsWith('.js'));
    await page.setContent(`<!doctype html><style>${editorStyle}</style><style>${css.text}</style><body></body>`);
    await page.evaluate(paint, themes[theme]);
    await page.addScriptTag({ content: script.text });
    await page.evaluate(([stacks, options]) => window.flame.show(stacks, options), [text, more]);
    await drawn();
  };
  const drawn = () =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)))));
  const picture = async (name) => {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: `${pictures}/${name}.png` });
  };
  const said = (kind) =>
    page.evaluate((one) => window.flame.said.filter((all) => all.kind === one).map(({ told }) => told), kind);
  const scroller = () => page.locator('.flame-scroller');
  const spoken = () => page.locator('[role="treeitem"]').textContent();
  const crumbs = () => page.locator('.crumbs li').allTextContents();
  const summary = () => page.locator('.flame-summary').textContent();
  /** Where the box of a stack of names is seen, in pixels of the stage. */
  const boxOf = (...names) =>
    page.evaluate((wanted) => {
      const { boxes, data, source, form, rowHeight } = window.flame.graph();
      const { span, width, top, fullHeight } = window.flame.sight();
      let box = 0;
      for (const name of wanted) {
        const children = Array.from(
          { length: boxes.firstChild[box + 1] - boxes.firstChild[box] },
          (_, at) => boxes.firstChild[box] + at,
        );
        const next = children.find((child) => data.nameOf(source.tree.frame[boxes.node[child]]) === name);
        if (next === undefined) return undefined;
        box = next;
      }
      const scale = width / (span.to - span.from);
      const left = (boxes.start[box] - span.from) * scale;
      const row = wanted.length;
      const y = (form === 'icicle' ? row * rowHeight : fullHeight - (row + 1) * rowHeight) - top;
      return { box, left, right: left + boxes.width[box] * scale, y, middle: y + rowHeight / 2, node: boxes.node[box] };
    }, names);
  const click = async (names, options = {}) => {
    const { left, right, middle } = await boxOf(...names);
    const width = await scroller().evaluate(({ clientWidth }) => clientWidth);
    await scroller().click({ position: { x: (Math.max(0, left) + Math.min(width, right)) / 2, y: middle }, ...options });
    await drawn();
  };
  const press = async (...keys) => {
    await scroller().focus();
    for (const key of keys) await page.keyboard.press(key);
    await drawn();
  };

  test('draws', async () => {
    await open();
    await picture('heap-flame');
    expect(await summary()).toMatch(/KiB · 5 frames deep$/);
  });
});
