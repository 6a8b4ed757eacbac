import type { Milliseconds } from '../../src/base/units.js';
import type { TrendEvent } from '../../src/model/trend-event.js';
import { type Buckets, bucketTime, type Column } from './buckets.js';

/** A time in which nothing was measured. */
export interface Gap {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}

/** So many times the usual distance of two readings may pass before it is a gap. */
const PATIENCE = 3;

/**
 * The gaps of a source, by its events and by what is missing. A bucket without a value of one series alone is no gap: expensive
 * files are read less often than the others.
 */
export function findGaps(
  buckets: Buckets,
  columns: readonly Column[],
  events: readonly TrendEvent[],
  intervalMs: Milliseconds,
  to: Milliseconds,
): readonly Gap[] {
  const gaps = [...toldGaps(events, to), ...missing(buckets, columns, intervalMs)].sort((a, b) => a.from - b.from);
  const joined: Gap[] = [];
  for (const gap of gaps) {
    const last = joined.at(-1);
    if (last && gap.from <= last.to) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, gap.to) };
    else joined.push(gap);
  }
  return joined;
}

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

function toldGaps(events: readonly TrendEvent[], to: Milliseconds): Gap[] {
  const gaps: Gap[] = [];
  let begun: Milliseconds | undefined;
  for (const event of events) {
    if (event.kind === 'gap-begin') begun ??= event.at;
    else if (event.kind === 'gap-end' && begun !== undefined) {
      gaps.push({ from: begun, to: event.at });
      begun = undefined;
    }
  }
  if (begun !== undefined && begun < to) gaps.push({ from: begun, to });
  return gaps;
}

function missing(buckets: Buckets, columns: readonly Column[], intervalMs: Milliseconds): Gap[] {
  const present: number[] = [];
  for (let index = 0; index < buckets.length; index++) {
    if (columns.some((column) => !Number.isNaN(column.mean[index]))) present.push(index);
  }
  const steps = present.slice(1).map((index, position) => index - (present[position] ?? 0));
  // Not the median: a large process is read less and less often.
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length * 0.9)] ?? 1;
  const most = Math.max(PATIENCE * usual, (PATIENCE * intervalMs) / buckets.bucketMs);
  const gaps: Gap[] = [];
  steps.forEach((step, position) => {
    const before = present[position] ?? 0;
    if (step > most) gaps.push({ from: bucketTime(buckets, before), to: bucketTime(buckets, before + step) });
  });
  return gaps;
}
