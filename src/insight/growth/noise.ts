import { leastSquares } from './least-squares.js';

/** Noise about a smooth curve, as a first-order autoregression: each value remembers `memory` of the one before. */
export interface Noise {
  readonly sigma: number;
  /** 0 to 0.95. */
  readonly memory: number;
  /** By how much the memory widens the error of a mean or a slope: the noise to reckon with is `sigma * inflation`. */
  readonly inflation: number;
  /** Where the floor bends sharply, when two straight pieces follow it far better than a smooth curve. */
  readonly kink?: Kink;
}

interface Kink {
  /** Between 0 and 1: the share of the floor before it. */
  readonly place: number;
  /** The slopes of the two pieces. */
  readonly before: number;
  readonly after: number;
}

/** Two pieces must leave less than this of what the cubic leaves. Noise with a memory never bends that sharply. */
const SHARP = 0.25;
/** A smooth curve that cuts a corner leaves values that lie alike: below this memory there is no corner to look for. */
const BENT = 0.3;

/**
 * From what a cubic leaves of the floor. An estimate of the memory from few values is too low, the more so the more of the curve was
 * fitted (Kendall 1954; here for four coefficients), which would make every error too small: it is corrected.
 */
export function noiseOf(x: Float64Array, y: Float64Array, least: number): Noise {
  const n = x.length;
  const middle = (x[0]! + x[n - 1]!) / 2;
  const half = (x[n - 1]! - x[0]!) / 2 || 1;
  const u = x.map((value) => (value - middle) / half);
  const fit = leastSquares([u.map(() => 1), u, u.map((v) => v * v), u.map((v) => v * v * v)], y);
  if (fit === undefined) return { sigma: least, memory: 0, inflation: 1 };
  const bend = n > 12 && memoryIn(fit.residuals, fit.rss) < BENT ? undefined : sharpest(u, y, SHARP * fit.rss);
  const residuals = bend?.residuals ?? fit.residuals;
  const rss = bend?.rss ?? fit.rss;
  const memory = Math.min(0.95, Math.max(0, (memoryIn(residuals, rss) + 4 / n) / (1 - 6 / n)));
  const sigma = Math.max(least, Math.sqrt(rss / (n - 4)));
  const kink = bend === undefined || fit.rss < 4 * n * least * least ? undefined : bend;
  return {
    sigma,
    memory,
    inflation: Math.sqrt((1 + memory) / (1 - memory)),
    ...(kink === undefined ? {} : { kink: { place: kink.place, before: kink.before / half, after: kink.after / half } }),
  };
}

export function memoryIn(residuals: Float64Array, rss: number): number {
  let product = 0;
  for (let i = 1; i < residuals.length; i++) product += residuals[i]! * residuals[i - 1]!;
  return rss > 0 ? product / rss : 0;
}

/** The best two straight pieces that meet, of some places; undefined when none leaves less than `bound`. `u` runs from -1 to 1. */
function sharpest(
  u: Float64Array,
  y: Float64Array,
  bound: number,
): (Kink & { rss: number; residuals: Float64Array }) | undefined {
  let best: (Kink & { rss: number; residuals: Float64Array }) | undefined;
  for (let part = 4; part <= 20; part++) {
    const place = part / 24;
    const at = 2 * place - 1;
    const fit = leastSquares([u.map(() => 1), u, u.map((v) => Math.max(0, v - at))], y);
    if (fit === undefined || fit.rss >= (best?.rss ?? bound)) continue;
    const before = fit.coefficients[1]!;
    best = { place, before, after: before + fit.coefficients[2]!, rss: fit.rss, residuals: fit.residuals };
  }
  return best;
}

/** Takes the memory out of a column, so that least squares weighs what is new in each value only. */
export function whiten(column: Float64Array, memory: number): Float64Array {
  const first = Math.sqrt(1 - memory * memory);
  return column.map((value, i) => (i === 0 ? first * value : value - memory * column[i - 1]!));
}
