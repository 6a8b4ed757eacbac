import { type MapTable, SHARED, type TextColumn } from '../../model/map-table.js';

/** Why mappings of two moments are taken to be the same one. */
export type MatchReason =
  /** The same borders, permissions and backing. */
  | 'same'
  /** One border stayed: the heap after brk, a stack, an arena, a mapping that the kernel joined with a new neighbour. */
  | 'same-start'
  | 'same-end'
  /** Both borders moved, but they share addresses. */
  | 'overlap'
  /** One became several (mprotect, munmap of a part), or several one. */
  | 'split'
  | 'merged'
  /** Several became several others at the same addresses. */
  | 'rearranged'
  /** Of the same file, or of the same unusual size, elsewhere: mremap, or unmapped and mapped again. */
  | 'moved'
  | 'new'
  | 'gone';

export interface RegionMatch {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly reason: MatchReason;
  /** It may be another mapping that came to lie there by chance. */
  readonly guess: boolean;
}

/** Anonymous mappings below this size come and go too often in equal sizes to be known again elsewhere. */
const SMALLEST_MOVED = 256 << 10;

/**
 * Which mappings of `b` are which of `a`. Addresses decide first, because the kernel keeps them: mappings with the same backing that
 * share addresses belong together. What is left over is looked for elsewhere. Every row of both tables is in one match. Linear in the
 * number of mappings, apart from what was moved.
 */
export function matchRegions(a: MapTable, b: MapTable): readonly RegionMatch[] {
  const keysA = backings(a);
  const keysB = backings(b, keysA);
  const matches: RegionMatch[] = [];
  const gone: number[] = [];
  const fresh: number[] = [];
  for (const { before, after } of groups(a, b, keysA.of, keysB.of)) {
    if (before.length === 0) fresh.push(...after);
    else if (after.length === 0) gone.push(...before);
    else matches.push(...withinGroup(a, b, before, after));
  }
  matches.push(...moved(a, b, keysA, keysB, gone, fresh));
  return matches.sort((one, other) => firstOf(a, b, one) - firstOf(a, b, other));
}

const firstOf = (a: MapTable, b: MapTable, { before, after }: RegionMatch): number =>
  after[0] === undefined ? a.start[before[0]!]! : b.start[after[0]]!;

interface Backings {
  /** Of each row: a number that is the same for the same file (or name) mapped in the same way. */
  readonly of: Uint32Array;
  readonly numbers: Map<string, number>;
}

/** What lies behind each mapping: its file or name, and whether it is shared. Permissions are left out, for they change in place. */
function backings(table: MapTable, known?: Backings): Backings {
  const numbers = known?.numbers ?? new Map<string, number>();
  const of = new Uint32Array(table.length);
  const text = (column: TextColumn, row: number): string => column.texts[column.index[row]!]!;
  for (let row = 0; row < table.length; row++) {
    const shared = table.permissions[row]! & SHARED;
    const key = `${shared}\0${text(table.device, row)}\0${text(table.inode, row)}\0${text(table.path, row)}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(key, number);
    }
    of[row] = number;
  }
  return { of, numbers };
}

interface Group {
  readonly before: number[];
  readonly after: number[];
}

/**
 * Rows that share addresses with a row of the same backing, directly or by others. Both tables ascend. A group stays open while rows of
 * another backing come: something else may have been mapped over a part.
 */
function groups(a: MapTable, b: MapTable, keysA: Uint32Array, keysB: Uint32Array): readonly Group[] {
  const all: Group[] = [];
  const newest = new Map<number, { readonly group: Group; endA: number; endB: number }>();
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && a.start[i]! <= b.start[j]!);
    const start = fromA ? a.start[i]! : b.start[j]!;
    const key = fromA ? keysA[i]! : keysB[j]!;
    let open = newest.get(key);
    // A row joins when it begins within the newest row of the other side.
    if (open === undefined || start >= (fromA ? open.endB : open.endA)) {
      open = { group: { before: [], after: [] }, endA: Number.NEGATIVE_INFINITY, endB: Number.NEGATIVE_INFINITY };
      newest.set(key, open);
      all.push(open.group);
    }
    if (fromA) {
      open.group.before.push(i);
      open.endA = a.end[i++]!;
    } else {
      open.group.after.push(j);
      open.endB = b.end[j++]!;
    }
  }
  return all;
}

function withinGroup(a: MapTable, b: MapTable, before: readonly number[], after: readonly number[]): RegionMatch[] {
  if (before.length === 1 && after.length === 1) return [single(a, b, before[0]!, after[0]!)];
  const restBefore = new Set(before);
  const restAfter = new Set(after);
  const pairs: RegionMatch[] = [];
  // A border that stayed, with the same permissions, makes a pair: the two parts of an arena, whose border moves.
  for (const border of ['start', 'end'] as const) {
    const at = new Map([...restBefore].map((row) => [`${a[border][row]} ${a.permissions[row]}`, row]));
    for (const row of [...restAfter]) {
      const other = at.get(`${b[border][row]} ${b.permissions[row]}`);
      if (other === undefined || !restBefore.has(other)) continue;
      pairs.push(single(a, b, other, row));
      restBefore.delete(other);
      restAfter.delete(row);
    }
  }
  // A part of what was split, or merged, may keep a border: then the rest belongs to it.
  if (restBefore.size === 0 || restAfter.size === 0)
    return restBefore.size + restAfter.size === 0 ? pairs : [whole(before, after)];
  const [lone, other] = [[...restBefore], [...restAfter]];
  return [...pairs, lone.length === 1 && other.length === 1 ? single(a, b, lone[0]!, other[0]!) : whole(lone, other)];
}

function whole(before: readonly number[], after: readonly number[]): RegionMatch {
  const reason = before.length === 1 ? 'split' : after.length === 1 ? 'merged' : 'rearranged';
  return { before, after, reason, guess: reason === 'rearranged' };
}

function single(a: MapTable, b: MapTable, i: number, j: number): RegionMatch {
  const start = a.start[i] === b.start[j];
  const end = a.end[i] === b.end[j];
  const same = start && end && a.permissions[i] === b.permissions[j];
  const reason = same ? 'same' : start ? 'same-start' : end ? 'same-end' : 'overlap';
  return { before: [i], after: [j], reason, guess: reason === 'overlap' };
}

/** What is gone here may be there now. Only what is one of a kind on both sides is taken for the same. */
function moved(
  a: MapTable,
  b: MapTable,
  keysA: Backings,
  keysB: Backings,
  gone: readonly number[],
  fresh: readonly number[],
): RegionMatch[] {
  const signature = (table: MapTable, keys: Backings, row: number): string | undefined => {
    const size = table.end[row]! - table.start[row]!;
    const named = table.path.index[row] !== 0;
    return named || size >= SMALLEST_MOVED ? `${keys.of[row]} ${table.permissions[row]} ${table.offset[row]} ${size}` : undefined;
  };
  const there = unique(gone, (row) => signature(a, keysA, row));
  const here = unique(fresh, (row) => signature(b, keysB, row));
  const matches: RegionMatch[] = [];
  const taken = new Set<number>();
  const from = new Set<number>();
  for (const [key, j] of here) {
    const i = there.get(key);
    if (i === undefined) continue;
    matches.push({ before: [i], after: [j], reason: 'moved', guess: true });
    from.add(i);
    taken.add(j);
  }
  for (const i of gone) if (!from.has(i)) matches.push({ before: [i], after: [], reason: 'gone', guess: false });
  for (const j of fresh) if (!taken.has(j)) matches.push({ before: [], after: [j], reason: 'new', guess: false });
  return matches;
}

/** By signature; those that several rows have are left out. */
function unique(rows: readonly number[], signatureOf: (row: number) => string | undefined): Map<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  for (const row of rows) {
    const key = signatureOf(row);
    if (key === undefined) continue;
    if (found.has(key)) twice.add(key);
    found.set(key, row);
  }
  for (const key of twice) found.delete(key);
  return found;
}
