import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exitOf, runProgram } from '../../src/app/run-program.js';
import { CancelSource } from '../../src/base/cancel.js';
import { InheritedStage } from '../../src/node/inherited-stage.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { processesOfSession } from '../../src/node/sessions.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'memlens-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function run(
  script: string,
  more: { timeLimitMs?: number; stop?: CancelSource; cancel?: CancelSource; args?: string[]; debuginfod?: 'allowed' } = {},
) {
  return runProgram({
    target: new LocalTarget(),
    stage: new InheritedStage('stderr'),
    clock: nodeClock,
    plan: {
      argv: ['/bin/sh', '-c', script, 'sh', dir, ...(more.args ?? [])],
      env: { ANSWER: 'a "quoted" $value' },
      reportPrefix: 'r',
      onDemand: false,
      reportsOnTerm: false,
    },
    cwd: dir,
    env: {},
    title: 'test',
    reportDir: dir,
    debuginfod: more.debuginfod ?? 'off',
    timeLimitMs: more.timeLimitMs ?? 0,
    stop: more.stop ?? new CancelSource(),
    cancel: more.cancel ?? new CancelSource(),
  });
}

const pidIn = (file: string): number => Number(readFileSync(join(dir, file), 'utf8'));
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a program on its stage', () => {
  test('its own exit code, arguments, environment and working directory', async () => {
    const done = await run('printf %s "$2|$ANSWER|$PWD" >out; exit 7', { args: ["it's $HOME\n-x"] });
    expect(done).toMatchObject({ ok: true, value: { exit: { exitCode: 7 }, leftBehind: 0 } });
    expect(readFileSync(join(dir, 'out'), 'utf8')).toBe(`it's $HOME\n-x|a "quoted" $value|${dir}`);
  });

  test('servers of debug information are not named to it unless they may be asked, and nothing else is changed', async () => {
    const seen = async (more: { debuginfod?: 'allowed' } = {}): Promise<string[]> => {
      await run('env -u _ cat /proc/self/environ >"$1/env"', more);
      return readFileSync(join(dir, 'env'), 'utf8')
        .split('\0')
        .filter((entry) => entry !== '')
        .sort();
    };
    const own = process.env['DEBUGINFOD_URLS'];
    try {
      delete process.env['DEBUGINFOD_URLS'];
      const without = await seen();
      expect(without.join()).not.toContain('DEBUGINFOD_URLS');
      process.env['DEBUGINFOD_URLS'] = 'http://127.0.0.1:9/';
      expect(await seen()).toEqual([...without, 'DEBUGINFOD_URLS='].sort());
      expect(await seen({ debuginfod: 'allowed' })).toEqual([...without, 'DEBUGINFOD_URLS=http://127.0.0.1:9/'].sort());
    } finally {
      if (own === undefined) delete process.env['DEBUGINFOD_URLS'];
      else process.env['DEBUGINFOD_URLS'] = own;
    }
  });

  test('a signal that ends it is named', async () => {
    expect(await run('kill -SEGV $$')).toMatchObject({ value: { exit: { exitCode: null, signal: 'SIGSEGV' } } });
    expect(exitOf(137)).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(exitOf(127)).toEqual({ exitCode: 127 });
  });

  test('a process whose main thread has ended before the others is ended, too', async () => {
    const program = join(dir, 'headless');
    writeFileSync(
      `${program}.c`,
      '#include <pthread.h>\n#include <unistd.h>\nstatic void *wait_for(void *p) { for (;;) pause(); return p; }\n' +
        'int main(void) { pthread_t t; pthread_create(&t, 0, wait_for, 0); pthread_exit(0); }\n',
    );
    execFileSync('gcc', [`${program}.c`, '-o', program, '-pthread']);
    const done = await run('./headless & echo $! >child; wait', { timeLimitMs: 400 });
    expect(done).toMatchObject({ ok: true, value: { stopped: 'time-limit' } });
    // A zombie without further threads is only an entry that nobody has waited for.
    const threads = `/proc/${pidIn('child')}/task`;
    expect(existsSync(threads) ? readdirSync(threads).length : 0).toBeLessThan(2);
  });

  test('the time limit ends it with everything that it started, a process group of its own included', async () => {
    const script = 'setsid -f true 2>/dev/null; set -m; sleep 1000 & echo $! >child; trap "" TERM; while :; do sleep 0.05; done';
    const done = await run(script, { timeLimitMs: 400 });
    expect(done).toMatchObject({ ok: true, value: { stopped: 'time-limit' } });
    expect(isAlive(pidIn('child'))).toBe(false);
  });

  test('Stop lets it end by SIGTERM', async () => {
    const stop = new CancelSource();
    const running = run('trap "echo bye >said; exit 3" TERM; echo $$ >ready; while :; do sleep 0.05; done', { stop });
    while (!readdirSync(dir).includes('ready')) await new Promise((resolve) => setTimeout(resolve, 10));
    stop.cancel();
    expect(await running).toMatchObject({ value: { stopped: 'user', exit: { exitCode: 3 } } });
    expect(readFileSync(join(dir, 'said'), 'utf8')).toBe('bye\n');
  });

  test('cancel ends it at once', async () => {
    const cancel = new CancelSource();
    const running = run('trap "" TERM; echo $$ >ready; while :; do sleep 0.05; done', { cancel });
    while (!readdirSync(dir).includes('ready')) await new Promise((resolve) => setTimeout(resolve, 10));
    cancel.cancel();
    expect(await running).toEqual({ ok: false, error: { code: 'cancelled' } });
    expect(isAlive(pidIn('ready'))).toBe(false);
  });

  test('a child that outlives it is waited for; one that stays is ended and counted', async () => {
    const patient = await run('(sleep 0.5; echo late >late) >/dev/null 2>&1 & exit 0');
    expect(patient).toMatchObject({ value: { exit: { exitCode: 0 }, leftBehind: 0 } });
    expect(readFileSync(join(dir, 'late'), 'utf8')).toBe('late\n');
    const stays = await run('(trap "" TERM; exec sleep 1000) & echo $! >stays; exit 0');
    expect(stays).toMatchObject({ value: { leftBehind: 1 } });
    expect(isAlive(pidIn('stays'))).toBe(false);
  });

  test('a program that is not there, and one that is no program, say so', async () => {
    const target = new LocalTarget();
    expect(await target.capture({ argv: ['/no/such/thing'] })).toMatchObject({ error: { code: 'not-found' } });
    expect(await target.capture({ argv: ['/etc/passwd'] })).toMatchObject({
      error: { code: 'not-executable', reason: 'permission' },
    });
    expect(await target.capture({ argv: ['/bin/true'], cwd: '/no/such' })).toMatchObject({ error: { code: 'not-found' } });
    expect(await target.capture({ argv: ['/bin/echo', 'a\0b'] })).toMatchObject({ ok: false });
  });

  test('capture ends a whole group when its time is over, and keeps the newest output', async () => {
    const target = new LocalTarget();
    const late = await target.capture(
      { argv: ['/bin/sh', '-c', `sleep 1000 & echo $! >"$1"; wait`, 'sh', join(dir, 'inner')] },
      { timeLimitMs: 300 },
    );
    expect(late).toMatchObject({ error: { code: 'time-out' } });
    expect(isAlive(pidIn('inner'))).toBe(false);
    const flood = await target.capture({ argv: ['/bin/sh', '-c', 'yes | head -c 3000000; echo end'] }, { maxBytes: 1000 });
    expect(flood).toMatchObject({ ok: true });
    if (flood.ok) {
      expect(flood.value.stdout.endsWith('end\n')).toBe(true);
      expect(flood.value.stdout.length).toBeLessThan(200_000);
    }
  });

  test('the processes of a session', async () => {
    expect(await processesOfSession(process.pid + 1_000_000)).toEqual([]);
  });
});
