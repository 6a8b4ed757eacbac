// npm test: sets up what is missing and runs every stage, or those that are named: `npm test -- unit host`.
// A stage that fails does not keep the next ones from running. The last line is the sum of all tests.
// With CI=true a test that is skipped (a tool is missing) is a failure.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bin, node24, root, setUp } from './set-up.mjs';

await setUp();

const minutes = 60_000;
const out = join(root, 'out');
mkdirSync(out, { recursive: true });

let child;
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(signal, () => {
    child?.kill('SIGTERM');
    process.exit(code);
  });
}

/** Runs a script in Node 24; true when it ended well. */
function node(...args) {
  child = spawn(node24, args, { cwd: root, stdio: 'inherit', timeout: 40 * minutes });
  return new Promise((done) => {
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
  });
}

/** A command that is one test. */
const check = async (...args) => ((await node(...args)) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

async function vitest(project, ...args) {
  const file = join(out, `${project}.json`);
  rmSync(file, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const well = await node(bin('vitest', 'vitest.mjs'), 'run', '--project', project, ...reporters, ...args);
  let report = { numPassedTests: 0, numFailedTests: 0, testResults: [] };
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Ended before it could report: counted as a failure below.
  }
  const skipped = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => ['skipped', 'pending', 'todo', 'disabled'].includes(status))
      .map(({ fullName }) => fullName),
  );
  // A file that does not load has no test that failed, and yet is a failure.
  const failed = report.numFailedTests || (well ? 0 : 1);
  return { passed: report.numPassedTests, failed, skipped };
}

const add = (...results) => ({
  passed: results.reduce((sum, { passed }) => sum + passed, 0),
  failed: results.reduce((sum, { failed }) => sum + failed, 0),
  skipped: results.flatMap(({ skipped }) => skipped ?? []),
});

let packing;
/** Built and packed once, for the stages that look at the result. */
const packed = () => {
  packing ??= check('scripts/pack.mjs');
  return packing;
};

const stages = {
  types: () => check(bin('typescript', 'bin/tsc'), '-b'),
  lint: async () =>
    add(
      await check(bin('@biomejs/biome', 'bin/biome'), 'ci', '.'),
      await check(bin('eslint', 'bin/eslint.js'), 'src', 'webview-ui'),
    ),
  rooms: () => vitest('rooms'),
  unused: () => check(bin('knip', 'bin/knip.js')),
  unit: () => vitest('unit'),
  pack: async () => add(await packed(), await vitest('pack')),
  tools: async () => {
    await packed();
    // Most of it waits: for logins, time limits, and processes to end.
    return vitest('tools', '--maxWorkers=2');
  },
  host: async () => {
    const { runHostSuite } = await import('../test/host/launch.mjs');
    const { noBrowser } = await import('../test/browser.mjs');
    if (noBrowser && !process.env.VSCODE)
      return { passed: 0, failed: 0, skipped: [`the suite of the extension host (${noBrowser})`] };
    await packed();
    if (!(await node('esbuild.mjs', '--tests'))) return { passed: 0, failed: 1 };
    return add(await runHostSuite(), await runHostSuite({ installed: true }));
  },
  pages: async () => {
    await packed();
    return vitest('pages');
  },
  ui: async () => {
    await packed();
    return vitest('ui', '--no-file-parallelism');
  },
};

const named = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unknown = named.filter((name) => !(name in stages));
if (unknown.length > 0) {
  console.error(`no stage ${unknown.join(', ')}; there are ${Object.keys(stages).join(', ')}`);
  process.exit(2);
}

const results = [];
for (const [name, stage] of Object.entries(stages)) {
  if (named.length > 0 && !named.includes(name)) continue;
  console.log(`\n── ${name} ${'─'.repeat(60 - name.length)}`);
  const started = performance.now();
  let result = await stage().catch((error) => {
    console.error(error);
    return { passed: 0, failed: 1 };
  });
  if (result.passed + result.failed + (result.skipped?.length ?? 0) === 0) {
    console.error('no test was run');
    result = { ...result, failed: 1 };
  }
  results.push({ name, seconds: (performance.now() - started) / 1000, skipped: [], ...result });
}

console.log('');
for (const { name, seconds, passed, failed, skipped } of results) {
  const counts = `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;
  console.log(`${failed > 0 ? '✗' : '✓'} ${name.padEnd(7)} ${seconds.toFixed(1).padStart(6)} s  ${counts}`);
  for (const test of skipped) console.log(`    skipped: ${test}`);
}
const sum = add(...results);
const strict = process.env.CI === 'true';
if (strict && sum.skipped.length > 0) console.log('CI=true: a skipped test counts as failed');
const failed = sum.failed + (strict ? sum.skipped.length : 0);
const skipped = !strict && sum.skipped.length > 0 ? `, ${sum.skipped.length} skipped` : '';
console.log(`${sum.passed} passed, ${failed} failed${skipped}`);
process.exit(failed > 0 ? 1 : 0);
