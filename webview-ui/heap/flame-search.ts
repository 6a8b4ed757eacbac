import type { FlameBoxes } from './flame-layout.js';

/** What a search has found among the boxes. */
export interface FoundBoxes {
  /** Of each box, how many before it are found; behind them all, how many there are. */
  readonly before: Uint32Array;
  readonly count: number;
  /** The width that they cover, those that stand on each other once. */
  readonly covered: number;
}

/** @param found 1 for each frame that the search finds */
export function findBoxes({ length, node, width, parent }: FlameBoxes, frame: Uint32Array, found: Uint8Array): FoundBoxes {
  const before = new Uint32Array(length + 1);
  /** It, or one that it stands on, is found. */
  const isIn = new Uint8Array(length);
  let count = 0;
  let covered = 0;
  for (let box = 1; box < length; box++) {
    before[box] = count;
    const isFound = found[frame[node[box]!]!] === 1;
    const below = isIn[parent[box]!]!;
    if (isFound) {
      count++;
      if (below === 0) covered += width[box]!;
    }
    isIn[box] = isFound ? 1 : below;
  }
  before[length] = count;
  return { before, count, covered };
}

export const isFound = ({ before }: FoundBoxes, first: number, behind: number): boolean => before[behind]! > before[first]!;

/** The next box that is found, behind or before this one, round about. */
export function nextFound({ before, count }: FoundBoxes, box: number, by: 1 | -1): number | undefined {
  if (count === 0) return undefined;
  const passed = before[Math.min(box + (by > 0 ? 1 : 0), before.length - 1)]!;
  const wanted = by > 0 ? passed % count : (passed - 1 + count) % count;
  let low = 0;
  let high = before.length - 1;
  // The last box before which there are no more than `wanted`.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (before[middle]! <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
