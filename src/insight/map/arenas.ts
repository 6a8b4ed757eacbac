import { EXECUTE, READ, WRITE } from '../../model/map-table.js';
import type { MapContext } from './map-context.js';
import { LIBRARY_NAME } from './mapped-name.js';
import type { RegionView } from './region-view.js';

/** HEAP_MAX_SIZE of glibc's malloc/arena.c: twice the largest mmap threshold. */
const heapSize = (bits: 32 | 64): number => (bits === 64 ? 64 << 20 : 1 << 20);

/** The rest of a heap may have been joined with the guard of a stack above it; more than this share of a heap is no rest of one. */
const MOST_BEYOND = 1 / 64;

export const GLIBC = /(?:^|\/)libc(-2\.\d+\.so|\.so\.6)$/;

/**
 * Heaps of glibc's malloc for further threads: aligned at their size, in use from their beginning, and not to be touched from there to
 * their end. They are mapped with MAP_NORESERVE, so that the kernel joins them with nothing but their like; where the flag is not told (or memory may not be
 * overcommitted) it is a guess, and only in programs that may have glibc.
 */
export function decideArenas(view: RegionView, context: MapContext): void {
  const size = heapSize(context.bits);
  const { texts } = view.table.path;
  // A static program may have it in itself.
  const mayHaveGlibc = texts.some((path) => GLIBC.test(path)) || !texts.some((path) => LIBRARY_NAME.test(path));
  // Memory may be overcommitted here, so that arenas have the flag: what lacks it is something else of that size, as the heap of a virtual machine.
  let anyNoReserve = false;
  for (let row = 0; row < view.length && !anyNoReserve; row++) anyNoReserve = view.flag(row, 'nr') && view.anonymous(row);
  for (let row = 0; row < view.length; row++) {
    if (!usable(view, row)) continue;
    const known = view.flag(row, 'nr');
    if (!known && (!mayHaveGlibc || anyNoReserve)) continue;
    const last = lastBoundary(view, row, size);
    // Any memory may lie over a boundary: only with the flag may it begin below.
    if (last === undefined || (!known && view.start(row) !== last)) continue;
    const used = usedRows(view, row, last + size);
    const rest = used.at(-1)! + 1;
    const full = view.end(rest - 1) === last + size;
    const hasRest =
      !full &&
      view.touchesPrevious(rest) &&
      view.anonymous(rest) &&
      view.untouchable(rest) &&
      view.end(rest) >= last + size &&
      view.end(rest) <= last + size * (1 + MOST_BEYOND);
    // A heap that is full has no rest; then only the flag tells it from any memory.
    if (!hasRest && !(full && known && view.start(row) === last)) continue;
    // Below the boundary: full heaps, or something else that the kernel joined with this one.
    const below = last - view.start(row);
    if (below % size !== 0 && below > (view.end(row) - view.start(row)) / 2) continue;
    for (const one of used) view.decide(one, 'arena', 'arena-layout', { guess: !known });
    if (hasRest) view.decide(rest, 'reserved', 'arena-rest', { guess: !known });
    row = rest - 1;
  }
}

/** Numbers those that were found, by their layout or by their name. */
export function numberArenas(view: RegionView): void {
  let number = 0;
  for (let row = 0; row < view.length; row++) {
    if (view.segmentOf(row) !== 'arena') continue;
    const before = row > 0 && view.touchesPrevious(row) && view.segmentOf(row - 1) === 'arena';
    if (!before) number++;
    view.own(row, `arena ${number}`);
    const rest = row + 1;
    if (view.touchesPrevious(rest) && view.segmentOf(rest) === 'reserved' && view.anonymous(rest))
      view.own(rest, `arena ${number}`);
  }
}

function usable(view: RegionView, row: number): boolean {
  return !view.decided(row) && view.anonymous(row) && view.is(row, READ | WRITE) && !view.is(row, EXECUTE);
}

/** The last multiple of `size` in the row; undefined when there is none. */
function lastBoundary(view: RegionView, row: number, size: number): number | undefined {
  const boundary = Math.floor((view.end(row) - 1) / size) * size;
  return boundary >= view.start(row) ? boundary : undefined;
}

/** The row and those that follow it without a gap below `end`: mlock, madvise or mprotect of a part splits a heap. */
function usedRows(view: RegionView, row: number, end: number): number[] {
  const rows = [row];
  const ofHeap = (next: number): boolean => usable(view, next) || readOnlyPart(view, next);
  for (let next = row + 1; view.touchesPrevious(next) && view.end(next) <= end && ofHeap(next); next++) rows.push(next);
  return rows;
}

/** What the program has made read-only of its own memory; the flag says that it is of the same kind. */
function readOnlyPart(view: RegionView, row: number): boolean {
  return !view.decided(row) && view.anonymous(row) && view.flag(row, 'nr') && view.is(row, READ) && !view.is(row, EXECUTE);
}
