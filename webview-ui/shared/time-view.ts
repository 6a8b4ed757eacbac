import { Emitter } from '../../src/base/emitter.js';
import type { Milliseconds } from '../../src/base/units.js';
import type { ChartQuery } from '../../src/protocol/trends.js';

export interface TimeRange {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}

/** The newest so many milliseconds, or all there is. */
export type Span = Milliseconds | 'all';

/** Nothing shorter can be zoomed to. */
const SHORTEST: Milliseconds = 2000;

/**
 * The time that the charts of a page show together: it follows the newest samples, until the user zooms, moves it or pauses.
 * `range` is what is drawn; the host is asked by `window`.
 */
export class TimeView {
  /** What is drawn. */
  range: TimeRange = { from: 0, to: 1 };
  /** The moment under the pointer, or where the arrow keys have gone. */
  cursor: Milliseconds | undefined;
  /** The user has zoomed, moved or paused. */
  fixed = false;
  paused = false;
  /** The host has to be asked anew. */
  readonly onDidChangeWindow = new Emitter<void>();
  /** The charts have to be drawn anew. */
  readonly onDidChangeRange = new Emitter<void>();
  readonly onDidMoveCursor = new Emitter<void>();

  constructor(public span: Span) {}

  get window(): ChartQuery['window'] {
    if (this.fixed) return this.range;
    return this.span === 'all' ? { all: true } : { lastMs: this.span };
  }

  /** The range of an answer. */
  follow(range: TimeRange): void {
    if (!this.fixed) this.range = range;
  }

  select(span: Span): void {
    this.span = span;
    this.fixed = false;
    this.paused = false;
    this.onDidChangeWindow.emit();
    this.onDidChangeRange.emit();
  }

  show(from: Milliseconds, to: Milliseconds): void {
    const half = Math.max(to - from, SHORTEST) / 2;
    const middle = (from + to) / 2;
    this.range = { from: Math.round(middle - half), to: Math.round(middle + half) };
    this.fixed = true;
    this.onDidChangeWindow.emit();
    this.onDidChangeRange.emit();
  }

  /** `factor` below 1 shows less. The moment stays where it is on the screen. */
  zoom(factor: number, around: Milliseconds = this.cursor ?? (this.range.from + this.range.to) / 2): void {
    const { from, to } = this.range;
    const width = Math.max((to - from) * factor, SHORTEST);
    const share = to > from ? Math.min(1, Math.max(0, (around - from) / (to - from))) : 0.5;
    this.show(around - width * share, around + width * (1 - share));
  }

  /** By a share of what is shown; positive: later. */
  pan(share: number): void {
    const by = (this.range.to - this.range.from) * share;
    this.show(this.range.from + by, this.range.to + by);
  }

  pause(): void {
    this.paused = true;
    this.show(this.range.from, this.range.to);
  }

  /** Back to the newest samples. */
  resume(): void {
    this.select(this.span);
  }

  moveCursor(at: Milliseconds | undefined): void {
    if (this.cursor === at) return;
    this.cursor = at;
    this.onDidMoveCursor.emit();
  }
}
