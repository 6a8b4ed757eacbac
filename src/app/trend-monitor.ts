import { type Disposable, DisposableStore } from '../base/dispose.js';
import { Emitter } from '../base/emitter.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import { machineValues } from '../insight/machine-values.js';
import type { SeriesTable } from '../insight/series.js';
import type { MachineFacts } from '../model/machine.js';
import type { ProcessId, ProcessRow } from '../model/process.js';
import type { SystemSample } from '../model/sample.js';
import type { NamedTarget } from '../model/target-config.js';
import type { TrendEvent } from '../model/trend-event.js';
import type { Monitor, MonitorSettings, MonitorState, Watch } from './monitor.js';
import type { Clock, Log } from './ports.js';
import type { Reader, ReaderSource, ReadRequest } from './reader.js';
import { ReaderConnection } from './sampling/connection.js';
import { EventLog } from './sampling/event-log.js';
import { Family } from './sampling/family.js';
import { GroupFiles } from './sampling/group-files.js';
import { MachineClock } from './sampling/machine-clock.js';
import { MachineFiles } from './sampling/machine-files.js';
import { ProcessTable, type TableChange } from './sampling/process-table.js';
import { ReaderQuestions } from './sampling/reader-questions.js';
import { type SamplePlan, SamplePlanner } from './sampling/sample-plan.js';
import { SystemFiles } from './sampling/system-files.js';
import { Ticker } from './sampling/tick.js';
import type { WatchContext } from './sampling/watch.js';
import { Watches } from './sampling/watches.js';

/** A target that does not answer, and does not close the connection either (a stopped container). */
const ANSWER_MS: Milliseconds = 20_000;
/** With ticks further apart than this, what somebody has just asked for is read at once: the phase begins anew. */
const PATIENCE_MS: Milliseconds = 1000;
/** An exit so soon after an OOM kill is taken for it. */
const OOM_MS: Milliseconds = 3000;

export interface TrendMonitorParts {
  readonly target: NamedTarget;
  readonly source: ReaderSource;
  readonly clock: Clock;
  /** The calendar's clock of this machine; asked once for each boot of the target. */
  readonly epochMs: () => Milliseconds;
  readonly log: Log;
  readonly settings: MonitorSettings;
  readonly createSeries: () => SeriesTable;
}

interface Search {
  readonly pid: number;
  readonly done: (result: Result<Watch, Fault>) => void;
}

/** Samples one target for all who look: a reader, a tick, and what is made of the answers. */
export class TrendMonitor implements Monitor {
  readonly target: NamedTarget;
  readonly system: SeriesTable;
  facts: MachineFacts | undefined;
  latest: SystemSample | undefined;
  private readonly clock: Clock;
  private settings: MonitorSettings;
  private readonly disposables = new DisposableStore();
  private readonly connection: ReaderConnection;
  private readonly ticker: Ticker;
  private readonly machineClock: MachineClock;
  private readonly systemFiles = new SystemFiles();
  private readonly machineFiles = new MachineFiles();
  private readonly groupFiles = new GroupFiles();
  private readonly table = new ProcessTable();
  private readonly family = new Family(this.table);
  private readonly log = new EventLog();
  private readonly planner = new SamplePlanner(this.systemFiles, this.machineFiles, this.groupFiles, this.table);
  private readonly questions: ReaderQuestions;
  private readonly watched: Watches;
  private readonly samples = this.disposables.add(new Emitter<SystemSample>());
  private readonly processChanges = this.disposables.add(
    new Emitter<{ readonly changed: readonly ProcessRow[]; readonly gone: readonly ProcessId[] }>(),
  );
  private readonly looks = { machine: 0, processes: 0 };
  private readonly searches = new Set<Search>();
  private first = true;
  private disposed = false;
  /** Why the next sample does not follow the newest one. */
  private gapBefore: 'connection' | 'pause' | undefined;
  /** The next sample is the first one of another boot. */
  private rebooted = false;
  private oomAt: Milliseconds | undefined;

  readonly onDidChangeState;
  readonly onDidSample = this.samples.on.bind(this.samples);
  readonly onDidChangeProcesses = this.processChanges.on.bind(this.processChanges);
  readonly onDidChangeWatches;
  readonly onDidEvent = this.log.onDidEvent;

  constructor(parts: TrendMonitorParts) {
    this.target = parts.target;
    this.clock = parts.clock;
    this.settings = bounded(parts.settings);
    this.system = parts.createSeries();
    this.machineClock = new MachineClock(parts.clock, parts.epochMs);
    this.connection = this.disposables.add(new ReaderConnection(parts.source, parts.clock, parts.log, parts.target.name));
    this.questions = new ReaderQuestions(parts.target.name, parts.clock, {
      table: this.table,
      system: this.systemFiles,
      machine: this.machineFiles,
      groups: this.groupFiles,
    });
    this.onDidChangeState = this.connection.onDidChangeState;
    this.watched = new Watches(
      parts.createSeries,
      parts.clock,
      () => this.machineFiles.rollupFile,
      ({ record }) => {
        this.family.unfollow(record);
        this.demandChanged();
      },
    );
    this.onDidChangeWatches = this.watched.onDidChange;
    this.ticker = this.disposables.add(new Ticker(parts.clock, this.settings.intervalMs, () => this.tick()));
    this.connection.onDidOpen(() => this.opened());
    this.connection.onDidChangeState((state) => this.stateChanged(state));
  }

  get state(): MonitorState {
    return this.connection.state;
  }

  get events(): readonly TrendEvent[] {
    return this.log.events;
  }

  get processes(): ReadonlyMap<ProcessId, ProcessRow> {
    return this.table.rows;
  }

  get watches(): readonly Watch[] {
    return this.watched.handles;
  }

  look(what: 'machine' | 'processes'): Disposable {
    this.looks[what]++;
    this.demandChanged();
    if (what === 'processes' && this.looks[what] === 1) this.hurry();
    let looking = true;
    return {
      dispose: () => {
        if (!looking) return;
        looking = false;
        this.looks[what]--;
        this.demandChanged();
      },
    };
  }

  watch(pid: number): Promise<Result<Watch, Fault>> {
    const { state } = this.connection;
    if (this.disposed) return Promise.resolve(err({ code: 'cancelled' }));
    if (state.kind === 'failed') return Promise.resolve(err(state.fault));
    return new Promise((done) => {
      this.searches.add({ pid, done });
      this.demandChanged();
      this.hurry();
    });
  }

  mark(event: Omit<TrendEvent, 'at'>): void {
    this.log.add({ ...event, at: this.machineClock.now() });
  }

  retry(): void {
    this.connection.retry();
  }

  configure(settings: MonitorSettings): void {
    this.settings = bounded(settings);
    this.ticker.setInterval(this.settings.intervalMs);
  }

  dispose(): void {
    this.disposed = true;
    this.giveUpSearches({ code: 'cancelled' });
    this.questions.abandon();
    this.disposables.dispose();
    this.watched.dispose();
    this.log.dispose();
  }

  private demandChanged(): void {
    if (this.disposed) return;
    const wanted = this.looks.machine + this.looks.processes + this.searches.size > 0 || this.watched.alive.length > 0;
    this.connection.want(wanted);
    if (!wanted) this.pause();
    else if (this.connection.reader !== undefined) this.ticker.start();
  }

  private hurry(): void {
    if (this.settings.intervalMs > PATIENCE_MS && this.latest !== undefined) this.ticker.restart();
  }

  private pause(): void {
    if (!this.ticker.running) return;
    this.ticker.stop();
    this.gapBefore ??= 'pause';
  }

  private opened(): void {
    this.first = true;
    this.systemFiles.reset();
    this.machineFiles.reset();
    this.groupFiles.reset();
    this.planner.reset();
    this.table.reopen();
    this.ticker.start();
  }

  private stateChanged(state: MonitorState): void {
    if (state.kind === 'live') return;
    this.ticker.stop();
    this.questions.abandon();
    if (state.kind === 'failed') this.giveUpSearches(state.fault);
    const { latest } = this;
    if (latest === undefined || this.gapBefore === 'connection' || (state.kind !== 'lost' && state.kind !== 'failed')) return;
    this.gapBefore = 'connection';
    this.openGap(latest.at);
    this.log.add({ at: latest.at, kind: 'gap-begin', detail: 'connection' });
  }

  private giveUpSearches(fault: Fault): void {
    const searches = [...this.searches];
    this.searches.clear();
    for (const { done } of searches) done(err(fault));
    this.demandChanged();
  }

  private get context(): Omit<WatchContext, 'startedAt'> {
    return {
      rollupFile: this.machineFiles.rollupFile,
      pageSize: this.machineFiles.pageSize,
      tickMs: this.settings.intervalMs,
      budget: this.settings.budget,
      limits: { memAvailable: this.systemFiles.field('MemAvailable'), maxMapCount: this.machineFiles.maxMapCount },
    };
  }

  private async tick(): Promise<void> {
    const { reader } = this.connection;
    if (reader === undefined) return;
    if (this.first && !(await this.introduce(reader))) return;
    const now = this.clock.now();
    this.table.begin(now);
    const plan = this.planner.plan(
      {
        processes: this.looks.processes > 0,
        watched: this.watched.alive,
        search: this.searches.size > 0,
      },
      now,
      this.context,
    );
    const searches = plan.everyStat ? [...this.searches] : [];
    if (!(await this.answer(reader, plan.request))) return;
    if (!this.take(plan, now)) {
      this.connection.lose({ code: 'unreadable', path: '/proc/meminfo', detail: 'no Linux, or no /proc is mounted' });
      return;
    }
    this.answerSearches(searches);
  }

  /**
   * What is to be known before anything else: which machine and which boot this is, what files its kernel has. A pid and a start time name
   * a process only within a boot.
   */
  private async introduce(reader: Reader): Promise<boolean> {
    const request = { files: MachineFiles.paths, everyStat: false, processes: [], maps: [], fds: [] };
    if (!(await this.answer(reader, request))) return false;
    this.first = false;
    const before = this.facts;
    this.facts = this.machineFiles.facts();
    if (before === undefined || before.bootId === this.facts.bootId) return true;
    this.takeChange(this.table.clear(), this.latest?.at ?? this.machineClock.now());
    this.machineClock.reset();
    this.rebooted = true;
    return true;
  }

  /** False when the connection is lost. */
  private async answer(reader: Reader, request: ReadRequest): Promise<boolean> {
    const answer = await this.questions.ask(reader, request, Math.max(ANSWER_MS, 2 * this.settings.intervalMs));
    if (this.disposed || this.connection.reader !== reader) return false;
    if (!answer.ok) this.connection.lose(answer.error);
    return answer.ok;
  }

  /** False when the target has no memory figures at all. */
  private take(plan: SamplePlan, now: Milliseconds): boolean {
    this.systemFiles.askedAgain(now);
    const { rebooted } = this;
    this.rebooted = false;
    const at = this.machineClock.advance(this.systemFiles.uptime);
    const sample = this.systemFiles.sample(at, this.machineFiles.pageSize);
    if (sample === undefined) return false;
    this.connection.answered();
    const previous = this.latest;
    if (rebooted) this.log.add({ at, kind: 'reboot' });
    const follows = previous !== undefined && !this.closeGap(previous.at, at) && !rebooted;
    this.latest = sample;
    this.system.append(at, machineValues(sample, follows ? previous : undefined, this.machineFiles.pageSize));
    if (previous !== undefined && !rebooted) this.noticeOomKills(previous, sample);
    const change = this.table.finish({
      at,
      everyStat: plan.everyStat,
      asked: plan.asked,
      context: {
        pageSize: this.machineFiles.pageSize,
        users: this.machineFiles.users,
        memTotal: this.systemFiles.memTotal,
        rollupFile: this.machineFiles.rollupFile,
      },
      tickMs: this.settings.intervalMs,
      budget: this.settings.budget,
    });
    this.takeChange(change, at);
    this.sampleWatches(at);
    this.samples.emit(sample);
    return true;
  }

  private takeChange(change: TableChange, at: Milliseconds): void {
    const oomKill = this.oomAt !== undefined && at - this.oomAt <= OOM_MS;
    for (const event of this.family.events(change, at, oomKill)) this.log.add(event);
    let ended = false;
    for (const record of change.ended) {
      const process = this.watched.find(record.id);
      if (process === undefined) continue;
      process.end(at);
      ended = true;
    }
    if (change.changed.length > 0 || change.gone.length > 0) {
      this.processChanges.emit({ changed: change.changed, gone: change.gone });
    }
    if (!ended) return;
    this.watched.didChange();
    this.demandChanged();
  }

  private sampleWatches(at: Milliseconds): void {
    const { context } = this;
    for (const process of this.watched.alive) {
      const { record } = process;
      const group = record.cgroup === undefined ? undefined : this.groupFiles.memory(record.cgroup, this.machineFiles.mounts);
      const startedAt = this.machineClock.moment(record.stat.startTicks * 10);
      process.sample(at, this.table.rows.get(record.id), group, { ...context, startedAt });
    }
  }

  private answerSearches(searches: readonly Search[]): void {
    if (searches.length === 0) return;
    let added = false;
    for (const search of searches) {
      if (!this.searches.delete(search)) continue;
      const record = this.table.find(search.pid);
      if (record === undefined || record.over) {
        search.done(err({ code: 'not-found', path: String(search.pid), what: 'process' }));
        continue;
      }
      const { handle, first } = this.watched.add(record, this.settings.intervalMs);
      handle.process.row = this.table.rows.get(record.id);
      if (first) {
        this.family.follow(record);
        added = true;
      }
      search.done(ok(handle));
    }
    if (added) {
      this.watched.didChange();
      // Nothing was read of it yet.
      if (this.settings.intervalMs > PATIENCE_MS) this.disposables.add(this.clock.after(PATIENCE_MS, () => this.hurry()));
    }
    this.demandChanged();
  }

  private noticeOomKills(previous: SystemSample, sample: SystemSample): void {
    const kills = (sample.counters.oomKill ?? 0) - (previous.counters.oomKill ?? sample.counters.oomKill ?? 0);
    if (kills <= 0) return;
    this.oomAt = sample.at;
    this.log.add({ at: sample.at, kind: 'oom-kill', detail: String(kills) });
  }

  /** Whether something is missing between two samples. */
  private closeGap(from: Milliseconds, to: Milliseconds): boolean {
    const cause = this.gapBefore;
    this.gapBefore = undefined;
    if (cause === 'connection') {
      this.log.add({ at: to, kind: 'gap-end', detail: cause });
      return true;
    }
    // One tick may be late without a gap in the line.
    if (to - from <= 3 * this.settings.intervalMs + 2000) return false;
    this.openGap(from);
    if (cause === undefined) {
      // This machine or the target was asleep.
      this.log.add({ at: from, kind: 'gap-begin', detail: 'stalled' });
      this.log.add({ at: to, kind: 'gap-end', detail: 'stalled' });
    }
    return true;
  }

  private openGap(at: Milliseconds): void {
    this.system.gap(at);
    for (const process of this.watched.alive) process.gap(at);
  }
}

function bounded({ intervalMs, budget }: MonitorSettings): MonitorSettings {
  return { intervalMs: Math.min(60_000, Math.max(100, intervalMs)), budget: Math.min(1, Math.max(0.0001, budget)) };
}
