import { GrowingTree } from '../../src/insight/heap/growing-tree.js';
import type { HeapProfile, StackTree } from '../../src/model/heap-profile.js';
import { type FlameSums, flameSums } from './flame-layout.js';
import type { Chosen, ShownHeap } from './heap-model.js';

/** The tree that is drawn, which need not be that of the profile, and what its nodes stand for. */
export interface FlameSource {
  readonly tree: StackTree;
  readonly sums: FlameSums;
  /** What a node holds by itself; undefined where there is no such thing. */
  selfOf(node: number): number | undefined;
  /** Undefined: the whole, or nothing that other views know. */
  chosenOf(node: number): Chosen | undefined;
  /** The node that stands for what is chosen elsewhere. */
  nodeOf(chosen: Chosen): number | undefined;
  /** The node of the profile, where it is one and no sum of several: what it holds of other measures. */
  inProfile(node: number): number | undefined;
  /** So many calls of itself are folded into a node, at most; 0: none. */
  repeatsOf(node: number): number;
  /**
   * Works for some milliseconds on boxes that are not there yet, as far as they are so wide and stand in the first rows. True: there is more to be
   * done, or there are more than before; `tree` and `sums` are others then.
   */
  grow?(wide: number, rows: number): boolean;
}

/** The stacks as they are: callers, and what they called. */
export function topDownSource({ profile, self, totals, weights, isChange }: ShownHeap, foldsRecursion: boolean): FlameSource {
  if (foldsRecursion) return foldedSource(profile, self);
  const { tree } = profile;
  return {
    tree,
    sums: { total: totals, wide: weights, hasLess: isChange },
    selfOf: (node) => self[node]!,
    chosenOf: (node) => (node === 0 ? undefined : { kind: 'node', node }),
    nodeOf: (chosen) => (chosen.kind === 'node' ? chosen.node : undefined),
    inProfile: (node) => node,
    repeatsOf: () => 0,
  };
}

/** A function that calls itself is one box, with what all its calls hold. Calls by way of others stay as they are: their sums would not be theirs. */
function foldedSource(profile: HeapProfile, self: Float64Array): FlameSource {
  const { tree, frames } = profile;
  const { length, parent, frame } = tree;
  const grown = new GrowingTree(length);
  /** Of each node of the profile the one that is drawn. */
  const to = new Uint32Array(length);
  const runs = new Uint32Array(length);
  const isSame = (a: number, b: number): boolean =>
    a === b ||
    (frames.function[a] !== 0 &&
      frames.function[a] === frames.function[b] &&
      frames.file[a] === frames.file[b] &&
      frames.module[a] === frames.module[b]);
  for (let node = 1; node < length; node++) {
    const above = parent[node]!;
    if (above !== 0 && isSame(frame[above]!, frame[node]!)) {
      to[node] = to[above]!;
      runs[node] = runs[above]! + 1;
    } else to[node] = grown.child(to[above]!, frame[node]!);
  }
  const folded = grown.finish();
  const values = new Float64Array(folded.length);
  const first = new Uint32Array(folded.length);
  const repeats = new Uint32Array(folded.length);
  for (let node = length - 1; node >= 0; node--) {
    const target = to[node]!;
    const value = self[node]!;
    if (!Number.isNaN(value)) values[target]! += value;
    first[target] = node;
    repeats[target] = Math.max(repeats[target]!, runs[node]!);
  }
  return {
    tree: folded,
    sums: flameSums(folded, values),
    selfOf: (node) => values[node]!,
    chosenOf: (node) => (node === 0 ? undefined : { kind: 'node', node: first[node]! }),
    nodeOf: (chosen) => (chosen.kind === 'node' ? to[chosen.node] : undefined),
    inProfile: () => undefined,
    repeatsOf: (node) => repeats[node]!,
  };
}
