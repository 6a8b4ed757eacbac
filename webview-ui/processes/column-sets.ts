import { COLUMN_IDS, type ColumnId } from './columns.js';

export type ColumnSetId = 'overview' | 'top' | 'smem' | 'pidstat' | 'all';

export interface ColumnSet {
  readonly id: ColumnSetId;
  readonly label: string;
  /** In order; the command always comes first. */
  readonly columns: readonly ColumnId[];
}

/** The columns of the tools that a user may know, in their order. */
export const COLUMN_SETS: readonly ColumnSet[] = [
  {
    id: 'overview',
    label: 'Overview',
    columns: ['command', 'pid', 'user', 'uss', 'pss', 'rss', 'swap', 'memPercent', 'growth'],
  },
  {
    id: 'top',
    label: 'Memory (top)',
    columns: ['command', 'pid', 'user', 'memPercent', 'vsz', 'rss', 'code', 'data', 'shared', 'minorFaults', 'majorFaults'],
  },
  { id: 'smem', label: 'smem', columns: ['command', 'pid', 'user', 'swap', 'uss', 'pss', 'rss'] },
  {
    id: 'pidstat',
    label: 'pidstat -r',
    columns: ['command', 'user', 'pid', 'minorFaults', 'majorFaults', 'vsz', 'rss', 'memPercent'],
  },
  { id: 'all', label: 'All', columns: COLUMN_IDS },
];

/** The set that shows just these columns in this order; undefined when the user has made their own. */
export function setOf(columns: readonly ColumnId[]): ColumnSetId | undefined {
  return COLUMN_SETS.find((set) => set.columns.length === columns.length && set.columns.every((id, at) => id === columns[at]))
    ?.id;
}
