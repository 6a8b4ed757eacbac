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
