import type { Bytes, Milliseconds } from '../base/units.js';

/** A line of /proc/meminfo (proc_meminfo(5)). Lines in kB are given in bytes; HugePages_Total and its like are bare counts. */
export interface MeminfoField {
  readonly name: string;
  readonly value: number;
  readonly unit: 'bytes' | 'count';
}

/** A line of /proc/pressure/memory (Documentation/accounting/psi.rst): shares of wall time in percent, and a total. */
export interface PressureLine {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  readonly totalMicroseconds: number;
}

export interface Pressure {
  /** At least one task was waiting for memory. */
  readonly some: PressureLine;
  /** All tasks were waiting; not on every kernel. */
  readonly full?: PressureLine;
}

/** Counters of /proc/vmstat since boot. A kernel that does not have one leaves it out. */
export interface VmCounters {
  readonly pgfault?: number;
  readonly pgmajfault?: number;
  readonly pswpin?: number;
  readonly pswpout?: number;
  readonly oomKill?: number;
  /** Pages of zsmalloc. */
  readonly zspages?: number;
  /** Pages of files that came back soon after they had been given up (workingset_refault_file; before Linux 5.9 workingset_refault). */
  readonly refaultFile?: number;
  /** Allocations from CMA that failed since the machine was started; since Linux 5.13. */
  readonly cmaFails?: number;
}

export interface LoadAverage {
  readonly one: number;
  readonly five: number;
  readonly fifteen: number;
}

/** The machine's memory at one tick. What the kernel does not tell is absent, never 0. */
export interface SystemSample {
  /** Milliseconds since the Unix epoch, by the target's own boot clock: it never jumps within a boot. */
  readonly at: Milliseconds;
  readonly meminfo: readonly MeminfoField[];
  readonly pressure?: Pressure;
  readonly counters: VmCounters;
  readonly load?: LoadAverage;
  /** Pages on per-CPU free lists (the `count:` lines of /proc/zoneinfo): free memory that no field of meminfo counts. */
  readonly perCpuFree?: Bytes;
}
