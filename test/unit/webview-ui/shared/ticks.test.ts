import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeTicks, valueAxis, wholeAxis } from '../../../../webview-ui/shared/ticks.js';

describe('valueAxis', () => {
  test('holds both values and has whole steps', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e13, noNaN: true }),
        fc.double({ min: 0, max: 1e13, noNaN: true }),
        fc.constantFrom('bytes', 'count', 'percent', 'per-second'),
        (a, b, unit) => {
          const low = Math.min(a, b);
          const high = Math.max(a, b);
          const axis = valueAxis(low, high, 4, unit as 'bytes');
          expect(axis.min).toBeLessThanOrEqual(low);
          expect(axis.max).toBeGreaterThanOrEqual(high);
          expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
          expect(axis.ticks.length).toBeLessThanOrEqual(8);
          // What is never below 0 is not drawn there.
          expect(axis.min).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  test('sizes go by powers of two', () => {
    expect(valueAxis(0, 700 * 2 ** 20, 4, 'bytes')).toEqual({
      min: 0,
      max: 768 * 2 ** 20,
      step: 256 * 2 ** 20,
      ticks: [0, 256, 512, 768].map((mib) => mib * 2 ** 20),
    });
    expect(valueAxis(0, 7, 4, 'count').step).toBe(2);
  });

  test('a flat line lies between ticks, not on an edge', () => {
    const { min, max } = valueAxis(24, 24, 3, 'count');
    expect(min).toBeLessThan(24);
    expect(max).toBeGreaterThan(24);
  });

  test('a whole ends where it ends', () => {
    expect(wholeAxis(1.5 * 2 ** 30, 4, 'bytes').max).toBe(1.5 * 2 ** 30);
  });
});

describe('timeTicks', () => {
  test('are round, inside, and not too many', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }),
        fc.integer({ min: 1000, max: 60 * 86_400_000 }),
        fc.integer({ min: 2, max: 12 }),
        (from, width, count) => {
          const { step, ticks } = timeTicks(from, from + width, count);
          expect(ticks.length).toBeLessThanOrEqual(count + 2);
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(from);
            expect(tick).toBeLessThanOrEqual(from + width);
            if (step < 3_600_000) expect((tick / step) % 1).toBeCloseTo(0, 6);
          }
        },
      ),
    );
  });

  test('days begin at midnight here', () => {
    const from = new Date(2026, 2, 1, 13).getTime();
    const { ticks } = timeTicks(from, from + 5 * 86_400_000, 6);
    expect(ticks.map((tick) => new Date(tick).getHours())).toEqual([0, 0, 0, 0, 0]);
  });
});
