import type { MapNote } from '../model/map-snapshot.js';

export interface MapOrder {
  /** The rows to keep, ascending by address; undefined: all, as they are. */
  readonly rows?: Uint32Array;
  readonly notes: readonly MapNote[];
}

export interface Disorder {
  /** The first row that begins before the end of the one before it, and its line. */
  readonly row: number;
  readonly line: number;
}

/**
 * Mappings that do not come one after the other, as the kernel writes them. Three things do that:
 * - The process changed them while they were read: the kernel goes on behind the last address it told, so that a mapping which has grown
 *   backwards since then overlaps those before it, and ends later. It holds what they held: they are left out.
 * - Somebody sorted the lines (`pmap -x PID | sort -nk3`): none overlap, and no name is there twice that a process has once.
 * - Several maps in one file: the first one is kept.
 */
export function mapOrder(
  start: Float64Array,
  end: Float64Array,
  length: number,
  disorder: Disorder | undefined,
  isTwice: boolean,
): MapOrder {
  if (disorder === undefined) return { notes: [] };
  const { line } = disorder;
  let back = disorder.row;
  while (back < length && (end[back] as number) > (end[back - 1] as number)) back++;
  if (back === length) return grown(start, end, length, line);

  const rows = Uint32Array.from({ length }, (_, row) => row).sort((a, b) => (start[a] as number) - (start[b] as number) || a - b);
  const overlaps = rows.some((row, i) => i > 0 && (start[row] as number) < (end[rows[i - 1] as number] as number));
  if (!overlaps && !isTwice) return { rows, notes: [{ code: 'out-of-order', count: movedRows(start, length), line }] };
  // What follows the place where it goes back is of another process, or another moment.
  return {
    rows: grown(start, end, back, line).rows,
    notes: [{ code: 'several-maps', count: length - back, line }],
  };
}

function grown(start: Float64Array, end: Float64Array, length: number, line: number): Required<MapOrder> {
  const rows: number[] = [];
  let overlaps = 0;
  for (let row = 0; row < length; row++) {
    let last = rows.at(-1);
    if (last !== undefined && (start[row] as number) < (end[last] as number)) overlaps++;
    while (last !== undefined && (start[last] as number) >= (start[row] as number)) {
      rows.pop();
      last = rows.at(-1);
    }
    rows.push(row);
  }
  return { rows: Uint32Array.from(rows), notes: [{ code: 'out-of-order', count: overlaps, line }] };
}

function movedRows(start: Float64Array, length: number): number {
  let moved = 0;
  for (let row = 1; row < length; row++) if ((start[row] as number) < (start[row - 1] as number)) moved++;
  return moved;
}
