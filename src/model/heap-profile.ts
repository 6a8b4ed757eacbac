import type { Milliseconds } from '../base/units.js';

/** Which program wrote the file, in which of its forms. */
export type HeapFormat =
  | 'heaptrack'
  | 'massif'
  | 'dhat'
  | 'callgrind'
  | 'pprof'
  | 'gperftools'
  | 'jemalloc'
  | 'memleak'
  | 'bpftrace'
  | 'strace'
  | 'perf'
  | 'folded'
  /** Of a kernel: pages by who allocated them (also Amlogic's), allocations by line, objects of a slab cache. */
  | 'page-owner'
  | 'pagetrace'
  | 'allocinfo'
  | 'slab-traces'
  /** Findings of a run: what leaked, by stack. */
  | 'findings';

/**
 * What a number of a profile says. Bytes and counts of the same thing are two measures.
 *
 * - `live`: allocated and not freed at the moment that the profile is of; at the end of a program: what it never freed.
 * - `total`: all that was ever allocated. `temporary`: freed again right after it was allocated, with no allocation between.
 * - `peak`: live when most was live.
 * - `growth`: live, less what was live at an earlier moment; may be negative.
 * - `mapped`: taken from the kernel by mmap or brk and not given back. `touched`: pages that were written to for the first time, as far as addresses tell (`TouchedPages`).
 * - `read`, `written`: bytes of blocks that the program read or wrote (dhat).
 * - `other`: the format's own word (`HeapMeasure.name`).
 */
export type HeapQuantity =
  | 'live'
  | 'total'
  | 'temporary'
  | 'peak'
  | 'growth'
  | 'mapped'
  | 'touched'
  | 'read'
  | 'written'
  | 'other';

export interface HeapMeasure {
  readonly quantity: HeapQuantity;
  /** A count is one of blocks; of `touched` one of page faults, of `mapped` one of mappings. */
  readonly unit: 'bytes' | 'count';
  /** The format's own word for it; required for `other`. */
  readonly name?: string;
}

/**
 * Call stacks as a tree, the outermost frame at the top: node 0 is the root, has no frame, and its parent is itself; a parent comes before its
 * children, so that a walk from the end to the beginning meets children first. Two children of a node have different frames.
 */
export interface StackTree {
  readonly length: number;
  readonly parent: Uint32Array;
  /** Index into the frames; of node 0 without meaning. */
  readonly frame: Uint32Array;
}

/** Texts by index; 0 is '' and means: not told. */
export type Texts = readonly string[];

/** Frames by index, each different from all others. */
export interface FrameTable {
  readonly length: number;
  /** Index into `texts`. */
  readonly function: Uint32Array;
  /** Index into `texts`: as the tool printed it. */
  readonly file: Uint32Array;
  /** From 1; 0: not told. */
  readonly line: Uint32Array;
  /** Index into `texts`: the executable or shared object. */
  readonly module: Uint32Array;
  /** Of the call (not the return address), hexadecimal with 0x, as an index into `texts`; of the process, or of the module's file: see `HeapProfile.addresses`. */
  readonly address: Uint32Array;
  /** 1: the compiler inlined it into the next outer frame. */
  readonly inlined: Uint8Array;
  /**
   * Of a kernel's frames, until they are looked up: the offset of the return address in the function and the function's size (`0x21/0x5c`), as an index into `texts`. It tells the
   * calls of a function apart.
   */
  readonly call?: Uint32Array;
}

/** A moment of the timeline. */
export interface HeapMoment {
  /** Since the program's start; the unit of massif may be another one (`HeapTimeline.unit`). */
  readonly at: number;
  /** Live bytes of the whole. */
  readonly bytes: number;
  /** What the allocator adds to them, and stacks, where told. */
  readonly extraBytes?: number;
  readonly stackBytes?: number;
  /** RSS, where the tool took it. */
  readonly rss?: number;
  /** Live bytes of each node by itself; absent: only the whole is known. Node by node as in the profile's tree. */
  readonly self?: Float64Array;
  readonly isPeak?: boolean;
}

export interface HeapTimeline {
  readonly unit: 'ms' | 'instructions' | 'allocated-bytes';
  readonly moments: readonly HeapMoment[];
}

export interface HeapNote {
  readonly code: /** It ends in the middle. */
    | 'cut'
    /** `count` lines or records that are none of the format, the first at `line`. */
    | 'foreign-lines'
    /** More than the limit: the rest is left out. */
    | 'too-many'
    /** Numbers are estimates from samples: one of `count` bytes or allocations. */
    | 'sampled'
    /** Small stacks that the tool itself left out: `count` bytes. */
    | 'below-threshold'
    /** Stacks deeper than the limit of `count` frames are cut at their outer end. */
    | 'deep-stacks'
    /** Sums of the file that are not those of its parts (`detail`). */
    | 'sums-differ'
    /** Addresses have no names. */
    | 'no-symbols'
    /** The file tells what functions call each other, and no stacks: each stands alone. */
    | 'no-stacks'
    /** `count` samples whose callers could not be followed to the end. */
    | 'broken-stacks'
    /** `count` page faults on pages that the process had touched before: bytes are those of different pages. */
    | 'touched-again'
    /** `count` page faults on pages that could not be remembered: each counts anew. */
    | 'pages-forgotten'
    /** More than one profile in the file: the last one is shown, `count` others are not. */
    | 'several-profiles'
    /** The tool was attached to a program that was running: what it had allocated before is not counted. */
    | 'attached'
    /** `count` sizes that were rounded before they were written. */
    | 'rounded'
    /** `count` lines of the file say of themselves that their numbers are not right. */
    | 'inaccurate'
    /** The file tells pages and not their size: they are taken to be of `count` bytes. */
    | 'page-size'
    | 'newer-version';
  readonly detail?: string;
  readonly count?: number;
  readonly line?: number;
}

/** Addresses that a stack mapped and that were still mapped at the end; those of a heap that grows by brk too. */
export interface HeapRegion {
  /** The node of the stack; who makes another tree of a profile moves it (`insight/heap/growing-tree.ts`). */
  readonly node: number;
  /** Addresses of the process; `end` is the first one behind it. */
  readonly start: number;
  readonly end: number;
  /** When it was mapped, on the scale of the timeline. Absent: the log has no clock. */
  readonly at?: Milliseconds;
}

/** What a heap profiler, or something like one, has seen; of any format. */
export interface HeapProfile {
  readonly format: HeapFormat;
  /** `heaptrack 1.4.0`, where told. */
  readonly tool?: string;
  readonly command?: string;
  readonly pid?: number;
  /** Milliseconds since the Unix epoch, where told. */
  readonly at?: Milliseconds;
  readonly texts: Texts;
  readonly frames: FrameTable;
  /** Addresses of frames are of the process, or offsets in the module's file; absent: there are none. */
  readonly addresses?: 'process' | 'module';
  readonly tree: StackTree;
  readonly measures: readonly HeapMeasure[];
  /** Of each measure the value of each node by itself, without its children. */
  readonly self: readonly Float64Array[];
  /** Which measure is shown first. */
  readonly chief: number;
  readonly timeline?: HeapTimeline;
  /** Of logs of mappings (strace, perf): what links stacks to regions of a memory map, in order of addresses. */
  readonly regions?: readonly HeapRegion[];
  readonly notes: readonly HeapNote[];
}

/** Of our own file of a heap profile: docs/heap-schema.json. */
export const HEAP_FILE_FORMAT = 'memlens-heap-profile';
export const HEAP_FILE_VERSION = 1;
