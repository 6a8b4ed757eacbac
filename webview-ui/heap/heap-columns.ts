import { countWords, measureLabel } from '../../src/insight/heap/measure-words.js';
import type { HeapMeasure, HeapQuantity } from '../../src/model/heap-profile.js';
import type { GridColumn, Sorting } from '../shared/grid-shape.js';
import { savedFields } from '../shared/saved-state.js';
import type { ShownHeap } from './heap-model.js';

export type HeapColumnId = 'name' | 'total' | 'share' | 'self' | 'count' | 'place';

export interface HeapColumn extends GridColumn {
  readonly id: HeapColumnId;
  readonly width: number;
}

export type HeapSorting = Sorting<HeapColumnId>;

/** What the rows of a table are. */
export type RowKind = 'node' | 'function' | 'line' | 'module' | 'stack';

const NAMES: Readonly<Record<RowKind, string>> = {
  node: 'Function',
  function: 'Function',
  line: 'Line',
  module: 'Module',
  stack: 'Stack, from the innermost frame',
};

/** The same objects for the same columns: a table keeps its place while only values change. */
export class HeapColumns {
  private key = '';
  private columns: readonly HeapColumn[] = [];

  of(kind: RowKind, { profile, measure, isChange }: ShownHeap, countMeasure: number | undefined): readonly HeapColumn[] {
    const told = profile.measures[measure]!;
    const label = measureLabel(told);
    const key = JSON.stringify([kind, label, told.unit, countMeasure, isChange]);
    if (key !== this.key) {
      this.key = key;
      this.columns = columnsOf(kind, label, told, countMeasure !== undefined, isChange);
    }
    return this.columns;
  }
}

const MEANINGS: Readonly<Record<HeapQuantity, string>> = {
  live: 'allocated and not freed, at the end or when the profile was taken',
  total: 'all that was ever allocated',
  temporary: 'freed again right after it was allocated',
  peak: 'allocated and not freed when most was',
  growth: 'what there is more, or less, than before',
  mapped: 'taken from the kernel and not given back',
  touched: 'pages that were written to for the first time',
  read: 'what the program has read of its blocks',
  written: 'what the program has written to its blocks',
  other: 'as the tool calls it',
};

function columnsOf(
  kind: RowKind,
  label: string,
  measure: HeapMeasure,
  hasCount: boolean,
  isChange: boolean,
): readonly HeapColumn[] {
  const { unit } = measure;
  const meaning = MEANINGS[measure.quantity];
  const name: HeapColumn = {
    id: 'name',
    label: NAMES[kind],
    width: 260,
    unit: 'text',
    definition: kind === 'stack' ? 'the innermost frame, and those that it was called by' : 'who allocates, or calls who does',
  };
  const total: HeapColumn = {
    id: 'total',
    label,
    width: 116,
    unit,
    definition: `${meaning}; ${kind === 'stack' ? 'of this stack' : 'with all that it calls'}`,
  };
  const share: HeapColumn = { id: 'share', label: 'Share', width: 68, unit: 'percent', definition: 'of the whole' };
  const self: HeapColumn = { id: 'self', label: 'Self', width: 104, unit, definition: 'allocated by the frame itself' };
  const [, many] = countWords(measure);
  const count: HeapColumn = {
    id: 'count',
    label: many.charAt(0).toUpperCase() + many.slice(1),
    width: 92,
    unit: 'count',
    definition: `how many ${many} they are`,
  };
  const place: HeapColumn = { id: 'place', label: 'Where', width: 220, unit: 'text', definition: 'file and line, or module' };
  return [
    name,
    total,
    ...(isChange ? [] : [share]),
    ...(kind === 'stack' ? [] : [self]),
    ...(hasCount ? [count] : []),
    ...(kind === 'module' ? [] : [place]),
  ];
}

const COLUMNS: readonly HeapColumnId[] = ['name', 'total', 'share', 'self', 'count', 'place'];

/** How a table was sorted. */
export function readSorting(state: unknown): HeapSorting | undefined {
  const { column, descending } = savedFields(state);
  const known = COLUMNS.find((name) => name === column);
  return known === undefined ? undefined : { column: known, descending: descending !== false };
}
