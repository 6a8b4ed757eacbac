import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BucketColumn, ChartBuckets } from '../../../../src/protocol/trends.js';
import { BucketStore, bucketIndex, bucketTime } from '../../../../webview-ui/shared/buckets.js';

const REF = { source: 's', measure: 'rss' };
const column = (values: readonly number[], ref = REF): BucketColumn => {
  const array = Float64Array.from(values);
  return { ...ref, min: array, max: array, mean: array, last: array };
};
const answer = (mode: 'reset' | 'tail', first: number, values: readonly number[], from = 0): ChartBuckets => ({
  query: 1,
  mode,
  bucketMs: 1000,
  first,
  length: values.length,
  columns: [column(values)],
  gaps: [],
  from,
  to: (first + values.length) * 1000,
});
const valuesOf = (store: BucketStore, ref = REF): number[] => [...(store.column(ref)?.mean.subarray(0, store.length) ?? [])];

describe('BucketStore', () => {
  test('a tail replaces what is there from its first bucket on', () => {
    const store = new BucketStore();
    store.apply(answer('reset', 10, [1, 2, 3]));
    store.apply(answer('tail', 12, [30, 4]));
    expect(store.first).toBe(10);
    expect(valuesOf(store)).toEqual([1, 2, 30, 4]);
  });

  test('a tail that begins later leaves what lies between unknown', () => {
    const store = new BucketStore();
    store.apply(answer('reset', 0, [1, 2]));
    store.apply(answer('tail', 4, [5]));
    expect(valuesOf(store)).toEqual([1, 2, Number.NaN, Number.NaN, 5]);
  });

  test('a tail that is shorter than what was there ends it', () => {
    const store = new BucketStore();
    store.apply(answer('reset', 0, [1, 2, 3, 4]));
    store.apply(answer('tail', 1, [9]));
    expect(valuesOf(store)).toEqual([1, 9]);
    store.apply(answer('tail', 3, [7]));
    expect(valuesOf(store)).toEqual([1, 9, Number.NaN, 7]);
  });

  test('other buckets are a new beginning, whatever the mode says', () => {
    const store = new BucketStore();
    store.apply(answer('reset', 0, [1, 2, 3]));
    store.apply({ ...answer('tail', 5, [7]), bucketMs: 5000 });
    expect([store.first, store.length, store.bucketMs]).toEqual([5, 1, 5000]);
    expect(valuesOf(store)).toEqual([7]);
  });

  test('a series that a tail does not tell is unknown in it', () => {
    const store = new BucketStore();
    const other = { source: 's', measure: 'uss' };
    store.apply({ ...answer('reset', 0, [1, 2]), columns: [column([1, 2]), column([8, 9], other)] });
    store.apply(answer('tail', 1, [3, 4]));
    expect(valuesOf(store, other)).toEqual([8, 9, Number.NaN]);
    store.apply({ ...answer('tail', 3, [5]), columns: [column([5]), column([6], other)] });
    expect(valuesOf(store, other)).toEqual([8, 9, Number.NaN, 6]);
  });

  test('tails give what a whole answer would give, with memory that does not grow', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 40 }),
        fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 300 }),
        (window, values) => {
          const store = new BucketStore();
          store.apply(answer('reset', 0, values.slice(0, 1)));
          for (let end = 1; end < values.length; end++) {
            const first = Math.max(0, end - 2);
            store.apply(answer('tail', first, values.slice(first, end + 1), Math.max(0, end + 1 - window) * 1000));
          }
          const begin = Math.max(0, values.length - window);
          const kept = valuesOf(store).slice(begin - store.first);
          expect(kept).toEqual(values.slice(begin));
          expect(store.column(REF)?.mean.length).toBeLessThanOrEqual(2 * (window * 1.25 + 32));
        },
      ),
    );
  });

  test('moments and buckets', () => {
    const store = new BucketStore();
    store.apply(answer('reset', 10, [1, 2, 3]));
    expect(bucketTime(store, 0)).toBe(10_500);
    expect([9_999, 10_000, 12_999].map((at) => bucketIndex(store, at))).toEqual([-1, 0, 2]);
  });
});
