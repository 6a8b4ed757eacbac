import type { Milliseconds } from '../base/units.js';
import type { BucketValues } from '../model/bucket-values.js';

/** Nothing was measured between these moments: no line is drawn across. `to` of one that still lasts is Infinity. */
export interface SeriesGap {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}

/**
 * A window of series cut into buckets of equal width on a fixed grid: bucket i covers [(first + i) * bucketMs, + bucketMs), with
 * all that was measured in it, even when the window begins or ends within it. NaN: the series has no value in it, because it is
 * read rarely (a line leads on to the next value) or because of a gap (it does not): `gaps` tells which.
 * Where only wider buckets are left of the past, each narrow one has the values of the wide one.
 */
export interface SeriesView {
  readonly bucketMs: Milliseconds;
  /** Index on the grid of the first bucket. */
  readonly first: number;
  readonly length: number;
  readonly columns: readonly SeriesColumn[];
  /** Those that touch the window, oldest first, however short: one that is shorter than a bucket shows in no column. */
  readonly gaps: readonly SeriesGap[];
}

export interface SeriesColumn extends BucketValues {
  readonly id: string;
}

export interface SeriesQuery {
  readonly ids: readonly string[];
  /** As SystemSample.at. */
  readonly from: Milliseconds;
  readonly to: Milliseconds;
  /** At least one bucket, at most this many. */
  readonly maxBuckets: number;
}

/**
 * One series at the finest resolution that is still there, for verdicts and exports: as measured; before that, of each bucket its
 * last measured value at the bucket's last moment.
 */
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
  /** The value at the moment, or the newest one before it that is not across a gap. Of old moments: the last one of their bucket. */
  valueAt(id: string, at: Milliseconds): number | undefined;
}
