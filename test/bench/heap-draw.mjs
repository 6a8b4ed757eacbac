// A flame graph of a million nodes, from the choice of the file (folded stacks) to the first drawing, and each step of a zoom: the page's own
// drawing against speedscope's (its page from npm), in turns, each in a headless Chromium of its own without a GPU. A reading of one
// pixel ends the first drawing, so that the painting counts. Of a zoom the work counts that is done in the page, not how long it waits for the screen;
// speedscope draws by WebGL, which the processor has to do here, so that its steps say nothing of machines with a GPU.
import { createReadStream, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchBrowser } from '../browser.mjs';
import { compare } from './ratio.mjs';

const NODES = 1_000_000;
const STEPS = 12;
const ROUNDS = 3;
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const speedscope = join(dirname(fileURLToPath(import.meta.resolve('speedscope/package.json'))), 'dist/release');
const directory = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
const profile = join(directory, 'profile.folded');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** Stacks as programs have them: deep, with much in common with those beside them. The same ones each time. */
function foldedStacks() {
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed / 2 ** 32;
  };
  const lines = [];
  const stack = [];
  for (let nodes = 1; nodes < NODES; ) {
    stack.length = Math.floor(stack.length * Math.sqrt(random()));
    const depth = Math.max(stack.length + 1, 4 + Math.floor(40 * random()));
    for (; stack.length < depth; nodes++) stack.push(`function_${Math.floor(5000 * random() ** 2)}`);
    lines.push(`${stack.join(';')} ${Math.ceil(1000 * random())}\n`);
  }
  return lines.join('');
}

/** Runs in the page before its own scripts: what it does in frames is timed, and when it has drawn. */
function watch() {
  const plain = window.requestAnimationFrame.bind(window);
  const timed = { busy: 0, drawn: 0, at: 0 };
  window.timed = timed;
  const contexts = new Set();
  const flush = () => {
    for (const context of contexts) {
      if (context instanceof CanvasRenderingContext2D) context.getImageData(5, 5, 1, 1);
      else context.readPixels(5, 5, 1, 1, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(4));
    }
    contexts.clear();
  };
  window.requestAnimationFrame = (work) =>
    plain((time) => {
      const before = performance.now();
      work(time);
      flush();
      timed.busy += performance.now() - before;
    });
  const watched = (prototype, name) => {
    const draw = prototype[name];
    prototype[name] = function (...words) {
      contexts.add(this);
      timed.drawn++;
      if (timed.waits === undefined) {
        // Behind the work that draws.
        timed.waits = setTimeout(() => {
          timed.waits = undefined;
          flush();
          timed.at = performance.now();
        });
      }
      return draw.apply(this, words);
    };
  };
  watched(CanvasRenderingContext2D.prototype, 'fillRect');
  for (const name of ['drawArrays', 'drawElements']) watched(WebGLRenderingContext.prototype, name);
  window.addEventListener(
    'change',
    ({ target }) => {
      if (target.type !== 'file') return;
      timed.began = performance.now();
      timed.drawn = 0;
      timed.at = 0;
    },
    true,
  );
  /** The work of a step of the wheel with Ctrl, until no frame is asked for any more. */
  window.zoomStep = async (x, y) => {
    const rest = async (frames) => {
      for (let frame = 0; frame < frames; frame++) await new Promise((done) => plain(done));
    };
    await rest(3);
    timed.busy = 0;
    const target = document.elementFromPoint(x, y);
    const before = performance.now();
    target.dispatchEvent(
      new WheelEvent('wheel', { deltaY: -60, ctrlKey: true, clientX: x, clientY: y, bubbles: true, cancelable: true }),
    );
    timed.busy += performance.now() - before;
    await rest(3);
    return timed.busy;
  };
}

async function serve(bundle) {
  const page = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="page.css"><body></body><script src="page.js"></script>`;
  const made = {
    '/ours/': ['text/html', page],
    ...Object.fromEntries(
      bundle.outputFiles.map(({ path, text }) => [`/ours/page${extname(path)}`, [TYPES[extname(path)] ?? 'text/plain', text]]),
    ),
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const [type, text] = made[pathname] ?? [];
    const file = join(speedscope, pathname.replace(/^\/theirs\//, ''));
    if (type !== undefined) response.setHeader('Content-Type', type).end(text);
    else if (pathname.startsWith('/theirs/') && existsSync(file) && !file.includes('..')) {
      response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
      createReadStream(file).pipe(response);
    } else response.writeHead(404).end();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

/** Opens the file in a page; the time to the first drawing, and the work of each step of the zoom that follows. */
async function measure(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1300, height: 900 }, reducedMotion: 'reduce' });
  const faults = [];
  page.on('pageerror', (error) => faults.push(`${error}`));
  await page.addInitScript(watch);
  await page.goto(url);
  await page.waitForSelector('input[type=file]', { state: 'attached' });
  await page.setInputFiles('input[type=file]', profile);
  await page
    .waitForFunction(() => window.timed.drawn > 20 && window.timed.at > window.timed.began, undefined, {
      timeout: 300_000,
      polling: 100,
    })
    .catch((error) => faults.push(`${error}`));
  if (faults.length > 0) throw new Error(`${url}: ${faults.join('\n')}`);
  await page.waitForTimeout(500);
  const first = await page.evaluate(() => window.timed.at - window.timed.began);
  const steps = [];
  for (let step = 0; step < STEPS; step++) steps.push(await page.evaluate(() => window.zoomStep(400, 300)));
  if (process.env.PICTURES)
    await page.screenshot({ path: join(process.env.PICTURES, `${new URL(url).pathname.split('/')[1]}.png`) });
  const nodes = await page.evaluate(() => window.nodes);
  await page.close();
  return { first, step: steps.toSorted((a, b) => a - b)[STEPS >> 1], nodes };
}

let server;
let browser;
const results = [];
try {
  writeFileSync(profile, foldedStacks());
  const bundle = await build({
    absWorkingDir: root,
    entryPoints: ['test/bench/pages/heap-draw.mjs'],
    bundle: true,
    write: false,
    outdir: 'out',
    minify: true,
    format: 'iife',
    target: 'chrome132',
    loader: { '.svg': 'dataurl', '.ttf': 'dataurl' },
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  server = await serve(bundle);
  const { port } = server.address();
  // Chromium asks to be told when WebGL is to be drawn by the processor.
  browser = await launchBrowser('--enable-unsafe-swiftshader');
  const ours = [];
  const theirs = [];
  const run = async (list, path) => {
    list.push(await measure(browser, `http://127.0.0.1:${port}/${path}`));
    return list.at(-1).first;
  };
  const nodes = NODES.toLocaleString('en-US');
  results.push(
    await compare(
      `folded stacks of ${nodes} nodes opened and drawn as a flame graph : speedscope`,
      1,
      () => run(ours, 'ours/'),
      () => run(theirs, 'theirs/index.html'),
      ROUNDS,
    ),
  );
  let round = 0;
  results.push(
    await compare(
      `a step of a zoom in ${nodes} nodes : speedscope`,
      1,
      () => ours[round].step,
      () => theirs[round++].step,
      ROUNDS,
    ),
  );
} finally {
  await browser?.close();
  server?.close();
  rmSync(directory, { recursive: true, force: true });
}
for (const result of results) console.log(JSON.stringify(result));
process.exitCode = results.every(({ ratio, limit }) => ratio <= limit) ? 0 : 1;
