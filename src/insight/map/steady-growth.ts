import type { Milliseconds } from '../../base/units.js';

/** Growth over less than this is what every program does when it starts on something. */
const SHORTEST: Milliseconds = 60_000;
const FEWEST_READINGS = 8;
/** Stretches of equal time; of each the lowest value counts, as a saw-tooth falls back to its floor. */
const STRETCHES = 8;
/** A warm-up slows down: over a window of one time constant its last third rises at half the pace of its first. */
const SLOWEST_END = 0.6;
/** A few pages more or less are noise. */
const LEAST_BYTES = 128 << 10;

export interface SteadyGrowth {
  readonly perSecond: number;
  /** Of the window that was judged. */
  readonly windowMs: Milliseconds;
  readonly grown: number;
}

/**
 * Whether a value has grown steadily for at least a minute, up to now. A strict test for short windows, where the growth verdict of
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
  for (const share of [1, 0.8, 0.65, 0.5, 0.35, 0.25]) {
    const length = span * share;
    if (length < SHORTEST) return undefined;
    const growth = withinWindow(at, values, at[to]! - length, least);
    if (growth !== undefined) return growth;
  }
  return undefined;
}

function withinWindow(
  at: readonly Milliseconds[],
  values: ArrayLike<number>,
  from: Milliseconds,
  least: number,
): SteadyGrowth | undefined {
  const to = at.at(-1)!;
  const floor = new Float64Array(STRETCHES).fill(Number.POSITIVE_INFINITY);
  let readings = 0;
  for (let index = at.length - 1; index >= 0 && at[index]! >= from; index--) {
    const value = values[index]!;
    if (Number.isNaN(value)) return undefined;
    const stretch = Math.min(STRETCHES - 1, Math.floor(((at[index]! - from) / (to - from)) * STRETCHES));
    floor[stretch] = Math.min(floor[stretch]!, value);
    readings++;
  }
  if (readings < FEWEST_READINGS || floor.includes(Number.POSITIVE_INFINITY)) return undefined;
  const steps = Array.from(floor.subarray(1), (value, index) => value - floor[index]!);
  const grown = floor[STRETCHES - 1]! - floor[0]!;
  if (grown < least || steps.some((step) => step <= 0) || Math.max(...steps) > grown / 2) return undefined;
  const third = Math.round(steps.length / 3);
  const sum = (some: readonly number[]): number => some.reduce((total, step) => total + step, 0);
  if (sum(steps.slice(-third)) < SLOWEST_END * sum(steps.slice(0, third))) return undefined;
  const windowMs = to - from;
  // Floors are a stretch apart, and the first and the last lie one less than the window apart.
  return { perSecond: grown / ((windowMs * (STRETCHES - 1)) / STRETCHES / 1000), windowMs, grown };
}
