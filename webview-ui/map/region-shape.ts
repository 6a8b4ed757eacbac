import type { MapTable } from '../../src/model/map-table.js';

/**
 * What the pages of a mapping are, in the order in which they fill it: written or as on disk, of this process alone or shared; `resident`
 * where the form tells no more than RSS. What is left of the size is not in memory.
 */
export const PARTS = ['private-dirty', 'private-clean', 'shared-dirty', 'shared-clean', 'resident', 'swapped'] as const;

export type Part = (typeof PARTS)[number];

/** The figures of smaps that a part is the sum of; pages of hugetlbfs are in memory, though Rss does not count them. */
const FIGURES_OF: Readonly<Record<Exclude<Part, 'resident'>, readonly string[]>> = {
  'private-dirty': ['Private_Dirty', 'Private_Hugetlb'],
  'private-clean': ['Private_Clean'],
  'shared-dirty': ['Shared_Dirty', 'Shared_Hugetlb'],
  'shared-clean': ['Shared_Clean'],
  swapped: ['Swap'],
};

/** The residency of mappings, read from the columns of a map again and again while it is drawn. */
export class RegionShapes {
  /** Whether the form tells anything of it at all. */
  readonly told: boolean;
  /** Whether it tells private from shared and clean from written. */
  readonly detailed: boolean;
  private readonly columns: readonly (readonly Float64Array[])[];

  constructor(private readonly table: MapTable) {
    const { figures } = table;
    this.detailed = figures['Private_Dirty'] !== undefined;
    this.told = this.detailed || figures['Rss'] !== undefined;
    const named = (names: readonly string[]) => names.map((name) => figures[name]).filter((column) => column !== undefined);
    this.columns = PARTS.map((part) => {
      if (part === 'resident') return this.detailed ? [] : named(['Rss']);
      return this.detailed || part === 'swapped' ? named(FIGURES_OF[part]) : [];
    });
  }

  /** Bytes of each of PARTS; false: nothing is told of this one. */
  read(row: number, into: Float64Array): boolean {
    let told = false;
    for (let part = 0; part < PARTS.length; part++) {
      let bytes = 0;
      for (const column of this.columns[part]!) {
        const value = column[row]!;
        if (Number.isNaN(value)) continue;
        bytes += value;
        told = true;
      }
      into[part] = bytes;
    }
    return told;
  }

  /** Share of its size that is in memory, 0 to 1; NaN: not told. */
  residentShare(row: number): number {
    let bytes = 0;
    let told = false;
    for (let part = 0; part < PARTS.length - 1; part++) {
      for (const column of this.columns[part]!) {
        const value = column[row]!;
        if (Number.isNaN(value)) continue;
        bytes += value;
        told = true;
      }
    }
    return told ? Math.min(1, bytes / Math.max(1, this.table.end[row]! - this.table.start[row]!)) : Number.NaN;
  }
}
