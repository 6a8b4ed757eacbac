import type { Bytes } from '../base/units.js';

/** Bits of MapTable.permissions. */
export const READ = 1;
export const WRITE = 2;
export const EXECUTE = 4;
/** `s`: changes are seen by others that map the same; without it `p`, private. */
export const SHARED = 8;

/** Texts that repeat: each is kept once, and `index` says which of them a row has. `texts[0]` is the empty one. */
export interface TextColumn {
  readonly index: Uint32Array;
  readonly texts: readonly string[];
}

/**
 * The mappings (VMAs) of an address space at one moment, by columns and ascending by address: 65,530 of them (the kernel's
 * default limit) are a few arrays, which also travel to a page as they are. proc_pid_maps(5), proc_pid_smaps(5).
 *
 * Addresses are bytes. Every one of 64 bits is exact in a `number`, because it is a multiple of 4,096: 52 bits count.
 */
export interface MapTable {
  readonly length: number;
  readonly start: Float64Array;
  /** The first byte behind the mapping. */
  readonly end: Float64Array;
  /** READ, WRITE, EXECUTE, SHARED. */
  readonly permissions: Uint8Array;
  /** Where in the file the mapping begins, in bytes. */
  readonly offset: Float64Array;
  /** `fd:01`: major and minor in hexadecimal, as the kernel writes them; `00:00` without a file. */
  readonly device: TextColumn;
  /** Decimal: it may have 64 bits. `0` without a file. */
  readonly inode: TextColumn;
  /**
   * A file, or a name in brackets (`[heap]`, `[anon:...]`); empty for none. As the kernel writes it, but with the newline that it
   * writes as `\012`; ` (deleted)` at its end is still there, because a file's own name may end so.
   */
  readonly path: TextColumn;
  /** `VmFlags` as the kernel writes them (`rd wr mr mw me ac`); empty where they are not told. */
  readonly flags: TextColumn;
  /** The amounts of smaps in bytes, by the kernel's name (`Rss`, `Private_Dirty`, and names that we don't know); NaN: not told. */
  readonly figures: Readonly<Record<string, Float64Array>>;
  /** Of `figures`, beside BARE_FIGURES: names that we don't know and that the kernel tells without a unit. They are no amounts of bytes. */
  readonly bare?: readonly string[];
}

/** Amounts whose names carry a meaning for MemLens, in the order in which they are shown. A kernel may lack some and add others. */
export const FIGURES = [
  'Rss',
  'Pss',
  'Pss_Dirty',
  'Shared_Clean',
  'Shared_Dirty',
  'Private_Clean',
  'Private_Dirty',
  'Referenced',
  'Anonymous',
  'KSM',
  'LazyFree',
  'AnonHugePages',
  'ShmemPmdMapped',
  'FilePmdMapped',
  'Shared_Hugetlb',
  'Private_Hugetlb',
  'Swap',
  'SwapPss',
  'Locked',
  'KernelPageSize',
  'MMUPageSize',
  'THPeligible',
  'ProtectionKey',
] as const;

/** These are no amounts of bytes: a flag and a number. They are kept as the kernel writes them. */
export const BARE_FIGURES: ReadonlySet<string> = new Set(['THPeligible', 'ProtectionKey']);

/** Of these a sum over mappings says nothing. */
export const NOT_SUMMED: ReadonlySet<string> = new Set(['KernelPageSize', 'MMUPageSize', 'THPeligible', 'ProtectionKey']);

/** What is shown of a mapping, or of many together. `undefined`: none of them tells it. */
export interface MapAmounts {
  /** VSS: the sizes of the mappings, touched or not. */
  readonly size: Bytes;
  readonly rss: Bytes | undefined;
  readonly pss: Bytes | undefined;
  /** Private_Clean + Private_Dirty. */
  readonly uss: Bytes | undefined;
  /** Shared_Dirty + Private_Dirty. */
  readonly dirty: Bytes | undefined;
  readonly swap: Bytes | undefined;
  readonly locked: Bytes | undefined;
  /** AnonHugePages + ShmemPmdMapped + FilePmdMapped, of those that the kernel tells. */
  readonly thp: Bytes | undefined;
}

export const AMOUNTS = ['size', 'rss', 'pss', 'uss', 'dirty', 'swap', 'locked', 'thp'] as const;

export type Amount = (typeof AMOUNTS)[number];

/** The amounts of smaps that an amount is the sum of. THP is told in three figures, of which older kernels lack some. */
export const AMOUNT_FIGURES: Readonly<Record<Exclude<Amount, 'size'>, readonly string[]>> = {
  rss: ['Rss'],
  pss: ['Pss'],
  uss: ['Private_Clean', 'Private_Dirty'],
  dirty: ['Shared_Dirty', 'Private_Dirty'],
  swap: ['Swap'],
  locked: ['Locked'],
  thp: ['AnonHugePages', 'ShmemPmdMapped', 'FilePmdMapped'],
};

/** Of one mapping, in bytes; undefined: not told. */
export function amountAt(table: MapTable, row: number, amount: Amount): Bytes | undefined {
  if (amount === 'size') return (table.end[row] ?? 0) - (table.start[row] ?? 0);
  let sum = 0;
  let told = false;
  for (const name of AMOUNT_FIGURES[amount]) {
    const value = table.figures[name]?.[row] ?? Number.NaN;
    if (!Number.isNaN(value)) told = true;
    else if (amount !== 'thp') return undefined;
    else continue;
    sum += value;
  }
  return told ? sum : undefined;
}

export const textAt = (column: TextColumn, row: number): string => column.texts[column.index[row] ?? 0] ?? '';

/** `rw-p` */
export const permissionsText = (bits: number): string =>
  `${bits & READ ? 'r' : '-'}${bits & WRITE ? 'w' : '-'}${bits & EXECUTE ? 'x' : '-'}${bits & SHARED ? 's' : 'p'}`;

/** `7f12c0000000`, with at least eight digits, as the kernel writes it; empty for one that is not told. */
export const addressText = (address: number): string =>
  Number.isNaN(address) ? '' : BigInt(address).toString(16).padStart(8, '0');
