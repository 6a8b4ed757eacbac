import { type Disposable, DisposableStore } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { SeriesTable } from '../insight/series.js';
import type { MachineFacts } from '../model/machine.js';
import type { ProcessId, ProcessRow } from '../model/process.js';
import type { SystemSample } from '../model/sample.js';
import type { NamedTarget } from '../model/target-config.js';
import type { MarkEvent, TrendEvent } from '../model/trend-event.js';
import type { Monitor, MonitorSettings, MonitorState, Watch } from './monitor.js';
import type { Log } from './ports.js';
import type { Reader, ReaderSource, ReadRequest } from './reader.js';
import { ReaderConnection } from './sampling/connection.js';
import { Looks } from './sampling/looks.js';
import { MachineFiles } from './sampling/machine-files.js';
import { MachineHistory, type MachineHistoryParts } from './sampling/machine-history.js';
import { ReaderQuestions } from './sampling/reader-questions.js';
import { SamplePlanner } from './sampling/sample-plan.js';
import { type Search, Searches } from './sampling/searches.js';
import { Ticker } from './sampling/tick.js';

/** A target that does not answer, and does not close the connection either (a stopped container). */
const ANSWER_MS: Milliseconds = 20_000;
/** With ticks further apart than this, what somebody has just asked for is read at once: the phase begins anew. */
const PATIENCE_MS: Milliseconds = 1000;
/** Between two ticks that follow each other: as long as the target's clock needs to tell them apart (/proc/uptime has hundredths). */
const BREATH_MS: Milliseconds = 20;

export interface TrendMonitorParts extends MachineHistoryParts {
  readonly target: NamedTarget;
  readonly source: ReaderSource;
  readonly log: Log;
  readonly settings: MonitorSettings;
}

/**
 * Samples one target for all who look: while somebody does, there is a connection with a reader, and ticks at which it is asked. What is made
 * of the answers is the history's.
 */
export class TrendMonitor implements Monitor {
  readonly target: NamedTarget;
  private settings: MonitorSettings;
  private readonly disposables = new DisposableStore();
  private readonly history: MachineHistory;
  private readonly connection: ReaderConnection;
  private readonly ticker: Ticker;
  private readonly planner: SamplePlanner;
  private readonly questions: ReaderQuestions;
  private readonly looks = new Looks(() => this.demandChanged());
  private readonly searches = new Searches();
  /** The reader is a new one: it is not known yet which machine it reads. */
  private first = true;
  /** Of a process that was just found nothing was read yet. */
  private readAgain: Disposable | undefined;
  private disposed = false;

  readonly onDidChangeState;
  readonly onDidSample;
  readonly onDidChangeProcesses;
  readonly onDidChangeWatches;
  readonly onDidEvent;

  constructor(private readonly parts: TrendMonitorParts) {
    const { target, clock, source, log } = parts;
    this.target = target;
    this.settings = bounded(parts.settings);
    this.history = this.disposables.add(new MachineHistory(parts));
    this.planner = new SamplePlanner(this.history.known);
    this.questions = new ReaderQuestions(target.name, clock, this.history.known);
    this.connection = this.disposables.add(new ReaderConnection(source, clock, log, target.name));
    this.ticker = this.disposables.add(new Ticker(clock, this.settings.intervalMs, () => this.tick()));
    this.onDidChangeState = this.connection.onDidChangeState;
    this.onDidSample = this.history.onDidSample;
    this.onDidChangeProcesses = this.history.onDidChangeProcesses;
    this.onDidChangeWatches = this.history.watched.onDidChange;
    this.onDidEvent = this.history.onDidEvent;
    this.onDidChangeWatches(() => this.demandChanged());
    this.connection.onDidOpen(() => this.opened());
    this.connection.onDidChangeState((state) => this.stateChanged(state));
  }

  get state(): MonitorState {
    return this.connection.state;
  }

  get facts(): MachineFacts | undefined {
    return this.history.facts;
  }

  get system(): SeriesTable {
    return this.history.system;
  }

  get latest(): SystemSample | undefined {
    return this.history.latest;
  }

  get events(): readonly TrendEvent[] {
    return this.history.events;
  }

  get processes(): ReadonlyMap<ProcessId, ProcessRow> {
    return this.history.known.table.rows;
  }

  get watches(): readonly Watch[] {
    return this.history.watched.handles;
  }

  look(what: 'machine' | 'processes'): Disposable {
    const first = what === 'processes' && !this.looks.atProcesses;
    const look = this.looks.add(what);
    if (first) this.hurry();
    return look;
  }

  watch(pid: number): Promise<Result<Watch, Fault>> {
    const { state } = this.connection;
    if (this.disposed) return Promise.resolve(err({ code: 'cancelled' }));
    if (state.kind === 'failed') return Promise.resolve(err(state.fault));
    const found = this.searches.add(pid);
    this.demandChanged();
    this.hurry();
    return found;
  }

  mark(event: MarkEvent): void {
    this.history.mark(event);
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
    this.searches.giveUp({ code: 'cancelled' });
    this.questions.abandon();
    this.readAgain?.dispose();
    this.disposables.dispose();
  }

  private demandChanged(): void {
    if (this.disposed) return;
    const wanted = this.looks.any || this.searches.any || this.history.watched.alive.length > 0;
    this.connection.want(wanted);
    if (!wanted) this.pause();
    else if (this.connection.reader !== undefined) this.ticker.start();
  }

  private hurry(): void {
    if (this.settings.intervalMs > PATIENCE_MS && this.latest !== undefined) this.ticker.restart();
  }

  private tickAfter(delayMs: Milliseconds, tick: () => void): void {
    this.readAgain?.dispose();
    this.readAgain = this.parts.clock.after(delayMs, tick);
  }

  private pause(): void {
    if (!this.ticker.running) return;
    this.ticker.stop();
    this.history.paused();
  }

  private opened(): void {
    this.first = true;
    this.history.known.reopen();
    this.planner.reset();
    this.ticker.start();
  }

  private stateChanged(state: MonitorState): void {
    if (state.kind === 'live') return;
    this.ticker.stop();
    this.questions.abandon();
    if (state.kind === 'failed') {
      this.searches.giveUp(state.fault);
      this.demandChanged();
    }
    if (state.kind === 'lost' || state.kind === 'failed') this.history.lost();
  }

  private async tick(): Promise<void> {
    const { reader } = this.connection;
    if (reader === undefined) return;
    if (this.first && !(await this.introduce(reader))) return;
    const { known, watched } = this.history;
    const now = this.parts.clock.now();
    known.table.begin(now);
    const demand = { processes: this.looks.atProcesses, watched: watched.alive, search: this.searches.any };
    const plan = this.planner.plan(demand, now, known.tickContext(this.settings));
    const searches = plan.everyStat ? this.searches.all : [];
    if (!(await this.answer(reader, plan.request))) return;
    if (!known.system.hasMemory) {
      this.connection.lose({ code: 'unreadable', path: '/proc/meminfo', detail: 'no Linux, or no /proc is mounted' });
      return;
    }
    this.connection.answered();
    this.history.take(plan, now, this.settings);
    this.answerSearches(searches);
    if (this.settings.oneLook === true && known.table.round.leftOut) this.tickAfter(BREATH_MS, () => this.ticker.restart());
  }

  /** What is to be known before anything else: which machine this is, and what files its kernel has. */
  private async introduce(reader: Reader): Promise<boolean> {
    const request = { files: MachineFiles.paths, everyStat: false, processes: [], maps: [], fds: [] };
    if (!(await this.answer(reader, request))) return false;
    this.first = false;
    this.history.identify();
    return true;
  }

  /** False when the connection is lost. */
  private async answer(reader: Reader, request: ReadRequest): Promise<boolean> {
    const answer = await this.questions.ask(reader, request, Math.max(ANSWER_MS, 2 * this.settings.intervalMs));
    if (this.disposed || this.connection.reader !== reader) return false;
    if (!answer.ok) this.connection.lose(answer.error);
    return answer.ok;
  }

  private answerSearches(searches: readonly Search[]): void {
    let added = false;
    for (const { pid, done } of this.searches.take(searches)) {
      const found = this.history.follow(pid, this.settings);
      added ||= found.ok && found.value.first;
      done(found.ok ? ok(found.value.watch) : found);
    }
    if (added) {
      this.history.watched.didChange();
      if (this.settings.intervalMs > PATIENCE_MS) this.tickAfter(PATIENCE_MS, () => this.hurry());
    }
    if (searches.length > 0) this.demandChanged();
  }
}

function bounded({ intervalMs, budget, oneLook = false }: MonitorSettings): MonitorSettings {
  return {
    intervalMs: Math.min(60_000, Math.max(100, intervalMs)),
    budget: Math.min(1, Math.max(0.0001, budget)),
    oneLook,
  };
}
