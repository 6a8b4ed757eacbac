import type { GridColumn, GridRow, GridRowView } from './grid-shape.js';
import type { MenuPlace } from './menu.js';
import type { RowWindow } from './row-window.js';

export interface PointerEvents<Row, Column, View> {
  readonly isGroup: (row: Row) => boolean;
  readonly click: (row: Row, event: MouseEvent, lead: boolean) => void;
  readonly activate: (row: Row) => void;
  readonly toggle: (row: Row) => void;
  readonly rowMenu: (row: Row, place: MenuPlace) => void;
  readonly note: (row: Row, column: Column) => string;
  readonly point: (view: View) => void;
}

/** What clicks on rows do, and what the pointer over a cell tells. */
export function listenToPointer<Row extends GridRow, Column extends GridColumn, Context, View extends GridRowView<Row, Context>>(
  window: RowWindow<Row, Context, View>,
  columns: () => readonly Column[],
  events: PointerEvents<Row, Column, View>,
): void {
  const { body } = window;
  body.addEventListener('click', (event) => {
    const { target } = event;
    const row = window.viewAt(target)?.row;
    if (!row || !(target instanceof Element)) return;
    const lead = target.closest('.lead') !== null;
    if (!events.isGroup(row)) events.click(row, event, lead);
    else if (lead || target.closest('.first')) events.toggle(row);
  });
  body.addEventListener('dblclick', ({ target }) => {
    const row = window.viewAt(target)?.row;
    if (target instanceof Element && target.closest('button')) return;
    if (row && !events.isGroup(row)) events.activate(row);
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
    events.point(view);
    const at = view.cells.findIndex((cell) => target instanceof Node && cell.contains(target));
    const column = columns()[at];
    // Made when it is asked for: the age of a value goes on.
    if (column) view.cells[at]!.title = events.note(view.row, column);
  });
}
