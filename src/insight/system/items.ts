import type { AccountId, AccountNote } from '../../model/machine-accounting.js';

export interface ItemWords {
  readonly label: string;
  /** What it is. */
  readonly what: string;
  /** How it gets less. */
  readonly smaller: string;
  /** Where to look next. */
  readonly look: string;
  /** The kernel's own document, or a manual page. */
  readonly link: string;
}

const KERNEL = 'https://docs.kernel.org/';
const MEMINFO = `${KERNEL}filesystems/proc.html#meminfo`;
const THP = `${KERNEL}admin-guide/mm/transhuge.html`;
const LRU = `${KERNEL}admin-guide/mm/concepts.html`;

/** The words of the items, for the page, the command line and docs/system.md alike. */
export const ITEM_WORDS: Readonly<Record<AccountId | 'unexplained', ItemWords>> = {
  applications: {
    label: 'Applications',
    what: 'Memory of processes that is of no file: heaps, stacks, private writable mappings (AnonPages). What is moved to swap is not in it.',
    smaller: 'End or restart what holds most, find its leak, or give it swap.',
    look: 'The processes by PSS or USS; their trend; the Memory Map of the largest.',
    link: `${LRU}#anonymous-memory`,
  },
  swapCache: {
    label: 'Swap cache',
    what: 'Pages that are in RAM and have a place in swap, and that no process maps at the moment. Those that are mapped are counted as Applications.',
    smaller: 'Nothing needs to be done: they are dropped first when memory is short.',
    look: 'The rate of swapping in and out, and which processes are swapped.',
    link: MEMINFO,
  },
  shared: {
    label: 'Shared memory and tmpfs',
    what: 'Files of tmpfs, System V and POSIX shared memory, memfds and shared anonymous mappings (Shmem). The kernel counts it as cache, but it can’t be dropped, only swapped.',
    smaller: 'Delete files of tmpfs, remove segments that nobody has attached (ipcrm), close what keeps deleted files open.',
    look: 'The tmpfs mounts and their largest files, /proc/sysvipc/shm, processes by RssShmem and by open memfds.',
    link: `${KERNEL}filesystems/tmpfs.html`,
  },
  pageCache: {
    label: 'Page cache',
    what: 'Contents of files that were read or written, kept until the memory is needed (Cached less Shmem). Nearly all of it can be given back at any time.',
    smaller: 'Nothing needs to be done; dropping caches shows how much of it is free to go.',
    look: 'Dirty and Writeback, when it does not shrink: what is written first has to go to the disk.',
    link: `${LRU}#page-cache`,
  },
  buffers: {
    label: 'Buffers',
    what: 'The page cache of block devices: metadata of file systems and raw blocks. It is given back as the page cache is.',
    smaller: 'Nothing needs to be done.',
    look: 'What reads block devices as a whole: backups, dd, checks of file systems.',
    link: MEMINFO,
  },
  slabReclaimable: {
    label: 'Slab, reclaimable',
    what: 'Kernel objects that can be made anew, for the most part names and inodes of files. They are given back under pressure, unless something uses them.',
    smaller: 'Dropping caches (2) gives back what is not in use; vm.vfs_cache_pressure makes the kernel do it sooner.',
    look: 'The slab caches by size: dentry and the inode caches; what walks through many files.',
    link: MEMINFO,
  },
  slabUnreclaimable: {
    label: 'Slab, unreclaimable',
    what: 'Kernel objects that somebody in the kernel still needs, or has forgotten. Nothing but their owner gives them back.',
    smaller:
      'It depends on the cache: fewer sockets, mounts, cgroups or processes; of a leak, a kernel or driver that has it mended.',
    look: 'The slab caches before and after; kmemleak; the stacks of allocations in /sys/kernel/debug/slab.',
    link: `${KERNEL}mm/slab.html`,
  },
  slab: {
    label: 'Slab',
    what: 'Kernel objects of all kinds. This kernel does not tell how much of it is reclaimable.',
    smaller: 'Dropping caches (2) gives back names and inodes of files.',
    look: 'The slab caches by size.',
    link: MEMINFO,
  },
  kernelReclaimable: {
    label: 'Other reclaimable kernel memory',
    what: 'Pages that drivers keep for later and give back when they are asked (KReclaimable less SReclaimable). Pools of graphics and camera buffers are the usual ones.',
    smaller: 'Nothing needs to be done: it goes under pressure.',
    look: 'The pools of dma-buf heaps and of ION in debugfs.',
    link: MEMINFO,
  },
  vmalloc: {
    label: 'vmalloc',
    what: 'Memory that the kernel put together page by page: modules, BPF programs, large tables and buffers of drivers; without the kernel stacks. Addresses of devices (ioremap) take none and are not counted.',
    smaller: 'Unload modules, unload BPF programs, make tables of hashes and of connections smaller.',
    look: 'The callers in /proc/vmallocinfo, before and after.',
    link: `${KERNEL}core-api/mm-api.html`,
  },
  kernelStacks: {
    label: 'Kernel stacks',
    what: 'One stack for each thread of the machine, for the time it spends in the kernel. It is taken when the thread begins, and stays until its end.',
    smaller: 'Run fewer threads and processes.',
    look: 'The processes by threads; those that are dead but not waited for.',
    link: `${KERNEL}mm/vmalloced-kernel-stacks.html`,
  },
  pageTables: {
    label: 'Page tables',
    what: 'The tables that translate addresses of processes. Each process has its own, also for memory that it shares with others.',
    smaller: 'Huge pages for large shared memory, fewer processes that map it, smaller mappings.',
    look: 'The processes by VmPTE of /proc/PID/status.',
    link: `${KERNEL}mm/page_tables.html`,
  },
  secondaryPageTables: {
    label: 'Secondary page tables',
    what: 'Page tables for others than the processors: for guests of KVM, and for devices behind an IOMMU. They grow with what a guest or a device has touched.',
    smaller: 'Huge pages for the memory of guests.',
    look: 'The virtual machines that run, and devices that map much.',
    link: MEMINFO,
  },
  perCpu: {
    label: 'Per-CPU memory',
    what: 'Counters and small structures of which each possible CPU has its own copy. Many cgroups, network devices and BPF maps make it large.',
    smaller:
      'Fewer cgroups (also those that are removed but still hold memory), fewer per-CPU BPF maps; possible_cpus= of the kernel’s command line.',
    look: 'The number of cgroups in /proc/cgroups; nr_dying_descendants of cgroup.stat.',
    link: MEMINFO,
  },
  hugePages: {
    label: 'Huge pages (hugetlb)',
    what: 'Pages that the administrator set aside for hugetlb, used or not. Nothing else can use them, and RSS and PSS of processes do not count them.',
    smaller: 'Lower vm.nr_hugepages by what is free and not reserved.',
    look: 'The pools: free, reserved, surplus.',
    link: `${KERNEL}admin-guide/mm/hugetlbpage.html`,
  },
  cma: {
    label: 'CMA that drivers hold',
    what: 'Buffers without gaps that drivers took from the contiguous memory allocator, as far as a vendor’s field tells them (DriverCma). Other kernels do not say it, and it is unexplained there.',
    smaller: 'Close what uses the camera, the video decoder or the display; give the driver less.',
    look: '/sys/kernel/debug/cma and /sys/kernel/mm/cma; dma-buf.',
    link: `${KERNEL}mm/index.html`,
  },
  gpu: {
    label: 'Graphics',
    what: 'System memory that graphics drivers hold for objects, and that they keep for later (GPUActive, GPUReclaim). Older kernels do not tell it, and it is unexplained or shared memory there.',
    smaller: 'Close programs with many or large windows and textures.',
    look: 'drm-memory in /proc/PID/fdinfo, /sys/kernel/debug/dri.',
    link: `${KERNEL}gpu/drm-usage-stats.html`,
  },
  zspages: {
    label: 'Compressed memory (zsmalloc)',
    what: 'Pages that zram or zswap compressed into RAM. What they held before was several times as large.',
    smaller: 'Less swap on zram; its limit (mem_limit).',
    look: '/sys/block/zram*/mm_stat; the processes by swap.',
    link: `${KERNEL}mm/zsmalloc.html`,
  },
  zswap: {
    label: 'Compressed memory (zswap)',
    what: 'Pages that zswap compressed before they would go to the disk. It gives the oldest to the disk when it is full.',
    smaller: 'max_pool_percent of zswap.',
    look: 'The processes by swap.',
    link: `${KERNEL}admin-guide/mm/zswap.html`,
  },
  balloon: {
    label: 'Balloon',
    what: 'Memory that a driver took for the hypervisor, so that others may use it. From inside nothing can be done with it.',
    smaller: 'Give the virtual machine more memory, from outside.',
    look: 'The settings of the hypervisor.',
    link: MEMINFO,
  },
  unaccepted: {
    label: 'Not accepted yet',
    what: 'Memory of a confidential guest that the guest has not taken over from its host. It becomes free memory as it is needed.',
    smaller: 'Nothing needs to be done.',
    look: 'accept_memory= of the kernel’s command line.',
    link: MEMINFO,
  },
  bounce: {
    label: 'Bounce buffers',
    what: 'Copies of pages for block devices that can’t reach all of the memory. New kernels have none.',
    smaller: 'A driver, or a 64-bit kernel, that needs no copies.',
    look: 'The block devices.',
    link: MEMINFO,
  },
  fuseWriteback: {
    label: 'FUSE, being written',
    what: 'Copies that FUSE makes of pages while they are written. They are beside the page cache.',
    smaller: 'A faster file system behind FUSE, or less that is written to it.',
    look: 'The FUSE mounts and what writes to them.',
    link: MEMINFO,
  },
  quicklists: {
    label: 'Quicklists',
    what: 'Empty page tables that some architectures kept for the next process, before Linux 5.4. They are in no other field.',
    smaller: 'Nothing needs to be done.',
    look: 'How often processes begin and end.',
    link: MEMINFO,
  },
  corrupted: {
    label: 'Broken memory',
    what: 'Pages that are not used any more because the hardware reported an error in them. Only new hardware gives them back.',
    smaller: 'Replace the memory module.',
    look: 'The kernel’s log: memory failure, and EDAC.',
    link: MEMINFO,
  },
  perCpuFree: {
    label: 'Free, on the lists of the CPUs',
    what: 'Free pages that each CPU keeps for its next allocations. MemFree does not count them.',
    smaller: 'Nothing needs to be done: they are free.',
    look: 'count: and high: in /proc/zoneinfo.',
    link: 'https://man7.org/linux/man-pages/man5/proc_zoneinfo.5.html',
  },
  free: {
    label: 'Free',
    what: 'Pages that nobody uses (MemFree). A machine that runs for long has little of it, and that is well: what counts is what is available.',
    smaller: 'It needs no care; too little of it is seen in MemAvailable and in the pressure.',
    look: 'The zones: watermarks, CMA, fragmentation.',
    link: MEMINFO,
  },
  anonHugePages: {
    label: 'in huge pages',
    what: 'Anonymous memory in transparent huge pages. A page is 2 MiB on most machines, and all of it is taken when one byte is touched.',
    smaller: 'enabled=madvise in /sys/kernel/mm/transparent_hugepage.',
    look: 'AnonHugePages of the processes.',
    link: THP,
  },
  lazyFree: {
    label: 'given back, not yet taken',
    what: 'Memory that programs gave back with MADV_FREE. The kernel takes it when it needs it.',
    smaller: 'Nothing needs to be done.',
    look: 'LazyFree of the processes.',
    link: MEMINFO,
  },
  mappedSwapCache: {
    label: 'in the swap cache as well',
    what: 'Pages of applications that have a copy in swap. They are mapped, and so in AnonPages already.',
    smaller: 'Nothing needs to be done.',
    look: 'The rate of swapping in and out.',
    link: MEMINFO,
  },
  shmemHugePages: {
    label: 'in huge pages',
    what: 'Shared memory and tmpfs in transparent huge pages. A small file may take a whole one.',
    smaller: 'shmem_enabled, and huge= of the tmpfs mount.',
    look: 'The tmpfs mounts with huge=.',
    link: THP,
  },
  mapped: {
    label: 'mapped by processes',
    what: 'Files and shared memory that processes have mapped. Programs and libraries are the usual part of it.',
    smaller: 'It goes with the processes.',
    look: 'RssFile and RssShmem of the processes.',
    link: MEMINFO,
  },
  fileHugePages: {
    label: 'in huge pages',
    what: 'Files in transparent huge pages, for the most part code of programs. They are page cache as any other.',
    smaller: 'Nothing needs to be done.',
    look: 'FilePmdMapped of the processes.',
    link: THP,
  },
  dirty: {
    label: 'to be written',
    what: 'Contents of files that the disk does not have yet. They can’t be dropped before they are written.',
    smaller: 'sync, or lower vm.dirty_bytes.',
    look: 'What writes, and how fast the disk is.',
    link: MEMINFO,
  },
  writeback: {
    label: 'being written',
    what: 'Pages that are on their way to the disk, or to swap, at this moment. An amount that stays says that the device is slow.',
    smaller: 'A faster device, or less that is written.',
    look: 'The pressure of IO (/proc/pressure/io).',
    link: MEMINFO,
  },
  unevictable: {
    label: 'not to be reclaimed',
    what: 'Pages that reclaim passes over: locked ones, ramfs, secret memory. They stay in RAM whatever happens.',
    smaller: 'Less mlock; tmpfs in place of ramfs.',
    look: 'VmLck of the processes; mounts of ramfs.',
    link: `${KERNEL}mm/unevictable-lru.html`,
  },
  mlocked: {
    label: 'locked',
    what: 'Pages that mlock(2) holds in RAM. They are part of what is not to be reclaimed.',
    smaller: 'Less mlock, or a limit for it (RLIMIT_MEMLOCK).',
    look: 'VmLck of the processes.',
    link: `${KERNEL}mm/unevictable-lru.html`,
  },
  nfsUnstable: {
    label: 'not committed on the NFS server',
    what: 'Pages that were sent to an NFS server which has not put them on its disk yet. New kernels count them as being written.',
    smaller: 'A faster server.',
    look: 'The NFS mounts.',
    link: MEMINFO,
  },
  shadowStacks: {
    label: 'shadow call stacks',
    what: 'A second stack of return addresses for each thread, on arm64 and riscv. It guards the kernel against overwritten return addresses.',
    smaller: 'Run fewer threads.',
    look: 'The processes by threads.',
    link: MEMINFO,
  },
  zswapInZspages: {
    label: 'of zswap',
    what: 'What of the compressed pages is zswap’s. The rest is of zram.',
    smaller: 'max_pool_percent of zswap.',
    look: 'The processes by swap.',
    link: `${KERNEL}admin-guide/mm/zswap.html`,
  },
  cmaFree: {
    label: 'only for movable pages (CMA)',
    what: 'Free memory that is kept for contiguous allocations. The kernel’s own allocations can’t use it, so they may fail while it is free.',
    smaller: 'A smaller cma= on the kernel’s command line or in the device tree.',
    look: 'nr_free_cma of the zones.',
    link: MEMINFO,
  },
  highFree: {
    label: 'high memory',
    what: 'Free memory that a 32-bit kernel has no permanent address for. The kernel’s own objects can’t be there.',
    smaller: 'A 64-bit kernel.',
    look: 'LowFree: that is what the kernel runs out of.',
    link: `${KERNEL}mm/highmem.html`,
  },
  hugePagesFree: {
    label: 'not used',
    what: 'Huge pages that no program has, of the default size. Some of them may be promised (reserved).',
    smaller: 'Lower vm.nr_hugepages.',
    look: 'The pools: free, reserved, surplus.',
    link: `${KERNEL}admin-guide/mm/hugetlbpage.html`,
  },
  unexplained: {
    label: 'Unexplained',
    what: 'MemTotal less all of the above: what no field of the kernel counts. Drivers, sockets, pipes, balloons and graphics take such pages, and so does what a missing file would have told.',
    smaller: 'Find out who took it: what grows with a certain action is its owner’s.',
    look: 'Mark, act, and compare; page_owner and /proc/allocinfo where the kernel has them.',
    link: `${KERNEL}mm/page_owner.html`,
  },
};

/** How a part was taken, where kernels differ: one sentence. */
export const NOTE_WORDS: Readonly<Record<AccountNote['kind'], string>> = {
  'vmalloc-with-ioremap':
    'VmallocUsed of this kernel has addresses of devices in it and is not counted; /proc/vmallocinfo, which root may read, tells what is memory.',
  'vmalloc-not-told':
    'This kernel does not tell vmalloc in meminfo: without /proc/vmallocinfo, which root may read, it is unexplained.',
  'stacks-inside-vmalloc': 'The kernel stacks are allocated by vmalloc; they are taken out of it here, so that they count once.',
  'stacks-perhaps-inside':
    'Nothing says whether the kernel stacks are in VmallocUsed; they are counted beside it, so the unexplained may be too small by as much.',
  'cpu-lists-not-told':
    'Without /proc/zoneinfo the free lists of the CPUs are in the unexplained: hundreds of MiB on a large machine, less than one on a small board.',
  'not-a-size': 'A field is larger than any machine’s memory (a counter that fell below zero) and is not counted.',
};

/** What MemAvailable is; there is no figure that says it better, and none that says it exactly. */
export const AVAILABLE_WORDS =
  'MemAvailable is the kernel’s estimate of what new programs can get without swapping: free pages beyond its own reserves, and of the page cache and of reclaimable slab all but a half or the low watermark, whichever is less. It does not know what of the cache is locked or in use, and it counts free CMA for everybody. Kernels before 3.14 do not tell it.';
