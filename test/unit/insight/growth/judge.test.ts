import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/insight/growth/judge.js';
import type { Points } from '../../../../src/insight/series.js';
import { HOUR, KIB, MIB, MINUTE, noisy, normalOf, randomOf, series } from './series.js';

const stateOf = (points: Points): string => judge(points, { measure: 'uss' }).state;
const LEAK = 4 * KIB;

describe('a steady leak', () => {
  it.each([
    [5 * MINUTE, 'growing'],
    [29 * MINUTE, 'growing'],
    [30 * MINUTE, 'suspected-leak'],
    [59 * MINUTE, 'suspected-leak'],
    [HOUR, 'leak'],
    [4 * HOUR, 'leak'],
  ])('of 4 KiB a second after %i s is called %s', (seconds, state) => {
    expect(stateOf(series(seconds, noisy(1, LEAK)))).toBe(state);
  });

  it.each([1 * KIB, 16 * KIB, 64 * KIB, MIB])('of %i bytes a second has its rate within the error', (leak) => {
    const { state, ratePerHour, errorPerHour } = judge(series(2 * HOUR, noisy(leak, leak)), { measure: 'uss' });
    expect(state).toBe('leak');
    expect(Math.abs(ratePerHour! - leak * HOUR)).toBeLessThan(1.5 * errorPerHour!);
    expect(errorPerHour!).toBeLessThan(0.05 * ratePerHour!);
  });

  it('under a saw-tooth is found in its floor', () => {
    const verdict = judge(
      series(2 * HOUR, (t) => 50 * MIB + LEAK * t + 20 * MIB * ((t / 47) % 1)),
      { measure: 'uss' },
    );
    expect(verdict.state).toBe('leak');
    expect(verdict.reasons.map(({ code }) => code)).toContain('floor-rises');
    expect(Math.abs(verdict.ratePerHour! - LEAK * HOUR)).toBeLessThan(0.1 * LEAK * HOUR);
  });

  it('under changes of level is found between them', () => {
    const sizes = [20, -8, 15, -17, 10, -9, -4, 18, -12, 6, -11, 9].map((size) => size * MIB);
    const points = series(2 * HOUR, (t) =>
      sizes.slice(0, Math.floor(t / 577)).reduce((sum, size) => sum + size, 50 * MIB + LEAK * t),
    );
    const { state, ratePerHour } = judge(points, { measure: 'uss' });
    expect(state).toBe('leak');
    expect(ratePerHour! / (LEAK * HOUR)).toBeGreaterThan(0.9);
  });

  it.each([
    ['400 KiB every 10 s', (t: number) => Math.floor(t / 10) * 400 * KIB],
    ['10 MiB every 5 min', (t: number) => Math.floor((t + 99) / 300) * 10 * MIB],
    ['batches of 128 KiB', (t: number) => Math.floor((t * LEAK) / (128 * KIB)) * 128 * KIB],
  ])('in blocks (%s) is a leak', (_, of) => {
    expect(stateOf(series(HOUR, (t) => 100 * MIB + of(t)))).toBe('leak');
  });

  it('is seen with one value a minute, and with twelve an hour', () => {
    expect(stateOf(series(HOUR, noisy(3, LEAK), { step: 60 }))).toBe('leak');
    expect(stateOf(series(2 * HOUR, noisy(3, LEAK), { step: 300 }))).toBe('leak');
  });

  it('beneath a daily rhythm of some days is found', () => {
    const day = (t: number): number => 300 * MIB + 50 * MIB * Math.sin((2 * Math.PI * t) / 86400) + (MIB * t) / HOUR;
    const { state, ratePerHour } = judge(series(3 * 86400, day, { step: 60 }), { measure: 'uss' });
    expect(state).toBe('leak');
    expect(ratePerHour! / MIB).toBeCloseTo(1, 1);
  });

  // A leak of 14 MiB an hour, while the load of the day goes down by more than that.
  it('beneath the falling flank of a rhythm is found when no wave does without it, with its rate', () => {
    const normal = normalOf(randomOf(21));
    const load = (t: number): number => 45 * MIB * Math.sin((2 * Math.PI * t) / (6 * HOUR) + 1.2) + 100 * KIB * normal();
    const points = series(2 * HOUR, (t) => 220 * MIB + LEAK * t + load(t));
    expect(points.value.at(-1)!).toBeLessThan(points.value[0]!);
    const { state, ratePerHour, errorPerHour, reasons } = judge(points, { measure: 'uss' });
    expect(state).toBe('leak');
    expect(Math.abs(ratePerHour! - LEAK * HOUR)).toBeLessThan(errorPerHour!);
    expect(reasons.map(({ code }) => code)).toEqual(['periodic']);
  });

  it.each([
    [600, 20 * KIB],
    [900, 20 * KIB],
    [1500, 0],
  ])('beneath a slow warm-up (%i s) is found when no warm-up does without it, with its rate', (tau, sigma) => {
    const level = noisy(31, 2 * LEAK, 60 * MIB, sigma);
    const points = series(HOUR, (t) => level(t) + 60 * MIB * (1 - Math.exp(-t / tau)));
    const { state, ratePerHour, errorPerHour, reasons } = judge(points, { measure: 'uss' });
    expect(state).toBe('leak');
    expect(Math.abs(ratePerHour! - 2 * LEAK * HOUR)).toBeLessThan(errorPerHour!);
    expect(errorPerHour!).toBeLessThan(0.5 * ratePerHour!);
    expect(reasons.map(({ code }) => code)).toEqual(['beneath-warm-up']);
  });

  it('goes on across a gap, and the gap is told', () => {
    const all = series(2 * HOUR, noisy(4, LEAK));
    const kept = [...all.at.keys()].filter((i) => i < 2400 || i > 4800);
    const points = { at: Float64Array.from(kept, (i) => all.at[i]!), value: Float64Array.from(kept, (i) => all.value[i]!) };
    const verdict = judge(points, { measure: 'uss' });
    expect(verdict.state).toBe('leak');
    expect(verdict.reasons.find(({ code }) => code === 'gaps')?.figures['missingMs']).toBeCloseTo(2402e3, -3);
  });

  it('is judged anew after the process began again', () => {
    const of = (t: number): number => (t < HOUR ? 300 * MIB : 50 * MIB) + LEAK * (t % HOUR);
    expect(stateOf(series(HOUR + 20 * MINUTE, of))).toBe('growing');
    expect(judge(series(HOUR + 20 * MINUTE, of), { measure: 'uss' }).windowMs).toBeLessThanOrEqual(20 * MINUTE * 1000);
  });
});

describe('growth of a part of the series', () => {
  const late = (t: number): number => noisyLevel(t) + LEAK * Math.max(0, t - HOUR);
  const stopped = (t: number): number => noisyLevel(t) + LEAK * Math.min(t, HOUR);
  const noisyLevel = noisy(5);

  it('that began 20 minutes ago is growing, never a leak', () => {
    expect(['growing', 'suspected-leak']).toContain(stateOf(series(HOUR + 20 * MINUTE, late)));
  });

  it('that began an hour and a half ago is a leak with the rate of that time', () => {
    const { state, ratePerHour } = judge(series(2.5 * HOUR, late), { measure: 'uss' });
    expect(state).toBe('leak');
    expect(ratePerHour! / (LEAK * HOUR)).toBeCloseTo(1, 1);
  });

  it('that stopped has levelled off', () => {
    expect(stateOf(series(2 * HOUR, stopped))).toBe('levelled-off');
  });
});

describe('growth that is small beside the level', () => {
  it.each([
    [1.6, 'suspected-leak'],
    [2.4, 'leak'],
  ])('of %d %% in an hour is %s', (percent, state) => {
    const level = (percent: number): number => (LEAK * HOUR) / (percent / 100);
    expect(stateOf(series(HOUR, noisy(14, LEAK, level(percent))))).toBe(state);
  });
});

describe('what is no leak', () => {
  const seeds = Array.from({ length: 12 }, (_, i) => 100 + i);

  it.each(seeds)('noise without a trend is not growing (seed %i)', (seed) => {
    for (const seconds of [10 * MINUTE, HOUR, 3 * HOUR])
      expect(['not-growing', 'undecided']).toContain(stateOf(series(seconds, noisy(seed))));
  });

  it.each(seeds)('noise with a long memory is no leak (seed %i)', (seed) => {
    const normal = normalOf(randomOf(seed));
    let x = 0;
    const points = series(2 * HOUR, () => {
      x = 0.99 * x + 300 * KIB * normal();
      return 100 * MIB + x;
    });
    expect(['leak', 'suspected-leak']).not.toContain(stateOf(points));
  });

  it.each([7, 40, 200])('a saw-tooth of %i s', (period) => {
    expect(stateOf(series(HOUR, (t) => 100 * MIB + 30 * MIB * ((t / period) % 1)))).toBe('saw-tooth');
  });

  it.each([60, 600])('a warm-up of time constant %i s levels off', (tau) => {
    expect(stateOf(series(2 * HOUR, (t) => noisyWarm(t) - 80 * MIB * Math.exp(-t / tau)))).toMatch(/levelled-off|not-growing/);
  });
  const noisyWarm = noisy(6);

  it.each([1200, 2400, 3600])('a slow warm-up of time constant %i s is no leak after an hour', (tau) => {
    expect(stateOf(series(HOUR, (t) => noisyWarm(t) - 90 * MIB * Math.exp(-t / tau)))).not.toBe('leak');
  });

  it.each([
    [30, 1800],
    [120, 1200],
    [60, 2400],
  ])('a fast warm-up (%i s) and a slow one (%i s) together are no leak after an hour', (fast, slow) => {
    const both = (t: number): number => noisyWarm(t) - 60 * MIB * Math.exp(-t / fast) - 40 * MIB * Math.exp(-t / slow);
    expect(['leak', 'suspected-leak']).not.toContain(stateOf(series(HOUR, both)));
  });

  it.each([2, 4, 12])('a cache that grows as a logarithm does is no leak after %i h', (hours) => {
    const grows = (t: number): number => noisyWarm(t) + 10 * MIB * Math.log(1 + t / 40);
    expect(stateOf(series(hours * HOUR, grows, { step: 2 }))).not.toBe('leak');
  });

  it.each([200, 900, 1800])('a cache that grows as a hyperbola does (%i s) is no leak', (half) => {
    const grows = (t: number): number => noisyWarm(t) + (150 * MIB * t) / (t + half);
    for (const hours of [1, 2]) expect(stateOf(series(hours * HOUR, grows))).not.toBe('leak');
  });

  it('a slow warm-up of which the connection lost parts is no leak', () => {
    const gaps = [9, 24, 41].map((minute) => minute * MINUTE);
    for (const tau of [900, 1500, 2400]) {
      const all = series(HOUR, (t) => noisyWarm(t) - 200 * MIB * Math.exp(-t / tau));
      const kept = [...all.at.keys()].filter((i) => !gaps.some((gap) => i > gap && i < gap + 6 * MINUTE));
      const at = Float64Array.from(kept, (i) => all.at[i]!);
      expect(stateOf({ at, value: Float64Array.from(kept, (i) => all.value[i]!) })).not.toBe('leak');
    }
  });

  it('read ten times a second it is what it is: no leak', () => {
    const once = Array.from({ length: HOUR }, (_, t) => noisyWarm(t) - 120 * MIB * Math.exp(-t / 1500));
    expect(stateOf(series(HOUR, (t) => once[Math.floor(t)]!, { step: 0.1 }))).not.toBe('leak');
  });

  it.each([120, 300, 600])('an S that has come to its end (width %i s) does not grow', (width) => {
    const rise = (t: number): number => noisyWarm(t) + (60 * MIB) / (1 + Math.exp(-(t - 3000) / width));
    expect(['leak', 'suspected-leak']).not.toContain(stateOf(series(2 * HOUR, rise)));
    expect(stateOf(series(3 * HOUR, rise))).toMatch(/levelled-off|not-growing/);
  });

  it.each([0, 1, 2, 3, 4])('the crest, the falling flank and the trough of a rhythm are no leak (%i)', (part) => {
    const normal = normalOf(randomOf(part));
    const phase = Math.PI / 2 + (part * Math.PI) / 6;
    const load = (t: number): number => 40 * MIB * Math.sin((2 * Math.PI * t) / (8 * HOUR) + phase) + 100 * KIB * normal();
    expect(stateOf(series(2 * HOUR, (t) => 200 * MIB + load(t)))).not.toBe('leak');
  });

  it('a change of level is not growth', () => {
    expect(stateOf(series(HOUR, (t) => noisyWarm(t) + (t > 2500 ? 20 * MIB : 0)))).toMatch(/not-growing|levelled-off/);
  });

  it('days of a daily rhythm are that', () => {
    const day = (t: number): number => 300 * MIB + 50 * MIB * Math.sin((2 * Math.PI * t) / 86400);
    expect(stateOf(series(3 * 86400, day, { step: 60 }))).toBe('daily-rhythm');
  });

  it('the falling part of it, or any shrinking, is not growing', () => {
    expect(stateOf(series(2 * HOUR, noisy(8, -LEAK)))).toBe('not-growing');
  });

  it.each([
    ['constant', () => 100 * MIB],
    ['of two values', (t: number) => 100 * MIB + (Math.imul(t, 2654435761) & 256 ? MIB : 0)],
    ['with upward spikes', (t: number) => 100 * MIB + (t % 97 === 0 ? 500 * MIB : 0)],
  ])('a series %s', (_, of) => {
    expect(stateOf(series(HOUR, of))).toMatch(/not-growing|saw-tooth/);
  });

  it('values that were read wrongly do not hide a leak', () => {
    expect(stateOf(series(2 * HOUR, (t) => (t % 1000 === 500 ? 0 : noisyWarm(t) + LEAK * t)))).toBe('leak');
  });
});

describe('the error of the rate', () => {
  it('is wider when the halves of the window differ, for then there is no one rate', () => {
    const errorOf = (more: (t: number) => number): number =>
      judge(
        series(2 * HOUR, (t) => noisy(12)(t) + LEAK * t + more(t)),
        { measure: 'uss' },
      ).errorPerHour!;
    const even = errorOf(() => 0);
    expect(errorOf((t) => 3 * MIB * Math.log(1 + t / 60))).toBeGreaterThan(5 * even);
  });
});

describe('the rate of a leak that is not alone', () => {
  const judged = (of: (t: number) => number): ReturnType<typeof judge> => judge(series(2 * HOUR, of), { measure: 'uss' });

  it('has an error that reaches to what grows between the rises of a high-water mark', () => {
    // New highs come ever more rarely: after 1, 2, 4, 8... minutes.
    const { state, ratePerHour, errorPerHour } = judged((t) => 60 * MIB + LEAK * t + 2 * MIB * Math.floor(Math.log2(1 + t / 60)));
    expect(state).toBe('leak');
    expect(Math.abs(ratePerHour! - LEAK * HOUR)).toBeLessThan(errorPerHour!);
  });

  it('has a small one when it comes in blocks, between which nothing grows', () => {
    const { state, ratePerHour, errorPerHour } = judged((t) => 60 * MIB + 400 * KIB * Math.floor(t / 10));
    expect(state).toBe('leak');
    expect(errorPerHour!).toBeLessThan(0.02 * ratePerHour!);
  });
});

describe('counts', () => {
  const counts = { grain: 1 };

  it('one thread a minute more is growing after 5 minutes and a leak after an hour', () => {
    const threads = (t: number): number => 10 + Math.floor(t / 60);
    expect(judge(series(5 * MINUTE, threads, counts), { measure: 'threads' }).state).toBe('growing');
    const verdict = judge(series(HOUR, threads, counts), { measure: 'threads' });
    expect(verdict).toMatchObject({ state: 'leak', unit: 'count' });
    expect(verdict.ratePerHour).toBeCloseTo(60, 0);
  });

  it('a pool that fills up, and one that breathes, are none', () => {
    const fills = (t: number): number => 10 + Math.min(8, Math.floor(t / 100));
    const random = randomOf(9);
    expect(judge(series(HOUR, fills, counts), { measure: 'threads' }).state).toBe('levelled-off');
    expect(
      judge(
        series(HOUR, () => 10 + Math.floor(random() * 5), counts),
        { measure: 'fds' },
      ).state,
    ).toBe('not-growing');
  });
});

describe('the limit', () => {
  const points = series(2 * HOUR, noisy(10, LEAK));
  const now = points.value.at(-1)!;

  it('that is reached first is told, with the times of the error', () => {
    const limits = [
      { kind: 'ram' as const, value: now + 20 * LEAK * HOUR, now },
      { kind: 'cgroup' as const, value: now + 10 * LEAK * HOUR, now },
    ];
    const { limit } = judge(points, { measure: 'uss', limits });
    expect(limit?.kind).toBe('cgroup');
    expect(limit!.reachedInMs / 3.6e6).toBeCloseTo(10, 0);
    expect(limit!.earliestMs).toBeLessThan(limit!.reachedInMs);
    expect(limit!.latestMs!).toBeGreaterThan(limit!.reachedInMs);
  });

  it('is not told of what does not grow', () => {
    const limits = [{ kind: 'ram' as const, value: 200 * MIB, now: 100 * MIB }];
    expect(judge(series(HOUR, noisy(11)), { measure: 'uss', limits }).limit).toBeUndefined();
  });
});

describe('any input', () => {
  it.each([
    ['nothing', [], []],
    ['one point', [1], [1]],
    ['no number', [1, 2, 3], [Number.NaN, Number.POSITIVE_INFINITY, Number.NaN]],
    ['one moment', new Array(1000).fill(5), new Array(1000).fill(7)],
  ])('%s is undecided', (_, at, value) => {
    const verdict = judge({ at: Float64Array.from(at), value: Float64Array.from(value) }, { measure: 'uss' });
    expect(verdict.state).toBe('undecided');
    expect(verdict.moreMs).toBeGreaterThan(0);
  });

  const anything = fc.array(
    fc.tuple(
      fc.oneof(fc.integer({ min: 0, max: 2e7 }), fc.constantFrom(Number.NaN, 1e15, -5)),
      fc.oneof(fc.integer({ min: 0, max: 2 ** 40 }), fc.double(), fc.constantFrom(0, 4096, Number.NaN, 1e300)),
    ),
    { maxLength: 300 },
  );

  it('never throws, and never says more than the window allows', () => {
    fc.assert(
      fc.property(anything, fc.boolean(), (rows, sorted) => {
        const use = sorted ? rows.toSorted((a, b) => a[0] - b[0]) : rows;
        const points = { at: Float64Array.from(use, (row) => row[0]), value: Float64Array.from(use, (row) => row[1]) };
        const { state, windowMs } = judge(points, { measure: 'uss' });
        const least = { leak: 3.58e6, 'suspected-leak': 1.79e6, growing: 2.98e5 }[state as 'leak'] ?? 0;
        expect(windowMs).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 150, seed: 5 },
    );
  });

  it('a shift in time and of the level, in whole pages, changes nothing but for the share of the level', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.constantFrom(0, LEAK),
        (seed, shift, leak) => {
          const points = series(40 * MINUTE, noisy(seed, leak));
          const moved = { at: points.at.map((t) => t + shift), value: points.value.map((v) => v + 4096 * 1000) };
          const a = judge(points, { measure: 'uss' });
          const b = judge(moved, { measure: 'uss' });
          expect(b.state).toBe(a.state);
          expect(b.ratePerHour!).toBeCloseTo(a.ratePerHour!, -2);
        },
      ),
      { numRuns: 15, seed: 6 },
    );
  });
});
