import type { GridColumn, GridRow, RowList } from './grid-shape.js';

/** Stands for the header among the ids of rows. */
const HEADER = 'header';

/** The active cell of a grid. It is known by the ids of its row and column, so that it stays when they move. */
export class GridCursor<Row extends GridRow, Column extends GridColumn> {
  columns: readonly Column[] = [];
  column: Column['id'];
  /** Where the row stood last; below 0: nobody has chosen a cell yet. */
  place = -1;
  private row = HEADER;
  private shown: RowList<Row>;

  constructor(firstColumn: Column['id']) {
    this.column = firstColumn;
    this.shown = { length: 0, at: () => undefined, indexOf: () => undefined };
  }

  get rows(): RowList<Row> {
    return this.shown;
  }

  /** A row that is gone hands over to the one that took its place. */
  set rows(rows: RowList<Row>) {
    this.shown = rows;
    this.settle();
  }

  get inHeader(): boolean {
    return this.row === HEADER;
  }

  /** Of the row; undefined in the header. */
  get index(): number | undefined {
    return this.inHeader ? undefined : this.shown.indexOf(this.row);
  }

  get selected(): Row | undefined {
    const at = this.index;
    return at === undefined ? undefined : this.shown.at(at);
  }

  /** Below 0: the column is not shown. */
  get columnIndex(): number {
    return this.columns.findIndex(({ id }) => id === this.column);
  }

  get isChosen(): boolean {
    return this.place >= 0;
  }

  toHeader(): void {
    this.row = HEADER;
    this.place = 0;
  }

  /** Undefined: there is no such row. */
  toRow(id: string): number | undefined {
    const index = this.shown.indexOf(id);
    if (index === undefined) return undefined;
    this.row = id;
    this.place = index;
    return index;
  }

  /** At first, and after the row has gone. */
  settle(): void {
    if (this.inHeader && this.isChosen) return;
    const at = this.index;
    if (at !== undefined) this.place = at;
    else if (this.shown.length > 0) {
      const next = Math.min(Math.max(0, this.place), this.shown.length - 1);
      this.row = this.shown.at(next)!.id;
      if (this.isChosen) this.place = next;
    } else {
      this.row = HEADER;
      this.place = -1;
    }
  }
}
