import type { Milliseconds } from '../base/units.js';

/** The first index of [low, high) whose moment is not before `moment`; `high` when there is none. Moments go up. */
export function indexAt(moments: Float64Array, moment: Milliseconds, low = 0, high = moments.length): number {
  let begin = low;
  let end = high;
  while (begin < end) {
    const middle = (begin + end) >> 1;
    if (moments[middle]! < moment) begin = middle + 1;
    else end = middle;
  }
  return begin;
}
