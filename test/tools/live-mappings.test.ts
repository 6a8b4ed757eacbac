// Which stack makes mappings grow, of real processes: by strace, and by perf where the kernel's tracepoints can be mounted for it. Each process goes on, or ends,
// as it would have.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancelSource } from '../../src/base/cancel.js';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import { createTarget } from '../../src/node/targets.js';
import { named } from '../named.js';
import { silentLog } from '../silent-log.js';
import type { LookOptions } from './live-programs.js';
import { LivePrograms, lineOf, look, stateOf, tracerOf } from './live-programs.js';
import { processesWith, until } from './processes.js';
import { value } from './target-cases.js';

const has = (tool: string, word = '--version'): boolean => spawnSync(tool, [word], { stdio: 'ignore' }).error === undefined;
const isRoot = process.getuid?.() === 0;
const noStrace = has('strace', '-V') ? undefined : 'strace is not installed';
const noNobody = noStrace ?? (isRoot && has('setpriv') ? undefined : 'only root may start processes of another user');
/** Tracepoints of the kernel, mounted where only these processes see it unless they are for all. */
const TRACING = ['unshare', '-m', 'sh', '-c', 'mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; exec "$@"', 'sh'];
const noPerf = has('perf') ? undefined : 'perf is not installed';
const canTrace =
  spawnSync(TRACING[0]!, [...TRACING.slice(1), 'cat', '/sys/kernel/tracing/events/syscalls/sys_enter_mmap/id']).status === 0;

const NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];
const programs = new LivePrograms();
afterAll(() => programs.clear());
let mapper: string;
beforeAll(() => {
  chmodSync(programs.directory, 0o755);
  mapper = programs.compile('mapper.c');
});

const LOST = 'lose_mapping';
/** By strace, unless it is told otherwise. */
const options = { way: 'mappings', without: ['perf'], durationMs: 4000 } as const;
const mappings = async (pid: number, more: Partial<LookOptions> = {}) => value(await look(pid, { ...options, ...more }));

/** Bytes of the first measure below a function of the program. */
function mappedBy({ self, tree, frames, texts }: HeapProfile, name: string): number {
  let bytes = 0;
  for (const [node, size] of self[0]!.entries()) {
    for (let at = node; at > 0 && size !== 0; at = tree.parent[at]!) {
      if (texts[frames.function[tree.frame[at]!]!] !== name) continue;
      bytes += size;
      break;
    }
  }
  return bytes;
}

/** Ranges of /proc/PID/maps. */
const mapsOf = (pid: number): readonly (readonly [number, number])[] =>
  readFileSync(`/proc/${pid}/maps`, 'latin1')
    .split('\n')
    .flatMap((line) => {
      const [, start, end] = /^([\da-f]+)-([\da-f]+) /.exec(line) ?? [];
      return start === undefined || end === undefined ? [] : [[Number.parseInt(start, 16), Number.parseInt(end, 16)] as const];
    });

/** Each region of the profile lies in what is mapped. */
function regionsAreThere(profile: HeapProfile, pid: number): void {
  const maps = mapsOf(pid);
  expect(profile.regions!.length).toBeGreaterThan(0);
  for (const { start, end } of profile.regions!) {
    const inside = maps.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);
    expect(inside).toBe(end - start);
  }
}

const lostLine = (): number => lineOf('mapper.c', '// lost mapping');
/** Tools that look into this process. */
const leftBeside = (pid: number): string[] => processesWith(`-p ${pid} `).filter((line) => line.includes('memlens-live-'));

async function endsWith7(child: Awaited<ReturnType<LivePrograms['start']>>): Promise<void> {
  expect(tracerOf(child.pid!)).toBe(0);
  child.kill('SIGUSR1');
  expect(await once(child, 'exit')).toEqual([7, null]);
  await until(() => leftBeside(child.pid!));
}

describe.skipIf(noStrace !== undefined)(named('by strace', noStrace), () => {
  test('mmap without munmap: the line, its regions, and nothing of what is given back', async () => {
    const child = await programs.start(mapper, ['leak', '50']);
    const { outcome, report } = await mappings(child.pid!);
    const profile = outcome.profile!;
    expect(report.findings.map(({ place }) => [place?.function, place?.line])).toEqual([[LOST, lostLine()]]);
    expect(mappedBy(profile, 'borrow_mapping')).toBeLessThanOrEqual(1 << 20);
    regionsAreThere({ ...profile, regions: profile.regions!.filter(({ end, start }) => end - start < 1 << 20) }, child.pid!);
    expect(profile.timeline!.moments.at(-1)!.at).toBeGreaterThan(3000);
    await endsWith7(child);
  });

  test('is told while it is logged, and until it is stopped', async () => {
    const child = await programs.start(mapper, ['leak', '50']);
    const stop = new CancelSource();
    const seen: number[] = [];
    const { outcome } = await mappings(child.pid!, {
      durationMs: 90_000,
      stop,
      onProfile: (profile) => {
        seen.push(mappedBy(profile, LOST));
        if (seen.length >= 3) stop.cancel();
      },
    });
    expect(outcome.ended).toBe('user');
    const all = [...seen, mappedBy(outcome.profile!, LOST)];
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect(all.at(-1)).toBeGreaterThan(all[0]!);
    await endsWith7(child);
  });

  test('a heap that grows by brk', async () => {
    const child = await programs.start(mapper, ['heap', '20']);
    const { outcome, report } = await mappings(child.pid!);
    expect(report.findings.map(({ place }) => [place?.function, place?.line])).toEqual([
      ['lose_block', lineOf('mapper.c', '// lost block')],
    ]);
    const heap = mapsOf(child.pid!);
    expect(outcome.profile!.regions!.every(({ start }) => heap.some(([from, to]) => from <= start && start < to))).toBe(true);
    await endsWith7(child);
  });

  test('one that gives back all that it maps has no finding', async () => {
    const child = await programs.start(mapper, ['steady', '30']);
    const { outcome, report } = await mappings(child.pid!);
    expect(report.findings).toEqual([]);
    expect(outcome.profile!.regions!.length).toBeLessThanOrEqual(1);
    await endsWith7(child);
  });

  test('one of several threads, and threads that come meanwhile', async () => {
    const child = await programs.start(mapper, ['threads', '50']);
    const { report } = await mappings(child.pid!);
    expect(report.findings.map(({ place }) => [place?.function, place?.line])).toEqual([[LOST, lostLine()]]);
    await endsWith7(child);
    const young = await programs.start(mapper, ['new-threads', '50']);
    const more = await mappings(young.pid!);
    expect(mappedBy(more.outcome.profile!, LOST)).toBeGreaterThan(5 * 65536);
    expect(more.outcome.notes.map(({ code }) => code)).not.toContain('children-traced');
    await endsWith7(young);
  });

  test('children are left out, and told', async () => {
    const child = await programs.start(mapper, ['children', '100']);
    const { outcome } = await mappings(child.pid!);
    expect(mappedBy(outcome.profile!, 'fork_child')).toBe(0);
    expect(mappedBy(outcome.profile!, LOST)).toBeGreaterThan(0);
    expect(outcome.notes.map(({ code }) => code)).toContain('children-traced');
    await endsWith7(child);
  });

  test('one that ends meanwhile ends as it would have, and what was seen until then is told', async () => {
    const child = await programs.start(mapper, ['ends', '50']);
    const ended = once(child, 'exit');
    const { outcome } = await mappings(child.pid!, { durationMs: 90_000 });
    expect(await ended).toEqual([3, null]);
    expect(outcome.ended).toBe('exited');
    expect(mappedBy(outcome.profile!, LOST)).toBeGreaterThan(65536);
    await until(() => leftBeside(child.pid!));
  });

  test('one that runs another program is let go, and does', async () => {
    const child = await programs.start(mapper, ['other-program', '100']);
    const { outcome } = await mappings(child.pid!, { durationMs: 90_000 });
    expect(outcome.notes.map(({ code }) => code)).toContain('executed');
    expect(outcome.profile!.regions).toBeUndefined();
    await until(() => readFileSync(`/proc/${child.pid}/cmdline`, 'latin1').includes('leak'));
    await endsWith7(child);
  });

  test('one that is stopped stays so, and goes on when it is continued', async () => {
    const child = await programs.start(mapper, ['leak', '50']);
    child.kill('SIGSTOP');
    await until(() => stateOf(child.pid!) === 'T');
    const { outcome } = await mappings(child.pid!, { durationMs: 1500 });
    expect(outcome.profile!.regions).toEqual([]);
    expect(stateOf(child.pid!)).toBe('T');
    child.kill('SIGCONT');
    await endsWith7(child);
  });

  test('one that maps all the time: the price warns, and it goes on', async () => {
    const child = await programs.start(mapper, ['steady', '0']);
    const stop = new CancelSource();
    const seen = mappings(child.pid!, { durationMs: 30_000, slowdownLimit: 3, stop });
    const { outcome } = await seen;
    expect(outcome.ended).toBe('too-slow');
    await endsWith7(child);
  });

  test('one that is being debugged is refused in words', async () => {
    const child = await programs.start(mapper, ['leak', '50']);
    const other = spawn('strace', ['-o', '/dev/null', '-e', 'trace=none', '-p', String(child.pid)], { stdio: 'ignore' });
    await until(() => tracerOf(child.pid!) !== 0);
    const result = await look(child.pid!, { ...options, durationMs: 1000 });
    other.kill('SIGTERM');
    await once(other, 'exit');
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'engine-unfit', reason: expect.stringContaining('only one tracer') },
    });
    await endsWith7(child);
  });

  test('Stop ends it at once, and what was seen is told; a cancel ends it, too', async () => {
    const child = await programs.start(mapper, ['leak', '50']);
    const stop = new CancelSource();
    const stopped = mappings(child.pid!, {
      durationMs: 600_000,
      stop,
      onNews: ({ phase }) => {
        if (phase === 'attached') setTimeout(() => stop.cancel(), 2000);
      },
    });
    const { outcome } = await stopped;
    expect(outcome.ended).toBe('user');
    expect(mappedBy(outcome.profile!, LOST)).toBeGreaterThan(0);
    const cancel = new CancelSource();
    const cancelled = look(child.pid!, {
      ...options,
      durationMs: 600_000,
      cancel,
      onNews: ({ phase }) => {
        if (phase === 'attached') cancel.cancel();
      },
    });
    expect(await cancelled).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    await until(() => tracerOf(child.pid!) === 0);
    await endsWith7(child);
  });

  test.skipIf(noNobody !== undefined)(named('one of another user, and one in a container', noNobody), async () => {
    const foreign = await programs.start(mapper, ['leak', '50'], NOBODY);
    const { report } = await mappings(foreign.pid!);
    expect(report.findings.map(({ place }) => place?.line)).toEqual([lostLine()]);
    await endsWith7(foreign);
    const inside = await programs.start(mapper, ['new-threads', '50'], ['unshare', '--mount', '--pid', '--fork', '--kill-child']);
    const pid = Number(execFileSync('ps', ['-o', 'pid=', '--ppid', String(inside.pid)], { encoding: 'utf8' }));
    const { outcome } = await mappings(pid);
    expect(outcome.process).toMatchObject({ isInContainer: true, ownPid: 1 });
    expect(mappedBy(outcome.profile!, LOST)).toBeGreaterThan(5 * 65536);
    expect([tracerOf(pid), outcome.notes.map(({ code }) => code)]).toEqual([0, expect.not.arrayContaining(['children-traced'])]);
  });
});

function byPerf(): void {
  const target = createTarget({ name: 'tracing', config: { kind: 'command', argv: [...TRACING, 'sh'] } }, { log: silentLog });
  afterAll(() => target.dispose());

  test('mmap without munmap: the line and its regions; children are left out', async () => {
    for (const kind of ['leak', 'children']) {
      const child = await programs.start(mapper, [kind, '50']);
      const { outcome, report } = await mappings(child.pid!, { target, without: ['strace'] });
      expect(outcome.profile!.tool).toBe('perf');
      expect(report.findings.map(({ place }) => place?.function)).toEqual([LOST]);
      expect(mappedBy(outcome.profile!, 'fork_child')).toBe(0);
      regionsAreThere(
        { ...outcome.profile!, regions: outcome.profile!.regions!.filter(({ end, start }) => end - start === 65536) },
        child.pid!,
      );
      await endsWith7(child);
    }
  });
}

/** What perf prints of them is stored: test/unit/formats/heap/perf-mappings.test.ts. */
function withoutTracepoints(): void {
  test('where the kernel shows no tracepoints of system calls, strace is taken', async () => {
    const child = await programs.start(mapper, ['leak', '50']);
    const { outcome } = await mappings(child.pid!, { without: [] });
    expect(outcome.profile!.tool).toBe('strace');
    await endsWith7(child);
  });
}

describe.skipIf(noPerf !== undefined)(named('by perf', noPerf), canTrace ? byPerf : withoutTracepoints);
