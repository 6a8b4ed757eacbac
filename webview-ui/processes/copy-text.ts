import { cellText, DASH } from './cell-text.js';
import type { ColumnSpec } from './columns.js';
import { groupName, isGroup, type TableRow } from './process-table.js';
import { sumText } from './row-view.js';
import type { Sums } from './sums.js';

/** A row as two lines of cells apart by tabs, the names of the columns above: what a spreadsheet takes. An unknown value is empty. */
export function rowText(row: TableRow, columns: readonly ColumnSpec[], sumsOf: (group: TableRow) => Sums): string {
  const cells = columns.map((column) => {
    if (isGroup(row)) return column.id === 'command' ? groupName(row) : sumText(column, sumsOf(row).get(column.id));
    return cellText(column, row.original.entry);
  });
  const known = cells.map((cell) => (cell === DASH ? '' : cell.replaceAll('\t', ' ')));
  return `${columns.map(({ label }) => label).join('\t')}\n${known.join('\t')}`;
}
