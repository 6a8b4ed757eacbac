// Drawing the map of a process with 65,530 mappings (the kernel's default limit), and selecting one of them: the page's own drawing and
// the pane beside it, against a bare canvas that draws the same rectangles. Both in one page of a headless Chromium; a reading of one
// pixel ends each measurement, so that the painting counts.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchBrowser } from '../browser.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const bundle = await build({
  absWorkingDir: root,
  entryPoints: ['test/bench/pages/map-draw.mjs'],
  bundle: true,
  write: false,
  minify: true,
  format: 'iife',
  target: 'chrome132',
  logLevel: 'warning',
});
const style = ['address-space', 'details', 'strip']
  .map((name) => readFileSync(join(root, `webview-ui/map/${name}.css`), 'utf8'))
  .join('\n');
const smaps = readFileSync(join(root, 'test/fixtures/linux/6.18/odd-maps-64/smaps'), 'latin1');
const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1000, height: 1000 }, locale: 'en-GB' });
  const faults = [];
  page.on('pageerror', (error) => faults.push(`${error}`));
  await page.setContent(`<style>${style}</style><body></body>`);
  await page.addScriptTag({ content: bundle.outputFiles[0].text });
  const results = faults.length > 0 ? [] : await page.evaluate((text) => window.bench(text), smaps);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  for (const result of results) console.log(JSON.stringify(result));
  if (results.length === 0 || results.some(({ ratio, limit }) => !(ratio <= limit))) process.exitCode = 1;
} finally {
  await browser.close();
}
