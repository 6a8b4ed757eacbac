/**
 * A series in buckets of equal width; NaN: it has no value in the bucket. Mean: of the known values, each with the same weight. Last: the
 * newest known value.
 */
export interface BucketValues {
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  readonly last: Float64Array;
}
