import { EXECUTE, READ, WRITE } from '../../model/map-table.js';
import type { MapContext, MapThread } from './map-context.js';
import type { RegionView } from './region-view.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** A stack pointer that lies farther below the end of a mapping: the kernel joined the stack with something above it. */
const DEEPEST = 64 * MIB;
/** What pthread_attr_setguardsize is given in practice; the usual guard is a page. */
const LARGEST_GUARD = 1 * MIB;
/** PTHREAD_STACK_MIN of x86. */
const SMALLEST_STACK = 16 * KIB;
/** The usual one, after ulimit -s. */
const USUAL_STACK = 8 * MIB;
/** So many pairs of a guard and a stack, all of the same sizes, are stacks of threads that ended, though they have another size than the usual one. */
const MANY_ALIKE = 8;
/** More threads than these are counted in the owner of a mapping, not named. */
const MOST_NAMES = 3;

export const threadText = ({ name, tid }: MapThread): string => `${name} (${tid})`;

/** Stacks into which the stack pointers of threads point, and their guards. */
export function decideStacksByPointer(view: RegionView, context: MapContext): void {
  const byRow = new Map<number, { thread: MapThread; pointer: number }[]>();
  for (const thread of context.threads ?? []) {
    const pointer = thread.stackPointer;
    // 0: a kernel that does not tell.
    if (pointer === undefined || pointer === 0) continue;
    // A push that comes next may be below the pointer, never above: at the very end of a mapping it is of that mapping.
    const row = view.rowAt(pointer - 1);
    if (row === undefined) continue;
    const list = byRow.get(row);
    if (list === undefined) byRow.set(row, [{ thread, pointer }]);
    else list.push({ thread, pointer });
  }
  for (const [row, found] of byRow) {
    if (view.decided(row) || !view.anonymous(row) || !view.is(row, READ | WRITE)) continue;
    const owner = ownerText(found.map(({ thread }) => thread));
    const highest = Math.max(...found.map(({ pointer }) => pointer));
    if (view.end(row) - highest > DEEPEST) view.decide(row, 'anonymous', 'stack-merged', { owner });
    else view.decide(row, 'thread-stack', 'stack-pointer', { owner });
    guardBelow(view, row, owner, false);
  }
}

function ownerText(threads: readonly MapThread[]): string {
  const shown = threads.slice(0, MOST_NAMES).map(threadText).join(', ');
  return threads.length > MOST_NAMES ? `${shown} and ${threads.length - MOST_NAMES} more` : shown;
}

/** What may not be touched right below a stack. */
export function guardBelow(view: RegionView, row: number, owner: string, guess: boolean): void {
  const guard = row - 1;
  if (!view.touchesPrevious(row) || !view.anonymous(guard) || !view.untouchable(guard)) return;
  if (view.size(guard) > Math.max(LARGEST_GUARD, view.size(row))) return;
  // The rest of an arena that lies below a stack was joined with its guard: it is mostly that rest.
  if (view.flag(guard, 'nr')) return;
  view.decide(guard, 'guard', 'guard', { owner, guess });
}

/** Parts of the main stack beside `[stack]`, and other mappings that grow down. */
export function decideGrowsDown(view: RegionView): void {
  const beside = (row: number, other: number): boolean =>
    view.touchesPrevious(Math.max(row, other)) && view.segmentOf(other) === 'main-stack';
  const main = (row: number): void => view.decide(row, 'main-stack', 'stack-neighbour');
  const candidate = (row: number): boolean => !view.decided(row) && view.anonymous(row) && view.flag(row, 'gd');
  for (let row = 0; row < view.length; row++) if (candidate(row) && row > 0 && beside(row, row - 1)) main(row);
  for (let row = view.length - 2; row >= 0; row--) if (candidate(row) && beside(row, row + 1)) main(row);
  for (let row = 0; row < view.length; row++) if (candidate(row)) view.decide(row, 'thread-stack', 'grows-down');
}

/** What is laid out as a stack, of a thread whose stack pointer is not told, or of one that has ended: glibc keeps its stack. */
export function decideStacksByLayout(view: RegionView, context: MapContext): void {
  const alone = (context.threads?.length ?? context.threadCount) === 1;
  const rows: number[] = [];
  const alike = new Map<string, number>();
  const sizes = (row: number): string => `${view.size(row - 1)} ${view.size(row)}`;
  for (let row = 1; row < view.length; row++) {
    const guard = row - 1;
    if (view.decided(row) || !view.anonymous(row) || !view.is(row, READ | WRITE) || view.is(row, EXECUTE)) continue;
    if (!view.touchesPrevious(row) || !view.anonymous(guard) || !view.untouchable(guard) || view.flag(row, 'nr')) continue;
    if (view.decided(guard) || view.size(row) < SMALLEST_STACK || view.size(guard) > 64 * KIB) continue;
    rows.push(row);
    alike.set(sizes(row), (alike.get(sizes(row)) ?? 0) + 1);
  }
  for (const row of rows) {
    // A process with one thread has stacks of threads that ended, of the usual size or many alike; other guards are of allocators.
    const usual = Math.abs(view.size(row) + view.size(row - 1) - USUAL_STACK) <= view.size(row - 1);
    if (alone && !usual && alike.get(sizes(row))! < MANY_ALIKE) continue;
    view.decide(row, 'thread-stack', 'stack-layout', { guess: true });
    guardBelow(view, row, '', true);
  }
}
