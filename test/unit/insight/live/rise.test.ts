import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { riseOf } from '../../../../src/insight/live/rise.js';

const at = Array.from({ length: 12 }, (_, i) => (i + 1) * 1000);
const rise = (value: (i: number) => number) =>
  riseOf(
    at,
    at.map((_, i) => value(i)),
  );

describe('what grows to the end', () => {
  it('steadily', () => {
    expect(rise((i) => 100 * (i + 1))).toEqual({ bytes: 1200, overMs: 12_000, intervals: 12, grown: 12 });
  });

  it('in steps', () => {
    expect(rise((i) => 100 * Math.ceil((i + 1) / 2))?.grown).toBe(6);
  });

  it('with ups and downs that are smaller than the growth', () => {
    expect(rise((i) => 100 * (i + 1) + (i % 2) * 150)).toBeDefined();
  });

  it('faster and faster', () => {
    expect(rise((i) => (i + 1) ** 3)).toBeDefined();
  });
});

describe('what does not', () => {
  it.each([
    ['stands still', () => 4096],
    ['is nothing', () => 0],
    ['warms up', (i: number) => 1e6 * (1 - Math.exp(-i / 2))],
    ['stopped in the middle', (i: number) => 100 * Math.min(i, 6)],
    ['goes up and down', (i: number) => (i % 3) * 1000],
    ['has three steps', (i: number) => 1000 * Math.floor(i / 4)],
    ['shrinks', (i: number) => 12 - i],
    ['is not known at a moment', (i: number) => (i === 5 ? Number.NaN : i)],
  ])('%s', (_, value) => {
    expect(rise(value)).toBeUndefined();
  });

  it('too few moments', () => {
    expect(riseOf([1, 2, 3], [1, 2, 3])).toBeUndefined();
  });

  it('nothing that has come back to where it was', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 6, maxLength: 30 }), (values) => {
        const found = riseOf(
          values.map((_, i) => i + 1),
          values,
        );
        if (found === undefined) return;
        const end = values.slice(-Math.floor(values.length / 3));
        expect(Math.min(...end)).toBeGreaterThan(Math.max(...values.slice(0, Math.floor(values.length / 3))));
      }),
    );
  });
});
