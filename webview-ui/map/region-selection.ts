import { isGroup, type RegionRows } from './region-rows.js';

/** How a line is chosen, by what is held down. */
export interface SelectHow {
  /** Ctrl: the others stay. */
  readonly add: boolean;
  /** Shift: all from where the choice began. */
  readonly range: boolean;
}

/** Which regions are chosen. Rows of the map that is shown; the first one leads. */
export class RegionSelection {
  private chosen: ReadonlySet<number> = new Set();
  /** Id of the line where a range begins. */
  private anchor: string | undefined;

  get rows(): readonly number[] {
    return [...this.chosen];
  }

  get size(): number {
    return this.chosen.size;
  }

  has(row: number): boolean {
    return this.chosen.has(row);
  }

  /** From elsewhere. */
  set(rows: Iterable<number>): void {
    this.chosen = new Set(rows);
  }

  /** Where the next range begins. */
  begin(id: string | undefined): void {
    this.anchor = id;
  }

  /** The rows that are chosen when the line at `index` is, the one that leads first. A group can only end a range. */
  choose(list: RegionRows, index: number, { add, range }: SelectHow): readonly number[] {
    const from = range && this.anchor !== undefined ? list.indexOf(this.anchor) : undefined;
    if (from !== undefined) {
      // The line that was reached leads.
      const reached = list.between(index, from);
      return add ? [...new Set([...reached, ...this.chosen])] : reached;
    }
    const line = list.at(index);
    if (line === undefined || isGroup(line)) return this.rows;
    const { id, row } = line;
    this.anchor = id;
    if (!add) return [row];
    return this.chosen.has(row) ? this.rows.filter((one) => one !== row) : [row, ...this.chosen];
  }
}
