import { Emitter } from '../../base/emitter.js';
import type { Bytes, Milliseconds } from '../../base/units.js';
import type { SeriesTable } from '../../insight/series.js';
import type { ProcessId, ProcessKey, ProcessRow } from '../../model/process.js';
import type { Verdict } from '../../model/verdict.js';
import type { Watch } from '../monitor.js';
import type { Clock } from '../ports.js';
import type { Reading, TickAllowance } from './budget.js';
import type { GroupMemory } from './group-files.js';
import { growthLimits, type MachineLimits } from './growth-limits.js';
import { type GrowthFacts, GrowthWatch } from './growth-watch.js';
import type { ProcessRecord } from './process-record.js';
import { watchValues } from './watch-values.js';

const FDS_EVERY_MS: Milliseconds = 2000;
const SCORE_EVERY_MS: Milliseconds = 5000;
const LIMITS_EVERY_MS: Milliseconds = 60_000;

/** What a machine and its monitor's settings are like at a tick. */
export interface TickContext {
  readonly rollupFile: 'smaps_rollup' | 'smaps' | undefined;
  readonly pageSize: Bytes;
  readonly tickMs: Milliseconds;
  readonly budget: number;
  readonly limits: MachineLimits;
}

/** What a tick has told of a process besides its record. */
export interface WatchedState {
  readonly row: ProcessRow | undefined;
  readonly group: GroupMemory | undefined;
  /** As in `GrowthFacts`. */
  readonly startedAt: Milliseconds | undefined;
}

/** A process that is followed, whoever has asked for it: what to read of it at a tick, its series and its verdict. */
export class WatchedProcess {
  readonly series: SeriesTable;
  endedAt: Milliseconds | undefined;
  row: ProcessRow | undefined;
  everyMs: Milliseconds;
  private readonly growth: GrowthWatch;
  private readonly askedAt = new Map<string, Milliseconds>();
  private lastFacts: GrowthFacts | undefined;

  constructor(
    readonly record: ProcessRecord,
    createSeries: () => SeriesTable,
    clock: Clock,
    tickMs: Milliseconds,
  ) {
    this.series = createSeries();
    this.growth = new GrowthWatch(this.series, clock);
    this.everyMs = tickMs;
  }

  /** Files to read at this tick; the expensive ones, oldest first, as far as the budget of the process allows. */
  names(
    now: Milliseconds,
    withStat: boolean,
    { rollupFile, tickMs, budget }: TickContext,
    tick: TickAllowance,
  ): readonly string[] {
    const { record } = this;
    const names = withStat ? ['stat', 'status'] : ['status'];
    const due = (name: string, everyMs: Milliseconds): boolean =>
      record.readable(name, now) && now - (this.askedAt.get(name) ?? -Infinity) >= everyMs - tickMs / 2;
    if (record.commandLine === undefined) names.push('cmdline');
    if (record.cgroup === undefined || due('cgroup', LIMITS_EVERY_MS)) names.push('cgroup');
    if (due('limits', LIMITS_EVERY_MS)) names.push('limits');
    if (due('oom_score', SCORE_EVERY_MS)) names.push('oom_score');

    const expensive: Reading[] = [];
    if (rollupFile !== undefined && due(rollupFile, 0)) expensive.push(rollupFile);
    if (due('maps', 0)) expensive.push('maps');
    if (due('fds', FDS_EVERY_MS)) expensive.push('fds');
    expensive.sort((a, b) => (this.askedAt.get(a) ?? -Infinity) - (this.askedAt.get(b) ?? -Infinity));
    const allowance = record.account.allowance(now, tickMs, budget);
    let spent = 0;
    for (const name of expensive) {
      const cost = record.account.cost(name, record.vmas);
      // One that costs more than a tick's share is read alone, and the process is left at rest after it.
      if (allowance === 0 || (spent > 0 && spent + cost > allowance) || !tick.take(cost)) continue;
      spent += cost;
      names.push(name);
    }
    this.everyMs = rollupFile === undefined ? tickMs : record.account.everyMs([rollupFile, 'maps'], record.vmas, tickMs, budget);
    for (const name of names) this.askedAt.set(name, now);
    return names;
  }

  sample(at: Milliseconds, { row, group, startedAt }: WatchedState, context: TickContext): void {
    this.row = row ?? this.row;
    this.series.append(at, watchValues(this.record, at, context.rollupFile, group));
    this.lastFacts = {
      pageSize: context.pageSize,
      startedAt,
      exact: this.record.rollup?.anonymous !== undefined,
      limits: (measure) => growthLimits(measure, this.series.latest(measure)?.value ?? 0, this.record, group, context.limits),
    };
    this.growth.advance(this.lastFacts);
  }

  gap(at: Milliseconds): void {
    this.series.gap(at);
  }

  end(at: Milliseconds): void {
    if (this.endedAt !== undefined) return;
    this.endedAt = at;
    this.lastWord();
  }

  /** Nothing more will come: the verdict is one on all of the series. */
  lastWord(): void {
    if (this.lastFacts !== undefined) this.growth.judgeAll(this.lastFacts);
  }

  rollupAt(rollupFile: string | undefined): Milliseconds | undefined {
    return rollupFile === undefined ? undefined : this.record.readAt.get(rollupFile);
  }

  get verdict(): Verdict {
    return this.growth.verdict;
  }
}

/** One of those who have asked for a process. */
export class WatchHandle implements Watch {
  private readonly onDispose = new Emitter<WatchHandle>();
  readonly onDidDispose = this.onDispose.on.bind(this.onDispose);
  private disposed = false;

  constructor(
    readonly process: WatchedProcess,
    private readonly rollupFile: () => string | undefined,
  ) {}

  get id(): ProcessId {
    return this.process.record.id;
  }

  get key(): ProcessKey {
    const { pid, startTicks } = this.process.record.stat;
    return { pid, startTicks };
  }

  get command(): string {
    return this.process.record.stat.command;
  }

  get commandLine(): string | undefined {
    return this.process.record.commandLine;
  }

  get series(): SeriesTable {
    return this.process.series;
  }

  get row(): ProcessRow | undefined {
    return this.process.row;
  }

  get endedAt(): Milliseconds | undefined {
    return this.process.endedAt;
  }

  get rollup(): Watch['rollup'] {
    return { at: this.process.rollupAt(this.rollupFile()), everyMs: this.process.everyMs };
  }

  get verdict(): Verdict {
    return this.process.verdict;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.onDispose.emit(this);
    this.onDispose.dispose();
  }
}
