import { measureId } from '../insight/heap/measure-words.js';
import type { HeapMeasure, HeapProfile } from '../model/heap-profile.js';
import { csvLine, csvNumber, csvText } from './csv-cell.js';
import { isHeld } from './heap-amounts.js';
import { foldedStacks } from './heap-folded.js';

const FRAME_COLUMNS = ['function', 'file', 'line', 'module', 'address', 'stack'];

/**
 * A line for each stack that holds something by itself, in the order of the tree: each measure, what is told of the innermost frame, and the
 * whole stack as folded text. What is not told is an empty cell. docs/cli-heap.md.
 */
export function* heapCsv(profile: HeapProfile): Generator<string> {
  const { tree, frames, texts, self, measures } = profile;
  const stacks = foldedStacks(profile);
  /** Of each text its cell; made when it is first needed. */
  const cells: string[] = [];
  const cellOf = (at: number): string => {
    cells[at] ??= csvText(texts[at] ?? '');
    return cells[at];
  };
  yield csvLine([...measures.map(columnTitle), ...FRAME_COLUMNS]);
  for (let node = 0; node < tree.length; node++) {
    if (!isHeld(self, node)) continue;
    const frame = tree.frame[node]!;
    const text = (column: Uint32Array): string => (node === 0 ? '' : cellOf(column[frame]!));
    yield csvLine([
      ...self.map((values) => csvNumber(values[node])),
      text(frames.function),
      text(frames.file),
      node === 0 || frames.line[frame] === 0 ? '' : csvNumber(frames.line[frame]),
      text(frames.module),
      text(frames.address),
      csvText(stacks(node)),
    ]);
  }
}

/** `live-bytes`, `total-count`. */
const columnTitle = (measure: HeapMeasure): string =>
  csvText(measure.unit === 'bytes' ? `${measureId(measure)}-bytes` : measureId(measure));
