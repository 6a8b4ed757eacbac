import { permissionsText } from '../../src/model/map-table.js';
import { SEGMENTS } from '../../src/model/segment.js';
import type { Sorting } from '../shared/grid-shape.js';
import type { RegionColumn } from './region-columns.js';
import { type RegionData, ranksOf } from './region-data.js';
import { compareNumbers } from './region-order.js';
import { segmentLabel } from './region-shape-words.js';
import { RegionSums } from './region-sums.js';

export const GROUPINGS = [
  ['none', 'No groups'],
  ['segment', 'Group by segment'],
  ['file', 'Group by file'],
  ['permission', 'Group by permission'],
] as const;

export type Grouping = (typeof GROUPINGS)[number][0];

export interface RegionGroup {
  /** The same in the next map. */
  readonly id: string;
  /** Empty: what has no file and no name. */
  readonly name: string;
  readonly sums: RegionSums;
}

/** By number; `names` of them, and what they are known by from map to map. */
interface Key {
  readonly of: (row: number) => number;
  readonly names: readonly string[];
  readonly ids: readonly string[];
}

function keyOf(grouping: Exclude<Grouping, 'none'>, { table, snapshot, words }: RegionData): Key {
  if (grouping === 'segment') {
    const { segment } = snapshot.classes;
    return { of: (row) => segment[row] ?? 0, names: SEGMENTS.map((id) => segmentLabel(words, id)), ids: SEGMENTS };
  }
  if (grouping === 'file') {
    const { index, texts } = table.path;
    return { of: (row) => index[row] ?? 0, names: texts, ids: texts };
  }
  const names = Array.from({ length: 16 }, (_, bits) => permissionsText(bits));
  return { of: (row) => table.permissions[row] ?? 0, names, ids: names };
}

/**
 * The rows by group, in their order within each. Groups stand by the sum of the column that is sorted by, where it has one; else by name.
 */
export function groupRows(
  rows: Uint32Array,
  grouping: Exclude<Grouping, 'none'>,
  data: RegionData,
  column: RegionColumn,
  { descending }: Sorting,
): readonly RegionGroup[] {
  const { of, names, ids } = keyOf(grouping, data);
  const counts = new Uint32Array(names.length);
  for (const row of rows) counts[of(row)]!++;
  const parts = Array.from(counts, (count) => new Uint32Array(count));
  const filled = new Uint32Array(names.length);
  for (const row of rows) {
    const key = of(row);
    parts[key]![filled[key]!++] = row;
  }
  const sums = parts.map((part) => new RegionSums(data, part));
  const ranks = ranksOf(names);
  const turned = descending && (column.summed || column.text !== undefined);
  const weight = (key: number): number => {
    if (!column.summed) return ranks[key]!;
    const sum = sums[key]!.get(column);
    return sum === undefined || sum.unknown === parts[key]!.length ? Number.NaN : sum.total;
  };
  const keys = parts.flatMap((part, key) => (part.length > 0 ? [{ key, weight: weight(key) }] : []));
  keys.sort(
    (a, b) => compareNumbers(a.weight, b.weight, turned) || compareNumbers(ranks[a.key]!, ranks[b.key]!, false) || a.key - b.key,
  );
  return keys.map(({ key }) => ({ id: `group ${ids[key]}`, name: names[key]!, sums: sums[key]! }));
}
