import { SEGMENT_WORDS } from '../../insight/map/segment-words.js';
import type { HeapProfile, HeapRegion } from '../../model/heap-profile.js';
import type { LiveOutcome } from '../../model/live.js';
import type { MapSnapshot } from '../../model/map-snapshot.js';
import { textAt } from '../../model/map-table.js';
import type { MappedPart, PlacedFinding } from '../../model/report.js';
import { MARKS, SEGMENTS, type Segment } from '../../model/segment.js';

/** Where in an address space the memory of a finding lies: addresses that its stacks mapped, or the parts that an allocator gives such memory from. */
export type FindingRegions =
  | { readonly form: 'areas'; readonly areas: readonly { readonly start: number; readonly end: number }[] }
  | { readonly form: 'segments'; readonly segments: readonly Segment[] };

const HEAP: FindingRegions = { form: 'segments', segments: ['heap', 'arena'] };

/** undefined: it is not known. Runtimes of sanitizers and of Valgrind keep blocks in mappings of their own. */
export function regionsOf(finding: PlacedFinding, { way, process, profile }: LiveOutcome): FindingRegions | undefined {
  const { engine } = finding;
  // What another way saw before stands in the same report: the addresses are not of its stacks.
  if (engine === way && profile?.regions !== undefined) {
    const areas = areasOf(finding, profile).map(({ start, end }) => ({ start, end }));
    return areas.length === 0 ? undefined : { form: 'areas', areas };
  }
  const isOfHeap = engine === 'perf-faults' || engine === 'heaptrack' || engine === 'memleak';
  return isOfHeap && process.allocator === 'libc' && process.sanitizer === undefined ? HEAP : undefined;
}

/** What stacks mapped that go through the finding's place. */
function areasOf({ stacks, placeFrame }: PlacedFinding, profile: HeapProfile): readonly HeapRegion[] {
  const place = placeFrame === undefined ? undefined : stacks[placeFrame.stack]?.frames[placeFrame.frame];
  if (place === undefined) return [];
  const { tree, frames, texts } = profile;
  // A parent comes before its children: one pass tells which nodes are below the place.
  const below = new Uint8Array(tree.length);
  for (let node = 1; node < tree.length; node++) {
    const frame = tree.frame[node] ?? 0;
    const isPlace =
      texts[frames.function[frame] ?? 0] === (place.function ?? '') &&
      texts[frames.file[frame] ?? 0] === (place.file ?? '') &&
      frames.line[frame] === (place.line ?? 0);
    below[node] = isPlace || below[tree.parent[node] ?? 0] === 1 ? 1 : 0;
  }
  return (profile.regions ?? []).filter(({ node }) => below[node] === 1);
}

/** Of all that the stacks of a finding mapped, so much has to be there still when the map is read. */
const STILL_THERE = 0.9;
const MAKES_THREADS = /^(?:__)?(?:pthread_create|thrd_create|allocate_stack)\b/;

/** What the addresses of a finding are by the map that was read right after the look; undefined: it is not known, or of too few of them. */
export function mappedParts(
  finding: PlacedFinding,
  { way, profile }: LiveOutcome,
  map: Pick<MapSnapshot, 'table' | 'classes'>,
): readonly MappedPart[] | undefined {
  if (finding.engine !== way || profile?.regions === undefined) return undefined;
  const areas = areasOf(finding, profile);
  const parts = new Map<string, MappedPart>();
  let [all, found] = [0, 0];
  for (const { node, start, end } of areas) {
    all += end - start;
    const rows = wholeRows(map.table, start, end);
    if (rows === undefined) continue;
    found += end - start;
    for (const row of rows) {
      const [from, to] = [Math.max(start, map.table.start[row]!), Math.min(end, map.table.end[row]!)];
      const segment = knownSegment(map, row, () => makesThreads(profile, node));
      const name = segment === 'anonymous' ? '' : textAt(map.table.path, row);
      const key = `${segment}\0${name}`;
      const before = parts.get(key);
      parts.set(key, {
        segment,
        label: SEGMENT_WORDS[segment].label,
        name,
        start: before?.start ?? from,
        count: (before?.count ?? 0) + 1,
        bytes: (before?.bytes ?? 0) + to - from,
      });
    }
  }
  return all === 0 || found < STILL_THERE * all ? undefined : [...parts.values()];
}

/** Rows that cover it without a gap. */
function wholeRows({ start, end, length }: MapSnapshot['table'], from: number, to: number): readonly number[] | undefined {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (end[middle]! <= from) low = middle + 1;
    else high = middle;
  }
  const rows: number[] = [];
  for (let at = from; at < to; at = end[low++]!) {
    if (low >= length || start[low]! > at) return undefined;
    rows.push(low);
  }
  return rows;
}

/** What the map only guesses is no evidence; but what looks like the stack of a thread and was mapped to make a thread is one. */
function knownSegment({ classes }: Pick<MapSnapshot, 'classes'>, row: number, isForThread: () => boolean): Segment {
  const segment = SEGMENTS[classes.segment[row]!] ?? 'anonymous';
  if ((classes.marks[row]! & MARKS.guess) === 0) return segment;
  return (segment === 'thread-stack' || segment === 'guard') && isForThread() ? segment : 'anonymous';
}

function makesThreads({ tree, frames, texts }: HeapProfile, node: number): boolean {
  for (let at = node; at !== 0; at = tree.parent[at]!) {
    if (MAKES_THREADS.test(texts[frames.function[tree.frame[at]!]!] ?? '')) return true;
  }
  return false;
}

/** Rows of a map that lie in them. */
export function rowsOf({ table, classes }: Pick<MapSnapshot, 'table' | 'classes'>, regions: FindingRegions): readonly number[] {
  const rows: number[] = [];
  for (let row = 0; row < table.length; row++) {
    const [start, end] = [table.start[row] ?? 0, table.end[row] ?? 0];
    const isIn =
      regions.form === 'segments'
        ? regions.segments.includes(SEGMENTS[classes.segment[row] ?? 0] ?? 'anonymous')
        : regions.areas.some((area) => area.start < end && start < area.end);
    if (isIn) rows.push(row);
  }
  return rows;
}
