import type { Bytes, Milliseconds } from '../../base/units.js';
import type { HeapUse } from '../../model/map-snapshot.js';

/** Low bits of a chunk's size: the chunk before is in use; it was mapped by itself; it is of another arena. */
const PREVIOUS_IN_USE = 1;
const MAPPED = 2;
const OTHER_ARENA = 4;

const SMALLEST = 32;
const ALIGNMENT = 16;

/** Of a chunk's header that is read: the size of the chunk before it, and its own. */
export const HEADER_BYTES = 16;

/** A heap that is full ends with two chunks that are none: of 16 bytes, and of 0. */
const FENCE = 64;

/**
 * Goes from chunk to chunk of a heap of glibc's malloc on a 64-bit machine (malloc/malloc.c, "Chunk internals"): a chunk has its size
 * in its second word, with three flags in the low bits, and the next one begins behind it. The last one, `top`, ends where the heap ends.
 * What is no such heap (another allocator, somebody else's brk in it, one that changed while it was read) does not lead there, and then
 * nothing is said.
 */
export class HeapChunks {
  private at: number;
  private chunks = 0;
  private inUse: Bytes = 0;
  private free: Bytes = 0;
  private largestFree: Bytes = 0;
  /** Size of the chunk before; the next header says whether that is in use. */
  private before: Bytes = 0;
  private top: Bytes | undefined;
  private failed = false;

  constructor(
    start: number,
    private readonly end: number,
    /** Of the arena of a further thread: its chunks say so, and it may have several heaps, of which only one has the top. */
    private readonly arena = false,
  ) {
    this.at = start;
  }

  /** Address of the header that is wanted next; undefined: it is done, or leads nowhere. */
  get next(): number | undefined {
    return this.failed || this.top !== undefined ? undefined : this.at;
  }

  /** The header at `next` lies at `offset` of these bytes. */
  take(bytes: DataView, offset: number, littleEndian: boolean): void {
    const low = bytes.getUint32(offset + (littleEndian ? 8 : 12), littleEndian);
    const high = bytes.getUint32(offset + (littleEndian ? 12 : 8), littleEndian);
    const flags = low & 7;
    const size = high * 2 ** 32 + low - flags;
    if (this.arena && size < SMALLEST && this.end - this.at <= FENCE) {
      this.settle(flags);
      this.top = 0;
      return;
    }
    const fits = size >= SMALLEST && size % ALIGNMENT === 0 && this.at + size <= this.end;
    if (!fits || (flags & (this.arena ? MAPPED : MAPPED | OTHER_ARENA)) !== 0) {
      this.failed = true;
      return;
    }
    this.settle(flags);
    this.chunks++;
    this.at += size;
    this.before = size;
    if (this.at === this.end) this.top = size;
  }

  /** A header says whether the chunk before it is in use. */
  private settle(flags: number): void {
    if ((flags & PREVIOUS_IN_USE) !== 0) this.inUse += this.before;
    else {
      this.free += this.before;
      this.largestFree = Math.max(this.largestFree, this.before);
    }
  }

  /** undefined: it did not lead to the heap's end. */
  result(at: Milliseconds): HeapUse | undefined {
    const { chunks, inUse, free, top, largestFree } = this;
    return top === undefined ? undefined : { at, chunks, inUse, free, top, largestFree };
  }
}
