import type { Bytes, Milliseconds } from '../base/units.js';
import type { MapTable } from './map-table.js';
import type { ProcessKey, ProcessStatus, Rollup } from './process.js';
import type { RegionClasses } from './segment.js';

/** Where a map is from. */
export type MapOrigin =
  | {
      readonly kind: 'process';
      /** Name of the target. */
      readonly target: string;
      readonly process: ProcessKey;
      readonly command: string;
      readonly commandLine?: string;
      readonly executable?: string;
    }
  | { readonly kind: 'file'; readonly name: string };

/** What was read: `maps` has no amounts; `pmap-x`, `-X`, `-XX` are outputs of pmap(1). */
export type MapForm = 'smaps' | 'maps' | 'pmap' | 'pmap-x' | 'pmap-X' | 'pmap-XX' | 'memlens';

/** What is not as it should be, and what it means for the map. `count` and `line` (from 1) where they help. */
export interface MapNote {
  readonly code: /** We may not read smaps: sizes and names only. */
    | 'no-amounts'
    /** We may not read maps either. */
    | 'no-permission'
    /** The process ended while it was read: what had been read is kept. */
    | 'ended'
    /** It ends in the middle of a mapping; with `detail`, why it may have ended too early. */
    | 'cut'
    /** Lines that are none of a map. */
    | 'foreign-lines'
    /** `count` mappings that overlap or go back: read while the process changed them, or a list that was sorted. They are in order now. */
    | 'out-of-order'
    /** More than one map in the file: the first one is shown, `count` mappings of the others, from `line` on, are left out. */
    | 'several-maps'
    /** More than the limit of mappings: the rest is left out. */
    | 'too-many'
    /** ELF headers that could not be read, so that data and bss are told by the layout. */
    | 'no-headers'
    /** Stack pointers of threads are not told, so that their stacks are told by the layout. */
    | 'no-stack-pointers'
    /** Names of threads are not told. */
    | 'no-threads'
    /** The form does not tell these (`detail`: words, with commas): the page leaves them out. */
    | 'form-lacks'
    /** A file that a newer MemLens wrote: what this one knows is shown. */
    | 'newer-version'
    /** `count` entries of a kind that this version does not know are left out. */
    | 'unknown-entries'
    /** `count` maps of the recording, between those that are shown, are left out: they can't be held at once. */
    | 'moments-left-out'
    /** What malloc keeps of the heap was not looked at: on another machine each part of it would be a round trip. */
    | 'heap-not-read';
  readonly detail?: string;
  readonly count?: number;
  readonly line?: number;
}

export interface SharedMemory {
  /** Shmem of /proc/meminfo: of the whole machine. */
  readonly machine?: Bytes;
  /** Files in tmpfs, memfds and POSIX shared memory that the process holds open, each once; mapped or not. */
  readonly open?: { readonly files: number; readonly bytes: Bytes };
  /** System V segments that the process has made, whoever holds them: what of them is in memory or swapped out. */
  readonly segments?: { readonly count: number; readonly bytes: Bytes };
  /** Files with a name in the tmpfs mounts that the process sees, whoever has made them. */
  readonly named?: { readonly files: number; readonly bytes: Bytes };
  /** wchar of /proc/PID/io: what the process has written by write(2) since it began, to whatever. */
  readonly written?: Bytes;
}

/**
 * What glibc's allocator says of its main heap, and of the arenas of further threads, in the words before each chunk (malloc/malloc.c, "Chunks"),
 * read from /proc/PID/mem while the process runs on. Those are counted whose chunks led from their start exactly to their end.
 */
export interface HeapUse {
  readonly at: Milliseconds;
  readonly chunks: number;
  readonly inUse: Bytes;
  /** Freed by the program and held by the allocator, between chunks in use. Chunks in thread caches (and in fastbins that were not found) count as in use: at least so much. */
  readonly free: Bytes;
  /** At the end of the heap, never given out or joined again. */
  readonly top: Bytes;
  /** The largest free chunk. */
  readonly largestFree: Bytes;
}

/** An address space at one moment. */
export interface MapSnapshot {
  /** Milliseconds since the Unix epoch; of a file, when it was written. */
  readonly at: Milliseconds;
  readonly origin: MapOrigin;
  readonly form: MapForm;
  readonly bits: 32 | 64;
  readonly pageSize: number;
  readonly table: MapTable;
  readonly classes: RegionClasses;
  /** /proc/PID/smaps_rollup right after it. */
  readonly rollup?: Rollup;
  /** /proc/PID/status right before it: what can be known where the map may not be read. */
  readonly status?: ProcessStatus;
  readonly threads?: number;
  /** Shared memory that mappings alone don't tell of: a file in tmpfs is memory, mapped or not. */
  readonly sharedMemory?: SharedMemory;
  /** What the allocator holds, where it was looked at. */
  readonly heapUse?: HeapUse;
  /** /proc/sys/vm/max_map_count */
  readonly maxMapCount?: number;
  /** What reading it cost the target: the budget of live mode is made of it. */
  readonly costMs?: Milliseconds;
  readonly notes: readonly MapNote[];
}

/** Of a map in a file of its own (docs/formats/map.md). */
export const MAP_FILE_FORMAT = 'memlens-map';
export const MAP_FILE_VERSION = 1;
