import type { MapSnapshot } from '../../model/map-snapshot.js';
import type { MapAmounts } from '../../model/map-table.js';
import { SEGMENTS, type Segment } from '../../model/segment.js';
import { amountsOf } from './amounts.js';

interface Sum {
  readonly count: number;
  readonly amounts: MapAmounts;
}

/** Sums of a whole map and of its parts; MapTotals of protocol/map.ts. */
export interface TotalsOfMap {
  readonly whole: MapAmounts;
  /** In the order of SEGMENTS; segments that the map has none of are left out. */
  readonly bySegment: readonly (Sum & { readonly segment: Segment })[];
  /**
   * By path as the map has it, largest RSS (or size, where that is not told) first. Only mappings of the file itself: a library's bss is anonymous
   * memory, and counted by its segment.
   */
  readonly byFile: readonly (Sum & { readonly file: string })[];
}

/**
 * The sums of smaps over its mappings, as pmap(1) makes them. The kernel rounds the Pss of each mapping down to KiB, so the sum may be
 * less than that of smaps_rollup by up to 1 KiB for each mapping.
 */
export function mapTotals({ table, classes }: Pick<MapSnapshot, 'table' | 'classes'>): TotalsOfMap {
  const rowsOfSegment = SEGMENTS.map((): number[] => []);
  const rowsOfFile = table.path.texts.map((): number[] => []);
  for (let row = 0; row < table.length; row++) {
    rowsOfSegment[classes.segment[row]!]?.push(row);
    rowsOfFile[table.path.index[row]!]!.push(row);
  }
  const bySegment = rowsOfSegment.flatMap((rows, index) =>
    rows.length === 0 ? [] : [{ segment: SEGMENTS[index]!, count: rows.length, amounts: amountsOf(table, rows) }],
  );
  const byFile = rowsOfFile.flatMap((rows, index) => {
    const file = table.path.texts[index]!;
    return rows.length === 0 || file === '' || file.startsWith('[')
      ? []
      : [{ file, count: rows.length, amounts: amountsOf(table, rows) }];
  });
  const weight = ({ amounts }: Sum): number => amounts.rss ?? amounts.size;
  return { whole: amountsOf(table), bySegment, byFile: byFile.sort((a, b) => weight(b) - weight(a)) };
}
