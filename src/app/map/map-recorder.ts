import { CancelSource } from '../../base/cancel.js';
import type { Disposable } from '../../base/dispose.js';
import type { Milliseconds } from '../../base/units.js';
import { RecordedMapWriter } from '../../export/recorded-map.js';
import type { ProcessKey } from '../../model/process.js';
import type { BulkLineSink } from '../line-sink.js';
import type { Clock } from '../ports.js';
import type { MapSource } from './map-session.js';

export interface MapRecorderOptions {
  /** How often a map of each process is taken. */
  readonly everyMs: Milliseconds;
  /** Share of wall time that reading the maps of one process may take of the target. */
  readonly budget: () => number;
  readonly clock: Clock;
  readonly sourceOf: (process: ProcessKey) => MapSource;
}

interface Recorded {
  readonly source: MapSource;
  readonly writer: RecordedMapWriter;
  /** Moments of the clock. */
  due: Milliseconds;
  /** Earlier than this another map would cost more than the budget. */
  restUntil: Milliseconds;
  takenAt: Milliseconds;
  /** Of a mark since the newest map. */
  label: string | undefined;
}

/** The maps of a recording's end may take so long. */
const LAST_LIMIT: Milliseconds = 3000;
/** A map that is younger than this need not be taken again at the end. */
const YOUNG: Milliseconds = 1000;

/** Takes maps of the processes of a recording: at once, then again and again, at marks, and at the end. One at a time. */
export class MapRecorder implements Disposable {
  private recorded = new Map<number, Recorded>();
  private readonly cancel = new CancelSource();
  private timer: Disposable | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly options: MapRecorderOptions,
    private readonly sink: Pick<BulkLineSink, 'write' | 'drain'>,
  ) {}

  /** These, by the numbers of their series, and no others from now on. */
  follow(processes: ReadonlyMap<number, ProcessKey>): void {
    const now = this.options.clock.now();
    for (const of of this.recorded.keys()) if (!processes.has(of)) this.recorded.delete(of);
    for (const [of, key] of processes) {
      if (this.recorded.has(of)) continue;
      const writer = new RecordedMapWriter(of);
      this.recorded.set(of, {
        source: this.options.sourceOf(key),
        writer,
        due: now,
        restUntil: now,
        takenAt: -Infinity,
        label: undefined,
      });
    }
    this.run();
  }

  /** Somebody marks this moment: how the maps are now will be asked for. `label`: the word for it. */
  mark(label: string | undefined): void {
    const now = this.options.clock.now();
    for (const one of this.recorded.values()) {
      one.due = Math.min(one.due, Math.max(one.restUntil, now));
      one.label = label ?? one.label;
    }
    this.run();
  }

  /** Takes the last maps, where the budget allows, and takes no more. */
  async finish(): Promise<void> {
    let limit: Disposable | undefined;
    // A target that does not answer any more must not keep the file open.
    const late = new Promise<void>((done) => {
      limit = this.options.clock.after(LAST_LIMIT, done);
    });
    await Promise.race([this.takeLast(), late]);
    limit?.dispose();
    this.dispose();
  }

  dispose(): void {
    this.cancel.cancel();
    this.timer?.dispose();
    this.recorded.clear();
  }

  private run(): void {
    this.timer?.dispose();
    this.timer = undefined;
    this.running ??= this.takeDue().finally(() => {
      this.running = undefined;
      this.wait();
    });
  }

  private async takeDue(): Promise<void> {
    for (;;) {
      const next = this.next;
      if (next === undefined || next.due > this.options.clock.now() || this.cancel.requested) return;
      await this.take(next);
    }
  }

  private get next(): Recorded | undefined {
    return [...this.recorded.values()].sort((one, other) => one.due - other.due)[0];
  }

  private wait(): void {
    const { next } = this;
    if (next === undefined || this.cancel.requested) return;
    this.timer = this.options.clock.after(Math.max(0, next.due - this.options.clock.now()), () => this.run());
  }

  private async takeLast(): Promise<void> {
    const { clock } = this.options;
    await this.running;
    this.timer?.dispose();
    for (const one of this.recorded.values()) {
      const now = clock.now();
      if (one.restUntil <= now && now - one.takenAt >= YOUNG && !this.cancel.requested) await this.take(one);
    }
  }

  private async take(one: Recorded): Promise<void> {
    const { everyMs, budget, clock } = this.options;
    const begun = clock.now();
    const taken = await one.source.take(this.cancel);
    const costMs = taken.ok ? (taken.value.costMs ?? 0) : 0;
    one.restUntil = clock.now() + Math.ceil(costMs / budget());
    one.due = Math.max(begun + everyMs, one.restUntil);
    // What may not be read, or is not there just then, is no map: it is tried again.
    if (!taken.ok || taken.value.table.length === 0 || this.cancel.requested) return;
    one.takenAt = clock.now();
    const lines = one.writer.lines(taken.value, one.label);
    one.label = undefined;
    for (const line of lines) {
      this.sink.write(line);
      await this.sink.drain();
    }
  }
}
