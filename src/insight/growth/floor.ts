import { indexAt } from '../index-at.js';
import type { Points } from '../series.js';

/** The lowest value of each of some equal stretches of time, and when it was, in milliseconds; a stretch without a sample is left out. */
export interface Floor {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly from: number;
  readonly to: number;
  readonly widthMs: number;
  /** The number of stretches, those without a sample included. */
  readonly bins: number;
}

export function floorOf({ at, value }: Points, from: number, to: number, bins: number): Floor {
  const width = (to - from) / bins;
  const x = new Float64Array(bins);
  const when = new Float64Array(bins);
  const y = new Float64Array(bins).fill(Number.POSITIVE_INFINITY);
  for (let i = indexAt(at, from); i < at.length && at[i]! <= to; i++) {
    const bin = Math.min(bins - 1, Math.floor((at[i]! - from) / width));
    if (value[i]! < y[bin]!) {
      y[bin] = value[i]!;
      when[bin] = at[i]!;
    }
  }
  let kept = 0;
  for (let bin = 0; bin < bins; bin++) {
    if (y[bin] === Number.POSITIVE_INFINITY) continue;
    x[kept] = when[bin]!;
    y[kept++] = y[bin]!;
  }
  return { x: x.subarray(0, kept), y: y.subarray(0, kept), from, to, widthMs: width, bins };
}
