import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { HeapUse, MapSnapshot, SharedMemory } from '../../model/map-snapshot.js';
import type { ProcessKey } from '../../model/process.js';
import type { Clock, Target } from '../ports.js';
import { heapOf, type MallocHeaps, notesOfHeap, readHeapUse } from './heap-use.js';
import type { MapSource } from './map-session.js';
import { readSharedMemory } from './shared-memory.js';
import { type TakeMapOptions, takeMap } from './take-map.js';
import { readTmpfsFiles } from './tmpfs-files.js';

/** What no mapping tells is asked for no more often than this. */
const SHARED_EVERY: Milliseconds = 4500;
/** Where a tmpfs has very many files, listing them takes this share of the time at most: one of so many. */
const NAMED_PAUSES = 20;
/** Less is not worth looking for it. */
const WRITES = 64 << 10;
/** A heap that has stood still for so long may hold what was freed. */
const STILL_FOR: Milliseconds = 10_000;
const STILL_SHARE = 0.01;
/** Looked at again after so long, to see whether what is free is used again; a large heap more rarely, in one part of so many of the time. */
const HEAP_EVERY: Milliseconds = 9000;
const HEAP_PAUSES = 30;
/** A hundred times what a MiB takes where blocks are small, when nothing else is to be done. */
const HEAP_MS_OF_MIB = 250;

/** The maps of one process, with what is known of it beside its mappings. */
export class ProcessMaps implements MapSource {
  private readonly images: NonNullable<TakeMapOptions['images']> = new Map();
  private shared: { readonly at: Milliseconds; readonly value: SharedMemory | undefined } | undefined;
  private named: SharedMemory['named'];
  private namedNext = 0;
  private namedWritten = 0;
  private still: { readonly since: Milliseconds; readonly heap: MallocHeaps } | undefined;
  private readingHeap = false;
  private heapMs: Milliseconds = Number.POSITIVE_INFINITY;
  private heapUse: { readonly at: Milliseconds; readonly value: HeapUse | undefined } | undefined;

  constructor(
    private readonly target: Target,
    private readonly process: ProcessKey,
    private readonly time: { readonly clock: Clock; readonly epochMs: () => Milliseconds },
  ) {}

  async take(cancel: Cancel): Promise<Result<MapSnapshot, Fault>> {
    const { pid, startTicks } = this.process;
    const taken = await takeMap(this.target, pid, { ...this.time, startTicks, images: this.images }, cancel);
    if (!taken.ok || cancel.requested) return taken;
    const snapshot = taken.value;
    await this.readShared(cancel);
    this.readHeap(snapshot, cancel);
    return ok({
      ...snapshot,
      notes: [...snapshot.notes, ...notesOfHeap(this.target, snapshot)],
      ...(this.shared?.value === undefined ? {} : { sharedMemory: this.shared.value }),
      ...(this.heapUse?.value === undefined ? {} : { heapUse: this.heapUse.value }),
    });
  }

  private async readShared(cancel: Cancel): Promise<void> {
    const now = this.time.clock.now();
    if (this.shared !== undefined && now - this.shared.at < SHARED_EVERY) return;
    const { pid } = this.process;
    const value = await readSharedMemory(this.target, pid, cancel);
    // What a process writes may be in tmpfs; one that writes nothing has made no file there.
    if ((value?.written ?? 0) >= this.namedWritten + WRITES && now >= this.namedNext) {
      this.namedWritten = value?.written ?? 0;
      const from = this.time.clock.now();
      this.named = await readTmpfsFiles(this.target, pid, cancel);
      this.namedNext = now + NAMED_PAUSES * (this.time.clock.now() - from);
    }
    this.shared = { at: now, value: value === undefined || this.named === undefined ? value : { ...value, named: this.named } };
  }

  /** Only while the heap stands still, and is in memory: reading what is swapped out would bring it back. */
  private readHeap(snapshot: MapSnapshot, cancel: Cancel): void {
    const now = this.time.clock.now();
    // On another machine each part of the heap would be a round trip.
    const heap = this.target.id === 'local' ? heapOf(snapshot) : undefined;
    if (heap === undefined || this.still === undefined || !isStill(this.still.heap, heap)) {
      this.still = heap === undefined ? undefined : { since: now, heap };
      this.heapUse = undefined;
      return;
    }
    if (now - this.still.since < STILL_FOR || this.readingHeap) return;
    const pause = Math.max(HEAP_EVERY, Math.min(HEAP_PAUSES * this.heapMs, (HEAP_MS_OF_MIB * heap.rss) / 2 ** 20));
    if (this.heapUse !== undefined && now - this.heapUse.at < pause) return;
    this.readingHeap = true;
    const { still } = this;
    // The map does not wait for it: a later one has it.
    void readHeapUse(this.target, this.process.pid, heap, snapshot.at, cancel).then((value) => {
      this.readingHeap = false;
      // A busy machine makes it wait, and never makes it cheaper.
      this.heapMs = Math.min(this.heapMs, this.time.clock.now() - now);
      if (this.still === still) this.heapUse = { at: now, value };
    });
  }
}

const isStill = (before: MallocHeaps, now: MallocHeaps): boolean =>
  Math.abs(before.rss - now.rss) <= STILL_SHARE * before.rss && bordersOf(before) === bordersOf(now);

const bordersOf = ({ main, arenas }: MallocHeaps): string =>
  [main, ...arenas].map((range) => (range === undefined ? '' : `${range.start}-${range.end}`)).join(' ');
