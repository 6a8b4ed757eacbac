import type { Floor } from './floor.js';
import { type Noise, noiseOf } from './noise.js';
import { mannKendall, spread, theilSen } from './robust.js';

/** What one floor says. Slopes in units per millisecond. */
export interface Trend {
  readonly floor: Floor;
  readonly kendall: number;
  readonly slope: number;
  /** Standard error of the slope, memory of the noise included. */
  readonly error: number;
  readonly growth: number;
  readonly scatter: number;
  readonly noise: Noise;
  readonly firstThird: number;
  readonly middleThird: number;
  readonly lastThird: number;
  /** Where the middle third lies between the other two: 0.5 when no gap shifts them. */
  readonly middlePlace: number;
  readonly firstHalf: number;
  readonly lastHalf: number;
  readonly lastHalfKendall: number;
  /** Standard errors of the slopes of thirds and halves. */
  readonly thirdError: number;
  readonly halfError: number;
  /** The growth over the root of the sum of its squared steps: that of a walk without drift is about normal, that of a line sqrt(n). */
  readonly walk: number;
}

export function trendOf(floor: Floor, least: number): Trend {
  const { x, y } = floor;
  const n = x.length;
  const slope = theilSen(x, y);
  const noise = noiseOf(x, y, least);
  const step = n > 1 ? (x[n - 1]! - x[0]!) / (n - 1) : 1;
  /** Of a slope over `count` stretches. */
  const errorOver = (count: number): number =>
    (noise.sigma * noise.inflation) / (step * Math.sqrt(Math.max(1, (count * (count * count - 1)) / 12)));
  const half = n >> 1;
  const third = Math.floor(n / 3);
  const growth = slope * (x[n - 1]! - x[0]!) * (n / Math.max(1, n - 1));
  const steps: number[] = [];
  for (let i = 1; i < n; i++) steps.push(y[i]! - y[i - 1]!);
  const squares = steps.reduce((sum, s) => sum + s * s, 0);
  const total = y[n - 1]! - y[0]!;
  return {
    floor,
    kendall: mannKendall(y),
    slope,
    error: errorOver(n),
    growth,
    scatter: spread(y.map((value, i) => value - slope * x[i]!)),
    noise,
    firstThird: theilSen(x, y, 0, third),
    middleThird: theilSen(x, y, third, n - third),
    lastThird: theilSen(x, y, n - third),
    middlePlace: placeOf(meanOf(x, 0, third), meanOf(x, third, n - third), meanOf(x, n - third, n)),
    firstHalf: theilSen(x, y, 0, half),
    lastHalf: theilSen(x, y, half),
    lastHalfKendall: mannKendall(y.subarray(half)),
    thirdError: errorOver(third),
    halfError: errorOver(half),
    walk: squares > 0 ? total / Math.sqrt(squares) : 0,
  };
}

const meanOf = (x: Float64Array, from: number, to: number): number =>
  x.subarray(from, to).reduce((sum, value) => sum + value / (to - from), 0);

const placeOf = (first: number, middle: number, last: number): number => (last > first ? (middle - first) / (last - first) : 0.5);
