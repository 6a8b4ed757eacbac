import type { RegionChange } from '../../src/model/map-diff.js';
import { AMOUNTS, type Amount, amountAt, type MapTable } from '../../src/model/map-table.js';

/** An amount at the two moments, in bytes; undefined: not told. */
export interface WasNow {
  readonly amount: Amount;
  readonly was: number | undefined;
  readonly now: number | undefined;
  readonly change: number | undefined;
}

/** The amounts of a change that are told at all. `table`: that of the later moment, where it is at hand. */
export function amountsOfChange(change: RegionChange, table: MapTable | undefined): readonly WasNow[] {
  return AMOUNTS.map((amount) => wasNow(change, amount, table)).filter(
    ({ was, now, change: by }) => was !== undefined || now !== undefined || by !== undefined,
  );
}

export function wasNow(change: RegionChange, amount: Amount, table: MapTable | undefined): WasNow {
  const by = change.delta[amount];
  if (amount === 'size') return { amount, was: change.was?.size, now: change.now?.size, change: by };
  // What was not there yet, or is not there any more, is nothing: the change says what it is, or was.
  if (change.kind === 'new') return { amount, was: undefined, now: by, change: by };
  if (change.kind === 'gone') return { amount, was: by === undefined ? undefined : -by + 0, now: undefined, change: by };
  const now = table === undefined ? undefined : sumOf(table, change.after, amount);
  return { amount, was: now === undefined || by === undefined ? undefined : now - by, now, change: by };
}

function sumOf(table: MapTable, rows: readonly number[], amount: Amount): number | undefined {
  let sum: number | undefined;
  for (const row of rows) {
    const value = amountAt(table, row, amount);
    if (value !== undefined) sum = (sum ?? 0) + value;
  }
  return sum;
}
