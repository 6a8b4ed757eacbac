import type { StackTree } from '../../model/heap-profile.js';

/** A node of the inverted tree: a frame, and those that it was called by below it. */
export interface CallerNode {
  /** Index into the frames. */
  readonly frame: number;
  /** What is allocated by stacks that end in this way. */
  readonly value: number;
  /** Of these some have a further caller. */
  readonly hasCallers: boolean;
  /** Nodes of the stack tree whose own values it is the sum of. */
  readonly leaves: Uint32Array;
  /** Of each of them: the node of this frame on the way to the root. */
  readonly reached: Uint32Array;
}

/**
 * The tree seen from below: the frames that allocate, then who called them. A level is made when it is asked for, in the time that its
 * stacks need: the whole of it may be many times as large as the tree.
 */
export class CallerTree {
  constructor(
    private readonly tree: StackTree,
    private readonly self: Float64Array,
  ) {}

  /** The innermost frames, the largest first. */
  roots(): CallerNode[] {
    const leaves: number[] = [];
    for (let node = 1; node < this.tree.length; node++) if (this.self[node]! !== 0) leaves.push(node);
    const nodes = Uint32Array.from(leaves);
    return this.grouped(nodes, nodes);
  }

  /** Who called the frame of the node, in stacks that go on below it in its way; the largest first. */
  callers({ leaves, reached }: CallerNode): CallerNode[] {
    const { parent } = this.tree;
    const going: number[] = [];
    for (let at = 0; at < leaves.length; at++) if (parent[reached[at]!] !== 0) going.push(at);
    return this.grouped(
      Uint32Array.from(going, (at) => leaves[at]!),
      Uint32Array.from(going, (at) => parent[reached[at]!]!),
    );
  }

  private grouped(leaves: Uint32Array, reached: Uint32Array): CallerNode[] {
    const { frame, parent } = this.tree;
    const groupOfFrame = new Map<number, number>();
    const groups: { frame: number; value: number; hasCallers: boolean; count: number }[] = [];
    const groupOf = new Uint32Array(reached.length);
    for (let at = 0; at < reached.length; at++) {
      const key = frame[reached[at]!]!;
      let number = groupOfFrame.get(key);
      if (number === undefined) {
        number = groups.push({ frame: key, value: 0, hasCallers: false, count: 0 }) - 1;
        groupOfFrame.set(key, number);
      }
      groupOf[at] = number;
      const group = groups[number]!;
      group.value += this.self[leaves[at]!]!;
      group.hasCallers ||= parent[reached[at]!] !== 0;
      group.count++;
    }
    const nodes = groups.map(({ count, ...group }) => ({
      ...group,
      leaves: new Uint32Array(count),
      reached: new Uint32Array(count),
    }));
    const filled = new Uint32Array(groups.length);
    for (let at = 0; at < reached.length; at++) {
      const number = groupOf[at]!;
      const place = filled[number]!++;
      nodes[number]!.leaves[place] = leaves[at]!;
      nodes[number]!.reached[place] = reached[at]!;
    }
    return nodes.sort((a, b) => b.value - a.value || a.frame - b.frame);
  }
}
