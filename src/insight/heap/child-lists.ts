import type { StackTree } from '../../model/heap-profile.js';

/** Of each node its first child and its next sibling; 0: there is none. */
export interface ChildLists {
  readonly firstChild: Uint32Array;
  readonly nextSibling: Uint32Array;
}

/** In the order of the tree. */
export function childLists({ length, parent }: StackTree): ChildLists {
  const firstChild = new Uint32Array(length);
  const nextSibling = new Uint32Array(length);
  for (let node = length - 1; node > 0; node--) {
    nextSibling[node] = firstChild[parent[node]!]!;
    firstChild[parent[node]!] = node;
  }
  return { firstChild, nextSibling };
}

export function* childrenOf({ firstChild, nextSibling }: ChildLists, node: number): Generator<number> {
  for (let child = firstChild[node]!; child !== 0; child = nextSibling[child]!) yield child;
}
