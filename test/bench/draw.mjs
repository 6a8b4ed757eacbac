// Drawing a page of 12 series x 86,400 points (a day of seconds), and appending a point each second: MemLens as it does it (buckets made
// by the series table, chart.js draws them) against uPlot given the raw points, and given the same buckets. Both draw into canvases of one
// page of a headless Chromium; a reading of one pixel ends each measurement, so that the painting counts.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchBrowser } from '../browser.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const bundle = await build({
  absWorkingDir: root,
  entryPoints: ['test/bench/pages/draw.mjs'],
  bundle: true,
  write: false,
  minify: true,
  format: 'iife',
  target: 'chrome132',
  logLevel: 'warning',
});
const style = join(root, 'node_modules/uplot/dist/uPlot.min.css');
const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1100, height: 1000 }, locale: 'en-GB' });
  const faults = [];
  page.on('pageerror', (error) => faults.push(`${error}`));
  await page.setContent(
    `<style>${existsSync(style) ? readFileSync(style, 'utf8') : ''} .box { width: 1000px; height: 300px }</style><body></body>`,
  );
  await page.addScriptTag({ content: bundle.outputFiles[0].text });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const results = await page.evaluate(() => window.bench());
  if (faults.length > 0) throw new Error(faults.join('\n'));
  for (const result of results) console.log(JSON.stringify(result));
  if (results.length === 0 || results.some(({ ratio, limit }) => !(ratio <= limit))) process.exitCode = 1;
} finally {
  await browser.close();
}
