import type { Milliseconds } from '../../src/base/units.js';
import type { ChartGap } from '../../src/protocol/trends.js';

/** A time in which nothing was measured. */
export interface Gap {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}

/** The gaps of a source, oldest first. One that still lasts goes to the end of what is shown. */
export const gapsOf = (gaps: readonly ChartGap[], source: string, end: Milliseconds): readonly Gap[] =>
  gaps
    .filter((gap) => gap.source === source)
    .map(({ from, to }) => ({ from, to: to ?? Math.max(from, end) }))
    .sort((a, b) => a.from - b.from);

/** What is a gap in both. */
export function commonGaps(first: readonly Gap[], second: readonly Gap[]): readonly Gap[] {
  const common: Gap[] = [];
  for (const a of first) {
    for (const b of second) {
      const from = Math.max(a.from, b.from);
      const to = Math.min(a.to, b.to);
      if (from < to) common.push({ from, to });
    }
  }
  return common;
}
