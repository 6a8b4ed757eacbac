import { type Disposable, DisposableStore } from '../../base/dispose.js';
import { Emitter } from '../../base/emitter.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import { machineValues } from '../../insight/machine-values.js';
import type { SeriesTable } from '../../insight/series.js';
import type { MachineFacts } from '../../model/machine.js';
import type { ProcessId, ProcessRow } from '../../model/process.js';
import type { SystemSample } from '../../model/sample.js';
import type { MarkEvent, TrendEvent } from '../../model/trend-event.js';
import type { MonitorSettings, Watch } from '../monitor.js';
import type { Clock } from '../ports.js';
import { EventLog } from './event-log.js';
import { Family } from './family.js';
import { KnownMachine } from './known-machine.js';
import { MachineClock } from './machine-clock.js';
import { OomKills } from './oom-kills.js';
import type { TableChange } from './process-table.js';
import { SampleGaps } from './sample-gaps.js';
import type { SamplePlan } from './sample-plan.js';
import { Watches } from './watches.js';

export interface MachineHistoryParts {
  readonly clock: Clock;
  /** The calendar's clock of this machine; asked once for each boot of the target. */
  readonly epochMs: () => Milliseconds;
  readonly createSeries: () => SeriesTable;
}

/** What has been seen of a machine: its series and samples, its events, and the processes that are watched. */
export class MachineHistory implements Disposable {
  readonly known = new KnownMachine();
  readonly system: SeriesTable;
  readonly watched: Watches;
  facts: MachineFacts | undefined;
  latest: SystemSample | undefined;
  private readonly disposables = new DisposableStore();
  private readonly samples = this.disposables.add(new Emitter<SystemSample>());
  private readonly processChanges = this.disposables.add(
    new Emitter<{ readonly changed: readonly ProcessRow[]; readonly gone: readonly ProcessId[] }>(),
  );
  private readonly log = this.disposables.add(new EventLog());
  private readonly family = new Family(this.known.table);
  private readonly oomKills = new OomKills(this.log);
  private readonly gaps = new SampleGaps(this.log, (at) => {
    this.system.gap(at);
    this.watched.gap(at);
  });
  private readonly clock: MachineClock;
  /** The next sample is the first one of another boot. */
  private rebooted = false;

  readonly onDidSample = this.samples.on.bind(this.samples);
  readonly onDidChangeProcesses = this.processChanges.on.bind(this.processChanges);
  readonly onDidEvent = this.log.onDidEvent;

  constructor({ clock, epochMs, createSeries }: MachineHistoryParts) {
    this.system = createSeries();
    this.clock = new MachineClock(clock, epochMs);
    this.watched = this.disposables.add(
      new Watches(
        createSeries,
        clock,
        () => this.known.files.rollupFile,
        ({ record }) => this.family.unfollow(record),
      ),
    );
  }

  get events(): readonly TrendEvent[] {
    return this.log.events;
  }

  mark(event: MarkEvent): void {
    this.log.add({ ...event, at: event.at ?? this.clock.now() });
  }

  /** Nobody looks any more. */
  paused(): void {
    this.gaps.paused();
  }

  lost(): void {
    if (this.latest !== undefined) this.gaps.lost(this.latest.at);
  }

  /** A new reader has told which machine and which boot this is. A pid and a start time name a process only within a boot. */
  identify(): void {
    const before = this.facts;
    this.facts = this.known.files.facts();
    if (before === undefined || before.bootId === this.facts.bootId) return;
    this.takeChange(this.known.table.clear(), this.latest?.at ?? this.clock.now());
    this.clock.reset();
    this.rebooted = true;
  }

  /** Makes a sample of what was told at a tick that began at `now`. */
  take({ everyStat, asked }: SamplePlan, now: Milliseconds, settings: MonitorSettings): void {
    const { system, files, table, rowContext } = this.known;
    const { intervalMs, budget } = settings;
    system.askedAgain(now);
    const { rebooted } = this;
    this.rebooted = false;
    const at = this.clock.advance(system.uptime);
    const sample = system.sample(at, files.pageSize);
    const previous = this.latest;
    if (rebooted) this.log.add({ at, kind: 'reboot' });
    const follows = previous !== undefined && !this.gaps.close(previous.at, at, intervalMs) && !rebooted;
    this.latest = sample;
    this.system.append(at, machineValues(sample, follows ? previous : undefined, files.pageSize));
    if (previous !== undefined && !rebooted) this.oomKills.take(previous, sample);
    this.takeChange(table.finish({ at, everyStat, asked, context: rowContext, tickMs: intervalMs, budget }), at);
    this.sampleWatches(at, settings);
    this.samples.emit(sample);
  }

  /** Follows a process that the newest tick has shown; `first`: nobody has asked for it before, and nothing was read of it yet. */
  follow(pid: number, { intervalMs }: MonitorSettings): Result<{ readonly watch: Watch; readonly first: boolean }, Fault> {
    const record = this.known.table.find(pid);
    if (record?.over) return err({ code: 'no-process', pid, why: 'zombie' });
    if (record === undefined) {
      const isHidden = this.facts?.hidesProcesses === true;
      return err(
        isHidden ? { code: 'no-process', pid, why: 'hidden' } : { code: 'not-found', path: String(pid), what: 'process' },
      );
    }
    const { handle, first } = this.watched.add(record, intervalMs);
    handle.process.row = this.known.table.rows.get(record.id);
    if (first) this.family.follow(record);
    return ok({ watch: handle, first });
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private takeChange(change: TableChange, at: Milliseconds): void {
    for (const event of this.family.events(change, at, this.oomKills.justBefore(at))) this.log.add(event);
    const { changed, gone, ended } = change;
    const anyEnded = this.watched.end(ended, at);
    if (changed.length > 0 || gone.length > 0) this.processChanges.emit({ changed, gone });
    if (anyEnded) this.watched.didChange();
  }

  private sampleWatches(at: Milliseconds, settings: MonitorSettings): void {
    const context = this.known.tickContext(settings);
    for (const process of this.watched.alive) {
      const { record } = process;
      const row = this.known.table.rows.get(record.id);
      const startedAt = this.clock.moment(record.stat.startTicks * 10);
      process.sample(at, { row, group: this.known.groupMemory(record), startedAt }, context);
    }
  }
}
