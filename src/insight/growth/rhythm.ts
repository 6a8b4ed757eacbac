import { HOUR } from '../../base/units.js';
import type { Floor } from './floor.js';
import { type Fit, leastSquares } from './least-squares.js';
import { memoryIn, type Noise, whiten } from './noise.js';

/** Of a rhythm of load: 2 to 36 hours, with a day and its halves exactly, so near to each other that no rhythm falls between two. */
const PERIODS_H = Array.from({ length: 51 }, (_, i) => 24 * 2 ** ((i - 43) / 12));

/** The memory of what is left that noise may show by chance: 2 standard errors of 48 values. */
const LIKE_NOISE = 0.3;

export interface Rhythm {
  /** How much better a wave (with a line) fits than a line alone: an F value with 3 degrees of freedom; large: the floor is bent. */
  readonly bent: number;
  /** How much better a line with a wave fits than the wave alone. */
  readonly trend: number;
  /** The lowest and the highest slope (per millisecond, 2.6 standard errors off) of a line beneath any wave that fits about as well as the best. */
  readonly lowestSlope: number;
  readonly highestSlope: number;
  /** A wave and a line leave nothing but noise: what they leave of one stretch tells nothing of the next. */
  readonly follows: boolean;
  /** Of the line beneath the wave that fits best, with its standard error. */
  readonly slope: number;
  readonly slopeError: number;
  /** The floor without the wave of the best fit of a line with a wave; `bestPeriodMs` is the period of that one. */
  readonly calm: Float64Array;
  readonly bestPeriodMs: number;
  /** Share of the variance of the floor that the wave that fits best explains. */
  readonly explained: number;
  /** The period in milliseconds of the wave that fits best. */
  readonly periodMs: number;
  /** From trough to crest of the smallest wave that fits about as well as anything does, without a line. Infinite: none does. */
  readonly swing: number;
}

export function rhythmOf({ x, y }: Floor, noise: Noise): Rhythm | undefined {
  const n = x.length;
  const middle = (x[0]! + x[n - 1]!) / 2;
  const time = x.map((value) => value - middle);
  const target = whiten(
    y.map((value) => value - y[0]!),
    noise.memory,
  );
  const one = whiten(
    time.map(() => 1),
    noise.memory,
  );
  const line = whiten(time, noise.memory);
  const straight = leastSquares([one, line], target);
  if (straight === undefined || n < 10) return undefined;
  const floorRss = noise.sigma * noise.sigma * (1 - noise.memory * noise.memory) * 0.25 * n;
  const fits = PERIODS_H.flatMap((hours) => {
    const omega = (2 * Math.PI) / (hours * HOUR);
    const sine = whiten(
      time.map((t) => Math.sin(omega * t)),
      noise.memory,
    );
    const cosine = whiten(
      time.map((t) => Math.cos(omega * t)),
      noise.memory,
    );
    const wave = leastSquares([one, sine, cosine], target);
    const both = leastSquares([one, sine, cosine, line], target);
    return wave === undefined || both === undefined ? [] : [{ hours, wave, both }];
  });
  // Memory is never less than nothing: nor is it at the trough of a wave.
  const stays = ({ coefficients }: Fit): boolean => Math.hypot(coefficients[1]!, coefficients[2]!) < coefficients[0]! + y[0]!;
  const possible = fits.filter(({ both }) => stays(both));
  const alone = fits.filter(({ wave }) => stays(wave));
  if (possible.length === 0) return undefined;
  const best = possible.reduce((a, b) => (b.both.rss < a.both.rss ? b : a));
  const aloneRss = alone.reduce((least, fit) => Math.min(least, fit.wave.rss), Number.POSITIVE_INFINITY);
  const wave = fits.reduce((a, b) => (b.wave.rss < a.wave.rss ? b : a));
  const variance = Math.max(best.both.rss, floorRss) / (n - 5);
  const sigma = Math.sqrt(variance);
  let lowestSlope = Number.POSITIVE_INFINITY;
  let highestSlope = Number.NEGATIVE_INFINITY;
  for (const { both } of possible) {
    if (both.rss - best.both.rss > 8 * variance) continue;
    lowestSlope = Math.min(lowestSlope, both.coefficients[3]! - 2.6 * sigma * both.lastError);
    highestSlope = Math.max(highestSlope, both.coefficients[3]! + 2.6 * sigma * both.lastError);
  }
  let swing = Number.POSITIVE_INFINITY;
  for (const { wave: fit } of fits) {
    if (fit.rss - best.both.rss > 20 * variance) continue;
    swing = Math.min(swing, 2 * Math.hypot(fit.coefficients[1]!, fit.coefficients[2]!));
  }
  const omega = (2 * Math.PI) / (best.hours * HOUR);
  const [, sine = 0, cosine = 0] = best.both.coefficients;
  const calm = y.map((value, i) => value - sine * Math.sin(omega * time[i]!) - cosine * Math.cos(omega * time[i]!));
  return {
    calm,
    bestPeriodMs: best.hours * HOUR,
    swing,
    explained: 1 - wave.wave.rss / Math.max(Number.MIN_VALUE, leastSquares([one], target)?.rss ?? 0),
    slope: best.both.coefficients[3]!,
    slopeError: sigma * best.both.lastError,
    bent: (straight.rss - best.both.rss) / 3 / variance,
    trend: (aloneRss - best.both.rss) / variance,
    lowestSlope,
    highestSlope,
    follows: memoryIn(best.both.residuals, best.both.rss) < LIKE_NOISE,
    periodMs: wave.hours * HOUR,
  };
}
