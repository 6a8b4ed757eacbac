import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import schema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cli, type JsonReport, memlens } from './program-cases.js';

const root = join(import.meta.dirname, '../..');
const fixtures = join(root, 'test/fixtures');
const gcc = join(fixtures, 'gcc/12.2.0/leaks.text.txt');
const valgrind = join(fixtures, 'valgrind/3.19.0/leaks.xml');

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'memlens-parse-')));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const parse = (args: readonly string[], stdin?: string) =>
  memlens(['parse', ...args], { cwd: dir, ...(stdin === undefined ? {} : { stdin }) });

describe('memlens parse', () => {
  test('a report as JSON, valid by its own schema', async () => {
    const done = await parse([gcc, '--format', 'json']);
    expect(done.status).toBe(1);
    const validate = new Ajv2020({ strict: false }).compile(
      JSON.parse(readFileSync(join(root, 'docs/report-schema.json'), 'utf8')) as object,
    );
    const report: unknown = JSON.parse(done.stdout);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report).toMatchObject({ schemaVersion: 1, source: gcc, engine: 'asan', partial: false });
  });

  test('the same from standard input, behind a prefix of a build server, and in colour', async () => {
    const text = readFileSync(gcc, 'utf8');
    const log = text
      .split('\n')
      .map((line, i) => `2026-01-02T03:04:05.${100 + (i % 900)}Z \u001b[31m${line}\u001b[0m`)
      .join('\n');
    const plain = JSON.parse((await parse(['-', '-f', 'json'], text)).stdout) as JsonReport;
    const dressed = JSON.parse((await parse(['-', '-f', 'json'], log)).stdout) as JsonReport;
    expect(plain.findings.length).toBeGreaterThan(0);
    expect(dressed.findings).toEqual(plain.findings);
  });

  test('the same from a pipe that is named', async () => {
    const pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const done = parse([pipe, '-f', 'json']);
    spawn('sh', ['-c', 'sleep 0.2; cat "$1" >"$2"', 'sh', gcc, pipe], { stdio: 'ignore' });
    const piped = JSON.parse((await done).stdout) as JsonReport;
    expect(piped.findings).toEqual((JSON.parse((await parse([gcc, '-f', 'json'])).stdout) as JsonReport).findings);
  });

  test('a batch is one document; what can’t be read stands in it, and the exit status is 2', async () => {
    writeFileSync(join(dir, 'notes.txt'), 'nothing here\n');
    const done = await parse([gcc, valgrind, 'notes.txt', '--format', 'json']);
    expect(done.status).toBe(2);
    const batch = JSON.parse(done.stdout) as { reports: { source: string }[]; failures: { source: string; code: string }[] };
    expect(batch.reports.map(({ source }) => source)).toEqual([gcc, valgrind]);
    expect(batch.failures).toMatchObject([{ source: 'notes.txt', code: 'unrecognised-report' }]);
    expect(done.stderr).toMatch(/notes\.txt holds no memory report/);
  });

  test('SARIF is valid, with stacks and code flows', async () => {
    const done = await parse([gcc, valgrind, '--format', 'sarif']);
    const ajv = new Ajv({ strict: false, unicodeRegExp: false });
    addFormats.default(ajv);
    const validate = ajv.compile(Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== 'id')));
    const sarif = JSON.parse(done.stdout) as { runs: { results: { stacks?: unknown[]; codeFlows?: unknown[] }[] }[] };
    expect(validate(sarif), JSON.stringify(validate.errors)).toBe(true);
    const results = sarif.runs.flatMap((run) => run.results);
    expect(results.length).toBeGreaterThan(4);
    expect(results.every(({ stacks, codeFlows }) => (stacks?.length ?? 0) > 0 && (codeFlows?.length ?? 0) > 0)).toBe(true);
  });

  test('sources of another machine are found by the path map, and by the tail of their path', async () => {
    const text = readFileSync(gcc, 'utf8').replaceAll('/tmp/demo/src/', '/no/such/machine/src/');
    const source = '/no/such/machine/src';
    mkdirSync(join(dir, 'here'));
    copyFileSync(join(fixtures, 'sources/leaks.c'), join(dir, 'here/leaks.c'));
    const mapped = JSON.parse(
      (await parse(['-', '-f', 'json', '--path-map', `${source}=${dir}/here`], text)).stdout,
    ) as JsonReport;
    expect(mapped.findings.every(({ place }) => place?.file === join(dir, 'here/leaks.c'))).toBe(true);
    // The last two names agree: folder and file.
    mkdirSync(join(dir, 'deep/src'), { recursive: true });
    copyFileSync(join(fixtures, 'sources/leaks.c'), join(dir, 'deep/src/leaks.c'));
    const found = JSON.parse((await parse(['-', '-f', 'json'], text)).stdout) as JsonReport;
    expect(found.findings.every(({ place }) => place?.file === join(dir, 'deep/src/leaks.c'))).toBe(true);
  });

  test('any cut of a report is read, and says that it is cut', async () => {
    const text = readFileSync(valgrind, 'utf8');
    const done = await parse(['-', '-f', 'json'], text.slice(0, text.lastIndexOf('<error>') + 40));
    expect(done.status).toBe(1);
    expect((JSON.parse(done.stdout) as JsonReport).partial).toBe(true);
  });

  test('text has no colour and no control character of the report, unless on a terminal', async () => {
    const done = await parse(['-'], readFileSync(gcc, 'utf8').replaceAll(' in ', ' in \u001b]0;evil\u0007'));
    expect(done.stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
    expect(done.stdout).toMatch(/^error: Leaks /);
  });

  test('a reader that goes away is no failure', async () => {
    const child = spawn(process.execPath, [cli, 'parse', gcc, '--verbose'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBeLessThan(2);
  });

  test('the command works on the Node of the system', () => {
    // `npm test` runs on the project's own Node; what a user has is the next one on the PATH.
    const path = (process.env['PATH'] ?? '')
      .split(':')
      .filter((entry) => !entry.includes('node_modules'))
      .join(':');
    const version = execFileSync('node', ['--version'], { encoding: 'utf8', env: { PATH: path } });
    expect(Number(/^v(\d+)/.exec(version)?.[1])).toBeGreaterThanOrEqual(20);
    const run = () => execFileSync('node', [cli, 'parse', gcc], { stdio: 'pipe', env: { PATH: path } });
    expect(run).toThrow(expect.objectContaining({ status: 1 }));
  });
});
