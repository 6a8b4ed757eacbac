import type { StackTree } from '../../../../src/model/heap-profile.js';

/** [parent, frame, own value] of each node behind the root, whose own value is 0. */
export type Node = readonly [parent: number, frame: number, own: number];

export function aTree(nodes: readonly Node[]): { tree: StackTree; self: Float64Array } {
  return {
    tree: {
      length: nodes.length + 1,
      parent: Uint32Array.from([0, ...nodes.map(([parent]) => parent)]),
      frame: Uint32Array.from([0, ...nodes.map(([, frame]) => frame)]),
    },
    self: Float64Array.from([0, ...nodes.map(([, , own]) => own)]),
  };
}
