import type { ChangedRegion, MapDiff, RegionChange } from '../../model/map-diff.js';
import type { MapSnapshot } from '../../model/map-snapshot.js';
import { AMOUNTS, type Amount, type MapAmounts, textAt } from '../../model/map-table.js';
import { SEGMENTS } from '../../model/segment.js';
import { amountsOf } from './amounts.js';
import { matchRegions, type RegionMatch } from './match.js';

/** What became of each mapping from one moment to a later one. Pure; how mappings are known again is in match.ts and docs/map.md. */
export function diffMaps(before: MapSnapshot, after: MapSnapshot): MapDiff {
  const changes: RegionChange[] = [];
  for (const match of matchRegions(before.table, after.table)) {
    const change = changeOf(before, after, match);
    if (change !== undefined) changes.push(change);
  }
  changes.sort((one, other) => weight(other) - weight(one));
  return {
    before: before.at,
    after: after.at,
    changes,
    total: delta(amountsOf(before.table), amountsOf(after.table)),
    mappings: { before: before.table.length, after: after.table.length },
  };
}

const NOTHING: MapAmounts = { size: 0, rss: 0, pss: 0, uss: 0, dirty: 0, swap: 0, locked: 0, thp: 0 };

function changeOf(before: MapSnapshot, after: MapSnapshot, match: RegionMatch): RegionChange | undefined {
  const there = match.before.length === 0 ? undefined : amountsOf(before.table, match.before);
  const here = match.after.length === 0 ? undefined : amountsOf(after.table, match.after);
  // What is new was nothing before, in all that the map tells; what a form does not tell stays untold.
  const change = delta(there ?? like(here!), here ?? like(there!));
  const kind = kindOf(match, change);
  if (kind === undefined) return undefined;
  const was = regionOf(before, match.before);
  const now = regionOf(after, match.after);
  return {
    kind,
    before: match.before,
    after: match.after,
    delta: change,
    guess: match.guess,
    match: match.reason,
    ...(was === undefined ? {} : { was }),
    ...(now === undefined ? {} : { now }),
  };
}

function regionOf({ table, classes }: MapSnapshot, rows: readonly number[]): ChangedRegion | undefined {
  if (rows.length === 0) return undefined;
  const sizeOf = (row: number): number => table.end[row]! - table.start[row]!;
  const largest = rows.reduce((most, row) => (sizeOf(row) > sizeOf(most) ? row : most));
  return {
    start: rows.reduce((least, row) => Math.min(least, table.start[row]!), Number.POSITIVE_INFINITY),
    end: rows.reduce((most, row) => Math.max(most, table.end[row]!), 0),
    size: rows.reduce((sum, row) => sum + sizeOf(row), 0),
    segment: SEGMENTS[classes.segment[largest]!]!,
    permissions: table.permissions[largest]!,
    path: textAt(table.path, largest),
    owner: classes.owner.texts[classes.owner.index[largest]!]!,
  };
}

function kindOf({ reason }: RegionMatch, change: MapDiff['total']): RegionChange['kind'] | undefined {
  if (reason === 'new' || reason === 'gone' || reason === 'moved') return reason;
  const size = change.rss || change.size || change.swap || 0;
  if (size !== 0) return size > 0 ? 'grown' : 'shrunk';
  // The borders or permissions are others, or pages became dirty, shared or locked. PSS alone changes when other processes map the same pages.
  return reason !== 'same' || AMOUNTS.some((amount) => amount !== 'pss' && (change[amount] ?? 0) !== 0) ? 'changed' : undefined;
}

const like = (amounts: MapAmounts): MapAmounts =>
  Object.fromEntries(
    AMOUNTS.map((amount) => [amount, amounts[amount] === undefined ? undefined : NOTHING[amount]]),
  ) as unknown as MapAmounts;

function delta(before: MapAmounts, after: MapAmounts): MapDiff['total'] {
  const changed: Partial<Record<Amount, number>> = {};
  for (const amount of AMOUNTS) {
    const from = before[amount];
    const to = after[amount];
    if (from !== undefined && to !== undefined) changed[amount] = to - from;
  }
  return changed;
}

const weight = ({ delta: { rss, size } }: RegionChange): number => Math.abs(rss ?? size ?? 0) + Math.abs(size ?? 0) * 1e-9;
