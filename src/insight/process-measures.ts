import type { Measure, ProcessMeasure } from '../model/measure.js';
import type { ProcessRow } from '../model/process.js';

type Described = Omit<Measure, 'id'>;

const page = (name: string): string => `https://man7.org/linux/man-pages/man5/${name}.5.html`;
const STAT = page('proc_pid_stat');
const STATM = page('proc_pid_statm');
const STATUS = page('proc_pid_status');
const SMAPS = page('proc_pid_smaps');
const MAPS = page('proc_pid_maps');
const CGROUP = 'https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files';

const SERIES: Readonly<Record<ProcessMeasure, Described>> = {
  rss: {
    label: 'RSS',
    unit: 'bytes',
    definition: 'Resident set size: RAM that the process has mapped, shared pages in full; hugetlb pages and swap are not in it.',
    link: SMAPS,
  },
  pss: {
    label: 'PSS',
    unit: 'bytes',
    definition:
      'Proportional set size: as RSS, but each page divided by the number of its mappings, so that PSS of all processes can be added.',
    link: SMAPS,
  },
  uss: {
    label: 'USS',
    unit: 'bytes',
    definition:
      'Unique set size: resident pages that are mapped only once (Private_Clean + Private_Dirty), with pages of files that no other process maps.',
    link: SMAPS,
  },
  vsz: {
    label: 'VSZ',
    unit: 'bytes',
    definition: 'Virtual memory size: all mapped address space, touched or not; not an amount of RAM.',
    link: STAT,
  },
  heap: {
    label: 'Heap (brk)',
    unit: 'bytes',
    definition:
      'Size of the mapping [heap], which brk(2) moves; large blocks and the arenas of other threads are mapped elsewhere and not in it.',
    link: MAPS,
  },
  heapEnd: {
    label: 'Heap top',
    unit: 'address',
    definition: 'The end address of [heap]: the program break, which sbrk(0) returns, rounded up to a page.',
    link: MAPS,
  },
  anonymous: {
    label: 'Anonymous',
    unit: 'bytes',
    definition:
      'Resident pages that belong to no file: heap, stacks and private memory, with copies of private file pages that were written to.',
    link: SMAPS,
  },
  file: {
    label: 'File',
    unit: 'bytes',
    definition:
      'Resident pages of mapped files (RssFile): program, libraries and mmap of files; clean ones can be dropped and read again.',
    link: STATUS,
  },
  shmem: {
    label: 'Shared memory',
    unit: 'bytes',
    definition: 'Resident pages of System V and POSIX shared memory, tmpfs and shared anonymous mappings (RssShmem).',
    link: STATUS,
  },
  swap: {
    label: 'Swap',
    unit: 'bytes',
    definition:
      'Anonymous memory of the process, and shared memory that it maps, that is in swap (Swap); in full where it is shared.',
    link: SMAPS,
  },
  minorFaults: {
    label: 'Minor faults/s',
    unit: 'per-second',
    definition: 'Page faults a second that needed nothing from storage, such as the first touch of a new page.',
    link: STAT,
  },
  majorFaults: {
    label: 'Major faults/s',
    unit: 'per-second',
    definition: 'Page faults a second that waited for a page from storage.',
    link: STAT,
  },
  vmas: {
    label: 'VMAs',
    unit: 'count',
    definition: 'Virtual memory areas: lines of /proc/PID/maps; at vm.max_map_count (65,530 by default) mmap(2) fails.',
    link: MAPS,
  },
  threads: { label: 'Threads', unit: 'count', definition: 'Threads of the process.', link: STAT },
  fds: { label: 'File descriptors', unit: 'count', definition: 'Open file descriptors.', link: page('proc_pid_fd') },
  oomScore: {
    label: 'OOM score',
    unit: 'count',
    definition: 'How likely the kernel is to choose the process when memory runs out: 0 is never, higher is sooner.',
    link: page('proc_pid_oom_score'),
  },
  cgroupUsage: {
    label: 'Cgroup usage',
    unit: 'bytes',
    definition: 'Memory charged to the process’s cgroup and the groups below it, with page cache and kernel memory.',
    link: CGROUP,
  },
  cgroupLimit: {
    label: 'Cgroup limit',
    unit: 'bytes',
    definition: 'Most memory that the process’s cgroup may be charged; above it the kernel reclaims, then kills in the group.',
    link: CGROUP,
  },
};

type Column = Exclude<keyof ProcessRow, ProcessMeasure>;

/** Numbers of the process table that are no series. */
const COLUMNS = {
  code: {
    label: 'Code',
    unit: 'bytes',
    definition: 'Size of the program’s code in address space (the CODE column of top): libraries are not in it.',
    link: STATM,
  },
  data: {
    label: 'Data',
    unit: 'bytes',
    definition: 'Private writable address space and stack (the DATA column of top), touched or not.',
    link: STATM,
  },
  shared: {
    label: 'Shared',
    unit: 'bytes',
    definition:
      'Resident pages of files and of shared memory (the SHR column of top): pages that could be shared, not pages that are.',
    link: STATM,
  },
  memPercent: {
    label: '%MEM',
    unit: 'percent',
    definition: 'RSS as a share of the machine’s MemTotal; shared pages count in every process that maps them.',
    link: STAT,
  },
  minorFaultsPerSecond: SERIES.minorFaults,
  majorFaultsPerSecond: SERIES.majorFaults,
} satisfies Partial<Record<Column, Described>>;

export const PROCESS_DESCRIPTIONS: ReadonlyMap<string, Described> = new Map<string, Described>([
  ...Object.entries(SERIES),
  ...Object.entries(COLUMNS),
]);
