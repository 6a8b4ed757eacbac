import { HOUR } from '../../base/units.js';
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

/** Standard normal value of the Mann-Kendall test: one false alarm in 1,000 series of independent noise. */
export const KENDALL = 3.09;
/** Slope over its error, in which the memory of the noise is reckoned in. */
const SIGNIFICANT: Readonly<Record<Level, number>> = { growing: 3, 'suspected-leak': 3.3, leak: 3.6 };
/** Growth over the scatter about the line. */
const EFFECT = 4;
/** A part of a window is calmer when its noise is less than this share of that of the whole. */
const CALMER = 0.4;
/** What the end of a leak must still rise, as a share of the slope of all. */
const GOES_ON = 0.25;
/** Of the last third to the first, where the begin was left out. */
const EVEN = 0.85;
/** Growth that is called a leak, as a share of the level: a process breathes by about so much without leaking. */
export const MATERIAL = 0.02;
/** From this length on a warm-up has had the time to show itself. */
const STEADY_MS = 1.5 * HOUR;
/** How much better a line with a wave must follow than any wave alone: an F value with one degree of freedom. */
const NEEDED = 15;
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

/**
 * A fast begin or an S that a cubic cannot follow makes the noise of the whole look so large that its end cannot be seen to have come.
 * A part of the window that is far calmer is looked at by itself: `rest` is the trend of what is left of it.
 */
export function isSlowingBy(rest: Trend, whole: Trend, level: Level): boolean {
  if (noiseIn(rest) > CALMER * noiseIn(whole)) return false;
  return rest.slope + rest.error < GOES_ON * whole.slope || (level !== 'growing' && isSlowing(rest, level));
}

const noiseIn = ({ noise }: Trend): number => noise.sigma * noise.inflation;

/**
 * Of what is left of a series whose begin was left out a straight line must go on: growth that slows down for ever, as a logarithm
 * does, is nearly straight in any of its later parts.
 */
export function isEven(trend: Trend): boolean {
  return trend.lastThird >= EVEN * trend.firstThird - trend.thirdError || isCresting(trend);
}

/** The growth began within the window: what may be said is for the time since then, which has a window of its own. */
function beganLate({ noise: { kink } }: Trend): boolean {
  return kink !== undefined && kink.after > 0 && kink.before < 0.3 * kink.after;
}

/**
 * Slower at the end, but not as a warm-up is: that one's slope falls fast first and ever slower then (its thirds are at most a
 * geometric row), while a wave near its crest loses more and more of it.
 */
function isCresting(trend: Trend): boolean {
  return trend.lastThird > 0.25 * trend.firstThird + trend.thirdError && isRound(trend);
}

export function isRound({ firstThird, middleThird, lastThird, middlePlace, thirdError }: Trend): boolean {
  const geometric = Math.max(0, firstThird) ** (1 - middlePlace) * Math.max(0, lastThird) ** middlePlace;
  return middleThird > 1.02 * geometric + 3 * thirdError;
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
  return rhythm.swing < Math.min(0.3, 0.08 * Math.max(1, windowMs / HOUR) - 0.04) * level;
}

/**
 * A line is needed whatever wave is laid over it. The shape must not be that of a warm-up, which a line with a wave follows well, too:
 * that one never falls, and its slope gets ever smaller.
 */
export function isLeakBeneathWave(rhythm: Rhythm, trend: Trend, least: number): boolean {
  if (!rhythm.follows || rhythm.trend < NEEDED || !(rhythm.lowestSlope > 0) || beganLate(trend)) return false;
  const { x } = trend.floor;
  if (rhythm.slope * (x.at(-1)! - x[0]!) < least) return false;
  const { firstThird, middleThird, lastThird, thirdError } = trend;
  const falls = Math.min(firstThird, middleThird, lastThird) < -3 * thirdError;
  return falls || lastThird > middleThird + 3 * thirdError || isRound(trend);
}
