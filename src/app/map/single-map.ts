import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { ok, type Result } from '../../base/result.js';
import type { MapSnapshot } from '../../model/map-snapshot.js';
import type { Target } from '../ports.js';
import { heapOf, notesOfHeap, readHeapUse } from './heap-use.js';
import { readSharedMemory } from './shared-memory.js';
import { type TakeMapOptions, takeMap } from './take-map.js';

/**
 * The map of a process that is looked at once, with what no mapping tells: shared memory without a mapping, and what the allocator's heap
 * holds, where its blocks add up at that moment. Faults: those of takeMap.
 */
export async function takeSingleMap(
  target: Target,
  pid: number,
  options: TakeMapOptions,
  cancel: Cancel,
): Promise<Result<MapSnapshot, Fault>> {
  const taken = await takeMap(target, pid, options, cancel);
  if (!taken.ok || taken.value.notes.some(({ code }) => code === 'ended')) return taken;
  const sharedMemory = await readSharedMemory(target, pid, cancel);
  // On another machine each part of the heap would be a round trip.
  const heap = target.id === 'local' ? heapOf(taken.value) : undefined;
  const heapUse = heap === undefined ? undefined : await readHeapUse(target, pid, heap, taken.value.at, cancel);
  return ok({
    ...taken.value,
    notes: [...taken.value.notes, ...notesOfHeap(target, taken.value)],
    ...(sharedMemory === undefined ? {} : { sharedMemory }),
    ...(heapUse === undefined ? {} : { heapUse }),
  });
}
