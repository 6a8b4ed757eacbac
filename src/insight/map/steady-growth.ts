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
/** No step may carry more of the growth than this beyond its share of the time: of eight even ones, half of it. */
const LARGEST_STEP = 0.36;
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

interface Floor {
  readonly at: Milliseconds;
  readonly value: number;
}

/** The lowest reading of each of so many stretches of equal time; undefined: there is none in one of them. */
function floorsOf({ from, lengthMs, at, values }: Window, count: number): readonly Floor[] | undefined {
  const floors = new Array<Floor | undefined>(count).fill(undefined);
  for (const [index, value] of values.entries()) {
    const stretch = Math.min(count - 1, Math.floor(((at[index]! - from) / lengthMs) * count));
    const lowest = floors[stretch];
    if (lowest === undefined || value < lowest.value) floors[stretch] = { at: at[index]!, value };
  }
  return floors.every((floor) => floor !== undefined) ? floors : undefined;
}

/** Units a millisecond: readings are not at an even pace, and neither are floors. */
const pace = (from: Floor, to: Floor): number => (to.value - from.value) / (to.at - from.at);

function rises(window: Window, count: number, least: number): SteadyGrowth | undefined {
  const floors = floorsOf(window, count);
  if (floors === undefined) return undefined;
  const first = floors[0]!;
  const last = floors[count - 1]!;
  const grown = last.value - first.value;
  const { at, values, lengthMs } = window;
  const deepest = values.reduce((most, value, index) => (index === 0 ? 0 : Math.max(most, values[index - 1]! - value)), 0);
  if (grown < Math.max(least, LEAST_OF_FALL * deepest)) return undefined;
  for (let index = 1; index < count; index++) {
    const [before, floor] = [floors[index - 1]!, floors[index]!];
    const step = floor.value - before.value;
    const share = (floor.at - before.at) / (last.at - first.at);
    if (step <= 0 || step / grown - share > LARGEST_STEP) return undefined;
  }
  const third = Math.round((count - 1) / 3);
  if (pace(floors[count - 1 - third]!, last) < SLOWEST_END * pace(first, floors[third]!)) return undefined;
  // The last floor may lie at the beginning of its stretch. The newest reading may be the last floor: then nothing is known of what comes.
  const to = at.at(-1)!;
  const top = values.reduce(
    (most, value, index) => (at[index]! > last.at ? Math.max(most, value) : most),
    Number.NEGATIVE_INFINITY,
  );
  if (to > last.at && pace(last, { at: to, value: top }) < STILL_RISES * pace(first, last)) return undefined;
  return { perSecond: pace(first, last) * 1000, windowMs: lengthMs, grown, stretches: count };
}
