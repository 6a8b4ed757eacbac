import { DAY } from '../../base/units.js';
import { floorOf } from './floor.js';
import { isLeakBeneathWave, isRound, KENDALL, MATERIAL, objectionTo } from './gates.js';
import { leastGrowth, type Material } from './material.js';
import { noiseOf } from './noise.js';
import { type Rhythm, rhythmOf } from './rhythm.js';
import { type Trend, trendOf } from './trend.js';
import { lineBeneathWarmUp } from './warm-up.js';

/** A line that goes on beneath what hides it. */
export interface Beneath {
  readonly beneath: 'wave' | 'warm-up';
  /** Of the line. */
  readonly trend: Trend;
  readonly rhythm: Rhythm | undefined;
}

/** For waves of which some are seen. */
const FINE_BINS = 144;

/** The leak in a window without jumps, of which the floor by itself is none: `rough` is its trend. */
export function leakBeneath({ points, grain }: Material, rough: Trend, lengthMs: number): Beneath | undefined {
  // The lowest value of a wide stretch lags behind a wave on its way up and leads on its way down.
  const fine = lengthMs > 1.4 * DAY && points.at.length > 3 * FINE_BINS;
  const trend = fine ? trendOf(floorOf(points, rough.floor.from, rough.floor.to, FINE_BINS), grain / 2) : rough;
  const rhythm = fine ? rhythmOfSeveral(trend, grain) : rhythmOf(trend.floor, { ...trend.noise, sigma: grain / 2, memory: 0 });
  if (rhythm === undefined) return undefined;
  const least = Math.max(leastGrowth(grain), MATERIAL * trend.floor.y.at(-1)!);
  const line = beneathWave(trend, rhythm, grain, least, lengthMs);
  if (line !== undefined) return { beneath: 'wave', trend: line, rhythm };
  const rest = beneathWarmUp(rough, rhythm, grain, least);
  return rest === undefined ? undefined : { beneath: 'warm-up', trend: rest, rhythm: undefined };
}

/** Beneath some periods of a wave, or beneath a part of one that cannot be without. */
function beneathWave(trend: Trend, rhythm: Rhythm, grain: number, least: number, lengthMs: number): Trend | undefined {
  if (lengthMs > 1.5 * rhythm.bestPeriodMs) {
    if (rhythm.swing !== Number.POSITIVE_INFINITY || rhythm.lowestSlope <= 0) return undefined;
    const calm = trendOf({ ...trend.floor, y: rhythm.calm }, grain / 2);
    return objectionTo(calm, 'leak', least) === undefined ? calm : undefined;
  }
  if (!isLeakBeneathWave(rhythm, trend, least)) return undefined;
  const error = Math.max(rhythm.slope - rhythm.lowestSlope, rhythm.highestSlope - rhythm.slope) / 2.6;
  return { ...trend, slope: rhythm.slope, error };
}

/** Neither a warm-up nor a wave by itself follows the floor. */
function beneathWarmUp(trend: Trend, { swing }: Rhythm, grain: number, least: number): Trend | undefined {
  if (trend.kendall < KENDALL || swing !== Number.POSITIVE_INFINITY || isRound(trend)) return undefined;
  const { x } = trend.floor;
  const line = lineBeneathWarmUp(trend.floor, grain / 2);
  if (line === undefined || line.slope * (x.at(-1)! - x[0]!) < least) return undefined;
  return { ...trend, ...line };
}

/** A cubic does not follow several waves: the noise is what is left when the best wave is gone. */
function rhythmOfSeveral({ floor, noise }: Trend, grain: number): Rhythm | undefined {
  const first = rhythmOf(floor, { ...noise, sigma: grain / 2, memory: 0, inflation: 1 });
  return first === undefined ? undefined : rhythmOf(floor, noiseOf(floor.x, first.calm, grain / 2));
}
