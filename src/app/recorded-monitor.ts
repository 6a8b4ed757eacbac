import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Bytes, Milliseconds } from '../base/units.js';
import type { LimitCandidate } from '../insight/growth/options.js';
import type { SeriesTable } from '../insight/series.js';
import type { MachineFacts } from '../model/machine.js';
import type { ProcessId, ProcessKey, ProcessRow } from '../model/process.js';
import type { NamedTarget } from '../model/target-config.js';
import type { TrendEvent } from '../model/trend-event.js';
import type { GrowthMeasure, Verdict } from '../model/verdict.js';
import type { Monitor, MonitorState, Watch } from './monitor.js';
import type { RecordedProcess, RecordedTrends } from './recorded-trends.js';
import { memoryLimits } from './sampling/growth-limits.js';
import { type GrowthFacts, GrowthWatch } from './sampling/growth-watch.js';

const nothing: Disposable = { dispose: () => undefined };
/** Nothing new comes of a recording. */
const neverTold = (): Disposable => nothing;
const PAGE: Bytes = 4096;

/** A recording as a monitor that is at rest: pages show it by the same code. Each process that was watched has its Watch. */
export class RecordedMonitor implements Monitor {
  readonly target: NamedTarget;
  readonly state: MonitorState = { kind: 'idle' };
  readonly facts: MachineFacts | undefined;
  readonly system: SeriesTable;
  readonly latest = undefined;
  readonly events: readonly TrendEvent[];
  readonly processes: ReadonlyMap<ProcessId, ProcessRow> = new Map();
  readonly watches: readonly Watch[];
  readonly onDidChangeState = neverTold;
  readonly onDidSample = neverTold;
  readonly onDidChangeProcesses = neverTold;
  readonly onDidChangeWatches = neverTold;
  readonly onDidEvent = neverTold;

  /** `name` stands for the target, which may have a monitor of its own: the name of the file. */
  constructor(recorded: RecordedTrends, name: string) {
    // How the machine was reached is not recorded: a command of no words leads nowhere.
    this.target = { name, config: { kind: 'command', argv: [] } };
    this.facts = recorded.facts;
    this.system = recorded.system;
    this.events = recorded.events;
    this.watches = recorded.processes.map((process) => new RecordedWatch(process, recorded));
  }

  look(): Disposable {
    return nothing;
  }

  /** The newest process that had this pid. */
  async watch(pid: number): Promise<Result<Watch, Fault>> {
    const watch = this.watches.findLast(({ key }) => key.pid === pid);
    return watch === undefined ? err({ code: 'not-found', path: `/proc/${pid}`, what: 'process' }) : ok(watch);
  }

  mark(): void {}
  retry(): void {}
  configure(): void {}
  dispose(): void {}
}

class RecordedWatch implements Watch {
  readonly id: ProcessId;
  readonly key: ProcessKey;
  readonly command: string;
  readonly commandLine: string | undefined;
  readonly series: SeriesTable;
  readonly row = undefined;
  readonly endedAt: Milliseconds | undefined;
  private judged: Verdict | undefined;

  constructor(
    process: RecordedProcess,
    private readonly recorded: RecordedTrends,
  ) {
    this.id = process.id;
    this.key = process.key;
    this.command = process.command;
    this.commandLine = process.commandLine;
    this.series = process.series;
    this.endedAt = process.endedAt;
  }

  get rollup(): Watch['rollup'] {
    return { at: this.series.latest('uss')?.at, everyMs: Infinity };
  }

  /** On the whole recording, judged when it is first asked for. */
  get verdict(): Verdict {
    this.judged ??= this.judge();
    return this.judged;
  }

  dispose(): void {}

  private judge(): Verdict {
    const growth = new GrowthWatch(this.series, { now: () => 0, after: () => nothing });
    growth.judgeAll(this.growthFacts());
    return growth.verdict;
  }

  private growthFacts(): GrowthFacts {
    const count = (id: string): number => this.series.points(id).at.length;
    return {
      pageSize: this.recorded.facts?.pageSize ?? PAGE,
      startedAt: undefined,
      // Of the rollup, anonymous memory is known when USS is; of status at every tick, all but the first ones.
      exact: count('anonymous') <= count('uss') + 2,
      limits: (measure) => this.limits(measure),
    };
  }

  /** Limits of the process itself are not recorded. */
  private limits(measure: GrowthMeasure): readonly LimitCandidate[] {
    if (measure === 'vmas' || measure === 'threads' || measure === 'fds') return [];
    const newest = (series: SeriesTable, id: string): number | undefined => series.latest(id)?.value;
    const now = newest(this.series, measure);
    if (now === undefined) return [];
    const limit = newest(this.series, 'cgroupLimit');
    const usage = newest(this.series, 'cgroupUsage');
    const group = limit === undefined || usage === undefined ? undefined : { limit, usage };
    return memoryLimits(measure, now, newest(this.recorded.system, 'meminfo.MemAvailable'), group);
  }
}
