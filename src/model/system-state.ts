import type { Bytes } from '../base/units.js';
import type { AvailableTrend, GrowthLine, PagingRates, SystemFacts } from './machine-accounting.js';
import type { BlockTypes, FreeBlocks, MemoryMount } from './system-owners.js';

/** All that was read of one machine at one moment: what the page System shows, what is marked, compared and saved. Plain data, which JSON keeps as it is. */
export interface SystemState {
  /** The name of the target, or the path of what was read. */
  readonly source: string;
  readonly facts: SystemFacts;
  readonly owners: SystemOwners;
  /** What could not be read, or not be understood. */
  readonly missing: readonly MissingFile[];
  /** Of the machine's free(1), where it is that of procps: `4.0.2`. */
  readonly procps?: string;
  /** The process that read it, where that is one of the machine: the command line itself. */
  readonly readBy?: number;
  /** What the command for root said instead of reading files: `sudo: a password is required`. */
  readonly rootRefused?: string;
}

/** The path in `missing` where /proc hides the processes of other users (hidepid). */
export const HIDDEN_PROCESSES = '/proc/PID';

export interface MissingFile {
  /** `/proc/vmallocinfo`; where many files of a kind are meant, a pattern: `/proc/PID/smaps_rollup`; or the program that was to be asked, and is not there: `find /dev/shm`. */
  readonly path: string;
  /**
   * `absent`: this kernel or this folder has no such file. `permission`: only root may read it. `refused`: root has asked, and may not, as in a container. `not-in-time`: it took too long. `unreadable`: all else.
   * `not-understood`: `count` lines of it; without a count the whole file. `report`: a report or a heap profile, which `memlens parse` reads and no state of a machine has.
   */
  readonly why: 'absent' | 'permission' | 'refused' | 'not-in-time' | 'unreadable' | 'not-understood' | 'report';
  /** Of a pattern: the files. */
  readonly count?: number;
}

/** Who holds the machine's memory, as deep as the target permits. What was not looked at, or may not be, is absent. */
export interface SystemOwners {
  readonly processes?: ProcessShares;
  readonly mounts?: readonly MountUse[];
  /** The largest files of the mounts, and those of no mount (memfd, deleted files that are still open), the largest first. */
  readonly files?: readonly MemoryFile[];
  /** Files beyond those that are kept. */
  readonly filesLeftOut?: number;
  readonly dmaBufs?: readonly DmaBuf[];
  readonly blocksByType?: readonly FreeBlocks[];
  readonly blockTypes?: readonly BlockTypes[];
}

export interface ProcessShares {
  readonly rows: readonly ProcessShare[];
  /** Processes whose PSS only root may read: they are in `rows` with RSS alone. */
  readonly withoutPss: number;
}

/** Amounts as /proc/PID/smaps_rollup and status tell them; absent where they do not. */
export interface ProcessShare {
  readonly pid: number;
  readonly name: string;
  readonly user?: string;
  readonly rss?: Bytes;
  readonly pss?: Bytes;
  readonly pssAnon?: Bytes;
  readonly pssFile?: Bytes;
  readonly pssShmem?: Bytes;
  /** Private_Clean + Private_Dirty. */
  readonly uss?: Bytes;
  readonly swap?: Bytes;
  readonly pageTables?: Bytes;
  readonly threads?: number;
}

export interface MountUse extends MemoryMount {
  /** As statfs(2) tells it. */
  readonly used?: Bytes;
  readonly size?: Bytes;
}

export interface MemoryFile {
  /** `posix`: of /dev/shm. `deleted`: it has no name any more, and goes with its last holder. */
  readonly kind: 'tmpfs' | 'posix' | 'memfd' | 'deleted';
  readonly path: string;
  /** Blocks that it takes, which are memory or swap. */
  readonly bytes: Bytes;
  /** st_size. */
  readonly length?: Bytes;
  /** Of those that were looked for, who has it open or mapped. */
  readonly holders?: readonly { readonly pid: number; readonly name: string }[];
}

export interface DmaBuf {
  readonly name?: string;
  readonly exporter?: string;
  readonly bytes: Bytes;
  readonly holders?: readonly { readonly pid: number; readonly name: string }[];
}

/** One owner in two states: what it holds in `after` less what it held in `before`. */
export interface OwnerGrowth {
  readonly kind: 'process' | 'mount' | 'file' | 'segment' | 'dma-buf';
  readonly name: string;
  readonly before: Bytes;
  readonly after: Bytes;
  readonly change: Bytes;
  /** It was not there before, or is not there any more. */
  readonly news?: 'new' | 'gone';
}

/** What was seen of a machine over a time that ends with its state. */
export interface SystemWatch {
  /** Milliseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
  /** Absent where the kernel does not tell MemAvailable. */
  readonly available?: AvailableTrend;
  /** Of the last minute. */
  readonly rates?: PagingRates;
  readonly growth: readonly GrowthLine[];
  readonly owners: readonly OwnerGrowth[];
}

/** What programs that ran between two states have left in the kernel. */
export interface LeftBehind {
  /** Those that ran meanwhile and have exited. */
  readonly programs: readonly { readonly pid: number; readonly name: string }[];
  /** Slab caches and callers of vmalloc, the largest of each kind first. `came`: what it grew by while they ran, `stays`: of it and since then. */
  readonly lines: readonly {
    readonly kind: GrowthLine['kind'];
    readonly name: string;
    readonly came: Bytes;
    readonly stays: Bytes;
  }[];
}

/** Of a state in a file of its own (docs/system-schema.json). */
export const SYSTEM_FILE_FORMAT = 'memlens-system';
export const SYSTEM_FILE_VERSION = 1;
