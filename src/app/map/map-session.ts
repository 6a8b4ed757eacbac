import { type Cancel, CancelSource } from '../../base/cancel.js';
import type { Disposable } from '../../base/dispose.js';
import { Emitter } from '../../base/emitter.js';
import type { Fault } from '../../base/fault.js';
import type { Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { MapFinding } from '../../model/map-diff.js';
import type { MapSnapshot } from '../../model/map-snapshot.js';
import type { Moment, RegionGrowth } from '../../protocol/map.js';
import type { Clock } from '../ports.js';
import { type KeptMoment, MapMoments } from './map-moments.js';

/** Where maps come from. */
export interface MapSource {
  take(cancel: Cancel): Promise<Result<MapSnapshot, Fault>>;
}

/** What is learned from one reading after the other (insight/map/history.ts). */
export interface MapLearner {
  add(snapshot: MapSnapshot): void;
  growth(): RegionGrowth | undefined;
  findings(): readonly MapFinding[];
  /** From the first reading to the newest one. */
  readonly watchedMs: Milliseconds;
}

/** As MapState of the protocol, with the fault itself. */
export type SessionState =
  | { readonly kind: 'reading' | 'still' }
  | { readonly kind: 'live'; readonly everyMs: Milliseconds; readonly askedMs: Milliseconds }
  | { readonly kind: 'ended'; readonly at: Milliseconds }
  | { readonly kind: 'file' | 'recorded'; readonly name: string }
  | { readonly kind: 'failed'; readonly fault: Fault };

export interface MapSessionOptions {
  /** Absent: of a file, which says no more than it holds. */
  readonly source?: MapSource;
  readonly clock: Clock;
  /** Share of wall time that reading smaps may take of the target; 0.01 by default. */
  readonly budget: () => number;
  readonly learner: MapLearner;
  /**
   * From 0 to 1. Readings at an even pace fall in step with what a program does at an even pace, and see it grow for minutes where it goes up and down: with
   * this they are a quarter earlier or later.
   */
  readonly random?: () => number;
}

/** After a failure it is tried again, each time after twice the pause, up to this. */
const LONGEST_PAUSE: Milliseconds = 60_000;

/** The cheapest of so many readings tells what one costs. */
const COSTS = 4;

/** The map of one process over time: read once, or again and again while somebody looks. One reading at a time. */
export class MapSession implements Disposable {
  private readonly moments = new MapMoments();
  private readonly changed = new Emitter<'state' | 'moments' | 'map'>();
  private current: SessionState = { kind: 'reading' };
  private askedMs: Milliseconds | undefined;
  private visible = false;
  private timer: Disposable | undefined;
  private reading: { readonly cancel: CancelSource; mark: { readonly label?: string } | undefined } | undefined;
  /** When the last reading ended. */
  private readAt: Milliseconds = Number.NEGATIVE_INFINITY;
  private failures = 0;
  /** Of the newest readings. */
  private costs: readonly Milliseconds[] = [];
  private disposed = false;
  readonly onDidChange = this.changed.on.bind(this.changed);

  constructor(private readonly options: MapSessionOptions) {}

  get state(): SessionState {
    return this.current;
  }

  get all(): readonly Moment[] {
    return this.moments.all;
  }

  get newest(): KeptMoment | undefined {
    return this.moments.newest;
  }

  get learner(): MapLearner {
    return this.options.learner;
  }

  of(moment: number): KeptMoment | undefined {
    return this.moments.of(moment);
  }

  /** What a file holds, oldest first. `labels`: the user's words for some of them. */
  load(
    kind: 'file' | 'recorded',
    name: string,
    snapshots: readonly MapSnapshot[],
    labels: ReadonlyMap<MapSnapshot, string> = new Map(),
  ): void {
    for (const snapshot of snapshots) {
      const { origin } = snapshot;
      // Of several files the name tells more than the time.
      const label = snapshots.length > 1 && origin.kind === 'file' ? origin.name : labels.get(snapshot);
      this.moments.add(snapshot, kind, label);
      this.options.learner.add(snapshot);
    }
    this.changed.emit('map');
    this.changed.emit('moments');
    this.become({ kind, name });
  }

  /** Reads now. */
  refresh(): void {
    void this.read();
  }

  /** Reads now, and keeps that moment until it is removed. */
  mark(label?: string): void {
    const mark = label === undefined || label === '' ? {} : { label };
    if (this.reading === undefined) void this.read(mark);
    // What is being read may be older than the user's wish: read again afterwards.
    else this.reading.mark = mark;
  }

  /** Forgets a moment; of the newest one only the mark. */
  remove(moment: number): void {
    this.moments.remove(moment);
    this.changed.emit('moments');
  }

  /** These are looked at: they are kept, however many new ones come. */
  hold(moments: readonly number[]): void {
    this.moments.held = new Set(moments);
  }

  /** Reads again each so many milliseconds, or as rarely as the budget demands; undefined: no longer. */
  live(everyMs: Milliseconds | undefined): void {
    this.askedMs = everyMs;
    this.timer?.dispose();
    this.timer = undefined;
    if (this.options.source === undefined || this.current.kind === 'ended' || this.reading !== undefined) return;
    if (everyMs === undefined) {
      if (this.current.kind === 'live') this.become({ kind: 'still' });
    } else if (this.visible) void this.read();
  }

  /** While nobody looks nothing is read. */
  setVisible(visible: boolean): void {
    if (visible === this.visible) return;
    this.visible = visible;
    if (!visible) {
      this.timer?.dispose();
      this.timer = undefined;
    } else if (this.newest === undefined) void this.read();
    // Not at once: who goes to and fro between tabs would make it read more often than the budget lets it.
    else if (this.reading === undefined && this.askedMs !== undefined) this.after(this.restMs());
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
    this.reading?.cancel.cancel();
    this.changed.dispose();
  }

  private async read(mark?: { readonly label?: string }): Promise<void> {
    const { source } = this.options;
    if (source === undefined || this.reading !== undefined || this.disposed || this.current.kind === 'ended') return;
    this.timer?.dispose();
    this.timer = undefined;
    const cancel = new CancelSource();
    this.reading = { cancel, mark: undefined };
    if (this.newest === undefined) this.become({ kind: 'reading' });
    const taken = await source.take(cancel);
    // Disposed meanwhile.
    if (cancel.requested) return;
    const next = this.reading.mark;
    this.reading = undefined;
    this.readAt = this.options.clock.now();
    if (taken.ok) this.take(taken.value, mark);
    else this.fail(taken.error);
    if (next !== undefined) void this.read(next);
  }

  private take(snapshot: MapSnapshot, mark: { readonly label?: string } | undefined): void {
    this.failures = 0;
    this.costs = [...this.costs.slice(1 - COSTS), snapshot.costMs ?? 0];
    this.moments.add(snapshot, mark === undefined ? 'live' : 'mark', mark?.label);
    this.options.learner.add(snapshot);
    this.changed.emit('map');
    this.changed.emit('moments');
    if (snapshot.notes.some(({ code }) => code === 'ended')) this.become({ kind: 'ended', at: snapshot.at });
    else this.next();
  }

  private fail(fault: Fault): void {
    this.failures++;
    const { newest } = this;
    // A process whose map was read and is not there any more has ended.
    const isGone = fault.code === 'not-found' || fault.code === 'no-process';
    if (isGone && newest !== undefined) this.become({ kind: 'ended', at: newest.snapshot.at });
    else if (fault.code !== 'cancelled') {
      this.become({ kind: 'failed', fault });
      // What is gone does not come back.
      if (!isGone) this.after(Math.min(LONGEST_PAUSE, (this.askedMs ?? 0) * 2 ** this.failures));
    }
  }

  private next(): void {
    if (this.askedMs === undefined) {
      this.become({ kind: 'still' });
      return;
    }
    const everyMs = this.everyMs(this.askedMs);
    this.become({ kind: 'live', everyMs, askedMs: this.askedMs });
    const { random } = this.options;
    this.after(random === undefined ? everyMs : Math.max(this.leastMs(), everyMs * (0.75 + 0.5 * random())));
  }

  private everyMs(askedMs: Milliseconds): Milliseconds {
    return Math.max(askedMs, this.leastMs());
  }

  /** What the budget demands. What else the machine does makes a reading wait, and never makes it cheaper. */
  private leastMs(): Milliseconds {
    const cost = this.costs.length === 0 ? 0 : Math.min(...this.costs);
    return Math.ceil(cost / this.options.budget());
  }

  /** Until the next reading is due. */
  private restMs(): Milliseconds {
    return Math.max(0, this.everyMs(this.askedMs ?? 0) - (this.options.clock.now() - this.readAt));
  }

  private after(delayMs: Milliseconds): void {
    if (!this.visible || this.askedMs === undefined) return;
    this.timer = this.options.clock.after(delayMs, () => void this.read());
  }

  private become(state: SessionState): void {
    this.current = state;
    this.changed.emit('state');
  }
}
