import type { Bytes, Milliseconds } from '../base/units.js';

/** What names a process within one boot of its machine: the kernel gives a pid again, but not with the same start time. */
export interface ProcessKey {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks after boot. */
  readonly startTicks: number;
}

/** Text form of a ProcessKey, for maps and messages. */
export type ProcessId = `${number}:${number}`;

export const processId = ({ pid, startTicks }: ProcessKey): ProcessId => `${pid}:${startTicks}`;

/** The fields of /proc/PID/stat (proc_pid_stat(5)) that memory diagnostics use. */
export interface ProcessStat extends ProcessKey {
  /** Field 2 without its parentheses: at most 15 bytes, any characters. */
  readonly command: string;
  /** R, S, D, Z, T, ... */
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  /** Page faults since the start of the process. */
  readonly minorFaults: number;
  readonly majorFaults: number;
  readonly threads: number;
  readonly vsz: Bytes;
  /** The kernel's batched counter: up to some hundred KiB off (kernel doc: filesystems/proc). Never judge growth by it. */
  readonly rssPages: number;
}

/** Sums of /proc/PID/smaps_rollup (or of smaps, before Linux 4.14). */
export interface Rollup {
  readonly rss: Bytes;
  readonly pss: Bytes;
  /** Pss_Anon, Pss_File and Pss_Shmem: the parts of `pss`. Since Linux 5.4, and only of smaps_rollup. */
  readonly pssAnon?: Bytes;
  readonly pssFile?: Bytes;
  readonly pssShmem?: Bytes;
  /** Private_Clean + Private_Dirty (+ Private_Hugetlb is not included: RSS does not include it either). */
  readonly uss: Bytes;
  /** Since Linux 4.14 (Pss_Anon... 5.4); absent where the kernel does not tell. */
  readonly anonymous?: Bytes;
  readonly swap: Bytes;
  readonly swapPss?: Bytes;
  readonly locked?: Bytes;
  readonly hugetlb?: Bytes;
  readonly anonHuge?: Bytes;
  readonly sharedClean: Bytes;
  readonly sharedDirty: Bytes;
  readonly privateClean: Bytes;
  readonly privateDirty: Bytes;
}

/** /proc/PID/status (proc_pid_status(5)); a kernel thread has no memory lines. */
export interface ProcessStatus {
  readonly uid: number;
  readonly threads: number;
  readonly vmPeak?: Bytes;
  readonly vmSize?: Bytes;
  readonly vmHwm?: Bytes;
  readonly vmRss?: Bytes;
  readonly rssAnon?: Bytes;
  readonly rssFile?: Bytes;
  readonly rssShmem?: Bytes;
  readonly vmData?: Bytes;
  readonly vmStack?: Bytes;
  readonly vmExe?: Bytes;
  readonly vmLib?: Bytes;
  readonly vmPte?: Bytes;
  readonly vmSwap?: Bytes;
  readonly vmLocked?: Bytes;
  readonly hugetlb?: Bytes;
}

/** /proc/PID/statm (proc_pid_statm(5)), in pages. */
export interface ProcessStatm {
  readonly sizePages: number;
  readonly residentPages: number;
  readonly sharedPages: number;
  readonly textPages: number;
  readonly dataPages: number;
}

/** What is wanted of /proc/PID/maps at a tick. Addresses are below 2^53 on every kernel of today. */
export interface MapsDigest {
  readonly vmas: number;
  /** Lowest start and highest end of the mappings named `[heap]`. */
  readonly heap?: { readonly start: number; readonly end: number };
}

/** Why a value is not there. Shown as such, never as 0. */
export type Unknown = 'permission' | 'not-yet' | 'not-supported' | 'no-memory-map';

/** A row of the process table. Only what the tick, or the slow round, has told; ages are those of the slow values. */
export interface ProcessRow extends ProcessKey {
  readonly parent: number;
  readonly command: string;
  /** The whole command line, arguments joined by spaces; empty for kernel threads. */
  readonly commandLine?: string;
  readonly state: string;
  readonly uid?: number;
  readonly user?: string;
  readonly cgroup?: string;
  readonly kernelThread: boolean;
  readonly vsz: Bytes;
  /** Of statm, as in top(1); between its readings it follows the batched counter of stat. */
  readonly rss: Bytes;
  readonly threads: number;
  readonly minorFaultsPerSecond?: number;
  readonly majorFaultsPerSecond?: number;
  readonly pss?: Bytes;
  readonly uss?: Bytes;
  readonly swap?: Bytes;
  /** TRS, DRS and SHR of top(1), from statm. */
  readonly code?: Bytes;
  readonly data?: Bytes;
  readonly shared?: Bytes;
  readonly vmas?: number;
  readonly oomScore?: number;
  /** Share of MemTotal that RSS is, as top(1) and ps(1) count it. */
  readonly memPercent?: number;
  /** When pss, uss and swap were read (as SystemSample.at). */
  readonly rollupAt?: Milliseconds;
  /** Why pss, uss and swap are not there. */
  readonly rollupUnknown?: Unknown;
}

/** Whom a process runs as: by name, or by number where the target has no name for it. */
export const userOf = ({ user, uid }: Pick<ProcessRow, 'user' | 'uid'>): string | undefined => user ?? uid?.toString();
