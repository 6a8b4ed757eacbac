import type { Floor } from './floor.js';
import { type Fit, leastSquares } from './least-squares.js';
import { memoryIn } from './noise.js';

/** The line beneath a warm-up. Slopes in units per millisecond. */
export interface BeneathWarmUp {
  readonly slope: number;
  /** Standard error: of the line beneath any warm-up that follows the floor about as well. */
  readonly error: number;
}

/** How much better a warm-up with a line must follow than any warm-up alone: an F value with one degree of freedom. */
const NEEDED = 16;
/** The memory of what is left that noise may show by chance: 2 standard errors of 48 values. */
const LIKE_NOISE = 0.3;
/** Time constants as shares of the window: one of more than one and a half windows is a line to anybody. */
const TAUS = Array.from({ length: 23 }, (_, i) => 0.02 * 75 ** (i / 22));
/** Growth that slows down for ever is nearly straight long after its time constant. */
const EARLY = TAUS.filter((tau) => tau < 0.5);
/** Halvings of the distance to a border. */
const EXACT = 10;

/**
 * The line that goes on beneath growth that slows down, when no such growth does without it: any sum of rises as exponentials do, as
 * logarithms, hyperbolas and roots, of several time constants, is followed with a line and without.
 */
export function lineBeneathWarmUp({ x, y }: Floor, least: number): BeneathWarmUp | undefined {
  const n = x.length;
  const length = x[n - 1]! - x[0]!;
  const u = x.map((value) => (value - x[0]!) / length);
  const shapes = [
    ...TAUS.map((tau) => u.map((v) => 1 - Math.exp(-v / tau))),
    ...EARLY.flatMap((tau) => [
      u.map((v) => Math.log1p(v / tau)),
      u.map((v) => v / (v + tau)),
      u.map((v) => Math.sqrt(v + tau) - Math.sqrt(tau)),
    ]),
  ].map(ofLengthOne);
  const one = u.map(() => 1);
  const target = y.map((value) => value - y[0]!);
  const alone = positiveFit([one], shapes, target);
  const both = positiveFit([one, u], shapes, target);
  if (alone === undefined || both === undefined) return undefined;
  const variance = Math.max(both.rss / (n - 5), 0.25 * least * least);
  const memory = memoryIn(both.residuals, both.rss);
  const slope = both.coefficients[1]!;
  if (!(slope > 0) || alone.rss - both.rss < NEEDED * variance) return undefined;
  // Of less than half a page it does not matter what it tells of the next.
  if (memory > LIKE_NOISE && both.rss > n * least * least) return undefined;
  const known = (Math.max(variance, least * least) * (1 + Math.max(0, memory))) / (1 - Math.max(0, memory));
  // Two standard errors off the best: worse by 4.
  const isAsGood = (line: number): boolean => {
    const fit = positiveFit(
      [one],
      shapes,
      target.map((value, i) => value - line * u[i]!),
    );
    return fit !== undefined && fit.rss < both.rss + 4 * known;
  };
  const below = borderOf((off) => isAsGood(slope - off), slope);
  const above = borderOf((off) => isAsGood(slope + off), slope);
  return { slope: slope / length, error: Math.max(below, above) / 2 / length };
}

/** The lowest `off` between 0 and `most` that is not as good. */
function borderOf(isAsGood: (off: number) => boolean, most: number): number {
  let good = 0;
  let bad = most;
  for (let i = 0; i < EXACT; i++) {
    const middle = (good + bad) / 2;
    if (isAsGood(middle)) good = middle;
    else bad = middle;
  }
  return bad;
}

function ofLengthOne(column: Float64Array): Float64Array {
  const length = Math.hypot(...column);
  return column.map((value) => value / length);
}

/** Least squares by some free columns and by those of the `shapes` that help, none with a share below 0 (Lawson and Hanson 1974). */
function positiveFit(free: readonly Float64Array[], shapes: readonly Float64Array[], y: Float64Array): Fit | undefined {
  let fit = leastSquares(free, y);
  let chosen: readonly Share[] = [];
  const little = 1e-11 * Math.hypot(...y);
  for (let round = 0; round < shapes.length && fit !== undefined; round++) {
    const helps = mostLike(fit.residuals, shapes, chosen, little);
    if (helps === undefined) return fit;
    chosen = [...chosen, { column: helps, share: 0 }];
    let next: Fit | undefined;
    while (next === undefined && chosen.length > 0) {
      const all = leastSquares([...free, ...chosen.map(({ column }) => column)], y);
      if (all === undefined) return fit;
      const wanted = all.coefficients.subarray(free.length);
      const step = chosen.reduce(
        (least, { share }, i) => (wanted[i]! > 0 ? least : Math.min(least, share / (share - wanted[i]!))),
        1,
      );
      if (step === 1) next = all;
      chosen = chosen
        .map(({ column, share }, i) => ({ column, share: share + step * (wanted[i]! - share) }))
        .filter(({ share }) => share > little);
    }
    if (next === undefined || next.rss >= fit.rss) return fit;
    fit = next;
  }
  return fit;
}

interface Share {
  readonly column: Float64Array;
  readonly share: number;
}

/** The column that follows the residuals best, if any does. */
function mostLike(
  residuals: Float64Array,
  shapes: readonly Float64Array[],
  chosen: readonly Share[],
  least: number,
): Float64Array | undefined {
  let best: Float64Array | undefined;
  let most = least;
  for (const shape of shapes) {
    if (chosen.some(({ column }) => column === shape)) continue;
    let product = 0;
    for (let i = 0; i < residuals.length; i++) product += shape[i]! * residuals[i]!;
    if (product <= most) continue;
    most = product;
    best = shape;
  }
  return best;
}
