import type { GridRow, RowList } from '../shared/grid-shape.js';
import type { HeapSorting } from './heap-columns.js';
import type { Chosen, ShownHeap } from './heap-model.js';

/** A row of a table or of the call tree. Made when it comes into sight. */
export interface HeapRow extends GridRow {
  /** Index into the frames: it names the row, and its line is opened. */
  readonly frame: number;
  /** Instead of the frame's name. */
  readonly name?: string;
  /** Beside the name, paler. */
  readonly detail?: string;
  /** Instead of the frame's file and line. */
  readonly place?: string;
  /** From 1 on. */
  readonly level: number;
  /** undefined: nothing is below it. */
  readonly expanded?: boolean;
  readonly total: number;
  readonly self: number;
  /** NaN: not told. */
  readonly count: number;
  readonly chosen: () => Chosen;
}

/** What makes the rows of a form. */
export interface HeapRowSource {
  /** Other data. */
  take(shown: ShownHeap): void;
  rows(sorting: HeapSorting): RowList<HeapRow>;
  /** Opens or closes what is below a row. */
  toggle(row: HeapRow, expanded: boolean): void;
  /** The row that stands for what is chosen, with all above it opened if `reveal`; undefined: there is none. */
  rowOf(chosen: Chosen, reveal: boolean): string | undefined;
  fold(): void;
  /** False: not all, since there are too many. */
  unfold(): boolean;
  readonly isTree: boolean;
  /** Of what there is, opened or not: `1,204`, of `function`, `functions`. */
  readonly count: number;
  /** Only the largest have rows. */
  readonly isCut?: boolean;
  readonly words: readonly [one: string, many: string];
}

/** Rows by index, each made once. */
export function lazyRows(
  length: number,
  make: (index: number) => HeapRow,
  indexOf: (id: string) => number | undefined,
): RowList<HeapRow> {
  const made = new Map<number, HeapRow>();
  return {
    length,
    at(index) {
      const place = index < 0 ? length + index : index;
      if (place < 0 || place >= length) return undefined;
      let row = made.get(place);
      if (row === undefined) {
        // What was in sight some time ago is made again.
        if (made.size > 4000) made.clear();
        row = make(place);
        made.set(place, row);
      }
      return row;
    },
    indexOf,
  };
}
