import type { StackTree } from '../../model/heap-profile.js';
import { type ChildLists, childLists } from './child-lists.js';
import type { HeapGroups } from './groups.js';
import { inclusiveValues } from './sums.js';

/** By row. The values of stacks that have no frame are in no row. */
export interface GroupValues {
  /** What its frames hold themselves, as the innermost ones. */
  readonly self: Float64Array;
  /** What stacks hold that it is in: once, also when it is in a stack more than once. */
  readonly total: Float64Array;
}

/** A measure: of each node by itself, and with all below it. */
export interface MeasuredNodes {
  readonly self: Float64Array;
  readonly totals: Float64Array;
}

/** What each row of a table holds. */
export function groupValues(tree: StackTree, groups: HeapGroups, values: Float64Array): GroupValues {
  const [only] = groupMeasures(tree, childLists(tree), groups, [{ self: values, totals: inclusiveValues(tree, values) }]);
  return only!;
}

/**
 * As `groupValues`, of several measures at once. The tree is walked once, depth first; a row counts where it is not open already, so that
 * recursion counts once.
 */
export function groupMeasures(
  tree: StackTree,
  { firstChild, nextSibling }: ChildLists,
  groups: HeapGroups,
  measures: readonly MeasuredNodes[],
): GroupValues[] {
  const { frame, parent } = tree;
  const { row: rowOf } = groups;
  const values = measures.map(() => ({ self: new Float64Array(groups.length), total: new Float64Array(groups.length) }));
  const open = new Uint32Array(groups.length);
  let node = firstChild[0]!;
  while (node !== 0) {
    const row = rowOf[frame[node]!]!;
    const isFirst = open[row]!++ === 0;
    for (let at = 0; at < values.length; at++) {
      values[at]!.self[row]! += measures[at]!.self[node]!;
      if (isFirst) values[at]!.total[row]! += measures[at]!.totals[node]!;
    }
    if (firstChild[node] !== 0) {
      node = firstChild[node]!;
      continue;
    }
    while (node !== 0) {
      open[rowOf[frame[node]!]!]!--;
      if (nextSibling[node] !== 0) {
        node = nextSibling[node]!;
        break;
      }
      node = parent[node]!;
    }
  }
  return values;
}
