import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SeriesTable, SeriesView } from '../../../src/insight/series.js';
import { createSeriesTable } from '../../../src/insight/series-table.js';
import { tailOf } from '../../../src/insight/series-tail.js';

const start = 1_753_789_812_345;
const newest = (table: SeriesTable, at: number, lastMs: number, ids: readonly string[] = ['a', 'b']): SeriesView =>
  table.view({ ids, from: at - lastMs, to: at, maxBuckets: 40 });

/** What a page holds after it has taken the tail. */
function applied(held: SeriesView, tail: SeriesView, first: number): SeriesView {
  const join = (old: Float64Array, fresh: Float64Array): Float64Array =>
    Float64Array.of(...old.slice(first - held.first, tail.first - held.first), ...fresh);
  return {
    ...tail,
    first,
    length: tail.first - first + tail.length,
    columns: held.columns.map(({ id, min, max, mean, last }, i) => {
      const fresh = tail.columns[i]!;
      return {
        id,
        min: join(min, fresh.min),
        max: join(max, fresh.max),
        mean: join(mean, fresh.mean),
        last: join(last, fresh.last),
      };
    }),
  };
}

test('what is held and the tail are the whole view, as the window moves and tiers give way to each other', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ step: fc.integer({ min: 1, max: 60_000 }), a: fc.integer(), b: fc.option(fc.integer(), { nil: NaN }) }),
        {
          minLength: 2,
          maxLength: 80,
        },
      ),
      fc.constantFrom(10_000, 60_000, 600_000, 3_600_000),
      (steps, lastMs) => {
        const table = createSeriesTable({ measuredMs: 120_000, halfMinutesMs: 1_200_000 });
        let at = start;
        let held: SeriesView | undefined;
        for (const { step, a, b } of steps) {
          at += step;
          table.append(at, new Map(Object.entries({ a, b })));
          const view = newest(table, at, lastMs);
          const tail = held === undefined ? undefined : tailOf(view, held);
          if (held !== undefined && tail !== undefined) expect(applied(held, tail, view.first)).toEqual(view);
          held = view;
        }
      },
    ),
  );
});

test('is short when little is new', () => {
  const table = createSeriesTable();
  for (let i = 0; i < 600; i++) table.append(start + i * 1000, new Map([['a', i]]));
  const before = newest(table, start + 599_000, 300_000);
  expect(tailOf(before, before)?.length).toBe(0);
  table.append(start + 600_000, new Map([['a', 600]]));
  const tail = tailOf(newest(table, start + 600_000, 300_000), before)!;
  expect(tail.length).toBeLessThanOrEqual(2);
  expect(tail.columns[0]!.last.at(-1)).toBe(600);
  expect(tail.columns[0]!.last.buffer.byteLength).toBe(8 * tail.length);
});

test('there is none on another grid, of other series, or when the window went back', () => {
  const table = createSeriesTable();
  for (let i = 0; i < 600; i++) table.append(start + i * 1000, new Map([['a', i]]));
  const at = start + 599_000;
  const view = newest(table, at, 300_000);
  expect(tailOf(newest(table, at, 30_000), view)).toBeUndefined();
  expect(tailOf(newest(table, at, 300_000, ['b', 'a']), view)).toBeUndefined();
  expect(tailOf(newest(table, at, 300_000, ['a']), view)).toBeUndefined();
  expect(tailOf(newest(table, at - 100_000, 300_000), view)).toBeUndefined();
  expect(tailOf(newest(table, at + 400_000, 300_000), view)).toBeUndefined();
  expect(tailOf(newest(table, at, 280_000), view)).toBeDefined();
});
