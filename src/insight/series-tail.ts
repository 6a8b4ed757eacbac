import type { SeriesColumn, SeriesView } from './series.js';

/**
 * What changed since `previous`, for who holds that: the buckets from the first one that differs on; they replace all that is held
 * from there on. What lies before the new window may be forgotten. Undefined: the views are not of one grid and the same series, or
 * the window did not move on from the older one; then the whole view is to be sent.
 */
export function tailOf(view: SeriesView, previous: SeriesView): SeriesView | undefined {
  if (view.bucketMs !== previous.bucketMs || view.columns.length !== previous.columns.length) return undefined;
  const shift = view.first - previous.first;
  const common = previous.length - shift;
  if (shift < 0 || common <= 0 || view.length < common) return undefined;
  let same = common;
  for (const [i, column] of view.columns.entries()) {
    const old = previous.columns[i]!;
    if (old.id !== column.id) return undefined;
    same = firstDifference(column, old, shift, same);
  }
  return {
    bucketMs: view.bucketMs,
    first: view.first + same,
    length: view.length - same,
    columns: view.columns.map(({ id, min, max, mean, last }) => ({
      id,
      // Copies: with a part of an array a message takes the whole of its buffer along.
      min: min.slice(same),
      max: max.slice(same),
      mean: mean.slice(same),
      last: last.slice(same),
    })),
    gaps: view.gaps,
  };
}

function firstDifference(column: SeriesColumn, old: SeriesColumn, shift: number, limit: number): number {
  // By Object.is, NaN is equal to NaN.
  const same = (name: 'min' | 'max' | 'mean' | 'last', i: number): boolean => Object.is(column[name][i], old[name][i + shift]);
  for (let i = 0; i < limit; i++) {
    if (!same('last', i) || !same('mean', i) || !same('min', i) || !same('max', i)) return i;
  }
  return limit;
}
