import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEADER_BYTES, HeapChunks } from '../../../../src/insight/map/heap-chunks.js';

interface Chunk {
  readonly size: number;
  readonly used: boolean;
}

const START = 0x5555_5555_9000;

/** A heap as glibc lays it out: of each chunk its header, and the last one is the top. */
function heapOf(chunks: readonly Chunk[], littleEndian = true): DataView {
  const view = new DataView(new ArrayBuffer(chunks.reduce((sum, { size }) => sum + size, 0) + HEADER_BYTES));
  let at = 0;
  let before = true;
  for (const { size, used } of chunks) {
    view.setBigUint64(at + 8, BigInt(size | (before ? 1 : 0)), littleEndian);
    at += size;
    before = used;
  }
  return view;
}

function walk(view: DataView, size = view.byteLength - HEADER_BYTES, littleEndian = true): HeapChunks {
  const chunks = new HeapChunks(START, START + size);
  for (let next = chunks.next; next !== undefined; next = chunks.next) chunks.take(view, next - START, littleEndian);
  return chunks;
}

const chunk = fc.record({ size: fc.integer({ min: 2, max: 40 }).map((words) => words * 16), used: fc.boolean() });

describe('chunks of the heap', () => {
  it('adds up what is in use, what is free between, and the top', () => {
    const view = heapOf([
      { size: 656, used: true },
      { size: 208, used: false },
      { size: 208, used: true },
      { size: 4096, used: false },
      { size: 64, used: true },
      { size: 1024, used: true },
    ]);
    expect(walk(view).result(7)).toEqual({ at: 7, chunks: 6, inUse: 928, free: 4304, top: 1024, largestFree: 4096 });
  });

  it('of any heap, in either byte order, everything is counted once', () => {
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 1, maxLength: 50 }), fc.boolean(), (list, little) => {
        const all = list.reduce((sum, { size }) => sum + size, 0);
        const use = walk(heapOf(list, little), all, little).result(0);
        expect(use).toBeDefined();
        expect(use!.inUse + use!.free + use!.top).toBe(all);
        expect(use!.free).toBe(list.slice(0, -1).reduce((sum, { size, used }) => sum + (used ? 0 : size), 0));
      }),
    );
  });

  it('says nothing of bytes that are no such heap', () => {
    expect(walk(new DataView(new ArrayBuffer(4096)), 4000).result(0)).toBeUndefined();
    const text = new DataView(new TextEncoder().encode('no heap of glibc, but a text of this allocator..'.repeat(20)).buffer);
    expect(walk(text, 900).result(0)).toBeUndefined();
    // A chunk that leads past the end, one that is mapped by itself, and one of another arena.
    expect(walk(heapOf([{ size: 64, used: true }]), 48).result(0)).toBeUndefined();
    for (const flag of [2, 4]) {
      const view = heapOf([{ size: 64, used: true }]);
      view.setBigUint64(8, 64n | BigInt(flag), true);
      expect(walk(view).result(0)).toBeUndefined();
    }
  });

  it('ends on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 512 }), (bytes) => {
        const view = new DataView(bytes.buffer);
        const size = Math.floor((bytes.length - HEADER_BYTES) / 16) * 16;
        expect(() => walk(view, size)).not.toThrow();
      }),
    );
  });
});
