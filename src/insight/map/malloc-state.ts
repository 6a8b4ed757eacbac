import type { Bytes } from '../../base/units.js';

// struct malloc_state and struct heap_info of glibc's malloc/malloc.c and malloc/arena.c on 64-bit machines, the same from 2.27 on.
const FASTBINS = 0x10;
const TOP = 0x60;
const SYSTEM_MEM = 0x888;
const STATE_SIZE = 0x898;
const HEAP_SIZE_FIELD = 0x10;
/** From the beginning of a chunk to what the program gets. */
const TO_MEMORY = 16;
const ALIGNMENT = 16;

export const ARENA_HEAP_BYTES = 64 << 20;
export const HEAP_INFO_BYTES = 32;
/** Of a malloc_state: as far as the first chunks of its fastbins. */
export const STATE_BYTES = TOP + 8;
/** Chunks of 32 to 128 bytes that were freed and are still marked as in use, in lists by size. */
const FASTBIN_COUNT = 7;
const SMALLEST = 32;

export interface FastBin {
  readonly first: number;
  readonly chunk: Bytes;
}

export function wordAt(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
}

/** `offset`: where the malloc_state begins. */
export function fastBinsAt(view: DataView, offset: number): readonly FastBin[] {
  return Array.from({ length: FASTBIN_COUNT }, (_, index) => ({
    first: wordAt(view, offset + FASTBINS + 8 * index),
    chunk: SMALLEST + 16 * index,
  })).filter(({ first }) => first !== 0);
}

/** Where in these bytes of libc's data its state of the main heap begins: it knows the heap's top and its size. */
export function findMainState(view: DataView, top: number, heapSize: Bytes): number | undefined {
  const low = top % 2 ** 32;
  for (let at = TOP; at + SYSTEM_MEM - TOP + 8 <= view.byteLength; at += 8) {
    if (view.getUint32(at, true) !== low || wordAt(view, at) !== top) continue;
    if (wordAt(view, at - TOP + SYSTEM_MEM) === heapSize) return at - TOP;
  }
  return undefined;
}

export interface HeapInfo {
  /** Of the malloc_state that this heap belongs to, which lies in the first heap of the arena. */
  readonly state: number;
  readonly firstChunk: number;
  readonly end: number;
}

/** What a heap of an arena says of itself in its first words; undefined: it is none. `start` is its address. */
export function heapInfoAt(view: DataView, offset: number, start: number): HeapInfo | undefined {
  const state = wordAt(view, offset);
  const size = wordAt(view, offset + HEAP_SIZE_FIELD);
  const header = state % ARENA_HEAP_BYTES;
  // heap_info has 32 bytes, and 48 from glibc 2.35 on.
  if (header < 32 || header > 256 || header % 16 !== 0 || size <= header || size > ARENA_HEAP_BYTES) return undefined;
  const own = state - header === start;
  const behind = own ? state + STATE_SIZE : start + header;
  const misaligned = (behind + TO_MEMORY) % ALIGNMENT;
  return { state, firstChunk: misaligned === 0 ? behind : behind + ALIGNMENT - misaligned, end: start + size };
}

/**
 * The next chunk of a fastbin. From glibc 2.32 on a pointer is kept combined with its own address ("safe-linking"): what leads to a chunk counts.
 * `address` is the chunk's, `link` the word that leads on. 0: the end; undefined: it leads nowhere, as the list changed.
 */
export function nextFastChunk(address: number, link: number, isChunk: (address: number) => boolean): number | undefined {
  const key = Math.floor((address + TO_MEMORY) / 4096);
  const high = Math.floor(link / 2 ** 32) ^ Math.floor(key / 2 ** 32);
  const low = ((link % 2 ** 32) | 0) ^ ((key % 2 ** 32) | 0);
  const next = (high >>> 0) * 2 ** 32 + (low >>> 0);
  for (const one of [next, link]) if (one === 0 || isChunk(one)) return one;
  return undefined;
}
