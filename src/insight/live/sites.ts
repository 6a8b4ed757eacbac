import type { Bytes } from '../../base/units.js';
import type { HeapProfile } from '../../model/heap-profile.js';

/** A line of the user's code, with all stacks that go through it as their innermost line of his. */
export interface Site {
  /** Nodes whose own amounts are the site's, that with the most at the end first. */
  readonly nodes: readonly number[];
  /** Of each moment that tells of stacks. */
  readonly values: Float64Array;
}

export interface Sites {
  /** Of those moments; milliseconds since the beginning. */
  readonly at: readonly number[];
  readonly sites: readonly Site[];
  /** What the profile tells by itself, without a stack. */
  readonly bytes: Bytes;
}

/** More stacks of one site are as good as these. */
const MOST_NODES = 1 << 14;

/**
 * The profile by the lines of the user that allocate, over its timeline; undefined: it has none that tells of stacks. `isSystem`: 1 for each frame that is
 * not the user's. Stacks without a frame of the user are told apart by their outermost one.
 */
export function sitesOf(profile: HeapProfile, isSystem: Uint8Array): Sites | undefined {
  const { timeline, tree, frames, texts } = profile;
  const moments = timeline?.unit === 'ms' ? timeline.moments.filter(({ self }) => self !== undefined) : [];
  if (moments.length === 0) return undefined;
  // Of each node the frame that is its site's: the innermost one of the user, else the outermost one at all.
  const own = new Uint32Array(tree.length);
  const hasOwn = new Uint8Array(tree.length);
  const names = new Map<string, number>();
  const siteOfFrame = Uint32Array.from({ length: frames.length }, (_, frame) => {
    const [name, file, line] = [texts[frames.function[frame]!]!, texts[frames.file[frame]!]!, frames.line[frame]!];
    const key =
      file !== '' && line > 0
        ? `${name}\0${file}\0${line}`
        : `${name}\0${texts[frames.module[frame]!]}\0${texts[frames.address[frame]!]}`;
    const known = names.get(key);
    if (known !== undefined) return known;
    names.set(key, names.size);
    return names.size - 1;
  });
  for (let node = 1; node < tree.length; node++) {
    const [frame, parent] = [tree.frame[node]!, tree.parent[node]!];
    if (isSystem[frame] === 0) {
      own[node] = siteOfFrame[frame]!;
      hasOwn[node] = 1;
    } else {
      own[node] = parent === 0 ? siteOfFrame[frame]! : own[parent]!;
      hasOwn[node] = hasOwn[parent]!;
    }
  }
  const last = moments.at(-1)!.self!;
  const sites = new Map<number, { nodes: number[]; values: Float64Array }>();
  for (const [moment, { self }] of moments.entries()) {
    const values = self!;
    for (let node = 1; node < tree.length; node++) {
      const value = values[node]!;
      if (value === 0) continue;
      // A frame of the user and one of the system are never the same site.
      const key = 2 * own[node]! + hasOwn[node]!;
      let site = sites.get(key);
      if (site === undefined) {
        site = { nodes: [], values: new Float64Array(moments.length) };
        sites.set(key, site);
      }
      site.values[moment]! += value;
      if (values === last && site.nodes.length < MOST_NODES) site.nodes.push(node);
    }
  }
  // What was there at the beginning has not grown: a profiler of the program itself tells of that, too.
  if (moments[0]?.at === 0) {
    for (const { values } of sites.values()) {
      const before = values[0]!;
      for (let moment = 0; moment < values.length; moment++) values[moment]! -= before;
    }
  }
  for (const { nodes } of sites.values()) nodes.sort((a, b) => last[b]! - last[a]!);
  return { at: moments.map(({ at }) => at), sites: [...sites.values()], bytes: moments.at(-1)!.bytes };
}
