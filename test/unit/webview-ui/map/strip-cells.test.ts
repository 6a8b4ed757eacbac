import { describe, expect, test } from 'vitest';
import type { PageStrip } from '../../../../src/protocol/map.js';
import { CELL, cellsFor, cellsPerRow, cellText, countsOf, countsText } from '../../../../webview-ui/map/strip-cells.js';

const strip: PageStrip = {
  start: 0x10_0000,
  end: 0x10_0000 + 5 * 4096,
  pageSize: 4096,
  pagesPerCell: 2,
  present: Uint32Array.of(2, 1, 0),
  swapped: Uint32Array.of(0, 1, 0),
  fileOrShared: Uint32Array.of(0, 1, 0),
  huge: Uint32Array.of(2, 0, 0),
  softDirty: Uint32Array.of(1, 0, 0),
  at: 0,
};

describe('cells of a strip', () => {
  test('counts of the whole, and of a cell; the last one may stand for fewer pages', () => {
    expect(countsOf(strip)).toEqual({ pages: 5, present: 3, swapped: 1, fileOrShared: 1, huge: 2, written: 1 });
    expect(countsOf(strip, 1)).toEqual({ pages: 2, present: 1, swapped: 1, fileOrShared: 1, huge: 0, written: 0 });
    expect(countsOf(strip, 2).pages).toBe(1);
  });

  test('what is not told is not named', () => {
    const { huge, softDirty, ...told } = strip;
    expect(countsText(countsOf(told))).toBe('5 pages: 3 in memory, 1 swapped out, 1 of a file or shared');
    expect(countsText(countsOf(strip))).toBe(
      '5 pages: 3 in memory, 1 swapped out, 1 of a file or shared, 2 in huge pages, 1 written since it was mapped or marked',
    );
    expect(cellText(told, 2)).toBe('00104000, 4 KiB: not in memory');
    expect([huge?.length, softDirty?.length]).toEqual([3, 3]);
  });

  test('where a cell lies and what it is, in words', () => {
    expect(cellText(strip, 0, 'the mark')).toBe(
      '00100000, 8 KiB, 2 pages: 2 in memory, 2 in huge pages, 1 written since the mark',
    );
    expect(cellText(strip, 2, 'the mark')).toBe('00104000, 4 KiB: not in memory, not written since the mark');
    expect(cellText(strip, 2)).toBe('00104000, 4 KiB: not in memory, not written since it was mapped or marked');
  });

  test('one cell a page while there is room for it', () => {
    expect(cellsFor(33, 300)).toBe(33);
    expect(cellsFor(1, 300)).toBe(1);
    const most = cellsFor(1e9, 300);
    expect(most % cellsPerRow(300)).toBe(0);
    expect(most).toBeLessThan(1000);
    expect(cellsPerRow(300) * CELL.width).toBeLessThanOrEqual(300);
    // A pane that is not laid out yet.
    expect(cellsFor(100, 0)).toBeGreaterThan(0);
  });
});
