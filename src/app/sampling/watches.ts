import { Emitter } from '../../base/emitter.js';
import type { Milliseconds } from '../../base/units.js';
import type { SeriesTable } from '../../insight/series.js';
import type { ProcessId } from '../../model/process.js';
import type { Clock } from '../ports.js';
import type { ProcessRecord } from './process-record.js';
import { WatchedProcess, WatchHandle } from './watch.js';

/** The watched processes, and those who have asked for them: two of one process share one series. */
export class Watches {
  private readonly byId = new Map<ProcessId, { process: WatchedProcess; handles: WatchHandle[] }>();
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.on.bind(this.changed);

  constructor(
    private readonly createSeries: () => SeriesTable,
    private readonly clock: Clock,
    private readonly rollupFile: () => string | undefined,
    /** Nobody asks for it any more. */
    private readonly onDrop: (process: WatchedProcess) => void,
  ) {}

  /** One for each process. */
  get handles(): readonly WatchHandle[] {
    return [...this.byId.values()].flatMap(({ handles }) => handles.slice(0, 1));
  }

  get alive(): readonly WatchedProcess[] {
    return [...this.byId.values()].map(({ process }) => process).filter(({ endedAt }) => endedAt === undefined);
  }

  /** `first`: nobody has asked for it before. */
  add(record: ProcessRecord, tickMs: Milliseconds): { readonly handle: WatchHandle; readonly first: boolean } {
    const there = this.byId.get(record.id);
    const entry = there ?? {
      process: new WatchedProcess(record, this.createSeries, this.clock, tickMs),
      handles: [],
    };
    this.byId.set(record.id, entry);
    const handle = new WatchHandle(entry.process, this.rollupFile);
    entry.handles.push(handle);
    handle.onDidDispose(() => {
      entry.handles.splice(entry.handles.indexOf(handle), 1);
      if (entry.handles.length > 0) return;
      if (entry.process.endedAt === undefined) entry.process.lastWord();
      this.byId.delete(record.id);
      this.onDrop(entry.process);
      this.changed.emit();
    });
    return { handle, first: there === undefined };
  }

  /** Whether any of these is watched: then that is over, and its verdict is the last one. */
  end(records: readonly ProcessRecord[], at: Milliseconds): boolean {
    const ended = records.flatMap(({ id }) => this.byId.get(id)?.process ?? []);
    for (const process of ended) process.end(at);
    return ended.length > 0;
  }

  gap(at: Milliseconds): void {
    for (const process of this.alive) process.gap(at);
  }

  didChange(): void {
    this.changed.emit();
  }

  dispose(): void {
    this.changed.dispose();
    this.byId.clear();
  }
}
