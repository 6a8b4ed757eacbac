/** What a number in a series counts. Rates are per second of the target's clock. */
export type Unit = 'bytes' | 'count' | 'percent' | 'per-second';

/**
 * A quantity that is followed over time. Ids of the machine: `part.<PartId>` (insight/machine-parts), `meminfo.<Field>`,
 * `psi.some10`, `psi.full10`, `vm.faults`, `vm.majorFaults`, `vm.swapIn`, `vm.swapOut`, `load.one`. Ids of a process: PROCESS_MEASURES.
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
