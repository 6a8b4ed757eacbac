import type { Bytes } from '../base/units.js';
import type { MeminfoField } from '../model/sample.js';

/** The fields by name; what is no whole number of bytes that can be added up is left out. */
export function meminfoMap(meminfo: readonly MeminfoField[]): ReadonlyMap<string, number> {
  const fields = new Map<string, number>();
  for (const { name, value } of meminfo) if (Number.isSafeInteger(value)) fields.set(name, value);
  return fields;
}

/** Anonymous memory, by what of it is mapped into processes and what is only in the swap cache. */
export interface AnonymousTerms {
  readonly mapped?: Bytes;
  readonly unmappedSwapCache: Bytes;
  /** The fields that say so. */
  readonly sources: readonly string[];
}

/**
 * AnonPages, and of the swap cache what is not mapped: mapped pages of the swap cache are in AnonPages already. How much that is
 * follows from the LRU lists, which hold every page of applications, of the page cache and of the swap cache once. Without AnonPages the
 * lists say all of it; `mapped` is absent when nothing does.
 */
export function anonymousTerms(fields: ReadonlyMap<string, number>): AnonymousTerms {
  const active = fields.get('Active');
  const inactive = fields.get('Inactive');
  const lists =
    active === undefined || inactive === undefined
      ? undefined
      : active + inactive + (fields.get('Unevictable') ?? 0) - (fields.get('Cached') ?? 0) - (fields.get('Buffers') ?? 0);
  const mapped = fields.get('AnonPages');
  const byLists = ['Active', 'Inactive', 'Unevictable', 'Cached', 'Buffers'].filter((name) => fields.has(name));
  if (mapped === undefined) {
    return lists === undefined
      ? { unmappedSwapCache: 0, sources: [] }
      : { mapped: Math.max(0, lists), unmappedSwapCache: 0, sources: byLists };
  }
  const swapCached = fields.get('SwapCached') ?? 0;
  const unmappedSwapCache = lists === undefined ? 0 : Math.min(swapCached, Math.max(0, lists - mapped));
  return { mapped, unmappedSwapCache, sources: ['AnonPages'] };
}

/** Huge pages of all sizes since Linux 4.16 (`Hugetlb`), before it those of the default size; free ones too, for nothing else can use them. */
export function hugePageBytes(fields: ReadonlyMap<string, number>): Bytes | undefined {
  const all = fields.get('Hugetlb');
  if (all !== undefined) return all;
  const count = fields.get('HugePages_Total');
  const size = fields.get('Hugepagesize');
  return count === undefined || size === undefined ? undefined : count * size;
}
