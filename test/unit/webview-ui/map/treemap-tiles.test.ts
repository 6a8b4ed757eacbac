import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Groups } from '../../../../webview-ui/map/treemap-groups.js';
import { mergeSmall } from '../../../../webview-ui/map/treemap-merge.js';
import { reach } from '../../../../webview-ui/map/treemap-place.js';
import { type Tile, tileAt, tilesOf } from '../../../../webview-ui/map/treemap-tiles.js';

/** Groups of these amounts, each list largest first; rows are numbered through. */
function groupsFrom(lists: readonly (readonly number[])[]): Groups {
  let next = 0;
  const values: number[] = [];
  const groups = lists
    .map((list, index) => {
      const sorted = list.toSorted((a, b) => b - a);
      values.push(...sorted);
      const rows = sorted.map(() => next++);
      return { key: `${index}`, label: `group ${index}`, title: '', rows, total: sorted.reduce((sum, one) => sum + one, 0) };
    })
    .sort((a, b) => b.total - a.total);
  const total = groups.reduce((sum, one) => sum + one.total, 0);
  return { groups, values: Float64Array.from(values), total, holding: values.length, untold: 0 };
}

const areaOf = ({ bottom, left, right, top }: Tile): number => (right - left) * (bottom - top);
const layOut = (groups: Groups, width = 900, height = 500): Tile[] =>
  tilesOf(reach(groups, []).place, groups.values, width, height);

const amounts = fc.integer({ min: 1, max: 1 << 20 });
const lists = fc.array(fc.array(amounts, { minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 40 });

test('the area of a group is its share of the whole, that of a region its share of the group', () => {
  fc.assert(
    fc.property(lists, (all) => {
      const groups = groupsFrom(all);
      const tiles = layOut(groups);
      for (const tile of tiles) {
        const parent = tiles[tile.parent];
        if (parent === undefined) expect(areaOf(tile) / (900 * 500)).toBeCloseTo(tile.value / groups.total, 6);
      }
      tiles.forEach((group, at) => {
        const inner = tiles.filter(({ parent }) => parent === at);
        const room = inner.reduce((sum, tile) => sum + areaOf(tile), 0);
        for (const tile of inner) expect(areaOf(tile) / room).toBeCloseTo(tile.value / group.value, 6);
      });
    }),
    { numRuns: 30 },
  );
});

test('every region is drawn once, alone or as one of many, inside of its group', () => {
  fc.assert(
    fc.property(lists, fc.integer({ min: 50, max: 1500 }), fc.integer({ min: 50, max: 900 }), (all, width, height) => {
      const groups = groupsFrom(all);
      const tiles = layOut(groups, width, height);
      const innermost = tiles.filter(({ kind }) => kind !== 'group');
      expect(innermost.flatMap(({ rows }) => rows).toSorted((a, b) => a - b)).toEqual(Array.from(groups.values, (_, row) => row));
      for (const tile of tiles) {
        const { bottom, left, right, top } = tiles[tile.parent] ?? { left: 0, top: 0, right: width, bottom: height };
        expect(tile.left).toBeGreaterThanOrEqual(left - 1e-6);
        expect(tile.top).toBeGreaterThanOrEqual(top - 1e-6);
        expect(tile.right).toBeLessThanOrEqual(right + 1e-6);
        expect(tile.bottom).toBeLessThanOrEqual(bottom + 1e-6);
      }
    }),
    { numRuns: 50 },
  );
});

test('looking into those that are drawn as one leads to each region, in few steps', () => {
  const shapes: readonly (readonly number[])[] = [
    Array.from({ length: 65_530 }, () => 4096),
    Array.from({ length: 65_530 }, (_, at) => (at === 0 ? 2 ** 40 : 4096)),
    Array.from({ length: 65_530 }, (_, at) => 4096 * (1 + Math.floor(2 ** 20 / (at + 1)))),
  ];
  for (const shape of shapes) {
    const groups = groupsFrom([shape]);
    const last = groups.groups[0]!.rows.at(-1)!;
    let path: NonNullable<Tile['steps']> = [];
    let steps = 0;
    for (; steps < 10; steps++) {
      const tiles = tilesOf(reach(groups, path).place, groups.values, 380, 300);
      expect(tiles.length).toBeLessThan(12_100);
      const tile = tiles.findLast(({ rows }) => rows.includes(last))!;
      if (tile.kind === 'region') break;
      path = [...path, ...(tile.steps ?? [])];
    }
    expect(steps).toBeLessThan(6);
  }
});

test('so many groups that most are drawn as one', () => {
  const groups = groupsFrom(Array.from({ length: 3000 }, (_, at) => [4096 * (3000 - at), 4096]));
  const tiles = layOut(groups);
  const many = tiles.filter(({ kind, parent }) => kind === 'more' && parent === -1);
  expect(many.length).toBeGreaterThan(0);
  const { crumbs, place } = reach(groups, many[0]!.steps!);
  expect(place.kind).toBe('groups');
  expect(crumbs.map(({ label }) => label)).toEqual([many[0]!.label]);
  expect(
    tilesOf(place, groups.values, 900, 500)
      .filter(({ parent }) => parent === -1)
      .reduce((sum, { value }) => sum + value, 0),
  ).toBe(many[0]!.value);
});

test('nothing has no area, and no room has no rectangles', () => {
  expect(layOut(groupsFrom([]))).toEqual([]);
  expect(layOut(groupsFrom([[1]]), 0, 100)).toEqual([]);
});

test('one that is left over is drawn alone', () => {
  expect(mergeSmall([1000, 1000, 1], 1000, 64)).toEqual({ alone: 3, runs: [] });
  expect(mergeSmall([1000, 1000, 1, 1], 1000, 64)).toEqual({ alone: 2, runs: [[2, 4]] });
});

test('runs of about a thousand, where there is room for them', () => {
  const { alone, runs } = mergeSmall(new Float64Array(5001).fill(1), 100_000, 64);
  expect(alone).toBe(1);
  expect(runs).toEqual([1, 1001, 2001, 3001, 4001].map((from) => [from, from + 1000]));
  expect(mergeSmall(new Float64Array(5001).fill(1), 1700, 64).runs).toEqual([[1, 5001]]);
});

test('what lies at a point: the innermost rectangle', () => {
  const tiles = layOut(groupsFrom([[100], [50, 50]]));
  for (let x = 0.5; x < 900; x += 7)
    for (let y = 0.5; y < 500; y += 7) {
      const at = tileAt(tiles, x, y);
      const inside = ({ bottom, left, right, top }: Tile): boolean => x >= left && x < right && y >= top && y < bottom;
      expect(inside(tiles[at]!)).toBe(true);
      // Only the line with the group's name, and its edge, are the group itself.
      if (tiles[at]!.kind === 'group')
        expect(tiles.some(({ parent }, other) => parent === at && inside(tiles[other]!))).toBe(false);
    }
  expect(tileAt(tiles, -1, 3)).toBe(-1);
  expect(tileAt(tiles, 901, 3)).toBe(-1);
});

test('a path ends before what is not there any more', () => {
  const groups = groupsFrom([Array.from({ length: 3000 }, () => 1), [5]]);
  const path = [
    { kind: 'group', key: '0' },
    { kind: 'range', from: 1000, to: 2000 },
    { kind: 'range', from: 0, to: 3 },
  ] as const;
  const reached = reach(groups, path);
  expect(reached.path).toEqual(path);
  expect(reached.crumbs.map(({ label }) => label)).toEqual(['group 0', '1,000 more', '3 more']);
  expect(reached.group?.key).toBe('0');
  expect(reached.place).toEqual({ kind: 'rows', rows: groups.groups[0]!.rows.slice(1000, 1003) });
  expect(reach(groupsFrom([[1, 2]]), path).path).toEqual(path.slice(0, 1));
  expect(reach(groupsFrom([]), path)).toEqual({ place: { kind: 'groups', groups: [] }, path: [], crumbs: [] });
});
