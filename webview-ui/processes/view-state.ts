import type { Sorting } from '../shared/grid-shape.js';
import { savedFields } from '../shared/saved-state.js';
import { COLUMN_SETS } from './column-sets.js';
import { type ColumnId, isColumnId } from './columns.js';
import type { HolderMeasure } from './holders.js';
import type { Grouping } from './process-table.js';

export type Bars = 'largest' | 'machine' | 'none';
export type HolderShape = 'pie' | 'bars';

/** What the user has chosen, as it is kept over a reload. */
export interface ViewState {
  readonly columns: readonly ColumnId[];
  readonly widths: Readonly<Record<string, number>>;
  readonly sorting: Sorting<ColumnId>;
  readonly grouping: Grouping;
  readonly filter: string;
  readonly bars: Bars;
  readonly chart: { readonly open: boolean; readonly measure: HolderMeasure; readonly shape: HolderShape };
}

const INITIAL: ViewState = {
  columns: COLUMN_SETS[0]!.columns,
  widths: {},
  sorting: { column: 'uss', descending: true },
  grouping: 'none',
  filter: '',
  bars: 'largest',
  chart: { open: false, measure: 'pss', shape: 'pie' },
};

/** What is not understood is as at first. */
export function readViewState(saved: unknown): ViewState {
  const from = savedFields(saved);
  const sorting = savedFields(from['sorting']);
  const chart = savedFields(from['chart']);
  return {
    columns: columnsOf(from['columns']),
    widths: widthsOf(from['widths']),
    sorting: isColumnId(sorting['column'])
      ? { column: sorting['column'], descending: sorting['descending'] !== false }
      : INITIAL.sorting,
    grouping: oneOf(from['grouping'], ['none', 'user', 'command', 'cgroup'], INITIAL.grouping),
    filter: typeof from['filter'] === 'string' ? from['filter'] : INITIAL.filter,
    bars: oneOf(from['bars'], ['largest', 'machine', 'none'], INITIAL.bars),
    chart: {
      open: chart['open'] === true,
      measure: oneOf(chart['measure'], ['pss', 'uss', 'rss', 'swap'], INITIAL.chart.measure),
      shape: oneOf(chart['shape'], ['pie', 'bars'], INITIAL.chart.shape),
    },
  };
}

function oneOf<T extends string>(value: unknown, known: readonly T[], otherwise: T): T {
  return known.find((one) => one === value) ?? otherwise;
}

/** The command is always there and always first. */
function columnsOf(value: unknown): readonly ColumnId[] {
  if (!Array.isArray(value)) return INITIAL.columns;
  const known = new Set(value.filter(isColumnId));
  known.delete('command');
  return known.size > 0 ? ['command', ...known] : INITIAL.columns;
}

function widthsOf(value: unknown): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(savedFields(value)).filter(
      (entry): entry is [string, number] => isColumnId(entry[0]) && typeof entry[1] === 'number' && entry[1] >= 1,
    ),
  );
}
