import type { StackTree } from '../../model/heap-profile.js';

/** Of each node its own value and those of all nodes below it: one pass from the last node to the first, since parents come before their children. */
export function inclusiveValues({ length, parent }: StackTree, self: Float64Array): Float64Array {
  const sums = self.slice();
  for (let node = length - 1; node > 0; node--) sums[parent[node]!]! += sums[node]!;
  return sums;
}

/** The sum of all nodes. */
export function wholeOf(self: Float64Array): number {
  let sum = 0;
  for (let node = 0; node < self.length; node++) sum += self[node]!;
  return sum;
}

/** The frames from a node to the outermost one: indices into the frames. Of the root: none. */
export function stackOf({ parent, frame }: StackTree, node: number): number[] {
  const frames: number[] = [];
  for (let at = node; at !== 0; at = parent[at]!) frames.push(frame[at]!);
  return frames;
}

/** The nodes with the largest values, the largest first; equal ones in the order of the tree. Values of 0 and NaN are none. */
export function largestNodes(values: Float64Array, most: number): number[] {
  const nodes: number[] = [];
  for (let node = 0; node < values.length; node++) if (values[node]! !== 0 && !Number.isNaN(values[node]!)) nodes.push(node);
  return nodes.sort((a, b) => values[b]! - values[a]! || a - b).slice(0, most);
}
