import type { ShownHeap } from './heap-model.js';

/** The measure that counts the blocks of the one that is shown in bytes. */
export function countMeasure({ profile, measure }: Pick<ShownHeap, 'profile' | 'measure'>): number | undefined {
  const { quantity, unit, name } = profile.measures[measure]!;
  if (unit !== 'bytes') return undefined;
  const index = profile.measures.findIndex((one) => one.quantity === quantity && one.unit === 'count' && one.name === name);
  return index < 0 ? undefined : index;
}

/** Of each node with all below it; undefined: not told. */
export const blockTotals = (shown: ShownHeap): Float64Array | undefined => {
  const count = countMeasure(shown);
  return count === undefined ? undefined : shown.totalsOf(count);
};

/** Of each node by itself; undefined: not told. */
export const blocks = (shown: ShownHeap): Float64Array | undefined => {
  const count = countMeasure(shown);
  return count === undefined ? undefined : shown.profile.self[count];
};
