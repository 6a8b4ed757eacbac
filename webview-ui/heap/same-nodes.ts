import { childrenOf } from '../../src/insight/heap/child-lists.js';
import type { ShownHeap } from './heap-model.js';
import { SameFrames } from './same-frames.js';

/**
 * Nodes of one profile in another: by the frames on the way to them. A frame that is folded away there is passed over. For what is open and
 * chosen, when a filter changes or a live profile comes anew.
 */
export class SameNodes {
  private readonly found = new Map<number, number>([[0, 0]]);
  private readonly frames: SameFrames;

  constructor(
    private readonly before: Pick<ShownHeap, 'profile'>,
    private readonly after: Pick<ShownHeap, 'profile' | 'children'>,
  ) {
    this.frames = new SameFrames(before.profile, after.profile);
  }

  /** undefined: it is not there. */
  of(node: number): number | undefined {
    const { tree } = this.before.profile;
    if (node >= tree.length) return undefined;
    const way: number[] = [];
    for (let at = node; !this.found.has(at); at = tree.parent[at]!) way.push(at);
    for (const at of way.toReversed()) {
      const above = this.found.get(tree.parent[at]!)!;
      this.found.set(at, this.childOf(above, tree.frame[at]!) ?? above);
    }
    const there = this.found.get(node)!;
    const { frame } = this.after.profile.tree;
    return there !== 0 && this.frames.isSame(tree.frame[node]!, frame[there]!) ? there : undefined;
  }

  private childOf(above: number, wanted: number): number | undefined {
    const { frame } = this.after.profile.tree;
    for (const child of childrenOf(this.after.children, above)) if (this.frames.isSame(wanted, frame[child]!)) return child;
    return undefined;
  }
}
