import { describe, expect, it } from 'vitest';
import { availableOf, availableTrend, availableWords } from '../../../../src/insight/system/available-trend.js';
import { factsOf, KIB } from './facts.js';

const GIB = 1024 * 1024 * KIB;
const points = (values: readonly number[], everyMs = 1000) => ({
  at: Float64Array.from(values, (_, i) => 1_000_000 + i * everyMs),
  value: Float64Array.from(values),
});
const words = (values: readonly number[], everyMs?: number): string =>
  availableWords(availableTrend(points(values, everyMs), 16 * GIB)!).join(' ');
const falling = (seconds: number, perSecond: number) => Array.from({ length: seconds }, (_, i) => 8 * GIB - i * perSecond);

describe('MemAvailable over time', () => {
  it('says how much longer it needs, and no time before', () => {
    const trend = availableTrend(points(falling(60, 1 << 20)), 16 * GIB);
    expect(trend).toMatchObject({ samples: 60, first: 8 * GIB, state: 'undecided', windowMs: 60_000 });
    expect(trend?.goneInMs).toBeUndefined();
    expect(words(falling(60, 1 << 20))).toBe(
      'MemAvailable was 8 GiB, and is 7.9 GiB (60 times in 59 s). Whether it falls can’t be said yet: that needs about 4 min more.',
    );
  });

  it('tells a rate and a time when it falls', () => {
    expect(words(falling(400, 1 << 20))).toMatch(
      /It falls by 3\.5 GiB ± .* an hour: at this rate it is gone in about 2 h 1\d min\.$/,
    );
    expect(words(falling(3700, 300))).toMatch(/It falls by 1 MiB ± .* an hour: at this rate .* gone in about 3\d\d d/);
    expect(words(falling(3700, 200))).toMatch(/at this rate it lasts for more than 366 d\.$/);
  });

  it('says so when it does not fall', () => {
    const flat = (seconds: number) => Array.from({ length: seconds }, (_, i) => 8 * GIB + (i % 7) * 4096);
    expect(words(flat(400))).toMatch(/No lasting fall is seen so far; that there is none can be said in about 53 min\.$/);
    expect(words(flat(3700))).toMatch(/It does not fall lastingly\.$/);
  });

  it('tells the least, when it is another one than the ends', () => {
    expect(words([8 * GIB, 2 * GIB, 8 * GIB])).toContain('and is 8 GiB, with 2 GiB at the least (3 times in 2 s)');
    expect(words([8 * GIB, 8 * GIB - 4096, 8 * GIB])).not.toContain('at the least');
    expect(availableTrend(points([]), GIB)).toBeUndefined();
  });
});

describe('MemAvailable of states', () => {
  const state = (sinceBoot: number, MemAvailable?: number, more = {}) => ({
    facts: factsOf(
      { MemTotal: 100, ...(MemAvailable === undefined ? {} : { MemAvailable }) },
      {
        at: 5000 + sinceBoot,
        sinceBoot,
        ...more,
      },
    ),
  });

  it('is by their moments, the first one on the calendar', () => {
    expect(availableOf([state(0, 9), state(2000, 8), state(9000, 7)])).toEqual({
      at: Float64Array.of(5000, 7000, 14_000),
      value: Float64Array.of(9 * KIB, 8 * KIB, 7 * KIB),
    });
  });

  it('is none where one lacks it, they are in another order, or the machine was started anew', () => {
    expect(availableOf([state(0, 9), state(2000)])).toBeUndefined();
    expect(availableOf([state(2000, 9), state(0, 8)])).toBeUndefined();
    expect(availableOf([state(0, 9, { bootId: 'a' }), state(2000, 9, { bootId: 'b' })])).toBeUndefined();
    expect(availableOf([state(0, 9), { facts: factsOf({ MemTotal: 100, MemAvailable: 5 }) }])).toBeUndefined();
  });
});
