import type { Monitor, MonitorState, Watch } from '../../../src/app/monitor.js';
import type { Clock } from '../../../src/app/ports.js';
import type { Disposable } from '../../../src/base/dispose.js';
import { Emitter } from '../../../src/base/emitter.js';
import type { Fault } from '../../../src/base/fault.js';
import { err, ok, type Result } from '../../../src/base/result.js';
import { createSeriesTable } from '../../../src/insight/series-table.js';
import { type ProcessId, type ProcessRow, processId } from '../../../src/model/process.js';
import type { SystemSample } from '../../../src/model/sample.js';
import type { NamedTarget } from '../../../src/model/target-config.js';
import type { TrendEvent } from '../../../src/model/trend-event.js';
import type { Verdict } from '../../../src/model/verdict.js';

/** A clock that a test moves. */
export class HandClock implements Clock {
  private time = 0;
  private readonly timers = new Set<{ readonly due: number; readonly action: () => void }>();

  now(): number {
    return this.time;
  }

  after(delayMs: number, action: () => void): Disposable {
    const timer = { due: this.time + delayMs, action };
    this.timers.add(timer);
    return { dispose: () => this.timers.delete(timer) };
  }

  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = [...this.timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.timers.delete(next);
      this.time = Math.max(this.time, next.due);
      next.action();
    }
    this.time = end;
  }
}

export const UNDECIDED: Verdict = {
  state: 'undecided',
  measure: 'uss',
  unit: 'bytes',
  windowMs: 0,
  samples: 0,
  reasons: [],
};

export const processRow = (pid: number, more: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  startTicks: 100,
  parent: 1,
  command: `p${pid}`,
  state: 'S',
  kernelThread: false,
  vsz: 1 << 20,
  rss: 1 << 19,
  threads: 1,
  ...more,
});

/** A monitor whose samples a test gives. */
export class FakeMonitor implements Monitor {
  state: MonitorState = { kind: 'idle' };
  facts = undefined;
  readonly system = createSeriesTable();
  latest: SystemSample | undefined;
  readonly events: TrendEvent[] = [];
  readonly processes = new Map<ProcessId, ProcessRow>();
  readonly watches: FakeWatch[] = [];
  readonly marks: Omit<TrendEvent, 'at'>[] = [];
  readonly looks: string[] = [];
  retries = 0;
  disposed = false;
  private readonly states = new Emitter<MonitorState>();
  private readonly samples = new Emitter<SystemSample>();
  private readonly rows = new Emitter<{ changed: readonly ProcessRow[]; gone: readonly ProcessId[] }>();
  private readonly watching = new Emitter<void>();
  private readonly happened = new Emitter<TrendEvent>();
  readonly onDidChangeState = this.states.on.bind(this.states);
  readonly onDidSample = this.samples.on.bind(this.samples);
  readonly onDidChangeProcesses = this.rows.on.bind(this.rows);
  readonly onDidChangeWatches = this.watching.on.bind(this.watching);
  readonly onDidEvent = this.happened.on.bind(this.happened);

  constructor(readonly target: NamedTarget = { name: 'local', config: { kind: 'local' } }) {}

  setState(state: MonitorState): void {
    this.state = state;
    this.states.emit(state);
  }

  sample(at: number, values: Readonly<Record<string, number>>): void {
    this.system.append(at, new Map(Object.entries(values)));
    this.latest = { at, meminfo: [], counters: {} };
    this.samples.emit(this.latest);
  }

  happen(event: TrendEvent): void {
    this.events.push(event);
    this.happened.emit(event);
  }

  change(changed: readonly ProcessRow[], gone: readonly ProcessId[] = []): void {
    for (const row of changed) this.processes.set(processId(row), row);
    for (const id of gone) this.processes.delete(id);
    this.rows.emit({ changed, gone });
  }

  look(what: 'machine' | 'processes'): Disposable {
    this.looks.push(what);
    return { dispose: () => this.looks.splice(this.looks.indexOf(what), 1) };
  }

  watch(pid: number): Promise<Result<Watch, Fault>> {
    const row = [...this.processes.values()].find((one) => one.pid === pid);
    if (row === undefined) return Promise.resolve(err({ code: 'not-found', path: `/proc/${pid}`, what: 'process' }));
    const watch = new FakeWatch(row, () => {
      this.watches.splice(this.watches.indexOf(watch), 1);
      this.watching.emit();
    });
    this.watches.push(watch);
    this.watching.emit();
    return Promise.resolve(ok(watch));
  }

  mark(event: Omit<TrendEvent, 'at'>): void {
    this.marks.push(event);
  }

  retry(): void {
    this.retries++;
  }

  configure(): void {}

  dispose(): void {
    this.disposed = true;
  }
}

export class FakeWatch implements Watch {
  readonly series = createSeriesTable();
  readonly id: ProcessId;
  readonly key;
  readonly command: string;
  readonly commandLine: string | undefined;
  endedAt: number | undefined;
  rollup = { at: undefined, everyMs: 1000 };
  verdict = UNDECIDED;

  constructor(
    readonly row: ProcessRow,
    private readonly onDispose: () => void,
  ) {
    this.id = processId(row);
    this.key = { pid: row.pid, startTicks: row.startTicks };
    this.command = row.command;
    this.commandLine = row.commandLine;
  }

  dispose(): void {
    this.onDispose();
  }
}
