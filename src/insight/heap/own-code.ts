import type { HeapProfile } from '../../model/heap-profile.js';
import { GrowingTree, movedProfile } from './growing-tree.js';

/**
 * The profile without some frames, as those of system libraries: what they allocated counts for the frame that called them, and for the
 * root where there is none. No value is lost. `isFolded`: 1 for each frame that goes.
 */
export function foldFrames(profile: HeapProfile, isFolded: Uint8Array): HeapProfile {
  const { length, parent, frame } = profile.tree;
  const grown = new GrowingTree(length);
  const to = new Uint32Array(length);
  for (let node = 1; node < length; node++) {
    const above = to[parent[node]!]!;
    to[node] = isFolded[frame[node]!] === 1 ? above : grown.child(above, frame[node]!);
  }
  return movedProfile(profile, grown.finish(), to);
}
