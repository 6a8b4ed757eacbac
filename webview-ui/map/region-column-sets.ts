import type { RegionColumn } from './region-columns.js';

export const COLUMN_SETS = [
  ['overview', 'Overview'],
  ['maps', 'maps'],
  ['pmap-x', 'pmap -x'],
  ['pmap-X', 'pmap -X'],
  ['smaps', 'smaps'],
  ['all', 'All'],
] as const;

export type ColumnSetId = (typeof COLUMN_SETS)[number][0];

const HEAD_OF_MAPS = ['start', 'end', 'permissions', 'offset', 'device', 'inode'];

/** The columns of what a user may know, in its order, but for the address, which always comes first. */
const COLUMNS: Readonly<Record<Exclude<ColumnSetId, 'all'>, readonly string[]>> = {
  overview: ['start', 'size', 'permissions', 'segment', 'rss', 'pss', 'uss', 'swap', 'growth', 'marks', 'path'],
  maps: [...HEAD_OF_MAPS, 'path'],
  'pmap-x': ['start', 'size', 'rss', 'dirty', 'figure:Dirty', 'permissions', 'path'],
  'pmap-X': [
    'start',
    'permissions',
    'offset',
    'device',
    'inode',
    'size',
    'rss',
    'pss',
    'figure:Pss_Dirty',
    'figure:Referenced',
    'figure:Anonymous',
    'figure:KSM',
    'figure:LazyFree',
    'figure:ShmemPmdMapped',
    'figure:FilePmdMapped',
    'figure:Shared_Hugetlb',
    'figure:Private_Hugetlb',
    'swap',
    'figure:SwapPss',
    'locked',
    'figure:THPeligible',
    'figure:ProtectionKey',
    'path',
  ],
  smaps: [
    ...HEAD_OF_MAPS,
    'size',
    'figure:KernelPageSize',
    'figure:MMUPageSize',
    'rss',
    'pss',
    'figure:Pss_Dirty',
    'figure:Shared_Clean',
    'figure:Shared_Dirty',
    'figure:Private_Clean',
    'figure:Private_Dirty',
    'figure:Referenced',
    'figure:Anonymous',
    'figure:KSM',
    'figure:LazyFree',
    'figure:AnonHugePages',
    'figure:ShmemPmdMapped',
    'figure:FilePmdMapped',
    'figure:Shared_Hugetlb',
    'figure:Private_Hugetlb',
    'swap',
    'figure:SwapPss',
    'locked',
    'figure:THPeligible',
    'figure:ProtectionKey',
    'flags',
    // It is long: behind it nothing would be seen.
    'path',
  ],
};

/** What a map must tell for a set to say more than another one. */
const NEEDED: Readonly<Partial<Record<ColumnSetId, string>>> = {
  maps: 'offset',
  'pmap-x': 'rss',
  'pmap-X': 'pss',
  smaps: 'figure:Private_Dirty',
};

/** The columns of a set that this map has. */
export function columnsOfSet(id: ColumnSetId, offered: readonly RegionColumn[]): readonly string[] {
  const ids = offered.map((column) => column.id);
  return id === 'all' ? ids : COLUMNS[id].filter((one) => ids.includes(one));
}

/** The sets that are worth a choice: of those that come to the same columns, the first one. */
export function setsFor(offered: readonly RegionColumn[]): readonly (readonly [ColumnSetId, string])[] {
  const seen = new Set<string>();
  const ids = new Set(offered.map(({ id }) => id));
  return COLUMN_SETS.filter(([id]) => {
    const needed = NEEDED[id];
    if (needed !== undefined && !ids.has(needed)) return false;
    const key = columnsOfSet(id, offered).join();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
