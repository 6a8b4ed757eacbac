import { describe, expect, it } from 'vitest';
import { diffMaps } from '../../../../src/insight/map/diff.js';
import type { RegionGrowth } from '../../../../src/protocol/map.js';
import { amountsOfChange } from '../../../../webview-ui/map/changes-amounts.js';
import { changeColumns } from '../../../../webview-ui/map/changes-columns.js';
import { cellNote, cellText } from '../../../../webview-ui/map/changes-row-view.js';
import { type ChangeRow, changeRows, countsOf, shownRows, sumOfChanges } from '../../../../webview-ui/map/changes-rows.js';
import { readChangesState } from '../../../../webview-ui/map/changes-state.js';
import { rowsText, sumsText } from '../../../../webview-ui/map/changes-text.js';
import { matchWords } from '../../../../webview-ui/map/changes-words.js';
import type { Words } from '../../../../webview-ui/map/map-model.js';
import { aMap, type TestRegion } from '../../insight/map/a-map.js';

const words = { segments: [{ id: 'heap', label: 'Heap', definition: '' }] } as unknown as Words;
const file = { path: '/lib/a\tb.so', inode: '7', segment: 'library-text' } as const;

const BEFORE: readonly TestRegion[] = [
  { at: 1000, size: 132, path: '[heap]', segment: 'heap', figures: { Rss: 12 } },
  { at: 5000, size: 64, ...file, figures: { Rss: 64 } },
  { at: 9000, size: 8, figures: { Rss: 8 } },
];
const AFTER: readonly TestRegion[] = [
  { at: 1000, size: 264, path: '[heap]', segment: 'heap', figures: { Rss: 100 } },
  { at: 7000, size: 512, figures: { Rss: 20 } },
  { at: 9000, size: 8, figures: { Rss: 4 } },
];

function changes(before: readonly TestRegion[] = BEFORE, after: readonly TestRegion[] = AFTER, growth?: RegionGrowth) {
  const from = aMap(before, 0);
  const to = aMap(after, 2000);
  const diff = diffMaps(from, to);
  return { diff, table: to.table, rows: changeRows(diff, words, growth) };
}

const named = (rows: readonly ChangeRow[]): readonly string[] => rows.map((row) => cellText('what', row));

describe('the list of changes', () => {
  it('has the largest change first, up or down, and what is gone by its old place', () => {
    const { rows } = changes();
    const byRss = shownRows(rows, new Set(), { column: 'rss', descending: true });
    expect(named(byRss)).toEqual(['grown Heap [heap]', 'gone library-text a\\tb.so', 'new anonymous', 'shrunk anonymous']);
    expect(byRss.map((row) => cellText('rss', row))).toEqual(['+88.0 KiB', '−64.0 KiB', '+20.0 KiB', '−4.0 KiB']);
    expect(shownRows(rows, new Set(), { column: 'rss', descending: false })).toEqual(byRss.toReversed());
  });

  it('is known again by its place, so that the same row stays chosen in the next comparison', () => {
    const later = AFTER.map((region) => ({ ...region, figures: { Rss: (region.figures?.['Rss'] ?? 0) + 1 } }));
    const ids = ({ rows }: ReturnType<typeof changes>) => rows.map(({ id }) => id).sort();
    expect(ids(changes(BEFORE, later))).toEqual(ids(changes()));
    expect(new Set(ids(changes())).size).toBe(4);
  });

  it('hides kinds, and sums up what is left', () => {
    const { rows, diff } = changes();
    expect(Object.fromEntries(countsOf(rows))).toEqual({ grown: 1, gone: 1, new: 1, shrunk: 1 });
    const listed = shownRows(rows, new Set(['gone', 'shrunk']), { column: 'address', descending: false });
    expect(named(listed)).toEqual(['grown Heap [heap]', 'new anonymous']);
    expect(sumOfChanges(listed)).toEqual({ size: (132 + 512) * 1024, rss: 108 * 1024 });
    expect(sumOfChanges(rows)).toEqual(diff.total);
  });

  it('an amount that is not told is no column, and stands last where some tell it', () => {
    const bare = [{ at: 1000, size: 4 }];
    expect(changeColumns(changes([], bare).diff, false).map(({ id }) => id)).toEqual([
      'what',
      'size',
      'permissions',
      'address',
      'match',
    ]);
    expect(changeColumns(changes().diff, true).map(({ id }) => id)).toContain('growth');
    const { rows } = changes(BEFORE, [...AFTER, { at: 99_000, size: 4, path: '/x', inode: '9' }]);
    const untold = rows.find(({ name }) => name === 'x');
    for (const descending of [true, false]) expect(shownRows(rows, new Set(), { column: 'rss', descending }).at(-1)).toBe(untold);
    expect(cellText('rss', untold!)).toBe('–');
  });

  it('tells what was and what is, also of what is new or gone, and nothing that nobody knows', () => {
    const { rows, table } = changes();
    const of = (kind: string) => rows.find(({ change }) => change.kind === kind)!;
    const rss = (kind: string, at = table) => amountsOfChange(of(kind).change, at).find(({ amount }) => amount === 'rss');
    expect(rss('grown')).toMatchObject({ was: 12 * 1024, now: 100 * 1024, change: 88 * 1024 });
    expect(rss('gone')).toMatchObject({ was: 64 * 1024, now: undefined });
    expect(rss('new')).toMatchObject({ was: undefined, now: 20 * 1024 });
    expect(amountsOfChange(of('grown').change, undefined).find(({ amount }) => amount === 'rss')).toEqual({
      amount: 'rss',
      was: undefined,
      now: undefined,
      change: 88 * 1024,
    });
    const context = { table, at: [] };
    expect(cellNote('rss', of('gone'), context)).toBe('RSS: 64 KiB → not there');
    expect(cellNote('size', of('grown'), { table: undefined, at: [] })).toBe('Size: 132 KiB → 264 KiB');
  });

  it('has the growth of the fastest part of a region', () => {
    const line = (row: number, perSecond: number) => ({ row, values: Float64Array.of(1, 2), perSecond, guess: false });
    const growth = { at: [0, 1000], lines: [line(0, 2048), line(1, 10)] };
    const { rows } = changes(BEFORE, AFTER, growth);
    expect(rows.map((row) => [row.change.kind, cellText('growth', row)])).toContainEqual(['grown', '+2.0 KiB/s']);
    expect(rows.find(({ change }) => change.kind === 'gone')?.growth).toBeUndefined();
  });

  it('says the reason of every match, and that a guess is one', () => {
    const reasons = ['same', 'same-start', 'same-end', 'overlap', 'split', 'merged', 'rearranged', 'moved', 'new', 'gone'];
    const texts = reasons.map((match) => matchWords({ match, before: [1, 2], after: [1, 2, 3] }));
    expect(new Set(texts).size).toBe(reasons.length);
    expect(texts.every((text) => text.endsWith('.'))).toBe(true);
    const moved = changes([{ at: 1000, size: 300 }], [{ at: 9000, size: 300 }]).rows[0]!;
    expect(cellText('match', moved)).toMatch(/^A guess: /);
    expect(cellNote('match', moved, { table: undefined, at: [] })).toContain('by chance');
    expect(cellText('match', changes().rows[0]!)).not.toContain('guess');
  });

  it('shows permissions that have become others', () => {
    const { rows } = changes([{ at: 8, size: 8, permissions: 'r--p' }], [{ at: 8, size: 8, permissions: 'rw-p' }]);
    expect(cellText('permissions', rows[0]!)).toBe('r--p → rw-p');
  });

  it('is copied as cells with their headings; tabs of a name make no cell, and what is unknown is empty', () => {
    const { rows, diff } = changes();
    const columns = changeColumns(diff, true);
    const lines = rowsText(rows, columns).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines.every((line) => line.split('\t').length === columns.length)).toBe(true);
    expect(lines.join('\n')).not.toContain('–\t');
  });

  it('what was kept by nobody, or by another version, is as at first', () => {
    const first = { sorting: undefined, hidden: [] };
    for (const kept of [undefined, null, 7, 'x', [], { column: 'nothing', hidden: 'gone' }, { column: 5, hidden: [7, 'odd'] }])
      expect(readChangesState(kept)).toEqual(first);
    expect(readChangesState({ column: 'uss', descending: true, hidden: ['gone', 'odd'] })).toEqual({
      sorting: { column: 'uss', descending: true },
      hidden: ['gone'],
    });
  });

  it('sums up in a line', () => {
    const { diff } = changes();
    expect(sumsText(diff, undefined)).toBe('Size +580.0 KiB, RSS +40.0 KiB, 3 mappings');
    const whole = { size: 784 * 1024, rss: 124 * 1024 } as never;
    expect(sumsText(diff, whole)).toBe('Size 204 KiB → 784 KiB (+580.0 KiB), RSS 84 KiB → 124 KiB (+40.0 KiB), 3 mappings');
    expect(sumsText(changes([], AFTER).diff, undefined)).toContain('0 → 3 mappings (+3)');
    expect(sumsText(changes(AFTER, []).diff, undefined)).toContain('3 → 0 mappings (−3)');
  });
});
