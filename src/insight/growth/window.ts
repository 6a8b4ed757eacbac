import { DAY, HOUR, MINUTE } from '../../base/units.js';
import type { Points } from '../series.js';
import { type Beneath, leakBeneath } from './beneath.js';
import { type Floor, floorOf } from './floor.js';
import {
  areStepsAlone,
  isEven,
  isSlowingBy,
  isWave,
  KENDALL,
  LEVELS,
  type Level,
  MATERIAL,
  type Objection,
  objectionTo,
} from './gates.js';
import { type Jumped, jumpedWithin, leastGrowth, type Material } from './material.js';
import { type Rhythm, rhythmOf } from './rhythm.js';
import { mannKendall } from './robust.js';
import { type Trend, trendOf } from './trend.js';

/** What one window of the series says. */
export interface Judged {
  readonly from: number;
  readonly to: number;
  /** The length, with the time of one sample: n samples a second apart are n seconds. */
  readonly lengthMs: number;
  /** Left out at the begin. */
  readonly skippedMs: number;
  readonly level: Level | undefined;
  readonly trend: Trend;
  /** What spoke against the strictest level that the length allows, by the finest floor. */
  readonly objection: Objection | undefined;
  readonly rhythm: Rhythm | undefined;
  /** The trend is that of a line beneath it: the floor itself may fall, or slow down. */
  readonly beneath?: Beneath['beneath'];
  /** The growth between jumps was judged. */
  readonly betweenJumps: boolean;
  readonly jumped: Jumped;
}

const BINS = [48, 24, 12, 8];
const SHORTEST: Readonly<Record<Level, number>> = { leak: HOUR, 'suspected-leak': 30 * MINUTE, growing: 5 * MINUTE };

/** What is left of a window when its begin is left out is looked at by itself, too. */
const LATER = [0.2, 0.45, 0.7];
/** Errors of the sizes of jumps add up to a walk: growth between jumps has to be well above it. */
const JUMP_ERRORS = 6;

/** The time that a window has lasted is rounded to half a percent: 300 samples, one each second, are five minutes. */
export const allows = (lengthMs: number, level: Level): boolean => lengthMs >= SHORTEST[level] * 0.995;

/** The strongest level that the window bears; undefined when there are too few samples in it. `skip`: share that is left out as warm-up. */
export function judgeWindow(material: Material, from: number, to: number, skip: number): Judged | undefined {
  const { points, smooth, jumps, everyMs, grain } = material;
  const start = from + (to - from) * skip;
  const lengthMs = to - from + everyMs;
  const floors = binsFor(lengthMs, start, to, points.at.length, everyMs)
    .map((bins) => floorOf(points, start, to, bins))
    .filter(({ x, bins }) => x.length >= Math.max(8, bins / 2));
  const finest = floors[0];
  if (finest === undefined) return undefined;
  const jumped = jumpedWithin(material, from, to);
  const common = { from, to, lengthMs, skippedMs: start - from, jumped } as const;
  const views = [
    ...floors.map((floor) => viewOf(floor, grain, false)),
    // Falls that take back no more than other jumps brought take nothing of what grew between them.
    ...(jumps.index.length > 0 && jumped.up >= jumped.down
      ? floors.map(({ bins }) => viewOf(floorOf(smooth, start, to, bins), grain, true))
      : []),
  ];
  const netRise = finest.y.at(-1)! - finest.y[0]!;
  const smoothGrowth = (bins: number): number => trendOf(floorOf(smooth, start, to, bins), grain / 2).growth;
  const top = finest.y.at(-1)!;
  let first: Objection | undefined;
  let wave: Rhythm | undefined;
  for (const level of LEVELS) {
    if (!allows(lengthMs, level)) continue;
    // What is left without a large part of it as warm-up must still be an hour.
    if (level === 'leak' && skip > 0.4 && !allows(to - start, level)) continue;
    // What is seen to slow down by narrow stretches does so, however little of it wide ones show.
    let slowing = false;
    for (const view of views) {
      if (slowing && !view.betweenJumps) continue;
      const unsure = view.betweenJumps ? JUMP_ERRORS * jumps.noise * Math.sqrt(jumps.index.length) : 0;
      const least = Math.max(leastGrowth(grain), unsure, level === 'leak' ? MATERIAL * top : 0);
      const trend = view.trend();
      let objection = trend === undefined ? 'trend-not-significant' : objectionTo(trend, level, least);
      if (objection === undefined && view.betweenJumps && netRise < 0.5 * trend!.growth) objection = 'steps-carry-growth';
      if (objection === undefined && !view.betweenJumps && jumps.index.length > 0) {
        if (areStepsAlone(trend!, smoothGrowth(view.floor.bins), jumped, level)) objection = 'steps-carry-growth';
      }
      if (objection === undefined) {
        const seen = view.betweenJumps ? smooth : points;
        const slows = LATER.some((share) => {
          const later = floorOf(seen, start + share * (to - start), to, finest.bins);
          return later.x.length >= 12 && isSlowingBy(trendOf(later, grain / 2), trend!, level);
        });
        if (slows || (level === 'leak' && skip > 0.4 && !isEven(trend!))) objection = 'slowing-down';
      }
      if (objection === undefined && level === 'leak') {
        const rhythm = rhythmOf(view.floor, trend!.noise);
        wave ??= rhythm;
        // Fewer, wider stretches show less of a bend: that is no way out.
        if (isWave(rhythm, top, to - start) || isWave(wave, top, to - start)) objection = 'periodic';
        objection ??= objectionBefore(trend!, grain, least);
      }
      if (objection === undefined) {
        const apart = view.betweenJumps ? 0 : apartOf(trend!, smooth, jumped, grain);
        const error = Math.hypot(trend!.error, unsure / JUMP_ERRORS / (to - start), apart / 2);
        return { ...common, level, trend: { ...trend!, error }, objection: first, rhythm: wave, betweenJumps: view.betweenJumps };
      }
      first ??= objection;
      slowing ||= level === 'leak' && objection === 'slowing-down' && view === views[0];
    }
    if (level === 'leak' && skip < 0.1 && jumped.up + jumped.down === 0) {
      const found = leakBeneath(material, views[0]!.trend(true)!, lengthMs);
      if (found !== undefined) return { ...common, level, ...found, objection: first, betweenJumps: false };
    }
  }
  return { ...common, level: undefined, trend: views[0]!.trend(true)!, objection: first, rhythm: wave, betweenJumps: false };
}

/**
 * How far the rate of all is from that of what grows steadily between rises that never fall back, as those of a high-water mark. 0
 * where nothing does so: blocks that are lost again and again are all of the leak.
 */
function apartOf({ floor, slope }: Trend, smooth: Points, { up, down }: Jumped, grain: number): number {
  if (up === 0 || down > 0.1 * up) return 0;
  const rest = trendOf(floorOf(smooth, floor.from, floor.to, floor.bins), grain / 2);
  return objectionTo(rest, 'growing', leastGrowth(grain)) === undefined ? Math.abs(slope - rest.slope) : 0;
}

interface View {
  readonly floor: Floor;
  readonly betweenJumps: boolean;
  /** Undefined when the ranks show no trend, unless `always`: most windows of most processes end there, and cheaply. */
  trend(always?: boolean): Trend | undefined;
}

function viewOf(floor: Floor, grain: number, betweenJumps: boolean): View {
  let trend: Trend | undefined;
  let kendall: number | undefined;
  return {
    floor,
    betweenJumps,
    trend: (always = false) => {
      kendall ??= mannKendall(floor.y);
      if (kendall >= KENDALL || always) trend ??= trendOf(floor, grain / 2);
      return trend;
    },
  };
}

/** How many stretches: each with some samples where there are many, and whole days where there are many days. */
function binsFor(lengthMs: number, start: number, to: number, samples: number, everyMs: number): readonly number[] {
  if (lengthMs >= 8 * DAY) return [Math.min(48, Math.round((to - start) / DAY))];
  const here = Math.min(samples, Math.floor((to - start) / Math.max(1, everyMs)) + 1);
  const most = here >= 60 ? here / 2.5 : here;
  return BINS.filter((bins) => bins <= most && (bins <= 24 || lengthMs >= 29 * MINUTE));
}

/** It must have been so some time ago, too: a verdict that comes and goes is none. */
function objectionBefore({ floor }: Trend, grain: number, least: number): Objection | undefined {
  const before = Math.ceil((floor.x.length * 5) / 6);
  const earlier = trendOf({ ...floor, x: floor.x.subarray(0, before), y: floor.y.subarray(0, before) }, grain / 2);
  return objectionTo(earlier, 'growing', least * 0.8);
}
