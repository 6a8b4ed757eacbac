import type { Milliseconds } from '../../base/units.js';

/** Growth over less than this is what every program does when it starts on something. */
const SHORTEST: Milliseconds = 80_000;
/** Few readings, or steps that are far apart, say less: it takes longer. */
const SHORTEST_STAIRS: Milliseconds = 100_000;
const FEWEST_READINGS = 6;
/** Stretches of equal time; of each the lowest value counts, as a saw-tooth falls back to its floor. */
const STRETCHES = 8;
/** Of what is read rarely, or grows in steps that are far apart. */
const STAIRS = [5, 4];
/** What grows in steps may never fall by more than this share of its growth: no saw-tooth is seen through so few stretches. */
const MOST_FALL = 0.05;
/** A warm-up slows down: over a window of one time constant its last third rises at half the pace of its first. */
const SLOWEST_END = 0.6;
/** Of what a stretch rises on average: so much at least it has risen again since the last stretch began, else it has come to an end. */
const STILL_RISES = 0.45;
/** What grows in steps rests no longer at the end than it did between two of them, and a little. */
const LONGER_REST = 1.25;
/** Of the deepest fall from one reading to the next: readings hit a saw-tooth at other heights each time, and its floor seems to rise by less. */
const LEAST_OF_FALL = 0.3;
/** A few pages more or less are noise. */
const LEAST_BYTES = 96 << 10;

export interface SteadyGrowth {
  readonly perSecond: number;
  /** Of the window that was judged. */
  readonly windowMs: Milliseconds;
  readonly grown: number;
  /** It was seen to rise in each of so many equal parts of the window. */
  readonly stretches: number;
}

/**
 * Whether a value has grown steadily for more than a minute, up to now. A strict test for short windows, where the growth verdict of
 * docs/growth.md does not speak yet: every stretch of the window must have a higher floor than the one before it, no single step may carry
 * half of the growth, and the pace may not slow down. What began later than the first reading is judged from where it began. undefined: it
 * did not, or nobody can say yet.
 */
export function steadyGrowth(
  at: readonly Milliseconds[],
  values: ArrayLike<number>,
  least = LEAST_BYTES,
): SteadyGrowth | undefined {
  const to = at.length - 1;
  if (to < FEWEST_READINGS - 1) return undefined;
  // The longest window first: what grows all the time says most.
  const span = at[to]! - at[0]!;
  for (const share of [1, 0.8, 0.65, 0.5, 0.35, 0.25, 0.15, 0.1]) {
    const length = span * share;
    if (length < SHORTEST) return undefined;
    const window = readingsSince(at, values, at[to]! - length);
    if (window === undefined) continue;
    const growth = rises(window, STRETCHES, least) ?? (length < SHORTEST_STAIRS ? undefined : stairs(window, least));
    if (growth !== undefined) return growth;
  }
  return undefined;
}

interface Window {
  readonly from: Milliseconds;
  readonly lengthMs: Milliseconds;
  readonly at: readonly Milliseconds[];
  readonly values: readonly number[];
}

/** undefined: there are too few, or one of them is not known. */
function readingsSince(at: readonly Milliseconds[], values: ArrayLike<number>, from: Milliseconds): Window | undefined {
  let first = at.length - 1;
  while (first > 0 && at[first - 1]! >= from) first--;
  if (at.length - first < FEWEST_READINGS) return undefined;
  const some = Array.from({ length: at.length - first }, (_, index) => values[first + index]!);
  return some.some(Number.isNaN) ? undefined : { from, lengthMs: at.at(-1)! - from, at: at.slice(first), values: some };
}

function stairs(window: Window, least: number): SteadyGrowth | undefined {
  const { at, values } = window;
  const mostFall = MOST_FALL * (values.at(-1)! - values[0]!);
  let highest = values[0]!;
  let rest = 0;
  let last = at[0]!;
  for (const [index, value] of values.entries()) {
    if (highest - value > mostFall) return undefined;
    if (value <= highest) continue;
    rest = Math.max(rest, at[index]! - last);
    last = at[index]!;
    highest = value;
  }
  if (at.at(-1)! - last > LONGER_REST * rest) return undefined;
  for (const count of STAIRS) {
    const growth = rises(window, count, least);
    if (growth !== undefined) return growth;
  }
  return undefined;
}

function rises({ from, lengthMs, at, values }: Window, count: number, least: number): SteadyGrowth | undefined {
  const floor = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let top = Number.NEGATIVE_INFINITY;
  let lastReadings = 0;
  let deepest = 0;
  for (const [index, value] of values.entries()) {
    if (index > 0) deepest = Math.max(deepest, values[index - 1]! - value);
    const stretch = Math.min(count - 1, Math.floor(((at[index]! - from) / lengthMs) * count));
    floor[stretch] = Math.min(floor[stretch]!, value);
    if (stretch < count - 1) continue;
    top = Math.max(top, value);
    lastReadings++;
  }
  if (floor.includes(Number.POSITIVE_INFINITY)) return undefined;
  const steps = Array.from(floor.subarray(1), (value, index) => value - floor[index]!);
  const grown = floor[count - 1]! - floor[0]!;
  if (grown < Math.max(least, LEAST_OF_FALL * deepest) || steps.some((step) => step <= 0) || Math.max(...steps) > grown / 2)
    return undefined;
  const third = Math.round(steps.length / 3);
  const sum = (some: readonly number[]): number => some.reduce((total, step) => total + step, 0);
  if (sum(steps.slice(-third)) < SLOWEST_END * sum(steps.slice(0, third))) return undefined;
  // The floor of the last stretch may lie at its beginning. A single reading in it is the newest one.
  if (lastReadings > 1 && top - floor[count - 1]! < (STILL_RISES * grown) / (count - 1)) return undefined;
  // Floors are a stretch apart, and the first and the last lie one less than the window apart.
  return { perSecond: grown / ((lengthMs * (count - 1)) / count / 1000), windowMs: lengthMs, grown, stretches: count };
}
