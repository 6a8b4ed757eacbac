import type { Milliseconds } from '../../src/base/units.js';
import type { Unit } from '../../src/model/measure.js';
import { bucketIndex, bucketTime } from './buckets.js';
import type { DrawnSeries } from './drawn-series.js';
import { formatValue } from './format.js';
import type { TimeRange } from './time-view.js';

/** What is known of a series at a moment. */
export interface Reading {
  readonly at: Milliseconds;
  readonly value: number;
  /** Where the bucket holds several values. */
  readonly min: number;
  readonly max: number;
}

/** The newest value at the moment or before it, but not across a gap. */
export function readingAt(series: DrawnSeries, at: Milliseconds): Reading | undefined {
  const { buckets, values } = series;
  const begin = Math.min(bucketIndex(buckets, at), buckets.length - 1);
  for (let index = begin; index >= 0; index--) {
    if (Number.isNaN(values[index])) continue;
    const known = bucketTime(buckets, index);
    const inGap = series.gaps.some((gap) => gap.from < at && gap.to > known + buckets.bucketMs / 2);
    return index < begin && inGap ? undefined : readingOf(series, index, known);
  }
  return undefined;
}

/** The range of its bucket, where that reads differently from the value. */
export function rangeWords({ min, max }: Omit<Reading, 'at'>, unit: Unit): string | undefined {
  const [low, high] = [formatValue(min, unit), formatValue(max, unit)];
  return low === high ? undefined : `${low} to ${high}`;
}

/** The value, and the range of its bucket. */
export function readingWords(reading: Omit<Reading, 'at'>, unit: Unit): string {
  const range = rangeWords(reading, unit);
  return formatValue(reading.value, unit) + (range === undefined ? '' : ` (${range})`);
}

export interface Ends {
  readonly first: Reading;
  readonly last: Reading;
}

/** The first and the last value of what is shown. */
export function endsOf(series: DrawnSeries, { from, to }: TimeRange): Ends | undefined {
  const { buckets, values } = series;
  let begin = Math.max(0, bucketIndex(buckets, from));
  let end = Math.min(buckets.length - 1, bucketIndex(buckets, to));
  while (begin <= end && Number.isNaN(values[begin])) begin++;
  while (end >= begin && Number.isNaN(values[end])) end--;
  if (end < begin) return undefined;
  const read = (index: number) => readingOf(series, index, bucketTime(buckets, index));
  return { first: read(begin), last: read(end) };
}

/** Lowest and highest of what is shown, as it is drawn. */
export function extentOf(series: DrawnSeries, { from, to }: TimeRange): { low: number; high: number } | undefined {
  const { buckets, mean, min = mean, max = mean, offset } = series;
  const end = Math.min(buckets.length, bucketIndex(buckets, to) + 1);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = Math.max(0, bucketIndex(buckets, from)); index < end; index++) {
    // NaN is neither less nor more.
    if (min[index]! < low) low = min[index]!;
    if (max[index]! > high) high = max[index]!;
  }
  return low <= high ? { low: low - offset, high: high - offset } : undefined;
}

function readingOf({ values, min, max }: DrawnSeries, index: number, at: Milliseconds): Reading {
  const value = values[index] ?? Number.NaN;
  return { at, value, min: min?.[index] ?? value, max: max?.[index] ?? value };
}
