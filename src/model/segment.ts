/** What an engineer calls a part of an address space, in the order in which it is listed. */
export const SEGMENTS = [
  'text',
  'read-only-data',
  'data',
  'bss',
  'heap',
  'arena',
  'main-stack',
  'thread-stack',
  'guard',
  'library-text',
  'library-read-only-data',
  'library-data',
  'library-bss',
  'file',
  'shared-anonymous',
  'tmpfs',
  'memfd',
  'posix-shm',
  'sysv-shm',
  'device',
  'hugetlb',
  'named-anonymous',
  'jit',
  'anonymous',
  'reserved',
  'vdso',
  'vvar',
  'vsyscall',
  'kernel-other',
] as const;

export type Segment = (typeof SEGMENTS)[number];

/** What is true of a mapping beside its segment. Bits of RegionClasses.marks. */
export const MARKS = {
  /** Its file was deleted: the disk space, or the memory of tmpfs, is held until it is unmapped. */
  deleted: 1,
  /** Writable and executable at once. */
  writableExecutable: 2,
  /** At least one transparent huge page in it. */
  hugePages: 4,
  /** Locked: never swapped out. */
  locked: 8,
  /** The segment follows from the usual layout, not from something that the kernel, an ELF header or a stack pointer says. */
  guess: 16,
  /** A file on tmpfs or ramfs: memory, not disk. */
  tmpfs: 32,
} as const;

export type Mark = keyof typeof MARKS;

/** What the mappings of a MapTable are, row by row. */
export interface RegionClasses {
  /** Index into SEGMENTS. */
  readonly segment: Uint8Array;
  /** Index into RULES of insight/map/rules.ts: what decided. */
  readonly rule: Uint8Array;
  /** MARKS. */
  readonly marks: Uint8Array;
  /** Whose: `worker (4711)` of a thread's stack, `arena 3`, the library's file; empty for none. */
  readonly owner: { readonly index: Uint32Array; readonly texts: readonly string[] };
}
