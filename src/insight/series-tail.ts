import type { SeriesColumn, SeriesView } from './series.js';

/**
 * What changed since `previous`: the buckets from the first one that differs on, for a reader that holds `previous`. Undefined when
 * the two are not of the same grid and the same series, or have no bucket in common: then the whole view is to be sent. What lies
 * before the new window is of no interest and may be forgotten.
 */
export function tailOf(view: SeriesView, previous: SeriesView): SeriesView | undefined {
  if (view.bucketMs !== previous.bucketMs || view.columns.length !== previous.columns.length) return undefined;
  const shift = view.first - previous.first;
  if (shift < 0 || shift >= previous.length) return undefined;
  const common = Math.min(view.length, previous.length - shift);
  let same = common;
  for (const [i, column] of view.columns.entries()) {
    const old = previous.columns[i]!;
    if (old.id !== column.id) return undefined;
    same = firstDifference(column, old, shift, same);
  }
  if (view.length < previous.length - shift) return undefined;
  return {
    bucketMs: view.bucketMs,
    first: view.first + same,
    length: view.length - same,
    columns: view.columns.map(({ id, min, max, mean, last }) => ({
      id,
      // Copies: a message takes the whole buffer of an array with it.
      min: min.slice(same),
      max: max.slice(same),
      mean: mean.slice(same),
      last: last.slice(same),
    })),
    gaps: view.gaps,
  };
}

function firstDifference(column: SeriesColumn, old: SeriesColumn, shift: number, limit: number): number {
  const { min, max, mean, last } = column;
  for (let i = 0; i < limit; i++) {
    const was = i + shift;
    // Object.is: NaN is equal to NaN.
    if (
      !Object.is(last[i], old.last[was]) ||
      !Object.is(mean[i], old.mean[was]) ||
      !Object.is(min[i], old.min[was]) ||
      !Object.is(max[i], old.max[was])
    ) {
      return i;
    }
  }
  return limit;
}
