/** What a number in a series counts. Rates are per second of the target's clock; an address is shown in hexadecimal. */
export type Unit = 'bytes' | 'count' | 'percent' | 'per-second' | 'bytes-per-second' | 'address';

/**
 * A quantity that is followed over time. Ids of the machine: `part.<MachinePartId>`, `meminfo.<Field>`, `swap.used`,
 * `psi.some10`, `psi.some60`, `psi.full10`, `psi.full60`, `vm.faults`, `vm.majorFaults`, `vm.refaults`, `vm.swapIn`, `vm.swapOut`, `load.one`.
 * Ids of a process: PROCESS_MEASURES.
 */
export interface Measure {
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
  /** One sentence: what it counts, in the kernel's terms. */
  readonly definition: string;
  /** Of the kernel's documentation or a man page. */
  readonly link?: string;
}

/** Where the machine's memory is, in stacking order: together exactly MemTotal (insight/machine-parts.ts). */
export const MACHINE_PARTS = [
  'applications',
  'shared',
  'pageCache',
  'buffers',
  'slabReclaimable',
  'slabUnreclaimable',
  'pageTables',
  'kernelStacks',
  'hugePages',
  'otherKernel',
  'free',
] as const;

export type MachinePartId = (typeof MACHINE_PARTS)[number];

export const PROCESS_MEASURES = [
  'rss',
  'pss',
  'uss',
  'vsz',
  /** Size of `[heap]`: its end is what sbrk(0) would give. */
  'heap',
  /** The end of `[heap]` as an address: a number below 2^53 on every 64-bit kernel of today. */
  'heapEnd',
  'anonymous',
  'file',
  'shmem',
  'swap',
  'minorFaults',
  'majorFaults',
  'vmas',
  'threads',
  'fds',
  'oomScore',
  'cgroupUsage',
  'cgroupLimit',
] as const;

export type ProcessMeasure = (typeof PROCESS_MEASURES)[number];
