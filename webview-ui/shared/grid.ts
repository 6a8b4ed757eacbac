import { element, setAttribute, setText } from './dom.js';
import { GridCursor } from './grid-cursor.js';
import { GridHeader, type HeaderEvents } from './grid-header.js';
import { commandOf, type GridCommand } from './grid-keys.js';
import { listenToPointer } from './grid-pointer.js';
import type { GridColumn, GridRow, GridRowView, RowList, Sorting } from './grid-shape.js';
import type { MenuPlace } from './menu.js';
import { HEADER_HEIGHT, ROW_HEIGHT, RowWindow } from './row-window.js';

/** What a table makes of its rows and columns. */
export interface GridKind<Row, Column extends GridColumn, View, Total> {
  /** For screen readers. */
  readonly label: string;
  /** The column that stays at the left. */
  readonly first: Column['id'];
  readonly makeRow: (columns: readonly Column[]) => View;
  readonly isGroup: (row: Row) => boolean;
  readonly isExpanded: (row: Row) => boolean;
  /** Groups are rows like all others, that can be chosen and activated; only the button before the name, and the arrow keys, fold them. */
  readonly isTree?: boolean;
  /** Without it, the active row is the one that is selected. */
  readonly isSelected?: (row: Row) => boolean;
  /** The rows at the bottom. */
  readonly totals: {
    readonly root: HTMLElement;
    show(columns: readonly Column[], totals: readonly Total[], firstIndex: number): void;
  };
}

export interface GridEvents<Row, Column extends GridColumn, View> extends HeaderEvents<Column['id']> {
  readonly toggle: (row: Row, expanded?: boolean) => void;
  /** Enter, Space or a double click on a row that is no group. */
  readonly activate: (row: Row) => void;
  /** A click on a row; `lead`: on the button before its name. */
  readonly click: (row: Row, event: MouseEvent, lead: boolean) => void;
  readonly rowMenu: (row: Row, place: MenuPlace) => void;
  /** A key of the table's own; `false` leaves it to the pattern. */
  readonly key: (event: KeyboardEvent, row: Row | undefined) => boolean;
  /** A key has led to another row. */
  readonly went?: (row: Row, event: KeyboardEvent) => void;
  /** What is told of a cell beside its text. */
  readonly note: (row: Row, column: Column) => string;
  /** The active row is another one, or its buttons are to be shown on another row. */
  readonly pointed: (view: View | undefined) => void;
  readonly keyUsed: () => void;
}

/** A table on the screen, by the grid pattern of ARIA: one cell is active, and it alone can be reached by Tab. */
export class Grid<Row extends GridRow, Column extends GridColumn, Context, View extends GridRowView<Row, Context>, Total> {
  readonly root: HTMLElement;
  readonly header: GridHeader<Column>;
  private readonly window = new RowWindow<Row, Context, View>(() => this.root, {
    scrolled: () => this.render(false),
    left: (view) => {
      if (view === this.pointed) this.point(undefined);
    },
  });
  private readonly content: HTMLElement;
  private readonly note = element('div', { class: 'visually-hidden', id: 'cell-note' });
  private readonly cursor: GridCursor<Row, Column>;
  private context: Context | undefined;
  private totalRows = 0;
  private tabStop: HTMLElement | undefined;
  /** The row that shows the buttons. */
  private pointed: View | undefined;

  constructor(
    private readonly kind: GridKind<Row, Column, View, Total>,
    private readonly events: GridEvents<Row, Column, View>,
  ) {
    this.cursor = new GridCursor<Row, Column>(kind.first);
    this.header = new GridHeader(kind.first, events);
    const head = element('div', { class: 'head', attributes: { role: 'rowgroup' } }, this.header.root);
    this.content = element('div', { class: 'content' }, head, this.body, kind.totals.root);
    this.root = element(
      'div',
      {
        class: 'grid',
        attributes: { role: 'grid', 'aria-label': kind.label, 'aria-multiselectable': kind.isSelected ? 'true' : undefined },
      },
      this.content,
      this.note,
    );
    this.listen();
  }

  /** Once it is in the page. */
  start(): void {
    this.window.start();
  }

  /** Where the rows are. */
  get body(): HTMLElement {
    return this.window.body;
  }

  setColumns(columns: readonly Column[], widths: readonly number[], sorting: Sorting<Column['id']>): void {
    const { cursor } = this;
    const same = columns.length === cursor.columns.length && columns.every((column, at) => column === cursor.columns[at]);
    this.root.style.setProperty(
      '--columns',
      widths.map((width, at) => (at === 0 ? `minmax(${width}px, 1fr)` : `${width}px`)).join(' '),
    );
    this.root.style.setProperty('--total-width', `${widths.reduce((sum, width) => sum + width, 0)}px`);
    const focused = this.hasFocus;
    this.header.show(columns, sorting);
    if (same) return;
    cursor.columns = columns;
    this.window.setColumns(() => this.kind.makeRow(columns));
    this.point(undefined);
    if (cursor.columnIndex < 0) cursor.column = this.kind.first;
    setAttribute(this.root, 'aria-colcount', columns.length);
    this.render(true);
    if (focused) this.focusActive();
  }

  /** The rows in their order; what they show is drawn anew. */
  setRows(rows: RowList<Row>, context: Context, totals: readonly Total[], grouped: boolean): void {
    const focused = this.hasFocus && !this.cursor.inHeader;
    this.cursor.rows = rows;
    this.context = context;
    setAttribute(this.root, 'role', grouped ? 'treegrid' : 'grid');
    this.setTotals(totals);
    this.window.setCount(rows.length, totals.length * ROW_HEIGHT);
    this.render(true);
    // The element that had it may have gone with its process.
    if (focused && !this.root.contains(document.activeElement)) this.focusActive();
  }

  /** The same rows in the same order with other values. */
  update(context: Context, totals: readonly Total[]): void {
    this.context = context;
    this.setTotals(totals);
    this.render(true);
  }

  get hasFocus(): boolean {
    return this.root.contains(document.activeElement);
  }

  /** Makes a row the active one and brings it into sight. */
  select(id: string, focus: boolean): void {
    const index = this.cursor.toRow(id);
    if (index === undefined) return;
    this.window.reveal(index);
    this.render(false);
    if (focus) this.focusActive();
  }

  /** What is selected is other rows. */
  reselect(): void {
    this.render(false);
  }

  /** Brings a row into sight, and leaves the active one. */
  reveal(id: string): void {
    const index = this.cursor.rows.indexOf(id);
    if (index !== undefined) this.window.reveal(index);
  }

  get active(): Row | undefined {
    return this.cursor.selected;
  }

  focus(): void {
    this.cursor.settle();
    this.focusActive();
  }

  private setTotals(totals: readonly Total[]): void {
    this.totalRows = totals.length;
    setAttribute(this.root, 'aria-rowcount', this.cursor.rows.length + 1 + this.totalRows);
    this.kind.totals.show(this.cursor.columns, totals, this.cursor.rows.length + 2);
  }

  private render(refresh: boolean): void {
    const { context, cursor } = this;
    if (!context || cursor.columns.length === 0) return;
    const { isSelected = (_row: Row, index: number) => cursor.isChosen && index === cursor.index } = this.kind;
    this.window.draw(cursor.rows, context, cursor.index, isSelected, refresh);
    this.markTabStop();
  }

  private activeCell(): HTMLElement | undefined {
    const cells = this.cursor.inHeader ? this.header.cells : this.activeView?.cells;
    return cells?.[Math.max(0, this.cursor.columnIndex)];
  }

  private get activeView(): View | undefined {
    const { selected } = this.cursor;
    return selected && this.window.viewFor(selected.id);
  }

  private markTabStop(): void {
    const cell = this.activeCell();
    if (cell === this.tabStop) return;
    if (this.tabStop) {
      this.tabStop.tabIndex = -1;
      this.tabStop.removeAttribute('aria-describedby');
    }
    this.tabStop = cell;
    if (cell) cell.tabIndex = 0;
  }

  private focusActive(): void {
    this.markTabStop();
    const cell = this.activeCell();
    if (!cell) return;
    this.describe(cell);
    cell.focus({ preventScroll: true });
    this.showAcross(cell);
    this.point(this.activeView);
  }

  private describe(cell: HTMLElement): void {
    const { columnIndex, columns, selected: row } = this.cursor;
    const column = columns[columnIndex];
    setText(this.note, row && column ? this.events.note(row, column) : '');
    setAttribute(cell, 'aria-describedby', row ? 'cell-note' : undefined);
  }

  /** Scrolls sideways until the cell stands beside the first column, which stays. */
  private showAcross(cell: HTMLElement): void {
    if (cell.classList.contains('first')) return;
    const first = this.header.cells[0]?.offsetWidth ?? 0;
    const left = cell.offsetLeft - first;
    const right = cell.offsetLeft + cell.offsetWidth - this.root.clientWidth;
    if (this.root.scrollLeft > left) this.root.scrollLeft = left;
    else if (this.root.scrollLeft < right) this.root.scrollLeft = right;
  }

  private listen(): void {
    this.root.addEventListener('keydown', (event) => {
      if (event.target instanceof Element && event.target.closest('.actions')) return;
      if (!this.onKey(event)) return;
      event.preventDefault();
      this.events.keyUsed();
    });
    this.root.addEventListener('scroll', () => this.root.classList.toggle('scrolled', this.root.scrollLeft > 0));
    this.root.addEventListener('focusin', ({ target }) => this.takeFocus(target));
    listenToPointer(this.window, () => this.cursor.columns, {
      ...this.events,
      isGroup: (row) => this.kind.isTree !== true && this.kind.isGroup(row),
      point: (view) => this.point(view),
    });
  }

  private onKey(event: KeyboardEvent): boolean {
    const { cursor, events } = this;
    if (events.key(event, cursor.selected)) return true;
    const command = commandOf(event);
    const before = cursor.index;
    if (!command || !this.carryOut(command)) return false;
    const row = cursor.selected;
    if (row && cursor.index !== before) events.went?.(row, event);
    return true;
  }

  private point(view: View | undefined): void {
    this.pointed = view;
    this.events.pointed(view);
  }

  /** A click, or Tab, makes a cell the active one. */
  private takeFocus(target: EventTarget | null): void {
    if (!(target instanceof Element)) return;
    const headerAt = this.header.cells.findIndex((cell) => cell.contains(target));
    const view = this.window.viewAt(target);
    const at = view ? view.cells.findIndex((cell) => cell.contains(target)) : headerAt;
    const column = this.cursor.columns[at]?.id;
    if (column === undefined) return;
    this.cursor.column = column;
    if (view?.row) this.cursor.toRow(view.row.id);
    else this.cursor.toHeader();
    this.render(false);
    const cell = this.activeCell();
    if (cell) this.describe(cell);
    this.point(view);
  }

  private carryOut(command: GridCommand): boolean {
    const { cursor } = this;
    const { columns, inHeader, selected } = cursor;
    switch (command.kind) {
      case 'row':
        return this.goTo((inHeader ? -1 : cursor.place) + command.by);
      case 'page':
        return this.goTo(Math.max(0, cursor.place + command.by * this.pageRows()));
      case 'cell':
        return this.goAcross(command.by, selected);
      case 'edge':
        cursor.column = (command.end ? columns.at(-1)?.id : columns[0]?.id) ?? this.kind.first;
        if (command.of === 'grid') return this.goTo(command.end ? cursor.rows.length - 1 : 0);
        this.focusActive();
        return true;
      case 'activate':
        if (inHeader) this.events.sort(cursor.column);
        else if (selected && this.kind.isTree !== true && this.kind.isGroup(selected)) this.events.toggle(selected);
        else if (selected) this.events.activate(selected);
        return true;
      case 'menu':
        return this.openMenu(selected);
      case 'widen': {
        const cell = this.activeCell();
        if (!inHeader || !cell) return false;
        this.events.widen(cursor.column, cell.offsetWidth + command.by);
        return true;
      }
      case 'move-column':
        return inHeader && this.moveColumn(command.by);
    }
  }

  private pageRows(): number {
    const seen = this.root.clientHeight - HEADER_HEIGHT - this.totalRows * ROW_HEIGHT;
    return Math.max(1, Math.floor(seen / ROW_HEIGHT) - 1);
  }

  private goTo(index: number): boolean {
    if (index < 0) {
      this.cursor.toHeader();
      this.render(false);
      this.focusActive();
      return true;
    }
    const { rows } = this.cursor;
    const row = rows.at(Math.min(index, rows.length - 1));
    if (row) this.select(row.id, true);
    return true;
  }

  /** In the first cell of a group, left and right fold and unfold it; in that of its processes, left leads to the group. */
  private goAcross(by: 1 | -1, selected: Row | undefined): boolean {
    const { columnIndex: at, columns } = this.cursor;
    if (at === 0 && selected && this.kind.isGroup(selected) && this.kind.isExpanded(selected) !== (by === 1)) {
      this.events.toggle(selected, by === 1);
      return true;
    }
    if (at === 0 && by === -1 && selected?.parentId !== undefined) {
      this.select(selected.parentId, true);
      return true;
    }
    const next = columns[at + by];
    if (next) this.cursor.column = next.id;
    this.focusActive();
    return true;
  }

  private moveColumn(by: 1 | -1): boolean {
    const { column, columnIndex: at, columns } = this.cursor;
    const other = columns[at + by];
    if (at <= 0 || !other || other.id === this.kind.first) return true;
    if (by === 1) this.events.move(other.id, column);
    else this.events.move(column, other.id);
    return true;
  }

  private openMenu(selected: Row | undefined): boolean {
    const box = this.activeCell()?.getBoundingClientRect();
    if (!box) return false;
    const place = { x: box.left + 8, y: box.bottom };
    if (this.cursor.inHeader) this.events.menu(this.cursor.column, place);
    else if (selected) this.events.rowMenu(selected, place);
    return true;
  }
}
