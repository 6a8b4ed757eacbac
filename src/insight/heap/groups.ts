import type { HeapProfile } from '../../model/heap-profile.js';
import { PairIndex } from './pair-index.js';

/** What the rows of a table are: functions, lines of functions, or executables and libraries. */
export type GroupBy = 'function' | 'line' | 'module';

/** Rows of a table; each frame belongs to one. */
export interface HeapGroups {
  readonly length: number;
  /** Of each row the first of its frames, which stands for all of them. */
  readonly frame: Uint32Array;
  /** Of each frame its row. */
  readonly row: Uint32Array;
}

/** The frames of one function (in one file of one module), of one line of it, or of one module. What has no name goes by its address. */
export function groupFrames({ frames }: Pick<HeapProfile, 'frames'>, by: GroupBy): HeapGroups {
  const { length } = frames;
  const names = new PairIndex(length);
  const places = new PairIndex(length);
  const placed = new PairIndex(length);
  const rows = new PairIndex(length);
  const rowOfFrame = (at: number): number => {
    const module = frames.module[at]!;
    if (by === 'module') return rows.of(module, 0);
    const name = frames.function[at]!;
    const own = name !== 0 ? names.of(name, 0) : names.of(frames.address[at]!, 1);
    const place = places.of(frames.file[at]!, by === 'line' ? frames.line[at]! : 0);
    return rows.of(placed.of(own, place), module);
  };
  const row = new Uint32Array(length);
  const frame = new Uint32Array(length);
  for (let at = 0; at < length; at++) {
    const before = rows.size;
    row[at] = rowOfFrame(at);
    if (rows.size > before) frame[before] = at;
  }
  return { length: rows.size, frame: frame.slice(0, rows.size), row };
}
