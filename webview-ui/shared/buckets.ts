import type { Milliseconds } from '../../src/base/units.js';
import type { BucketValues } from '../../src/model/bucket-values.js';
import type { BucketColumn, ChartBuckets, ChartGap, SeriesRef } from '../../src/protocol/trends.js';

/** What a page draws: bucket i covers [(first + i) * bucketMs, + bucketMs). */
export interface Buckets {
  readonly bucketMs: Milliseconds;
  readonly first: number;
  readonly length: number;
  /** The arrays may be longer than `length`. */
  column(series: SeriesRef): BucketValues | undefined;
}

const FIELDS = ['min', 'max', 'mean', 'last'] as const;
const seriesKey = ({ source, measure }: SeriesRef): string => `${measure}\n${source}`;

/** The answer to the newest query, kept up to date by its tails. Memory is bounded by the query's own number of buckets. */
export class BucketStore implements Buckets {
  bucketMs = 1000;
  first = 0;
  length = 0;
  gaps: readonly ChartGap[] = [];
  private columns = new Map<string, BucketValues>();
  private capacity = 0;

  column(series: SeriesRef): BucketValues | undefined {
    return this.columns.get(seriesKey(series));
  }

  apply(answer: ChartBuckets): void {
    this.gaps = answer.gaps;
    if (answer.mode === 'reset' || answer.bucketMs !== this.bucketMs || this.length === 0) this.reset(answer);
    else this.merge(answer);
  }

  private reset(answer: ChartBuckets): void {
    this.bucketMs = answer.bucketMs;
    this.first = answer.first;
    this.length = answer.length;
    // Room for a quarter more, so that the buckets are moved only now and then.
    this.capacity = Math.ceil(answer.length * 1.25) + 16;
    this.columns = new Map(answer.columns.map((column) => [seriesKey(column), grown(column, answer.length, this.capacity)]));
  }

  private merge(answer: ChartBuckets): void {
    const end = Math.max(answer.first + answer.length, this.first);
    // What is older than the window is only thrown away when there is no more room.
    if (end - this.first > this.capacity) this.dropBefore(Math.min(Math.floor(answer.from / this.bucketMs), answer.first));
    if (end - this.first > this.capacity) this.grow(end - this.first);
    const start = answer.first - this.first;
    for (const column of answer.columns) {
      const key = seriesKey(column);
      const own = this.columns.get(key) ?? grown(empty(), 0, this.capacity);
      this.columns.set(key, own);
      for (const field of FIELDS) {
        if (start >= 0) own[field].set(column[field], start);
        else own[field].set(column[field].subarray(Math.min(-start, answer.length)), 0);
      }
    }
    this.clearAfter(Math.max(0, end - this.first), answer.columns);
    this.length = Math.max(0, end - this.first);
  }

  /** A series that the tail does not tell is not known in it. */
  private clearAfter(end: number, told: readonly BucketColumn[]): void {
    const keys = new Set(told.map(seriesKey));
    for (const [key, column] of this.columns) {
      for (const field of FIELDS) column[field].fill(Number.NaN, keys.has(key) ? end : Math.min(this.length, end));
    }
  }

  private dropBefore(first: number): void {
    const count = Math.min(first - this.first, this.length);
    if (count <= 0) return;
    for (const column of this.columns.values()) {
      for (const field of FIELDS) {
        column[field].copyWithin(0, count, this.length);
        column[field].fill(Number.NaN, this.length - count);
      }
    }
    this.first += count;
    this.length -= count;
  }

  private grow(length: number): void {
    this.capacity = Math.ceil(length * 1.25) + 16;
    for (const [key, column] of this.columns) this.columns.set(key, grown(column, this.length, this.capacity));
  }
}

const empty = (): BucketValues => ({
  min: new Float64Array(),
  max: new Float64Array(),
  mean: new Float64Array(),
  last: new Float64Array(),
});

function grown(column: BucketValues, length: number, capacity: number): BucketValues {
  const copy = (from: Float64Array) => {
    const to = new Float64Array(capacity).fill(Number.NaN);
    to.set(from.subarray(0, length));
    return to;
  };
  return { min: copy(column.min), max: copy(column.max), mean: copy(column.mean), last: copy(column.last) };
}

/** The middle of a bucket; the newest one is not yet full, and nothing is drawn in the future. */
export const bucketTime = (buckets: Buckets, index: number): Milliseconds => (buckets.first + index + 0.5) * buckets.bucketMs;

/** The bucket that holds the moment; it may lie outside of what is there. */
export const bucketIndex = (buckets: Buckets, at: Milliseconds): number => Math.floor(at / buckets.bucketMs) - buckets.first;
