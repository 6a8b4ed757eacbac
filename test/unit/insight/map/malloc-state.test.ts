import { describe, expect, it } from 'vitest';
import { HeapChunks } from '../../../../src/insight/map/heap-chunks.js';
import {
  ARENA_HEAP_BYTES,
  fastBinsAt,
  findMainState,
  heapInfoAt,
  nextFastChunk,
  wordAt,
} from '../../../../src/insight/map/malloc-state.js';

const START = 0x7f12_3400_0000;

function bytes(size: number, words: Readonly<Record<number, number>>): DataView {
  const view = new DataView(new ArrayBuffer(size));
  for (const [offset, value] of Object.entries(words)) view.setBigUint64(Number(offset), BigInt(value), true);
  return view;
}

/** As glibc combines a pointer with the address where it is kept. */
const safeLinked = (chunk: number, next: number): number => Number((BigInt(chunk + 16) >> 12n) ^ BigInt(next));

describe('lists of small blocks that were freed', () => {
  const inHeap = (address: number): boolean => address % 16 === 0 && address >= START && address < START + 0x10_0000;

  it.each([
    [START + 0x40, START + 0x9_0f80],
    [START + 0x7_fff0, START],
    [START + 0x100, 0],
  ])('lead on from %i to %i, with the pointers of glibc 2.32 and of older ones', (from, to) => {
    expect(nextFastChunk(from, safeLinked(from, to), inHeap)).toBe(to);
    expect(nextFastChunk(from, to, inHeap)).toBe(to);
  });

  it('lead nowhere when they changed while they were read', () => {
    expect(nextFastChunk(START, 0x1234_5678_9abc, inHeap)).toBeUndefined();
  });

  it('begin in the state of their arena', () => {
    const view = bytes(256, { [32 + 0x10]: START + 64, [32 + 0x10 + 8 * 6]: START + 256 });
    expect(fastBinsAt(view, 32)).toEqual([
      { first: START + 64, chunk: 32 },
      { first: START + 256, chunk: 128 },
    ]);
  });
});

describe('the state of an arena', () => {
  it('of the main heap is found by its top and its size, and by nothing else', () => {
    const top = START + 0x8_0000;
    const view = bytes(8192, { 64: top, [1024 + 0x60]: top, [1024 + 0x888]: 0x10_0000 });
    expect(findMainState(view, top, 0x10_0000)).toBe(1024);
    expect(findMainState(view, top, 0x11_0000)).toBeUndefined();
    expect(findMainState(bytes(64, {}), top, 0x10_0000)).toBeUndefined();
    expect(wordAt(view, 64)).toBe(top);
  });

  it.each([32, 48])('of further threads lies in their first heap, behind a header of %i bytes', (header) => {
    const first = heapInfoAt(bytes(64, { 0: START + header, 16: 0x2_1000 }), 0, START);
    expect(first).toMatchObject({ state: START + header, end: START + 0x2_1000 });
    expect(first!.firstChunk % 16).toBe(0);
    expect(first!.firstChunk - START - header).toBeGreaterThanOrEqual(0x898);
    const second = heapInfoAt(bytes(64, { 0: START + header, 8: START, 16: 0x2_1000 }), 0, START + ARENA_HEAP_BYTES);
    expect(second).toMatchObject({ firstChunk: START + ARENA_HEAP_BYTES + header });
  });

  it('is none where the first words are anything else', () => {
    for (const words of [
      {},
      { 0: 42, 16: 0x2_1000 },
      { 0: START + 48, 16: 0 },
      { 0: START + 48, 16: 2 ** 40 },
      { 0: START + 8192, 16: 4096 },
    ])
      expect(heapInfoAt(bytes(64, words), 0, START)).toBeUndefined();
  });
});

describe('chunks of an arena', () => {
  const walk = (view: DataView, end: number, arena: boolean): HeapChunks => {
    const chunks = new HeapChunks(START, START + end, arena);
    for (let next = chunks.next; next !== undefined; next = chunks.next) chunks.take(view, next - START, true);
    return chunks;
  };

  it('say that they are of one, and a heap that is full ends with a fence', () => {
    // Used, free, used; then the fence: 16 bytes, and 0.
    const full = bytes(512, { 8: 64 | 5, 72: 128 | 5, 200: 32 | 4, 232: 16 | 1, 248: 1 });
    expect(walk(full, 256, true).result(0)).toEqual({ at: 0, chunks: 3, inUse: 96, free: 128, top: 0, largestFree: 128 });
    expect(walk(full, 256, false).result(0)).toBeUndefined();
    const withTop = bytes(512, { 8: 64 | 5, 72: 192 | 1 });
    expect(walk(withTop, 256, true).result(0)).toMatchObject({ inUse: 64, top: 192 });
  });

  it('a fence in the midst is none', () => {
    expect(walk(bytes(512, { 8: 64 | 5, 72: 16 | 1, 88: 1 }), 480, true).result(0)).toBeUndefined();
  });
});
