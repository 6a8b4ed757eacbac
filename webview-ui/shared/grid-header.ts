import { element, icon, setAttribute } from './dom.js';
import { type GridColumn, isText, type Sorting } from './grid-shape.js';
import type { MenuPlace } from './menu.js';

export interface HeaderEvents<Id extends string> {
  readonly sort: (column: Id) => void;
  readonly widen: (column: Id, width: number) => void;
  /** Puts a column before another one. */
  readonly move: (column: Id, before: Id) => void;
  readonly menu: (column: Id, place: MenuPlace) => void;
}

/** The header row: sorts by a click, is widened at the right edge of a cell, and put in another order by dragging. */
export class GridHeader<Column extends GridColumn> {
  readonly root = element('div', { class: 'row header', attributes: { role: 'row', 'aria-rowindex': 1 } });
  cells: readonly HTMLElement[] = [];
  private columns: readonly Column[] = [];
  private dragged: Column['id'] | undefined;

  constructor(
    private readonly first: Column['id'],
    private readonly events: HeaderEvents<Column['id']>,
  ) {}

  show(columns: readonly Column[], sorting: Sorting<Column['id']>): void {
    if (columns.length !== this.columns.length || columns.some((column, at) => column !== this.columns[at])) {
      this.columns = columns;
      this.cells = columns.map((column) => this.cell(column));
      this.root.replaceChildren(...this.cells);
    }
    this.cells.forEach((cell, at) => {
      const sorted = columns[at]?.id === sorting.column;
      setAttribute(cell, 'aria-sort', sorted ? (sorting.descending ? 'descending' : 'ascending') : undefined);
    });
  }

  private cell(column: Column): HTMLElement {
    const { id }: { readonly id: Column['id'] } = column;
    const cell = element(
      'div',
      {
        class: `cell ${isText(column) ? 'text' : 'number'}${id === this.first ? ' first' : ''}`,
        attributes: {
          role: 'columnheader',
          tabindex: -1,
          title: `${column.label}: ${column.definition}`,
          draggable: id === this.first ? undefined : 'true',
        },
      },
      element('span', { class: 'label' }, column.label),
      element('span', { class: 'sort' }, icon('arrow-up')),
      this.handle(column),
    );
    cell.addEventListener('click', () => this.events.sort(id));
    cell.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      this.events.menu(id, { x: event.clientX, y: event.clientY });
    });
    this.letDrag(cell, id);
    return cell;
  }

  private handle({ id }: { readonly id: Column['id'] }): HTMLElement {
    const handle = element('span', { class: 'handle', attributes: { 'aria-hidden': 'true' } });
    handle.addEventListener('click', (event) => event.stopPropagation());
    handle.addEventListener('pointerdown', (down) => {
      if (down.button !== 0) return;
      down.preventDefault();
      down.stopPropagation();
      const width = handle.parentElement?.getBoundingClientRect().width ?? 0;
      handle.setPointerCapture(down.pointerId);
      const move = (event: PointerEvent): void => this.events.widen(id, width + event.clientX - down.clientX);
      const end = (): void => {
        handle.removeEventListener('pointermove', move);
        handle.removeEventListener('pointerup', end);
        handle.removeEventListener('pointercancel', end);
      };
      handle.addEventListener('pointermove', move);
      handle.addEventListener('pointerup', end);
      handle.addEventListener('pointercancel', end);
    });
    return handle;
  }

  private letDrag(cell: HTMLElement, id: Column['id']): void {
    cell.addEventListener('dragstart', (event) => {
      this.dragged = id;
      event.dataTransfer?.setData('text/plain', id);
    });
    cell.addEventListener('dragend', () => {
      this.dragged = undefined;
      for (const one of this.cells) one.classList.remove('drop');
    });
    cell.addEventListener('dragover', (event) => {
      if (!this.dragged || this.dragged === id || id === this.first) return;
      event.preventDefault();
      cell.classList.add('drop');
    });
    cell.addEventListener('dragleave', () => cell.classList.remove('drop'));
    cell.addEventListener('drop', (event) => {
      event.preventDefault();
      if (this.dragged && this.dragged !== id) this.events.move(this.dragged, id);
    });
  }
}
