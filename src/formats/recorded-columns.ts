const MOST_COLUMNS = 1024;
const LONGEST_ID = 256;

/** The columns of one series of a recording, and the values that hold now. */
export class RecordedColumns {
  /** Only what is known. */
  readonly values = new Map<string, number>();
  private readonly columns: { readonly id: string; readonly scale: number }[] = [];

  /** A line `columns`: its ids have the numbers from `first` on, and are unknown until they are told. */
  tell(first: unknown, ids: unknown, scales: unknown): 'bad-line' | 'unknown-column' | 'too-many' | undefined {
    if (!Number.isSafeInteger(first) || !Array.isArray(ids) || !Array.isArray(scales)) return 'bad-line';
    const start = first as number;
    if (start < 0 || ids.length !== scales.length || !ids.every(isId) || !scales.every(isScale)) return 'bad-line';
    // The columns before these were told in a line that is lost.
    if (start > this.columns.length) return 'unknown-column';
    if (start + ids.length > MOST_COLUMNS) return 'too-many';
    for (const [i, id] of ids.entries()) {
      const old = this.columns[start + i];
      if (old !== undefined) this.values.delete(old.id);
      this.values.delete(id);
      this.columns[start + i] = { id, scale: scales[i]! };
    }
    return undefined;
  }

  /** A row of a sample: [series, index, value, index, value, ...]. False: some of it was not understood. */
  change(row: readonly unknown[]): boolean {
    let good = row.length % 2 === 1;
    for (let i = 1; i + 1 < row.length; i += 2) {
      const column = typeof row[i] === 'number' ? this.columns[row[i] as number] : undefined;
      const told = row[i + 1];
      const value = typeof told === 'number' && column !== undefined ? told * column.scale : undefined;
      if (column === undefined) good = false;
      else if (value !== undefined && Number.isFinite(value)) this.values.set(column.id, value);
      else {
        this.values.delete(column.id);
        if (told !== null) good = false;
      }
    }
    return good;
  }
}

const isId = (id: unknown): id is string => typeof id === 'string' && id !== '' && id.length <= LONGEST_ID;
const isScale = (scale: unknown): scale is number => typeof scale === 'number' && scale > 0 && Number.isFinite(scale);
