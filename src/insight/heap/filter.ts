import type { FrameTable, HeapProfile, Texts } from '../../model/heap-profile.js';
import { movedProfile, NOWHERE } from './growing-tree.js';

export interface FrameFilter {
  /** In the name of the function, of the file, or of the module; letters in either case. */
  readonly text?: string;
  /** In the name of the module; letters in either case. */
  readonly module?: string;
}

/** 1 for each frame that the filter finds. */
export function matchingFrames({ frames, texts }: Pick<HeapProfile, 'frames' | 'texts'>, filter: FrameFilter): Uint8Array {
  const inText = filter.text === undefined ? undefined : textsWith(texts, filter.text);
  const inModule = filter.module === undefined ? undefined : textsWith(texts, filter.module);
  return Uint8Array.from({ length: frames.length }, (_, frame) => {
    if (inModule !== undefined && inModule[frames.module[frame]!] === 0) return 0;
    return inText === undefined || COLUMNS.some((column) => inText[frames[column][frame]!] === 1) ? 1 : 0;
  });
}

const COLUMNS = ['function', 'file', 'module', 'address'] as const satisfies readonly (keyof FrameTable)[];

function textsWith(texts: Texts, part: string): Uint8Array {
  const wanted = part.toLowerCase();
  return Uint8Array.from(texts, (text) => (text.toLowerCase().includes(wanted) ? 1 : 0));
}

/** The stacks that hold at least one of the frames, whole; the others are left out, and the sums are those of what is left. */
export function filterStacks(profile: HeapProfile, isWanted: Uint8Array): HeapProfile {
  const { length, parent, frame } = profile.tree;
  const found = new Uint8Array(length);
  for (let node = 1; node < length; node++) {
    found[node] = found[parent[node]!] === 1 || isWanted[frame[node]!] === 1 ? 1 : 0;
  }
  // What leads to a node that is kept is kept.
  const kept = found.slice();
  for (let node = length - 1; node > 0; node--) if (kept[node] === 1) kept[parent[node]!] = 1;
  kept[0] = 1;
  const place = new Uint32Array(length);
  const to = new Uint32Array(length).fill(NOWHERE);
  let count = 0;
  for (let node = 0; node < length; node++) {
    if (kept[node] !== 1) continue;
    place[node] = count++;
    if (found[node] === 1) to[node] = place[node]!;
  }
  const tree = { length: count, parent: new Uint32Array(count), frame: new Uint32Array(count) };
  for (let node = 1; node < length; node++) {
    if (kept[node] !== 1) continue;
    tree.parent[place[node]!] = place[parent[node]!]!;
    tree.frame[place[node]!] = frame[node]!;
  }
  return movedProfile(profile, tree, to);
}
