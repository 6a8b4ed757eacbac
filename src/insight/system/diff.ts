import { type Bytes, formatBytes } from '../../base/units.js';
import type { GrowthLine, SystemFacts } from '../../model/machine-accounting.js';
import type { SlabCache } from '../../model/system-owners.js';
import { meminfoMap } from '../meminfo-terms.js';
import { accountMachine } from './accounting.js';
import { freeBlockBytes } from './fragmentation.js';
import { knownPageSize } from './page-size.js';
import { areaPages } from './vmalloc.js';

/** What each line of two states has more (or less) in the second, the largest change first; what has not changed is left out. */
export function systemGrowth(before: SystemFacts, after: SystemFacts): readonly GrowthLine[] {
  const lines = [
    ...partGrowth(before, after),
    ...compared('field', uncounted(before), uncounted(after)),
    ...slabGrowth(before, after),
    ...vmallocGrowth(before, after),
    ...compared('module', byName(before.modules), byName(after.modules)),
    ...compared('cgroup', byGroup(before), byGroup(after)),
    ...compared('swap', bySwap(before), bySwap(after)),
    ...compared('zram', byDisk(before), byDisk(after)),
    ...compared('huge-pages', byPool(before), byPool(after)),
    ...compared('zone', byZone(before), byZone(after)),
    ...compared('blocks', freeBlockBytes(before), freeBlockBytes(after)),
  ];
  return sorted(lines);
}

/** The same of slab caches alone: memory of their slabs. Empty when one of the states does not tell them. */
export function slabGrowth(before: SystemFacts, after: SystemFacts): readonly GrowthLine[] {
  return sorted(compared('slab', slabs(before), slabs(after)));
}

/** The same of vmalloc by caller: memory that it took. */
export function vmallocGrowth(before: SystemFacts, after: SystemFacts): readonly GrowthLine[] {
  return sorted(compared('vmalloc', vmallocCallers(before), vmallocCallers(after)));
}

/** RAM by caller of vmalloc, also of modules (`leak_vmalloc [leakmod]`); undefined when it is not told. */
export function vmallocCallers(facts: SystemFacts): ReadonlyMap<string, Bytes> | undefined {
  const size = pageSizeOf(facts);
  if (facts.vmalloc === undefined || size === undefined) return undefined;
  const callers = new Map<string, Bytes>();
  for (const area of facts.vmalloc) {
    const { caller = 'nobody told', module } = area;
    // Where in the function it was asked for does not matter, but whose function it is.
    const name = `${caller.replace(/\+0x[0-9a-f]+\/0x[0-9a-f]+$/, '')}${module === undefined ? '' : ` [${module}]`}`;
    const bytes = areaPages(area) * size;
    if (bytes > 0) callers.set(name, (callers.get(name) ?? 0) + bytes);
  }
  return callers;
}

/** RAM of a cache: its slabs, used or not. */
export function slabBytes({ slabs: count, pagesPerSlab }: SlabCache, pageSize: Bytes): Bytes {
  return count * pagesPerSlab * pageSize;
}

/** RAM of a cache that no object in use needs. */
export function slabWaste(cache: SlabCache, pageSize: Bytes): Bytes {
  return Math.max(0, slabBytes(cache, pageSize) - cache.activeObjects * cache.objectSize);
}

function slabs(facts: SystemFacts): ReadonlyMap<string, Bytes> | undefined {
  const size = pageSizeOf(facts);
  if (facts.slab === undefined || size === undefined) return undefined;
  return sums(
    facts.slab,
    ({ name }) => name,
    (cache) => slabBytes(cache, size),
  );
}

function partGrowth(before: SystemFacts, after: SystemFacts): readonly GrowthLine[] {
  const [one, other] = [accountMachine(before), accountMachine(after)];
  if (one === undefined || other === undefined) return [];
  const parts = (accounting: typeof one): ReadonlyMap<string, Bytes> =>
    new Map(accounting.items.flatMap(({ id, bytes, inside }) => (inside === undefined ? [[id, bytes]] : [])));
  const unexplained = new Map([['unexplained', one.unexplained]]);
  return [
    ...compared('part', parts(one), parts(other)),
    ...compared('unexplained', unexplained, new Map([['unexplained', other.unexplained]])),
  ];
}

const uncounted = (facts: SystemFacts): ReadonlyMap<string, Bytes> =>
  new Map((accountMachine(facts)?.uncounted ?? []).map(({ name, bytes }) => [name, bytes]));

const byName = (modules: SystemFacts['modules']): ReadonlyMap<string, Bytes> | undefined =>
  modules === undefined
    ? undefined
    : sums(
        modules,
        ({ name }) => name,
        ({ size }) => size,
      );

const byGroup = ({ cgroups }: SystemFacts): ReadonlyMap<string, Bytes> | undefined =>
  cgroups === undefined
    ? undefined
    : sums(
        cgroups,
        ({ group }) => group,
        ({ usage }) => usage,
      );

const bySwap = ({ swaps }: SystemFacts): ReadonlyMap<string, Bytes> | undefined =>
  swaps === undefined
    ? undefined
    : sums(
        swaps,
        ({ name }) => name,
        ({ used }) => used,
      );

const byDisk = ({ zram }: SystemFacts): ReadonlyMap<string, Bytes> | undefined =>
  zram === undefined
    ? undefined
    : sums(
        zram,
        ({ device = 'zram' }) => device,
        ({ used }) => used,
      );

const byPool = ({ hugePages }: SystemFacts): ReadonlyMap<string, Bytes> | undefined =>
  hugePages === undefined
    ? undefined
    : sums(
        hugePages,
        ({ pageSize }) => `pool of ${formatBytes(pageSize)}`,
        ({ pages, pageSize }) => pages * pageSize,
      );

/** What is free of each zone: it tells which one has given. */
function byZone(facts: SystemFacts): ReadonlyMap<string, Bytes> | undefined {
  const size = pageSizeOf(facts);
  if (facts.zones === undefined || size === undefined) return undefined;
  return sums(
    facts.zones.filter(({ free }) => free !== undefined),
    ({ node, zone }) => `free of node ${node}, ${zone}`,
    ({ free = 0 }) => free * size,
  );
}

function sums<Row>(rows: readonly Row[], name: (row: Row) => string, bytes: (row: Row) => Bytes): ReadonlyMap<string, Bytes> {
  const map = new Map<string, Bytes>();
  for (const row of rows) map.set(name(row), (map.get(name(row)) ?? 0) + bytes(row));
  return map;
}

/** What only one of the states tells as a whole can't be compared; what one of the lists lacks is new, or gone. */
function compared(
  kind: GrowthLine['kind'],
  before: ReadonlyMap<string, Bytes> | undefined,
  after: ReadonlyMap<string, Bytes> | undefined,
): readonly GrowthLine[] {
  if (before === undefined || after === undefined) return [];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [one = 0, other = 0] = [before.get(name), after.get(name)];
    const news = !before.has(name) ? 'new' : !after.has(name) ? 'gone' : undefined;
    if (one === other && news === undefined) return [];
    return [{ kind, name, before: one, after: other, change: other - one, ...(news === undefined ? {} : { news }) }];
  });
}

const sorted = (lines: readonly GrowthLine[]): readonly GrowthLine[] =>
  [...lines].sort((one, other) => Math.abs(other.change) - Math.abs(one.change) || other.change - one.change);

const pageSizeOf = (facts: SystemFacts): Bytes | undefined =>
  knownPageSize(facts.pageSize, facts.zones, meminfoMap(facts.meminfo).get('MemTotal'));
