import type { Bytes } from '../base/units.js';
import type { MeminfoField, Pressure, VmCounters } from './sample.js';
import type {
  FreeBlocks,
  HugePagePool,
  KernelModule,
  SlabCache,
  SwapDevice,
  SysvSegment,
  VmallocArea,
  ZoneInfo,
  ZramStat,
} from './system-owners.js';
import type { VerdictState } from './verdict.js';

/** Files of one machine at one moment, as far as they were told. All but meminfo may be missing. */
export interface SystemFacts {
  readonly meminfo: readonly MeminfoField[];
  /** Milliseconds since the Unix epoch; needed where two states are compared by time. */
  readonly at?: number;
  /** Milliseconds since the machine was started, and which of its starts that was (/proc/sys/kernel/random/boot_id). */
  readonly sinceBoot?: number;
  readonly bootId?: string;
  readonly pageSize?: Bytes;
  /** `uname -r`, and `uname -m`. */
  readonly kernelRelease?: string;
  readonly architecture?: string;
  readonly zones?: readonly ZoneInfo[];
  readonly buddy?: readonly FreeBlocks[];
  readonly vmalloc?: readonly VmallocArea[];
  readonly slab?: readonly SlabCache[];
  readonly counters?: VmCounters;
  readonly pressure?: Pressure;
  readonly zram?: readonly ZramStat[];
  readonly hugePages?: readonly HugePagePool[];
  readonly modules?: readonly KernelModule[];
  readonly swaps?: readonly SwapDevice[];
  readonly shm?: readonly SysvSegment[];
  readonly cgroups?: readonly CgroupMemory[];
  /** /proc/sys/vm/overcommit_memory: 0, 1 or 2. */
  readonly overcommitMode?: number;
  /** Threads of all processes. */
  readonly threads?: number;
  /** The process with the most page tables (VmPTE of /proc/PID/status), where that was looked for. */
  readonly mostPageTables?: { readonly pid: number; readonly name: string; readonly bytes: Bytes };
  /** The process with the most threads, where that was looked for. */
  readonly mostThreads?: { readonly pid: number; readonly name: string; readonly threads: number };
  readonly tmpfs?: readonly TmpfsUse[];
  /** What was swapped during the look itself, where there is swap. */
  readonly swapping?: Swapping;
  /** What was read again during the look itself. */
  readonly refaulting?: Refaulting;
}

export interface Swapping {
  readonly pagesIn: number;
  readonly pagesOut: number;
  readonly duringMs: number;
}

/** Pages of files that came back soon after they had been given up, and faults that waited for storage. */
export interface Refaulting {
  readonly pages: number;
  readonly majorFaults: number;
  readonly duringMs: number;
}

/** How fast memory went to and fro over a time, per second. What nobody counts is absent. */
export interface PagingRates {
  readonly duringMs: number;
  /** Bytes. */
  readonly swapIn?: number;
  /** Bytes of files that were read again soon after they had been given up. */
  readonly refaults?: number;
  readonly majorFaults?: number;
  /** Percent of the time in which every task that could run waited for memory. */
  readonly stalled?: number;
}

/** MemAvailable over time: what was seen of it, and whether it falls. */
export interface AvailableTrend {
  /** Milliseconds since the Unix epoch: the first and the last value. */
  readonly from: number;
  readonly to: number;
  readonly samples: number;
  readonly first: Bytes;
  readonly last: Bytes;
  readonly least: Bytes;
  /** The growth verdict on what is taken. */
  readonly state: VerdictState;
  /** What was judged: the end of the series, this long. */
  readonly windowMs: number;
  /** Bytes; half of the 95 % interval. */
  readonly fallsPerHour?: number;
  readonly errorPerHour?: number;
  /** About how much longer until there is a verdict, or a stronger one. */
  readonly moreMs?: number;
  /** From `to` on, where it falls and is gone within a year. */
  readonly goneInMs?: number;
  readonly earliestMs?: number;
  readonly latestMs?: number;
}

export interface CgroupMemory {
  readonly group: string;
  readonly usage: Bytes;
  readonly limit: Bytes | 'max';
  /** Of the usage, page cache of files and slab that is reclaimable (memory.stat). Shared memory and tmpfs are not in it. */
  readonly reclaimable?: Bytes;
  /** memory.high of version 2: beyond it its processes are slowed down, and nothing is killed. */
  readonly high?: Bytes | 'max';
  /** memory.soft_limit_in_bytes of version 1: only when the machine is short of memory the group is brought down to it. */
  readonly softLimit?: Bytes | 'max';
  /** The least limit of it and of the groups around it, of which not all can be seen from a container (version 1). */
  readonly aroundLimit?: Bytes;
  /** How often since the group was made, in it and in the groups below. */
  readonly events?: CgroupEvents;
}

/** memory.events of version 2, memory.failcnt and memory.oom_control of version 1. What is not counted is absent. */
export interface CgroupEvents {
  /** It was beyond memory.high, and a process of it was slowed down. */
  readonly high?: number;
  /** It was about to go beyond its limit; of version 1 also memory.failcnt. */
  readonly max?: number;
  /** At its limit an allocation was about to fail. */
  readonly oom?: number;
  /** Processes of it that were killed for want of memory, its own or the machine's. */
  readonly oomKill?: number;
}

export interface TmpfsUse {
  readonly mountPoint: string;
  readonly used: Bytes;
}

/** What is counted of the machine's memory, in the order of the waterfall; each once, and none inside of another. */
export const ACCOUNT_PARTS = [
  'applications',
  'swapCache',
  'shared',
  'pageCache',
  'buffers',
  'slabReclaimable',
  'slabUnreclaimable',
  'slab',
  'kernelReclaimable',
  'vmalloc',
  'kernelStacks',
  'pageTables',
  'secondaryPageTables',
  'perCpu',
  'hugePages',
  'cma',
  'gpu',
  'zspages',
  'zswap',
  'balloon',
  'unaccepted',
  'bounce',
  'fuseWriteback',
  'quicklists',
  'corrupted',
  'perCpuFree',
  'free',
] as const;

export type AccountPartId = (typeof ACCOUNT_PARTS)[number];

/** What is inside of a part, or of several together: never added up. */
export const ACCOUNT_INSIDE = [
  'anonHugePages',
  'lazyFree',
  'mappedSwapCache',
  'shmemHugePages',
  'mapped',
  'fileHugePages',
  'dirty',
  'writeback',
  'unevictable',
  'mlocked',
  'nfsUnstable',
  'shadowStacks',
  'zswapInZspages',
  'cmaFree',
  'highFree',
  'hugePagesFree',
] as const;

export type AccountInsideId = (typeof ACCOUNT_INSIDE)[number];

export type AccountId = AccountPartId | AccountInsideId;

export interface AccountItem {
  readonly id: AccountId;
  readonly bytes: Bytes;
  /** The parts that it is inside of, one or several together; absent: it is counted by itself. */
  readonly inside?: readonly AccountPartId[];
  /** What it was made of: fields of meminfo by their names, other files as `/proc/zoneinfo count`. */
  readonly sources: readonly string[];
}

/** A field of meminfo of which nothing says that it is outside of the others: shown, not added. */
export interface UncountedField {
  readonly name: string;
  readonly bytes: Bytes;
}

/** How a part that kernels count in different ways was taken. */
export type AccountNote =
  /** VmallocUsed of kernels before 4.4 has ioremap in it, and is no memory; vmallocinfo would tell. */
  | { readonly kind: 'vmalloc-with-ioremap'; readonly bytes: Bytes }
  /** Linux 4.4 to 5.2 always writes 0, or there is no such field. */
  | { readonly kind: 'vmalloc-not-told' }
  /** The kernel stacks are inside of vmalloc: seen in vmallocinfo, or as these kernels are built unless somebody switched it off. */
  | { readonly kind: 'stacks-inside-vmalloc'; readonly seen: boolean; readonly bytes: Bytes }
  /** Nothing says whether the stacks are in VmallocUsed: counted beside it, so this much may be counted twice. */
  | { readonly kind: 'stacks-perhaps-inside'; readonly bytes: Bytes }
  /** Without /proc/zoneinfo the free lists of the CPUs are in the unexplained. */
  | { readonly kind: 'cpu-lists-not-told' }
  /** More than a machine can have: a counter that went below zero, or a broken field. Not counted. */
  | { readonly kind: 'not-a-size'; readonly fields: readonly string[] };

/** Two fields that hold the same memory, by so much. */
export interface LikelyOverlap {
  readonly pair: readonly [string, string];
  readonly bytes: Bytes;
  /** The unexplained when this is counted once. */
  readonly leaves: Bytes;
}

/** Where the machine's memory is: the parts and `unexplained` add up to exactly `total`. */
export interface MachineAccounting {
  readonly total: Bytes;
  /** Parts in the order of ACCOUNT_PARTS, then what is inside of them. */
  readonly items: readonly AccountItem[];
  /** MemTotal less all parts; never clipped. Negative: something is counted twice. */
  readonly unexplained: Bytes;
  /** Only when `unexplained` is negative; the likeliest first. */
  readonly overlaps: readonly LikelyOverlap[];
  readonly uncounted: readonly UncountedField[];
  readonly notes: readonly AccountNote[];
}

export const FREE_VERSIONS = ['3.3.8', '3.3.9', '3.3.11', '4.0.0', '4.0.1'] as const;

/** By the last (of the newest: the first) version of procps that counts so: up to 3.3.8, 3.3.9, 3.3.10 and 3.3.11, 3.3.12 to 4.0.0, since 4.0.1. */
export type FreeVersion = (typeof FREE_VERSIONS)[number];

/** The line `Mem:` of free(1); what the file does not tell is absent. */
export interface FreeColumns {
  readonly version: FreeVersion;
  readonly total: Bytes;
  readonly used?: Bytes;
  readonly free: Bytes;
  readonly shared?: Bytes;
  /** buff/cache; up to 3.3.9 `buffers` and `cached` are columns of their own. */
  readonly cache?: Bytes;
  readonly buffers?: Bytes;
  readonly cached?: Bytes;
  /** MemAvailable as free shows it. Absent before Linux 3.14, where free estimates it itself, and up to 3.3.9. */
  readonly available?: Bytes;
  /** Up to 3.3.9 the line `-/+ buffers/cache`. */
  readonly withoutCache?: { readonly used: Bytes; readonly free: Bytes };
  /** The formula of `used`, in fields of meminfo. */
  readonly usedIs: string;
}

export type SystemRuleId =
  | 'cache-is-shared-memory'
  | 'free-is-cma'
  | 'cma-exhausted'
  | 'unreclaimable-slab-grows'
  | 'page-tables-large'
  | 'kernel-stacks-large'
  | 'unexplained-large'
  | 'unexplained-grows'
  | 'counted-twice'
  | 'swap-thrash'
  | 'file-thrash'
  | 'overcommit-near-limit'
  | 'huge-pages-unused'
  | 'cgroup-near-limit'
  | 'available-falls';

export type SystemStepId =
  | 'show-tmpfs'
  | 'show-processes'
  | 'show-slab'
  | 'show-vmalloc'
  | 'show-zones'
  | 'show-cgroups'
  | 'show-huge-pages'
  | 'mark-and-diff'
  | 'watch-trend';

/** What a rule of docs/system.md saw. */
export interface SystemFinding {
  readonly rule: SystemRuleId;
  readonly severity: 'info' | 'warning' | 'error';
  readonly title: string;
  /** Why, with numbers; one sentence each. */
  readonly reasons: readonly string[];
  readonly doubt?: string;
  /** The figures behind the words: bytes, counts, shares from 0 to 1 and milliseconds. */
  readonly evidence: Readonly<Record<string, number>>;
  readonly steps: readonly SystemStepId[];
}

/** One line of a comparison of two states: `after` less `before`. */
export interface GrowthLine {
  readonly kind:
    | 'part'
    | 'unexplained'
    | 'field'
    | 'slab'
    | 'vmalloc'
    | 'module'
    | 'cgroup'
    | 'swap'
    | 'zram'
    | 'huge-pages'
    | 'zone'
    | 'blocks';
  readonly name: string;
  readonly before: Bytes;
  readonly after: Bytes;
  readonly change: Bytes;
  /** It was not there before, or is not there any more. */
  readonly news?: 'new' | 'gone';
}
