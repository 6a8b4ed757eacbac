import { type Disposable, DisposableStore } from '../base/dispose.js';
import { Emitter } from '../base/emitter.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import { type RecordedRow, RecordingWriter } from '../export/recording.js';
import type { SeriesTable } from '../insight/series.js';
import type { MachineFacts } from '../model/machine.js';
import type { ProcessId, ProcessKey } from '../model/process.js';
import type { RecordedProcessName } from '../model/recording.js';
import type { BulkLineSink } from './line-sink.js';
import { MapRecorder, type MapRecorderOptions } from './map/map-recorder.js';
import type { Monitor, Watch } from './monitor.js';

export interface RecorderOptions {
  /** Milliseconds since the Unix epoch, by the clock of this machine. */
  readonly created: Milliseconds;
  /** `memlens 1.2.0`. */
  readonly tool: string;
  /** Absent: maps are not recorded. */
  readonly maps?: MapRecorderOptions;
}

/** A series that is recorded, and up to which moment it is written. */
interface Followed {
  readonly of: number;
  readonly series: SeriesTable;
  /** Of its newest sample that is written, or before the first one. */
  at: Milliseconds;
  /** Begin of the newest gap that is written. */
  gapAt: Milliseconds;
}

interface FollowedWatch extends Followed {
  readonly watch: Watch;
  name: RecordedProcessName;
  exitWritten?: true;
}

/**
 * Follows a monitor and all its watches, from now until `stop`, and keeps it sampling meanwhile. When the sink fails it lets go of
 * the monitor and says so once.
 */
export class Recorder implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly failed = new Emitter<Fault>();
  private readonly writer = new RecordingWriter();
  private readonly machine: Followed;
  private readonly watches = new Map<ProcessId, FollowedWatch>();
  private readonly maps: MapRecorder | undefined;
  private facts: MachineFacts | undefined;
  private ended: Promise<Result<void, Fault>> | undefined;
  readonly onDidFail = this.failed.on.bind(this.failed);

  constructor(
    private readonly monitor: Monitor,
    private readonly sink: BulkLineSink,
    { created, tool, maps }: RecorderOptions,
  ) {
    const { name, config } = monitor.target;
    this.facts = monitor.facts;
    const machine = this.facts === undefined ? {} : { machine: this.facts };
    sink.write(this.writer.header({ created, tool, target: { name, kind: config.kind }, ...machine }));
    this.machine = follow(0, monitor.system);
    this.maps = maps === undefined ? undefined : new MapRecorder(maps, sink);
    this.disposables.add(
      sink.onDidFail((fault) => {
        this.disposables.dispose();
        this.maps?.dispose();
        this.ended = sink.close();
        this.failed.emit(fault);
      }),
    );
    this.disposables.add(monitor.onDidSample(() => this.take()));
    this.disposables.add(
      monitor.onDidEvent((event) => {
        sink.write(this.writer.event(event));
        if (event.kind === 'mark') this.maps?.mark(event.detail);
      }),
    );
    this.disposables.add(monitor.onDidChangeWatches(() => this.followWatches()));
    this.disposables.add(monitor.look('machine'));
    this.followWatches();
  }

  /** Takes the last maps, writes the last line and closes the file. The same result for each call. */
  stop(): Promise<Result<void, Fault>> {
    this.ended ??= this.maps === undefined ? this.close() : this.closeWithMaps(this.maps);
    return this.ended;
  }

  /** Without the last maps: whoever disposes does not wait. */
  dispose(): void {
    this.maps?.dispose();
    this.ended ??= this.close();
    this.failed.dispose();
  }

  private async closeWithMaps(maps: MapRecorder): Promise<Result<void, Fault>> {
    await maps.finish();
    return this.close();
  }

  private close(): Promise<Result<void, Fault>> {
    this.take();
    for (const followed of this.all()) this.writeGaps(followed, Infinity);
    this.disposables.dispose();
    this.sink.write(this.writer.end(Math.max(0, ...this.all().map(({ at }) => at))));
    return this.sink.close();
  }

  private all(): Followed[] {
    return [this.machine, ...this.watches.values()];
  }

  private followWatches(): void {
    for (const watch of this.monitor.watches) {
      const followed = this.watches.get(watch.id);
      if (followed?.series === watch.series) continue;
      // It was not watched for a while: what is new has another series.
      if (followed !== undefined) this.sink.write(this.writer.gap(followed.of, Math.max(0, followed.at)));
      const name = nameOf(watch);
      const { of, line } = this.writer.process(name);
      this.sink.write(line);
      this.watches.set(watch.id, { ...follow(of, watch.series), watch, name });
    }
    this.followMaps();
  }

  /** Of those that are watched now and have not ended. */
  private followMaps(): void {
    const processes = new Map<number, ProcessKey>();
    for (const { id, key, endedAt } of this.monitor.watches) {
      const followed = this.watches.get(id);
      if (followed !== undefined && endedAt === undefined) processes.set(followed.of, key);
    }
    this.maps?.follow(processes);
  }

  private rename(): void {
    for (const followed of this.watches.values()) {
      const name = nameOf(followed.watch);
      if (name.command === followed.name.command && name.commandLine === followed.name.commandLine) continue;
      followed.name = name;
      this.sink.write(this.writer.rename(followed.of, name));
    }
  }

  /** Writes what is new in all series. */
  private take(): void {
    if (this.monitor.facts !== undefined && this.monitor.facts !== this.facts) {
      this.facts = this.monitor.facts;
      this.sink.write(this.writer.machine(this.facts));
    }
    this.rename();
    // One line for series that share their moment, as they do.
    const rows = new Map<Milliseconds, RecordedRow[]>();
    for (const followed of this.all()) {
      const at = followed.series.span?.to;
      if (at === undefined || at <= followed.at) continue;
      this.writeGaps(followed, at);
      const row = { of: followed.of, values: valuesAt(followed.series, at) };
      rows.set(at, [...(rows.get(at) ?? []), row]);
      followed.at = at;
    }
    for (const [at, group] of rows) for (const line of this.writer.sample(at, group)) this.sink.write(line);
    for (const followed of this.watches.values()) {
      const { endedAt } = followed.watch;
      if (followed.exitWritten === true || endedAt === undefined) continue;
      this.sink.write(this.writer.exit(followed.of, endedAt));
      followed.exitWritten = true;
      this.followMaps();
    }
  }

  /** Those that began since the newest sample that is written. */
  private writeGaps(followed: Followed, to: Milliseconds): void {
    if (followed.at === -Infinity) return;
    const { gaps } = followed.series.view({ ids: [], from: followed.at, to: Math.min(to, followed.at + YEAR), maxBuckets: 1 });
    for (const { from } of gaps) {
      if (from < followed.at || from <= followed.gapAt) continue;
      this.sink.write(this.writer.gap(followed.of, from));
      followed.gapAt = from;
    }
  }
}

const YEAR = 366 * 24 * 3_600_000;

/** What was measured before is no part of the recording. */
function follow(of: number, series: SeriesTable): Followed {
  return { of, series, at: series.span?.to ?? -Infinity, gapAt: -Infinity };
}

function nameOf({ key, command, commandLine }: Watch): RecordedProcessName {
  return { ...key, command, ...(commandLine === undefined ? {} : { commandLine }) };
}

function valuesAt(series: SeriesTable, at: Milliseconds): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const id of series.ids) {
    const newest = series.latest(id);
    if (newest?.at === at) values.set(id, newest.value);
  }
  return values;
}
