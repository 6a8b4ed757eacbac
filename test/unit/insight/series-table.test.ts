import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SeriesColumn, SeriesTable } from '../../../src/insight/series.js';
import { createSeriesTable } from '../../../src/insight/series-table.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** A moment as the clock of a machine gives it, no multiple of anything. */
const start = 1_753_789_812_345;

const add = (table: SeriesTable, at: number, values: Readonly<Record<string, number>>): boolean =>
  table.append(at, new Map(Object.entries(values)));

/** All points are kept: what the table is compared with. */
interface Measured {
  readonly at: number;
  readonly value: number;
}

function naive(points: readonly Measured[], bucketMs: number, first: number, length: number): Omit<SeriesColumn, 'id'> {
  const empty = (): Float64Array => new Float64Array(length).fill(Number.NaN);
  const column = { min: empty(), max: empty(), mean: empty(), last: empty() };
  for (let i = 0; i < length; i++) {
    const values = points
      .filter(({ at }) => Math.floor(at / bucketMs) === first + i)
      .map(({ value }) => value)
      .filter((value) => !Number.isNaN(value));
    if (values.length === 0) continue;
    column.min[i] = Math.min(...values);
    column.max[i] = Math.max(...values);
    column.mean[i] = values.reduce((sum, value) => sum + value, 0) / values.length;
    column.last[i] = values.at(-1)!;
  }
  return column;
}

function expectEqual(column: SeriesColumn, expected: Omit<SeriesColumn, 'id'>): void {
  expect(column.min).toEqual(expected.min);
  expect(column.max).toEqual(expected.max);
  expect(column.last).toEqual(expected.last);
  expect([...column.mean].map(Number.isNaN)).toEqual([...expected.mean].map(Number.isNaN));
  for (const [i, mean] of expected.mean.entries()) {
    if (!Number.isNaN(mean)) expect(Math.abs(column.mean[i]! - mean)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(mean)));
  }
}

describe('append', () => {
  test('refuses a moment that is not newer, and goes on', () => {
    const table = createSeriesTable();
    expect(add(table, start, { rss: 1 })).toBe(true);
    expect(add(table, start, { rss: 2 })).toBe(false);
    expect(add(table, start - 1, { rss: 2 })).toBe(false);
    expect(add(table, Number.NaN, { rss: 2 })).toBe(false);
    expect(add(table, Infinity, { rss: 2 })).toBe(false);
    expect(add(table, start + 1, { rss: 3 })).toBe(true);
    expect([...table.points('rss').value]).toEqual([1, 3]);
    expect(table.span).toEqual({ from: start, to: start + 1 });
  });

  test('takes ids at any time, in the order in which they come', () => {
    const table = createSeriesTable();
    add(table, start, { rss: 1 });
    for (let i = 1; i <= 100; i++) add(table, start + i, { [`m${i}`]: i });
    expect(table.ids).toEqual(['rss', ...Array.from({ length: 100 }, (_, i) => `m${i + 1}`)]);
    expect([...table.points('m70').at]).toEqual([start + 70]);
    expect(table.latest('rss')).toEqual({ at: start, value: 1 });
    expect(table.latest('m100')).toEqual({ at: start + 100, value: 100 });
    expect(table.latest('pss')).toBeUndefined();
  });

  test('what is no finite number is unknown', () => {
    const table = createSeriesTable();
    add(table, start, { rss: Number.NaN, pss: Infinity });
    expect(table.ids).toEqual(['rss', 'pss']);
    expect(table.latest('rss')).toBeUndefined();
    expect(table.points('pss').at).toHaveLength(0);
  });
});

describe('an empty table', () => {
  const table = createSeriesTable();
  test('has no span, and a view without values', () => {
    table.gap(start);
    expect(table.span).toBeUndefined();
    const view = table.view({ ids: ['rss'], from: start, to: start + minute, maxBuckets: 100 });
    expect(view.columns[0]!.mean.every(Number.isNaN)).toBe(true);
    expect(view.gaps).toEqual([]);
    expect(table.valueAt('rss', start)).toBeUndefined();
  });
});

describe('view', () => {
  test('equals the naive model on irregular moments with unknown values, on every grid', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ step: fc.integer({ min: 100, max: 60_000 }), value: fc.option(fc.integer(), { nil: Number.NaN }) }),
          {
            minLength: 1,
            maxLength: 200,
          },
        ),
        fc.integer({ min: -minute, max: hour }),
        fc.integer({ min: 0, max: 2 * hour }),
        fc.integer({ min: 1, max: 400 }),
        (steps, offset, length, maxBuckets) => {
          const table = createSeriesTable({ measuredMs: 10 * hour });
          const points: Measured[] = [];
          let at = start;
          for (const { step, value } of steps) {
            at += step;
            points.push({ at, value });
            add(table, at, { rss: value });
          }
          const from = start + offset;
          const view = table.view({ ids: ['rss'], from, to: from + length, maxBuckets });
          expect(view.length).toBeGreaterThan(0);
          expect(view.length).toBeLessThanOrEqual(maxBuckets);
          expect(view.first).toBe(Math.floor(from / view.bucketMs));
          expect(view.first + view.length - 1).toBe(Math.floor((from + length) / view.bucketMs));
          expectEqual(view.columns[0]!, naive(points, view.bucketMs, view.first, view.length));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('loses and doubles nothing where the tiers meet', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 4000 }),
        fc.integer({ min: 20, max: 400 }),
        fc.integer({ min: 0, max: TIERS_SPAN }),
        fc.array(fc.integer({ min: 0, max: TIERS_SPAN }), { maxLength: 4 }),
        (step, measuredRows, phase, gaps) => {
          const table = createSeriesTable({
            measuredMs: 2 * minute,
            measuredRows,
            halfMinutesMs: 30 * minute,
            tenMinutesMs: day,
          });
          const points: Measured[] = [];
          const gapAt = new Set(gaps.map((gap) => Math.floor(gap / step)));
          for (let i = 0; i * step < TIERS_SPAN; i++) {
            const at = start + phase + i * step;
            if (gapAt.has(i)) table.gap(at);
            // Unknown now and then, and no pattern of the tiers' widths.
            const value = i % 7 === 0 ? Number.NaN : (i * 7919) % 10_007;
            points.push({ at, value });
            add(table, at, { rss: value });
          }
          // Of half a minute and more every bucket is exact, whatever tier it is of; up to 10 minutes while that tier lasts.
          for (const [lastMs, maxBuckets] of [
            [TIERS_SPAN, 12],
            [TIERS_SPAN, 3],
            [20 * minute, 50],
            // As long as there are rows as measured: they are dropped by half minutes.
            [Math.min(minute, (measuredRows - 1) * step - 30 * second), 200],
          ] as const) {
            if (lastMs <= 0) continue;
            const to = points.at(-1)!.at;
            const view = table.view({ ids: ['rss'], from: to - lastMs, to, maxBuckets });
            expectEqual(view.columns[0]!, naive(points, view.bucketMs, view.first, view.length));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('has no hole where buckets are narrower than those that are left', () => {
    const table = createSeriesTable({ measuredMs: 2 * minute, halfMinutesMs: 30 * minute });
    for (let i = 0; i < 7200; i++) add(table, start + i * second, { rss: i });
    const view = table.view({ ids: ['rss'], from: start, to: start + 7199 * second, maxBuckets: 8000 });
    expect(view.bucketMs).toBe(second);
    const { mean, min, max } = view.columns[0]!;
    expect(mean.some(Number.isNaN)).toBe(false);
    for (let i = 0; i < view.length; i++) {
      const value = i;
      expect(min[i]!).toBeLessThanOrEqual(value);
      expect(max[i]!).toBeGreaterThanOrEqual(value);
      expect(max[i]! - min[i]!).toBeLessThan(600);
    }
    expect(max[0]! - min[0]!).toBeGreaterThan(30);
    expect(max[7000]! - min[7000]!).toBeLessThan(30);
    expect(max.at(-1)! - min.at(-1)!).toBe(0);
  });

  test('a series that is read rarely is unknown between', () => {
    const table = createSeriesTable();
    for (let i = 0; i < 90; i++) add(table, start + i * second, i % 30 === 0 ? { rss: i, uss: i } : { rss: i });
    const view = table.view({ ids: ['uss', 'rss', 'none'], from: start, to: start + 89 * second, maxBuckets: 91 });
    const known = (i: number): number => [...view.columns[i]!.mean].filter((value) => !Number.isNaN(value)).length;
    expect([known(0), known(1), known(2)]).toEqual([3, 90, 0]);
    expect(view.gaps).toEqual([]);
  });

  test('keeps its grid while the window moves', () => {
    const table = createSeriesTable();
    const widths = new Set<number>();
    for (let i = 0; i < 3000; i++) {
      widths.add(table.view({ ids: [], from: start + i * 37, to: start + i * 37 + 10 * minute, maxBuckets: 300 }).bucketMs);
    }
    expect([...widths]).toEqual([5 * second]);
  });

  test('answers odd queries with a bucket at least and maxBuckets at most', () => {
    const table = createSeriesTable();
    add(table, start, { rss: 1 });
    for (const [from, to, maxBuckets] of [
      [0, start, 1],
      [start, start, 1],
      [start, start - hour, 10],
      [-start, start, 1],
      [0, Number.MAX_SAFE_INTEGER, 2],
      [start, start, 0],
      [start, start + 1, 0.5],
    ] as const) {
      const view = table.view({ ids: ['rss'], from, to, maxBuckets });
      expect(view.length).toBeGreaterThan(0);
      expect(view.length).toBeLessThanOrEqual(Math.max(1, maxBuckets));
    }
    expect(table.view({ ids: ['rss'], from: 0, to: start, maxBuckets: 1 }).columns[0]!.last[0]).toBe(1);
  });
});

const TIERS_SPAN = 2 * hour;

describe('gap', () => {
  test('is told by the view, however short, and has no values in it', () => {
    const table = createSeriesTable({ measuredMs: minute });
    const from = Math.ceil(start / hour) * hour;
    for (let i = 0; i <= 10; i++) add(table, from + i * second, { rss: i });
    table.gap(from + 10_500);
    table.gap(from + 11_000);
    for (let i = 20; i <= 600; i++) add(table, from + i * second, { rss: i });
    const gaps = [{ from: from + 10_500, to: from + 20 * second }];
    const fine = table.view({ ids: ['rss'], from, to: from + 30 * second, maxBuckets: 100 });
    expect(fine.gaps).toEqual(gaps);
    // The bucket of half a minute, which is all that is left, does not reach over the gap.
    expect(fine.bucketMs).toBe(500);
    expect(fine.columns[0]!.mean.slice(21, 40).every(Number.isNaN)).toBe(true);
    expect(fine.columns[0]!.mean[20]).toBe(5);
    expect(fine.columns[0]!.mean[40]).toBe(24.5);
    expect(table.view({ ids: ['rss'], from, to: from + hour, maxBuckets: 3 }).gaps).toEqual(gaps);
    expect(table.view({ ids: ['rss'], from: from + minute, to: from + 2 * minute, maxBuckets: 9 }).gaps).toEqual([]);
  });

  test('that still lasts has no end', () => {
    const table = createSeriesTable();
    add(table, start, { rss: 1 });
    table.gap(start - 5);
    expect(table.view({ ids: [], from: start, to: start + 1, maxBuckets: 3 }).gaps).toEqual([{ from: start, to: Infinity }]);
    expect(table.valueAt('rss', start)).toBe(1);
    expect(table.valueAt('rss', start + 1)).toBeUndefined();
    expect(table.latest('rss')).toEqual({ at: start, value: 1 });
  });

  test('over and over does not make the table larger than its bounds', () => {
    const table = createSeriesTable({ measuredMs: minute, halfMinutesMs: 10 * minute, tenMinutesMs: hour });
    for (let i = 0; i < 40_000; i++) {
      add(table, start + i * 1000, { rss: i });
      table.gap(start + i * 1000);
    }
    expect(table.bytes).toBeLessThan(60_000);
    expect(table.view({ ids: [], from: 0, to: start * 2, maxBuckets: 2 }).gaps.length).toBeLessThanOrEqual(4096);
  });
});

describe('valueAt', () => {
  test('is the value at the moment or the newest one before it, not across a gap', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            step: fc.integer({ min: 1, max: 5000 }),
            value: fc.option(fc.integer(), { nil: Number.NaN }),
            gap: fc.boolean(),
          }),
          { minLength: 1, maxLength: 60 },
        ),
        fc.integer({ min: -10, max: 100_000 }),
        (steps, offset) => {
          const table = createSeriesTable();
          const asked = start + offset;
          let at = start;
          let expected: number | undefined;
          for (const { step, value, gap } of steps) {
            if (gap && at > start) {
              table.gap(at);
              if (at < asked) expected = undefined;
            }
            at += step;
            add(table, at, { rss: value });
            if (at <= asked && !Number.isNaN(value)) expected = value;
          }
          expect(table.valueAt('rss', asked)).toBe(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('reaches into the buckets of the past', () => {
    const table = createSeriesTable({ measuredMs: minute, halfMinutesMs: 10 * minute });
    for (let i = 0; i < 7200; i++) add(table, start + i * second, i === 0 ? { rss: i, once: 42 } : { rss: i });
    expect(table.valueAt('rss', start + 7199 * second)).toBe(7199);
    for (const ago of [30, 300, 4000]) {
      const moment = 7199 - ago;
      const value = table.valueAt('rss', start + moment * second)!;
      expect(Math.abs(value - moment)).toBeLessThan(ago < 60 ? 1 : ago < 600 ? 30 : 600);
    }
    expect(table.valueAt('once', start + 7199 * second)).toBe(42);
    expect(table.valueAt('rss', start - 1)).toBeUndefined();
  });
});

describe('points', () => {
  test('are as measured, and of the past a value that was measured for each bucket', () => {
    const table = createSeriesTable({ measuredMs: 5 * minute, halfMinutesMs: 30 * minute });
    const at = new Map<number, number>();
    for (let i = 0; i < 7200; i++) {
      at.set(i, start + i * second);
      add(table, start + i * second, i % 10 === 3 ? {} : { rss: i });
    }
    const points = table.points('rss');
    for (let i = 1; i < points.at.length; i++) expect(points.at[i]!).toBeGreaterThan(points.at[i - 1]!);
    for (const [i, value] of points.value.entries()) expect(Math.abs(points.at[i]! - at.get(value)!)).toBeLessThanOrEqual(second);
    const last = points.at.filter((moment) => moment > start + 6900 * second);
    expect(last).toHaveLength(299 - 30);
    expect(points.at.length).toBeGreaterThan(299 + 50 + 8);
    expect(points.at.length).toBeLessThan(360 + 70 + 12);
    expect([...table.points('rss', start + 7195 * second).value]).toEqual([7195, 7196, 7197, 7198, 7199]);
    expect(table.points('none').at).toHaveLength(0);
  });
});

describe('bounds', () => {
  test('30 days: what is kept of a slow tick, and what it takes', () => {
    const table = createSeriesTable();
    const ticks = (40 * day) / (10 * second);
    for (let i = 0; i < ticks; i++) add(table, start + i * 10 * second, { rss: i, vsz: 2 * i });
    const span = table.span!;
    expect(span.to - span.from).toBeGreaterThanOrEqual(30 * day);
    expect(span.to - span.from).toBeLessThan(30 * day + 30 * minute);
    // 360 rows, 2,880 and 4,320 buckets; half as much again at most.
    const filled = 2 * (360 * 8 + (2880 + 4320) * 36) + 360 * 8 + 7200 * 16;
    expect(table.bytes).toBeGreaterThan(filled);
    expect(table.bytes).toBeLessThan(filled * 1.6);
    const view = table.view({ ids: ['rss'], from: span.from, to: span.to, maxBuckets: 1000 });
    expect(view.columns[0]!.last.some(Number.isNaN)).toBe(false);
    expect(view.columns[0]!.last.at(-1)).toBe(ticks - 1);
  });

  test('10 Hz: the newest hour, and no more rows than are allowed', () => {
    const table = createSeriesTable();
    for (let i = 0; i < 100_000; i++) add(table, start + i * 100, { rss: i });
    const points = table.points('rss', start + 99_999 * 100 - hour);
    expect(points.at.length).toBeGreaterThan(36_000 - 300);
    expect(points.at.length).toBeLessThanOrEqual(36_000 + 1);
    expect(table.bytes).toBeLessThan(41_000 * 16 + 30_000);
  });
});
