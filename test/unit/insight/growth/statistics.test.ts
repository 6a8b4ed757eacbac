import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanPoints } from '../../../../src/insight/growth/clean.js';
import { floorOf } from '../../../../src/insight/growth/floor.js';
import { jumpsOf, withoutJumps } from '../../../../src/insight/growth/jumps.js';
import { leastSquares } from '../../../../src/insight/growth/least-squares.js';
import { noiseOf } from '../../../../src/insight/growth/noise.js';
import { rhythmOf } from '../../../../src/insight/growth/rhythm.js';
import { mannKendall, median, quantile, spread, theilSen } from '../../../../src/insight/growth/robust.js';
import { lineBeneathWarmUp } from '../../../../src/insight/growth/warm-up.js';
import { HOUR, MIB, normalOf, randomOf, series } from './series.js';

const range = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => i);

describe('rank statistics', () => {
  it('median and quantile', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('the spread of normal noise is its standard deviation, outliers or not', () => {
    const normal = normalOf(randomOf(1));
    const values = Array.from({ length: 4000 }, (_, i) => (i % 20 === 0 ? 1e6 : 3 * normal()));
    expect(spread(values)).toBeGreaterThan(2.8);
    expect(spread(values)).toBeLessThan(3.5);
  });

  // Kendall's S of 10 values in order is 45, its variance 10*9*25/18 = 125.
  it('Mann-Kendall of values in order', () => {
    expect(mannKendall(range(10))).toBeCloseTo(44 / Math.sqrt(125), 10);
    expect(mannKendall([5, 5, 5, 5])).toBe(0);
  });

  it('Mann-Kendall with ties: [1, 1, 2, 2] has S = 4 and variance (156 - 36) / 18', () => {
    expect(mannKendall([1, 1, 2, 2])).toBeCloseTo(3 / Math.sqrt(120 / 18), 10);
  });

  it('Mann-Kendall sees the ranks only, and turns its sign with the series', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 40 }), (y) => {
        expect(mannKendall(y.map((v) => Math.exp(v / 20)))).toBeCloseTo(mannKendall(y), 9);
        expect(mannKendall(y.map((v) => -v))).toBeCloseTo(-mannKendall(y), 9);
      }),
    );
  });

  it('Theil-Sen is exact on a line with a fifth of the values wrong', () => {
    const y = range(50).map((x) => (x % 5 === 0 ? 1e4 : 7 * x + 3));
    expect(theilSen(range(50), y)).toBeCloseTo(7, 0);
  });
});

describe('least squares', () => {
  it('finds the coefficients, and the error of the last one', () => {
    const x = range(20);
    const fit = leastSquares(
      [x.map(() => 1), x],
      x.map((v) => 5 + 2 * v),
    )!;
    expect([...fit.coefficients].map((c) => Number(c.toFixed(9)))).toEqual([5, 2]);
    // 1 / sqrt of the sum of squares about the mean: 20 * (400 - 1) / 12.
    expect(fit.lastError).toBeCloseTo(1 / Math.sqrt(665), 10);
  });

  it('refuses columns that are alike', () => {
    expect(leastSquares([range(9), range(9)], range(9))).toBeUndefined();
  });
});

describe('the noise', () => {
  const noiseWith = (memory: number, seed: number): ReturnType<typeof noiseOf> => {
    const normal = normalOf(randomOf(seed));
    let x = 0;
    return noiseOf(
      range(200),
      range(200).map((i) => {
        x = memory * x + normal();
        return x + 0.5 * i;
      }),
      1e-9,
    );
  };

  it.each([0, 0.5, 0.8])('knows a memory of %d', (memory) => {
    const seen = Array.from({ length: 20 }, (_, seed) => noiseWith(memory, seed).memory);
    expect(Math.abs(median(seen) - memory)).toBeLessThan(0.1);
  });

  it('tells a corner from a curve', () => {
    const normal = normalOf(randomOf(2));
    const corner = range(48).map((x) => Math.max(0, x - 24) + 0.1 * normal());
    expect(noiseOf(range(48), corner, 1e-9).kink).toMatchObject({ place: 0.5 });
    const curve = range(48).map((x) => 20 * Math.exp(-x / 20) + 0.1 * normal());
    expect(noiseOf(range(48), curve, 1e-9).kink).toBeUndefined();
  });
});

describe('jumps', () => {
  const normal = normalOf(randomOf(3));
  const steps = series(
    HOUR,
    (t) => 100 * MIB + (t >= 1000 ? 5 * MIB : 0) - (t >= 2000 ? 3 * MIB : 0) + (t === 500 ? 50 * MIB : 0) + 2e4 * normal(),
  );

  it('are changes that last, not spikes', () => {
    const jumps = jumpsOf(steps, 16384, 20_000);
    expect(jumps.index).toEqual([1000, 2000]);
    expect(jumps.size[0]! / MIB).toBeCloseTo(5, 0);
    expect(jumps.size[1]! / MIB).toBeCloseTo(-3, 0);
  });

  it('are found in a thinned series, too, and can be taken out', () => {
    const jumps = jumpsOf(steps, 16384, 1000);
    expect(jumps.index.map((index) => Math.round(index / 10))).toEqual([100, 200]);
    const flat = withoutJumps(steps, jumpsOf(steps, 16384, 20_000)).value;
    expect(Math.abs(flat[3500]! - flat[700]!)).toBeLessThan(MIB / 4);
  });
});

describe('jumps of a series', () => {
  const normal = normalOf(randomOf(5));

  it('that is read more often than it moves are none of its usual moves', () => {
    const moves = Array.from({ length: 600 }, () => 100 * MIB + 5e5 * normal());
    expect(
      jumpsOf(
        series(600, (t) => moves[Math.floor(t)]!, { step: 0.1 }),
        16384,
        20_000,
      ).index,
    ).toEqual([]);
  });

  const withGap = (of: (t: number) => number): ReturnType<typeof series> => {
    const all = series(HOUR, of);
    const kept = [...all.at.keys()].filter((i) => i < 1500 || i > 2100);
    return { at: Float64Array.from(kept, (i) => all.at[i]!), value: Float64Array.from(kept, (i) => all.value[i]!) };
  };

  it('with a gap are not what grew in it, but are a change of level in it', () => {
    expect(
      jumpsOf(
        withGap((t) => 100 * MIB + 9000 * t + 2e4 * normal()),
        16384,
        20_000,
      ).index,
    ).toEqual([]);
    expect(
      jumpsOf(
        withGap((t) => 100 * MIB + (t > 1800 ? 5 * MIB : 0) + 2e4 * normal()),
        16384,
        20_000,
      ).index,
    ).toEqual([1500]);
  });
});

describe('a rhythm', () => {
  const wave = (t: number): number => 20 * MIB * Math.sin((2 * Math.PI * t) / (6 * HOUR));
  const normal = normalOf(randomOf(4));

  it('is found with its period and swing, and needs no line', () => {
    const points = series(8 * HOUR, (t) => 100 * MIB + wave(t) + 1e5 * normal(), { step: 10 });
    const floor = floorOf(points, points.at[0]!, points.at.at(-1)!, 48);
    const rhythm = rhythmOf(floor, { sigma: 1e5, memory: 0, inflation: 1 })!;
    expect(rhythm.periodMs / 3.6e6).toBe(6);
    expect(rhythm.swing / MIB).toBeCloseTo(40, -1);
    expect(rhythm.explained).toBeGreaterThan(0.95);
  });

  it('on a line shows the line', () => {
    const points = series(8 * HOUR, (t) => 100 * MIB + wave(t) + (4 * MIB * t) / HOUR + 1e5 * normal(), { step: 10 });
    const rhythm = rhythmOf(floorOf(points, points.at[0]!, points.at.at(-1)!, 48), { sigma: 1e5, memory: 0, inflation: 1 })!;
    expect((rhythm.slope * 3.6e6) / MIB).toBeCloseTo(4, 0);
    expect(rhythm.swing).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the line beneath a warm-up', () => {
  const normal = normalOf(randomOf(6));
  const lineOf = (of: (t: number) => number): ReturnType<typeof lineBeneathWarmUp> => {
    const points = series(HOUR, (t) => 100 * MIB + of(t) + 1e4 * normal());
    return lineBeneathWarmUp(floorOf(points, points.at[0]!, points.at.at(-1)!, 48), 2048);
  };
  const warm = (t: number): number => -50 * MIB * Math.exp(-t / 900);

  it('is none beneath growth that slows down by itself, of one time constant or of two, for a time or for ever', () => {
    const alone = [
      warm,
      (t: number) => warm(t) - 30 * MIB * Math.exp(-t / 90),
      (t: number) => 10 * MIB * Math.log(1 + t / 60),
      (t: number) => (80 * MIB * t) / (t + 500),
      (t: number) => 20 * MIB * Math.sqrt(t / HOUR),
    ];
    for (const of of alone) expect(lineOf(of)).toBeUndefined();
  });

  it('is found where there is one, within three standard errors', () => {
    const line = lineOf((t) => warm(t) + 8192 * t)!;
    expect(Math.abs(line.slope * 1000 - 8192)).toBeLessThan(3 * line.error * 1000);
    expect(line.error).toBeLessThan(0.2 * line.slope);
  });

  it('is none beneath a curve that no warm-up follows', () => {
    expect(lineOf((t) => 50 * MIB * Math.sin(t / 900) + 8192 * t)).toBeUndefined();
  });
});

describe('floors and clean points', () => {
  it('keep the lowest value of each stretch and its moment; stretches without one are left out', () => {
    const points = { at: Float64Array.of(0, 1, 2, 3, 8, 9), value: Float64Array.of(5, 3, 4, 9, 7, 6) };
    const floor = floorOf(points, 0, 10, 5);
    expect([...floor.x]).toEqual([1, 2, 9]);
    expect([...floor.y]).toEqual([3, 4, 6]);
  });

  it('times go up, values are finite, a value that was read wrongly is gone', () => {
    const clean = cleanPoints({
      at: Float64Array.of(1, 2, 2, 1, 3, 4, 5),
      value: Float64Array.of(10, 11, 99, 98, Number.NaN, 1, 10),
    });
    expect([...clean.at]).toEqual([1, 2, 5]);
    expect([...clean.value]).toEqual([10, 11, 10]);
  });
});
