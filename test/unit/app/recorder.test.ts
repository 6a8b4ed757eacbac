import { beforeEach, describe, expect, test } from 'vitest';
import type { BulkLineSink } from '../../../src/app/line-sink.js';
import { readRecordedMaps } from '../../../src/app/map/recorded-maps.js';
import type { Monitor, MonitorState, Watch } from '../../../src/app/monitor.js';
import { type RecordedTrends, readRecording } from '../../../src/app/recorded-trends.js';
import { Recorder } from '../../../src/app/recorder.js';
import { Emitter } from '../../../src/base/emitter.js';
import type { Fault } from '../../../src/base/fault.js';
import { err, ok, type Result } from '../../../src/base/result.js';
import type { SeriesTable } from '../../../src/insight/series.js';
import { createSeriesTable } from '../../../src/insight/series-table.js';
import type { MachineFacts } from '../../../src/model/machine.js';
import { processId } from '../../../src/model/process.js';
import type { SystemSample } from '../../../src/model/sample.js';
import type { TrendEvent } from '../../../src/model/trend-event.js';
import { aMap } from '../insight/map/a-map.js';
import { FakeClock } from './fake-clock.js';

const start = 1_753_789_812_000;
const facts: MachineFacts = { bootId: 'b', hostname: 'h', kernelRelease: '6.1', pageSize: 4096, ticksPerSecond: 100 };

class FakeWatch implements Watch {
  readonly series = createSeriesTable();
  readonly row = undefined;
  readonly rollup = { at: undefined, everyMs: 1000 };
  readonly verdict = { state: 'undecided', measure: 'uss', unit: 'bytes', windowMs: 0, samples: 0, reasons: [] } as const;
  readonly key: Watch['key'];
  readonly id: Watch['id'];
  endedAt: number | undefined;

  constructor(
    pid: number,
    public command: string,
    public commandLine: string | undefined = undefined,
  ) {
    this.key = { pid, startTicks: 5 };
    this.id = processId(this.key);
  }

  dispose(): void {}
}

class FakeMonitor implements Monitor {
  readonly target = { name: 'board', config: { kind: 'ssh', host: 'board' } } as const;
  readonly state: MonitorState = { kind: 'idle' };
  readonly system = createSeriesTable();
  readonly latest = undefined;
  readonly events = [];
  readonly processes = new Map();
  readonly sampled = new Emitter<SystemSample>();
  readonly happened = new Emitter<TrendEvent>();
  readonly watchesChanged = new Emitter<void>();
  readonly onDidSample = this.sampled.on.bind(this.sampled);
  readonly onDidEvent = this.happened.on.bind(this.happened);
  readonly onDidChangeWatches = this.watchesChanged.on.bind(this.watchesChanged);
  readonly onDidChangeState = new Emitter<MonitorState>().on;
  readonly onDidChangeProcesses = new Emitter<never>().on;
  facts: MachineFacts | undefined;
  watches: FakeWatch[] = [];
  looks = 0;

  look(): { dispose(): void } {
    this.looks++;
    return { dispose: () => this.looks-- };
  }

  async watch(): Promise<Result<Watch, Fault>> {
    return err({ code: 'cancelled' });
  }

  sample(
    at: number,
    values: Readonly<Record<string, number>>,
    ofWatches: readonly Readonly<Record<string, number>>[] = [],
  ): void {
    this.system.append(at, new Map(Object.entries(values)));
    for (const [i, each] of ofWatches.entries()) this.watches[i]!.series.append(at, new Map(Object.entries(each)));
    this.sampled.emit({ at, meminfo: [], counters: {} });
  }

  mark(): void {}
  retry(): void {}
  configure(): void {}
  dispose(): void {}
}

class MemorySink implements BulkLineSink {
  readonly lines: string[] = [];
  readonly failed = new Emitter<Fault>();
  readonly onDidFail = this.failed.on.bind(this.failed);
  closes = 0;

  write(line: string): void {
    this.lines.push(line);
  }

  async drain(): Promise<void> {}

  async close(): Promise<Result<void, Fault>> {
    this.closes++;
    return ok(undefined);
  }
}

let monitor: FakeMonitor;
let sink: MemorySink;
let recorder: Recorder;
const begin = (): void => {
  recorder = new Recorder(monitor, sink, { created: start, tool: 'memlens 1.2.0' });
};
beforeEach(() => {
  monitor = new FakeMonitor();
  sink = new MemorySink();
});

async function* chunks(lines: readonly string[]): AsyncIterable<string> {
  for (const line of lines) yield `${line}\n`;
}
const read = async (): Promise<RecordedTrends> => (await readRecording(chunks(sink.lines)))!;
const pairs = (series: SeriesTable, id: string): unknown[] => {
  const { at, value } = series.points(id);
  return [...at].map((moment, i) => [moment - start, value[i]]);
};

describe('a recording', () => {
  test('has the series of the machine and its watches, from its start to its stop', async () => {
    monitor.facts = facts;
    monitor.watches = [new FakeWatch(7, 'server', 'server -x')];
    monitor.sample(start - 1000, { free: 1, old: 1 }, [{ uss: 1 }]);
    begin();
    expect(monitor.looks).toBe(1);
    monitor.sample(start, { free: 4096 }, [{ uss: 8192 }]);
    monitor.sample(start + 1000, { free: 4096, psi: 0.1 }, [{ vsz: 1 }]);
    monitor.watches.push(new FakeWatch(8, 'late'));
    monitor.watchesChanged.emit();
    monitor.sample(start + 2000, { psi: 0.2 }, [{ uss: 8192 }, { uss: 5 }]);
    expect(await recorder.stop()).toEqual(ok(undefined));
    expect(monitor.looks).toBe(0);
    monitor.sample(start + 3000, { free: 9 });

    const trends = await read();
    expect(trends).toMatchObject({ cutOff: false, notes: [], facts });
    expect(trends.header).toMatchObject({ created: start, tool: 'memlens 1.2.0', target: { name: 'board', kind: 'ssh' } });
    expect(pairs(trends.system, 'free')).toEqual([
      [0, 4096],
      [1000, 4096],
    ]);
    expect(pairs(trends.system, 'psi')).toEqual([
      [1000, 0.1],
      [2000, 0.2],
    ]);
    expect(trends.system.ids).not.toContain('old');
    const [server, late] = trends.processes;
    expect(server).toMatchObject({ id: '7:5', command: 'server', commandLine: 'server -x', endedAt: undefined });
    expect(pairs(server!.series, 'uss')).toEqual([
      [0, 8192],
      [2000, 8192],
    ]);
    expect(pairs(late!.series, 'uss')).toEqual([[2000, 5]]);
    expect(late!.commandLine).toBeUndefined();
  });

  test('has gaps, events, the end of a process, and facts that are learned late', async () => {
    monitor.watches = [new FakeWatch(7, 'server')];
    begin();
    monitor.facts = facts;
    monitor.sample(start, { free: 1 }, [{ uss: 1 }]);
    monitor.system.gap(start + 500);
    monitor.happened.emit({ at: start + 500, kind: 'gap-begin' });
    monitor.sample(start + 5000, { free: 2 }, [{ uss: 2 }]);
    monitor.happened.emit({ at: start + 5500, kind: 'oom-kill', process: '7:5', detail: '1' });
    monitor.watches[0]!.endedAt = start + 5500;
    monitor.sample(start + 6000, { free: 3 });
    monitor.sample(start + 7000, { free: 3 });
    monitor.system.gap(start + 7100);
    await recorder.stop();

    const trends = await read();
    expect(trends.facts).toEqual(facts);
    expect(trends.notes).toEqual([]);
    expect(trends.events).toEqual([
      { at: start + 500, kind: 'gap-begin' },
      { at: start + 5500, kind: 'oom-kill', process: '7:5', detail: '1' },
    ]);
    expect(trends.processes[0]!.endedAt).toBe(start + 5500);
    expect(trends.system.view({ ids: [], from: start, to: start + 9000, maxBuckets: 2 }).gaps).toEqual([
      { from: start + 500, to: start + 5000 },
      { from: start + 7100, to: Infinity },
    ]);
    expect(sink.lines.filter((line) => line.includes('"exit"'))).toHaveLength(1);
    expect(sink.lines.filter((line) => line.includes('"k":"gap"'))).toHaveLength(2);
    expect(pairs(trends.processes[0]!.series, 'uss')).toEqual([
      [0, 1],
      [5000, 2],
    ]);
  });

  test('has the newest name of a process, and goes on when it is watched anew', async () => {
    const before = new FakeWatch(7, 'sh');
    monitor.watches = [before];
    begin();
    monitor.sample(start, {}, [{ uss: 1 }]);
    before.command = 'server';
    before.commandLine = 'server -x';
    monitor.sample(start + 1000, {}, [{ uss: 2 }]);
    monitor.watches = [];
    monitor.watchesChanged.emit();
    monitor.sample(start + 2000, {});
    monitor.watches = [new FakeWatch(7, 'server', 'server -x')];
    monitor.watchesChanged.emit();
    monitor.sample(start + 3000, {}, [{ threads: 4, uss: 3 }]);
    await recorder.stop();
    const { processes, notes } = await read();
    expect(notes).toEqual([]);
    expect(processes).toHaveLength(1);
    expect(processes[0]).toMatchObject({ command: 'server', commandLine: 'server -x' });
    const { series } = processes[0]!;
    expect(pairs(series, 'uss')).toEqual([
      [0, 1],
      [1000, 2],
      [3000, 3],
    ]);
    expect(series.view({ ids: [], from: start, to: start + 5000, maxBuckets: 2 }).gaps).toEqual([
      { from: start + 1000, to: start + 3000 },
    ]);
  });

  test('has maps of its processes: at its start, at a mark and at its end', async () => {
    const clock = new FakeClock();
    const taken: string[] = [];
    const sourceOf = ({ pid }: { readonly pid: number }) => ({
      take: async () => {
        taken.push(`${pid} ${sink.lines.filter((line) => line.includes('"k":"s"')).length}`);
        return ok(aMap([{ at: 4096, size: 4 * taken.length }], start + clock.now()));
      },
    });
    monitor.watches = [new FakeWatch(7, 'server'), new FakeWatch(8, 'ends')];
    recorder = new Recorder(monitor, sink, {
      created: start,
      tool: 't',
      maps: { everyMs: 60_000, budget: () => 0.01, clock, sourceOf },
    });
    await clock.advance(5000);
    monitor.watches[1]!.endedAt = start + 1;
    monitor.sample(start + 1000, {}, [{ uss: 1 }]);
    monitor.happened.emit({ at: start + 1500, kind: 'mark', detail: 'upload' });
    await clock.advance(5000);
    monitor.sample(start + 2000, {}, [{ uss: 2 }]);
    await recorder.stop();
    expect(taken).toEqual(['7 0', '8 0', '7 1', '7 2']);
    const { processes, notes, cutOff } = await read();
    expect({ notes, cutOff }).toEqual({ notes: [], cutOff: false });
    expect(processes.map(({ maps }) => maps.map(({ at }) => at - start))).toEqual([[1000, 6000, 11_000], [1000]]);
    const { snapshots, labels } = await readRecordedMaps(chunks(sink.lines), processes[0]!);
    expect([...labels]).toEqual([[snapshots[1], 'upload']]);
    expect(snapshots.map(({ table }) => table.end[0]! - table.start[0]!)).toEqual([4096, 3 * 4096, 4 * 4096]);
  });

  test('that is disposed has its end, without waiting for a map', async () => {
    const clock = new FakeClock();
    const sourceOf = () => ({ take: () => new Promise<never>(() => undefined) });
    monitor.watches = [new FakeWatch(7, 'server')];
    recorder = new Recorder(monitor, sink, { created: start, tool: 't', maps: { everyMs: 1, budget: () => 1, clock, sourceOf } });
    monitor.sample(start, {}, [{ uss: 1 }]);
    recorder.dispose();
    expect((await read()).cutOff).toBe(false);
    expect(sink.closes).toBe(1);
  });

  test('without any sample is a recording', async () => {
    begin();
    await recorder.stop();
    expect(await read()).toMatchObject({ cutOff: false, processes: [], notes: [] });
  });
});

describe('the recorder', () => {
  test('lets go of the monitor when the sink fails, and says so once', async () => {
    begin();
    const faults: Fault[] = [];
    recorder.onDidFail((fault) => faults.push(fault));
    monitor.sample(start, { free: 1 });
    sink.failed.emit({ code: 'disk-full', path: '/x' });
    const { length } = sink.lines;
    expect(monitor.looks).toBe(0);
    monitor.sample(start + 1000, { free: 2 });
    monitor.happened.emit({ at: start, kind: 'mark' });
    expect(sink.lines).toHaveLength(length);
    sink.failed.emit({ code: 'disk-full', path: '/x' });
    expect(faults).toEqual([{ code: 'disk-full', path: '/x' }]);
    expect((await read()).cutOff).toBe(true);
    // The file is not left open, nor closed twice.
    await recorder.stop();
    expect(sink.closes).toBe(1);
  });

  test('stops once, and when it is disposed', async () => {
    begin();
    monitor.sample(start, { free: 1 });
    recorder.dispose();
    await recorder.stop();
    await recorder.stop();
    expect(sink.closes).toBe(1);
    expect(sink.lines.filter((line) => line.includes('"end"'))).toHaveLength(1);
    expect(monitor.looks).toBe(0);
  });
});
