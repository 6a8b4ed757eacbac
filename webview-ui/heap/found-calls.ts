import type { HeapSearch, ShownHeap } from './heap-model.js';

/** More are not gone through one by one. */
const MOST = 5000;

/** The calls that a search has found, those that hold most first. */
export class FoundCalls {
  private of: { readonly search: HeapSearch; readonly weights: Float64Array } | undefined;
  private nodes: readonly number[] = [];
  private at = -1;

  /** The next or the one before; `at` counts from 1. */
  step({ search, profile, weights }: ShownHeap, by: 1 | -1): { node: number | undefined; at: number; count: number } {
    if (search === undefined) return { node: undefined, at: 0, count: 0 };
    if (this.of?.search !== search || this.of.weights !== weights) {
      this.of = { search, weights };
      this.at = by === 1 ? -1 : 0;
      const nodes: number[] = [];
      const { length, frame } = profile.tree;
      for (let node = 1; node < length; node++) if (search.frames[frame[node]!] === 1 && weights[node]! > 0) nodes.push(node);
      this.nodes = nodes.sort((a, b) => weights[b]! - weights[a]! || a - b).slice(0, MOST);
    }
    const count = this.nodes.length;
    if (count === 0) return { node: undefined, at: 0, count };
    this.at = (this.at + by + count) % count;
    return { node: this.nodes[this.at], at: this.at + 1, count };
  }
}
