// (d) Loading and activating MemLens against an extension that does nothing, in one extension host, a new host each round.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, installExtension, quietSettings, start, windowUrl } from '../../scripts/code-server.mjs';
import { pack, vsix } from '../../scripts/pack.mjs';
import { launchBrowser, still } from '../browser.mjs';
import { compare } from './ratio.mjs';

const dir = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
const extension = (path, name, code) => {
  mkdirSync(path, { recursive: true });
  const manifest = {
    name,
    publisher: 'bench',
    version: '1.0.0',
    engines: { vscode: '^1.100.0' },
    main: './main.js',
    activationEvents: [],
  };
  writeFileSync(join(path, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(path, 'main.js'), code);
};
const EMPTY = 'exports.activate = () => undefined;';

let browser;
try {
  install();
  pack();
  // Extensions as the editor unpacks them; one that is activated first takes what the first activation costs any host.
  const template = join(dir, 'template');
  installExtension(vsix, { dataDir: join(dir, 'install'), extensionsDir: template });
  const installed = readdirSync(template).find((name) => name.startsWith('memlens.memlens-'));
  const results = join(dir, 'results.json');
  const probe = join(dir, 'probe');
  extension(probe, 'probe', EMPTY);
  writeFileSync(
    join(probe, 'suite.js'),
    `const { writeFileSync } = require('node:fs');
const vscode = require('vscode');
const time = async (id) => {
  const found = vscode.extensions.getExtension(id);
  if (found.isActive) throw new Error(id + ' is active already');
  const begun = performance.now();
  await found.activate();
  return performance.now() - begun;
};
exports.run = async () => {
  await time('bench.warm');
  const swap = process.env.MEMLENS_BENCH_SWAP === '1';
  const order = swap ? ['bench.empty', 'memlens.memlens'] : ['memlens.memlens', 'bench.empty'];
  const times = {};
  for (const id of order) {
    // What the one before has put off is not to be counted with this one.
    await new Promise((done) => setTimeout(done, 2000));
    times[id] = await time(id);
  }
  writeFileSync(process.env.MEMLENS_BENCH_RESULTS, JSON.stringify(times));
};
`,
  );
  browser = await launchBrowser();

  let round = 0;
  const measure = async () => {
    const work = join(dir, `round-${++round}`);
    const extensionsDir = join(work, 'extensions');
    cpSync(join(template, installed), join(extensionsDir, installed), { recursive: true });
    extension(join(extensionsDir, 'bench.empty-1.0.0'), 'empty', EMPTY);
    extension(join(extensionsDir, 'bench.warm-1.0.0'), 'warm', EMPTY);
    const folder = join(work, 'folder');
    mkdirSync(folder);
    rmSync(results, { force: true });
    const server = await start({ dataDir: join(work, 'data'), extensionsDir, driver: true, settings: quietSettings });
    const context = await browser.newContext(still);
    try {
      const page = await context.newPage();
      const ended = new Promise((done) => page.exposeFunction('codeAutomationExit', done));
      await page.exposeFunction('codeAutomationLog', () => undefined);
      const environment = { MEMLENS_BENCH_RESULTS: results, MEMLENS_BENCH_SWAP: String(round % 2) };
      await page.goto(windowUrl(server, { folder, extension: probe, tests: join(probe, 'suite.js'), environment }));
      await Promise.race([
        ended,
        new Promise((_, fail) => setTimeout(() => fail(new Error('no end after 90 s')), 90_000).unref()),
      ]);
    } finally {
      await context.close();
      await server.stop();
    }
    if (!existsSync(results)) throw new Error('the extension host gave no times');
    return JSON.parse(readFileSync(results, 'utf8'));
  };

  // Whichever comes second finds a warmer host: each round is a host in either order, and the times are added.
  let empty;
  const ours = async () => {
    const both = [await measure(), await measure()];
    empty = both[0]['bench.empty'] + both[1]['bench.empty'];
    return both[0]['memlens.memlens'] + both[1]['memlens.memlens'];
  };
  const result = await compare('activate / activate of an empty extension', 1.5, ours, () => empty, 5);
  console.log(JSON.stringify(result));
} finally {
  await browser?.close();
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
