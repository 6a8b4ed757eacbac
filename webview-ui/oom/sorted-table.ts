import { formatCount } from '../../src/base/units.js';
import { element, icon, setAttribute, setChildren } from '../shared/dom.js';
import { StackBox } from '../shared/stack-box.js';

export interface SortedColumn<Row> {
  readonly id: string;
  readonly title: string;
  /** What the column is, on hover. */
  readonly what?: string;
  readonly cell: (row: Row) => Node | string;
  /** What rows are ordered by; absent: they can't be. */
  readonly key?: (row: Row) => number | string;
  /** Numbers stand on the right, and the largest comes first. */
  readonly isNumber?: boolean;
  /** Where rows are blocks: `lead` is what a row is about, `beside` stands with it, `line` has a line of its own. */
  readonly place?: 'lead' | 'beside' | 'line';
}

interface SortedTableOptions<Row> {
  readonly label: string;
  readonly columns: readonly SortedColumn<Row>[];
  /** The order at first; absent: as the rows come. */
  readonly sort?: string;
  readonly rowClass?: (row: Row) => string;
}

/** More are drawn when they are asked for. */
const FIRST_ROWS = 100;

/** A table whose columns order it. */
export class SortedTable<Row> {
  private readonly box = new StackBox();
  readonly element = this.box.element;
  private readonly table: HTMLElement;
  private readonly head = element('tr');
  private readonly body = element('tbody');
  private readonly more = element('button', {
    class: 'text-button',
    attributes: { type: 'button', hidden: true },
    on: { click: () => this.showAll() },
  });
  private readonly buttons = new Map<string, { readonly cell: HTMLElement; readonly sign: HTMLElement }>();
  private rows: readonly Row[] = [];
  private sort: string | undefined;
  private isTurned = false;
  private most = FIRST_ROWS;

  constructor(private readonly options: SortedTableOptions<Row>) {
    this.sort = options.sort;
    const { label, columns } = options;
    setChildren(this.head, ...columns.map((column) => this.heading(column)));
    this.table = element(
      'table',
      { class: 'oom-table', attributes: { 'aria-label': label } },
      element('thead', {}, this.head),
      this.body,
    );
    this.box.show(this.table, this.more);
  }

  show(rows: readonly Row[]): void {
    this.rows = rows;
    this.draw();
  }

  private heading(column: SortedColumn<Row>): HTMLElement {
    const { id, title, what, key, isNumber } = column;
    const sign = element('span', { class: 'sign' });
    const cell = element('th', { class: isNumber === true ? 'number' : '', attributes: { scope: 'col', title: what } });
    if (key === undefined) cell.append(title);
    else {
      cell.append(
        element('button', { class: 'sort', attributes: { type: 'button' }, on: { click: () => this.orderBy(id) } }, title, sign),
      );
    }
    this.buttons.set(id, { cell, sign });
    return cell;
  }

  private orderBy(id: string): void {
    this.isTurned = this.sort === id ? !this.isTurned : false;
    this.sort = id;
    this.draw();
  }

  private showAll(): void {
    this.most = Number.POSITIVE_INFINITY;
    this.draw();
  }

  private draw(): void {
    const { columns, rowClass } = this.options;
    const ordered = this.ordered();
    for (const { id, isNumber } of columns) {
      const told = this.buttons.get(id);
      if (told === undefined) continue;
      const isDown = (isNumber === true) !== this.isTurned;
      const isSorted = id === this.sort;
      setAttribute(told.cell, 'aria-sort', isSorted ? (isDown ? 'descending' : 'ascending') : undefined);
      setChildren(told.sign, isSorted && icon(isDown ? 'arrow-down' : 'arrow-up'));
    }
    const shown = ordered.slice(0, this.most);
    setChildren(
      this.body,
      ...shown.map((row) => element('tr', { class: rowClass?.(row) ?? '' }, ...columns.map((column) => cellOf(column, row)))),
    );
    this.box.fit();
    const hidden = ordered.length - shown.length;
    this.more.hidden = hidden <= 0;
    this.more.textContent = `Show ${formatCount(hidden, 'more row')}`;
  }

  private ordered(): readonly Row[] {
    const column = this.options.columns.find(({ id }) => id === this.sort);
    const key = column?.key;
    if (column === undefined || key === undefined) return this.rows;
    const turn = (column.isNumber === true) !== this.isTurned ? -1 : 1;
    return [...this.rows].sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      return turn * (typeof x === 'string' || typeof y === 'string' ? `${x}`.localeCompare(`${y}`) : x - y);
    });
  }
}

function cellOf<Row>({ cell, isNumber, place, title }: SortedColumn<Row>, row: Row): HTMLElement {
  const properties = {
    class: [isNumber === true && 'number', place].filter(Boolean).join(' '),
    attributes: { 'data-title': place === undefined ? title : undefined, scope: place === 'lead' ? 'row' : undefined },
  };
  return element(place === 'lead' ? 'th' : 'td', properties, cell(row));
}
