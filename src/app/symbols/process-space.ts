import type { ElfLoad } from '../../model/elf-image.js';

/** A file that is, or was, mapped into a process. */
export interface SpaceModule {
  /** As the process sees it, without ` (deleted)`. */
  readonly path: string;
  /** Its name was gone when the map was read: deleted, or replaced by a newer file. */
  readonly isDeleted: boolean;
  /** `fd:01` and decimal, as /proc/PID/maps has them. */
  readonly device: string;
  readonly inode: string;
  /** Name in /proc/PID/map_files of its first mapping. */
  readonly firstRange: string;
  /** NT_GNU_BUILD_ID in the memory of the process, hexadecimal: true of what runs, whatever the file is by now. */
  readonly buildId?: string;
  /** Program headers, from there. */
  readonly loads?: readonly ElfLoad[];
}

/** A part of a module in the memory of a process. */
export interface SpaceRange {
  readonly start: number;
  readonly end: number;
  /** In the file, of `start`. */
  readonly offset: number;
  /** Index into `modules`. */
  readonly module: number;
}

/** What of a process's addresses lies in which file; kept when the process is gone. */
export interface ProcessSpace {
  readonly pid: number;
  /** Executable mappings of files, ascending. */
  readonly ranges: readonly SpaceRange[];
  readonly modules: readonly SpaceModule[];
}
