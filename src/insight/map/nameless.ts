import { EXECUTE, READ, WRITE } from '../../model/map-table.js';
import type { RegionView } from './region-view.js';

/** 0xffffffffff600000 of x86-64: no program can map anything there. */
const VSYSCALL = 0xffff_ffff_ff60_0000;
/** Of the kernel's own data and code in a process: a few pages. */
const LARGEST_VDSO = 64 << 10;

/**
 * What the kernel names in brackets, in a map whose form leaves the names out (pmap without -X): by its usual place. Called when program and libraries are
 * decided.
 */
export function decideNameless(view: RegionView): void {
  for (let row = view.length - 1; row >= 0 && view.start(row) >= VSYSCALL; row--)
    view.decide(row, 'vsyscall', 'vsyscall-address');
  if (view.table.path.texts.some((path) => path === '[heap]' || path === '[vdso]' || path.startsWith('[vvar'))) return;
  decideVdso(view);
  decideHeap(view);
}

function decideVdso(view: RegionView): void {
  for (let row = view.length - 1; row > 0; row--) {
    if (!bare(view, row) || !view.is(row, READ | EXECUTE) || view.is(row, WRITE) || view.size(row) > LARGEST_VDSO) continue;
    const data = (one: number): boolean =>
      bare(view, one) && view.is(one, READ) && !view.is(one, WRITE) && !view.is(one, EXECUTE) && view.size(one) <= LARGEST_VDSO;
    if (!view.touchesPrevious(row) || !data(row - 1)) continue;
    view.decide(row, 'vdso', 'vdso-layout', { guess: true });
    for (let before = row - 1; before >= 0 && view.touchesPrevious(before + 1) && data(before); before--) {
      view.decide(before, 'vvar', 'vdso-layout', { guess: true });
    }
    return;
  }
}

/** The first writable memory behind the program: the break begins there, or at random above. */
function decideHeap(view: RegionView): void {
  let program = -1;
  for (let row = 0; row < view.length; row++) {
    const segment = view.segmentOf(row);
    if (segment === 'text' || segment === 'data' || segment === 'bss') program = row;
  }
  const next = program + 1;
  if (program < 0 || next >= view.length || !bare(view, next) || !view.is(next, READ | WRITE) || view.is(next, EXECUTE)) return;
  // A heap lies within 1 GiB of a program; beyond are libraries and what mmap gives.
  if (view.start(next) - view.end(program) > 2 ** 30) return;
  view.decide(next, 'heap', 'heap-layout', { guess: true });
}

const bare = (view: RegionView, row: number): boolean => !view.decided(row) && view.anonymous(row) && view.path(row) === '';
