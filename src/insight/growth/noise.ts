import { leastSquares } from './least-squares.js';

/** Noise about a smooth curve, as a first-order autoregression: each value remembers `memory` of the one before. */
export interface Noise {
  readonly sigma: number;
  /** 0 to 0.95. */
  readonly memory: number;
  /** By how much the memory widens the error of a mean or a slope: the noise to reckon with is `sigma * inflation`. */
  readonly inflation: number;
}

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
  let product = 0;
  for (let i = 1; i < n; i++) product += fit.residuals[i]! * fit.residuals[i - 1]!;
  const seen = fit.rss > 0 ? product / fit.rss : 0;
  const memory = Math.min(0.95, Math.max(0, (seen + 4 / n) / (1 - 6 / n)));
  const sigma = Math.max(least, Math.sqrt(fit.rss / (n - 4)));
  return { sigma, memory, inflation: Math.sqrt((1 + memory) / (1 - memory)) };
}

/** Takes the memory out of a column, so that least squares weighs what is new in each value only. */
export function whiten(column: Float64Array, memory: number): Float64Array {
  const first = Math.sqrt(1 - memory * memory);
  return column.map((value, i) => (i === 0 ? first * value : value - memory * column[i - 1]!));
}
