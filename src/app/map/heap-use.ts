import type { Cancel } from '../../base/cancel.js';
import { HEADER_BYTES, HeapChunks } from '../../insight/map/heap-chunks.js';
import type { HeapUse } from '../../model/map-snapshot.js';
import type { Target } from '../ports.js';

/** Read at once; most chunks are smaller. */
const BLOCK = 256 << 10;
/** Of a larger heap nothing is said: reading it would take long. */
const LARGEST = 512 << 20;

/**
 * What glibc's allocator holds in the main heap of a 64-bit process that runs on meanwhile: only headers are looked at, through
 * /proc/PID/mem (proc_pid_mem(5); needs ptrace's permission, and stops nothing). undefined: it may not be read, or it is no such heap,
 * or it changed meanwhile.
 */
export async function readHeapUse(
  target: Target,
  pid: number,
  heap: { readonly start: number; readonly end: number },
  at: number,
  cancel: Cancel,
): Promise<HeapUse | undefined> {
  if (heap.end - heap.start > LARGEST) return undefined;
  const chunks = new HeapChunks(heap.start, heap.end);
  let base = 0;
  let block: DataView | undefined;
  for (let next = chunks.next; next !== undefined; next = chunks.next) {
    if (block === undefined || next < base || next + HEADER_BYTES > base + block.byteLength) {
      if (cancel.requested) return undefined;
      const read = await target.readBytes(`/proc/${pid}/mem`, { offset: next, length: Math.min(BLOCK, heap.end - next) });
      if (!read.ok || read.value.length < HEADER_BYTES) return undefined;
      base = next;
      block = new DataView(read.value.buffer, read.value.byteOffset, read.value.length);
    }
    // Of the machines that run Linux with 64 bits today, all that MemLens is likely to meet are little-endian, but for s390x.
    chunks.take(block, next - base, true);
  }
  return chunks.result(at);
}
