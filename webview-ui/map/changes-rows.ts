import type { ChangedRegion, MapDiff, RegionChange } from '../../src/model/map-diff.js';
import { AMOUNTS, type Amount } from '../../src/model/map-table.js';
import type { RegionGrowth } from '../../src/protocol/map.js';
import type { GridRow, Sorting } from '../shared/grid-shape.js';
import { CHANGE_SIGNS } from './address-space-facts.js';
import type { ChangeColumnId } from './changes-columns.js';
import { changedName, permissionsChange } from './changes-words.js';
import type { Words } from './map-model.js';
import { segmentLabel } from './region-shape-words.js';

export type ChangeKind = RegionChange['kind'];
type GrowthLine = RegionGrowth['lines'][number];

/** In the order in which they are offered. */
export const CHANGE_KINDS = Object.keys(CHANGE_SIGNS) as readonly ChangeKind[];

/** What has become of a region, as a row of the list. */
export interface ChangeRow extends GridRow {
  readonly change: RegionChange;
  /** What it is now; of one that is gone, what it was. */
  readonly region: ChangedRegion;
  readonly label: string;
  readonly name: string;
  readonly growth: GrowthLine | undefined;
}

/** `growth`: of the later moment's map; else its rows are those of another one. */
export function changeRows({ changes }: MapDiff, words: Words, growth: RegionGrowth | undefined): readonly ChangeRow[] {
  const lines = new Map(growth?.lines.map((line) => [line.row, line]));
  return changes.flatMap((change) => {
    const region = change.now ?? change.was;
    if (region === undefined) return [];
    return {
      id: `${change.now === undefined ? 'gone' : 'at'} ${region.start}`,
      change,
      region,
      label: segmentLabel(words, region.segment),
      name: changedName(region),
      growth: fastest(change.after.flatMap((row) => lines.get(row) ?? [])),
    };
  });
}

const fastest = (lines: readonly GrowthLine[]): GrowthLine | undefined =>
  lines.reduce<GrowthLine | undefined>(
    (best, line) => (best === undefined || line.perSecond > best.perSecond ? line : best),
    undefined,
  );

export const countsOf = (rows: readonly ChangeRow[]): ReadonlyMap<ChangeKind, number> => {
  const counts = new Map<ChangeKind, number>();
  for (const { change } of rows) counts.set(change.kind, (counts.get(change.kind) ?? 0) + 1);
  return counts;
};

/** Those whose kinds are not hidden, in this order: of amounts the largest change first, whether up or down. */
export function shownRows(
  rows: readonly ChangeRow[],
  hidden: ReadonlySet<ChangeKind>,
  { column, descending }: Sorting<ChangeColumnId>,
): readonly ChangeRow[] {
  const turn = descending ? -1 : 1;
  const key = keyOf(column);
  const keyed = rows.filter(({ change }) => !hidden.has(change.kind)).map((row) => ({ row, key: key(row) }));
  keyed.sort((one, other) => {
    // What is not known stands last in either order.
    if (one.key === undefined || other.key === undefined) return Number(one.key === undefined) - Number(other.key === undefined);
    if (typeof one.key === 'string' || typeof other.key === 'string')
      return turn * collator.compare(`${one.key}`, `${other.key}`);
    return turn * (one.key - other.key);
  });
  return keyed.map(({ row }) => row);
}

const collator = new Intl.Collator('en', { numeric: true });

function keyOf(column: ChangeColumnId): (row: ChangeRow) => string | number | undefined {
  if (isAmount(column)) return ({ change }) => magnitude(change.delta[column]);
  switch (column) {
    case 'what':
      return ({ label, name }) => `${label} ${name}`;
    case 'address':
      return ({ region }) => region.start;
    case 'permissions':
      return ({ change }) => permissionsChange(change);
    case 'growth':
      return ({ growth }) => growth?.perSecond;
    case 'match':
      return ({ change }) => `${change.guess ? 1 : 0}${change.match}`;
  }
}

const magnitude = (delta: number | undefined): number | undefined => (delta === undefined ? undefined : Math.abs(delta));

export const isAmount = (column: string): column is Amount => (AMOUNTS as readonly string[]).includes(column);

/** Sums of the changes of these rows; an amount that none of them tells is left out. */
export function sumOfChanges(rows: readonly ChangeRow[]): MapDiff['total'] {
  const sums: Partial<Record<Amount, number>> = {};
  for (const { change } of rows) {
    for (const amount of AMOUNTS) {
      const by = change.delta[amount];
      if (by !== undefined) sums[amount] = (sums[amount] ?? 0) + by;
    }
  }
  return sums;
}
