import type { Sorting } from '../shared/grid-shape.js';
import { savedFields, savedTexts } from '../shared/saved-state.js';
import { COLUMN_SETS, type ColumnSetId, columnsOfSet } from './region-column-sets.js';
import type { RegionColumn } from './region-columns.js';
import { GROUPINGS, type Grouping } from './region-groups.js';

/** What the user has chosen of the table. */
export interface TableState {
  /** A set, or columns of the user's own; the address always comes first. Those that a map does not tell are passed over. */
  readonly columns: ColumnSetId | readonly string[];
  readonly widths: Readonly<Record<string, number>>;
  readonly sorting: Sorting;
  readonly grouping: Grouping;
  readonly filter: string;
}

/** What is not understood is as at first. */
export function readTableState(saved: unknown): TableState {
  const from = savedFields(saved);
  const sorting = savedFields(from['sorting']);
  const widths = Object.entries(savedFields(from['widths'])).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] >= MIN_WIDTH && entry[1] <= MAX_WIDTH,
  );
  return {
    columns: columnsFrom(from['columns']),
    widths: Object.fromEntries(widths),
    sorting:
      typeof sorting['column'] === 'string'
        ? { column: sorting['column'], descending: sorting['descending'] === true }
        : { column: 'start', descending: false },
    grouping: GROUPINGS.find(([id]) => id === from['grouping'])?.[0] ?? 'none',
    filter: typeof from['filter'] === 'string' ? from['filter'] : '',
  };
}

function columnsFrom(saved: unknown): TableState['columns'] {
  const set = COLUMN_SETS.find(([id]) => id === saved)?.[0];
  if (set !== undefined) return set;
  const own = new Set(savedTexts(saved));
  own.delete('start');
  return own.size > 0 ? ['start', ...own] : 'overview';
}

/** The columns that are shown of this map. */
export function columnsShown({ columns }: TableState, offered: readonly RegionColumn[]): readonly string[] {
  if (typeof columns === 'string') return columnsOfSet(columns, offered);
  const ids = new Set(offered.map(({ id }) => id));
  return columns.filter((id) => ids.has(id));
}

export const MIN_WIDTH = 48;
export const MAX_WIDTH = 1200;

/** Below this width, in pixels, the first column is only as wide as an address. */
export const NARROW = 460;
const NARROW_FIRST = 128;

/** Widths for a table this wide. A width of the user's own always holds. */
export const widthsOf = (columns: readonly RegionColumn[], { widths }: TableState, available: number): readonly number[] =>
  columns.map(({ id, width }, at) => widths[id] ?? (at === 0 && available > 0 && available < NARROW ? NARROW_FIRST : width));
