import type { SystemColumn, SystemRow, SystemTable } from '../../src/protocol/system.js';
import { element, setAttribute, setText } from '../shared/dom.js';
import { Grid } from '../shared/grid.js';
import { type GridRowView, isText, listOf } from '../shared/grid-shape.js';
import { GridTotals, type Total } from '../shared/grid-totals.js';
import { type MenuPlace, showMenu } from '../shared/menu.js';
import type { TableSorting } from './saved.js';
import { cellText, filteredRows, isUnknown, sortedRows, sumsOf } from './table-rows.js';

type Sums = Readonly<Record<string, string>>;

interface Column extends SystemColumn {
  /** The id that the host gave it. */
  readonly key: string;
}

/** The id of the first column of every table: it stays in sight. */
const FIRST = 'first';

export interface DataGridActions {
  sort(table: string, sorting: TableSorting): void;
  copy(text: string): void;
  showMap(process: NonNullable<SystemRow['process']>): void;
  showTrend(process: NonNullable<SystemRow['process']>): void;
  /** A target, whose processes have pages. */
  isLive(): boolean;
}

const LEAST_WIDTH = 48;
const NARROW = 560;

/** One table at a time, sorted by its columns and filtered. */
export class DataGrid {
  readonly element: HTMLElement;
  private readonly area: HTMLElement;
  private readonly empty = element('p', { class: 'grid-empty', attributes: { role: 'status', hidden: true } });
  private readonly grid: Grid<SystemRow, Column, SystemTable, DataRowView, Total<Sums>>;
  private readonly widths = new Map<string, number>();
  /** As the user has sorted tables since the page was opened, by their names. */
  private readonly sortings = new Map<string, TableSorting>();
  /** Those of the table that is shown. */
  private readonly words = {
    first: FIRST,
    one: 'row',
    many: 'rows',
    text: ({ key }: Column, sums: Sums): string => sums[key] ?? '',
    note: () => undefined,
  };
  private name = '';
  private table: SystemTable | undefined;
  private sorting: TableSorting = { column: '', descending: true };
  private filter = '';
  private started = false;

  constructor(private readonly actions: DataGridActions) {
    this.grid = new Grid<SystemRow, Column, SystemTable, DataRowView, Total<Sums>>(
      {
        label: 'Table',
        first: FIRST,
        makeRow: (columns) => new DataRowView(columns),
        isGroup: () => false,
        isExpanded: () => false,
        totals: new GridTotals<Column, Sums>(this.words),
      },
      {
        sort: (column) => this.sort(column),
        widen: (column, width) => this.widen(column, width),
        move: () => undefined,
        menu: () => undefined,
        toggle: () => undefined,
        activate: (row) => {
          if (row.process !== undefined && actions.isLive()) actions.showMap(row.process);
        },
        click: () => undefined,
        rowMenu: (row, place) => this.menu(row, place),
        key: (event, row) => this.onKey(event, row),
        note: (row, column) => this.note(row, column),
        pointed: () => undefined,
        keyUsed: () => undefined,
      },
    );
    this.area = element('div', { class: 'grid-area' }, this.grid.root);
    this.element = element('div', { class: 'data-grid' }, this.area, this.empty);
    new ResizeObserver(() => this.drawColumns()).observe(this.area);
  }

  /** `name`: the same for tables of one kind, whose sorting is kept. */
  show(name: string, table: SystemTable, kept: TableSorting | undefined, filter: string): void {
    if (!this.started) {
      this.started = true;
      this.grid.start();
    }
    // Rows of another table have other columns.
    if (name !== this.name) this.grid.setRows(listOf<SystemRow>([]), table, [], false);
    this.name = name;
    this.table = table;
    [this.words.one, this.words.many] = table.words;
    this.filter = filter;
    const sorting = this.sortings.get(name) ?? kept;
    const known = sorting !== undefined && table.columns.some(({ id }) => id === sorting.column);
    this.sorting = known ? sorting : { column: table.sortedBy, descending: true };
    setAttribute(this.grid.root, 'aria-label', table.title);
    this.arrange();
  }

  focus(): void {
    this.grid.focus();
  }

  private arrange(): void {
    const { table } = this;
    if (table === undefined) return;
    this.drawColumns();
    const found = filteredRows(table, this.filter);
    const rows = sortedRows(table, found, this.sorting);
    this.area.hidden = rows.length === 0;
    this.empty.hidden = rows.length > 0;
    setText(
      this.empty,
      rows.length > 0 ? '' : table.rows.length === 0 ? `There are no ${table.words[1]}.` : 'Nothing matches the filter.',
    );
    const label = rows.length < table.rows.length ? 'Shown' : 'All';
    this.grid.setRows(listOf(rows), table, [{ label, count: rows.length, sums: sumsOf(table, rows) }], false);
  }

  private drawColumns(): void {
    const { table } = this;
    if (table === undefined) return;
    const columns = columnsOf(table);
    const isNarrow = this.area.clientWidth < NARROW;
    const widths = columns.map(
      (column, at) => this.widths.get(`${this.name} ${column.key}`) ?? (at === 0 ? (isNarrow ? 130 : 230) : usualWidth(column)),
    );
    const at = table.columns.findIndex(({ id }) => id === this.sorting.column);
    this.grid.setColumns(columns, widths, { column: columns[at]?.id ?? FIRST, descending: this.sorting.descending });
  }

  private keyOf(column: string): SystemColumn | undefined {
    const { table } = this;
    return table?.columns[columnsOf(table).findIndex(({ id }) => id === column)];
  }

  private sort(column: string): void {
    const told = this.keyOf(column);
    if (told === undefined) return;
    const isSame = this.sorting.column === told.id;
    this.sorting = { column: told.id, descending: isSame ? !this.sorting.descending : told.unit !== 'text' };
    this.sortings.set(this.name, this.sorting);
    this.actions.sort(this.name, this.sorting);
    this.arrange();
  }

  private widen(column: string, width: number): void {
    const told = this.keyOf(column);
    if (told === undefined) return;
    this.widths.set(`${this.name} ${told.id}`, Math.max(LEAST_WIDTH, Math.round(width)));
    this.drawColumns();
  }

  private onKey(event: KeyboardEvent, row: SystemRow | undefined): boolean {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'c' || row === undefined) return false;
    this.actions.copy(this.rowText(row));
    return true;
  }

  private menu(row: SystemRow, place: MenuPlace): void {
    const { process } = row;
    const { actions } = this;
    const isOff = process === undefined || !actions.isLive();
    showMenu(
      'Row',
      [
        ...(process === undefined
          ? []
          : [
              { label: 'Show Memory Map', keys: 'Enter', disabled: isOff, run: () => actions.showMap(process) },
              { label: 'Show Trend', disabled: isOff, run: () => actions.showTrend(process) },
              { separator: true } as const,
            ]),
        { label: 'Copy Row', keys: 'Ctrl+C', run: () => actions.copy(this.rowText(row)) },
        { label: 'Copy Table', run: () => actions.copy(this.tableText()) },
      ],
      place,
    );
  }

  private rowText({ cells }: SystemRow): string {
    return (this.table?.columns ?? []).map((column, at) => cellText(cells[at], column)).join('\t');
  }

  private tableText(): string {
    const { table } = this;
    if (table === undefined) return '';
    const rows = sortedRows(table, filteredRows(table, this.filter), this.sorting);
    return [table.columns.map(({ label }) => label).join('\t'), ...rows.map((row) => this.rowText(row))].join('\n');
  }

  private note({ cells }: SystemRow, column: Column): string {
    const at = this.table === undefined ? -1 : columnsOf(this.table).findIndex(({ id }) => id === column.id);
    const told = this.table?.columns[at];
    return told === undefined ? '' : `${told.label}: ${cellText(cells[at], told)}`;
  }
}

/** The same objects for the same columns: a table keeps its place while only values change. */
const made = new Map<string, readonly Column[]>();

function columnsOf({ columns }: SystemTable): readonly Column[] {
  const key = JSON.stringify(columns.map(({ id, label }) => [id, label]));
  const there = made.get(key);
  if (there !== undefined) return there;
  const keyed = columns.map((column, at) => ({ ...column, key: column.id, id: at === 0 ? FIRST : `c-${column.id}` }));
  made.set(key, keyed);
  return keyed;
}

/** Of the longest that stands there: `+1023.9 MiB`, `1023.9 MiB`, `1,234,567`. */
const WIDTHS: Readonly<Record<SystemColumn['unit'], number>> = { text: 150, change: 104, bytes: 92, count: 84, percent: 84 };

const usualWidth = ({ unit, label }: SystemColumn): number => Math.max(WIDTHS[unit], 34 + label.length * 8);

/** One row on the screen. */
class DataRowView implements GridRowView<SystemRow, SystemTable> {
  readonly root = element('div', { class: 'row data-row', attributes: { role: 'row' } });
  readonly cells: readonly HTMLElement[];
  row: SystemRow | undefined;
  private readonly name = element('span', { class: 'name' });

  constructor(private readonly columns: readonly Column[]) {
    this.cells = columns.map((column, at) =>
      at === 0
        ? element('div', { class: 'cell first', attributes: { role: 'rowheader', tabindex: -1 } }, this.name)
        : element('div', {
            class: `cell ${isText(column) ? 'text' : 'number'}`,
            attributes: { role: 'gridcell', tabindex: -1 },
          }),
    );
    this.root.append(...this.cells);
  }

  show(row: SystemRow, table: SystemTable): void {
    this.row = row;
    const largest = largestOf(table);
    for (const at of this.columns.keys()) {
      const cell = this.cells[at]!;
      const column = table.columns[at]!;
      const value = row.cells[at];
      const text = cellText(value, column);
      setText(at === 0 ? this.name : cell, text);
      cell.classList.toggle('unknown', isUnknown(value));
      setAttribute(cell, 'aria-label', isUnknown(value) ? 'not told' : undefined);
      const isChief = column.id === table.sortedBy && typeof value === 'number' && largest > 0;
      const share = isChief ? Math.min(1, Math.abs(value) / largest) : 0;
      cell.classList.toggle('bar', share >= 0.005);
      cell.style.setProperty('--share', share.toFixed(3));
    }
  }
}

const largestMade = new WeakMap<SystemTable, number>();

/** The largest value of the column that the table is sorted by at first. */
function largestOf(table: SystemTable): number {
  let largest = largestMade.get(table);
  if (largest === undefined) {
    const at = table.columns.findIndex(({ id }) => id === table.sortedBy);
    largest = table.rows.reduce((most, { cells }) => {
      const value = cells[at];
      return typeof value === 'number' ? Math.max(most, Math.abs(value)) : most;
    }, 0);
    largestMade.set(table, largest);
  }
  return largest;
}
