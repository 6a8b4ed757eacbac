import type { Bytes } from '../../base/units.js';
import {
  ACCOUNT_INSIDE,
  ACCOUNT_PARTS,
  type AccountInsideId,
  type AccountItem,
  type AccountNote,
  type AccountPartId,
  type LikelyOverlap,
  type MachineAccounting,
  type SystemFacts,
  type UncountedField,
} from '../../model/machine-accounting.js';
import { anonymousTerms, hugePageBytes, meminfoMap } from '../meminfo-terms.js';
import { knownPageSize } from './page-size.js';
import { vmallocTerms } from './vmalloc.js';

type Fields = ReadonlyMap<string, number>;
type Told = readonly [bytes: Bytes | undefined, ...sources: string[]];

/** Larger ones are counters that fell below zero: no machine of today has 4 PiB. */
const LARGEST = 2 ** 52;

/** Fields that only say what other fields say in another way, or that are no RAM. */
const NEVER_ADDED: ReadonlySet<string> = new Set(
  `MemTotal MemAvailable MemShared Active Inactive Active(anon) Inactive(anon) Active(file) Inactive(file) HighTotal LowTotal LowFree
  SwapTotal SwapFree Zswapped CommitLimit Committed_AS VmallocTotal VmallocChunk ShmemPmdMapped FilePmdMapped CmaTotal Hugepagesize
  MmapCopy EarlyMemtestBad ReverseMaps Inact_dirty Inact_laundry Inact_clean Inact_target`.split(/\s+/),
);

/** Vendors' memory of which their own sources say that it is taken from the page allocator and counted nowhere else. */
const CMA_FIELDS = ['DriverCma'];
const GPU_FIELDS = ['GPUActive', 'GPUReclaim'];

/**
 * Where the machine's memory is. The parts do not overlap, and with `unexplained` they add up to exactly MemTotal, whatever the file says:
 * nothing is clipped, and a negative remainder stays one. Undefined without a MemTotal. The rules, kernel by kernel: docs/formats/meminfo.md.
 */
export function accountMachine(facts: SystemFacts): MachineAccounting | undefined {
  const all = meminfoMap(facts.meminfo);
  const broken = facts.meminfo.filter(({ value }) => !(Number.isSafeInteger(value) && value < LARGEST)).map(({ name }) => name);
  const fields = new Map([...all].filter(([name]) => !broken.includes(name)));
  const total = fields.get('MemTotal');
  if (total === undefined || total <= 0) return undefined;

  const notes: AccountNote[] = broken.length > 0 ? [{ kind: 'not-a-size', fields: broken }] : [];
  const { parts, inside } = read(facts, fields, notes);
  const items: AccountItem[] = ACCOUNT_PARTS.flatMap((id) => {
    const [bytes, ...sources] = parts[id] ?? [undefined];
    // A product of two fields may be broken where each of them is not.
    if (bytes !== undefined && bytes >= LARGEST) notes.push({ kind: 'not-a-size', fields: sources });
    return bytes === undefined || bytes >= LARGEST ? [] : [{ id, bytes, sources }];
  });
  let unexplained = total;
  for (const { bytes } of items) unexplained -= bytes;
  for (const id of ACCOUNT_INSIDE) {
    const { told, of } = inside[id] ?? { told: [undefined] as const, of: [] };
    const [bytes, ...sources] = told;
    const within = of.filter((part) => items.some((item) => item.id === part));
    if (bytes !== undefined && within.length > 0) items.push({ id, bytes, inside: within, sources });
  }
  return {
    total,
    items,
    unexplained,
    overlaps: unexplained < 0 ? likelyOverlaps(total, unexplained, items, fields) : [],
    uncounted: uncountedFields(facts, fields, items),
    notes,
  };
}

interface Read {
  readonly parts: Partial<Record<AccountPartId, Told>>;
  readonly inside: Partial<Record<AccountInsideId, { readonly told: Told; readonly of: readonly AccountPartId[] }>>;
}

function read(facts: SystemFacts, fields: Fields, notes: AccountNote[]): Read {
  const told = (name: string): Told => [fields.get(name), name];
  const anonymous = anonymousTerms(fields);
  const vmalloc = vmallocTerms(facts, fields);
  notes.push(...vmalloc.notes);
  const cpuLists = cpuFree(facts, fields);
  if (cpuLists[0] === undefined) notes.push({ kind: 'cpu-lists-not-told' });
  const compressed = compressedTerms(facts, fields);
  return {
    parts: {
      applications: [anonymous.mapped, ...anonymous.sources],
      swapCache: fields.has('SwapCached') ? [anonymous.unmappedSwapCache, 'SwapCached'] : [undefined],
      ...cacheTerms(fields),
      ...slabTerms(fields),
      ...vmalloc.parts,
      pageTables: told('PageTables'),
      secondaryPageTables: told('SecPageTables'),
      perCpu: told('Percpu'),
      hugePages: [hugePageBytes(fields), ...(fields.has('Hugetlb') ? ['Hugetlb'] : ['HugePages_Total', 'Hugepagesize'])],
      cma: sumOf(fields, CMA_FIELDS),
      gpu: sumOf(fields, GPU_FIELDS),
      ...compressed.parts,
      balloon: told('Balloon'),
      unaccepted: told('Unaccepted'),
      bounce: told('Bounce'),
      fuseWriteback: told('WritebackTmp'),
      quicklists: told('Quicklists'),
      corrupted: told('HardwareCorrupted'),
      perCpuFree: cpuLists,
      free: told('MemFree'),
    },
    inside: {
      ...insideTerms(fields, anonymous.unmappedSwapCache),
      ...(compressed.zswap === undefined ? {} : { zswapInZspages: { told: [compressed.zswap, 'Zswap'], of: ['zspages'] } }),
    },
  };
}

/** Shmem is inside Cached: the page cache is what is left of it. Before Linux 2.6.32 nobody tells them apart. */
function cacheTerms(fields: Fields): Read['parts'] {
  const cached = fields.get('Cached');
  const shmem = fields.get('Shmem');
  return {
    shared: [shmem, 'Shmem'],
    pageCache:
      cached === undefined
        ? [undefined]
        : [Math.max(0, cached - (shmem ?? 0)), 'Cached', ...(shmem === undefined ? [] : ['Shmem'])],
    buffers: [fields.get('Buffers'), 'Buffers'],
  };
}

/** Before Linux 2.6.19 there is only the sum. KReclaimable holds, beside SReclaimable, pages that drivers' caches give back. */
function slabTerms(fields: Fields): Read['parts'] {
  const reclaimable = fields.get('SReclaimable');
  const unreclaimable = fields.get('SUnreclaim');
  const kernel = fields.get('KReclaimable');
  const apart = reclaimable !== undefined && unreclaimable !== undefined;
  return {
    ...(apart
      ? { slabReclaimable: [reclaimable, 'SReclaimable'], slabUnreclaimable: [unreclaimable, 'SUnreclaim'] }
      : { slab: [fields.get('Slab'), 'Slab'] }),
    ...(apart && kernel !== undefined
      ? { kernelReclaimable: [Math.max(0, kernel - reclaimable), 'KReclaimable', 'SReclaimable'] }
      : {}),
  };
}

/** Pages on the lists of the CPUs, which MemFree does not count. */
function cpuFree({ zones, pageSize }: SystemFacts, fields: Fields): Told {
  const cpus = zones?.flatMap((zone) => zone.cpus) ?? [];
  const size = knownPageSize(pageSize, zones, fields.get('MemTotal'));
  if (cpus.length === 0 || size === undefined) return [undefined];
  return [cpus.reduce((sum, { count }) => sum + count, 0) * size, '/proc/zoneinfo count'];
}

/** Compressed pages. zswap keeps its own in zsmalloc since 6.15, and before that where it is set up so: then they are zspages as well. */
function compressedTerms(facts: SystemFacts, fields: Fields): { readonly parts: Read['parts']; readonly zswap?: Bytes } {
  const { counters, zram, zones, pageSize } = facts;
  const size = knownPageSize(pageSize, zones, fields.get('MemTotal'));
  const pool = fields.get('Zswap');
  const byCounter = counters?.zspages === undefined || size === undefined ? undefined : counters.zspages * size;
  const byZram = zram?.reduce((sum, { used }) => sum + used, 0);
  const zspages: Told =
    byCounter !== undefined
      ? [byCounter, '/proc/vmstat nr_zspages']
      : byZram !== undefined
        ? [byZram, 'zram mm_stat']
        : [undefined];
  // Of a pool that is larger than all zspages the zspages can't hold it.
  if (pool !== undefined && byCounter !== undefined && pool <= byCounter) return { parts: { zspages }, zswap: pool };
  return { parts: { zspages, ...(pool === undefined ? {} : { zswap: [pool, 'Zswap'] }) } };
}

function sumOf(fields: Fields, names: readonly string[]): Told {
  const told = names.filter((name) => fields.has(name));
  return told.length === 0 ? [undefined] : [told.reduce((sum, name) => sum + (fields.get(name) ?? 0), 0), ...told];
}

function insideTerms(fields: Fields, unmappedSwapCache: Bytes): Read['inside'] {
  const swapCached = fields.get('SwapCached');
  const poolFree = fields.get('HugePages_Free');
  const poolSize = fields.get('Hugepagesize');
  const one = (name: string, ...of: AccountPartId[]): { told: Told; of: AccountPartId[] } => ({
    told: [fields.get(name), name],
    of,
  });
  return {
    anonHugePages: one('AnonHugePages', 'applications'),
    lazyFree: one('LazyFree', 'applications'),
    mappedSwapCache: {
      told: swapCached === undefined ? [undefined] : [swapCached - unmappedSwapCache, 'SwapCached'],
      of: ['applications'],
    },
    shmemHugePages: one('ShmemHugePages', 'shared'),
    mapped: one('Mapped', 'pageCache', 'shared'),
    fileHugePages: one('FileHugePages', 'pageCache'),
    dirty: one('Dirty', 'pageCache', 'buffers'),
    writeback: one('Writeback', 'pageCache', 'buffers', 'swapCache', 'applications', 'shared'),
    unevictable: one('Unevictable', 'applications', 'shared', 'pageCache'),
    mlocked: one('Mlocked', 'applications', 'shared', 'pageCache'),
    nfsUnstable: one('NFS_Unstable', 'pageCache'),
    shadowStacks: one('ShadowCallStack', 'vmalloc', 'slabUnreclaimable'),
    cmaFree: one('CmaFree', 'free'),
    highFree: one('HighFree', 'free'),
    hugePagesFree: {
      told:
        poolFree === undefined || poolSize === undefined ? [undefined] : [poolFree * poolSize, 'HugePages_Free', 'Hugepagesize'],
      of: ['hugePages'],
    },
  };
}

/** Sizes of which no rule says where they belong: of vendors, and of kernels that are newer than this. */
function uncountedFields({ meminfo }: SystemFacts, fields: Fields, items: readonly AccountItem[]): readonly UncountedField[] {
  const used = new Set(items.flatMap(({ sources }) => sources));
  return meminfo.flatMap(({ name, value, unit }) => {
    const known = used.has(name) || NEVER_ADDED.has(name) || name.startsWith('DirectMap') || FIELDS_OF_RULES.has(name);
    return known || unit !== 'bytes' || !fields.has(name) ? [] : [{ name, bytes: value }];
  });
}

/** Fields that a rule knows, also where it has not used them. */
const FIELDS_OF_RULES: ReadonlySet<string> = new Set(
  'Slab KReclaimable SReclaimable SUnreclaim VmallocUsed KernelStack SwapCached Unevictable Cached Zswap Hugetlb'.split(' '),
);

/** Pairs of which some kernels count the same pages in both, with what both can have in common at most. */
function likelyOverlaps(
  total: Bytes,
  unexplained: Bytes,
  items: readonly AccountItem[],
  fields: Fields,
): readonly LikelyOverlap[] {
  const of = (id: AccountPartId): Bytes => items.find((item) => item.id === id)?.bytes ?? 0;
  const swapCached = fields.get('SwapCached') ?? 0;
  const candidates: readonly (readonly [string, string, Bytes])[] = [
    ['KernelStack', 'VmallocUsed', Math.min(of('kernelStacks'), of('vmalloc'))],
    ['VmallocUsed', 'ioremap', of('vmalloc')],
    ['SwapCached', 'AnonPages', Math.min(swapCached, of('swapCache'))],
    ['MemFree', '/proc/zoneinfo count', of('perCpuFree')],
    ['Zswap', 'nr_zspages', Math.min(of('zswap'), of('zspages'))],
    ['Balloon', 'MemFree', of('balloon')],
    ['Unaccepted', 'MemFree', of('unaccepted')],
    ['KReclaimable', 'Cached', of('kernelReclaimable')],
    ...[...CMA_FIELDS, ...GPU_FIELDS].map((name) => [name, 'Cached', fields.get(name) ?? 0] as const),
  ];
  // Counters of the CPUs are summed up at slightly different moments; more than a tenth left over explains nothing.
  const slack = total / 200;
  return candidates
    .map(([one, other, bytes]) => ({ pair: [one, other] as const, bytes, leaves: unexplained + bytes }))
    .filter(({ bytes, leaves }) => bytes > 0 && leaves >= -slack && leaves <= total / 10)
    .sort((one, other) => Math.abs(one.leaves) - Math.abs(other.leaves));
}
