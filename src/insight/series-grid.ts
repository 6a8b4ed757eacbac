import { DAY, HOUR, MINUTE, type Milliseconds, SECOND } from '../base/units.js';

/** See SeriesView. */
export interface SeriesGrid {
  readonly bucketMs: Milliseconds;
  readonly first: number;
  readonly length: number;
}

/**
 * The widths that a bucket may have. Each divides 30 s or is a multiple of it, and each above 30 s divides 10 minutes or is a
 * multiple of it: so no stored bucket lies across a line of the grid, unless it is wider than the grid's.
 */
const WIDTHS: readonly Milliseconds[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000].map((n) => n * DAY),
];

/**
 * The finest grid of WIDTHS that has at most `maxBuckets` for any window of this length, so that a window that moves keeps its
 * grid. When even the widest has more, the newest buckets.
 */
export function gridOf(from: Milliseconds, to: Milliseconds, maxBuckets: number): SeriesGrid {
  const most = Math.max(1, Math.floor(maxBuckets));
  const buckets = (width: Milliseconds): number =>
    most === 1 ? Math.floor(to / width) - Math.floor(from / width) + 1 : Math.floor((to - from) / width) + 2;
  const bucketMs = WIDTHS.find((width) => buckets(width) <= most) ?? WIDTHS.at(-1)!;
  const newest = Math.floor(to / bucketMs);
  const first = Math.max(Math.floor(from / bucketMs), newest - most + 1);
  return { bucketMs, first, length: newest - first + 1 };
}
