// Builds what is shipped into dist/ (`--production` minifies, `--watch` rebuilds on change), or with `--tests`
// the suite of the extension host into out/.
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';
import { writeNotices } from './scripts/notices.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const flag = (name) => process.argv.includes(`--${name}`);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Every bundle that there is; `src/*.ts` are composition roots. */
const shipped = [
  // A bundle of its own, so that activation reads next to nothing.
  { in: 'src/extension.ts', out: 'dist/extension.js', external: ['vscode', './program.js'] },
  // The editor's part and the command line: what both need is there once.
  { in: 'src/program.ts', out: 'dist/program.js', external: ['vscode'] },
  { in: 'src/command.ts', out: 'dist/cli.js', external: ['./program.js'], banner: '#!/usr/bin/env node', executable: true },
  // The pages run in a webview: of each a script and, beside it, the style sheet that the script imports. What they share
  // (most of it) is in scripts of its own, and in a style sheet.
  {
    in: readdirSync(join(root, 'webview-ui'))
      .filter((name) => existsSync(join(root, 'webview-ui', name, 'main.ts')))
      .map((name) => ({ in: `webview-ui/${name}/main.ts`, out: name }))
      .concat({ in: 'webview-ui/shared/base.css', out: 'shared' }),
    out: 'dist/pages',
    pages: true,
  },
];
const cases = join(root, 'test/host/cases');
const tests = [
  {
    in: 'test/host/index.ts',
    out: 'out/host/index.js',
    external: ['vscode', 'mocha'],
    define: { HOST_CASES: JSON.stringify(readdirSync(cases).filter((name) => existsSync(join(cases, name, 'case.ts')))) },
  },
];

const optionsOf = (bundle) => ({
  absWorkingDir: root,
  entryPoints: bundle.pages ? bundle.in : [bundle.in],
  ...(bundle.pages ? { outdir: bundle.out } : { outfile: bundle.out }),
  bundle: true,
  // The extension host of VS Code 1.100 is Node 20, and so is the oldest one that the command line runs on; its webviews are Chromium 132.
  ...(bundle.pages
    ? {
        platform: 'browser',
        target: 'chrome132',
        format: 'esm',
        splitting: true,
        chunkNames: 'shared-[hash]',
        loader: { '.svg': 'dataurl' },
      }
    : // require() instead of import(), which would read through all of the other bundle before it is run.
      { platform: 'node', target: 'node20', format: 'cjs', supported: { 'dynamic-import': false } }),
  // jsonc-parser's "main" is UMD, which no bundler can follow; its "module" is the same code.
  mainFields: ['module', 'main'],
  external: bundle.external ?? [],
  define: { MEMLENS_VERSION: JSON.stringify(version), ...bundle.define },
  banner: bundle.banner ? { js: bundle.banner } : {},
  minify: flag('production'),
  sourcemap: flag('production') ? false : 'linked',
  metafile: true,
  logLevel: 'warning',
  plugins: [report(bundle)],
});

const report = (bundle) => ({
  name: 'report',
  setup: ({ onEnd }) =>
    onEnd(({ metafile }) => {
      if (!metafile) return;
      if (bundle.executable) chmodSync(join(root, bundle.out), 0o755);
      if (bundle.pages) removeOthers(bundle.out, metafile.outputs);
      for (const [out, { bytes }] of Object.entries(metafile.outputs))
        if (out.endsWith('.js')) console.log(`${out}  ${(bytes / 1024).toFixed(1)} KiB`);
    }),
});

/** Shared scripts are named by what is in them: those of earlier builds would be packed, too. */
function removeOthers(folder, outputs) {
  for (const name of readdirSync(join(root, folder)))
    if (!outputs[`${folder}/${name}`]) rmSync(join(root, folder, name), { force: true });
}

const bundles = flag('tests') ? tests : shipped;
if (flag('watch')) for (const bundle of bundles) await (await context(optionsOf(bundle))).watch();
else {
  const results = await Promise.all(bundles.map((bundle) => build(optionsOf(bundle)))).catch(() => process.exit(1));
  if (bundles === shipped) writeNotices(results.map(({ metafile }) => metafile));
}
