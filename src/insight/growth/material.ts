import type { Points } from '../series.js';
import { usualStep } from './clean.js';
import { type Jumps, jumpsOf, withoutJumps } from './jumps.js';
import { median } from './robust.js';

/** What is judged, prepared once. */
export interface Material {
  readonly points: Points;
  readonly jumps: Jumps;
  /** The points as they would be without their jumps. */
  readonly smooth: Points;
  /** The usual time between two points. */
  readonly everyMs: number;
  /** Differences below it don't count: a page, or one. */
  readonly grain: number;
}

/** How much jumped within a window. */
export interface Jumped {
  readonly up: number;
  readonly down: number;
  readonly rises: number;
  readonly falls: number;
  /** Sum of their squared sizes. */
  readonly squares: number;
}

/** Values on both sides of a restart that must agree. */
const SURE = 8;
/** More points than this are thinned out before jumps are looked for, evenly: jumps last. */
const ENOUGH = 20_000;

export function materialOf(all: Points, grain: number): Material {
  const points = restarted(all);
  const jumps = jumpsOf(points, 4 * grain, ENOUGH);
  const smooth = jumps.index.length === 0 ? points : withoutJumps(points, jumps);
  return { points, jumps, smooth, everyMs: usualStep(points), grain };
}

/** No growth below it counts: 32 pages, or three of what is counted. */
export const leastGrowth = (grain: number): number => (grain === 1 ? 3 : 32 * grain);

export function jumpedWithin({ points, jumps }: Material, from: number, to: number): Jumped {
  let up = 0;
  let down = 0;
  let rises = 0;
  let falls = 0;
  let squares = 0;
  jumps.index.forEach((index, i) => {
    const at = points.at[index]!;
    if (at < from || at > to) return;
    const size = jumps.size[i]!;
    squares += size * size;
    if (size > 0) {
      up += size;
      rises++;
    } else {
      down -= size;
      falls++;
    }
  });
  return { up, down, rises, falls, squares };
}

/**
 * From the last fall to less than half on, when what follows never comes back near the level before: a new program in the process
 * (exec), a cache dropped for good. A saw-tooth comes back and is kept whole.
 */
function restarted({ at, value }: Points): Points {
  const n = value.length;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = n - 1; i >= SURE; i--) {
    if (value[i]! > highest) highest = value[i]!;
    if (n - i < SURE || value[i]! >= 0.5 * value[i - 1]!) continue;
    const before = median(value.subarray(i - SURE, i));
    if (highest < 0.8 * before && median(value.subarray(i, i + SURE)) < 0.5 * before) {
      return { at: at.subarray(i), value: value.subarray(i) };
    }
  }
  return { at, value };
}
