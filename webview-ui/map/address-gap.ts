import type { MapSnapshot } from '../../src/model/map-snapshot.js';
import { addressText, type MapTable } from '../../src/model/map-table.js';
import { type Fact, sizeInPages } from './details-facts.js';
import { type Gap, segmentOf, type Words } from './map-model.js';
import { regionName, segmentLabel } from './region-shape-words.js';

/** From here on the addresses of 64 bits are the kernel's own. */
const UPPER_HALF = 2 ** 63;

/** The mapping that ends the gap; `length`: there is none. */
export function rowAbove({ length, end }: Pick<MapTable, 'length' | 'end'>, { to }: Gap): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (end[middle]! >= to) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What is left of a gap in another map: its upper part where something was mapped into it; undefined: nothing. */
export function gapLeft(table: MapTable, gap: Gap): Gap | undefined {
  const row = rowAbove(table, gap);
  const from = row === 0 ? 0 : table.end[row - 1]!;
  const to = table.start[row] ?? Number.NaN;
  return from < to && from < gap.to && to > gap.from ? { from, to } : undefined;
}

export const gapRange = ({ from, to }: Gap): string => `${addressText(from)}-${addressText(to)}`;

/** What it means that nothing is mapped there. */
export function gapMeaning(snapshot: MapSnapshot, gap: Gap): string {
  const above = rowAbove(snapshot.table, gap);
  const isAt = (row: number, segment: string): boolean =>
    row >= 0 && row < snapshot.table.length && segmentOf(snapshot, row) === segment;
  return [
    'Addresses between the mappings: nothing is there, and they take no memory. A program that touches one of them gets SIGSEGV.',
    ...(gap.from === 0 ? ['It holds address 0, so that the use of a null pointer is caught.'] : []),
    ...(isAt(above - 1, 'heap') ? ['The heap below it grows into it.'] : []),
    ...(isAt(above, 'main-stack') ? ['The main stack above it grows down into it.'] : []),
    ...(gap.to > UPPER_HALF ? [`From ${addressText(UPPER_HALF)} on the addresses are the kernel’s.`] : []),
  ].join(' ');
}

export function gapFacts(words: Words, snapshot: MapSnapshot, gap: Gap): readonly Fact[] {
  const { table, pageSize } = snapshot;
  const above = rowAbove(table, gap);
  const named = (label: string, row: number): readonly Fact[] => {
    if (row < 0 || row >= table.length) return [];
    const name = [segmentLabel(words, segmentOf(snapshot, row)), regionName(snapshot, row)].filter(Boolean).join(' · ');
    return [{ label, value: name }];
  };
  return [
    { label: 'Addresses', value: gapRange(gap) },
    { label: 'Size', value: sizeInPages(gap.to - gap.from, pageSize) },
    ...named('Below it', above - 1),
    ...named('Above it', above),
  ];
}
