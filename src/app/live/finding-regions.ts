import type { HeapProfile } from '../../model/heap-profile.js';
import type { LiveOutcome } from '../../model/live.js';
import type { MapSnapshot } from '../../model/map-snapshot.js';
import type { PlacedFinding } from '../../model/report.js';
import { SEGMENTS, type Segment } from '../../model/segment.js';

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
    const areas = areasOf(finding, profile);
    return areas.length === 0 ? undefined : { form: 'areas', areas };
  }
  const isOfHeap = engine === 'perf-faults' || engine === 'heaptrack' || engine === 'memleak';
  return isOfHeap && process.allocator === 'libc' && process.sanitizer === undefined ? HEAP : undefined;
}

/** What stacks mapped that go through the finding's place. */
function areasOf({ stacks, placeFrame }: PlacedFinding, profile: HeapProfile): readonly { start: number; end: number }[] {
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
  return (profile.regions ?? []).filter(({ node }) => below[node] === 1).map(({ start, end }) => ({ start, end }));
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
