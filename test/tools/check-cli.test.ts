// memlens check: one MemLens asks another one for the leaks of the run that it leads.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { processesOfSession } from '../../src/node/sessions.js';
import { lineOf, sourceOf } from './live-runs.js';
import { until } from './processes.js';
import { cli, type Done, memlens } from './program-cases.js';

const docs = (name: string): object => JSON.parse(readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8')) as object;
const ajv = new Ajv2020({ strict: false });
ajv.addSchema(docs('report-schema.json'));
const isValid = ajv.compile(docs('check-schema.json'));

interface CheckJson {
  readonly run: { readonly pid: number };
  readonly runs: readonly { readonly pid: number; readonly title: string; readonly engine: string }[];
  readonly check: { readonly number: number; readonly pids: readonly number[]; readonly scope: string };
  readonly leaks: readonly { readonly statement: string; readonly now: { readonly blocks: number } }[];
  readonly report: { readonly findings: readonly { readonly place: { readonly line: number } | null }[] };
}

/** Only runs of this test are found there. */
let place: string;
const running = new Set<ChildProcess>();
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'ml-check-'));
  chmodSync(place, 0o700);
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const env = () => ({ XDG_RUNTIME_DIR: place, TMPDIR: place });
const check = (...args: string[]): Promise<Done> => memlens(['check', ...args], { cwd: place, env: env() });
const name = 'leak-checks/mixed.c';
/** Without what is said of directories that are none of this test: runs of others, or of before, may lie beside them. */
const ofThisTest = (words: string): string =>
  words
    .split('\n')
    .filter((line) => line.includes(place) || !line.includes('is of a run whose MemLens was killed'))
    .join('\n');

async function json(...args: string[]): Promise<CheckJson> {
  const done = await check(...args, '--format', 'json');
  expect(ofThisTest(done.stderr)).toBe('');
  const document = JSON.parse(done.stdout) as CheckJson;
  expect(isValid(document), JSON.stringify(isValid.errors)).toBe(true);
  return document;
}

interface Profile {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly pid: number;
}

async function profile(engine: string): Promise<Profile> {
  const child = spawn(process.execPath, [cli, 'profile', '--engine', engine, sourceOf(name)], {
    env: { ...process.env, ...env() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await until(() => text.includes('round 3\n'), 90_000);
  const mine = (await json()).runs.find(({ title, engine: by }) => title === sourceOf(name) && by === engine);
  return { child, output: () => text, pid: mine?.pid ?? 0 };
}

const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve));

describe('memlens check', () => {
  test.each(['asan', 'memcheck'])(
    'asks a run of memlens profile by its number, its name and its program: %s',
    async (engine) => {
      const { child, output, pid } = await profile(engine);
      const list = await check();
      expect(list.status).toBe(0);
      expect(ofThisTest(list.stderr)).toBe('');
      expect(list.stdout).toContain(`${pid}  ${sourceOf(name)}  ${engine}  not checked yet`);
      const first = await json(String(pid));
      expect(first.check).toMatchObject({ number: 1, scope: 'all' });
      expect(first.report.findings.some((found) => found.place?.line === lineOf(name, 'growing'))).toBe(true);
      const [program] = first.check.pids;
      const rounds = output().length;
      await until(() => output().length > rounds + 30, 60_000);
      const text = await check(sourceOf(name));
      expect(text.status).toBe(1);
      expect(ofThisTest(text.stderr)).toBe('');
      expect(text.stdout).toMatch(/Still growing since check 1: .* a minute\./);
      expect(text.stdout).toMatch(/Check 2 of .*mixed\.c: .* lost/);
      const increased = await json(String(program), '--increased');
      expect(increased.check).toMatchObject({ number: 3, scope: 'increased' });
      expect((await check()).stdout).toMatch(/check 3: .* lost/);
      const over = ended(child);
      process.kill(program ?? Number.NaN, 'SIGUSR2');
      expect(await over).toBe(1);
      expect(output()).toContain('over\n');
      expect(await check(String(pid))).toMatchObject({ status: 2, stdout: '' });
      // Others of this user may run.
      expect((await check()).stdout).not.toContain(sourceOf(name));
    },
    240_000,
  );

  test('tells how to ask when a program goes on', async () => {
    const { child, output, pid } = await profile('asan');
    await until(() => output().includes(`memlens check ${pid}`), 60_000);
    const over = ended(child);
    child.kill('SIGINT');
    expect(await over).toBe(1);
  }, 120_000);

  test.each(['asan', 'memcheck'])(
    'a run whose MemLens is killed ends, and nothing of it is left: %s',
    async (engine) => {
      const { child, pid } = await profile(engine);
      const [leader] = await processesOfSession(pid);
      expect(leader).toBeDefined();
      const works = (): string[] => readdirSync(place).filter((entry) => entry.startsWith('memlens-'));
      // The directory of its reports, and that of its door.
      expect(works()).toHaveLength(2);
      const over = ended(child);
      child.kill('SIGKILL');
      await over;
      await until(() => processesOfSession(pid), 60_000);
      await until(() => works(), 60_000);
      const list = await check();
      expect(list.status).toBe(0);
      expect(ofThisTest(list.stderr)).toBe('');
      expect((await check(String(pid))).status).toBe(2);
    },
    240_000,
  );

  test('a run whose MemLens was killed with everything that stood beside it is told and left', async () => {
    const left = join(place, 'memlens-left');
    mkdirSync(left, { mode: 0o700 });
    const server = spawn(
      process.execPath,
      ['-e', 'require("net").createServer().listen(process.argv[1])', join(left, 'run.sock')],
      {
        stdio: 'ignore',
      },
    );
    running.add(server);
    await until(() => readdirSync(left).includes('run.sock'));
    const over = ended(server);
    server.kill('SIGKILL');
    await over;
    const list = await check();
    expect(list.status).toBe(0);
    expect(list.stderr).toContain(`${left} is of a run whose MemLens was killed`);
    rmSync(left, { recursive: true });
  });

  test('what is not a door of ours is not asked', async () => {
    const open = join(place, 'memlens-open');
    mkdirSync(open, { mode: 0o755 });
    chmodSync(open, 0o755);
    let visits = 0;
    const server = createServer((socket) => {
      visits++;
      socket.resume();
      socket.end('{"version":99}\n');
    });
    await new Promise<void>((resolve) => server.listen(join(open, 'run.sock'), resolve));
    await check();
    expect(visits).toBe(0);
    chmodSync(open, 0o700);
    // Of another version, or no MemLens at all: it has no run that could be listed.
    expect((await check()).stdout).not.toContain('undefined');
    expect(visits).toBe(1);
    await new Promise((resolve) => server.close(resolve));
    rmSync(open, { recursive: true, force: true });
  });

  test('says what to write instead', async () => {
    expect(await check('nothing')).toMatchObject({ status: 2, stderr: expect.stringContaining('no run "nothing"') as string });
    expect(await check('--full')).toMatchObject({ status: 2, stderr: expect.stringContaining('check what?') as string });
    expect(await check('a', '--full', '--increased')).toMatchObject({ status: 2 });
    expect(await check('a', 'b')).toMatchObject({ status: 2, stderr: expect.stringContaining('one word too many') as string });
    expect(await check('a', '--engine', 'asan')).toMatchObject({ status: 2 });
    expect(await check('a', '--target', 'nonsense')).toMatchObject({ status: 2 });
  });
});
