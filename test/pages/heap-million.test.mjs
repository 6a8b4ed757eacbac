// A profile of a million nodes in the page: everything works, and no step of it holds the page for long. SHOW_TIMES=1 tells how long.
import { expect, test } from 'vitest';
import { createHeapFeed } from './heap-feed.mjs';
import { describePage } from './page-tests.mjs';

const NODES = 1_000_000;
const FRAMES = 20_000;

/** Runs in the page, where it is made: a profile as a profiler writes it, depth first, 40 frames deep. */
function giveMillion({ nodes, frameCount }) {
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed / 4_294_967_296;
  };
  const parent = new Uint32Array(nodes);
  const frame = new Uint32Array(nodes);
  const bytes = new Float64Array(nodes);
  const blocks = new Float64Array(nodes);
  const way = [0];
  for (let node = 1; node < nodes; node++) {
    while (way.length > 1 && (random() < 0.32 || way.length > 40)) way.pop();
    parent[node] = way.at(-1);
    frame[node] = Math.floor(random() * random() * frameCount);
    way.push(node);
    if (random() < 0.6) {
      bytes[node] = Math.floor(random() * 4096);
      blocks[node] = 1 + Math.floor(random() * 9);
    }
  }
  const list = (count, make) => Array.from({ length: count }, (_, at) => make(at));
  const column = (make) => Uint32Array.from({ length: frameCount }, (_, at) => make(at));
  const profile = {
    format: 'folded',
    texts: [
      '',
      ...list(frameCount, (at) => `function_${at}`),
      ...list(300, (at) => `/src/file${at}.c`),
      ...list(20, (at) => `/usr/lib/lib${at}.so`),
    ],
    frames: {
      length: frameCount,
      function: column((at) => at + 1),
      file: column((at) => frameCount + 1 + (at % 300)),
      line: column((at) => at + 1),
      module: column((at) => frameCount + 301 + (at % 20)),
      address: new Uint32Array(frameCount),
      inlined: new Uint8Array(frameCount),
    },
    tree: { length: nodes, parent, frame },
    measures: [
      { quantity: 'live', unit: 'bytes' },
      { quantity: 'live', unit: 'count' },
    ],
    self: [bytes, blocks],
    chief: 0,
    notes: [],
  };
  const system = Uint8Array.from({ length: frameCount }, (_, at) => (at % 3 === 0 ? 1 : 0));
  window.postMessage({ kind: 'profile', profile, system, notes: [] }, '*');
  return bytes.reduce((sum, value) => sum + value, 0);
}

describePage('Heap Profile of a million nodes', 'heap', ({ open }) => {
  test('opens, unfolds, folds, sorts, is searched and narrowed', async () => {
    const { page } = await open(createHeapFeed(), { width: 1280, height: 800 });
    /** The longest time between two frames while it is done. */
    const timed = async (what, act, then) => {
      await page.evaluate(() => {
        window.longest = 0;
        let last = performance.now();
        const tick = () => {
          const now = performance.now();
          window.longest = Math.max(window.longest, now - last);
          last = now;
          window.ticking = requestAnimationFrame(tick);
        };
        tick();
      });
      await act();
      await then();
      const longest = await page.evaluate(() => {
        cancelAnimationFrame(window.ticking);
        return window.longest;
      });
      if (process.env.SHOW_TIMES !== undefined) console.log(what, Math.round(longest), 'ms');
    };
    const rows = page.locator('.heap-view .body > .row');
    const tab = (name) => page.getByRole('tab', { name, exact: true }).click();
    const button = (name) => page.getByRole('button', { name, exact: true }).click();
    const hasRows = () => rows.first().waitFor();
    const whole = await page.evaluate(giveMillion, { nodes: NODES, frameCount: FRAMES });
    await page.locator('.flame canvas').first().waitFor();

    await timed('call tree', () => tab('Call Tree'), hasRows);
    const totals = page.locator('.heap-view .totals');
    expect(await totals.textContent()).toContain('All: 999,999 calls');
    expect(await totals.textContent()).toContain(`${(whole / 2 ** 30).toFixed(1)} GiB`);
    await timed(
      'unfold',
      () => button('Unfold (*)'),
      () => expect.poll(() => page.getByRole('treegrid').getAttribute('aria-rowcount').then(Number)).toBeGreaterThan(100),
    );
    await timed('fold', () => button('Fold All'), hasRows);
    await timed(
      'bottom up',
      () => page.getByRole('radio', { name: 'Bottom Up' }).click(),
      () => page.getByRole('treegrid', { name: 'Callers' }).waitFor(),
    );
    expect(await page.locator('.heap-view .totals').textContent()).toContain('places that allocate');
    await page.getByRole('radio', { name: 'Top Down' }).click();
    for (const name of ['Functions', 'Lines', 'Stacks']) {
      await timed(
        name,
        () => tab(name),
        () => page.getByRole('grid', { name, exact: true }).waitFor(),
      );
    }
    expect(await page.locator('.heap-view .totals').textContent()).toMatch(/The largest of: [56]\d\d,\d\d\d stacks/);
    await tab('Call Tree');
    await timed(
      'only my code',
      () => button('Only My Code'),
      () => expect.poll(() => page.locator('.heap-view .totals').textContent(), { timeout: 30_000 }).not.toContain('999,999'),
    );
    await button('Only My Code');
    await timed(
      'search',
      () => page.locator('.search-box input').fill('function_17'),
      () => page.locator('.search-count', { hasText: /frames: / }).waitFor(),
    );
    await timed(
      'next',
      () => button('Next Call Found (Enter)'),
      () => page.locator('.details h2', { hasText: 'function_17' }).waitFor(),
    );
    await timed(
      'only stacks with it',
      () => button('Only Stacks with It'),
      () => expect.poll(() => page.locator('.heap-view .totals').textContent(), { timeout: 30_000 }).not.toContain('999,999'),
    );
  });
});
