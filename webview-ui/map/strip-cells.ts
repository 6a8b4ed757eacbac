import { formatCount } from '../../src/base/units.js';
import { addressText } from '../../src/model/map-table.js';
import type { PageStrip } from '../../src/protocol/map.js';
import { sizeText } from './region-shape-words.js';

/** Counts of pages; `huge` and `written` are absent where the kernel does not tell. */
export interface PageCounts {
  readonly pages: number;
  readonly present: number;
  readonly swapped: number;
  readonly fileOrShared: number;
  readonly huge?: number;
  readonly written?: number;
}

/** Of a strip on the page: more rows of cells would push away what comes below. */
const MOST_ROWS = 14;
export const CELL = { width: 10, height: 22 };

/** How many cells to ask for, for so many pages: one a page while there is room. */
export function cellsFor(pages: number, width: number): number {
  const perRow = cellsPerRow(width);
  return Math.max(1, Math.min(pages, perRow * MOST_ROWS));
}

export const cellsPerRow = (width: number): number => Math.max(8, Math.floor(width / CELL.width));

/** Of the whole strip, or of one cell. */
export function countsOf(strip: PageStrip, cell?: number): PageCounts {
  const total = Math.ceil((strip.end - strip.start) / strip.pageSize);
  const [from, to] = cell === undefined ? [0, strip.present.length] : [cell, cell + 1];
  const sum = (counts: Uint32Array): number => counts.subarray(from, to).reduce((all, one) => all + one, 0);
  return {
    pages: cell === undefined ? total : Math.max(0, Math.min(strip.pagesPerCell, total - cell * strip.pagesPerCell)),
    present: sum(strip.present),
    swapped: sum(strip.swapped),
    fileOrShared: sum(strip.fileOrShared),
    ...(strip.huge === undefined ? {} : { huge: sum(strip.huge) }),
    ...(strip.softDirty === undefined ? {} : { written: sum(strip.softDirty) }),
  };
}

/** Where no mark is known of: another program, or this one before the window was loaded again, may have set one. */
const UNKNOWN_MARK = 'it was mapped or marked';

/** `33 pages: 9 in memory, 3 of a file or shared, 2 swapped out, 4 written since the mark`. `since`: when written pages began to be counted. */
export function countsText({ pages, present, swapped, fileOrShared, huge, written }: PageCounts, since = UNKNOWN_MARK): string {
  const number = (count: number): string => count.toLocaleString('en-US');
  const parts = [
    `${number(present)} in memory`,
    ...(swapped > 0 ? [`${number(swapped)} swapped out`] : []),
    // The kernel tells it of pages that are swapped out, too.
    ...(fileOrShared > 0 ? [`${number(fileOrShared)} of a file or shared`] : []),
    ...(huge === undefined || huge === 0 ? [] : [`${number(huge)} in huge pages`]),
    ...(written === undefined ? [] : [`${number(written)} written since ${since}`]),
  ];
  return `${formatCount(pages, 'page')}: ${parts.join(', ')}`;
}

/** `7f12c0000000, 4 KiB: in memory, ...` of a cell of one page; of several as `countsText`. */
export function cellText(strip: PageStrip, cell: number, since = UNKNOWN_MARK): string {
  const counts = countsOf(strip, cell);
  const start = strip.start + cell * strip.pagesPerCell * strip.pageSize;
  if (counts.pages > 1) return `${addressText(start)}, ${sizeText(counts.pages * strip.pageSize)}, ${countsText(counts, since)}`;
  const { present, swapped, fileOrShared, huge = 0, written } = counts;
  const words = [
    present > 0 ? 'in memory' : swapped > 0 ? 'swapped out' : 'not in memory',
    ...(fileOrShared > 0 ? ['of a file or shared'] : []),
    ...(huge > 0 ? ['in a huge page'] : []),
    ...(written === undefined ? [] : [`${written > 0 ? '' : 'not '}written since ${since}`]),
  ];
  return `${addressText(start)}, ${sizeText(strip.pageSize)}: ${words.join(', ')}`;
}
