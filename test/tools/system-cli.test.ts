// memlens system and memlens system diff, on this machine and on saved files.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import type { SystemState } from '../../src/model/system-state.js';
import { cli, type Done, memlens } from './program-cases.js';

const fixtures = join(import.meta.dirname, '../fixtures/linux');
const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/system-schema.json'), 'utf8')) as {
  $id: string;
  $defs: Record<string, object>;
};
// What is written and not described is a hole of the schema: it is open for fields to come, and closed here.
for (const definition of Object.values(schema.$defs)) close(definition);
const ajv = new Ajv2020({ strict: false });
ajv.addSchema(schema);

function close(part: object): void {
  if ('properties' in part && !('additionalProperties' in part)) Object.assign(part, { additionalProperties: false });
  for (const inner of Object.values(part) as unknown[]) if (typeof inner === 'object' && inner !== null) close(inner);
}

function expectValid(document: unknown, definition: 'system' | 'diff'): void {
  const validate = ajv.getSchema(`${schema.$id}#/$defs/${definition}`);
  if (validate === undefined) throw new Error(definition);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
}

interface SystemJson {
  readonly accounting: {
    readonly total: number;
    readonly unexplained: number;
    readonly items: readonly { readonly id: string; readonly bytes: number; readonly inside?: unknown }[];
  };
  readonly findings: readonly { readonly rule: string; readonly severity: string }[];
  readonly state: SystemState;
}

interface DiffJson {
  readonly growth: readonly { readonly kind: string; readonly name: string; readonly change: number; readonly news?: string }[];
  readonly owners: DiffJson['growth'];
  readonly findings: SystemJson['findings'];
  readonly rates?: { readonly duringMs: number; readonly majorFaults?: number };
}

const folder = mkdtempSync(join(tmpdir(), 'memlens-system-cli-'));
const grown = `/dev/shm/memlens-grown-${process.pid}`;
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(grown, { force: true });
});

const run = (...args: readonly string[]): Promise<Done> => memlens(['system', ...args], { cwd: folder });

async function json<Value>(...args: readonly string[]): Promise<Value> {
  const done = await run(...args, '--format', 'json');
  expect(done.stderr).toBe('');
  return JSON.parse(done.stdout) as Value;
}

const sumOf = ({ items, unexplained }: SystemJson['accounting']): number =>
  items.reduce((sum, { bytes, inside }) => sum + (inside === undefined ? bytes : 0), unexplained);

describe('memlens system of this machine', () => {
  test('as JSON: valid, exact, and it opens again as it was', async () => {
    const path = join(folder, 'here.json');
    const done = await run('-f', 'json', '-o', path);
    expect(done).toMatchObject({ stdout: '', stderr: '' });
    const here = JSON.parse(readFileSync(path, 'utf8')) as SystemJson;
    expectValid(here, 'system');
    expect(sumOf(here.accounting)).toBe(here.accounting.total);
    expect(here.state.source).toBe('local');
    expect(here.state.owners.processes?.rows.some(({ pid }) => pid === process.pid)).toBe(true);
    expect(done.status).toBe(here.findings.some(({ severity }) => severity !== 'info') ? 1 : 0);
    expect((await json<SystemJson>('--from', path)).state).toEqual(here.state);
    expect(await json<DiffJson>('diff', path, path)).toMatchObject({ growth: [], owners: [] });
  });

  test('as text: the waterfall, free with the version of this machine, processes and what was not read', async () => {
    const { stdout, stderr } = await run();
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Memory of local, Linux \S+ \S+, \d{4}-/);
    expect(stdout).toMatch(/\nMemTotal +[\d,]+ +100\.0\n {2}Applications +[\d,]+ +\d+\.\d {2}AnonPages\n/);
    expect(stdout).toMatch(/\n {2}Unexplained +[+-]?[\d,]+ +-?\d+\.\d {2}MemTotal less all of the above\n/);
    expect(stdout).toMatch(/\n +PID +USER +PSS +USS +RSS +SWAP +PAGE TABLES +THREADS +PROCESS\n/);
    expect(stdout).toMatch(/\nPSS of [\d,]+ process(?:es)?: /);
    const free = existsSync('/usr/bin/free')
      ? /procps-ng (\S+)/.exec(execFileSync('free', ['-V'], { encoding: 'utf8' }))?.[1]
      : undefined;
    if (free !== undefined) expect(stdout).toContain(`(here: ${free})`);
  });

  test('diff: a file that came to tmpfs in between, as a part, a mount and a file', async () => {
    const [before, after] = ['before.json', 'after.json'].map((name) => join(folder, name)) as [string, string];
    await run('-f', 'json', '-o', before);
    writeFileSync(grown, Buffer.alloc(64 << 20, 1));
    await run('-f', 'json', '-o', after);
    const diff = await json<DiffJson>('diff', before, after);
    expectValid(diff, 'diff');
    expect(diff.rates?.duringMs).toBeGreaterThan(100);
    expect(diff.rates?.majorFaults).toBeGreaterThanOrEqual(0);
    expect(diff.owners.find(({ kind, name }) => kind === 'file' && name === grown)).toMatchObject({
      change: 64 << 20,
      news: 'new',
    });
    const near = (change: number | undefined): void => {
      expect(change).toBeGreaterThan(48 << 20);
      expect(change).toBeLessThan(80 << 20);
    };
    near(diff.owners.find(({ kind, name }) => kind === 'mount' && name === '/dev/shm')?.change);
    near(diff.growth.find(({ kind, name }) => kind === 'part' && name === 'shared')?.change);
    const changes = diff.growth.map(({ change }) => Math.abs(change));
    expect(changes).toEqual([...changes].sort((one, other) => other - one));
    const { stdout } = await run('diff', before, after);
    expect(stdout).toMatch(new RegExp(`\n +\\+64 MiB +- +64 MiB +file +${grown} \\(new\\)\n`));
  });
});

interface WatchedJson extends SystemJson {
  readonly watched: {
    readonly from: number;
    readonly to: number;
    readonly available: { readonly samples: number; readonly state: string; readonly moreMs: number };
    readonly growth: DiffJson['growth'];
    readonly owners: DiffJson['growth'];
  };
}

describe('memlens system --duration', () => {
  test('samples the machine between two readings: no verdict yet, what changed, and it opens again', async () => {
    const path = join(folder, 'watched.json');
    const grower = spawn('sh', ['-c', `sleep 1.5; head -c 50331648 /dev/zero > ${grown}-2; sleep 4`]);
    const done = await run('--duration', '3', '--interval', '0.5', '-f', 'json', '-o', path);
    grower.kill();
    rmSync(`${grown}-2`, { force: true });
    expect(done.stdout).toBe('');
    expect(done.stderr).toBe('memlens: watching for 3 s; Ctrl-C ends it with what was seen\n');
    const seen = JSON.parse(readFileSync(path, 'utf8')) as WatchedJson;
    expectValid(seen, 'system');
    expect(seen.watched.to - seen.watched.from).toBeGreaterThanOrEqual(2900);
    expect(seen.watched.available).toMatchObject({ state: 'undecided' });
    // A busy machine may be late.
    expect(seen.watched.available.samples).toBeGreaterThan(3);
    expect(seen.watched.available.moreMs).toBeGreaterThan(4 * 60_000);
    expect(seen.watched.growth.find(({ kind, name }) => kind === 'part' && name === 'shared')?.change).toBeGreaterThan(40 << 20);
    expect(seen.watched.owners.find(({ kind, name }) => kind === 'file' && name === `${grown}-2`)).toMatchObject({
      change: 48 << 20,
    });
    expect(seen.findings.map(({ rule }) => rule)).not.toContain('available-falls');
    expect((await json<SystemJson>('--from', path)).state).toEqual(seen.state);
  });

  test('Ctrl-C ends it earlier, with what was seen', async () => {
    const child = spawn(process.execPath, [cli, 'system', '--duration', '600'], { cwd: folder });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (part) => {
      stdout += String(part);
    });
    child.stderr.on('data', (part) => {
      if (stderr === '') setTimeout(() => child.kill('SIGINT'), 1500);
      stderr += String(part);
    });
    const [status] = (await once(child, 'close')) as [number];
    expect(stderr).toBe('memlens: watching for 10 min; Ctrl-C ends it with what was seen\n');
    expect(stdout).toMatch(
      /\nWatched for \d s\.\nMemAvailable was .*\nWhether it falls can’t be said yet: that needs about 5 min more\.\n/,
    );
    expect([0, 1]).toContain(status);
  });
});

describe('memlens system --from', () => {
  test('a board whose memory is in tmpfs and CMA: both rules, and exit status 1', async () => {
    const from = join(fixtures, 'public/5.4-arm64-cma');
    const board = await json<SystemJson>('--from', from);
    expectValid(board, 'system');
    expect(sumOf(board.accounting)).toBe(board.accounting.total);
    expect(board.findings.filter(({ severity }) => severity === 'warning').map(({ rule }) => rule)).toEqual([
      'cache-is-shared-memory',
      'free-is-cma',
    ]);
    const { status, stdout } = await run('--from', from);
    expect(status).toBe(1);
    expect(stdout).toContain('\n! The cache is mostly shared memory and tmpfs: 754 MiB\n');
    expect(stdout).toMatch(
      /\n {2}Next: Show tmpfs Mounts and Shared Memory; Show the Processes\n {2}The rule: docs\/system\.md#cache-is-shared-memory\n/,
    );
  });

  test.each(['6.18', '6.18-root', '6.1-uml', 'public/3.10-x86-64', 'public/3.x-i386', 'public/5.x-x86-64'])(
    '%s is exact and valid',
    async (name) => {
      const saved = await json<SystemJson>('--from', join(fixtures, name));
      expectValid(saved, 'system');
      expect(sumOf(saved.accounting)).toBe(saved.accounting.total);
    },
  );

  test('diff names the callers of vmalloc and the slab caches that stay after a module was there', async () => {
    const [clean, leaky] = ['clean', 'leaky'].map((name) => join(folder, name)) as [string, string];
    cpSync(join(fixtures, '6.1-uml'), leaky, { recursive: true });
    mkdirSync(clean);
    for (const name of ['meminfo', 'vmallocinfo', 'slabinfo']) {
      const text = readFileSync(join(leaky, name), 'utf8');
      const before = text
        .replace(/^.*leakmod.*\n/gm, '')
        .replace(/^(kernfs_node_cache +\d+ +)(\d+)(.* )(\d+) +(\d+) +0$/m, '$1$2$3100 100 0');
      writeFileSync(join(clean, name), before);
    }
    const diff = await json<DiffJson>('diff', clean, leaky);
    expectValid(diff, 'diff');
    expect(diff.growth).toContainEqual(
      expect.objectContaining({ kind: 'vmalloc', name: 'leak_vmalloc [leakmod]', change: 12_288, news: 'new' }),
    );
    expect(diff.growth.find(({ kind, name }) => kind === 'slab' && name === 'kernfs_node_cache')?.change).toBeGreaterThan(0);
  });

  test.each([
    [['--from', '/no/such/place'], /\/no\/such\/place/],
    [['--from', '/proc'], /It is the \/proc of this machine itself/],
    [['--from', join(fixtures, 'public/2.4')], /holds no memory of a machine: there is no meminfo in it\.\n +Known are: /],
    [['diff', join(fixtures, '6.18'), join(fixtures, 'README.md')], /README\.md holds no memory of a machine/],
    [['--from', 'a', '--target', 'local'], /--from reads files of this machine/],
    [['--root-command', '"sudo'], /a quote of --root-command is not closed/],
    [['somewhere'], /"somewhere" is one word too many; saved files are named with --from/],
    [['diff', 'a'], /system diff takes two states/],
    [['diff', 'a', 'b', '--from', 'c'], /--from is no option of system diff/],
    [['--target', 'command:false'], /No POSIX shell answers/],
  ])('says what can’t be done and ends with 2: %j', async (args, said) => {
    const done = await run(...args);
    expect(done.stderr).toMatch(said);
    expect(done).toMatchObject({ status: 2, stdout: '' });
  });
});
