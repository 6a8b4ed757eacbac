import type { Milliseconds } from '../base/units.js';
import type { SeriesGap } from './series.js';

/** Of a connection that is lost over and over, the newest gaps are kept. */
const MOST_GAPS = 4096;

/** The spans in which nothing was measured, in the order of time. */
export class SeriesGaps {
  private spans: { from: Milliseconds; to: Milliseconds }[] = [];

  get isOpen(): boolean {
    return this.spans.at(-1)?.to === Infinity;
  }

  open(at: Milliseconds): void {
    if (this.isOpen) return;
    this.spans.push({ from: at, to: Infinity });
    if (this.spans.length > MOST_GAPS) this.spans.shift();
  }

  close(at: Milliseconds): void {
    const newest = this.spans.at(-1);
    if (newest !== undefined && newest.to === Infinity) newest.to = at;
  }

  dropBefore(moment: Milliseconds): void {
    if ((this.spans[0]?.to ?? Infinity) < moment) this.spans = this.spans.filter(({ to }) => to >= moment);
  }

  /** Those that touch the window; the last one may reach to Infinity. */
  between(from: Milliseconds, to: Milliseconds): readonly SeriesGap[] {
    return this.spans.filter((span) => span.to > from && span.from < to).map((span) => ({ ...span }));
  }

  /** The newest one that begins before the moment. */
  before(moment: Milliseconds): SeriesGap | undefined {
    return this.spans.findLast(({ from }) => from < moment);
  }
}
