import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Watch } from '../../src/app/monitor.js';
import { TrendMonitor } from '../../src/app/trend-monitor.js';
import { ok } from '../../src/base/result.js';
import { createSeriesTable } from '../../src/insight/series-table.js';
import { LocalReader } from '../../src/node/local-reader.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { silentLog as silent } from '../silent-log.js';
import { hasTool, pause, Subjects } from './monitor-programs.js';

const KIB = 1024;

let subjects: Subjects;
let monitor: TrendMonitor;
beforeAll(() => {
  subjects = new Subjects();
});
afterAll(() => subjects.dispose());
afterEach(() => {
  monitor.dispose();
  subjects.endAll();
});

function monitorAt(intervalMs: number, budget = 0.01, open = () => new LocalReader()): TrendMonitor {
  return new TrendMonitor({
    target: { name: 'local', config: { kind: 'local' } },
    source: { openReader: () => Promise.resolve(ok(open())) },
    clock: nodeClock,
    epochMs: Date.now,
    log: silent,
    settings: { intervalMs, budget },
    createSeries: createSeriesTable,
  });
}
beforeEach(() => {
  monitor = monitorAt(200);
});

async function watch(pid: number): Promise<Watch> {
  const found = await monitor.watch(pid);
  if (!found.ok) throw new Error(JSON.stringify(found.error));
  return found.value;
}

const proc = (pid: number, name: string): string => readFileSync(`/proc/${pid}/${name}`, 'latin1');
const kib = (text: string, field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * KIB;

describe('figures of a process that stands still', () => {
  test('are those of the kernel’s own files, and of the tools that read them', async () => {
    const pid = subjects.start(['hold', '20']);
    await pause(300);
    process.kill(pid, 'SIGSTOP');
    const watched = await watch(pid);
    const look = monitor.look('processes');
    await pause(3000);
    const rollup = proc(pid, 'smaps_rollup');
    const status = proc(pid, 'status');
    const maps = proc(pid, 'maps');
    const [, start = '', end = ''] = /^([0-9a-f]+)-([0-9a-f]+) .*\[heap\]$/m.exec(maps) ?? [];
    const newest = (id: string): number | undefined => watched.series.latest(id)?.value;
    expect({
      rss: newest('rss'),
      uss: newest('uss'),
      anonymous: newest('anonymous'),
      swap: newest('swap'),
      vsz: newest('vsz'),
      threads: newest('threads'),
      vmas: newest('vmas'),
      heap: newest('heap'),
      heapEnd: newest('heapEnd'),
      fds: newest('fds'),
      oomScore: newest('oomScore'),
    }).toEqual({
      rss: kib(rollup, 'Rss'),
      uss: kib(rollup, 'Private_Clean') + kib(rollup, 'Private_Dirty'),
      anonymous: kib(rollup, 'Anonymous'),
      swap: kib(rollup, 'Swap'),
      vsz: kib(status, 'VmSize'),
      threads: 1,
      vmas: maps.trimEnd().split('\n').length,
      heap: Number.parseInt(end, 16) - Number.parseInt(start, 16),
      heapEnd: Number.parseInt(end, 16),
      fds: readdirSync(`/proc/${pid}/fd`).length,
      oomScore: Number(proc(pid, 'oom_score')),
    });

    // Pages of libraries are divided among all processes that are there at the moment.
    expect(Math.abs((newest('pss') ?? 0) - kib(rollup, 'Pss'))).toBeLessThan(128 * KIB);

    const row = monitor.processes.get(watched.id);
    const stat = proc(pid, 'stat').split(' ');
    const statm = proc(pid, 'statm').split(' ').map(Number);
    expect(row).toMatchObject({
      rss: (statm[1] ?? 0) * 4096,
      vsz: Number(stat[22]),
      code: (statm[3] ?? 0) * 4096,
      data: (statm[5] ?? 0) * 4096,
      shared: (statm[2] ?? 0) * 4096,
      uss: newest('uss'),
      pss: newest('pss'),
      minorFaultsPerSecond: 0,
      majorFaultsPerSecond: 0,
      commandLine: `${subjects.program} hold 20`,
    });

    if (hasTool('smem')) {
      const text = execFileSync('smem', ['-H', '-c', 'pid uss pss rss', '-P', 'subject hold'], { encoding: 'utf8' });
      const [, uss, pss, rss] = new RegExp(`^\\s*${pid}\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)`, 'm').exec(text) ?? [];
      expect(Number(uss) * KIB).toBe(newest('uss'));
      expect(Number(rss) * KIB).toBe(newest('rss'));
      expect(Math.abs((newest('pss') ?? 0) - Number(pss) * KIB)).toBeLessThan(128 * KIB);
    }
    if (hasTool('pidstat')) {
      const text = execFileSync('pidstat', ['-r', '-p', String(pid)], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
      const [, vsz, rss] = /(\d+)\s+(\d+)\s+[\d.]+\s+subject\s*$/m.exec(text) ?? [];
      // Its RSS is the counter of stat, which lags by some pages for each CPU.
      expect(Number(vsz) * KIB).toBe(row?.vsz);
      expect(Math.abs(Number(rss) * KIB - (row?.rss ?? 0))).toBeLessThan(1024 * KIB);
    }
    if (hasTool('ps')) {
      const text = execFileSync('ps', ['-o', 'rss=,vsz=,nlwp=,user=', '-p', String(pid)], { encoding: 'utf8' });
      const [rss, vsz, threads, user] = text.trim().split(/\s+/);
      expect([Number(vsz) * KIB, Number(threads), user]).toEqual([row?.vsz, row?.threads, row?.user]);
      expect(Math.abs(Number(rss) * KIB - (row?.rss ?? 0))).toBeLessThan(1024 * KIB);
    }
    if (hasTool('top')) {
      const text = execFileSync('top', ['-b', '-n', '1', '-p', String(pid), '-E', 'k', '-e', 'k'], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C', HOME: subjects.folder },
      });
      const fields = text.trimEnd().split('\n').at(-1)?.trim().split(/\s+/) ?? [];
      expect([fields[4], fields[5], fields[6]].map((value) => Number(value) * KIB)).toEqual([row?.vsz, row?.rss, row?.shared]);
      expect(Number(fields[9])).toBeCloseTo(row?.memPercent ?? -1, 0);
    }
    look.dispose();
    watched.dispose();
  });

  test('of the machine are those of /proc/meminfo and of free', async () => {
    monitor.look('machine');
    await pause(700);
    const total = kib(readFileSync('/proc/meminfo', 'latin1'), 'MemTotal');
    expect(monitor.system.latest('meminfo.MemTotal')?.value).toBe(total);
    const parts = monitor.system.ids.filter((id) => id.startsWith('part.'));
    expect(parts.reduce((sum, id) => sum + (monitor.system.latest(id)?.value ?? 0), 0)).toBe(total);
    expect(monitor.facts).toMatchObject({
      bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(),
      kernelRelease: readFileSync('/proc/sys/kernel/osrelease', 'latin1').trim(),
      pageSize: 4096,
      uid: process.getuid?.(),
    });
    if (!hasTool('free')) return;
    const text = execFileSync('free', ['-b'], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
    const [, freeTotal, , , , , available] = /^Mem:\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)/m.exec(text) ?? [];
    expect(Number(freeTotal)).toBe(total);
    // Other processes go on meanwhile.
    const ours = monitor.system.latest('meminfo.MemAvailable')?.value ?? 0;
    expect(Math.abs(Number(available) - ours)).toBeLessThan(total / 20);
  });
});

describe('a process that lives', () => {
  test('a leak is followed, byte for byte', async () => {
    const pid = subjects.start(['leak', '32', '50']);
    const watched = await watch(pid);
    await pause(5000);
    process.kill(pid, 'SIGSTOP');
    await pause(500);
    const uss = watched.series.points('uss');
    const growth = (uss.value.at(-1) ?? 0) - (uss.value[0] ?? 0);
    const seconds = ((uss.at.at(-1) ?? 0) - (uss.at[0] ?? 0)) / 1000;
    // 640 KiB a second, less what a loaded machine lets it sleep longer.
    expect(growth / seconds).toBeLessThan(680 * KIB);
    expect(growth / seconds).toBeGreaterThan(150 * KIB);
    const rollup = proc(pid, 'smaps_rollup');
    expect(watched.series.latest('uss')?.value).toBe(kib(rollup, 'Private_Clean') + kib(rollup, 'Private_Dirty'));
    expect(Math.max(...watched.series.points('minorFaults').value)).toBeGreaterThan(30);
    expect(watched.verdict.state).toBe('undecided');
  });

  test('fork, exec, and the exits of both are events', async () => {
    const pid = subjects.start(['again']);
    const watched = await watch(pid);
    for (let i = 0; i < 100 && watched.endedAt === undefined; i++) await pause(100);
    expect(watched.endedAt).toBeDefined();
    const events = monitor.events.map(({ kind, process, detail }) => [kind, process === watched.id, detail]);
    expect(events[0]).toEqual(['process-fork', true, expect.stringMatching(/^\d+ subject$/)]);
    expect(events).toContainEqual(['process-exec', true, 'sleep']);
    expect(events.filter(([kind]) => kind === 'process-exec')).toHaveLength(1);
    expect(events).toContainEqual(['process-exit', false, 'subject']);
    expect(events.at(-1)).toEqual(['process-exit', true, 'sleep']);
    expect(watched.commandLine).toBe('sleep 3');
  });

  test('a process that is killed in the midst of being read', async () => {
    monitor = monitorAt(100);
    for (let round = 0; round < 5; round++) {
      const pid = subjects.start(['large', '5000']);
      const watched = await watch(pid);
      await pause(150 + round * 17);
      process.kill(pid, 'SIGKILL');
      await pause(600);
      expect(watched.endedAt).toBeDefined();
      watched.dispose();
    }
    expect(monitor.state.kind).toBe('live');
  });

  test('a large one is read within its budget', async () => {
    monitor = monitorAt(100, 0.005);
    const pid = subjects.start(['large', '30000']);
    await pause(1000);
    const watched = await watch(pid);
    await pause(8000);
    // Each reading takes some milliseconds: at most 0.5 % of 8 s, and the reading that overdraws.
    const rollups = watched.series.points('uss').at.length;
    const every = watched.rollup.everyMs;
    expect(every).toBeGreaterThan(500);
    expect(rollups).toBeGreaterThanOrEqual(1);
    expect(rollups).toBeLessThan(8000 / 500);
    expect(watched.series.points('vsz').at.length).toBeGreaterThan(50);
  });

  test('ticks keep their phase at 10 Hz', async () => {
    subjects.start(['leak', '4', '10']);
    const reads: number[] = [];
    class TimedReader extends LocalReader {
      override read(...args: Parameters<LocalReader['read']>): ReturnType<LocalReader['read']> {
        reads.push(performance.now());
        return super.read(...args);
      }
    }
    monitor = monitorAt(100, 0.01, () => new TimedReader());
    monitor.look('processes');
    await pause(20_000);
    const [start = 0, , ...ticks] = reads;
    // Some may be late or left out on a loaded machine, but the earliest ones show where the phase is.
    expect(ticks.length).toBeGreaterThan(150);
    expect(ticks.length).toBeLessThanOrEqual(201);
    const lateness = ticks.map((at) => ((at - start + 5) % 100) - 5);
    const early = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 2] ?? Number.NaN;
    expect(early(lateness.slice(0, 60))).toBeLessThan(20);
    expect(early(lateness.slice(-60))).toBeLessThan(20);
  });
});
