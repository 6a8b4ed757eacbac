import type { Bytes, Milliseconds } from '../base/units.js';
import type { Finding, Note } from './finding.js';
import type { HeapProfile } from './heap-profile.js';

/** The ways to look into a process that runs already, as `memlens attach --engine` names them. */
export const LIVE_WAYS = [
  'perf-faults',
  'own-profiler',
  'leak-check',
  'malloc-info',
  'mappings',
  'heaptrack',
  'memleak',
] as const;
export type LiveWayId = (typeof LIVE_WAYS)[number];

/** A process as it was when it was looked at; with `startTicks` no other process of the same number is taken for it. */
export interface LiveProcess {
  readonly pid: number;
  /** proc_pid_stat(5), field 22. */
  readonly startTicks: number;
  /** The name that the kernel has for it (comm). */
  readonly command: string;
  /** proc_pid_stat(5), field 3: `R`, `S`, `D`, `T` stopped, `t` traced, `Z`... */
  readonly state: string;
  /** Effective user, where it is told. */
  readonly uid?: number;
  readonly threads: number;
  /** 0: nobody traces it. */
  readonly tracerPid: number;
  /** /proc/PID/exe without ` (deleted)`; absent without permission. */
  readonly executable?: string;
  /** The file of `executable` was deleted or replaced since it started. */
  readonly isDeleted: boolean;
  readonly bits?: 32 | 64;
  /** The word of `uname -m` for its machine. */
  readonly machine?: string;
  /** Files with executable mappings, as the process sees them. */
  readonly modules: readonly string[];
  readonly libc: 'glibc' | 'musl' | 'other' | 'none' | 'unknown';
  /** glibc's own unless another one is mapped or linked in. */
  readonly allocator: 'libc' | 'jemalloc' | 'tcmalloc' | 'unknown';
  /** A runtime in it that can look for leaks. */
  readonly sanitizer?: 'asan' | 'lsan';
  /** The environment it was started with, where it may be read: only the variables that a way asks for. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Its mount, pid or user namespace is not ours: paths of it go through /proc/PID/root. */
  readonly isInContainer: boolean;
  /** NSpid of proc_pid_status(5), its number in its own namespace, where it is another one. */
  readonly ownPid?: number;
}

/** A tool on the machine of the process. */
export interface LiveTool {
  readonly path: string;
  readonly version?: string;
}

export type LiveToolName = 'perf' | 'gdb' | 'strace' | 'heaptrack_interpret' | 'heaptrack_inject' | 'bpftrace' | 'memleak' | 'cc';

/** What the machine of a process has for looking into it. Absent: not there, or not known. */
export interface LiveMachine {
  readonly uid: number;
  /** `uname -m` and `uname -r` */
  readonly machine?: string;
  readonly kernel?: string;
  /** That are online. */
  readonly processors?: number;
  readonly tools: Partial<Readonly<Record<LiveToolName, LiveTool>>>;
  /** /proc/sys/kernel/perf_event_paranoid */
  readonly perfParanoid?: number;
  /** /proc/sys/kernel/yama/ptrace_scope */
  readonly ptraceScope?: number;
  /** CapEff of proc_pid_status(5) of a process of ours. */
  readonly capabilities?: bigint;
  /** gdb was built with Python. */
  readonly gdbPython?: boolean;
}

/** From samples: with a probability of 95 % it lay between these two (0 to 1) while it was measured. */
export interface AllocatorShare {
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

/** How busy a process is, measured from outside before anything touches it. Absent: it could not be measured. */
export interface LiveRates {
  readonly overMs: Milliseconds;
  /** Page faults that read nothing from a disk, a second; proc_pid_stat(5), minflt. */
  readonly minorFaults: number;
  /** Share of one processor: 1 is one that is never idle. */
  readonly cpu: number;
  /** Of it, in the kernel. */
  readonly systemCpu: number;
  /** RSS, bytes a second. */
  readonly rssGrowth: number;
  /** Calls of brk, mmap and munmap a second. */
  readonly mappingCalls?: number;
  /** Of the processor time of its own code (without the kernel's), the share in malloc, free and their kin. */
  readonly allocator?: AllocatorShare;
  /** What measured them, and why one is not known: one sentence each. */
  readonly words: readonly string[];
}

/** What a way is expected to cost this process. */
export interface LivePrice {
  /** How many times as long the process takes; absent: it can't be told. */
  readonly slowdown?: { readonly low: number; readonly high: number };
  /** How long it stands still at once, at most. */
  readonly stopMs?: Milliseconds;
  /** It could stall: the user is warned, and has to agree. */
  readonly isDangerous: boolean;
  /** One sentence. */
  readonly words: string;
}

/** glibc's allocator as malloc_info(3) tells it, bytes. */
export interface MallocUse {
  readonly arenas: number;
  /** Taken from the kernel by brk and for arenas. */
  readonly held: Bytes;
  /** Of it, given to the program. */
  readonly inUse: Bytes;
  readonly free: Bytes;
  /** Of it, at the top of the heaps: what malloc_trim(3) gives back at least. Absent: not told. */
  readonly top?: Bytes;
  /** Blocks with a mapping of their own. */
  readonly mapped: { readonly bytes: Bytes; readonly blocks: number };
}

/** Of free memory, so much of what malloc holds is worth a word. */
const MUCH = 0.5;
const LITTLE_BYTES = 1 << 20;

/** Most of what malloc holds is free, and it is not little. */
export const isMostlyFree = ({ held, free }: MallocUse): boolean => free >= LITTLE_BYTES && free >= MUCH * held;

/** When a process was looked into, by one clock, and what malloc told then: it is kept for what is said of other looks. */
export interface LookSpan {
  readonly way: LiveWayId;
  readonly from: Milliseconds;
  readonly to: Milliseconds;
  readonly malloc?: MallocUse;
}

/** What came of looking into a process. */
export interface LiveOutcome {
  readonly way: LiveWayId;
  readonly process: LiveProcess;
  /** Stacks with amounts. */
  readonly profile?: HeapProfile;
  /** Of a leak check: in its engine's words. Others are made of the profile. */
  readonly findings: readonly Finding[];
  readonly malloc?: MallocUse;
  readonly notes: readonly Note[];
  /** How long it was looked at. */
  readonly overMs: Milliseconds;
  /** When that was over, by the clock of all looks of this MemLens. */
  readonly endedAt?: Milliseconds;
  /** Why it ended before its time. */
  readonly ended?: 'user' | 'exited' | 'too-slow';
}
