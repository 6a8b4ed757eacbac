// npm test: sets up what is missing and runs every stage, or those that are named: `npm test -- unit host`.
// A stage that fails does not keep the next ones from running. The last line is the sum of all tests.
// With CI=true a test that is skipped (a tool is missing) is a failure.
// Tests that failed in `tools`, `host`, `pages` and `ui` are run again, alone: they watch real processes and windows,
// which another test may disturb. What passes one of the two times counts as passed, and is named under "one time of two only".
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
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
  child = spawn(node24, args, { cwd: root, stdio: 'inherit', timeout: 70 * minutes });
  return new Promise((done) => {
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
  });
}

/** A command that is one test. */
const check = async (...args) =>
  (await node(...args)) ? { passed: 1 } : { passed: 0, failures: [{ test: args.map((arg) => basename(arg)).join(' ') }] };

/** One run of vitest. @returns {Promise<Result & { files: string[] }>} with the files that failed */
async function vitestOnce(project, ...args) {
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
  const ended = (...states) =>
    report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => states.includes(status))
        .map(({ fullName, failureMessages }) => ({
          test: `${relative(root, name)}: ${fullName}`,
          why: failureMessages?.[0],
        })),
    );
  // A file that does not load has no test that failed, and yet is a failure.
  const unloaded = report.testResults
    .filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'))
    .map(({ name, message }) => ({ test: relative(root, name), why: message, isFile: true }));
  const failures = [...ended('failed'), ...unloaded];
  if (!well && failures.length === 0) failures.push({ test: `vitest of ${project}`, why: 'it did not end well', isFile: true });
  return {
    passed: report.numPassedTests,
    failures,
    skipped: ended('skipped', 'pending', 'todo', 'disabled').map(({ test }) => test),
    files: report.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name),
  };
}

async function vitest(project, ...args) {
  const { files: _, ...result } = await vitestOnce(project, ...args);
  return result;
}

/** As `vitest`; the files that failed are run a second time, one after the other. */
async function vitestTwice(project, ...args) {
  const { files, ...first } = await vitestOnce(project, ...args);
  if (files.length === 0 || files.length > MOST_AGAIN) return first;
  console.log(`\n── ${project}, again: ${files.map((name) => relative(root, name)).join(', ')}`);
  return afterSecond(first, await vitestOnce(project, '--no-file-parallelism', ...files));
}

/** More files than these fail together for a reason that a second run only hides. */
const MOST_AGAIN = 6;

/** What counts when the files of the failures of `first` were run a second time: what failed both times, and files that did not load. */
function afterSecond(first, second) {
  const before = new Set(first.failures.map(({ test }) => test));
  const failures = second.failures.filter(({ test, isFile }) => isFile || before.has(test));
  const now = new Set(failures.map(({ test }) => test));
  const again = [...first.failures, ...second.failures].filter(({ test }) => !now.has(test));
  return { ...first, passed: first.passed + first.failures.filter(({ test }) => !now.has(test)).length, failures, again };
}

/**
 * What a stage says.
 * @typedef {{ passed: number, failures?: Failure[], again?: Failure[], skipped?: string[] }} Result
 * @typedef {{ test: string, why?: string, isFile?: boolean }} Failure  `isFile`: not one test, but all of a file
 */
const add = (...results) => ({
  passed: results.reduce((sum, { passed }) => sum + passed, 0),
  failures: results.flatMap(({ failures }) => failures ?? []),
  again: results.flatMap(({ again }) => again ?? []),
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
    return vitestTwice('tools', '--maxWorkers=2');
  },
  host: async () => {
    const { runHostSuite } = await import('../test/host/launch.mjs');
    const { noBrowser } = await import('../test/browser.mjs');
    if (noBrowser && !process.env.VSCODE) return { passed: 0, skipped: [`the suite of the extension host (${noBrowser})`] };
    await packed();
    if (!(await node('esbuild.mjs', '--tests'))) return { passed: 0, failures: [{ test: 'the build of the host suite' }] };
    const results = [];
    for (const installed of [false, true]) {
      const { cases, ...first } = await runHostSuite({ installed });
      const again = cases.length > 0 && cases.length <= MOST_AGAIN;
      if (again) console.log(`\n── host, again: ${cases.join(', ')}`);
      results.push(again ? afterSecond(first, await runHostSuite({ installed, only: cases })) : first);
    }
    return add(...results);
  },
  pages: async () => {
    await packed();
    return vitestTwice('pages');
  },
  ui: async () => {
    await packed();
    return vitestTwice('ui', '--no-file-parallelism');
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
  let result = add(
    await stage().catch((error) => {
      console.error(error);
      return { passed: 0, failures: [{ test: `the stage ${name}`, why: String(error) }] };
    }),
  );
  if (result.passed + result.failures.length + result.skipped.length === 0)
    result = { ...result, failures: [{ test: `the stage ${name}`, why: 'no test was run' }] };
  results.push({ name, seconds: (performance.now() - started) / 1000, ...result });
  console.log(lineOf(results.at(-1)));
}

console.log('\n── summary');
for (const result of results) {
  const { failures, again, skipped } = result;
  console.log(lineOf(result));
  for (const test of skipped) console.log(`    skipped: ${test}`);
  for (const { test, why } of again) console.log(`    one time of two only: ${test}${firstLine(why)}`);
  for (const { test, why } of failures) console.log(`    failed: ${test}${firstLine(why)}`);
}
const sum = add(...results);
const strict = process.env.CI === 'true';
if (strict && sum.skipped.length > 0) console.log('CI=true: a skipped test counts as failed');
const failed = sum.failures.length + (strict ? sum.skipped.length : 0);
const skipped = !strict && sum.skipped.length > 0 ? `, ${sum.skipped.length} skipped` : '';
console.log(`${sum.passed} passed, ${failed} failed${skipped}`);
process.exit(failed > 0 ? 1 : 0);

function lineOf({ name, seconds, passed, failures, skipped }) {
  const counts = `${passed} passed, ${failures.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;
  return `${failures.length > 0 ? '✗' : '✓'} ${name.padEnd(7)} ${seconds.toFixed(1).padStart(6)} s  ${counts}`;
}

function firstLine(why) {
  return why === undefined ? '' : ` (${stripVTControlCharacters(why).split('\n', 1)[0].slice(0, 300)})`;
}
