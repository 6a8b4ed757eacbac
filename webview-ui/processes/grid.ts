import { element, setAttribute, setText } from '../shared/dom.js';
import type { ColumnId, ColumnSpec } from './columns.js';
import { GridHeader, type HeaderEvents } from './grid-header.js';
import { commandOf, type GridCommand } from './grid-keys.js';
import { GridTotals, type Total } from './grid-totals.js';
import type { MenuPlace } from './menu.js';
import { isGroup, type Sorting, type TableRow } from './process-table.js';
import type { RowAction } from './row-actions.js';
import type { RowContext, RowView } from './row-view.js';
import { HEADER_HEIGHT, ROW_HEIGHT, RowWindow } from './row-window.js';

/** The active cell when it is in the header. */
const HEADER = 'header';

export interface GridEvents extends HeaderEvents {
  readonly act: (action: RowAction, row: TableRow) => void;
  readonly toggle: (row: TableRow, expanded?: boolean) => void;
  readonly rowMenu: (row: TableRow, place: MenuPlace) => void;
  /** The active row is another one, or its buttons are to be shown on another row. */
  readonly pointed: (view: RowView | undefined) => void;
  readonly keyUsed: () => void;
  /** What is told of a cell beside its text. */
  readonly note: (row: TableRow, column: ColumnSpec) => string;
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
  private rows: readonly TableRow[] = [];
  private indexOf = new Map<string, number>();
  private columns: readonly ColumnSpec[] = [];
  private context: RowContext | undefined;
  private totalRows = 0;
  private active: { row: string; column: ColumnId; index: number } = { row: HEADER, column: 'command', index: -1 };
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
    const same = columns.length === this.columns.length && columns.every((column, at) => column === this.columns[at]);
    this.root.style.setProperty(
      '--columns',
      widths.map((width, at) => (at === 0 ? `minmax(${width}px, 1fr)` : `${width}px`)).join(' '),
    );
    this.root.style.setProperty('--total-width', `${widths.reduce((sum, width) => sum + width, 0)}px`);
    const focused = this.hasFocus;
    this.header.show(columns, sorting);
    if (same) return;
    this.columns = columns;
    this.window.setColumns(columns);
    this.point(undefined);
    if (!columns.some(({ id }) => id === this.active.column)) this.active.column = 'command';
    setAttribute(this.root, 'aria-colcount', columns.length);
    this.render(true);
    if (focused) this.focusActive();
  }

  /** The rows in their order; what they show is drawn anew. */
  setRows(rows: readonly TableRow[], context: RowContext, totals: readonly Total[], grouped: boolean): void {
    const focused = this.hasFocus && this.active.row !== HEADER;
    this.rows = rows;
    this.context = context;
    this.indexOf = new Map(rows.map((row, at) => [row.id, at]));
    setAttribute(this.root, 'role', grouped ? 'treegrid' : 'grid');
    this.setTotals(totals);
    this.window.setCount(rows.length, totals.length * ROW_HEIGHT);
    this.settleActive();
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

  get selected(): TableRow | undefined {
    const at = this.indexOf.get(this.active.row);
    return at === undefined ? undefined : this.rows[at];
  }

  get hasFocus(): boolean {
    return this.root.contains(document.activeElement);
  }

  /** Makes a row the active one and brings it into sight. */
  select(id: string, focus: boolean): void {
    const index = this.indexOf.get(id);
    if (index === undefined) return;
    this.active = { ...this.active, row: id, index };
    this.window.reveal(index);
    this.render(false);
    if (focus) this.focusActive();
  }

  focus(): void {
    this.settleActive();
    this.focusActive();
  }

  private setTotals(totals: readonly Total[]): void {
    this.totalRows = totals.length;
    setAttribute(this.root, 'aria-rowcount', this.rows.length + 1 + this.totalRows);
    this.totals.show(this.columns, totals, this.rows.length + 2);
  }

  /** An active row that is gone hands over to the one that took its place. */
  private settleActive(): void {
    const { row, index } = this.active;
    if (row === HEADER && index >= 0) return;
    const at = this.indexOf.get(row);
    if (at !== undefined) this.active.index = at;
    else if (this.rows.length > 0) {
      const next = Math.min(Math.max(0, index), this.rows.length - 1);
      this.active = { ...this.active, row: this.rows[next]!.id, index: index < 0 ? -1 : next };
    } else this.active = { ...this.active, row: HEADER, index: -1 };
  }

  private render(refresh: boolean): void {
    if (!this.context || this.columns.length === 0) return;
    this.window.draw(this.rows, this.context, this.indexOf.get(this.active.row), this.active.index >= 0, refresh);
    this.markTabStop();
  }

  private activeCell(): HTMLElement | undefined {
    const at = this.columns.findIndex(({ id }) => id === this.active.column);
    return (this.active.row === HEADER ? this.header.cells : this.window.viewFor(this.active.row)?.cells)?.[Math.max(0, at)];
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
    this.point(this.window.viewFor(this.active.row));
  }

  private describe(cell: HTMLElement): void {
    const row = this.selected;
    const column = this.columns.find(({ id }) => id === this.active.column);
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
    this.body.addEventListener('click', (event) => {
      const view = this.window.viewAt(event.target);
      if (!view?.row || !(event.target instanceof Element)) return;
      const lead = event.target.closest('.lead') !== null;
      if (isGroup(view.row)) {
        if (lead || event.target.closest('.command')) this.events.toggle(view.row);
      } else if (lead) this.events.act('toggle-watch', view.row);
    });
    this.body.addEventListener('dblclick', (event) => {
      const view = this.window.viewAt(event.target);
      if (event.target instanceof Element && event.target.closest('button')) return;
      if (view?.row && !isGroup(view.row)) this.events.act('show-trend', view.row);
    });
    this.body.addEventListener('contextmenu', (event) => {
      const row = this.window.viewAt(event.target)?.row;
      if (!row) return;
      event.preventDefault();
      this.events.rowMenu(row, { x: event.clientX, y: event.clientY });
    });
    this.body.addEventListener('pointerover', ({ target }) => {
      const view = this.window.viewAt(target);
      if (!view?.row) return;
      this.point(view);
      const at = view.cells.findIndex((cell) => target instanceof Node && cell.contains(target));
      const column = this.columns[at];
      // Made when it is asked for: the age of a value goes on.
      if (column) view.cells[at]!.title = this.events.note(view.row, column);
    });
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
    const column = this.columns[at]?.id;
    if (column === undefined) return;
    const row = view?.row?.id ?? HEADER;
    this.active = { row, column, index: this.indexOf.get(row) ?? 0 };
    this.render(false);
    const cell = this.activeCell();
    if (cell) this.describe(cell);
    this.point(view);
  }

  private carryOut(command: GridCommand): boolean {
    const { row } = this.active;
    const selected = this.selected;
    switch (command.kind) {
      case 'row':
        return this.goTo((row === HEADER ? -1 : this.active.index) + command.by);
      case 'page':
        return this.goTo(Math.max(0, this.active.index + command.by * this.pageRows()));
      case 'cell':
        return this.goAcross(command.by, selected);
      case 'edge':
        if (command.of === 'grid') {
          this.active.column = command.end ? (this.columns.at(-1)?.id ?? 'command') : 'command';
          return this.goTo(command.end ? this.rows.length - 1 : 0);
        }
        this.active.column = (command.end ? this.columns.at(-1)?.id : this.columns[0]?.id) ?? 'command';
        this.focusActive();
        return true;
      case 'activate':
        if (row === HEADER) this.events.sort(this.active.column);
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
        if (row !== HEADER || !cell) return false;
        this.events.widen(this.active.column, cell.offsetWidth + command.by);
        return true;
      }
      case 'move-column':
        return row === HEADER && this.moveColumn(command.by);
    }
  }

  private pageRows(): number {
    const seen = this.root.clientHeight - HEADER_HEIGHT - this.totalRows * ROW_HEIGHT;
    return Math.max(1, Math.floor(seen / ROW_HEIGHT) - 1);
  }

  private goTo(index: number): boolean {
    if (index < 0) {
      this.active = { ...this.active, row: HEADER, index: 0 };
      this.render(false);
      this.focusActive();
      return true;
    }
    const row = this.rows[Math.min(index, this.rows.length - 1)];
    if (row) this.select(row.id, true);
    return true;
  }

  /** In the first cell of a group, left and right fold and unfold it; in that of its processes, left leads to the group. */
  private goAcross(by: 1 | -1, selected: TableRow | undefined): boolean {
    const at = this.columns.findIndex(({ id }) => id === this.active.column);
    if (at === 0 && selected && isGroup(selected) && selected.getIsExpanded() !== (by === 1)) {
      this.events.toggle(selected, by === 1);
      return true;
    }
    if (at === 0 && by === -1 && selected?.parentId !== undefined) {
      this.select(selected.parentId, true);
      return true;
    }
    const next = this.columns[at + by];
    if (next) this.active.column = next.id;
    this.focusActive();
    return true;
  }

  private moveColumn(by: 1 | -1): boolean {
    const at = this.columns.findIndex(({ id }) => id === this.active.column);
    const other = this.columns[at + by];
    if (at <= 0 || !other || other.id === 'command') return true;
    if (by === 1) this.events.move(other.id, this.active.column);
    else this.events.move(this.active.column, other.id);
    return true;
  }

  private openMenu(selected: TableRow | undefined): boolean {
    const box = this.activeCell()?.getBoundingClientRect();
    if (!box) return false;
    const place = { x: box.left + 8, y: box.bottom };
    if (this.active.row === HEADER) this.events.menu(this.active.column, place);
    else if (selected) this.events.rowMenu(selected, place);
    return true;
  }
}
