// What is exported of a heap profile, opened by the page of speedscope itself, in a real browser.
import { createReadStream, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heapFolded } from '../../src/export/heap-folded.ts';
import { heapPprof } from '../../src/export/heap-pprof.ts';
import { heapSpeedscope } from '../../src/export/heap-speedscope.ts';
import { groupValues } from '../../src/insight/heap/group-values.ts';
import { groupFrames } from '../../src/insight/heap/groups.ts';
import { launchBrowser, noBrowser } from '../browser.mjs';
import { heapFixture } from './heap-feed.mjs';
import { cellsOf } from './page-tests.mjs';

const folder = join(dirname(fileURLToPath(import.meta.resolve('speedscope/package.json'))), 'dist/release');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const POLL = { timeout: 40_000 };

describe.skipIf(noBrowser)(noBrowser ? `Exports in speedscope (${noBrowser})` : 'Exports in speedscope', () => {
  const directory = mkdtempSync(join(tmpdir(), 'memlens-speedscope-'));
  let browser;
  let server;
  let profile;
  beforeAll(async () => {
    // Chromium asks to be told when WebGL is to be drawn by the processor.
    browser = await launchBrowser('--enable-unsafe-swiftshader');
    server = createServer((request, response) => {
      const file = join(folder, new URL(request.url, 'http://localhost').pathname);
      if (!existsSync(file)) response.writeHead(404).end();
      else {
        response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
        createReadStream(file).pipe(response);
      }
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    profile = await heapFixture('heaptrack-1.4.0/orders.heaptrack');
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const kib = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(2)} KB`);
  const plain = (bytes) => bytes.toLocaleString('en-US');

  test.each([
    ['folded', () => Buffer.from([...heapFolded(profile, profile.chief)].join('')), plain],
    [
      'speedscope.json',
      () => Buffer.from([...heapSpeedscope(profile, { tool: 'memlens', name: 'orders', measure: profile.chief })].join('')),
      kib,
    ],
    ['pb.gz', () => gzipSync(Buffer.concat([...heapPprof(profile, profile.chief)])), kib],
  ])('%s: the functions, and what each of them holds', async (ending, write, amount) => {
    const file = join(directory, `orders.${ending}`);
    writeFileSync(file, write());
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    const faults = [];
    page.on('pageerror', (error) => faults.push(`${error}`));
    page.on('dialog', (dialog) => {
      faults.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(`http://127.0.0.1:${server.address().port}/index.html`);
    await page.waitForSelector('input[type=file]', { state: 'attached' });
    await page.setInputFiles('input[type=file]', file);
    await page.getByText('Sandwich').first().click(POLL);
    const text = async () => (await cellsOf(page.locator('tr'))).map((cells) => cells.join(' ')).join('\n');
    await expect.poll(text, POLL).toContain('make_order');
    const groups = groupFrames(profile, 'function');
    const { self } = groupValues(profile.tree, groups, profile.self[profile.chief]);
    const nameOf = (row) => profile.texts[profile.frames.function[groups.frame[row]]];
    const holding = [...self.keys()].filter((row) => self[row] > 0);
    expect(holding.length).toBeGreaterThan(2);
    const shown = await text();
    // Each function that holds something itself: total, self with its share, name.
    for (const row of holding)
      expect(shown).toMatch(new RegExp(`${amount(self[row]).replaceAll('.', '\\.')} \\(\\d+%\\) ${nameOf(row)}`));
    expect(faults).toEqual([]);
    await page.close();
  });
});
