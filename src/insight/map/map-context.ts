import type { ElfImage } from '../../model/elf-image.js';
import type { MapTable } from '../../model/map-table.js';

/** A thread of the process. */
export interface MapThread {
  readonly tid: number;
  /** Of /proc/PID/task/TID/comm: at most 15 bytes, any characters. */
  readonly name: string;
  /** Of /proc/PID/task/TID/syscall; absent while it runs, or without permission. */
  readonly stackPointer?: number;
}

/** What is known beside the mappings themselves. Whatever is absent is told by the usual layout. */
export interface MapContext {
  readonly bits: 32 | 64;
  readonly pageSize: number;
  /** As the kernel writes it in the map, with ` (deleted)` where that is so. */
  readonly executable?: string;
  /** Fields 47 and 28 of /proc/PID/stat; 0 without permission. */
  readonly startBrk?: number;
  readonly startStack?: number;
  readonly threads?: readonly MapThread[];
  /** How many there are, where their names are not told. */
  readonly threadCount?: number;
  /** Program headers of mapped files, by the path in the map; a file that is no ELF image is `none`. */
  readonly images: ReadonlyMap<string, ElfImage | 'none'>;
  /** `fd:01` as in the map: the devices of tmpfs and ramfs. */
  readonly tmpfs: ReadonlySet<string>;
  /** Paths that end in ` (deleted)` and are there, with this inode: it is their name. */
  readonly existing: ReadonlySet<string>;
}

/** What a saved file tells: nothing but the map. */
export function contextOfFile(table: MapTable, bits: 32 | 64): MapContext {
  const pages = table.figures['KernelPageSize'];
  let pageSize = Number.POSITIVE_INFINITY;
  if (pages !== undefined) for (const size of pages) if (size > 0) pageSize = Math.min(pageSize, size);
  return {
    bits,
    pageSize: Number.isFinite(pageSize) ? pageSize : 4096,
    images: new Map(),
    tmpfs: new Set(),
    existing: new Set(),
  };
}
