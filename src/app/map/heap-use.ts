import type { Cancel } from '../../base/cancel.js';
import { amountsOf } from '../../insight/map/amounts.js';
import { GLIBC } from '../../insight/map/arenas.js';
import { HEADER_BYTES, HeapChunks } from '../../insight/map/heap-chunks.js';
import {
  ARENA_HEAP_BYTES,
  type FastBin,
  fastBinsAt,
  findMainState,
  HEAP_INFO_BYTES,
  heapInfoAt,
  nextFastChunk,
  STATE_BYTES,
  wordAt,
} from '../../insight/map/malloc-state.js';
import type { HeapUse, MapNote, MapSnapshot } from '../../model/map-snapshot.js';
import { textAt } from '../../model/map-table.js';
import { SEGMENTS, type Segment } from '../../model/segment.js';
import type { Target } from '../ports.js';
import { type AddressRange, ProcessMemory } from './process-memory.js';

/** Less is not looked at. */
const LEAST_HEAP = 8 << 20;
/** Of a larger one nothing is said: reading it would take long. */
const LARGEST = 2 ** 30;
/** Where glibc has its own state. */
const MOST_DATA = 1 << 20;
/** As many blocks as the largest heap has, three times over: what lies in lists is read in any order. */
const MOST_BLOCKS = 3072;

/** What malloc has of a process: the main heap, and the heaps of arenas. */
export interface MallocHeaps {
  readonly main: AddressRange | undefined;
  readonly arenas: readonly AddressRange[];
  /** Writable data of the C library, or of a static program. */
  readonly data: readonly AddressRange[];
  readonly rss: number;
}

/** Where there may be much that was freed: of a 64-bit process, and all in memory, as reading what is swapped out would bring it back. */
export function heapOf({ table, classes, bits, origin }: MapSnapshot): MallocHeaps | undefined {
  if (bits !== 64 || origin.kind !== 'process') return undefined;
  const rows = new Map<Segment, number[]>();
  for (let row = 0; row < table.length; row++) {
    const segment = SEGMENTS[classes.segment[row]!]!;
    const list = rows.get(segment);
    if (list === undefined) rows.set(segment, [row]);
    else list.push(row);
  }
  const of = (segment: Segment): readonly number[] => rows.get(segment) ?? [];
  const all = [...of('heap'), ...of('arena')];
  const { rss, swap } = amountsOf(table, all);
  if (rss === undefined || rss < LEAST_HEAP || rss > LARGEST || swap !== 0) return undefined;
  const ranges = (some: readonly number[]): readonly AddressRange[] => {
    const joined: { start: number; end: number }[] = [];
    for (const row of some) {
      const last = joined.at(-1);
      if (last !== undefined && last.end === table.start[row]) last.end = table.end[row]!;
      else joined.push({ start: table.start[row]!, end: table.end[row]! });
    }
    return joined;
  };
  const main = ranges(of('heap'));
  const libc = of('library-data').filter((row) => GLIBC.test(textAt(table.path, row)));
  return {
    // Somebody else's memory between: then the chunks lead nowhere.
    main: main.length === 1 ? main[0] : undefined,
    arenas: ranges(of('arena')),
    data: ranges(libc.length > 0 ? libc : of('data')),
    rss,
  };
}

/** A heap that would be looked at, were it not elsewhere: there each part of it would be a round trip. */
export const notesOfHeap = (target: Target, map: MapSnapshot): readonly MapNote[] =>
  target.id !== 'local' && heapOf(map) !== undefined ? [{ code: 'heap-not-read' }] : [];

/**
 * What glibc's allocator holds in the heaps of a 64-bit process that runs on meanwhile: only headers are looked at. undefined: they may not be
 * read, or they are none of glibc, or they changed meanwhile.
 */
export async function readHeapUse(
  target: Target,
  pid: number,
  heaps: MallocHeaps,
  at: number,
  cancel: Cancel,
): Promise<HeapUse | undefined> {
  const memory = new ProcessMemory(target, pid, MOST_BLOCKS, cancel);
  const uses: HeapUse[] = [];
  const add = (use: HeapUse | undefined, freed: number): void => {
    if (use !== undefined)
      uses.push({ ...use, inUse: Math.max(0, use.inUse - freed), free: use.free + Math.min(freed, use.inUse) });
  };
  if (heaps.main !== undefined) {
    const { main } = heaps;
    const use = await walk(memory, main.start, main, false, at);
    add(use, use === undefined ? 0 : await fastBytes(memory, await mainBins(memory, heaps, use), [main]));
  }
  for (const range of heaps.arenas) {
    for (let start = range.start; start < range.end; start += ARENA_HEAP_BYTES) {
      const block = await memory.blockAt(start, range);
      if (block === undefined || block.end < start + HEAP_INFO_BYTES) break;
      const info = heapInfoAt(block.view, start - block.start, start);
      if (info === undefined || info.end > range.end) continue;
      const use = await walk(memory, info.firstChunk, { start: range.start, end: info.end }, true, at);
      const own = use !== undefined && info.state - (info.state % ARENA_HEAP_BYTES) === start;
      const offset = info.state - block.start;
      const bins = own && offset + STATE_BYTES <= block.view.byteLength ? fastBinsAt(block.view, offset) : [];
      add(use, await fastBytes(memory, bins, heaps.arenas));
    }
  }
  if (uses.length === 0 || cancel.requested) return undefined;
  const sum = (of: (use: HeapUse) => number): number => uses.reduce((total, use) => total + of(use), 0);
  return {
    at,
    chunks: sum(({ chunks }) => chunks),
    inUse: sum(({ inUse }) => inUse),
    free: sum(({ free }) => free),
    top: sum(({ top }) => top),
    largestFree: Math.max(...uses.map(({ largestFree }) => largestFree)),
  };
}

/** From the first chunk to the end of the range. Of the machines that run Linux with 64 bits today, only s390x is not little-endian. */
async function walk(
  memory: ProcessMemory,
  first: number,
  range: AddressRange,
  arena: boolean,
  at: number,
): Promise<HeapUse | undefined> {
  const chunks = new HeapChunks(first, range.end, arena);
  let block = await memory.blockAt(first, range);
  for (let next = chunks.next; next !== undefined; next = chunks.next) {
    if (block === undefined || next >= block.end) block = await memory.blockAt(next, range);
    if (block === undefined || next + HEADER_BYTES > block.end) return undefined;
    chunks.take(block.view, next - block.start, true);
  }
  return chunks.result(at);
}

async function mainBins(memory: ProcessMemory, { main, data }: MallocHeaps, { top }: HeapUse): Promise<readonly FastBin[]> {
  if (main === undefined) return [];
  for (const range of data) {
    // glibc's data have some 20 KiB.
    if (range.end - range.start > MOST_DATA) continue;
    for (let from = range.start; from < range.end; ) {
      const block = await memory.blockAt(from, range);
      if (block === undefined) break;
      const state = findMainState(block.view, main.end - top, main.end - main.start);
      if (state !== undefined) return fastBinsAt(block.view, state);
      from = block.end;
    }
  }
  return [];
}

/** What lies in these lists; as far as they can be followed. */
async function fastBytes(memory: ProcessMemory, bins: readonly FastBin[], ranges: readonly AddressRange[]): Promise<number> {
  const rangeOf = (address: number): AddressRange | undefined =>
    address % 16 === 0 ? ranges.find(({ start, end }) => address >= start && address < end) : undefined;
  const isChunk = (address: number): boolean => rangeOf(address) !== undefined;
  let bytes = 0;
  for (const { first, chunk } of bins) {
    let left = ranges.reduce((sum, { start, end }) => sum + end - start, 0) / chunk;
    let block: Awaited<ReturnType<ProcessMemory['blockAt']>>;
    for (let address: number | undefined = first; address !== undefined && address !== 0 && left-- > 0; ) {
      const range = rangeOf(address);
      if (range === undefined) break;
      if (block === undefined || address < block.start || address >= block.end) block = await memory.blockAt(address, range);
      const offset = block === undefined ? 0 : address - block.start;
      if (block === undefined || offset + 24 > block.view.byteLength) break;
      const size = wordAt(block.view, offset + 8);
      // The list changed while it was read.
      if (size - (size % 8) !== chunk) break;
      bytes += chunk;
      address = nextFastChunk(address, wordAt(block.view, offset + 16), isChunk);
    }
  }
  return bytes;
}
