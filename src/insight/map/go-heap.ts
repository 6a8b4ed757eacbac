import { EXECUTE, WRITE } from '../../model/map-table.js';
import { GLIBC } from './arenas.js';
import type { MapContext } from './map-context.js';
import type { RegionView } from './region-view.js';

/** heapArenaBytes of Go's runtime/malloc.go. */
const ARENA = 64 << 20;
/** Where Go's runtime asks for its heap before Go 1.26. */
const USUAL_BASE = 0xc0_0000_0000;

/**
 * The heap of Go's runtime: a block of whole arenas by itself, reserved without MAP_NORESERVE, of which parts were made writable. It holds the stacks
 * of goroutines, and of threads, so it is looked for before stack pointers are.
 */
export function decideGoHeap(view: RegionView, { bits }: MapContext): void {
  if (bits !== 64) return;
  const hasGlibc = view.table.path.texts.some((path) => GLIBC.test(path));
  for (let first = 0; first < view.length; ) {
    let next = first + 1;
    while (view.touchesPrevious(next)) next++;
    if (isGoHeap(view, first, next, hasGlibc)) {
      for (let row = first; row < next; row++) {
        if (view.untouchable(row)) view.decide(row, 'reserved', 'go-heap', { guess: true });
        else view.decide(row, 'anonymous', 'go-heap', { guess: true });
      }
    }
    first = next;
  }
}

/** The rows from `first` to before `end`, with gaps at both sides. */
function isGoHeap(view: RegionView, first: number, end: number, hasGlibc: boolean): boolean {
  const start = view.start(first);
  const size = view.end(end - 1) - start;
  if (start === 0 || start % ARENA !== 0 || size % ARENA !== 0) return false;
  let writable = false;
  let untouchable = false;
  for (let row = first; row < end; row++) {
    if (view.decided(row) || !view.anonymous(row) || view.path(row) !== '' || view.is(row, EXECUTE) || view.flag(row, 'nr'))
      return false;
    if (start !== USUAL_BASE && !view.hasFlags(row)) return false;
    if (view.is(row, WRITE)) writable = true;
    if (view.untouchable(row)) untouchable = true;
  }
  if (start === USUAL_BASE) return writable;
  // Where memory may not be overcommitted, an arena of glibc lacks its flag, too.
  if (hasGlibc && size === ARENA && view.is(first, WRITE)) return false;
  return writable && untouchable;
}
