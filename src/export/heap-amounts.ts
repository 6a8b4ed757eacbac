import { formatBytes } from '../base/units.js';
import { wholeOf } from '../insight/heap/sums.js';
import type { HeapMeasure, HeapProfile } from '../model/heap-profile.js';

/** `12 KiB`, `1,500`; `-`: not told. */
export function heapAmount(value: number, { unit }: HeapMeasure): string {
  if (Number.isNaN(value)) return '-';
  // Estimates from samples have fractions that mean nothing.
  const size = Math.abs(Math.round(value));
  const text = unit === 'count' ? size.toLocaleString('en-US') : size === 0 ? '0' : formatBytes(size);
  return value < 0 ? `-${text}` : text;
}

/** `+12 KiB`: of differences. */
export const heapChange = (value: number, measure: HeapMeasure): string => `${value > 0 ? '+' : ''}${heapAmount(value, measure)}`;

/** `45.2%`; empty where there is no whole to be a share of. */
function shareText(value: number, whole: number): string {
  return whole > 0 && value >= 0 ? `${((100 * value) / whole).toFixed(1)}%` : '';
}

/** The measure that counts the blocks of a measure in bytes. */
export function countOf({ measures }: HeapProfile, measure: number): number | undefined {
  const { quantity, unit, name } = measures[measure]!;
  if (unit !== 'bytes') return undefined;
  const index = measures.findIndex((one) => one.quantity === quantity && one.unit === 'count' && one.name === name);
  return index < 0 ? undefined : index;
}

/** Shares are of the whole; where some stacks have less than nothing, there is none. */
export function amountsOf(profile: HeapProfile, measure: number): (value: number) => readonly [amount: string, share: string] {
  const values = profile.self[measure]!;
  const told = profile.measures[measure]!;
  const isChange = told.quantity === 'growth' || values.some((value) => value < 0);
  const whole = wholeOf(values);
  return (value) => (isChange ? [heapChange(value, told), ''] : [heapAmount(value, told), shareText(value, whole)]);
}

/** Whether any measure has something of the node by itself, were it only that it is not told. */
export function isHeld(self: readonly Float64Array[], node: number): boolean {
  for (const values of self) if (values[node] !== 0) return true;
  return false;
}
