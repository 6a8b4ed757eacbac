import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { element, setAttribute, setText } from '../shared/dom.js';
import type { ColumnId, ColumnSpec } from './columns.js';
import { GridHeader, type HeaderEvents } from './grid-header.js';
import { commandOf, type GridCommand } from './grid-keys.js';
import { GridTotals, type Total } from './grid-totals.js';
import type { MenuPlace } from './menu.js';
import { isGroup, type Sorting, type TableRow } from './process-table.js';
import type { RowAction } from './row-actions.js';
import { type RowContext, RowView } from './row-view.js';

export const ROW_HEIGHT = 22;
const HEADER_HEIGHT = 26;
/** Rows made above and below those that are seen, so that a short scroll finds them there. */
const OVERSCAN = 6;
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

/**
 * The table on the screen, by the grid pattern of ARIA. Only rows in sight have elements; an element belongs to a process, and moves
 * with it when the order changes. One cell is active: it alone can be reached by Tab.
 */
export class Grid {
  readonly root: HTMLElement;
  readonly header: GridHeader;
  readonly body = element('div', { class: 'body', attributes: { role: 'rowgroup' } });
  private readonly totals = new GridTotals();
  private readonly content: HTMLElement;
  private readonly note = element('div', { class: 'visually-hidden', id: 'cell-note' });
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  private readonly views = new Map<string, RowView>();
  private readonly viewOf = new WeakMap<Element, RowView>();
  private readonly spare: RowView[] = [];
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
    this.virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count: 0,
      getScrollElement: () => this.root,
      estimateSize: () => ROW_HEIGHT,
      overscan: OVERSCAN,
      scrollMargin: HEADER_HEIGHT,
      scrollPaddingStart: HEADER_HEIGHT,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: () => this.render(false),
    });
    this.listen();
  }

  /** Once it is in the page. */
  start(): void {
    this.virtualizer._didMount();
    this.virtualizer._willUpdate();
  }

  setColumns(columns: readonly ColumnSpec[], widths: readonly number[], sorting: Sorting): void {
    const same = columns.length === this.columns.length && columns.every((column, at) => column === this.columns[at]);
    this.root.style.setProperty(
      '--columns',
      widths.map((width, at) => (at === 0 ? `minmax(${width}px, 1fr)` : `${width}px`)).join(' '),
    );
    this.root.style.setProperty('--total-width', `${widths.reduce((sum, width) => sum + width, 0)}px`);
    this.root.style.setProperty('--first-width', `${widths[0] ?? 0}px`);
    const focused = this.hasFocus;
    this.header.show(columns, sorting);
    if (same) return;
    this.columns = columns;
    for (const view of this.views.values()) view.root.remove();
    this.views.clear();
    this.spare.length = 0;
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
    this.virtualizer.setOptions({
      ...this.virtualizer.options,
      count: rows.length,
      scrollPaddingEnd: totals.length * ROW_HEIGHT,
    });
    this.virtualizer._willUpdate();
    this.body.style.height = `${rows.length * ROW_HEIGHT}px`;
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
    this.virtualizer.scrollToIndex(index, { align: 'auto' });
    this.render(false);
    if (focus) this.focusActive();
  }

  focus(): void {
    this.settleActive();
    this.focusActive();
  }

  viewFor(id: string): RowView | undefined {
    return this.views.get(id);
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
    const { context } = this;
    if (!context || this.columns.length === 0) return;
    const indexes = this.indexesInSight();
    const wanted = new Set<string>();
    for (const index of indexes) {
      const row = this.rows[index];
      if (row) wanted.add(row.id);
    }
    for (const [id, view] of this.views) {
      if (wanted.has(id)) continue;
      this.views.delete(id);
      view.root.remove();
      this.spare.push(view);
      if (view === this.pointed) this.point(undefined);
    }
    const placed: HTMLElement[] = [];
    for (const index of indexes) {
      const row = this.rows[index];
      if (row) placed.push(this.place(row, index, context, refresh));
    }
    this.putInOrder(placed);
    this.markTabStop();
  }

  /** The active row keeps its element, and with it the focus, also out of sight. */
  private indexesInSight(): readonly number[] {
    const indexes = this.virtualizer.getVirtualItems().map(({ index }) => index);
    const active = this.indexOf.get(this.active.row);
    if (active !== undefined) {
      if (indexes[0] === undefined || active < indexes[0]) indexes.unshift(active);
      else if (active > indexes.at(-1)!) indexes.push(active);
    }
    return indexes;
  }

  /** The elements in the order in which they are seen, for who reads them one by one. That with the focus is not moved: it would lose it. */
  private putInOrder(placed: readonly HTMLElement[]): void {
    const focused = placed.findIndex((root) => root.contains(document.activeElement));
    const fixed = Math.max(0, focused);
    if (focused < 0 && placed[0] && this.body.firstElementChild !== placed[0]) this.body.prepend(placed[0]);
    for (let at = fixed - 1; at >= 0; at--) {
      if (placed[at]!.nextElementSibling !== placed[at + 1]!) placed[at + 1]!.before(placed[at]!);
    }
    for (let at = fixed + 1; at < placed.length; at++) {
      if (placed[at]!.previousElementSibling !== placed[at - 1]!) placed[at - 1]!.after(placed[at]!);
    }
  }

  private place(row: TableRow, index: number, context: RowContext, refresh: boolean): HTMLElement {
    let view = this.views.get(row.id);
    const fresh = view === undefined;
    if (!view) {
      view = this.spare.pop() ?? this.makeView();
      this.views.set(row.id, view);
    }
    if (fresh || refresh || view.row !== row) view.show(row, context);
    const top = `${index * ROW_HEIGHT}px`;
    if (view.root.style.top !== top) view.root.style.top = top;
    setAttribute(view.root, 'aria-rowindex', index + 2);
    const selected = row.id === this.active.row && this.active.index >= 0;
    view.root.classList.toggle('selected', selected);
    view.root.classList.toggle('odd', index % 2 === 1);
    setAttribute(view.root, 'aria-selected', selected ? 'true' : 'false');
    return view.root;
  }

  private makeView(): RowView {
    const view = new RowView(this.columns);
    this.viewOf.set(view.root, view);
    return view;
  }

  private activeCell(): HTMLElement | undefined {
    const at = this.columns.findIndex(({ id }) => id === this.active.column);
    return (this.active.row === HEADER ? this.header.cells : this.views.get(this.active.row)?.cells)?.[Math.max(0, at)];
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
    this.point(this.views.get(this.active.row));
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
    this.root.addEventListener('focusin', ({ target }) => this.takeFocus(target));
    this.body.addEventListener('click', (event) => {
      const view = this.viewAt(event.target);
      if (!view?.row || !(event.target instanceof Element)) return;
      const lead = event.target.closest('.lead') !== null;
      if (isGroup(view.row)) {
        if (lead || event.target.closest('.command')) this.events.toggle(view.row);
      } else if (lead) this.events.act('toggle-watch', view.row);
    });
    this.body.addEventListener('dblclick', (event) => {
      const view = this.viewAt(event.target);
      if (event.target instanceof Element && event.target.closest('button')) return;
      if (view?.row && !isGroup(view.row)) this.events.act('show-trend', view.row);
    });
    this.body.addEventListener('contextmenu', (event) => {
      const row = this.viewAt(event.target)?.row;
      if (!row) return;
      event.preventDefault();
      this.events.rowMenu(row, { x: event.clientX, y: event.clientY });
    });
    this.body.addEventListener('pointerover', ({ target }) => {
      const view = this.viewAt(target);
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

  private viewAt(target: EventTarget | null): RowView | undefined {
    const row = target instanceof Element ? target.closest('.body > .row') : undefined;
    return row ? this.viewOf.get(row) : undefined;
  }

  /** A click, or Tab, makes a cell the active one. */
  private takeFocus(target: EventTarget | null): void {
    if (!(target instanceof Element)) return;
    const headerAt = this.header.cells.findIndex((cell) => cell.contains(target));
    const view = this.viewAt(target);
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
