import type { RegionColumn } from './region-columns.js';
import type { RegionData } from './region-data.js';

export interface RegionSum {
  /** Of the values that are told. */
  readonly total: number;
  /** Regions that don't tell it. */
  readonly unknown: number;
  readonly largest: number;
}

/** What can be added up of these regions. Nothing is added up before it is asked for. */
export class RegionSums {
  private readonly sums = new Map<string, RegionSum>();

  constructor(
    private readonly data: RegionData,
    readonly rows: Uint32Array,
  ) {}

  /** Undefined: of this column a sum says nothing, or nothing is told. */
  get(column: RegionColumn): RegionSum | undefined {
    if (!column.summed) return undefined;
    let sum = this.sums.get(column.id);
    if (sum === undefined) {
      sum = this.add(column);
      this.sums.set(column.id, sum);
    }
    return sum;
  }

  private add({ number }: RegionColumn): RegionSum {
    let total = 0;
    let unknown = 0;
    let largest = 0;
    for (const row of this.rows) {
      const value = number(this.data, row);
      if (Number.isNaN(value)) unknown++;
      else {
        total += value;
        if (value > largest) largest = value;
      }
    }
    return { total, unknown, largest };
  }
}
