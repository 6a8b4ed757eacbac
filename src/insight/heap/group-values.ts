import type { StackTree } from '../../model/heap-profile.js';
import { childLists } from './child-lists.js';
import type { HeapGroups } from './groups.js';
import { inclusiveValues } from './sums.js';

/** By row. The values of stacks that have no frame are in no row. */
export interface GroupValues {
  /** What its frames hold themselves, as the innermost ones. */
  readonly self: Float64Array;
  /** What stacks hold that it is in: once, also when it is in a stack more than once. */
  readonly total: Float64Array;
}

/** What each row of a table holds. The tree is walked once, depth first; a row counts where it is not open already, so that recursion counts once. */
export function groupValues(tree: StackTree, groups: HeapGroups, values: Float64Array): GroupValues {
  const { length, frame } = tree;
  const sums = inclusiveValues(tree, values);
  const { firstChild, nextSibling } = childLists(tree);
  const self = new Float64Array(groups.length);
  const total = new Float64Array(groups.length);
  const open = new Uint32Array(groups.length);
  for (let node = 1; node < length; node++) self[groups.row[frame[node]!]!]! += values[node]!;
  const { parent } = tree;
  let node = firstChild[0]!;
  while (node !== 0) {
    const row = groups.row[frame[node]!]!;
    if (open[row]!++ === 0) total[row]! += sums[node]!;
    if (firstChild[node] !== 0) {
      node = firstChild[node]!;
      continue;
    }
    while (node !== 0) {
      open[groups.row[frame[node]!]!]!--;
      if (nextSibling[node] !== 0) {
        node = nextSibling[node]!;
        break;
      }
      node = parent[node]!;
    }
  }
  return { self, total };
}
