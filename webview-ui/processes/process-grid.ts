import { Grid, type GridEvents } from '../shared/grid.js';
import { GridTotals, type Total } from '../shared/grid-totals.js';
import type { ColumnSpec } from './columns.js';
import { isGroup, type TableRow } from './process-table.js';
import type { RowAction } from './row-actions.js';
import { type RowContext, RowView, sumText } from './row-view.js';
import { type Sums, sumNote } from './sums.js';

interface ProcessGridEvents extends Omit<GridEvents<TableRow, ColumnSpec, RowView>, 'activate' | 'click' | 'key'> {
  readonly act: (action: RowAction, row: TableRow) => void;
}

export type ProcessGrid = Grid<TableRow, ColumnSpec, RowContext, RowView, Total<Sums>>;

/** The table of processes: what clicks and keys do with a process. */
export const processGrid = (events: ProcessGridEvents): ProcessGrid =>
  new Grid(
    {
      label: 'Processes',
      first: 'command',
      makeRow: (columns) => new RowView(columns),
      isGroup,
      isExpanded: (row) => row.getIsExpanded(),
      totals: new GridTotals<ColumnSpec, Sums>({
        first: 'command',
        one: 'process',
        many: 'processes',
        text: (column, sums) => sumText(column, sums.get(column.id)),
        note: ({ id }, sums) => {
          const sum = sums.get(id);
          return sum && sumNote(id, sum);
        },
      }),
    },
    {
      ...events,
      activate: (row) => events.act('show-trend', row),
      click: (row, _event, lead) => lead && events.act('toggle-watch', row),
      key: (event, row) => {
        const action = actionOf(event);
        if (!action || !row) return false;
        if (!isGroup(row) || action === 'copy-row') events.act(action, row);
        return true;
      },
    },
  );

function actionOf({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): RowAction | undefined {
  const control = ctrlKey || metaKey;
  if (altKey) return undefined;
  if (key.toLowerCase() === 'c' && control) return 'copy-row';
  return key.toLowerCase() === 'w' && !control ? 'toggle-watch' : undefined;
}
