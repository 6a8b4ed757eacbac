import type { Bytes } from '../base/units.js';

/** What a table of /proc said. `unread` counts the lines that were not understood, a last line that may be cut among them; the first of them is line `firstUnread`, from 1. */
export interface TableText<Row> {
  readonly rows: readonly Row[];
  readonly unread: number;
  readonly firstUnread?: number;
}

/** A line of /proc/vmallocinfo: a range of kernel addresses that is mapped page by page. */
export interface VmallocArea {
  /** As written: hexadecimal with `0x`. Not the address where the kernel hashes pointers (kptr_restrict). */
  readonly from: string;
  readonly to: string;
  /** Of the address range, with its guard page; not of memory. */
  readonly size: Bytes;
  /** Who asked for it: `kernel_clone+0xa7/0x27c`. Absent for vm_map_ram and ranges that wait to be given back. */
  readonly caller?: string;
  /** The module of the caller: `leakmod`. */
  readonly module?: string;
  /** Pages that belong to the area. */
  readonly pages?: number;
  /** Of what an ioremap shows. */
  readonly physical?: string;
  /** `vmalloc`, `ioremap`, `vmap`, `user`, `dma-coherent`, `vpages`, `vm_map_ram`, `unpurged`, and whatever else stands there. */
  readonly flags: readonly string[];
  /** Pages by node, where the kernel tells them. */
  readonly nodes: readonly NodePages[];
}

export interface NodePages {
  readonly node: number;
  readonly pages: number;
}

/** A line of /proc/slabinfo. */
export interface SlabCache {
  readonly name: string;
  readonly activeObjects: number;
  readonly objects: number;
  readonly objectSize: Bytes;
  readonly pagesPerSlab: number;
  readonly activeSlabs: number;
  readonly slabs: number;
}

/** A zone's free blocks: `free[n]` blocks of 2^n pages. */
export interface FreeBlocks {
  readonly node: number;
  readonly zone: string;
  readonly free: readonly number[];
  /** A count that the kernel stopped at, `>100000` of /proc/pagetypeinfo: there are more. */
  readonly atLeast?: true;
  /** `Unmovable`, `Movable`...; only of /proc/pagetypeinfo. */
  readonly type?: string;
}

/** How many pageblocks a zone has of each migrate type (/proc/pagetypeinfo). */
export interface BlockTypes {
  readonly node: number;
  readonly zone: string;
  readonly blocks: Readonly<Record<string, number>>;
}

export interface PageTypes {
  readonly pagesPerBlock?: number;
  readonly free: readonly FreeBlocks[];
  readonly blocks: readonly BlockTypes[];
  /** Blocks that hold pages of another type too; only with CONFIG_PAGE_OWNER. */
  readonly mixed: readonly BlockTypes[];
  readonly unread: number;
}

/** A zone of /proc/zoneinfo; all amounts in pages. What the kernel does not tell is absent. */
export interface ZoneInfo {
  readonly node: number;
  readonly zone: string;
  readonly free?: number;
  readonly min?: number;
  readonly low?: number;
  readonly high?: number;
  readonly boost?: number;
  readonly spanned?: number;
  readonly present?: number;
  readonly managed?: number;
  readonly cma?: number;
  /** Of lowmem_reserve_ratio: pages kept from allocations that could use the zone of the same index. */
  readonly protection: readonly number[];
  readonly cpus: readonly CpuPages[];
  /** Counters by their kernel names: `nr_free_cma`; those of the node are with the node's first zone. */
  readonly counters: Readonly<Record<string, number>>;
}

/** A CPU's own free list of a zone, in pages. */
export interface CpuPages {
  readonly cpu: number;
  readonly count: number;
  readonly high?: number;
  readonly batch?: number;
}

/** A line of /proc/modules. */
export interface KernelModule {
  readonly name: string;
  /** Of its code and data as loaded; whole pages and a guard page are taken for it. */
  readonly size: Bytes;
  /** How many hold it; absent where the kernel can't unload modules. */
  readonly users?: number;
  readonly usedBy: readonly string[];
  readonly state?: string;
  /** `O`, `OE`...: what taints the kernel. */
  readonly taints?: string;
}

/** A line of /proc/swaps. */
export interface SwapDevice {
  readonly name: string;
  readonly type: string;
  readonly size: Bytes;
  readonly used: Bytes;
  readonly priority?: number;
  readonly deleted?: true;
}

/** A line of /proc/sysvipc/shm. */
export interface SysvSegment {
  readonly key: number;
  readonly id: number;
  /** Bytes that were asked for; memory is what of it was touched. */
  readonly size: Bytes;
  readonly creator: number;
  readonly last: number;
  /** 0: nobody has it attached, and it stays until somebody removes it. */
  readonly attached: number;
  readonly uid: number;
  /** Since Linux 2.6.37. */
  readonly resident?: Bytes;
  readonly swapped?: Bytes;
  /** The removal was asked for: it goes with the last that has it attached. */
  readonly removed: boolean;
}

/** A mount whose files are memory. */
export interface MemoryMount {
  readonly type: 'tmpfs' | 'ramfs' | 'devtmpfs' | 'hugetlbfs';
  readonly mountPoint: string;
  readonly source: string;
  /** `MAJOR:MINOR`. */
  readonly device: string;
  /** As the mount says it, `size=`; absent: half of the RAM. */
  readonly sizeLimit?: string;
}

/** /sys/block/zramN/mm_stat. */
export interface ZramStat {
  /** `zram0`. */
  readonly device?: string;
  readonly original: Bytes;
  readonly compressed: Bytes;
  /** RAM that it takes, with fragmentation and metadata of the allocator. */
  readonly used: Bytes;
  /** 0: none. */
  readonly limit?: Bytes;
  readonly mostUsed?: Bytes;
  readonly samePages?: number;
}

/** Pages of one size that are kept for hugetlb (/sys/kernel/mm/hugepages). */
export interface HugePagePool {
  readonly pageSize: Bytes;
  readonly pages: number;
  readonly free?: number;
  readonly reserved?: number;
  readonly surplus?: number;
  readonly overcommit?: number;
}
