import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MonitorSettings, MonitorState, Watch } from '../../../src/app/monitor.js';
import { TrendMonitor } from '../../../src/app/trend-monitor.js';
import type { Fault } from '../../../src/base/fault.js';
import { createSeriesTable } from '../../../src/insight/series-table.js';
import type { ProcessRow } from '../../../src/model/process.js';
import { silentLog as silent } from '../../silent-log.js';
import { FakeClock, settled } from './fake-clock.js';
import { FakeMachine, FakeSource, rollupText, statusText } from './fake-reader.js';

const EPOCH = 1_700_000_000_000;
const unreachable: Fault = { code: 'target-unreachable', target: 'board', detail: 'no route to host' };

let clock: FakeClock;
let machine: FakeMachine;
let source: FakeSource;
let monitor: TrendMonitor;
let epoch: number;

function create(settings: Partial<MonitorSettings> = {}): TrendMonitor {
  return new TrendMonitor({
    target: { name: 'board', config: { kind: 'local' } },
    source,
    clock,
    epochMs: () => epoch,
    log: silent,
    settings: { intervalMs: 1000, budget: 0.01, ...settings },
    createSeries: createSeriesTable,
  });
}

beforeEach(() => {
  clock = new FakeClock();
  machine = new FakeMachine(clock);
  source = new FakeSource(machine);
  epoch = EPOCH;
  monitor = create();
});
afterEach(() => monitor.dispose());

async function watch(pid: number): Promise<Watch> {
  const result = monitor.watch(pid);
  await clock.advance(1000);
  const found = await result;
  if (!found.ok) throw new Error(JSON.stringify(found.error));
  return found.value;
}

const row = (pid: number): ProcessRow => {
  const found = [...monitor.processes.values()].find((candidate) => candidate.pid === pid);
  if (found === undefined) throw new Error(`no row of ${pid}`);
  return found;
};
const kinds = (): string[] => monitor.events.map(({ kind }) => kind);

describe('sampling of a machine', () => {
  test('goes on while somebody looks, and nothing runs before and after', async () => {
    await clock.advance(5000);
    expect(machine.opened).toBe(0);
    expect(monitor.state).toEqual({ kind: 'idle' });
    const look = monitor.look('machine');
    const samples: number[] = [];
    monitor.onDidSample(({ at }) => samples.push(at));
    await clock.advance(3000);
    expect(samples).toEqual([EPOCH, EPOCH + 1000, EPOCH + 2000, EPOCH + 3000]);
    expect(monitor.facts).toEqual({
      bootId: 'boot-1',
      hostname: 'board',
      kernelRelease: '6.1.0',
      pageSize: 4096,
      ticksPerSecond: 100,
      uid: 0,
    });
    expect(monitor.latest?.perCpuFree).toBe(25 * 4096);
    expect(monitor.system.latest('meminfo.MemFree')?.value).toBe(400_000 * 1024);
    look.dispose();
    look.dispose();
    const ticks = machine.requests.length;
    await clock.advance(10_000);
    expect(machine.requests).toHaveLength(ticks);
    expect(machine.readers.size).toBe(0);
    expect(monitor.state).toEqual({ kind: 'idle' });
    // In the same series, with a gap.
    monitor.look('machine');
    await clock.advance(1000);
    expect(machine.opened).toBe(2);
    expect(monitor.system.span?.from).toBe(EPOCH);
    expect(monitor.system.valueAt('meminfo.MemFree', EPOCH + 8000)).toBeUndefined();
    expect(kinds()).toEqual([]);
  });

  test('uptime is read first, and processes are not read when nobody looks at them', async () => {
    machine.add(10);
    monitor.look('machine');
    await clock.advance(2000);
    for (const request of machine.requests.slice(1)) {
      expect(request.files[0]).toBe('/proc/uptime');
      expect(request).toMatchObject({ everyStat: false, processes: [], maps: [], fds: [] });
    }
    expect(monitor.processes.size).toBe(0);
  });

  test('what a kernel does not have is absent, and asked for again only rarely', async () => {
    machine.files.delete('/proc/pressure/memory');
    machine.files.delete('/proc/zoneinfo');
    monitor.look('machine');
    await clock.advance(30_000);
    expect(monitor.latest).not.toHaveProperty('pressure');
    expect(monitor.latest).not.toHaveProperty('perCpuFree');
    const asked = (): number => machine.requests.filter(({ files }) => files.includes('/proc/pressure/memory')).length;
    expect(asked()).toBe(1);
    await clock.advance(95_000);
    expect(asked()).toBe(3);
  });

  test('a calendar that is set, here, moves nothing; a suspended machine leaves a gap', async () => {
    monitor.look('machine');
    await clock.advance(1000);
    epoch -= 3_600_000;
    await clock.advance(1000);
    expect(monitor.latest?.at).toBe(EPOCH + 2000);
    clock.stall(60_000);
    await clock.advance(2000);
    expect(monitor.latest?.at).toBe(EPOCH + 64_000);
    expect(kinds()).toEqual(['gap-begin', 'gap-end']);
    expect(monitor.system.valueAt('meminfo.MemFree', EPOCH + 30_000)).toBeUndefined();
  });

  test('kills for lack of memory are events with their count', async () => {
    monitor.look('machine');
    await clock.advance(1000);
    machine.files.set('/proc/vmstat', 'pgfault 100\npgmajfault 1\noom_kill 2\n');
    await clock.advance(1000);
    expect(monitor.events).toEqual([{ at: EPOCH + 2000, kind: 'oom-kill', detail: '2' }]);
  });

  test('marks stand at the moment of the machine', async () => {
    monitor.look('machine');
    await clock.advance(1400);
    monitor.mark({ kind: 'breakpoint', detail: 'main.c:5' });
    expect(monitor.events).toEqual([{ at: EPOCH + 1400, kind: 'breakpoint', detail: 'main.c:5' }]);
  });
});

describe('the connection', () => {
  let states: MonitorState[];
  beforeEach(() => {
    states = [];
    monitor.onDidChangeState((state) => states.push(state));
  });

  test('is tried again with growing pauses, without end, and says why', async () => {
    machine.openFaults.push(...Array.from({ length: 9 }, () => unreachable));
    const begun = clock.now();
    monitor.look('machine');
    await clock.advance(400_000);
    const pauses = states.flatMap((state) => (state.kind === 'lost' ? [state.retryAt - begun] : []));
    const steps = pauses.map((at, i) => at - (pauses[i - 1] ?? 0));
    expect(steps).toEqual([1000, 2000, 5000, 10_000, 30_000, 60_000, 60_000, 60_000, 60_000]);
    expect(states[0]?.kind).toBe('connecting');
    expect(states.slice(1, -1).map(({ kind }) => kind)).toEqual(Array.from({ length: 9 }, () => 'lost'));
    expect(states.at(-1)?.kind).toBe('live');
  });

  test('a loss is told at once and is a gap; the same boot goes on in the same series', async () => {
    machine.add(10);
    monitor.look('processes');
    await clock.advance(2000);
    machine.openFaults.push(unreachable);
    machine.cut(unreachable);
    expect(monitor.state).toMatchObject({ kind: 'lost', attempt: 1, retryAt: clock.now() + 1000 });
    expect(kinds()).toEqual(['gap-begin']);
    machine.processes.delete(10);
    await clock.advance(10_000);
    expect(monitor.state.kind).toBe('live');
    expect(kinds()).toEqual(['gap-begin', 'gap-end']);
    expect(monitor.events[0]?.at).toBe(EPOCH + 2000);
    expect(monitor.system.span).toMatchObject({ from: EPOCH });
    expect(monitor.system.valueAt('meminfo.MemFree', EPOCH + 3000)).toBeUndefined();
    // What has ended meanwhile is gone.
    expect(monitor.processes.size).toBe(0);
  });

  test('another boot is told, and its processes are others, though pid and start time are the same', async () => {
    machine.add(1, { startTicks: 3 });
    const watched = await watch(1);
    await clock.advance(2000);
    machine.cut(unreachable);
    machine.reboot('boot-2');
    machine.add(1, { startTicks: 3 });
    epoch += 60_000;
    await clock.advance(3000);
    expect(monitor.facts?.bootId).toBe('boot-2');
    expect(kinds()).toEqual(['gap-begin', 'process-exit', 'reboot', 'gap-end']);
    expect(watched.endedAt).toBe(EPOCH + 3000);
    expect(monitor.latest?.at).toBeGreaterThan(EPOCH + 3000);
  });

  test('what trying again can not cure has failed, until the user says retry', async () => {
    machine.openFaults.push({ code: 'unsupported-platform', platform: 'darwin' });
    monitor.look('machine');
    await clock.advance(600_000);
    expect(machine.opened).toBe(1);
    expect(monitor.state).toEqual({ kind: 'failed', fault: { code: 'unsupported-platform', platform: 'darwin' } });
    expect(await monitor.watch(1)).toEqual({ ok: false, error: { code: 'unsupported-platform', platform: 'darwin' } });
    monitor.look('processes');
    await clock.advance(1000);
    expect(machine.opened).toBe(1);
    monitor.retry();
    await clock.advance(1000);
    expect(monitor.state.kind).toBe('live');
  });

  test('an unknown host has failed, but is waited for when it was there before; a refused login is not tried again', async () => {
    const gone: Fault = { ...unreachable, why: 'unknown-host' };
    machine.openFaults.push(gone);
    const look = monitor.look('machine');
    await clock.advance(100);
    expect(monitor.state).toEqual({ kind: 'failed', fault: gone });
    monitor.retry();
    await clock.advance(2000);
    machine.openFaults.push(gone, { ...unreachable, why: 'login' });
    machine.cut({ ...unreachable, why: 'lost' });
    await clock.advance(1500);
    expect(monitor.state).toMatchObject({ kind: 'lost', attempt: 2 });
    await clock.advance(2000);
    expect(monitor.state).toMatchObject({ kind: 'failed', fault: { why: 'login' } });
    look.dispose();
  });

  test('a target without /proc/meminfo has failed with a reason', async () => {
    machine.files.delete('/proc/meminfo');
    monitor.look('machine');
    await clock.advance(1000);
    expect(monitor.state).toMatchObject({ kind: 'failed', fault: { code: 'unreadable', path: '/proc/meminfo' } });
  });

  test('a target that does not answer is lost, and its late answer is not taken', async () => {
    monitor.look('machine');
    await clock.advance(1000);
    machine.latencyMs = Infinity;
    await clock.advance(15_000);
    expect(monitor.state.kind).toBe('live');
    await clock.advance(6_500);
    expect(monitor.state).toMatchObject({ kind: 'lost' });
    machine.latencyMs = 0;
    await clock.advance(2_000);
    expect(monitor.state.kind).toBe('live');
  });

  test('connecting is given up when nobody looks any more', async () => {
    source.waiting = [];
    const look = monitor.look('machine');
    await settled();
    look.dispose();
    await settled();
    expect(monitor.state).toEqual({ kind: 'idle' });
    expect(machine.readers.size).toBe(0);
  });

  test('a view that is hidden for a moment does not connect anew', async () => {
    const look = monitor.look('machine');
    await clock.advance(2000);
    look.dispose();
    await clock.advance(3000);
    monitor.look('machine');
    await clock.advance(2000);
    expect(machine.opened).toBe(1);
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'live']);
  });

  test('nothing goes on after dispose', async () => {
    monitor.look('processes');
    const waiting = monitor.watch(77);
    monitor.dispose();
    expect(await waiting).toEqual({ ok: false, error: { code: 'cancelled' } });
    await clock.advance(10_000);
    expect(machine.requests).toEqual([]);
    expect(machine.readers.size).toBe(0);
  });
});

describe('the table of processes', () => {
  test('has what the slow round has read', async () => {
    machine.add(10, {}, 1000);
    monitor.look('processes');
    await clock.advance(1000);
    expect(row(10)).toEqual({
      pid: 10,
      startTicks: 1010,
      parent: 1,
      command: 'program-10',
      commandLine: '/usr/bin/program-10 --port 10',
      state: 'S',
      uid: 1000,
      user: 'ann',
      cgroup: '/system.slice/a.service',
      kernelThread: false,
      vsz: 10 << 20,
      rss: 250 * 4096,
      threads: 1,
      minorFaultsPerSecond: 0,
      majorFaultsPerSecond: 0,
      pss: 1050 * 1024,
      uss: 1000 * 1024,
      swap: 0,
      code: 100 * 4096,
      data: 400 * 4096,
      shared: 50 * 4096,
      vmas: 82,
      oomScore: 666,
      memPercent: 0.1,
      rollupAt: EPOCH + 1000,
    });
  });

  test('what others may not see is unknown, never 0', async () => {
    machine.files.set('/proc/self/status', statusText(1000, 10));
    const process = machine.add(10, {}, 0);
    process.files.smaps_rollup = { why: 'unreadable' };
    process.maps = { why: 'permission' };
    monitor.look('processes');
    await clock.advance(1000);
    expect(row(10)).toMatchObject({ rollupUnknown: 'permission', swap: 8 * 1024, user: 'root' });
    for (const name of ['pss', 'uss', 'vmas', 'rollupAt']) expect(row(10)).not.toHaveProperty(name);
    await clock.advance(30_000);
    const asked = machine.requests.filter(({ processes }) => processes.some(({ names }) => names.includes('smaps_rollup')));
    expect(asked).toHaveLength(1);
  });

  test('kernel threads and zombies have no memory map; pid 2 of a container has one', async () => {
    machine.add(2, { vsz: 0, rssPages: 0, parent: 0, command: 'kthreadd' });
    machine.add(3, { vsz: 0, rssPages: 0, parent: 2, command: 'kworker/0:1' });
    machine.add(9, { state: 'Z', vsz: 0, rssPages: 0 });
    monitor.look('processes');
    await clock.advance(1000);
    expect(row(2)).toMatchObject({ kernelThread: true, commandLine: '', rollupUnknown: 'no-memory-map' });
    expect(row(3)).toMatchObject({ kernelThread: true });
    expect(row(9)).toMatchObject({ kernelThread: false, rollupUnknown: 'no-memory-map' });
    const read = machine.requests.flatMap(({ processes }) => processes.flatMap(({ names }) => names));
    expect(read).not.toContain('smaps_rollup');
    machine.processes.clear();
    machine.add(2, { parent: 1, startTicks: 9999 });
    await clock.advance(3000);
    expect(row(2)).toMatchObject({ kernelThread: false, uss: 1000 * 1024 });
  });

  test('a kernel without smaps_rollup: sums of smaps; without both, not supported', async () => {
    machine.files.delete('/proc/self/smaps_rollup');
    const process = machine.add(10);
    process.files.smaps = rollupText(300);
    monitor.look('processes');
    await clock.advance(1000);
    expect(row(10).uss).toBe(300 * 1024);
    monitor.dispose();
    machine.files.delete('/proc/self/smaps');
    monitor = create();
    monitor.look('processes');
    await clock.advance(1000);
    expect(row(10)).toMatchObject({ rollupUnknown: 'not-supported' });
  });

  test('faults per second, by the machine’s own clock; 0 as soon as nothing changes', async () => {
    machine.add(10);
    monitor.look('processes');
    await clock.advance(1000);
    machine.change(10, { minorFaults: 600, majorFaults: 2 });
    await clock.advance(1000);
    expect(row(10)).toMatchObject({ minorFaultsPerSecond: 500, majorFaultsPerSecond: 2 });
    await clock.advance(1000);
    expect(row(10)).toMatchObject({ minorFaultsPerSecond: 0, majorFaultsPerSecond: 0 });
  });

  test('a pid that is given again is another process', async () => {
    machine.add(10);
    monitor.look('processes');
    await clock.advance(1000);
    const old = [...monitor.processes.keys()];
    const gone: string[] = [];
    monitor.onDidChangeProcesses((change) => gone.push(...change.gone));
    machine.change(10, { startTicks: 5000, minorFaults: 3 });
    await clock.advance(3000);
    expect(gone).toEqual(old);
    expect(monitor.processes.size).toBe(1);
    // Files whose text is the same are not told again: they are known all the same.
    expect(row(10)).toMatchObject({ startTicks: 5000, oomScore: 666, uss: 1000 * 1024, minorFaultsPerSecond: 0 });
  });

  test('for one look, 3,000 processes are read without a pause between the ticks', async () => {
    for (let pid = 10; pid < 3010; pid++) machine.add(pid);
    monitor.configure({ intervalMs: 200, budget: 0.01, oneLook: true });
    monitor.look('processes');
    await clock.advance(600);
    expect([...monitor.processes.values()].filter(({ uss }) => uss !== undefined)).toHaveLength(3000);
    const ticks = machine.requests.length;
    // A tick stays as short as ever, for the sake of slow boards.
    expect(ticks).toBeGreaterThan(5);
    await clock.advance(1000);
    expect(machine.requests.length - ticks).toBeLessThan(7);
  });

  test('of 5,000 processes only those that have changed are told, and each is read in its turn', async () => {
    for (let pid = 10; pid < 5010; pid++) machine.add(pid);
    monitor.look('processes');
    await clock.advance(60_000);
    expect([...monitor.processes.values()].every(({ uss }) => uss !== undefined)).toBe(true);
    const changes: number[] = [];
    monitor.onDidChangeProcesses(({ changed }) => changes.push(changed.length));
    machine.change(77, { minorFaults: 1000 });
    const before = machine.requests.length;
    await clock.advance(20_000);
    expect(Math.max(...changes)).toBeLessThan(250);
    const visits = machine.requests.slice(before).map(({ processes }) => processes.length);
    expect(Math.max(...visits)).toBeLessThan(250);
    expect(Math.min(...visits)).toBeGreaterThan(20);
  });
});

describe('a watched process', () => {
  test('is read at every tick, with columns by their own cadence', async () => {
    machine.add(10);
    const watched = await watch(10);
    expect(watched).toMatchObject({ id: '10:1010', command: 'program-10', endedAt: undefined });
    await clock.advance(3000);
    const process = machine.processes.get(10)!;
    process.files.smaps_rollup = rollupText(1500);
    process.maps = { vmas: 90, heap: { start: 0x5000_0000, end: 0x5004_0000 } };
    await clock.advance(1000);
    const now = Object.fromEntries(watched.series.ids.map((id) => [id, watched.series.latest(id)?.value]));
    expect(now).toEqual({
      vsz: 10 << 20,
      threads: 1,
      minorFaults: 0,
      majorFaults: 0,
      shmem: 0,
      rss: 1600 * 1024,
      pss: 1550 * 1024,
      uss: 1500 * 1024,
      swap: 0,
      anonymous: 1500 * 1024,
      file: 100 * 1024,
      vmas: 90,
      heap: 0x4_0000,
      heapEnd: 0x5004_0000,
      fds: 5,
      oomScore: 666,
    });
    expect(watched.rollup).toEqual({ at: monitor.latest?.at, everyMs: 1000 });
    expect(watched.commandLine).toBe('/usr/bin/program-10 --port 10');
  });

  test('a large one is read as the budget allows: by what reading it was measured to cost', async () => {
    const process = machine.add(10);
    process.costs = { smaps_rollup: 50_000, maps: 60_000 };
    const watched = await watch(10);
    await clock.advance(120_000);
    const reads = machine.requests.reduce(
      (sum, { processes, maps }) =>
        sum + (processes.some(({ names }) => names.includes('smaps_rollup')) ? 50 : 0) + (maps.length > 0 ? 60 : 0),
      0,
    );
    expect(reads).toBeLessThanOrEqual(1210 + 110);
    expect(reads).toBeGreaterThan(1000);
    const uss = watched.series.points('uss');
    expect(uss.at.length).toBeLessThan(15);
    expect(watched.series.points('vsz').at.length).toBeGreaterThan(115);
    expect(watched.rollup.everyMs).toBe(11_000);
  });

  test('descriptors that may not be counted any more: the last count is not told as a new one, and is asked for only rarely', async () => {
    const process = machine.add(10);
    const { series } = await watch(10);
    await clock.advance(4000);
    expect(series.latest('fds')?.value).toBe(5);
    process.fds = { why: 'permission' };
    await clock.advance(3000);
    const last = series.latest('fds')?.at;
    const asked = (): number => machine.requests.filter(({ fds }) => fds.length > 0).length;
    const before = asked();
    await clock.advance(30_000);
    expect(series.latest('fds')?.at).toBe(last);
    expect(asked()).toBe(before);
  });

  test('a rollup that is cut or empty is not taken for a value', async () => {
    const process = machine.add(10);
    const watched = await watch(10);
    await clock.advance(1000);
    const known = watched.series.points('uss').at.length;
    process.files.smaps_rollup = rollupText(9999).slice(0, 150);
    await clock.advance(1000);
    process.files.smaps_rollup = '';
    await clock.advance(1000);
    expect(watched.series.points('uss').at.length).toBe(known);
    process.files.smaps_rollup = rollupText(1234);
    await clock.advance(1000);
    expect(watched.series.latest('uss')?.value).toBe(1234 * 1024);
    expect(watched.series.points('uss').at.length).toBe(known + 1);
  });

  test('several large ones are read in turns, so that a tick stays short', async () => {
    const handles: Watch[] = [];
    for (let pid = 10; pid < 16; pid++) {
      machine.add(pid).costs = { smaps_rollup: 30_000, maps: 30_000 };
      handles.push(await watch(pid));
    }
    // What the first reading costs is not known before it.
    await clock.advance(2000);
    const before = machine.requests.length;
    await clock.advance(300_000);
    const costs = machine.requests
      .slice(before)
      .map(({ processes, maps }) => 30 * (processes.filter(({ names }) => names.includes('smaps_rollup')).length + maps.length));
    expect(Math.max(...costs)).toBe(30);
    // Every 6 seconds for a rollup and the mappings of each, were it alone; six of them share the ticks.
    for (const { series } of handles) expect(series.points('uss').at.length).toBeGreaterThan(20);
  });

  test('a process that is not there', async () => {
    const result = monitor.watch(4711);
    await clock.advance(1000);
    expect(await result).toEqual({ ok: false, error: { code: 'not-found', path: '4711', what: 'process' } });
    await clock.advance(6000);
    expect(monitor.state.kind).toBe('idle');
  });

  test('with ticks a minute apart, what was just asked for is read at once', async () => {
    monitor.configure({ intervalMs: 60_000, budget: 0.01 });
    machine.add(10);
    monitor.look('machine');
    await clock.advance(5000);
    monitor.look('processes');
    await clock.advance(10);
    expect(monitor.processes.size).toBe(1);
    await clock.advance(5000);
    const watched = await watch(10);
    await clock.advance(500);
    expect(watched.series.latest('uss')?.value).toBe(1000 * 1024);
    const ticks = machine.requests.length;
    await clock.advance(59_000);
    expect(machine.requests).toHaveLength(ticks);
    await clock.advance(1000);
    expect(machine.requests).toHaveLength(ticks + 1);
  });

  test('two watches of it share one series, and sampling ends with the last', async () => {
    machine.add(10);
    const one = await watch(10);
    const two = await watch(10);
    expect(two.series).toBe(one.series);
    expect(monitor.watches).toHaveLength(1);
    one.dispose();
    one.dispose();
    await clock.advance(1000);
    expect(monitor.watches).toHaveLength(1);
    expect(two.series.span?.to).toBe(monitor.latest?.at);
    two.dispose();
    expect(monitor.watches).toHaveLength(0);
    await clock.advance(6000);
    expect(monitor.state.kind).toBe('idle');
  });

  test('its exit is an event; its series stays, and nothing is read for it any more', async () => {
    machine.add(10);
    const watched = await watch(10);
    await clock.advance(2000);
    machine.processes.delete(10);
    let told = 0;
    monitor.onDidChangeWatches(() => told++);
    await clock.advance(1000);
    expect(watched.endedAt).toBe(EPOCH + 4000);
    expect(monitor.events).toEqual([{ at: EPOCH + 4000, kind: 'process-exit', process: '10:1010', detail: 'program-10' }]);
    expect(told).toBe(1);
    await clock.advance(10_000);
    expect(monitor.state.kind).toBe('idle');
    expect(watched.series.latest('uss')?.value).toBe(1000 * 1024);
    expect(monitor.watches).toHaveLength(1);
  });

  test('an exit in mid-read: the rollup fails first', async () => {
    const process = machine.add(10);
    const watched = await watch(10);
    await clock.advance(1000);
    process.files.smaps_rollup = { why: 'gone' };
    process.stat = { ...process.stat, state: 'Z', vsz: 0, rssPages: 0 };
    await clock.advance(1000);
    // It is over, though its parent has not reaped it.
    expect(watched.endedAt).toBe(monitor.latest?.at);
    expect(row(10)).toMatchObject({ state: 'Z', rollupUnknown: 'no-memory-map' });
    const look = monitor.look('processes');
    machine.processes.delete(10);
    await clock.advance(1000);
    expect(monitor.processes.size).toBe(0);
    expect(kinds()).toEqual(['process-exit']);
    look.dispose();
  });

  test('an exit just after an OOM kill is told as one', async () => {
    machine.add(10);
    await watch(10);
    await clock.advance(1000);
    machine.files.set('/proc/vmstat', 'oom_kill 1\n');
    machine.processes.delete(10);
    await clock.advance(1000);
    expect(monitor.events.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['oom-kill', '1'],
      ['process-exit', 'oom-kill'],
    ]);
  });

  test('forks, also those of its children, and their exits', async () => {
    machine.add(10);
    machine.add(11, { parent: 10 });
    await watch(10);
    await clock.advance(2000);
    machine.add(20, { parent: 10, startTicks: 9000 });
    machine.add(21, { parent: 11, startTicks: 9001 });
    machine.add(22, { parent: 1, startTicks: 9002 });
    await clock.advance(3000);
    machine.processes.delete(21);
    await clock.advance(3000);
    expect(monitor.events.map(({ kind, process, detail }) => [kind, process, detail])).toEqual([
      ['process-fork', '10:1010', '20 program-20'],
      ['process-fork', '10:1010', '21 program-21'],
      ['process-exit', '21:9001', 'program-21'],
    ]);
    for (let pid = 100; pid < 140; pid++) machine.add(pid, { parent: 20, startTicks: 20_000 });
    await clock.advance(3000);
    const forks = monitor.events.slice(3);
    expect(forks).toHaveLength(6);
    expect(forks.at(-1)?.detail).toBe('+35');
  });

  test('exec is an event, and a program that renames itself is none', async () => {
    const process = machine.add(10);
    await watch(10);
    await clock.advance(1000);
    machine.change(10, { command: 'worker' });
    await clock.advance(3000);
    expect(monitor.events).toEqual([]);
    machine.change(10, { command: 'sh' });
    process.files.cmdline = 'sh\0-c\0true\0';
    process.maps = { vmas: 20, heap: { start: 0x6000_0000, end: 0x6001_0000 } };
    await clock.advance(3000);
    expect(monitor.events.map(({ kind, detail }) => [kind, detail])).toEqual([['process-exec', 'sh']]);
    // Of the same name: only the place of its heap tells.
    process.maps = { vmas: 20, heap: { start: 0x7000_0000, end: 0x7001_0000 } };
    await clock.advance(3000);
    expect(kinds()).toEqual(['process-exec', 'process-exec']);
    expect(row(10)).toMatchObject({ commandLine: 'sh -c true' });
  });

  test('usage and limit are those of the group that limits it', async () => {
    machine.files.set('/proc/self/mountinfo', '30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n');
    machine.files.set('/sys/fs/cgroup/system.slice/a.service/memory.current', '5000000\n');
    machine.files.set('/sys/fs/cgroup/system.slice/a.service/memory.max', 'max\n');
    machine.files.set('/sys/fs/cgroup/system.slice/memory.current', '9000000\n');
    machine.files.set('/sys/fs/cgroup/system.slice/memory.max', '64000000\n');
    machine.add(10);
    const watched = await watch(10);
    await clock.advance(4000);
    expect(watched.series.latest('cgroupUsage')?.value).toBe(9_000_000);
    expect(watched.series.latest('cgroupLimit')?.value).toBe(64_000_000);
  });

  test('the verdict: growing after some minutes, in what grows', async () => {
    const process = machine.add(10);
    const watched = await watch(10);
    expect(watched.verdict).toMatchObject({ state: 'undecided', measure: 'uss' });
    for (let second = 0; second < 600; second++) {
      process.files.smaps_rollup = rollupText(1000 + second * 40);
      await clock.advance(1000);
    }
    const { verdict } = watched;
    expect(verdict.state).toBe('growing');
    expect(['uss', 'anonymous']).toContain(verdict.measure);
    expect(verdict.ratePerHour).toBeGreaterThan(40 * 1024 * 3600 * 0.9);
    expect(verdict.ratePerHour).toBeLessThan(40 * 1024 * 3600 * 1.1);
    expect(verdict.limit).toMatchObject({ kind: 'ram' });
  });
});
