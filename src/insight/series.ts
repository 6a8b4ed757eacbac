import type { Milliseconds } from '../base/units.js';

/**
 * A window of series cut into buckets of equal width on a fixed grid: bucket i covers [(first + i) * bucketMs, + bucketMs).
 * NaN: nothing was measured in it.
 */
export interface SeriesView {
  readonly bucketMs: Milliseconds;
  /** Index on the grid of the first bucket. */
  readonly first: number;
  readonly length: number;
  readonly columns: readonly SeriesColumn[];
}

export interface SeriesColumn {
  readonly id: string;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  readonly last: Float64Array;
}

export interface SeriesQuery {
  readonly ids: readonly string[];
  /** As SystemSample.at. */
  readonly from: Milliseconds;
  readonly to: Milliseconds;
  /** At least one bucket, at most this many. */
  readonly maxBuckets: number;
}

/** One series as it was measured, at the finest resolution that is still there: for verdicts and exports. */
export interface Points {
  readonly at: Float64Array;
  readonly value: Float64Array;
}

/** Series that share their moments. Bounded: the newest hour as measured, a day and 30 days in buckets. */
export interface SeriesTable {
  /** Ids seen so far, in the order in which they first came. */
  readonly ids: readonly string[];
  /** The oldest and the newest moment that is still there. */
  readonly span: { readonly from: Milliseconds; readonly to: Milliseconds } | undefined;
  /** Moments go up; one that does not is refused (false). NaN, or an id left out: not known at this moment. */
  append(at: Milliseconds, values: ReadonlyMap<string, number>): boolean;
  /** Nothing was measured from here to the next append: lines must not be drawn across. */
  gap(at: Milliseconds): void;
  view(query: SeriesQuery): SeriesView;
  /** Without the moments at which it was not known. */
  points(id: string, from?: Milliseconds): Points;
  /** The newest known value. */
  latest(id: string): { readonly at: Milliseconds; readonly value: number } | undefined;
  /** The value at the moment, or the newest one before it that is not across a gap. */
  valueAt(id: string, at: Milliseconds): number | undefined;
}
