import type { Sorting } from '../shared/grid-shape.js';
import type { RegionColumn } from './region-columns.js';
import type { RegionData } from './region-data.js';

/** What is not told comes last in either direction; equal ones stand by address. */
export function compareNumbers(a: number, b: number, descending: boolean): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return descending ? b - a : a - b;
}

/** Sorts rows, which ascend by address, in place. */
export function sortRows(rows: Uint32Array, data: RegionData, column: RegionColumn, { descending }: Sorting): Uint32Array {
  if (column.id === 'start') return descending ? rows.reverse() : rows;
  const keys = new Float64Array(data.length);
  for (const row of rows) keys[row] = column.number(data, row);
  return rows.sort((a, b) => compareNumbers(keys[a]!, keys[b]!, descending) || a - b);
}

interface Standing {
  readonly data: RegionData;
  readonly rows: Uint32Array;
}

/** Regions that were there stand as they stood in the map before; the others come behind them, in their order. */
export function orderLike(before: Standing, { data, rows }: Standing): Uint32Array {
  const isLeft = new Uint8Array(data.length);
  for (const row of rows) isLeft[row] = 1;
  const kept = new Uint32Array(rows.length);
  let count = 0;
  const take = (row: number): void => {
    kept[count++] = row;
    isLeft[row] = 0;
  };
  const rowNow = rowsAfter(before.data, data);
  for (const old of before.rows) {
    const row = rowNow[old]!;
    if (row >= 0 && isLeft[row] === 1) take(row);
  }
  for (const row of rows) if (isLeft[row] === 1) take(row);
  return kept;
}

/** Where each region of a map is in the next one, by where it begins; below 0: nowhere. */
function rowsAfter({ table: before }: RegionData, { table: after }: RegionData): Int32Array {
  const rows = new Int32Array(before.length).fill(-1);
  let row = 0;
  for (let old = 0; old < before.length; old++) {
    while (row < after.length && after.start[row]! < before.start[old]!) row++;
    if (row < after.length && after.start[row] === before.start[old]) rows[old] = row;
  }
  return rows;
}
