// Calls in processes that are busy with all that a call could meet: each goes on, and does its work right, and nothing of ours is left in it.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALL_SCRIPTS, gdbWords } from '../../src/engines/live/gdb.js';
import { named } from '../named.js';
import { until } from './processes.js';

const MEDIA = join(import.meta.dirname, '../../media');
const SOURCE = join(import.meta.dirname, '../programs/calls/busy.c');
const INJECT = '/usr/lib/heaptrack/libheaptrack_inject.so';
const INTERPRET = '/usr/lib/heaptrack/libexec/heaptrack_interpret';

const has = (tool: string): boolean => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
const noGdb = has('gdb') ? undefined : 'gdb is not installed';
const noHeaptrack = noGdb ?? (existsSync(INJECT) ? undefined : 'heaptrack is not installed');

/** A call can't be made while it is always in the loader or in stdio: not being harmed is all that is asked then. */
const NEVER_AT_REST = ['dlopen', 'stdio'];
const MODES = [
  'malloc',
  'malloc-threads',
  ...NEVER_AT_REST,
  'server',
  'sleep',
  'fork',
  'signals',
  'timer',
  'read',
  'cancel',
] as const;
const TIMES = 10;
const timesOf = (job: string): number => (job === 'heaptrack' ? 13 : TIMES);

/** The same job many times, each time attached anew, by one gdb. */
const MANY = `
def many(do):
    def run(process, job):
        for number in range(job["times"]):
            try:
                do(process, job)
                tell(told="news", attempt="done")
            except Refused as refused:
                if refused.code != "busy":
                    raise
                tell(told="news", attempt="busy")
        return {}
    return run
main({"malloc-info": many(malloc_info), "leak-check": many(leak_check), "heaptrack": many(heaptrack)})
`;

let directory: string;
const children = new Set<ChildProcess>();
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'memlens-live-gdb-'));
  const scripts = CALL_SCRIPTS.filter((name) => name !== 'inject-run.py').map((name) => readFileSync(join(MEDIA, name), 'utf8'));
  writeFileSync(join(directory, 'many.py'), [...scripts, MANY].join('\n'));
  const gcc = (...words: string[]): void => void execFileSync('gcc', words, { cwd: directory, stdio: 'pipe' });
  gcc('-g', '-O1', '-pthread', SOURCE, '-o', 'busy', '-ldl');
  gcc('-g', '-O1', '-pthread', '-fsanitize=leak', SOURCE, '-o', 'busy-leak', '-ldl');
  gcc(
    '-O2',
    '-shared',
    '-fPIC',
    '-fvisibility=hidden',
    '-s',
    join(MEDIA, 'inject-leaks.c'),
    '-o',
    'leaks.so',
    '-pthread',
    '-ldl',
  );
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

interface Busy {
  readonly pid: number;
  /** How much it has done. */
  done(): bigint;
  /** Lets it end: its exit code, and what it said. */
  stop(): Promise<string>;
}

async function start(mode: string, program: string, id: string): Promise<Busy> {
  const file = join(directory, `${id}-${mode}`);
  const child = spawn(join(directory, program), [mode, file], { env: { ...process.env, BUSY_IS_STOPPED: '1' }, stdio: 'pipe' });
  children.add(child);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<string>((resolve) => child.once('close', (code, signal) => resolve(`${code ?? signal} ${said}`)));
  const done = (): bigint => readFileSync(file).readBigUInt64LE(0);
  await until(() => existsSync(file) && readFileSync(file).length === 16 && done() > 0n, PATIENCE_MS);
  return {
    pid: child.pid!,
    done,
    stop: async () => {
      const bytes = Buffer.from(readFileSync(file));
      bytes.writeBigUInt64LE(1n, 8);
      // In place, as it is mapped.
      execFileSync('dd', [`of=${file}`, 'bs=8', 'seek=1', 'count=1', 'conv=notrunc', 'status=none'], {
        input: bytes.subarray(8),
      });
      return ended;
    },
  };
}

interface News {
  readonly told: string;
  readonly attempt?: string;
  readonly why?: string;
  readonly words?: string;
}

async function callMany(pid: number, job: string, more: object): Promise<readonly News[]> {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const words = {
    ...more,
    job,
    pid,
    startTicks: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]),
    limits: { tries: 12, seconds: 2, callSeconds: 20 },
  };
  const [gdb = '', ...rest] = gdbWords('gdb', join(directory, 'many.py'));
  const child = spawn(gdb, rest, {
    env: { ...process.env, LC_ALL: 'C', MEMLENS_JOB: JSON.stringify(words) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.resume();
  await new Promise((resolve) => child.once('close', resolve));
  return said
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as News);
}

const filesOf = (pid: number): readonly string[] =>
  readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .map((line) => line.split(/\s+/).slice(5).join(' '))
    .filter((path) => path.startsWith('/'));

/** Threads that come and go, or files that are open for a moment, are counted when nothing else is going on. */
const hasOwnThreads = (mode: string): boolean => mode === 'cancel';

async function survives(
  mode: string,
  job: string,
  program: string,
  more: object,
  stays: (path: string) => boolean,
): Promise<void> {
  const busy = await start(mode, program, job);
  const { pid } = busy;
  const tasks = readdirSync(`/proc/${pid}/task`).length;
  const files = readdirSync(`/proc/${pid}/fd`).length;
  const before = new Set(filesOf(pid));
  const times = timesOf(job);
  const news = await callMany(pid, job, { ...more, times, output: join(directory, `${mode}.txt`) });
  expect(news.at(-1), JSON.stringify(news.slice(-3))).toMatchObject({ told: 'done' });
  const attempts = news.filter(({ attempt }) => attempt !== undefined);
  expect(attempts).toHaveLength(times);
  // A library is loaded only while no thread is in malloc, where these are nearly all of the time: ten times may not be enough.
  const mayRefuse = NEVER_AT_REST.includes(mode) || (mode.startsWith('malloc') && job !== 'malloc-info');
  if (!mayRefuse) expect(attempts.some(({ attempt }) => attempt === 'done')).toBe(true);
  const was = busy.done();
  await until(() => busy.done() > was, PATIENCE_MS);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  expect(status).toMatch(/^TracerPid:\t0$/m);
  expect(status).not.toMatch(/^State:\tT/m);
  if (!NEVER_AT_REST.includes(mode)) expect(filesOf(pid).filter((path) => !before.has(path) && !stays(path))).toEqual([]);
  if (!hasOwnThreads(mode)) await until(() => readdirSync(`/proc/${pid}/task`).length === tasks, PATIENCE_MS);
  const pipe = job === 'heaptrack' ? 2 : 0;
  if (mode !== 'fork' && mode !== 'dlopen') expect(readdirSync(`/proc/${pid}/fd`).length).toBeLessThanOrEqual(files + pipe);
  expect(await busy.stop()).toMatch(/^0 ok\n/);
}

const PATIENCE_MS = 30_000;
/** gdb 13 does not always come back from attaching to a process whose threads end all the time; a watchdog ends it, which is no attempt then. */
const LASTING = MODES.filter((mode) => mode !== 'cancel');
const LIMIT_MS = 150_000;
const nothing = (): boolean => false;

describe.skipIf(noGdb !== undefined)(named('calls in busy processes', noGdb), () => {
  test.concurrent.each(MODES)(
    `malloc_info, ${TIMES} times: %s`,
    (mode) => survives(mode, 'malloc-info', 'busy', {}, nothing),
    LIMIT_MS,
  );

  test.concurrent.each(LASTING)(
    `leak checks, ${TIMES} times: %s`,
    (mode) =>
      survives(mode, 'leak-check', 'busy-leak', { library: join(directory, 'leaks.so'), logPath: '', seconds: 0 }, nothing),
    LIMIT_MS,
  );
});

describe.skipIf(noHeaptrack !== undefined)(named('heaptrack in busy processes', noHeaptrack), () => {
  // With heaptrack in it, a program that does nothing but allocate is hardly ever at rest: stopping it takes minutes.
  test.concurrent.each(LASTING.filter((mode) => !mode.startsWith('malloc')))(
    'attached and taken out again: %s',
    (mode) =>
      survives(mode, 'heaptrack', 'busy', { library: INJECT, interpreter: INTERPRET, seconds: 0.1 }, (path) =>
        /lib(heaptrack_inject|unwind|stdc\+\+|gcc_s|lzma|m)[.-]/.test(path),
      ),
    2 * LIMIT_MS,
  );
});
