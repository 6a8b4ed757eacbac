// The flame graph in a real browser: what is drawn, hit, zoomed, found and told.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, noBrowser } from '../browser.mjs';
import { createHeapFeed, heapFixture } from './heap-feed.mjs';
import { namesOf, pixelsOf } from './open-page.mjs';
import { describePage } from './page-tests.mjs';
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

  const colourOf = (text) => text.match(/\d+/g).slice(0, 3).map(Number);
  const pixelAt = ({ data, width }, x, y) => [...data.subarray((Math.floor(y) * width + Math.floor(x)) * 4).subarray(0, 3)];

  test('boxes stand on each other, the largest first, each in the colour of its kind', async () => {
    await open();
    expect(await summary()).toBe('980.6 KiB · 5 frames deep');
    const shot = await pixelsOf(page.locator('.flame-scroller canvas').first());
    const labels = await page.locator('.flame-legend li').allTextContents();
    const fills = await page.locator('.flame-legend rect').evaluateAll((all) => all.map((one) => one.getAttribute('fill')));
    expect(labels).toEqual(['Own code', 'System and libraries', 'No name known']);
    const near = (a, b) => a.reduce((sum, one, at) => sum + Math.abs(one - b[at]), 0) < 60;
    const kindAt = ({ right, y }) => {
      const there = pixelAt(shot, right - 3, y + 3);
      return labels[fills.findIndex((fill) => near(colourOf(fill), there))];
    };
    const read = await boxOf('main', 'serve', 'read');
    const parse = await boxOf('main', 'serve', 'parse');
    expect(read.right).toBeCloseTo(parse.left, 5);
    expect(read.right - read.left).toBeGreaterThan(parse.right - parse.left);
    expect(kindAt(read)).toBe('Own code');
    expect(kindAt(await boxOf('main', 'serve', 'read', 'malloc'))).toBe('System and libraries');
    await picture('heap-flame');
  });

  test('a click makes a box the width; crumbs, Escape and the whole lead back', async () => {
    await open();
    await click(['main', 'serve', 'parse']);
    let parse = await boxOf('main', 'serve', 'parse');
    const width = await scroller().evaluate(({ clientWidth }) => clientWidth);
    expect([parse.left, parse.right]).toEqual([0, width]);
    expect(await crumbs()).toEqual(['All', 'main', 'serve', 'parse']);
    expect((await said('select')).at(-1)).toEqual({ kind: 'node', node: parse.node });
    await picture('heap-flame-zoomed');
    await click(['main', 'serve', 'parse', 'grow']);
    expect((await crumbs()).at(-1)).toBe('grow');
    await press('Escape');
    expect((await crumbs()).at(-1)).toBe('parse');
    await page.getByRole('button', { name: 'main' }).click();
    await drawn();
    expect(await crumbs()).toEqual(['All', 'main']);
    await press('0');
    expect(await page.locator('.flame-trail').isVisible()).toBe(false);
    parse = await boxOf('main', 'serve', 'parse');
    expect(parse.left).toBeGreaterThan(0);
    expect(await page.getByRole('button', { name: 'Whole' }).isDisabled()).toBe(true);
    // What it stands on leads outwards.
    await click(['main', 'serve', 'parse', 'grow']);
    await click(['main', 'serve']);
    expect(await crumbs()).toEqual(['All', 'main', 'serve']);
  });

  test('what is zoomed on the way is seen where motion is wanted', async () => {
    await open(TEXT, { motion: 'no-preference' });
    const { left, right, middle } = await boxOf('main', 'serve', 'parse');
    await scroller().click({ position: { x: (left + right) / 2, y: middle } });
    await expect.poll(async () => (await boxOf('main', 'serve', 'parse')).left, { timeout: 20_000 }).toBe(0);
    expect(await crumbs()).toEqual(['All', 'main', 'serve', 'parse']);
  });

  test('the wheel with Ctrl zooms about the pointer, dragging pans', async () => {
    await open();
    const before = await boxOf('main', 'serve', 'parse');
    const x = Math.round(before.left + 50);
    const { x: left, y: top } = await scroller().boundingBox();
    await page.mouse.move(left + x, top + before.middle);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -300);
    await page.keyboard.up('Control');
    await drawn();
    const zoomed = await boxOf('main', 'serve', 'parse');
    const share = (box) => (x - box.left) / (box.right - box.left);
    expect(zoomed.right - zoomed.left).toBeGreaterThan((before.right - before.left) * 2);
    expect(share(zoomed)).toBeCloseTo(share(before), 6);
    await page.mouse.down();
    await page.mouse.move(left + x - 40, top + before.middle, { steps: 4 });
    await page.mouse.up();
    await drawn();
    const panned = await boxOf('main', 'serve', 'parse');
    // The first pixels tell a drag from a click.
    expect(panned.left).toBeLessThan(zoomed.left - 25);
    expect(panned.right - panned.left).toBeCloseTo(zoomed.right - zoomed.left, 4);
    // A drag is no click.
    expect(await said('select')).toEqual([]);
    await press('Escape');
    expect((await boxOf('main', 'serve', 'parse')).left).toBeCloseTo(before.left, 6);
  });

  test('the keyboard walks, zooms, opens, and each box is told', async () => {
    await open();
    await press('ArrowDown');
    expect(await spoken()).toMatch(/^All, total 980\.6 KiB/);
    await press('ArrowDown', 'ArrowDown');
    expect(await spoken()).toMatch(/^serve, src\/program\.c:\d+, total 720\.0 KiB, self 0, 73 % of the whole, 2 callees$/);
    const item = page.locator('[role="treeitem"]');
    expect(await item.getAttribute('aria-level')).toBe('3');
    expect(await item.getAttribute('aria-posinset')).toBe('1');
    expect(await item.getAttribute('aria-setsize')).toBe('4');
    expect(await scroller().getAttribute('aria-activedescendant')).toBe(await item.getAttribute('id'));
    await press('ArrowRight');
    expect(await spoken()).toMatch(/^cache<int, "a&b">/);
    await press('End');
    expect(await spoken()).toMatch(/^many, .*400 callees$/);
    await press('Home');
    expect(await spoken()).toMatch(/^serve/);
    await press('Enter');
    expect(await crumbs()).toEqual(['All', 'main', 'serve']);
    expect(await said('say')).toContain('Zoomed to serve');
    await press('ArrowDown', 'o');
    const { node } = await boxOf('main', 'serve', 'read');
    const frame = await page.evaluate((at) => window.flame.graph().data.profile.tree.frame[at], node);
    expect(await said('open')).toEqual([frame]);
    await press('Backspace');
    expect(await page.locator('.flame-trail').isVisible()).toBe(false);
    await press('Shift+F10');
    expect((await said('menu')).at(-1)).toEqual({ kind: 'node', node });
    // What lies outside of the zoom is brought into view.
    await press('Enter', 'ArrowRight', 'ArrowDown');
    expect(await spoken()).toMatch(/^grow/);
    const { left } = await boxOf('main', 'serve', 'parse', 'grow');
    expect(left).toBeGreaterThanOrEqual(0);
    // The search is the page's.
    await press('/');
    expect(await said('open')).toHaveLength(1);
  });

  test('a narrow box that is reached by the keyboard is zoomed until it is seen', async () => {
    await open();
    await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'End', 'ArrowDown', 'End');
    expect(await spoken()).toMatch(/^leaf\d+,/);
    const [name] = (await spoken()).split(',');
    const { left, right } = await boxOf('main', 'many', name);
    expect(right - left).toBeGreaterThan(1.5);
    expect(left).toBeGreaterThanOrEqual(0);
    expect((await crumbs()).at(-1)).toBe('many');
  });

  test('what is searched for is marked, counted, and walked through', async () => {
    await open(TEXT, { query: { search: 'malloc' } });
    expect(await summary()).toMatch(/3 boxes found, 62 % of the whole$/);
    expect(await page.locator('.flame-legend li').allTextContents()).toContain('Found');
    await picture('heap-flame-found');
    await press('n');
    expect(await spoken()).toMatch(/^malloc, .*total 400/);
    await press('n', 'n');
    expect(await spoken()).toMatch(/^malloc, .*total 60/);
    await press('n');
    expect(await spoken()).toMatch(/total 400/);
    await press('Shift+N');
    expect(await spoken()).toMatch(/total 60/);
    await page.evaluate(() => window.flame.show(undefined, { query: { search: 'nowhere' } }));
    expect(await summary()).toMatch(/No box is found$/);
  });

  test('the tip tells the function, its line, what it holds, and shares of the whole and of the zoom', async () => {
    await open();
    await click(['main', 'serve']);
    const { left, right, middle } = await boxOf('main', 'serve', 'parse');
    await scroller().hover({ position: { x: (left + right) / 2, y: middle } });
    const lines = await page.locator('.flame-tip > *').allTextContents();
    expect(lines[0]).toBe('parse');
    expect(lines[1]).toMatch(/^src\/program\.c:\d+$/);
    expect(lines[2]).toBe('program');
    expect(lines.slice(3)).toEqual(['Total320.0 KiBSelf20.0 KiB', '33 % of the whole', '44 % of serve']);
    await picture('heap-flame-tip');
    // Boxes that are drawn as one are told as such.
    await press('0');
    const many = await boxOf('main', 'many');
    await scroller().hover({ position: { x: (many.left + many.right) / 2, y: many.middle + 18 } });
    expect(await page.locator('.flame-tip').textContent()).toMatch(/^400 boxes too narrow to be drawn alone1\.6 % of the whole/);
    await scroller().click({ position: { x: (many.left + many.right) / 2, y: many.middle + 18 } });
    await drawn();
    const wider = await boxOf('main', 'many');
    expect(wider.right - wider.left).toBeGreaterThan((many.right - many.left) * 10);
  });

  test('flames stand on their foot; names, modules and recursion can be chosen, and are kept', async () => {
    await open();
    const choose = async (label, value) => {
      await page.locator(`.flame-bar vscode-single-select[label="${label}"]`).evaluate((box, chosen) => {
        box.value = chosen;
        box.dispatchEvent(new Event('change'));
      }, value);
      await drawn();
    };
    await choose('Form', 'flame');
    const main = await boxOf('main');
    const serve = await boxOf('main', 'serve');
    expect(serve.y).toBeLessThan(main.y);
    const { height } = await scroller().boundingBox();
    expect((await boxOf()).y).toBeCloseTo(height - 18, 0);
    await press('ArrowUp', 'ArrowUp', 'ArrowUp');
    expect(await spoken()).toMatch(/^serve/);
    await choose('Order', 'name');
    const [cache, many] = [await boxOf('main', 'cache<int, "a&b">'), await boxOf('main', 'many')];
    expect(cache.left).toBeLessThan(many.left);
    expect(many.left).toBeLessThan((await boxOf('main', 'serve')).left);
    await choose('Colour', 'module');
    expect(await page.locator('.flame-legend li').allTextContents()).toEqual([
      'libc.so.6',
      'program',
      'libstdc++.so.6',
      'Module not known',
    ]);
    await page.getByRole('button', { name: 'Fold Recursion' }).click();
    await drawn();
    expect(await boxOf('main', 'walk', 'walk')).toBeUndefined();
    expect(await boxOf('main', 'walk', 'malloc')).toBeDefined();
    await click(['main', 'walk']);
    expect((await crumbs()).at(-1)).toBe('walk ×3');
    const kept = await page.evaluate(() => window.flame.said.findLast(({ kind }) => kind === 'keep'));
    expect(kept.told).toBe('flame');
    expect(kept.more[0]).toEqual({ form: 'flame', order: 'name', colour: 'module', foldsRecursion: true });
    await picture('heap-flame-foot');
  });

  test('seen from what allocates', async () => {
    await open(TEXT, { query: { direction: 'bottom-up' } });
    await expect.poll(() => boxOf('malloc', 'read', 'serve', 'main'), { timeout: 20_000 }).toBeDefined();
    await drawn();
    const malloc = await boxOf('malloc');
    const realloc = await boxOf('realloc');
    expect(malloc.right - malloc.left).toBeGreaterThan(realloc.right - realloc.left);
    await press('ArrowDown', 'ArrowDown', 'ArrowDown');
    expect(await spoken()).toMatch(/^read, .*total 400\.0 KiB, 41 % of the whole, 1 caller$/);
    const chosen = (await said('select')).at(-1);
    expect(chosen.kind).toBe('callers');
    expect(chosen.path).toHaveLength(2);
    await picture('heap-flame-callers');
    // The same choice, made elsewhere.
    await page.evaluate(() => {
      const { callers } = window.flame.shown();
      const [root] = callers.roots();
      const [one] = callers.callers(root);
      const [two] = callers.callers(one);
      window.flame.view.select({ kind: 'callers', path: [root.frame, one.frame, two.frame], caller: two }, true);
    });
    expect(await spoken()).toMatch(/^serve/);
  });

  test('of long stacks that are seen from below, rows are made as they are scrolled to', async () => {
    const way = Array.from({ length: 1000 }, (_, at) => `frame${at}@program`).join(';');
    await open(`${way};grow@program 70\n${way};keep@program 30`, { query: { direction: 'bottom-up' } });
    const rows = () => page.evaluate(() => window.flame.graph().boxes.rows.length - 2);
    await expect.poll(rows, { timeout: 20_000 }).toBeGreaterThan(60);
    await page.waitForTimeout(200);
    const before = await rows();
    expect(before).toBeLessThan(300);
    await scroller().evaluate((one) => one.scrollTo(0, 1e6));
    await expect.poll(rows, { timeout: 20_000 }).toBeGreaterThan(before);
  });

  test('what became more and what became less', async () => {
    const before = TEXT.replace('read@program;malloc@libc.so.6 409600', 'read@program;malloc@libc.so.6 509600');
    await open(TEXT.replace('grow@program;realloc@libc.so.6 307200', 'grow@program;realloc@libc.so.6 407200'), { before });
    expect(await summary()).toMatch(/a width is what became more and what became less, added$/);
    expect(await page.locator('.flame-legend li').allTextContents()).toEqual([
      'More than before',
      'Less than before',
      'As much as before, in sum',
    ]);
    await click(['main', 'serve', 'read']);
    expect(await spoken()).toMatch(/^− read, .*total −97\.7 KiB, .*50 % of all that changed/);
    await press('0');
    await picture('heap-flame-changes');
  });

  test('a live profile comes anew: what is zoomed and chosen stays', async () => {
    await open();
    await click(['main', 'serve', 'parse']);
    await page.evaluate((text) => window.flame.show(text), `new@program;other@program 700000\n${TEXT}`);
    await drawn();
    expect(await crumbs()).toEqual(['All', 'main', 'serve', 'parse']);
    const { left } = await boxOf('main', 'serve', 'parse');
    expect(left).toBe(0);
  });

  test('rows of a table are marked; a box chosen elsewhere is brought into view', async () => {
    await open();
    const { node } = await boxOf('main', 'walk', 'walk', 'walk');
    await page.evaluate((at) => window.flame.view.select({ kind: 'node', node: at }, true), node);
    expect(await spoken()).toMatch(/^walk/);
    await page.evaluate(() => {
      const { profile } = window.flame.shown();
      const frames = [...profile.frames.function.keys()].filter(
        (frame) => profile.texts[profile.frames.function[frame]] === 'malloc',
      );
      window.flame.view.select({ kind: 'row', by: 'function', frame: frames[0], frames }, false);
    });
    await drawn();
    const overlay = await pixelsOf(page.locator('.flame-scroller canvas').last());
    const { right, y } = await boxOf('main', 'serve', 'read', 'malloc');
    expect(overlay.data[(Math.floor(y + 1) * overlay.width + Math.floor(right - 20)) * 4 + 3]).toBeGreaterThan(100);
    await picture('heap-flame-row');
  });

  test.each(['light', 'hcDark', 'hcLight'])('the theme %s', async (theme) => {
    await open(TEXT, { theme, query: { search: 'grow' } });
    await click(['main', 'serve']);
    const shot = await pixelsOf(page.locator('.flame-scroller canvas').first());
    // In high contrast boxes are told apart by lines, too.
    const { left, right, y } = await boxOf('main', 'serve', 'read', 'malloc');
    const row = new Set();
    for (let x = Math.ceil(left) + 80; x < right - 4; x++) row.add(pixelAt(shot, x, y + 4).join());
    if (theme === 'light') expect(row.size).toBe(1);
    else expect(row.size).toBeGreaterThan(1);
    await picture(`heap-flame-${theme}`);
  });

  test('another theme, another size, a sharp screen', async () => {
    await open(TEXT, { scale: 2 });
    const size = () =>
      page
        .locator('.flame-scroller canvas')
        .first()
        .evaluate(({ width, height }) => ({ width, height }));
    const before = await size();
    const { width, height } = await scroller().evaluate((one) => ({ width: one.clientWidth, height: one.clientHeight }));
    expect(before).toEqual({ width: width * 2, height: height * 2 });
    await page.setViewportSize({ width: 500, height: 700 });
    await expect.poll(async () => (await size()).width, { timeout: 20_000 }).toBeLessThan(before.width);
    const fill = () => page.locator('.flame-legend rect').first().getAttribute('fill');
    const dark = await fill();
    await page.evaluate(paint, themes.light);
    await expect.poll(fill, { timeout: 20_000 }).not.toBe(dark);
  });

  test('stacks of a thousand frames scroll', async () => {
    const deep = Array.from({ length: 1000 }, (_, at) => `frame${at}@program`).join(';');
    await open(`${deep} 100\nmain@program 50`);
    expect(await summary()).toMatch(/1,000 frames deep$/);
    const rows = await scroller().evaluate(({ scrollHeight }) => scrollHeight);
    expect(rows).toBe(1001 * 18);
    await scroller().evaluate((one) => one.scrollTo(0, 9000));
    await drawn();
    const { middle } = await boxOf(...Array.from({ length: 505 }, (_, at) => `frame${at}`));
    expect(middle).toBeGreaterThan(0);
    await page.mouse.move(300, 300);
    await picture('heap-flame-deep');
    await click(Array.from({ length: 505 }, (_, at) => `frame${at}`));
    expect(await crumbs()).toHaveLength(8);
    expect((await crumbs()).at(-1)).toBe('frame504');
    // The keyboard brings what it reaches into view.
    await press('ArrowDown', 'ArrowDown', 'ArrowDown');
    const { y } = await boxOf(...Array.from({ length: 508 }, (_, at) => `frame${at}`));
    expect(y).toBeGreaterThanOrEqual(0);
  });

  test('the table of the widest boxes', async () => {
    await open();
    await page.getByRole('button', { name: 'Table' }).click();
    const rows = page.locator('.flame-twin tbody tr');
    expect(await rows.first().locator('th, td').allTextContents()).toEqual(['All', '', '980.6 KiB', '0', '']);
    expect(await rows.nth(1).locator('th').textContent()).toBe('main');
    expect(await rows.count()).toBe(50);
    await rows.nth(2).getByRole('button').click();
    expect(await spoken()).toMatch(/^serve/);
    await picture('heap-flame-table');
  });

  test('nothing to be drawn is said', async () => {
    await open('main;f 0\n');
    expect(await page.locator('.flame .empty').textContent()).toBe(
      'Of this measure, nothing is held by the stacks that are shown.',
    );
    expect(await page.evaluate(() => window.flame.view.toSvg())).toBe('');
  });

  test('the SVG opens, and has the boxes that are seen', async () => {
    await open(TEXT, { query: { search: 'walk' } });
    await click(['main']);
    const svg = await page.evaluate(() => window.flame.view.toSvg());
    const drawnBoxes = await page.evaluate(() => {
      const { boxes } = window.flame.graph();
      const { span, width } = window.flame.sight();
      const scale = width / (span.to - span.from);
      return Array.from({ length: boxes.length }, (_, box) => box)
        .filter(
          (box) => boxes.width[box] * scale >= 1 && boxes.start[box] < span.to && boxes.start[box] + boxes.width[box] > span.from,
        )
        .map((box) => [box, Math.max(0, (boxes.start[box] - span.from) * scale)]);
    });
    const read = await page.evaluate((text) => {
      const document = new DOMParser().parseFromString(text, 'image/svg+xml');
      return {
        error: document.querySelector('parsererror')?.textContent,
        title: document.querySelector('svg > title').textContent,
        boxes: [...document.querySelectorAll('g[data-box]')].map((one) => [
          Number(one.getAttribute('data-box')),
          Number(one.querySelector('rect').getAttribute('x')) - 12,
        ]),
        texts: [...document.querySelectorAll('text')].map((one) => one.textContent),
        scripts: document.querySelectorAll('script, foreignObject, a').length,
      };
    }, svg);
    expect(read.error).toBeUndefined();
    expect(read.scripts).toBe(0);
    expect(read.title).toBe('live, bytes: 980.6 KiB, of program; main, 96 % of it; “walk”: 3 boxes found, 6.1 % of the whole');
    expect(read.boxes.map(([box]) => box)).toEqual(drawnBoxes.map(([box]) => box));
    for (const [at, [, x]] of read.boxes.entries()) expect(x).toBeCloseTo(drawnBoxes[at][1], 1);
    expect(read.texts).toContain('cache<int, "a&b">');
    expect(read.texts).toContain('Own code');
    await page.setContent(svg);
    await picture('heap-flame-svg');
  });

  test('the PNG, in the colours of the theme or on white', async () => {
    await open();
    const corner = (isLight) =>
      page.evaluate(async (light) => {
        const bytes = await window.flame.view.toPng(light);
        const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const canvas = document.createElement('canvas');
        canvas.width = image.width;
        canvas.height = image.height;
        const ctx = canvas.getContext('2d');
        ctx.drawImage(image, 0, 0);
        return [image.width > 1000, ...ctx.getImageData(2, 2, 1, 1).data];
      }, isLight);
    expect(await corner(false)).toEqual([true, 31, 31, 31, 255]);
    expect(await corner(true)).toEqual([true, 255, 255, 255, 255]);
  });

  test('a hundred thousand nodes: what is seen is drawn, and found again by its place', async () => {
    const count = 100_000;
    const text = Array.from({ length: count }, (_, at) => `main;group${at % 50};leaf${at} ${1 + (at % 7)}`).join('\n');
    await open(text);
    expect(await page.evaluate(() => window.flame.graph().boxes.length)).toBe(count + 52);
    await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'End');
    const [name] = (await spoken()).split(',');
    const group = `group${Number(name.slice(4)) % 50}`;
    const { left, right, box } = await boxOf('main', group, name);
    expect(right - left).toBeGreaterThan(0);
    const hit = await page.evaluate(
      ([x, y]) => window.flame.view.scene.hitAt({ x, y }),
      [(left + right) / 2, (await boxOf('main', group, name)).middle],
    );
    expect(hit.kind === 'box' ? hit.box === box : hit.first <= box && box < hit.behind).toBe(true);
  });
});

describePage('Heap Profile: flame graph', 'heap', ({ lastSent, open, opened }) => {
  const start = async (look = {}) => {
    const shown = await open(createHeapFeed({ profile: await heapFixture('heaptrack-1.4.0/orders.heaptrack') }), {
      width: 1280,
      height: 800,
      ...look,
    });
    await shown.page.getByRole('tab', { name: 'Flame Graph' }).click();
    await opened.settle();
    return shown;
  };
  const item = (page) => page.locator('[role="treeitem"]').textContent();

  test('shares its choice with the pane beside it, and its search with the page', async () => {
    const { page, picture } = await start();
    const stage = page.locator('.flame-scroller');
    await stage.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    await opened.settle();
    const [name] = (await item(page)).split(',');
    expect(await item(page)).toMatch(/total 10\.7 KiB, 35 blocks, self 0, 0 blocks/);
    expect(await page.locator('.heap-side, .details').first().locator('h2').textContent()).toBe(name);
    await picture('heap-page-flame');
    await page.keyboard.press('/');
    await page.keyboard.type('main');
    await opened.settle();
    expect(await page.locator('.flame-summary').textContent()).toMatch(/\d+ boxes found, \d+ % of the whole$/);
    await page.keyboard.press('/');
    expect(await page.locator('.search-box input').inputValue()).toBe('main/');
    await picture('heap-page-flame-found');
    const { nameless } = await namesOf(page);
    expect(nameless).toEqual([]);
  });

  test('is exported as it is seen', async () => {
    const { page } = await start();
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: /SVG/ }).click();
    await expect.poll(() => lastSent('export-image')?.format, { timeout: 20_000 }).toBe('svg');
  });
});
