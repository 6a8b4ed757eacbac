import type { StackTree } from '../../src/model/heap-profile.js';

/** In which order the boxes that stand on one other lie beside each other. */
export type FlameOrder = 'size' | 'name';

/**
 * The boxes of a flame graph: row after row, and in a row from left to right, so that what is seen is found by halving, and the children of a
 * box lie together, as all that lies above or below it in one row does. Box 0 is the whole.
 */
export interface FlameBoxes {
  readonly length: number;
  /** Of each box its node in the tree. */
  readonly node: Uint32Array;
  /** Left edge and width, in the unit of the values. */
  readonly start: Float64Array;
  readonly width: Float64Array;
  /** The box that it stands on; of box 0 itself. */
  readonly parent: Uint32Array;
  /** Its children are those from `firstChild[box]` to before `firstChild[box + 1]`. */
  readonly firstChild: Uint32Array;
  /** The first box of each row, and behind them `length`. */
  readonly rows: Uint32Array;
  /** Of each node its box, or NO_BOX: it holds nothing. */
  readonly boxOf: Uint32Array;
}

export const NO_BOX = 0xffffffff;

/** So many siblings are put in order by insertion, which is quicker for few. */
const FEW = 12;

/** What each node holds with all that lies below it. */
export interface FlameSums {
  readonly total: Float64Array;
  /** How wide its box is: the same, but where values are below 0; then what has become more and what has become less are both added. */
  readonly wide: Float64Array;
  readonly hasLess: boolean;
}

/** @param self of each node its own value; NaN (not told) counts as nothing */
export function flameSums({ length, parent }: StackTree, self: Float64Array): FlameSums {
  const total = new Float64Array(length);
  let hasLess = false;
  for (let node = 0; node < length; node++) {
    const value = self[node]!;
    total[node] = Number.isNaN(value) ? 0 : value;
    if (value < 0) hasLess = true;
  }
  // A parent has to be as wide as all that has changed below it.
  const wide = hasLess ? total.map(Math.abs) : total;
  for (let node = length - 1; node > 0; node--) {
    const above = parent[node]!;
    total[above]! += total[node]!;
    if (hasLess) wide[above]! += wide[node]!;
  }
  return { total, wide, hasLess };
}

/**
 * A pass for the order and one for the places: a million nodes take some tenths of a second.
 *
 * @param wide of each node the width of its box; one without width has none, nor has what lies below it
 * @param rank of each frame its place in the order of names; only asked for with `name`
 */
export function layOutFlame(tree: StackTree, wide: Float64Array, order: FlameOrder, rank: () => Uint32Array): FlameBoxes {
  const { length, frame } = tree;
  const { children, first } = childrenOf(tree, wide);
  const before = order === 'size' ? (a: number, b: number) => wide[b]! - wide[a]! || a - b : byRank(frame, rank());
  const count = first[length]! + 1;
  const rows = rowsOf(tree, wide);
  const node = new Uint32Array(count);
  const start = new Float64Array(count);
  const width = new Float64Array(count);
  const above = new Uint32Array(count);
  const firstChild = new Uint32Array(count + 1);
  const boxOf = new Uint32Array(length).fill(NO_BOX);
  // Of each row: the next box, and of the box that is walked there the children that are left, and where the next of them begins.
  const next = rows.slice();
  const child = new Uint32Array(rows.length);
  const behind = new Uint32Array(rows.length);
  const left = new Float64Array(rows.length);
  // From a box to what stands on it, and on to the right: nodes lie in memory as stacks do, and each row is filled from left to right.
  const place = (row: number, here: number, on: number): void => {
    const box = next[row]!++;
    node[box] = here;
    start[box] = row === 0 ? 0 : left[row - 1]!;
    width[box] = wide[here]!;
    above[box] = on;
    boxOf[here] = box;
    firstChild[box] = next[row + 1]!;
    const from = first[here]!;
    const to = first[here + 1]!;
    if (to - from > 1) sortSlice(children, from, to, before);
    child[row] = from;
    behind[row] = to;
    left[row] = start[box]!;
  };
  place(0, 0, 0);
  for (let row = 0; row >= 0; ) {
    const at = child[row]!;
    if (at === behind[row]!) {
      row--;
      continue;
    }
    child[row] = at + 1;
    const here = children[at]!;
    place(row + 1, here, next[row]! - 1);
    left[row]! += wide[here]!;
    row++;
  }
  firstChild[count] = count;
  return { length: count, node, start, width, parent: above, firstChild, rows, boxOf };
}

/** Where each row begins, and behind the last one how many boxes there are. */
function rowsOf({ length, parent }: StackTree, wide: Float64Array): Uint32Array {
  const depth = new Uint32Array(length);
  const counts = [1];
  for (let node = 1; node < length; node++) {
    const row = depth[parent[node]!]! + 1;
    depth[node] = row;
    if (wide[node]! > 0) counts[row] = (counts[row] ?? 0) + 1;
  }
  const rows = new Uint32Array(counts.length + 1);
  for (const [row, count] of counts.entries()) rows[row + 1] = rows[row]! + count;
  return rows;
}

/** The children that are seen, those of one node together: `children[first[node]]` to before `children[first[node + 1]]`. */
function childrenOf({ length, parent }: StackTree, wide: Float64Array): { children: Uint32Array; first: Uint32Array } {
  const first = new Uint32Array(length + 1);
  for (let node = 1; node < length; node++) if (wide[node]! > 0) first[parent[node]! + 1]!++;
  for (let node = 0; node < length; node++) first[node + 1]! += first[node]!;
  const children = new Uint32Array(first[length]!);
  const free = first.slice();
  for (let node = 1; node < length; node++) if (wide[node]! > 0) children[free[parent[node]!]!++] = node;
  return { children, first };
}

const byRank =
  (frame: Uint32Array, rank: Uint32Array) =>
  (a: number, b: number): number =>
    rank[frame[a]!]! - rank[frame[b]!]! || a - b;

function sortSlice(nodes: Uint32Array, from: number, to: number, before: (a: number, b: number) => number): void {
  if (to - from > FEW) {
    nodes.subarray(from, to).sort(before);
    return;
  }
  for (let at = from + 1; at < to; at++) {
    const node = nodes[at]!;
    let place = at;
    while (place > from && before(nodes[place - 1]!, node) > 0) {
      nodes[place] = nodes[place - 1]!;
      place--;
    }
    nodes[place] = node;
  }
}

/** Its row: 0 is that of the whole. */
export function rowOf({ rows }: FlameBoxes, box: number): number {
  let low = 0;
  let high = rows.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rows[middle]! <= box) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The first box of a row that ends behind a place; the one after the last of the row, where none does. */
export function firstEndingAfter({ rows, start, width }: FlameBoxes, row: number, place: number): number {
  let low = rows[row]!;
  let high = rows[row + 1]!;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start[middle]! + width[middle]! > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The box of a row at a place. */
export function boxAt(boxes: FlameBoxes, row: number, place: number): number | undefined {
  if (row < 0 || row >= boxes.rows.length - 1) return undefined;
  const box = firstEndingAfter(boxes, row, place);
  return box < boxes.rows[row + 1]! && boxes.start[box]! <= place ? box : undefined;
}

/** How many rows lie above the boxes that stand on it, its own one among them. */
export function rowsFrom({ firstChild }: FlameBoxes, box: number): number {
  let first = box;
  let behind = box + 1;
  let count = 0;
  while (first < behind) {
    first = firstChild[first]!;
    behind = firstChild[behind]!;
    count++;
  }
  return count;
}

/** The boxes from the whole to this one. */
export function trailOf({ parent }: FlameBoxes, box: number): number[] {
  const trail = [box];
  for (let at = box; at !== 0; at = parent[at]!) trail.push(parent[at]!);
  return trail.reverse();
}
