import type { MachinePartId, Measure } from '../model/measure.js';

type Described = Omit<Measure, 'id'>;

export const MEMINFO_LINK = 'https://docs.kernel.org/filesystems/proc.html#meminfo';
const PSI_LINK = 'https://docs.kernel.org/accounting/psi.html';
const VMSTAT_LINK = 'https://man7.org/linux/man-pages/man5/proc_vmstat.5.html';
const LOADAVG_LINK = 'https://man7.org/linux/man-pages/man5/proc_loadavg.5.html';

/** Label and definition of each part (docs/formats/meminfo.md has the formula). */
const PARTS: Readonly<Record<MachinePartId, readonly [string, string]>> = {
  applications: [
    'Applications',
    'Anonymous memory of processes (AnonPages) and pages of the swap cache that are not mapped: it can only be reclaimed by swapping.',
  ],
  shared: [
    'Shared memory and tmpfs',
    'Files in tmpfs, System V and POSIX shared memory and shared anonymous mappings (Shmem): it can only be reclaimed by swapping.',
  ],
  pageCache: [
    'Page cache',
    'Contents of files in RAM (Cached − Shmem); clean pages that are not locked can be dropped at any time.',
  ],
  buffers: ['Buffers', 'Page cache of block devices (Buffers): raw blocks and metadata of file systems.'],
  slabReclaimable: [
    'Slab, reclaimable',
    'Kernel objects that can be reclaimed (SReclaimable), such as cached directory entries and inodes.',
  ],
  slabUnreclaimable: ['Slab, unreclaimable', 'Kernel objects that can’t be reclaimed under pressure (SUnreclaim).'],
  pageTables: ['Page tables', 'Page tables of processes, and secondary ones of KVM and IOMMUs (PageTables + SecPageTables).'],
  kernelStacks: ['Kernel stacks', 'Kernel stacks, one for each thread of the system (KernelStack).'],
  hugePages: [
    'Huge pages',
    'Pools of hugetlb, used or not (Hugetlb); transparent huge pages are not in it, they are in the part of what they hold.',
  ],
  otherKernel: [
    'Other kernel',
    'The rest of MemTotal: vmalloc, per-CPU memory, pages that drivers, sockets and pipes allocate directly, and what no field counts.',
  ],
  free: ['Free', 'Pages that hold nothing (MemFree), with those on the free lists of the CPUs, which MemFree leaves out.'],
};

const pressure = (who: string, seconds: number): string =>
  `Share of the last ${seconds} seconds, as a moving average, in which ${who} waiting for memory (reclaim, swap-in, refaults).`;

/** Of the machine; those of meminfo's fields are made by insight/measures.ts. */
export const MACHINE_MEASURES: ReadonlyMap<string, Described> = new Map<string, Described>([
  ...Object.entries(PARTS).map(([id, [label, definition]]): [string, Described] => [
    `part.${id}`,
    { label, unit: 'bytes', definition, link: MEMINFO_LINK },
  ]),
  [
    'swap.used',
    {
      label: 'Swap used',
      unit: 'bytes',
      definition: 'Swap space in use (SwapTotal − SwapFree), with what is also in the swap cache in RAM.',
      link: MEMINFO_LINK,
    },
  ],
  [
    'psi.some10',
    { label: 'Pressure, some (10 s)', unit: 'percent', definition: pressure('at least one task was', 10), link: PSI_LINK },
  ],
  [
    'psi.some60',
    { label: 'Pressure, some (60 s)', unit: 'percent', definition: pressure('at least one task was', 60), link: PSI_LINK },
  ],
  [
    'psi.full10',
    {
      label: 'Pressure, full (10 s)',
      unit: 'percent',
      definition: pressure('all tasks that were not idle were', 10),
      link: PSI_LINK,
    },
  ],
  [
    'psi.full60',
    {
      label: 'Pressure, full (60 s)',
      unit: 'percent',
      definition: pressure('all tasks that were not idle were', 60),
      link: PSI_LINK,
    },
  ],
  [
    'vm.faults',
    {
      label: 'Page faults',
      unit: 'per-second',
      definition: 'Page faults of all processes a second, minor and major (pgfault).',
      link: VMSTAT_LINK,
    },
  ],
  [
    'vm.majorFaults',
    {
      label: 'Major page faults',
      unit: 'per-second',
      definition: 'Page faults a second that had to wait for storage (pgmajfault).',
      link: VMSTAT_LINK,
    },
  ],
  [
    'vm.refaults',
    {
      label: 'Read again',
      unit: 'bytes-per-second',
      definition:
        'Pages of files a second that were read again soon after they had been given up (workingset_refault_file, times the page size): a lot of it means that files in use do not fit into the memory.',
      link: VMSTAT_LINK,
    },
  ],
  [
    'vm.swapIn',
    {
      label: 'Swap-in',
      unit: 'bytes-per-second',
      definition: 'Memory read back from swap a second (pswpin, times the page size).',
      link: VMSTAT_LINK,
    },
  ],
  [
    'vm.swapOut',
    {
      label: 'Swap-out',
      unit: 'bytes-per-second',
      definition: 'Memory written to swap a second (pswpout, times the page size).',
      link: VMSTAT_LINK,
    },
  ],
  [
    'load.one',
    {
      label: 'Load average (1 min)',
      unit: 'count',
      definition: 'Tasks that run, wait for a CPU or are in uninterruptible sleep, as a moving average over a minute.',
      link: LOADAVG_LINK,
    },
  ],
]);
