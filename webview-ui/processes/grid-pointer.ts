import type { ColumnSpec } from './columns.js';
import type { MenuPlace } from './menu.js';
import { isGroup, type TableRow } from './process-table.js';
import type { RowAction } from './row-actions.js';
import type { RowView } from './row-view.js';
import type { RowWindow } from './row-window.js';

export interface PointerEvents {
  readonly act: (action: RowAction, row: TableRow) => void;
  readonly toggle: (row: TableRow) => void;
  readonly rowMenu: (row: TableRow, place: MenuPlace) => void;
  /** What is told of a cell beside its text. */
  readonly note: (row: TableRow, column: ColumnSpec) => string;
}

/** What clicks on rows do, and what the pointer over a cell tells. */
export function listenToPointer(
  window: RowWindow,
  columns: () => readonly ColumnSpec[],
  point: (view: RowView) => void,
  events: PointerEvents,
): void {
  const { body } = window;
  body.addEventListener('click', ({ target }) => {
    const row = window.viewAt(target)?.row;
    if (!row || !(target instanceof Element)) return;
    const lead = target.closest('.lead') !== null;
    if (isGroup(row)) {
      if (lead || target.closest('.command')) events.toggle(row);
    } else if (lead) events.act('toggle-watch', row);
  });
  body.addEventListener('dblclick', ({ target }) => {
    const row = window.viewAt(target)?.row;
    if (target instanceof Element && target.closest('button')) return;
    if (row && !isGroup(row)) events.act('show-trend', row);
  });
  body.addEventListener('contextmenu', (event) => {
    const row = window.viewAt(event.target)?.row;
    if (!row) return;
    event.preventDefault();
    events.rowMenu(row, { x: event.clientX, y: event.clientY });
  });
  body.addEventListener('pointerover', ({ target }) => {
    const view = window.viewAt(target);
    if (!view?.row) return;
    point(view);
    const at = view.cells.findIndex((cell) => target instanceof Node && cell.contains(target));
    const column = columns()[at];
    // Made when it is asked for: the age of a value goes on.
    if (column) view.cells[at]!.title = events.note(view.row, column);
  });
}
