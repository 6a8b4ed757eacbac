import type { HeapMeasure, HeapProfile, HeapRegion, HeapTimeline } from '../../model/heap-profile.js';
import { AddressSpaces } from './address-spaces.js';
import { HeapMoments } from './heap-moments.js';
import { MappedMoments } from './mapped-moments.js';
import type { ProfileBuilder } from './profile-builder.js';
import type { StraceCall } from './strace-line.js';

export const MAPPED_MEASURES: readonly HeapMeasure[] = [
  { quantity: 'mapped', unit: 'bytes' },
  { quantity: 'total', unit: 'bytes' },
  { quantity: 'total', unit: 'count' },
];
const MEMORY = /^(?:brk|mmap2?|old_mmap|munmap|mremap)$/;
/** A call that maps memory, or unmaps it. */
export const isMemoryCall = (name: string): boolean => MEMORY.test(name);

/** An owner of addresses is a node and the millisecond in which it mapped them: a builder makes no more nodes. */
const MOST_NODES = 2 ** 23;
const LAST_MS = 2 ** 30 - 1;
/** A page shows no more of them, and a process has hardly more mappings (vm.max_map_count). */
const MOST_REGIONS = 1 << 16;

/** The process of a log that was written of a running one. */
export interface LoggedProcess {
  readonly pid: number;
  /** Its threads when the log began. Without them, each number that is not known is taken for one of its threads. */
  readonly threads?: ReadonlySet<number>;
  /** Where its heap ended when the log began: the end of `[heap]`. */
  readonly heapEnd?: number;
  /** When the log began and ended, by its own clock, seconds. Absent: from the first call to the last one, and no moment tells of stacks. */
  readonly from?: number;
  readonly to?: number;
}

interface MappedNow extends Pick<HeapProfile, 'notes'> {
  /** Of the first of MAPPED_MEASURES: the builder has the others. */
  readonly self: Float64Array;
  readonly places: Pick<HeapProfile, 'timeline' | 'regions'>;
}

/** Which stack mapped what is still mapped, call by call. Only of one process, where that is told; its children are left out. */
export class MappedStacks {
  calls = 0;
  private readonly spaces: AddressSpaces;
  private readonly moments = new HeapMoments();
  private readonly evenMoments: MappedMoments | undefined;
  private begin: number | undefined;
  private at = 0;

  constructor(
    private readonly builder: ProfileBuilder,
    of?: LoggedProcess,
  ) {
    const { from, to } = of ?? {};
    const moments = from === undefined || to === undefined || to <= from ? undefined : new MappedMoments((to - from) * 1000);
    this.evenMoments = moments;
    this.begin = moments === undefined ? undefined : from;
    this.spaces = new AddressSpaces(of, (owner, bytes) => moments?.add(owner % MOST_NODES, bytes));
  }

  /** Children whose calls were seen, and left out. */
  get children(): number {
    return this.spaces.children;
  }

  /** A call that goes on after what others do. */
  unfinished(call: Pick<StraceCall, 'pid' | 'name' | 'arguments'>): void {
    this.spaces.unfinished(call);
  }

  /** `stack`: gives the node of the one that called; asked only where it is needed. */
  call(call: StraceCall, stack: () => number): void {
    const isMemory = isMemoryCall(call.name);
    if (isMemory && this.spaces.isChild(call.pid)) return;
    if (isMemory) {
      this.calls++;
      this.tick(call.time);
    }
    // Only calls that may map something need a node.
    const node = isMemory && call.name !== 'munmap' ? stack() : 0;
    const mapped = this.spaces.call(call, Math.min(LAST_MS, Math.floor(this.at)) * MOST_NODES + node);
    if (mapped > 0) {
      this.builder.add(1, node, mapped);
      this.builder.add(2, node, 1);
    }
    if (isMemory && this.begin !== undefined && call.time !== undefined)
      this.moments.push({ at: this.at, bytes: this.spaces.mappedBytes });
  }

  exited(pid: number): void {
    this.spaces.exited(pid);
  }

  /** What is mapped until now, node by node, and where: more calls may come. */
  mapped(): MappedNow {
    const regions: HeapRegion[] = [];
    const self = new Float64Array(this.builder.size);
    for (const { start, end, owner } of this.spaces.left()) {
      const node = owner % MOST_NODES;
      self[node]! += end - start;
      regions.push({ node, start, end, ...(this.begin === undefined ? {} : { at: Math.floor(owner / MOST_NODES) }) });
    }
    const left = regions.length - MOST_REGIONS;
    const moments =
      this.evenMoments?.finish(this.builder.size) ??
      this.moments.finish(undefined, { at: this.at, bytes: this.spaces.mappedBytes });
    const timeline: HeapTimeline | undefined = this.begin === undefined ? undefined : { unit: 'ms', moments };
    return {
      self,
      notes: left > 0 ? [{ code: 'too-many', count: left, detail: 'regions' }] : [],
      places: {
        ...(timeline === undefined ? {} : { timeline }),
        regions: regions.sort((a, b) => a.start - b.start).slice(0, MOST_REGIONS),
      },
    };
  }

  private tick(time: number | undefined): void {
    if (time === undefined) return;
    this.begin ??= time;
    // A clock of the day begins again at midnight.
    this.at = Math.max(this.at, (time - this.begin) * 1000);
    this.evenMoments?.advance(this.at);
  }
}
