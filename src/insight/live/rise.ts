import type { Milliseconds } from '../../base/units.js';

/** What has grown, and was growing still when it was looked at last. */
export interface Rise {
  readonly bytes: number;
  readonly overMs: Milliseconds;
  /** Intervals between two moments, and those of them in which it has grown. */
  readonly intervals: number;
  readonly grown: number;
}

/** Fewer moments tell nothing. */
const LEAST_MOMENTS = 6;
/** In so many intervals at least, so that two or three steps are no growth. */
const LEAST_GROWN = 4;
/** Of all intervals: something that has grown in fewer may have grown by chance. */
const LEAST_SHARE = 1 / 3;
/** What slows down to less than this share of its mean is about to level off: a warm-up. */
const LEAST_PACE = 0.4;

/**
 * Amounts at moments, oldest first, from 0 at the time 0 on. undefined: they did not grow to the end, or slowed down, or too little is known. An amount that
 * goes up and down counts by its floors: that of the last third of the time has to lie above all of the first third.
 */
export function riseOf(at: readonly Milliseconds[], values: ArrayLike<number>): Rise | undefined {
  const { length } = at;
  if (length < LEAST_MOMENTS || values.length !== length) return undefined;
  const end = at[length - 1]!;
  const third = end / 3;
  let [first, last] = [0, Number.POSITIVE_INFINITY];
  let [atTwoThirds, grown, before] = [0, 0, 0];
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) return undefined;
    if (value > before) grown++;
    before = value;
    if (at[i]! <= third) first = Math.max(first, value);
    if (at[i]! <= 2 * third) atTwoThirds = value;
    else last = Math.min(last, value);
  }
  const bytes = before;
  const pace = (before - atTwoThirds) / (bytes / 3);
  if (bytes <= 0 || last <= first || pace < LEAST_PACE) return undefined;
  if (grown < Math.max(LEAST_GROWN, length * LEAST_SHARE)) return undefined;
  return { bytes, overMs: end, intervals: length, grown };
}
