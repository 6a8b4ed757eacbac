import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RegionFilter } from '../../../../webview-ui/map/region-filter.js';
import { GROUPINGS, type Grouping } from '../../../../webview-ui/map/region-groups.js';
import { RegionLines } from '../../../../webview-ui/map/region-lines.js';
import { isGroup } from '../../../../webview-ui/map/region-rows.js';
import { RegionSelection } from '../../../../webview-ui/map/region-selection.js';
import { captured, regionsOf, smapsText } from './regions.js';

const odd = regionsOf(captured('odd-maps-64/smaps'));
const everything: RegionFilter = { empty: true, matches: () => true };

type Regions = ReturnType<typeof regionsOf>;

interface How {
  readonly sort?: string;
  readonly descending?: boolean;
  readonly grouping?: Grouping;
  readonly filter?: RegionFilter;
}

function linesOf(
  { sort = 'start', descending = false, grouping = 'none', filter = everything }: How = {},
  { data, columns }: Regions = odd,
  lines = new RegionLines(data),
): RegionLines {
  lines.update(data, { filter, column: columns.of(sort)!, sorting: { column: sort, descending }, grouping });
  return lines;
}

/** The lines as they are seen: a group as its name, a region as its row. */
const seen = ({ list }: RegionLines): readonly (string | number)[] =>
  Array.from({ length: list.length }, (_, at) => {
    const line = list.at(at)!;
    return isGroup(line) ? line.group.name : line.row;
  });

const anySort = fc.record({
  sort: fc.constantFrom(...odd.offered.map(({ id }) => id)),
  descending: fc.boolean(),
  grouping: fc.constantFrom(...GROUPINGS.map(([id]) => id)),
  modulo: fc.integer({ min: 1, max: 5 }),
});

describe('sorting', () => {
  test('by address is as the kernel tells it, and turned', () => {
    const rows = Array.from({ length: odd.data.length }, (_, row) => row);
    expect(seen(linesOf())).toEqual(rows);
    expect(seen(linesOf({ descending: true }))).toEqual(rows.toReversed());
  });

  test('by any column: in order, what is not told last, equal ones by address', () => {
    fc.assert(
      fc.property(anySort, ({ sort, descending }) => {
        if (sort === 'start') return;
        const { number } = odd.columns.of(sort)!;
        const rows = seen(linesOf({ sort, descending })) as number[];
        expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: odd.data.length }, (_, row) => row));
        for (let at = 1; at < rows.length; at++) {
          const [before, after] = [number(odd.data, rows[at - 1]!), number(odd.data, rows[at]!)];
          if (Number.isNaN(before)) expect(after).toBeNaN();
          else if (!Number.isNaN(after) && before !== after) expect(before < after).toBe(!descending);
          if (before === after || (Number.isNaN(before) && Number.isNaN(after))) expect(rows[at - 1]!).toBeLessThan(rows[at]!);
        }
      }),
    );
  });

  test('texts stand by letters before case; the empty one last', () => {
    const regions = regionsOf(smapsText(['/b', '', '/A', '/a', '/C'].map((path, at) => ({ start: 0x1000 * (at + 1), path }))));
    const paths = (descending: boolean) =>
      seen(linesOf({ sort: 'path', descending }, regions)).map((row) =>
        regions.columns.of('path')!.text!(regions.data, row as number),
      );
    expect(paths(false)).toEqual(['/A', '/a', '/b', '/C', '']);
    expect(paths(true)).toEqual(['/C', '/b', '/a', '/A', '']);
  });
});

describe('an order that is held', () => {
  const text = (sizes: Readonly<Record<number, number>>) =>
    smapsText(Object.entries(sizes).map(([start, rss]) => ({ start: Number(start), figures: { Rss: rss } })));
  const update = (lines: RegionLines, { data, columns }: Regions, hold: boolean, filter = everything) =>
    lines.update(
      data,
      { filter, column: columns.of('rss')!, sorting: { column: 'rss', descending: true }, grouping: 'none' },
      hold,
    );
  const starts = (lines: RegionLines, { data }: Regions) => seen(lines).map((row) => data.table.start[row as number]);

  test('keeps what was there in its place; what is new comes last; then it follows', () => {
    const first = regionsOf(text({ 4096: 4, 12288: 12, 20480: 8, 28672: 2 }));
    const lines = new RegionLines(first.data);
    update(lines, first, false);
    expect(starts(lines, first)).toEqual([0x3000, 0x5000, 0x1000, 0x7000]);
    const next = regionsOf(text({ 4096: 40, 8192: 60, 12288: 12, 28672: 100, 32768: 80 }));
    update(lines, next, true);
    expect(starts(lines, next)).toEqual([0x3000, 0x1000, 0x7000, 0x8000, 0x2000]);
    update(lines, next, false);
    expect(starts(lines, next)).toEqual([0x7000, 0x8000, 0x2000, 0x1000, 0x3000]);
  });

  test('shows what the filter lets through, once each', () => {
    const starting = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
    const made = (list: readonly number[]) =>
      regionsOf(text(Object.fromEntries(list.toSorted((a, b) => a - b).map((at) => [at * 0x1000, (at * 7) % 11]))));
    fc.assert(
      fc.property(starting, starting, fc.integer({ min: 1, max: 4 }), (one, other, modulo) => {
        const [before, after] = [made(one), made(other)];
        const lines = new RegionLines(before.data);
        update(lines, before, false);
        update(lines, after, true, { empty: false, matches: (row) => row % modulo === 0 });
        const rows = Array.from({ length: after.data.length }, (_, row) => row).filter((row) => row % modulo === 0);
        expect((seen(lines) as number[]).toSorted((a, b) => a - b)).toEqual(rows);
      }),
    );
  });
});

describe('groups', () => {
  test('hold every row that the filter lets through, once; a line is found by its id', () => {
    fc.assert(
      fc.property(anySort, ({ modulo, ...how }) => {
        const filter: RegionFilter = { empty: false, matches: (row) => row % modulo === 0 };
        const lines = linesOf({ ...how, filter });
        lines.foldAll(true);
        const { list } = lines;
        const rows = seen(lines).filter((one) => typeof one === 'number');
        expect(rows.toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: odd.data.length }, (_, row) => row).filter((row) => row % modulo === 0),
        );
        for (let at = 0; at < list.length; at++) expect(list.indexOf(list.at(at)!.id)).toBe(at);
        expect(list.length).toBe(rows.length + lines.groups.length);
      }),
    );
  });

  test('are folded at first, keep what is unfolded over the next map, and lead to their rows', () => {
    const lines = linesOf({ grouping: 'segment' });
    expect(seen(lines)).toContain('Heap');
    expect(seen(lines).every((one) => typeof one === 'string')).toBe(true);
    const heap = lines.groups.find(({ name }) => name === 'Heap')!;
    lines.fold(heap.id, true);
    const at = seen(lines).indexOf('Heap');
    const line = lines.list.at(at + 1)!;
    expect(line).toMatchObject({ parentId: heap.id });
    const next = regionsOf(captured('odd-maps-64/smaps'));
    expect(seen(linesOf({ grouping: 'segment' }, next, lines))[at + 1]).toBe(heap.sums.rows[0]);
  });

  test('stand by the sum that is sorted by', () => {
    const lines = linesOf({ grouping: 'file', sort: 'rss', descending: true });
    const rss = odd.columns.of('rss')!;
    const sums = lines.groups.map(({ sums: one }) => one.get(rss)!.total);
    expect(sums).toEqual(sums.toSorted((a, b) => b - a));
    expect(lines.groups[0]!.name).toContain('libc.so.6');
    const names = linesOf({ grouping: 'file' }).groups.map(({ name }) => name);
    expect(names.at(-1)).toBe('');
  });

  test('by permission', () => {
    expect(linesOf({ grouping: 'permission' }).groups.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['r-xp', 'rw-p', 'rw-s', 'rwxp', '---p']),
    );
  });
});

test('what can not be judged is counted', () => {
  const lines = linesOf({ filter: { empty: false, matches: (row) => (row === 0 ? undefined : row < 3) } });
  expect(seen(lines)).toEqual([1, 2]);
  expect(lines.notJudged).toBe(1);
});

test('chosen rows are told as they stand, in groups, too; those that are filtered out last', () => {
  const filter: RegionFilter = { empty: false, matches: (row) => row > 4 };
  const lines = linesOf({ descending: true, filter });
  expect(lines.inOrder([3, 7, 2, 9])).toEqual([9, 7, 2, 3]);
  const grouped = linesOf({ grouping: 'permission' });
  const standing = grouped.groups.flatMap(({ sums }) => [...sums.rows]);
  expect(grouped.inOrder([1, 2, 3, 4, 5, 6])).toEqual(standing.filter((row) => row >= 1 && row <= 6));
});

describe('ids', () => {
  test('are of the place, so that a region is found in the next map', () => {
    const before = regionsOf(smapsText([0x1000, 0x3000, 0x5000].map((start) => ({ start }))));
    const after = regionsOf(smapsText([0x1000, 0x2000, 0x5000].map((start) => ({ start }))));
    const found = [0, 1, 2].map((row) => after.data.rowOf(before.data.idOf(row)));
    expect(found).toEqual([0, undefined, 2]);
  });

  test('are exact at the upper end of 64 bits', () => {
    const { data } = regionsOf('ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n');
    expect(data.rowOf(data.idOf(0))).toBe(0);
  });
});

describe('selection', () => {
  const plain = { add: false, range: false };
  const choose = (selection: RegionSelection, lines: RegionLines, index: number, how = plain): readonly number[] => {
    const rows = selection.choose(lines.list, index, how);
    selection.set(rows);
    return rows;
  };

  test('a click takes one, Ctrl adds or takes away, Shift takes all from where it began', () => {
    const lines = linesOf({ descending: true });
    const rows = seen(lines) as number[];
    const selection = new RegionSelection();
    expect(choose(selection, lines, 3)).toEqual([rows[3]]);
    expect(choose(selection, lines, 5, { add: true, range: false })).toEqual([rows[5], rows[3]]);
    expect(choose(selection, lines, 3, { add: true, range: false })).toEqual([rows[5]]);
    expect(choose(selection, lines, 6)).toEqual([rows[6]]);
    expect(choose(selection, lines, 8, { add: false, range: true })).toEqual([rows[8], rows[7], rows[6]]);
    expect(choose(selection, lines, 5, { add: false, range: true })).toEqual([rows[5], rows[6]]);
    expect(choose(selection, lines, 9, { add: true, range: true })).toEqual([rows[9], rows[8], rows[7], rows[6], rows[5]]);
    expect(selection.size).toBe(5);
    expect(selection.has(rows[8]!)).toBe(true);
  });

  test('a range passes over groups; where its beginning is filtered out it begins anew', () => {
    const lines = linesOf({ grouping: 'segment' });
    lines.foldAll(true);
    const list = seen(lines);
    const selection = new RegionSelection();
    choose(selection, lines, 1);
    expect(choose(selection, lines, 4, { add: false, range: true })).toEqual(
      list
        .slice(1, 5)
        .filter((one) => typeof one === 'number')
        .toReversed(),
    );
    const first = list[1] as number;
    const filtered = linesOf({ filter: { empty: false, matches: (row) => row !== first } });
    expect(choose(selection, filtered, 2, { add: false, range: true })).toEqual([seen(filtered)[2]]);
  });
});
