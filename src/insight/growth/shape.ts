import { HOUR, MINUTE } from '../../base/units.js';
import type { VerdictState } from '../../model/verdict.js';
import { floorOf } from './floor.js';
import { leastGrowth, type Material } from './material.js';
import { type Rhythm, rhythmOf } from './rhythm.js';
import { median, quantile, spread } from './robust.js';
import { trendOf } from './trend.js';
import type { Judged } from './window.js';

export interface Shape {
  readonly state: VerdictState;
  readonly moreMs?: number | undefined;
  /** Of a daily rhythm. */
  readonly rhythm?: Rhythm;
}

/** What a series is that may not be called growing. */
export function shapeOf(material: Material, whole: Judged): Shape {
  const { points, grain } = material;
  const { from, to, lengthMs, jumped } = whole;
  const floor = floorOf(points, from, to, whole.trend.floor.bins);
  const trend = trendOf(floor, grain / 2);
  const daily = dailyRhythm(whole, trend);
  if (daily !== undefined) return { state: 'daily-rhythm', rhythm: daily };
  const stride = Math.max(1, Math.floor(points.value.length / 2000));
  const some: number[] = [];
  for (let i = 0; i < points.value.length; i += stride) some.push(points.value[i]!);
  const range = quantile(some, 0.98) - quantile(some, 0.02);
  if (jumped.falls >= 3 && jumped.down / jumped.falls > 0.4 * range) return { state: 'saw-tooth' };
  const least = leastGrowth(grain);
  if (jumped.falls === 0 && jumped.rises >= 2 && lengthMs < HOUR && isLastRiseNew(material, whole)) {
    return { state: 'undecided', moreMs: HOUR - lengthMs };
  }
  if (whole.objection === 'effect-small' && lengthMs < 30 * MINUTE && trend.kendall > 2 && trend.growth > 0) {
    const wanted = Math.max(least, 4 * trend.scatter) / trend.growth;
    return { state: 'undecided', moreMs: Math.max(MINUTE, lengthMs * Math.min(8, 1.2 * wanted - 1)) };
  }
  const net = median(floor.y.subarray(-Math.ceil(floor.y.length / 6))) - floor.y[0]!;
  const noise = Math.max(grain, spread(floor.y.subarray(floor.y.length >> 1)));
  if (net > Math.max(least, 4 * noise) && (trend.kendall > 2 || beganLow(floor.y))) {
    const late = trend.lastThird * lengthMs;
    const lateError = Math.min(trend.thirdError * lengthMs, 4 * noise);
    if (late - 2 * lateError < 0.15 * net && lateError < 0.5 * net) return { state: 'levelled-off' };
    // It still rises, slower and slower: as long again shows where it goes.
    if (trend.kendall > 2 && late > 2 * lateError) return { state: 'undecided', moreMs: Math.min(24 * HOUR, lengthMs) };
  }
  const seen = trend.slope / trend.error;
  if (lengthMs < 30 * MINUTE && seen > 1.2) {
    // The error of a slope shrinks with the length to the power of 3/2.
    const factor = Math.min(8, Math.max(1.2, (3.5 / seen) ** (2 / 3)));
    return { state: 'undecided', moreMs: Math.max(MINUTE, lengthMs * (factor - 1)) };
  }
  return { state: 'not-growing' };
}

/** Blocks that come one by one: the last of them came not much longer ago than they usually are apart. */
function isLastRiseNew({ points, jumps }: Material, { from, to, jumped }: Judged): boolean {
  const last = points.at[jumps.index.at(-1)!]!;
  return to - last < (1.5 * (last - from)) / jumped.rises;
}

/** The first stretches lie below all of the second half: a warm-up that was over soon. */
function beganLow(y: Float64Array): boolean {
  const begin = y.subarray(0, Math.max(1, Math.floor(y.length / 24)));
  return Math.max(...begin) < Math.min(...y.subarray(y.length >> 1));
}

/** At least one and a half periods are there, and a wave explains nearly all of what the floor does. */
function dailyRhythm({ lengthMs }: Judged, trend: ReturnType<typeof trendOf>): Rhythm | undefined {
  if (lengthMs < 3 * HOUR) return undefined;
  const rhythm = rhythmOf(trend.floor, trend.noise);
  if (rhythm === undefined || rhythm.bent <= 20 || rhythm.explained <= 0.8) return undefined;
  return lengthMs > 1.5 * rhythm.periodMs ? rhythm : undefined;
}
