import type { Sorting } from '../shared/grid-shape.js';
import type { RegionColumn } from './region-columns.js';
import type { RegionData } from './region-data.js';
import type { RegionFilter } from './region-filter.js';
import { type Grouping, groupRows, type RegionGroup } from './region-groups.js';
import { orderLike, sortRows } from './region-order.js';
import { RegionRows } from './region-rows.js';

export interface LinesChoice {
  readonly filter: RegionFilter;
  readonly column: RegionColumn;
  readonly sorting: Sorting;
  readonly grouping: Grouping;
}

/** Filter, order and groups of a map: lists of row numbers, made anew as a whole. Which groups are unfolded is kept from map to map. */
export class RegionLines {
  list: RegionRows;
  /** What the filter lets through, in its order. */
  rows: Uint32Array = new Uint32Array();
  /** How many could not be judged, since they don't tell what is asked. */
  notJudged = 0;
  groups: readonly RegionGroup[] = [];
  private readonly unfolded = new Set<string>();

  constructor(private data: RegionData) {
    this.list = this.listed();
  }

  /** @param hold rows that are there already stay where they are */
  update(data: RegionData, { filter, column, sorting, grouping }: LinesChoice, hold = false): void {
    const before = { data: this.data, rows: this.rows };
    this.data = data;
    const rows = sortRows(this.matching(filter), data, column, sorting);
    // By address nothing changes its place among the others.
    this.rows = hold && sorting.column !== 'start' ? orderLike(before, { data, rows }) : rows;
    this.groups = grouping === 'none' ? [] : groupRows(this.rows, grouping, data, column, sorting);
    this.list = this.listed();
  }

  fold(id: string, expanded: boolean): void {
    if (expanded) this.unfolded.add(id);
    else this.unfolded.delete(id);
    this.list = this.listed();
  }

  foldAll(expanded: boolean): void {
    for (const { id } of this.groups) {
      if (expanded) this.unfolded.add(id);
      else this.unfolded.delete(id);
    }
    this.list = this.listed();
  }

  /** These rows as they stand; what is filtered out comes last, by address. */
  inOrder(rows: Iterable<number>): readonly number[] {
    const left = new Set(rows);
    const standing = this.groups.length === 0 ? [this.rows] : this.groups.map(({ sums }) => sums.rows);
    const found = standing.flatMap((part) => [...part].filter((row) => left.delete(row)));
    return [...found, ...[...left].sort((a, b) => a - b)];
  }

  /** Undefined: the row is filtered out, or there are no groups. */
  groupOf(row: number): RegionGroup | undefined {
    return this.groups.find(({ sums }) => sums.rows.includes(row));
  }

  private listed(): RegionRows {
    return new RegionRows(this.data, this.rows, this.groups, (id) => this.unfolded.has(id));
  }

  private matching(filter: RegionFilter): Uint32Array {
    const rows = new Uint32Array(this.data.length);
    this.notJudged = 0;
    if (filter.empty) return rows.map((_, at) => at);
    let count = 0;
    for (let row = 0; row < this.data.length; row++) {
      const matches = filter.matches(row);
      if (matches === true) rows[count++] = row;
      else if (matches === undefined) this.notJudged++;
    }
    return rows.slice(0, count);
  }
}
