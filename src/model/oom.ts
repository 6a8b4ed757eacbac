import type { Bytes } from '../base/units.js';

/**
 * What a text of the kernel's log says of running out of memory. All sizes are bytes; where the kernel printed pages, they were multiplied by
 * `OomEvent.pageSize`. What the report does not tell is absent: nothing here is made up.
 */
export interface OomReport {
  /** In the order of the text. */
  readonly events: readonly OomEvent[];
  /** Lines of the text, of whatever they are. */
  readonly lines: number;
  /** Events beyond what is kept. */
  readonly eventsLeftOut: number;
  /** Lines of killers that are not the kernel's: they are counted, and not read. */
  readonly otherKillers: readonly OomOtherKiller[];
  /** Reports of the machine's memory (`Mem-Info:`) without a line of running out of it: of SysRq m, of an allocation that failed, or of a log that is cut. */
  readonly memoryReports?: { readonly count: number; readonly firstLine: number };
}

/** A program, or a driver of Android, that kills before the kernel has to. */
export interface OomOtherKiller {
  readonly name: string;
  /** Lines that say that it has killed. */
  readonly lines: number;
  /** The first of them, from 1. */
  readonly firstLine: number;
}

/** When the kernel printed a line, as the line tells. */
export interface OomTime {
  /** As it stands in the text, without brackets: `123.456789`, `Sat Nov 21 22:35:29 2026`. */
  readonly text: string;
  /** Seconds since the boot, where that is what the text tells. */
  readonly uptimeSeconds?: number;
  /** Milliseconds since 1970, only where the text names its zone or counts from 1970. */
  readonly unixMs?: number;
}

/** Of what the free memory may be, for one request: `enum zone_type` of the kernel. */
export type OomZoneName = 'DMA' | 'DMA32' | 'Normal' | 'HighMem' | 'Movable' | 'Device';

/** The flags of a request for pages. */
export interface OomGfp {
  /** The number as printed. */
  readonly mask: number;
  /** Names of the flags; absent when neither the report nor the version of the kernel tells them. */
  readonly flags?: readonly string[];
  /** Who named them: the report, or the table of the kernel version that the report names. */
  readonly namedBy?: 'report' | 'version' | 'age';
  /** Bits that the table has no name for. */
  readonly unknownBits?: number;
  /** May the page be moved later: only then may it come from CMA. */
  readonly isMovable?: boolean;
  /** The highest zone that it may be taken from. */
  readonly zone?: OomZoneName;
  /** May wait for reclaim. */
  readonly mayReclaim?: boolean;
}

/** The task that asked for memory when there was none. */
export interface OomAsker {
  /** Its name (comm, at most 15 bytes); absent in the first kernels of 2.6. */
  readonly command?: string;
  readonly pid?: number;
  readonly gfp?: OomGfp;
  /** 2 to the power of it pages in a row; -1: the kill was asked for by SysRq. */
  readonly order?: number;
  /** -1000 to 1000; since 2.6.36. */
  readonly oomScoreAdj?: number;
  /** -17 to 15; until 3.6. */
  readonly oomAdj?: number;
  /** The nodes that its memory policy allows, as printed; absent: no policy. */
  readonly nodemask?: string;
  readonly cpuset?: string;
  /** Nodes that the cpuset allows, as printed: `0-1`. */
  readonly memsAllowed?: string;
}

/** What bounded the memory that could be used; `other` is one that this reader does not know. */
export interface OomConstraint {
  readonly kind: 'none' | 'cpuset' | 'memory-policy' | 'memcg' | 'other';
  /** As printed: `CONSTRAINT_MEMCG`, `UB 1234` (a container of OpenVZ); absent when it follows from other lines. */
  readonly told?: string;
}

/** One counter of a control group with its limit. */
export interface OomLimit {
  /** `memory`, `memory+swap` (version 1), `swap` (version 2), `kmem`. */
  readonly name: string;
  readonly usage: Bytes;
  /** Absent: no limit is set. */
  readonly limit?: Bytes;
  /** How often the limit was hit (`failcnt`). */
  readonly failures?: number;
}

/** Statistics of one control group. */
export interface OomGroupStats {
  readonly path: string;
  readonly fields: readonly OomField[];
}

/** A value by the name that the kernel gives it. */
export interface OomField {
  readonly name: string;
  /** Bytes when `unit` is that, and else events or pages scanned, as counted. */
  readonly value: number;
  readonly unit: 'bytes' | 'count';
}

export interface OomCgroup {
  /** The group whose limit was hit. */
  readonly path?: string;
  /** The group of the task that asked (until 4.18) or that was chosen. */
  readonly taskPath?: string;
  readonly limits: readonly OomLimit[];
  readonly stats: readonly OomGroupStats[];
  /** `memory.oom.group`: all of this group was to be killed. */
  readonly killsWhole?: string;
}

/** Free blocks of one size. */
export interface OomBlocks {
  readonly size: Bytes;
  readonly count: number;
  /** What kinds of blocks these are: U unmovable, M movable, E reclaimable, C CMA, H or R reserve, I isolated; '' when not told. */
  readonly types: string;
}

export interface OomZone {
  readonly node: number;
  readonly name: string;
  /** `free`, `min`, `low`, `high`, `active_anon`, `present`, `managed`, `free_cma`, ... in bytes, and counts such as `pages_scanned`. */
  readonly fields: readonly OomField[];
  /** By class of request, in the order of the zones that the kernel has, in bytes (printed in pages). */
  readonly lowmemReserve?: readonly Bytes[];
  /** The kernel has given up reclaiming here. */
  readonly isUnreclaimable?: boolean;
  readonly blocks?: readonly OomBlocks[];
  /** What the kernel adds the blocks up to. */
  readonly blocksTotal?: Bytes;
}

export interface OomHugePages {
  readonly node?: number;
  readonly size: Bytes;
  readonly total: number;
  readonly free: number;
  readonly surplus: number;
}

export interface OomSlabCache {
  readonly name: string;
  readonly used: Bytes;
  readonly total: Bytes;
}

/** A place in the kernel's source with what was allocated there and is in use. */
export interface OomAllocation {
  /** As printed, rounded: `123 MiB`. */
  readonly size: string;
  readonly calls: number;
  /** `mm/filemap.c:1919 func:__filemap_get_folio`. */
  readonly where: string;
}

/** `Mem-Info:` of a report. */
export interface OomMemory {
  /** Sums over all nodes: `active_anon`, `free`, `slab_unreclaimable`, ... (printed in pages). */
  readonly sums: readonly OomField[];
  readonly nodes: readonly { readonly node: number; readonly fields: readonly OomField[]; readonly isUnreclaimable?: boolean }[];
  readonly zones: readonly OomZone[];
  readonly hugePages: readonly OomHugePages[];
  /** NR_FILE_PAGES: page cache, shared memory and swap cache. */
  readonly pageCache?: Bytes;
  readonly swapCache?: Bytes;
  readonly swapFree?: Bytes;
  readonly swapTotal?: Bytes;
  readonly ram?: Bytes;
  readonly highMem?: Bytes;
  readonly reserved?: Bytes;
  readonly cmaReserved?: Bytes;
  readonly hwPoisoned?: Bytes;
  /** Caches of objects that can't be reclaimed, where the kernel printed them: it does when they are more than all user memory. */
  readonly slabCaches?: readonly OomSlabCache[];
  /** The largest, where the kernel counts them (memory allocation profiling, since 6.10). */
  readonly allocations?: readonly OomAllocation[];
}

/** One row of the table of tasks. */
export interface OomTask {
  readonly pid: number;
  readonly uid?: number;
  readonly tgid?: number;
  readonly name: string;
  readonly totalVm?: Bytes;
  readonly rss?: Bytes;
  readonly rssAnon?: Bytes;
  readonly rssFile?: Bytes;
  readonly rssShmem?: Bytes;
  /** Of all levels that the kernel counts. */
  readonly pageTables?: Bytes;
  readonly swap?: Bytes;
  readonly oomScoreAdj?: number;
  readonly oomAdj?: number;
}

/** Who was selected. */
export interface OomChosen {
  readonly pid: number;
  readonly name: string;
  readonly uid?: number;
  /** As printed until 5.0: thousandths of the memory that may be used since 2.6.36, and points of another kind before. */
  readonly score?: number;
  readonly cgroup?: string;
}

export interface OomKilled {
  readonly pid: number;
  readonly name: string;
  readonly uid?: number;
  readonly totalVm?: Bytes;
  /** Where the line does not tell what of it is of files: OpenVZ. */
  readonly rss?: Bytes;
  readonly anonRss?: Bytes;
  readonly fileRss?: Bytes;
  readonly shmemRss?: Bytes;
  readonly swap?: Bytes;
  readonly pageTables?: Bytes;
  readonly oomScoreAdj?: number;
}

/** What the OOM reaper left of a killed process, or that it could not. */
export interface OomReaped {
  readonly pid: number;
  readonly name: string;
  readonly left?: { readonly anonRss: Bytes; readonly fileRss: Bytes; readonly shmemRss?: Bytes };
}

export type OomNote =
  /** The first line, which says who asked, is not in the text. */
  | { readonly code: 'no-beginning' }
  /** The report ends before it says who was killed or that nobody could be. */
  | { readonly code: 'no-end' }
  /** Nothing in the report tells the size of a page: 4 KiB were taken. */
  | { readonly code: 'page-size-assumed' }
  /** Neither the report nor a known kernel version names the flags of the request. */
  | { readonly code: 'flags-not-known'; readonly kernel?: string }
  /** Rows of the table of tasks before which no line names the columns. */
  | { readonly code: 'rows-without-columns'; readonly count: number; readonly line: number }
  /** Lines that belong to the report by their form, and can't be read whole. */
  | { readonly code: 'lines-broken'; readonly count: number; readonly line: number }
  /** The kernel itself says that lines are missing. */
  | { readonly code: 'lines-dropped'; readonly count: number }
  /** Rows of the table of tasks beyond what is kept. */
  | { readonly code: 'tasks-left-out'; readonly count: number };

/** One time that memory ran out. */
export interface OomEvent {
  /** Numbers of its first and last line in the text, from 1. */
  readonly firstLine: number;
  readonly lastLine: number;
  readonly when?: OomTime;
  /** `5.10.0-21-amd64`. */
  readonly kernel?: string;
  readonly pageSize: Bytes;
  /** Somebody asked for the kill (SysRq f); memory may have been enough. */
  readonly isManual: boolean;
  /** vm.oom_kill_allocating_task: the asker was taken, nobody was selected. */
  readonly killsAsker: boolean;
  readonly asker?: OomAsker;
  readonly constraint?: OomConstraint;
  readonly cgroup?: OomCgroup;
  readonly memory?: OomMemory;
  readonly tasks: readonly OomTask[];
  readonly chosen?: OomChosen;
  readonly killed: readonly OomKilled[];
  readonly reaped: readonly OomReaped[];
  /** Nobody was left to be killed. */
  readonly isDeadlocked: boolean;
  /** What the kernel said when it stopped the machine. */
  readonly panic?: string;
  /** Lines between those of the report that are none of it: of other CPUs, of other programs. */
  readonly foreignLines: number;
  readonly notes: readonly OomNote[];
}
