import type { Jumped } from './material.js';
import type { Rhythm } from './rhythm.js';
import type { Trend } from './trend.js';

/** How much is asked of a trend before it may be called by its name; the strictest first. */
export const LEVELS = ['leak', 'suspected-leak', 'growing'] as const;
export type Level = (typeof LEVELS)[number];

export type Objection =
  | 'windows-disagree'
  | 'trend-not-significant'
  | 'effect-small'
  | 'slowing-down'
  | 'steps-carry-growth'
  | 'periodic';

const HOUR = 3_600_000;
/** Standard normal value of the Mann-Kendall test: one false alarm in 1,000 series of independent noise. */
export const KENDALL = 3.09;
/** Slope over its error, in which the memory of the noise is reckoned in. */
const SIGNIFICANT: Readonly<Record<Level, number>> = { growing: 3, 'suspected-leak': 3.3, leak: 3.6 };
/** Growth over the scatter about the line. */
const EFFECT = 4;
/** From this length on a warm-up has had the time to show itself. */
const STEADY_MS = 1.5 * HOUR;
/** Of more jumps than these, as of requests that come and go, the floor tells more than their sum. */
const FEW_JUMPS = 150;

/** The first thing that speaks against the trend, or nothing. `least`: no growth below it counts. */
export function objectionTo(trend: Trend, level: Level, least: number): Objection | undefined {
  if (!(trend.slope > 0) || trend.kendall < KENDALL || trend.slope < SIGNIFICANT[level] * trend.error)
    return 'trend-not-significant';
  if (trend.growth < Math.max(least, EFFECT * trend.scatter)) return 'effect-small';
  if (isSlowing(trend, level)) return 'slowing-down';
  return level !== 'growing' && beganLate(trend) ? 'windows-disagree' : undefined;
}

/** As far as the noise lets one see: what is within one standard error of going on is not held against the trend. */
function isSlowing(trend: Trend, level: Level): boolean {
  const { firstHalf, lastHalf, halfError, firstThird, lastThird, thirdError } = trend;
  const { kink } = trend.noise;
  if (kink !== undefined && kink.after < 0.3 * kink.before) return true;
  if (isCresting(trend)) return false;
  if (lastHalf <= 0 && lastHalf < halfError) return true;
  if (lastHalf < 0.5 * firstHalf - halfError) return true;
  if (trend.lastHalfKendall < 1.645 && lastHalf > 2 * halfError) return true;
  const share = trend.floor.widthMs * trend.floor.bins < STEADY_MS ? 0.64 : 0.5;
  return level !== 'growing' && lastThird < share * firstThird - thirdError;
}

/** The growth began within the window: what may be said is for the time since then, which has a window of its own. */
function beganLate({ noise: { kink } }: Trend): boolean {
  return kink !== undefined && kink.after > 0 && kink.before < 0.3 * kink.after;
}

/**
 * Slower at the end, but not as a warm-up is: that one's slope falls fast first and ever slower then (its thirds are at most a
 * geometric row), while a wave near its crest loses more and more of it.
 */
function isCresting({ firstThird, middleThird, lastThird, thirdError }: Trend): boolean {
  const geometric = Math.sqrt(Math.max(0, firstThird * lastThird));
  return lastThird > 0.25 * firstThird + thirdError && middleThird > 1.02 * geometric + 3 * thirdError;
}

/**
 * Few changes of level carry the growth, and no more of them go up than down by chance: for a walk without drift both the growth over
 * the root of its squared steps (`walk`) and the same of the jumps themselves are about normal. Blocks that never come back pass.
 * `smoothGrowth`: what is left of the growth without the jumps.
 */
export function areStepsAlone(trend: Trend, smoothGrowth: number, jumped: Jumped, level: Level): boolean {
  const { up, down, rises, falls, squares } = jumped;
  if (rises + falls === 0 || smoothGrowth >= 0.5 * trend.growth) return false;
  if (trend.walk < (level === 'growing' ? 2.2 : 2.8)) return true;
  return rises + falls <= FEW_JUMPS && down > 0.1 * up && up - down < 3.5 * Math.sqrt(squares);
}

/** The floor follows a wave of some hours better than a line, and that wave is not larger than a rhythm of load may well be. */
export function isWave(rhythm: Rhythm | undefined, level: number, windowMs: number): boolean {
  if (rhythm === undefined || rhythm.bent < 6) return false;
  if (rhythm.swing === Number.POSITIVE_INFINITY && rhythm.lowestSlope > 0) return false;
  return rhythm.swing < Math.min(0.3, 0.02 + 0.06 * Math.max(1, windowMs / HOUR)) * level;
}

/**
 * A line is needed whatever wave is laid over it, and the series rises at its end. The shape must not be that of a warm-up, which a line
 * with a wave follows well, too.
 */
export function isLeakBeneathWave(rhythm: Rhythm | undefined, trend: Trend): boolean {
  if (rhythm === undefined || rhythm.swing !== Number.POSITIVE_INFINITY || !(rhythm.lowestSlope > 0)) return false;
  const { y } = trend.floor;
  if (beganLate(trend)) return false;
  if (y.at(-1)! <= y[0]! || trend.lastThird <= trend.thirdError) return false;
  return trend.lastThird > trend.middleThird + 3 * trend.thirdError || isCresting(trend);
}
