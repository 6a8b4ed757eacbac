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
  /** Of each frame the group of the level that is being made; -1: none yet. All are -1 between two levels. */
  private readonly groupOfFrame: Int32Array;

  constructor(
    private readonly tree: StackTree,
    private readonly self: Float64Array,
  ) {
    let last = 0;
    for (let node = 1; node < tree.length; node++) last = Math.max(last, tree.frame[node]!);
    this.groupOfFrame = new Int32Array(last + 1).fill(-1);
  }

  /** The innermost frames, the largest first. */
  roots(): CallerNode[] {
    const { length } = this.tree;
    const leaves = new Uint32Array(length);
    let count = 0;
    for (let node = 1; node < length; node++) if (this.self[node]! !== 0) leaves[count++] = node;
    const nodes = leaves.slice(0, count);
    return this.grouped(nodes, nodes);
  }

  /** Who called the frame of the node, in stacks that go on below it in its way; the largest first. */
  callers({ leaves, reached }: CallerNode): CallerNode[] {
    const { parent } = this.tree;
    const going = new Uint32Array(leaves.length);
    const callers = new Uint32Array(leaves.length);
    let count = 0;
    for (let at = 0; at < leaves.length; at++) {
      const caller = parent[reached[at]!]!;
      if (caller === 0) continue;
      going[count] = leaves[at]!;
      callers[count++] = caller;
    }
    return this.grouped(going.slice(0, count), callers.slice(0, count));
  }

  /** Counted first, then put side by side: a group is a part of one column. */
  private grouped(leaves: Uint32Array, reached: Uint32Array): CallerNode[] {
    const { frame, parent } = this.tree;
    const { groupOfFrame } = this;
    const groups: { frame: number; value: number; hasCallers: boolean; count: number }[] = [];
    for (let at = 0; at < reached.length; at++) {
      const node = reached[at]!;
      const key = frame[node]!;
      let number = groupOfFrame[key]!;
      if (number < 0) {
        number = groups.push({ frame: key, value: 0, hasCallers: false, count: 0 }) - 1;
        groupOfFrame[key] = number;
      }
      const group = groups[number]!;
      group.value += this.self[leaves[at]!]!;
      group.hasCallers ||= parent[node] !== 0;
      group.count++;
    }
    const place = new Uint32Array(groups.length + 1);
    for (const [number, { count }] of groups.entries()) place[number + 1] = place[number]! + count;
    const next = place.slice();
    const sortedLeaves = new Uint32Array(leaves.length);
    const sortedReached = new Uint32Array(leaves.length);
    for (let at = 0; at < reached.length; at++) {
      const to = next[groupOfFrame[frame[reached[at]!]!]!]!++;
      sortedLeaves[to] = leaves[at]!;
      sortedReached[to] = reached[at]!;
    }
    const nodes = groups.map(({ count: _, ...group }, number) => {
      groupOfFrame[group.frame] = -1;
      const [from, to] = [place[number]!, place[number + 1]!];
      return { ...group, leaves: sortedLeaves.subarray(from, to), reached: sortedReached.subarray(from, to) };
    });
    return nodes.sort((a, b) => b.value - a.value || a.frame - b.frame);
  }
}
