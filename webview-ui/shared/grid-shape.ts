/** A row of a grid: it is known by its id, wherever it stands. */
export interface GridRow {
  readonly id: string;
  /** Of the group that it is in. */
  readonly parentId?: string | undefined;
}

export interface GridColumn {
  readonly id: string;
  /** Of the header. */
  readonly label: string;
  /** One sentence: what it holds. */
  readonly definition: string;
  readonly unit: string;
}

/** Texts stand at the left, numbers at the right. Addresses are read as names. */
export const isText = ({ unit }: GridColumn): boolean => unit === 'text' || unit === 'growth' || unit === 'address';

/** The rows in their order. Not all of them need to exist before they are asked for. */
export interface RowList<Row> {
  readonly length: number;
  at(index: number): Row | undefined;
  indexOf(id: string): number | undefined;
}

export function listOf<Row extends GridRow>(rows: readonly Row[]): RowList<Row> {
  const indexes = new Map(rows.map((row, at) => [row.id, at]));
  return { length: rows.length, at: (index) => rows[index], indexOf: (id) => indexes.get(id) };
}

export interface Sorting<Id extends string = string> {
  readonly column: Id;
  readonly descending: boolean;
}

/** One row on the screen. It is made once and then only changed where its text differs. */
export interface GridRowView<Row, Context> {
  readonly root: HTMLElement;
  readonly cells: readonly HTMLElement[];
  row: Row | undefined;
  show(row: Row, context: Context): void;
}
