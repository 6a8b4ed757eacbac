import { element, setAttribute, setText } from '../shared/dom.js';
import type { ColumnSpec } from './columns.js';
import { GridCursor } from './grid-cursor.js';
import { GridHeader, type HeaderEvents } from './grid-header.js';
import { commandOf, type GridCommand } from './grid-keys.js';
import { listenToPointer, type PointerEvents } from './grid-pointer.js';
import { GridTotals, type Total } from './grid-totals.js';
import { isGroup, type Sorting, type TableRow } from './process-table.js';
import type { RowContext, RowView } from './row-view.js';
import { HEADER_HEIGHT, ROW_HEIGHT, RowWindow } from './row-window.js';

export interface GridEvents extends HeaderEvents, PointerEvents {
  readonly toggle: (row: TableRow, expanded?: boolean) => void;
  /** The active row is another one, or its buttons are to be shown on another row. */
  readonly pointed: (view: RowView | undefined) => void;
  readonly keyUsed: () => void;
}

/** The table on the screen, by the grid pattern of ARIA: one cell is active, and it alone can be reached by Tab. */
export class Grid {
  readonly root: HTMLElement;
  readonly header: GridHeader;
  private readonly window = new RowWindow(() => this.root, {
    scrolled: () => this.render(false),
    left: (view) => {
      if (view === this.pointed) this.point(undefined);
    },
  });
  private readonly totals = new GridTotals();
  private readonly content: HTMLElement;
  private readonly note = element('div', { class: 'visually-hidden', id: 'cell-note' });
  private readonly cursor = new GridCursor();
  private context: RowContext | undefined;
  private totalRows = 0;
  private tabStop: HTMLElement | undefined;
  /** The row that shows the buttons. */
  private pointed: RowView | undefined;

  constructor(private readonly events: GridEvents) {
    this.header = new GridHeader(events);
    const head = element('div', { class: 'head', attributes: { role: 'rowgroup' } }, this.header.root);
    this.content = element('div', { class: 'content' }, head, this.body, this.totals.root);
    this.root = element(
      'div',
      { class: 'grid', attributes: { role: 'grid', 'aria-label': 'Processes' } },
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

  setColumns(columns: readonly ColumnSpec[], widths: readonly number[], sorting: Sorting): void {
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
    this.window.setColumns(columns);
    this.point(undefined);
    if (cursor.columnIndex < 0) cursor.column = 'command';
    setAttribute(this.root, 'aria-colcount', columns.length);
    this.render(true);
    if (focused) this.focusActive();
  }

  /** The rows in their order; what they show is drawn anew. */
  setRows(rows: readonly TableRow[], context: RowContext, totals: readonly Total[], grouped: boolean): void {
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
  update(context: RowContext, totals: readonly Total[]): void {
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

  focus(): void {
    this.cursor.settle();
    this.focusActive();
  }

  private setTotals(totals: readonly Total[]): void {
    this.totalRows = totals.length;
    setAttribute(this.root, 'aria-rowcount', this.cursor.rows.length + 1 + this.totalRows);
    this.totals.show(this.cursor.columns, totals, this.cursor.rows.length + 2);
  }

  private render(refresh: boolean): void {
    const { context, cursor } = this;
    if (!context || cursor.columns.length === 0) return;
    this.window.draw(cursor.rows, context, cursor.index, cursor.isChosen, refresh);
    this.markTabStop();
  }

  private activeCell(): HTMLElement | undefined {
    const cells = this.cursor.inHeader ? this.header.cells : this.activeView?.cells;
    return cells?.[Math.max(0, this.cursor.columnIndex)];
  }

  private get activeView(): RowView | undefined {
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
    if (cell.classList.contains('command')) return;
    const first = this.header.cells[0]?.offsetWidth ?? 0;
    const left = cell.offsetLeft - first;
    const right = cell.offsetLeft + cell.offsetWidth - this.root.clientWidth;
    if (this.root.scrollLeft > left) this.root.scrollLeft = left;
    else if (this.root.scrollLeft < right) this.root.scrollLeft = right;
  }

  private listen(): void {
    this.root.addEventListener('keydown', (event) => {
      const command = event.target instanceof Element && event.target.closest('.actions') ? undefined : commandOf(event);
      if (!command || !this.carryOut(command)) return;
      event.preventDefault();
      this.events.keyUsed();
    });
    this.root.addEventListener('scroll', () => this.root.classList.toggle('scrolled', this.root.scrollLeft > 0));
    this.root.addEventListener('focusin', ({ target }) => this.takeFocus(target));
    listenToPointer(
      this.window,
      () => this.cursor.columns,
      (view) => this.point(view),
      this.events,
    );
  }

  private point(view: RowView | undefined): void {
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
        cursor.column = (command.end ? columns.at(-1)?.id : columns[0]?.id) ?? 'command';
        if (command.of === 'grid') return this.goTo(command.end ? cursor.rows.length - 1 : 0);
        this.focusActive();
        return true;
      case 'activate':
        if (inHeader) this.events.sort(cursor.column);
        else if (selected && isGroup(selected)) this.events.toggle(selected);
        else if (selected) this.events.act('show-trend', selected);
        return true;
      case 'menu':
        return this.openMenu(selected);
      case 'action':
        if (selected && (!isGroup(selected) || command.action === 'copy-row')) this.events.act(command.action, selected);
        return selected !== undefined;
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
    const row = rows[Math.min(index, rows.length - 1)];
    if (row) this.select(row.id, true);
    return true;
  }

  /** In the first cell of a group, left and right fold and unfold it; in that of its processes, left leads to the group. */
  private goAcross(by: 1 | -1, selected: TableRow | undefined): boolean {
    const { columnIndex: at, columns } = this.cursor;
    if (at === 0 && selected && isGroup(selected) && selected.getIsExpanded() !== (by === 1)) {
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
    if (at <= 0 || !other || other.id === 'command') return true;
    if (by === 1) this.events.move(other.id, column);
    else this.events.move(column, other.id);
    return true;
  }

  private openMenu(selected: TableRow | undefined): boolean {
    const box = this.activeCell()?.getBoundingClientRect();
    if (!box) return false;
    const place = { x: box.left + 8, y: box.bottom };
    if (this.cursor.inHeader) this.events.menu(this.cursor.column, place);
    else if (selected) this.events.rowMenu(selected, place);
    return true;
  }
}
