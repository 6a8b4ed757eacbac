import { Grid, type GridEvents } from '../shared/grid.js';
import { GridTotals } from '../shared/grid-totals.js';
import { sumNote, sumText } from './region-cells.js';
import type { RegionColumn } from './region-columns.js';
import { RegionRowView } from './region-row-view.js';
import { isGroup, type RowContext, type TableRow } from './region-rows.js';
import type { RegionSums } from './region-sums.js';

type Events = GridEvents<TableRow, RegionColumn, RegionRowView>;

interface RegionGridEvents extends Omit<Events, 'key' | 'pointed'> {
  readonly isSelected: (row: number) => boolean;
  readonly copy: () => void;
  readonly selectAll: () => void;
  readonly clear: () => boolean;
  /** Ctrl+Space: the active one as well, or no longer. */
  readonly toggleActive: (row: TableRow) => void;
  readonly all: () => RegionSums;
}

export type RegionGrid = Grid<
  TableRow,
  RegionColumn,
  RowContext,
  RegionRowView,
  { label: string; count: number; sums: RegionSums }
>;

/** The table of regions: several can be selected, as in every list of the editor. */
export const regionGrid = (events: RegionGridEvents): RegionGrid =>
  new Grid(
    {
      label: 'Regions',
      first: 'start',
      makeRow: (columns) => new RegionRowView(columns),
      isGroup,
      isExpanded: (row) => isGroup(row) && row.expanded,
      isSelected: (row) => !isGroup(row) && events.isSelected(row.row),
      totals: new GridTotals<RegionColumn, RegionSums>({
        first: 'start',
        one: 'region',
        many: 'regions',
        text: (column, sums) => sumText(column, sums.get(column), sums.rows.length),
        note: (column, sums) => {
          const sum = sums.get(column);
          return sum && sumNote(column, sum, sums.rows.length, events.all().get(column));
        },
      }),
    },
    {
      ...events,
      pointed: () => undefined,
      key: (event, row) => {
        const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
        const control = (ctrlKey || metaKey) && !altKey && !shiftKey;
        if (key === 'Escape') return events.clear();
        if (!control) return false;
        if (key.toLowerCase() === 'c') events.copy();
        else if (key.toLowerCase() === 'a') events.selectAll();
        else if (key === ' ' && row !== undefined) events.toggleActive(row);
        else return false;
        return true;
      },
    },
  );
