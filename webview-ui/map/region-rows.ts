import type { Segment } from '../../src/model/segment.js';
import type { RowList } from '../shared/grid-shape.js';
import type { RegionData } from './region-data.js';
import type { RegionGroup } from './region-groups.js';
import type { RegionSums } from './region-sums.js';

export interface RegionRow {
  readonly id: string;
  readonly parentId?: string;
  readonly row: number;
}

interface GroupRow {
  readonly id: string;
  readonly parentId?: undefined;
  readonly group: RegionGroup;
  readonly expanded: boolean;
}

/** A line of the table. */
export type TableRow = RegionRow | GroupRow;

export const isGroup = (row: TableRow): row is GroupRow => 'group' in row;

/** What the rows of one map are drawn with. */
export interface RowContext {
  readonly data: RegionData;
  readonly all: RegionSums;
  readonly colourOf: (segment: Segment) => string;
}

/** Of `entries`: a group is told by a number below 0. */
const groupAt = (entry: number): number => -1 - entry;

/** The lines of the table from top to bottom: numbers only. A line becomes an object when it comes into sight. */
export class RegionRows implements RowList<TableRow> {
  readonly length: number;
  private readonly entries: Int32Array;
  private readonly made = new Map<number, TableRow>();
  private readonly groupIndexes = new Map<string, number>();
  private places: Int32Array | undefined;

  /** @param rows in their order; of `groups`, where there are any, only how many of them are shown matters */
  constructor(
    private readonly data: RegionData,
    rows: Uint32Array,
    private readonly groups: readonly RegionGroup[],
    private readonly isExpanded: (id: string) => boolean,
  ) {
    if (groups.length === 0) this.entries = Int32Array.from(rows);
    else {
      const shown = groups.reduce((sum, { id, sums }) => sum + 1 + (isExpanded(id) ? sums.rows.length : 0), 0);
      this.entries = new Int32Array(shown);
      let at = 0;
      groups.forEach(({ id, sums }, index) => {
        this.groupIndexes.set(id, at);
        this.entries[at++] = -1 - index;
        if (!isExpanded(id)) return;
        this.entries.set(sums.rows, at);
        at += sums.rows.length;
      });
    }
    this.length = this.entries.length;
  }

  at(index: number): TableRow | undefined {
    const entry = this.entries[index];
    if (entry === undefined) return undefined;
    let row = this.made.get(entry);
    if (row === undefined) {
      row = entry < 0 ? this.groupRow(groupAt(entry)) : this.regionRow(entry, index);
      this.made.set(entry, row);
    }
    return row;
  }

  indexOf(id: string): number | undefined {
    const group = this.groupIndexes.get(id);
    if (group !== undefined || id.startsWith('group ')) return group;
    const row = this.data.rowOf(id);
    return row === undefined ? undefined : this.placeOf(row);
  }

  /** Undefined: it is filtered out, or in a group that is folded. */
  placeOf(row: number): number | undefined {
    if (this.places === undefined) {
      this.places = new Int32Array(this.data.length).fill(-1);
      for (let at = 0; at < this.length; at++) if (this.entries[at]! >= 0) this.places[this.entries[at]!] = at;
    }
    const place = this.places[row] ?? -1;
    return place < 0 ? undefined : place;
  }

  /** The regions between two lines, from the first to the second. */
  between(from: number, to: number): readonly number[] {
    const part = [...this.entries.subarray(Math.min(from, to), Math.max(from, to) + 1)].filter((entry) => entry >= 0);
    return from <= to ? part : part.reverse();
  }

  private groupRow(index: number): GroupRow {
    const group = this.groups[index]!;
    return { id: group.id, group, expanded: this.isExpanded(group.id) };
  }

  private regionRow(row: number, index: number): RegionRow {
    const id = this.data.idOf(row);
    if (this.groups.length === 0) return { id, row };
    let above = index;
    while (above > 0 && this.entries[above]! >= 0) above--;
    return { id, row, parentId: this.groups[groupAt(this.entries[above]!)]!.id };
  }
}
