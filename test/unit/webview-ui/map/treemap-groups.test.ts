import { expect, test } from 'vitest';
import { areasTold, groupsOf } from '../../../../webview-ui/map/treemap-groups.js';
import { reach } from '../../../../webview-ui/map/treemap-place.js';
import { chosenTiles } from '../../../../webview-ui/map/treemap-selection.js';
import { tilesOf } from '../../../../webview-ui/map/treemap-tiles.js';
import { regionLabel, selectionWords, summaryWords, tileWords } from '../../../../webview-ui/map/treemap-words.js';
import { aMap } from '../../insight/map/a-map.js';
import { WORDS } from './words.js';

const KIB = 1024;
const figures = (rss: number, clean: number, dirty: number, swap = 0) => ({
  Rss: rss,
  Private_Clean: clean,
  Private_Dirty: dirty,
  Swap: swap,
});
const map = aMap([
  { at: 100, size: 40, permissions: 'r-xp', path: '/opt/a\nb/app', segment: 'text', figures: figures(20, 4, 0) },
  { at: 200, size: 100, permissions: 'rw-p', path: '[heap]', segment: 'heap', figures: figures(60, 0, 60, 8) },
  { at: 400, size: 10, permissions: 'rw-p', segment: 'anonymous', figures: figures(10, 0, 10) },
  { at: 500, size: 30, permissions: 'rw-p', segment: 'anonymous', figures: figures(12, 0, 12) },
  { at: 600, size: 4, permissions: '---p', segment: 'guard', figures: figures(0, 0, 0) },
  { at: 700, size: 4, permissions: 'r--s', path: '/opt/data', segment: 'file' },
]);

test('by segment: largest first, what holds nothing has no area', () => {
  const { groups, holding, total, untold } = groupsOf(map, WORDS, 'rss', 'segment');
  expect(groups.map(({ key, label, rows, total: sum }) => [key, label, rows, sum / KIB])).toEqual([
    ['heap', 'Heap', [1], 60],
    ['anonymous', 'Anonymous', [3, 2], 22],
    ['text', 'Text', [0], 20],
  ]);
  expect([holding, total / KIB, untold]).toEqual([4, 102, 1]);
  expect(groups[0]?.title).toMatch(/brk/);
});

test('by file: its name is shown, its whole path told, with a line end made visible', () => {
  const { groups } = groupsOf(map, WORDS, 'size', 'file');
  expect(groups.map(({ label, title, rows }) => [label, title, rows])).toEqual([
    ['[heap]', '[heap]', [1]],
    ['No file', 'Memory without a file or a name', [3, 2, 4]],
    ['app', '/opt/a\\nb/app', [0]],
    ['data', '/opt/data', [5]],
  ]);
});

test('by permission, in words', () => {
  const { groups } = groupsOf(map, WORDS, 'uss', 'permission');
  expect(groups.map(({ key, title, total }) => [key, title, total / KIB])).toEqual([
    ['rw-p', 'readable, writable, private', 82],
    ['r-xp', 'readable, executable, private', 4],
  ]);
});

test('what a form does not tell is no area', () => {
  const amounts = { size: 1, rss: 1, pss: undefined, uss: undefined, dirty: 1, swap: 0, locked: undefined, thp: undefined };
  expect(areasTold(amounts)).toEqual(['rss', 'swap', 'size']);
});

test('nothing is swapped', () => {
  const quiet = aMap([{ at: 1, size: 4, figures: { Swap: 0 } }]);
  expect(groupsOf(quiet, WORDS, 'swap', 'segment')).toMatchObject({ groups: [], total: 0, holding: 0, untold: 0 });
});

test('the sum in words, with what is not told', () => {
  expect(summaryWords(groupsOf(map, WORDS, 'rss', 'file'), 'rss')).toBe('102 KiB in 4 of 6 regions, 1 don’t tell their RSS');
  expect(summaryWords(groupsOf(map, WORDS, 'size', 'file'), 'size')).toBe('188 KiB in 6 regions');
});

test('a rectangle in words: what it is, how much, and which of how many', () => {
  const groups = groupsOf(map, WORDS, 'rss', 'segment');
  const tiles = tilesOf(reach(groups, []).place, groups.values, 600, 400);
  const words = tiles.map((_, at) => tileWords(WORDS, map, tiles, at, { area: 'rss', total: groups.total }));
  expect(words[0]).toBe('Heap, 1 region, RSS 60 KiB, 59 % of the whole, 1 of 3');
  expect(words[1]).toBe('Heap, [heap], 100 KiB, rw-p, 60 KiB resident, 8 KiB swapped, RSS 60 KiB, 59 % of the whole, 1 of 1');
  expect(words.at(-1)).toMatch(/^Text, app, 40 KiB, r-xp, .*, 20 % of the whole, 1 of 1$/);
});

test('the label says what the group does not', () => {
  expect(regionLabel(WORDS, map, 0, 'segment')).toBe('app');
  expect(regionLabel(WORDS, map, 0, 'file')).toBe('Text');
  expect(regionLabel(WORDS, map, 0, 'permission')).toBe('app');
  expect(regionLabel(WORDS, map, 2, 'permission')).toBe('Anonymous');
  expect(regionLabel(WORDS, map, 2, 'segment')).toBe('');
});

test('a selection that is not seen is told', () => {
  const groups = groupsOf(map, WORDS, 'rss', 'segment');
  const words = (rows: readonly number[], path: Parameters<typeof reach>[1] = []) => {
    const tiles = tilesOf(reach(groups, path).place, groups.values, 600, 400);
    return selectionWords({ area: 'rss', groups, tiles }, rows, chosenTiles({ tiles }, new Set(rows)));
  };
  expect(words([])).toBe('');
  expect(words([1])).toBe('');
  expect(words([4])).toBe('The selected region has no RSS, and so no area here.');
  expect(words([4, 5])).toBe('2 selected regions have no RSS, and so no area here.');
  expect(words([5])).toBe('The selected region does not tell RSS.');
  expect(words([1], [{ kind: 'group', key: 'text' }])).toBe('The selected region lies outside of the part that is shown.');
});

test('how much of a rectangle is selected', () => {
  const groups = groupsOf(map, WORDS, 'rss', 'segment');
  const tiles = tilesOf(reach(groups, []).place, groups.values, 600, 400);
  const chosen = chosenTiles({ tiles }, new Set([3, 0]));
  expect(tiles.map(({ kind, rows }, at) => [kind, rows, chosen[at]])).toEqual([
    ['group', [1], 'none'],
    ['region', [1], 'none'],
    ['group', [3, 2], 'some'],
    ['region', [3], 'all'],
    ['region', [2], 'none'],
    ['group', [0], 'all'],
    ['region', [0], 'all'],
  ]);
});

test('those that are drawn as one say so of the selected one', () => {
  const many = aMap(Array.from({ length: 5000 }, (_, at) => ({ at: at * 8, size: 4, figures: { Rss: at === 0 ? 400 : 4 } })));
  const groups = groupsOf(many, WORDS, 'rss', 'segment');
  const tiles = tilesOf(reach(groups, []).place, groups.values, 300, 200);
  const more = tiles.find(({ kind }) => kind === 'more')!;
  const rows = [more.rows[5]!];
  expect(selectionWords({ area: 'rss', groups, tiles }, rows, chosenTiles({ tiles }, new Set(rows)))).toBe(
    `The selected region is one of those that are drawn as “${more.label}”.`,
  );
  expect(tileWords(WORDS, many, tiles, tiles.indexOf(more), { area: 'rss', total: groups.total })).toMatch(
    /^1,000 more, too small to be drawn alone, RSS 3.9 MiB, /,
  );
});
