import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import type { MapTable, TextColumn } from '../../src/model/map-table.js';
import { SEGMENTS } from '../../src/model/segment.js';
import type { RegionGrowth } from '../../src/protocol/map.js';
import type { Words } from './map-model.js';
import { segmentLabel } from './region-shape-words.js';

export type GrowthLine = RegionGrowth['lines'][number];

/** Letters before case; locale rules cost fifty times as much. */
function compareText(a: string, b: string): number {
  const x = a.toLowerCase();
  const y = b.toLowerCase();
  if (x !== y) return x < y ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Of each text its place in the alphabet; NaN: it is empty. */
export function ranksOf(texts: readonly string[]): Float64Array {
  const ranks = new Float64Array(texts.length).fill(Number.NaN);
  const order = Array.from(texts, (_, at) => at).sort((a, b) => compareText(texts[a]!, texts[b]!));
  let rank = 0;
  order.forEach((at, place) => {
    if (place > 0 && texts[at] !== texts[order[place - 1]!]) rank++;
    if (texts[at] !== '') ranks[at] = rank;
  });
  return ranks;
}

/** A map as the table reads it: by row, and with what is made of it only when a column asks. */
export class RegionData {
  readonly table: MapTable;
  private readonly growth: ReadonlyMap<number, GrowthLine>;
  private readonly ranks = new Map<readonly string[], Float64Array>();
  private segments: Float64Array | undefined;

  constructor(
    readonly words: Words,
    readonly snapshot: MapSnapshot,
    readonly grown: RegionGrowth | undefined,
  ) {
    this.table = snapshot.table;
    this.growth = new Map(grown?.lines.map((line) => [line.row, line]));
  }

  get length(): number {
    return this.table.length;
  }

  /** Undefined: this region was not followed. */
  growthOf(row: number): GrowthLine | undefined {
    return this.growth.get(row);
  }

  /** Place of a row's text in the alphabet; NaN: it has none. */
  rankOf({ index, texts }: TextColumn, row: number): number {
    let ranks = this.ranks.get(texts);
    if (ranks === undefined) {
      ranks = ranksOf(texts);
      this.ranks.set(texts, ranks);
    }
    return ranks[index[row] ?? 0] ?? Number.NaN;
  }

  segmentRank(row: number): number {
    this.segments ??= ranksOf(SEGMENTS.map((segment) => segmentLabel(this.words, segment)));
    return this.segments[this.snapshot.classes.segment[row] ?? 0] ?? Number.NaN;
  }

  /** A region is known by where it begins, in this map and the next; `#` tells apart what begins at the same place. */
  idOf(row: number): string {
    const { start } = this.table;
    return row > 0 && start[row - 1] === start[row] ? `${start[row]}#${row}` : `${start[row]}`;
  }

  /** Undefined: there is none any more. */
  rowOf(id: string): number | undefined {
    const [start, twin] = id.split('#').map(Number) as [number, number?];
    if (twin !== undefined) return this.table.start[twin] === start && twin < this.length ? twin : undefined;
    const row = this.rowFrom(start);
    return row < this.length && this.table.start[row] === start ? row : undefined;
  }

  /** The first row that begins at or above the address; `length`: none does. */
  rowFrom(address: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.table.start[middle] as number) < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
