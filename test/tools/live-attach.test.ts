// Page faults by perf, on processes of all kinds: each goes on, or ends, as it would have.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { probeProcess } from '../../src/app/live/probe-process.js';
import { parseTargetName } from '../../src/app/target-names.js';
import { CancelSource, neverCancelled } from '../../src/base/cancel.js';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { createTarget } from '../../src/node/targets.js';
import { named } from '../named.js';
import { silentLog as log } from '../silent-log.js';
import { LIVE_SOURCES, LivePrograms, lineOf, look, stateOf, tracerOf } from './live-programs.js';
import { processesWith, until } from './processes.js';
import { value } from './target-cases.js';

const has = (tool: string): boolean => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
const isRoot = process.getuid?.() === 0;
const noPerf = has('perf') ? undefined : 'perf is not installed';
const noNobody = noPerf ?? (isRoot && has('setpriv') ? undefined : 'only root may start processes of another user');

const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];
const programs = new LivePrograms();
afterAll(() => programs.clear());
let grows: string;
let steady: string;
beforeAll(() => {
  chmodSync(programs.directory, 0o755);
  grows = programs.compile('grows.c');
  steady = programs.compile('steady.c');
});

/** Share of the profile's bytes below a function. */
function shareOf({ frames, texts, tree, self, chief }: HeapProfile, name: string): number {
  const values = self[chief]!;
  let all = 0;
  let below = 0;
  for (let node = 1; node < tree.length; node++) {
    all += values[node]!;
    for (let at = node; at > 0; at = tree.parent[at]!) {
      if (texts[frames.function[tree.frame[at]!]!] !== name) continue;
      below += values[node]!;
      break;
    }
  }
  return all === 0 ? Number.NaN : below / all;
}

/** Nothing of ours is left in it or beside it. */
function isAsBefore(pid: number, state = /[RS]/): void {
  expect(stateOf(pid)).toMatch(state);
  expect(tracerOf(pid)).toBe(0);
}
/** Tools of ours, and what leads them. */
const leftBeside = (pid: number): string[] => processesWith('perf').filter((line) => line.includes(` -p ${pid} `));

describe.skipIf(noPerf !== undefined)(named('page faults', noPerf), () => {
  test('of a process that grows: the stack that makes it grow, at every moment', async () => {
    const { pid } = await programs.start(grows, ['1', '1000']);
    const { outcome, report } = value(await look(pid!, { way: 'perf-faults' }));
    const profile = outcome.profile!;
    expect(shareOf(profile, 'grow')).toBeGreaterThan(0.9);
    expect(profile.pid).toBe(pid);
    const moments = profile.timeline!.moments.filter(({ self }) => self !== undefined);
    expect(moments.length).toBeGreaterThanOrEqual(8);
    expect(moments.at(-1)!.self!.reduce((sum, one) => sum + one)).toBe(moments.at(-1)!.bytes);
    expect(outcome.ended).toBeUndefined();
    expect(report.run).toMatchObject({ engine: 'perf-faults', title: expect.stringContaining(`(${pid})`) });
    expect(report.findings.map(({ place, certainty }) => [place?.file, place?.line, certainty])).toEqual([
      [join(LIVE_SOURCES, 'grows.c'), lineOf('grows.c', 'grows here'), 'growing'],
    ]);
    isAsBefore(pid!);
    await until(() => leftBeside(pid!));
  });

  test('of a healthy process: nothing is said', async () => {
    const { pid } = await programs.start(steady, ['300']);
    const { report } = value(await look(pid!, { way: 'perf-faults', durationMs: 6000 }));
    expect(report.findings).toEqual([]);
    isAsBefore(pid!);
  });

  test('of threads', async () => {
    const { pid } = await programs.start(grows, ['8', '2000']);
    const { outcome } = value(await look(pid!, { way: 'perf-faults' }));
    expect(outcome.process.threads).toBe(8);
    expect(shareOf(outcome.profile!, 'grow')).toBeGreaterThan(0.9);
    isAsBefore(pid!);
  });

  test('of a stopped process there are none, and it stays stopped', async () => {
    const child = await programs.start(grows, ['1', '1000']);
    child.kill('SIGSTOP');
    await until(() => stateOf(child.pid!) === 'T');
    const { outcome } = value(await look(child.pid!, { way: 'perf-faults', durationMs: 1000 }));
    expect(outcome.profile).toBeUndefined();
    expect(outcome.process.state).toBe('T');
    isAsBefore(child.pid!, /T/);
    child.kill('SIGCONT');
    await until(() => /[RS]/.test(stateOf(child.pid!) ?? ''));
  });

  test.skipIf(!has('strace'))('of a process that is being traced: it stays so', async () => {
    const { pid } = await programs.start(grows, ['1', '1000']);
    const tracer = spawn('strace', ['-qq', '-e', 'trace=none', '-p', String(pid)], { stdio: 'ignore' });
    await until(() => tracerOf(pid!) === tracer.pid);
    const { outcome } = value(await look(pid!, { way: 'perf-faults', durationMs: 3000 }));
    expect(shareOf(outcome.profile!, 'grow')).toBeGreaterThan(0.9);
    expect(outcome.process.tracerPid).toBe(tracer.pid);
    expect(tracerOf(pid!)).toBe(tracer.pid);
    tracer.kill('SIGINT');
    await until(() => tracerOf(pid!) === 0);
  });

  test('of a process that exits meanwhile: what was seen until then', async () => {
    const child = await programs.start(grows, ['1', '1000']);
    const looking = look(child.pid!, {
      way: 'perf-faults',
      durationMs: 60_000,
      onNews: ({ phase }) => void (phase === 'attached' && setTimeout(() => child.kill('SIGTERM'), 3000)),
    });
    const { outcome } = value(await looking);
    expect(outcome.ended).toBe('exited');
    expect(shareOf(outcome.profile!, 'grow')).toBeGreaterThan(0.9);
    expect(child.signalCode).toBe('SIGTERM');
    await until(() => leftBeside(child.pid!));
  });

  test('of a process that becomes another program: those of that one', async () => {
    const child = await programs.start(grows, ['1', '1000', steady]);
    const stop = new CancelSource();
    const looking = look(child.pid!, {
      way: 'perf-faults',
      // So short that every page fault is looked at.
      durationMs: 25_000,
      stop,
      onNews: ({ phase }) => void (phase === 'attached' && setTimeout(() => child.kill('SIGUSR1'), 3000)),
    });
    // It says so again.
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    setTimeout(() => stop.cancel(), 2000);
    const { outcome } = value(await looking);
    expect(outcome.notes.map(({ code }) => code)).toContain('became-another');
    expect(outcome.profile!.texts).not.toContain('grow');
    expect(outcome.profile!.texts).toContain('replace');
    isAsBefore(child.pid!);
  });

  test('Stop shows what was seen until then; a cancel shows nothing', async () => {
    const { pid } = await programs.start(grows, ['1', '1000']);
    for (const isCancel of [false, true]) {
      const [stop, cancel] = [new CancelSource(), new CancelSource()];
      const looked = await look(pid!, {
        way: 'perf-faults',
        durationMs: 600_000,
        stop,
        cancel,
        onNews: ({ phase }) => void (phase === 'attached' && setTimeout(() => (isCancel ? cancel : stop).cancel(), 3000)),
      });
      if (isCancel) expect(looked).toEqual({ ok: false, error: { code: 'cancelled' } });
      else {
        expect(value(looked).outcome.ended).toBe('user');
        expect(shareOf(value(looked).outcome.profile!, 'grow')).toBeGreaterThan(0.9);
      }
      isAsBefore(pid!);
      await until(() => leftBeside(pid!));
    }
  });

  test('Stop before it has begun', async () => {
    const { pid } = await programs.start(grows, ['1', '1000']);
    const stop = new CancelSource();
    stop.cancel();
    expect(value(await look(pid!, { way: 'perf-faults', stop })).outcome.ended).toBe('user');
    isAsBefore(pid!);
  });
});

describe.skipIf(noNobody !== undefined)(named('other users', noNobody), () => {
  const nobody = createTarget({ name: 'nobody', config: value(parseTargetName(`command:${NOBODY.join(' ')} sh`)) }, { log });
  afterAll(() => nobody.dispose());

  test('root looks into the process of another user, and that user into its own', async () => {
    const { pid } = await programs.start(grows, ['1', '1000'], NOBODY);
    for (const target of [new LocalTarget(), nobody]) {
      const { outcome } = value(await look(pid!, { way: 'perf-faults', target, durationMs: 4000 }));
      expect(outcome.process.uid).toBe(65534);
      expect(shareOf(outcome.profile!, 'grow')).toBeGreaterThan(0.9);
      isAsBefore(pid!);
    }
  });

  test('the process of another one is refused', async () => {
    const { pid } = await programs.start(grows, ['1', '1000']);
    const probed = await probeProcess(nobody, pid!, neverCancelled);
    expect(probed).toEqual({ ok: false, error: { code: 'no-process', pid, why: 'foreign' } });
  });

  test('of a process in namespaces of its own, its files are seen through its root', async () => {
    const before = ['unshare', '-m', '-p', '-f', '--mount-proc', '--kill-child', '--'];
    const parent = await programs.start(grows, ['1', '1000'], before);
    const pid = Number(execFileSync('ps', ['-o', 'pid=', '--ppid', String(parent.pid)], { encoding: 'utf8' }));
    const { outcome } = value(await look(pid, { way: 'perf-faults' }));
    expect(outcome.process).toMatchObject({ isInContainer: true, ownPid: 1 });
    expect(shareOf(outcome.profile!, 'grow')).toBeGreaterThan(0.9);
    isAsBefore(pid);
  });
});

test('what is no process to look into is refused', async () => {
  const target = new LocalTarget();
  const why = async (pid: number) => {
    const probed = await probeProcess(target, pid, neverCancelled);
    return probed.ok ? undefined : 'why' in probed.error ? probed.error.why : probed.error.code;
  };
  expect(await why(process.pid)).toBe('own');
  expect(await why(4_000_000)).toBe('not-found');
  const kernel = spawnSync('ps', ['-o', 'pid=', '--ppid', '2'], { encoding: 'utf8' }).stdout.trim().split(/\s+/)[0];
  if (kernel) expect(await why(Number(kernel))).toBe('kernel');
  // Its child has ended, and it waits for no child.
  const parent = spawn('sh', ['-c', 'sleep 0 & exec sleep 60'], { stdio: 'ignore' });
  const zombie = (): number => Number(spawnSync('ps', ['-o', 'pid=', '--ppid', String(parent.pid)], { encoding: 'utf8' }).stdout);
  await until(() => zombie() > 0 && stateOf(zombie()) === 'Z');
  expect(await why(zombie())).toBe('zombie');
  parent.kill();
});
