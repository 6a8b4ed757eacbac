import { describe, expect, test } from 'vitest';
import type { BucketValues } from '../../../../src/model/bucket-values.js';
import type { DrawnSeries } from '../../../../webview-ui/shared/drawn-series.js';
import { endsOf, extentOf, readingAt, readingWords } from '../../../../webview-ui/shared/reading.js';
import { Stack } from '../../../../webview-ui/shared/stack.js';

const seriesOf = (list: readonly (number | undefined)[], more: Partial<DrawnSeries> = {}): DrawnSeries => {
  const values = Float64Array.from(list, (value) => value ?? Number.NaN);
  const buckets = { bucketMs: 1000, first: 0, length: list.length, column: () => undefined };
  return {
    id: 'x',
    label: 'x',
    unit: 'bytes',
    shape: 'line',
    stroke: '',
    dash: [],
    width: 1,
    buckets,
    mean: values,
    values,
    offset: 0,
    gaps: [],
    until: 0,
    ...more,
  };
};

describe('readingAt', () => {
  test('is the value of the bucket, or the newest before it', () => {
    const series = seriesOf([5, undefined, undefined, 7]);
    expect(readingAt(series, 500)?.value).toBe(5);
    expect(readingAt(series, 2500)?.value).toBe(5);
    expect(readingAt(series, 3500)?.value).toBe(7);
    expect(readingAt(series, 99_000)?.value).toBe(7);
    expect(readingAt(series, -1)).toBeUndefined();
  });

  test('but not across a gap', () => {
    const series = seriesOf([5, undefined, undefined, 7], { gaps: [{ from: 1200, to: 3000 }] });
    expect(readingAt(series, 2500)).toBeUndefined();
    expect(readingAt(series, 3500)?.value).toBe(7);
  });

  test('has the range of the bucket', () => {
    const series = seriesOf([5], { min: Float64Array.of(2), max: Float64Array.of(9) });
    expect(readingAt(series, 0)).toEqual({ at: 500, value: 5, min: 2, max: 9 });
    expect(readingWords({ value: 2048, min: 1024, max: 4096 }, 'bytes')).toBe('2.0 KiB (1.0 KiB to 4.0 KiB)');
    expect(readingWords({ value: 2 ** 30, min: 2 ** 30 - 1, max: 2 ** 30 }, 'bytes')).toBe('1.0 GiB');
  });
});

test('the ends and the extent of what is shown', () => {
  const series = seriesOf([undefined, 4, 9, 1, undefined], { max: Float64Array.of(Number.NaN, 4, 20, 1, Number.NaN) });
  const ends = endsOf(series, { from: 0, to: 5000 });
  expect([ends?.first.value, ends?.last.value]).toEqual([4, 1]);
  expect(extentOf(series, { from: 0, to: 5000 })).toEqual({ low: 1, high: 20 });
  expect(extentOf({ ...series, offset: 4 }, { from: 0, to: 5000 })).toEqual({ low: -3, high: 16 });
  expect(endsOf(series, { from: 0, to: 900 })).toBeUndefined();
  expect(extentOf(series, { from: 4100, to: 4900 })).toBeUndefined();
});

test('a stack adds up, and is unknown only where nothing is known', () => {
  const column = (...list: number[]): BucketValues => {
    const mean = Float64Array.from(list);
    return { min: mean, max: mean, mean, last: mean };
  };
  const edges = new Stack().build([column(1, Number.NaN, Number.NaN), column(2, 3, Number.NaN), column(4, 5, Number.NaN)], 3);
  expect(edges.map((edge) => [...edge])).toEqual([
    [1, 0, Number.NaN],
    [3, 3, Number.NaN],
    [7, 8, Number.NaN],
  ]);
});
