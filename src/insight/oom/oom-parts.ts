import type { Bytes } from '../../base/units.js';
import type { OomField, OomMemory } from '../../model/oom.js';

/** Where the memory was, in stacking order. */
export const OOM_PARTS = [
  'applications',
  'shared',
  'pageCache',
  'slabReclaimable',
  'slabUnreclaimable',
  'slab',
  'kernelReclaimable',
  'kernelStacks',
  'pageTables',
  'hugePages',
  'zspages',
  'gpu',
  'balloon',
  'bounce',
  'fuseWriteback',
  'hwPoisoned',
  'reserved',
  'perCpuFree',
  'free',
  'unexplained',
] as const;
export type OomPartId = (typeof OOM_PARTS)[number];

export interface OomParts {
  /** All RAM that the report tells of: the parts add up to exactly this. */
  readonly total: Bytes;
  /** `ram`: "pages RAM", with what the kernel reserved at boot; `zones`: the sum of the zones, without it. */
  readonly totalFrom: 'ram' | 'zones';
  /** `unexplained` is what is left, and below zero when the counters overlap: it is never cut off. */
  readonly parts: readonly { readonly id: OomPartId; readonly bytes: Bytes }[];
  /** The kernel did not count shared memory by itself: it is inside `pageCache`, or inside `applications` where there is no `pageCache`. */
  readonly sharedIsInside: boolean;
}

/** Every page of a program or a file is on one of these lists. Before 2.6.28 there were two for both. */
const LISTS = ['active_anon', 'inactive_anon', 'isolated_anon', 'active_file', 'inactive_file', 'isolated_file', 'unevictable'];
const OLD_LISTS = ['active', 'inactive'];

/**
 * Parts of the memory from `Mem-Info`, that do not overlap. The lists hold each page of programs and files once; NR_FILE_PAGES ("total pagecache
 * pages") holds files, shared memory and the swap cache: what is on the lists and not in it are applications. Undefined: the report has no sums.
 */
export function oomParts(memory: OomMemory): OomParts | undefined {
  const sums = new Map(memory.sums.map(({ name, value }) => [name, value]));
  const total = memory.ram ?? zoneSum(memory, 'managed') ?? zoneSum(memory, 'present');
  if (total === undefined || sums.size === 0) return undefined;
  const names = LISTS.some((name) => sums.has(name)) ? LISTS : OLD_LISTS;
  const known = names.filter((name) => sums.has(name));
  const lists = known.length === 0 ? undefined : known.reduce((sum, name) => sum + (sums.get(name) ?? 0), 0);
  const shmem = sums.get('shmem');
  // From 2.6.18 to 2.6.27.
  const anonymous = sums.get('mapped-anon');
  const { pageCache, swapCache = 0 } = memory;
  const parts: Partial<Record<OomPartId, Bytes | undefined>> = {
    slabReclaimable: sums.get('slab_reclaimable'),
    slabUnreclaimable: sums.get('slab_unreclaimable'),
    slab: sums.get('slab'),
    kernelReclaimable: sums.get('kernel_misc_reclaimable'),
    kernelStacks: sumIfAny(either(memory, 'kernel_stack'), either(memory, 'shadow_call_stack')),
    pageTables: tables(sums),
    hugePages:
      memory.hugePages.length === 0 ? undefined : memory.hugePages.reduce((sum, { size, total: count }) => sum + size * count, 0),
    // Only of kernels after 6.12.
    zspages: zoneSum(memory, 'zspages'),
    gpu: sumIfAny(nodeSum(memory, 'gpu_active'), nodeSum(memory, 'gpu_reclaim')),
    balloon: nodeSum(memory, 'Balloon'),
    bounce: sums.get('bounce'),
    fuseWriteback: either(memory, 'writeback_tmp'),
    hwPoisoned: memory.hwPoisoned,
    reserved: memory.ram === undefined ? undefined : memory.reserved,
    perCpuFree: sums.get('free_pcp'),
    free: sums.get('free'),
  };
  if (lists !== undefined && pageCache !== undefined) {
    parts.applications = lists - pageCache + swapCache;
    parts.shared = shmem;
    parts.pageCache = pageCache - swapCache - (shmem ?? 0);
  } else if (lists !== undefined && anonymous !== undefined) {
    parts.applications = anonymous;
    parts.pageCache = lists - anonymous;
  } else {
    parts.applications = lists;
  }
  const told = OOM_PARTS.reduce((sum, id) => sum + (parts[id] ?? 0), 0);
  parts.unexplained = total - told;
  return {
    total,
    totalFrom: memory.ram === undefined ? 'zones' : 'ram',
    parts: OOM_PARTS.flatMap((id) => {
      const bytes = parts[id];
      return bytes === undefined ? [] : [{ id, bytes }];
    }),
    sharedIsInside: parts.shared === undefined,
  };
}

/** A field of each zone added up; undefined when no zone has it. */
export const zoneSum = (memory: OomMemory, name: string): Bytes | undefined => sumOf(memory.zones, name);

const nodeSum = (memory: OomMemory, name: string): Bytes | undefined => sumOf(memory.nodes, name);

/** Of a node since 4.8, of a zone before. */
const either = (memory: OomMemory, name: string): Bytes | undefined => nodeSum(memory, name) ?? zoneSum(memory, name);

const sumIfAny = (...amounts: readonly (Bytes | undefined)[]): Bytes | undefined =>
  amounts.every((one) => one === undefined) ? undefined : amounts.reduce<Bytes>((sum, one) => sum + (one ?? 0), 0);

function sumOf(holders: readonly { readonly fields: readonly OomField[] }[], name: string): Bytes | undefined {
  let sum: Bytes | undefined;
  for (const { fields } of holders) {
    const value = fields.find((field) => field.name === name)?.value;
    if (value !== undefined) sum = (sum ?? 0) + value;
  }
  return sum;
}

function tables(sums: ReadonlyMap<string, number>): Bytes | undefined {
  const main = sums.get('pagetables');
  return main === undefined ? undefined : main + (sums.get('sec_pagetables') ?? 0);
}
