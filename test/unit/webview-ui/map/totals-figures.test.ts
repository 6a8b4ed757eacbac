import { expect, test } from 'vitest';
import { mapTotals } from '../../../../src/insight/map/totals.js';
import type { MapSnapshot } from '../../../../src/model/map-snapshot.js';
import { amountText, figureNote, rowsOfTotal, totalsRows, wholeFigures } from '../../../../webview-ui/map/totals-figures.js';
import { aMap } from '../../insight/map/a-map.js';
import { WORDS } from './words.js';

const KIB = 1024;
const figures = { Rss: 8, Pss: 3, Private_Clean: 0, Private_Dirty: 4, Shared_Dirty: 0, Swap: 0 };
const regions = [
  { at: 100, size: 40, path: '/lib/libc.so.6', segment: 'library-text', figures },
  { at: 200, size: 8, path: '/lib/libc.so.6', segment: 'library-data', figures: { ...figures, Rss: 4 } },
  { at: 300, size: 90, path: '[heap]', segment: 'heap', figures: { ...figures, Rss: 80 } },
] as const;
const of = (snapshot: MapSnapshot) => ({ snapshot, totals: mapTotals(snapshot) });
const rollup = {
  rss: 92 * KIB,
  pss: 11 * KIB,
  uss: 12 * KIB,
  swap: 0,
  sharedClean: 0,
  sharedDirty: 0,
  privateClean: 0,
  privateDirty: 12 * KIB,
};

test('the sums of the mappings; what the form does not tell is left out', () => {
  const figuresOf = wholeFigures(of(aMap(regions)));
  expect(figuresOf.map(({ amount, bytes, from }) => [amount, bytes / KIB, from])).toEqual([
    ['size', 138, 'mappings'],
    ['rss', 92, 'mappings'],
    ['pss', 9, 'mappings'],
    ['uss', 12, 'mappings'],
    ['dirty', 12, 'mappings'],
    ['swap', 0, 'mappings'],
  ]);
  expect(figuresOf.map((figure) => figureNote(figure, of(aMap(regions))))).toEqual(figuresOf.map(() => undefined));
});

test('PSS of the whole is that of smaps_rollup, and says so', () => {
  const map = of(aMap(regions, 0, { rollup }));
  const pss = wholeFigures(map).find(({ amount }) => amount === 'pss');
  expect(pss).toEqual({ amount: 'pss', bytes: 11 * KIB, from: 'rollup' });
  expect(figureNote(pss!, map)).toBe(
    'PSS of the whole is from smaps_rollup, read right after the mappings. Their sum is 9 KiB: the kernel rounds the PSS of each of the 3 mappings down, by up to 1 KiB.',
  );
});

test('without amounts, status tells what it can', () => {
  const plain = aMap(regions.map(({ figures: _, ...region }) => region));
  expect(wholeFigures(of(plain)).map(({ amount }) => amount)).toEqual(['size']);
  const status = { uid: 0, threads: 1, vmSize: 500 * KIB, vmRss: 90 * KIB, vmSwap: 7 * KIB };
  const map = of({ ...plain, status });
  expect(wholeFigures(map)).toEqual([
    { amount: 'size', bytes: 138 * KIB, from: 'mappings' },
    { amount: 'rss', bytes: 90 * KIB, from: 'status' },
    { amount: 'swap', bytes: 7 * KIB, from: 'status' },
  ]);
  expect(figureNote(wholeFigures(map)[1]!, map)).toBe('RSS of the whole is from /proc/PID/status: the mappings don’t tell it.');
  // Of a process whose mappings may not be read at all.
  expect(wholeFigures(of(aMap([], 0, { status })))[0]).toEqual({ amount: 'size', bytes: 500 * KIB, from: 'status' });
  expect(wholeFigures(of(aMap([])))).toEqual([]);
});

test('segments and files, largest first, by the amount that is asked for', () => {
  const map = of(aMap(regions));
  const shown = (by: 'segment' | 'file', sort: 'rss' | 'size' | 'locked') =>
    totalsRows(map, WORDS, by, sort).map(({ label, count, amounts }) => [label, count, amounts[sort]]);
  expect(shown('segment', 'rss')).toEqual([
    ['Heap', 1, 80 * KIB],
    ['Library text', 1, 8 * KIB],
    ['Library data', 1, 4 * KIB],
  ]);
  expect(shown('file', 'size')).toEqual([['libc.so.6', 2, 48 * KIB]]);
  // What is not told does not order them: by name.
  expect(shown('segment', 'locked').map(([label]) => label)).toEqual(['Heap', 'Library data', 'Library text']);
});

test('the regions of a sum are those that it was made of', () => {
  const snapshot = aMap(regions);
  expect(rowsOfTotal(snapshot, 'file', '/lib/libc.so.6')).toEqual([0, 1]);
  expect(rowsOfTotal(snapshot, 'segment', 'heap')).toEqual([2]);
  for (const by of ['segment', 'file'] as const)
    for (const { key, count } of totalsRows(of(snapshot), WORDS, by, 'rss'))
      expect(rowsOfTotal(snapshot, by, key)).toHaveLength(count);
});

test('nothing is 0, what is not told a dash', () => {
  expect([amountText(0), amountText(undefined), amountText(1536)]).toEqual(['0', '–', '1.5 KiB']);
});
