import { childrenOf } from '../../src/insight/heap/child-lists.js';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import type { ShownHeap } from './heap-model.js';

type Frames = Pick<HeapProfile, 'frames' | 'texts'>;

/**
 * Nodes of one profile in another: by the frames on the way to them. A frame that is folded away there is passed over. For what is open and
 * chosen, when a filter changes or a live profile comes anew.
 */
export class SameNodes {
  private readonly found = new Map<number, number>([[0, 0]]);
  private readonly isSameFrame: (before: number, after: number) => boolean;

  constructor(
    private readonly before: Pick<ShownHeap, 'profile'>,
    private readonly after: Pick<ShownHeap, 'profile' | 'children'>,
  ) {
    const one = before.profile;
    const other = after.profile;
    this.isSameFrame = one.frames === other.frames ? (a, b) => a === b : (a, b) => frameKey(one, a) === frameKey(other, b);
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
    return there !== 0 && this.isSameFrame(tree.frame[node]!, frame[there]!) ? there : undefined;
  }

  private childOf(above: number, wanted: number): number | undefined {
    const { frame } = this.after.profile.tree;
    for (const child of childrenOf(this.after.children, above)) if (this.isSameFrame(wanted, frame[child]!)) return child;
    return undefined;
  }
}

function frameKey({ frames, texts }: Frames, frame: number): string {
  const name = texts[frames.function[frame]!] ?? '';
  const where = [frames.file[frame]!, frames.module[frame]!, ...(name === '' ? [frames.address[frame]!] : [])];
  return [name, frames.line[frame], ...where.map((index) => texts[index])].join('\n');
}
