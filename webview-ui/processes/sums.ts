import type { ProcessEntry } from '../../src/protocol/trends.js';
import { COLUMN_IDS, type ColumnId, columnOf, hasMemory } from './columns.js';

export interface Sum {
  /** Of the values that are known. */
  readonly total: number;
  /** Processes whose value should be there and is not known. */
  readonly unknown: number;
  readonly largest: number;
}

export type Sums = ReadonlyMap<ColumnId, Sum>;

const SUMMED = COLUMN_IDS.map(columnOf).filter(({ adding }) => adding !== 'none');

/** What can be added up of these processes. A kernel thread has no memory: it is no unknown part of a sum. */
export function sumsOf(entries: Iterable<ProcessEntry>): Sums {
  const totals = new Float64Array(SUMMED.length);
  const unknown = new Float64Array(SUMMED.length);
  const largest = new Float64Array(SUMMED.length);
  for (const entry of entries) {
    const alive = hasMemory(entry);
    for (let at = 0; at < SUMMED.length; at++) {
      const value = SUMMED[at]!.value(entry);
      if (typeof value === 'number') {
        totals[at]! += value;
        if (value > largest[at]!) largest[at] = value;
      } else if (alive) unknown[at]! += 1;
    }
  }
  return new Map(SUMMED.map(({ id }, at) => [id, { total: totals[at]!, unknown: unknown[at]!, largest: largest[at]! }] as const));
}

/** How a sum relates to the truth: equal, at most (shared pages are counted twice), at least (values are missing), or neither. */
export function boundOf(id: ColumnId, sum: Sum): '' | '≤' | '≥' | '~' {
  const above = columnOf(id).adding === 'upper-bound';
  if (sum.unknown > 0) return above ? '~' : '≥';
  return above ? '≤' : '';
}

/** The same in a sentence. */
export function sumNote(id: ColumnId, sum: Sum): string {
  const { label, adding } = columnOf(id);
  const parts =
    adding === 'upper-bound'
      ? [`${label} does not add up: memory that processes share is counted in each of them, so the sum is too large.`]
      : [`Sum of ${label}.`];
  if (sum.unknown > 0) {
    parts.push(
      sum.unknown === 1
        ? 'One process is missing in it, whose value is not known.'
        : `${sum.unknown.toLocaleString('en-US')} processes are missing in it, whose values are not known.`,
    );
  }
  return parts.join(' ');
}
