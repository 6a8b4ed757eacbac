import type { HeapProfile, HeapRegion, StackTree } from '../../model/heap-profile.js';
import { PairIndex } from './pair-index.js';

/** A tree that is made node by node: a node of the same frame below the same parent is there once. Node 0 is the root. */
export class GrowingTree {
  private readonly pairs: PairIndex;
  private parent: Uint32Array;
  private frame: Uint32Array;
  private length = 1;

  constructor(expected: number) {
    this.pairs = new PairIndex(expected);
    this.parent = new Uint32Array(Math.max(16, expected));
    this.frame = new Uint32Array(Math.max(16, expected));
  }

  child(parent: number, frame: number): number {
    const node = this.pairs.of(parent, frame) + 1;
    if (node < this.length) return node;
    if (node === this.parent.length) {
      this.parent = grown(this.parent);
      this.frame = grown(this.frame);
    }
    this.parent[node] = parent;
    this.frame[node] = frame;
    this.length = node + 1;
    return node;
  }

  finish(): StackTree {
    const { length } = this;
    return { length, parent: this.parent.slice(0, length), frame: this.frame.slice(0, length) };
  }
}

function grown(column: Uint32Array): Uint32Array {
  const larger = new Uint32Array(column.length * 2);
  larger.set(column);
  return larger;
}

/** Values by the nodes of another tree: those that go to the same node are added, and `NOWHERE` drops them. */
export function movedValues(values: Float64Array, to: Uint32Array, length: number): Float64Array {
  const moved = new Float64Array(length);
  for (let node = 0; node < to.length; node++) {
    const target = to[node]!;
    if (target !== NOWHERE) moved[target]! += values[node]!;
  }
  return moved;
}

export const NOWHERE = 0xffffffff;

/** The profile on another tree of the same frames; `to` says of each node where it goes, or NOWHERE. */
export function movedProfile(profile: HeapProfile, tree: StackTree, to: Uint32Array): HeapProfile {
  const { timeline, regions } = profile;
  const move = (values: Float64Array): Float64Array => movedValues(values, to, tree.length);
  return {
    ...profile,
    tree,
    self: profile.self.map(move),
    ...(timeline === undefined
      ? {}
      : {
          timeline: {
            ...timeline,
            moments: timeline.moments.map((moment) =>
              moment.self === undefined ? moment : { ...moment, self: move(moment.self) },
            ),
          },
        }),
    ...(regions === undefined ? {} : { regions: movedRegions(regions, to) }),
  };
}

function movedRegions(regions: readonly HeapRegion[], to: Uint32Array): readonly HeapRegion[] {
  return regions.flatMap((region) => {
    const node = to[region.node] ?? NOWHERE;
    return node === NOWHERE ? [] : [{ ...region, node }];
  });
}
