import type { OomAllocation, OomBlocks, OomField, OomHugePages, OomMemory, OomSlabCache, OomZone } from '../../model/oom.js';
import { kibField, type Pair, pageSizeOf, pairsOf } from './oom-fields.js';

const ZONE_NAME = '(?:DMA|DMA32|Normal|HighMem|Movable|Device)';
const ZONE = new RegExp(String.raw`(?:Node (\d+) )?\b(${ZONE_NAME}) (?=free:\d+kB)`);
const NODE = /\bNode (\d+) (?=active_anon:\d+kB)/;
const BLOCKS = new RegExp(String.raw`(?:Node (\d+) )?\b(${ZONE_NAME}): (?=\d+\*\d+kB|empty)`);
const BLOCK = /(\d+)\*(\d+)kB(?: \(([A-Z]+)\))?/g;
const BLOCKS_END = /= (\d+)kB/;
const RESERVE = /\blowmem_reserve\[\]:((?: \d+)+)$/;
const HUGE = /(?:Node (\d+) )?hugepages_total=(\d+) hugepages_free=(\d+) hugepages_surp=(\d+) hugepages_size=(\d+)kB/;
/** The first name of each line of the sums. */
const SUMS =
  /(?:^|\s)(?:[Aa]ctive(?:_anon|_file)?|[Ii]nactive(?:_anon|_file)?|unevictable|free|slab_reclaimable|mapped|sec_pagetables|kernel_misc_reclaimable|free_cma|unstable|slab):\d+(?![\dkK])/;
const COUNTS: readonly { readonly form: RegExp; readonly key: CountKey }[] = [
  { form: /(?:^|\s)(\d+) total pagecache pages$/, key: 'pageCache' },
  { form: /(?:^|\s)(\d+) pages (?:in swap cache|swap cached)$/, key: 'swapCache' },
  { form: /(?:^|\s)(\d+) pages (?:of )?RAM$/, key: 'ram' },
  { form: /(?:^|\s)(\d+) pages (?:of )?(?:HighMem|HIGHMEM)(?:\/MovableOnly)?$/, key: 'highMem' },
  { form: /(?:^|\s)(\d+) (?:pages reserved|reserved pages)$/, key: 'reserved' },
  { form: /(?:^|\s)(\d+) pages cma reserved$/, key: 'cmaReserved' },
  { form: /(?:^|\s)(\d+) pages hwpoisoned$/, key: 'hwPoisoned' },
];
const SWAP = /\b(Free|Total) swap\s*= *(\d+)kB/;
const SLAB_ROW = /(?:^|\s)(\S+)\s+(\d+)KB\s+(\d+)KB$/;
/** Since 6.10, with memory allocation profiling: the largest callers, with a size that is rounded for people. */
const ALLOCATION = /(?:^|\s)(\d+(?:\.\d+)? [KMGT]?i?B)\s+(\d+) (\S+:\d+ .*)$/;
/** Lines of a report that carry no number that is shown. */
const KNOWN =
  /per-cpu:|\bCPU +\d+: +(?:hi|Hot):|\bcpu \d+ (?:hot|cold):|\bSwap cache(?: stats)?: add|\bprotections\[\]|\d+ pages (?:shared|non-shared)$|^Free pages:|\d+ (?:free|slab) pages$|^Name +Used +Total$/;

type CountKey = 'pageCache' | 'swapCache' | 'ram' | 'highMem' | 'reserved' | 'cmaReserved' | 'hwPoisoned';

interface MutableNode {
  readonly node: number;
  readonly pairs: Pair[];
  isUnreclaimable?: boolean;
}

interface MutableZone extends MutableNode {
  readonly name: string;
  reserve?: readonly number[];
  blocks?: OomBlocks[];
  blocksTotal?: number;
}

/** Bounds of what one report may hold. */
const MOST_ZONES = 4096;
const MOST_CACHES = 4096;

/** Reads `Mem-Info:` of a report, line by line. */
export class OomMemoryReader {
  private readonly sums = new Map<string, number>();
  private readonly nodes: MutableNode[] = [];
  private readonly zones: MutableZone[] = [];
  private readonly byName = new Map<string, MutableZone>();
  private readonly huge: OomHugePages[] = [];
  private readonly counts: Partial<Record<CountKey, number>> = {};
  private readonly swap: Partial<Record<string, number>> = {};
  private caches: OomSlabCache[] | undefined;
  private allocations: OomAllocation[] | undefined;
  private inCaches = false;
  private inAllocations = false;
  private lastZone: MutableZone | undefined;
  private hasBegun = false;

  /** Something of it was read. */
  get isEmpty(): boolean {
    return !this.hasBegun;
  }

  /** A line that only `Mem-Info` has. */
  get hasMemory(): boolean {
    return this.zones.length > 0 || this.sums.size > 0;
  }

  /** The size of a page: that of the smallest free block, or what makes the sums, in pages, those of the nodes, in kB; undefined: nothing tells. */
  get pageSize(): number | undefined {
    const sizes = this.zones.flatMap(({ blocks }) => (blocks?.[0] === undefined ? [] : [blocks[0].size]));
    return sizes.length === 0 ? this.sizeBySums() : Math.min(...sizes);
  }

  /** Only where all amounts that give a size give the same: the counters are not read at one moment, and a node may be left out. */
  private sizeBySums(): number | undefined {
    const found = new Set<number>();
    for (const [name, pages] of this.sums) {
      const told = this.nodes.map(({ pairs }) => pairs.find((pair) => pair.name === name && pair.isKib)?.value);
      if (told.length === 0 || told.includes(undefined)) continue;
      const size = pageSizeOf(told.reduce<number>((sum, value) => sum + (value ?? 0), 0) * 1024, pages);
      if (size !== undefined) found.add(size);
    }
    const [size] = found;
    return found.size === 1 ? size : undefined;
  }

  /** True: the line is one of it. */
  take(text: string): boolean {
    const isOurs = this.one(text);
    this.hasBegun ||= isOurs;
    return isOurs;
  }

  finish(pageSize: number): OomMemory | undefined {
    if (this.isEmpty) return undefined;
    const pages = (count: number | undefined, key: string): object => (count === undefined ? {} : { [key]: count * pageSize });
    const memory: OomMemory = {
      sums: [...this.sums].map(([name, count]) => ({ name, value: count * pageSize, unit: 'bytes' })),
      nodes: this.nodes.map(({ node, pairs, isUnreclaimable }) => ({
        node,
        fields: pairs.map(kibField),
        ...(isUnreclaimable === undefined ? {} : { isUnreclaimable }),
      })),
      zones: this.zones.map((zone) => finishedZone(zone, pageSize)),
      hugePages: this.huge,
      ...Object.assign({}, ...Object.entries(this.counts).map(([key, count]) => pages(count, key))),
      ...(this.swap['Free'] === undefined ? {} : { swapFree: this.swap['Free'] }),
      ...(this.swap['Total'] === undefined ? {} : { swapTotal: this.swap['Total'] }),
      ...(this.caches === undefined ? {} : { slabCaches: this.caches }),
      ...(this.allocations === undefined ? {} : { allocations: this.allocations }),
    };
    return memory;
  }

  private one(text: string): boolean {
    if (this.inCaches && this.cache(text)) return true;
    if (this.inAllocations && this.allocation(text)) return true;
    if (text.includes('kB') && (this.zone(text) || this.node(text) || this.hugePages(text))) return true;
    if (text.includes(': ') && this.blockList(text)) return true;
    if (this.reserve(text) || this.sum(text) || this.count(text)) return true;
    if (text.endsWith(':') && this.heading(text)) return true;
    return KNOWN.test(text);
  }

  private heading(text: string): boolean {
    if (/\bMem-[Ii]nfo:$/.test(text)) return true;
    if (/\bUnreclaimable slab info:$/.test(text)) {
      this.caches ??= [];
      this.inCaches = true;
      return true;
    }
    if (/\bMemory allocations:$/.test(text)) {
      this.allocations ??= [];
      this.inAllocations = true;
      return true;
    }
    return false;
  }

  private zone(text: string): boolean {
    const told = ZONE.exec(text);
    if (told === null) return false;
    const zone = this.zoneOf(Number(told[1] ?? 0), told[2] ?? '');
    // A second list of the same zones is of another report that came in between.
    if (zone === undefined || zone.pairs.length > 0) return true;
    zone.pairs.push(...pairsOf(text, told.index + told[0].length));
    this.giveUp(text, zone);
    this.lastZone = zone;
    return true;
  }

  private node(text: string): boolean {
    const told = NODE.exec(text);
    if (told === null) return false;
    const number = Number(told[1]);
    if (this.nodes.length >= MOST_ZONES || this.nodes.some(({ node }) => node === number)) return true;
    const node: MutableNode = { node: number, pairs: [...pairsOf(text, told.index)] };
    this.giveUp(text, node);
    this.nodes.push(node);
    return true;
  }

  private blockList(text: string): boolean {
    const told = BLOCKS.exec(text);
    if (told === null) return false;
    const zone = this.zoneOf(Number(told[1] ?? 0), told[2] ?? '');
    if (zone === undefined || zone.blocks !== undefined) return true;
    zone.blocks = [];
    this.lastZone = zone;
    this.moreBlocks(zone, text.slice(told.index));
    return true;
  }

  private moreBlocks(zone: MutableZone, text: string): void {
    for (const [, count, size, types] of text.matchAll(BLOCK))
      zone.blocks?.push({ size: Number(size) * 1024, count: Number(count), types: types ?? '' });
    const end = BLOCKS_END.exec(text);
    if (end !== null) zone.blocksTotal = Number(end[1]) * 1024;
  }

  private reserve(text: string): boolean {
    if (!text.includes('lowmem_reserve')) return false;
    const told = RESERVE.exec(text);
    if (told === null) return false;
    const zone = this.lastZone;
    if (zone !== undefined && zone.reserve === undefined) zone.reserve = (told[1] ?? '').trim().split(' ').map(Number);
    return true;
  }

  private sum(text: string): boolean {
    if (!text.includes(':')) return false;
    const told = SUMS.exec(text);
    if (told === null) return false;
    for (const { name, value, isKib } of pairsOf(text, told.index)) {
      const key = name.toLowerCase();
      if (!isKib && !this.sums.has(key) && this.sums.size < 100) this.sums.set(key, value);
    }
    return true;
  }

  private count(text: string): boolean {
    const swap = text.includes(' swap') ? SWAP.exec(text) : null;
    if (swap !== null) {
      this.swap[swap[1] ?? ''] ??= Number(swap[2]) * 1024;
      return true;
    }
    if (!text.includes('pages')) return false;
    for (const { form, key } of COUNTS) {
      const told = form.exec(text);
      if (told === null) continue;
      this.counts[key] ??= Number(told[1]);
      return true;
    }
    return false;
  }

  private hugePages(text: string): boolean {
    const told = HUGE.exec(text);
    if (told === null) return false;
    const [, node, total, free, surplus, size] = told;
    if (this.huge.length < MOST_ZONES)
      this.huge.push({
        ...(node === undefined ? {} : { node: Number(node) }),
        size: Number(size) * 1024,
        total: Number(total),
        free: Number(free),
        surplus: Number(surplus),
      });
    return true;
  }

  private cache(text: string): boolean {
    const told = SLAB_ROW.exec(text);
    if (told === null) return false;
    const [, name = '', used, total] = told;
    if ((this.caches?.length ?? 0) < MOST_CACHES)
      this.caches?.push({ name, used: Number(used) * 1024, total: Number(total) * 1024 });
    return true;
  }

  private allocation(text: string): boolean {
    const told = ALLOCATION.exec(text);
    if (told === null) return false;
    const [, size = '', calls, where = ''] = told;
    if ((this.allocations?.length ?? 0) < MOST_CACHES) this.allocations?.push({ size, calls: Number(calls), where });
    return true;
  }

  private giveUp(text: string, holder: MutableNode): void {
    const told = /all_unreclaimable\? (yes|no)/.exec(text);
    if (told !== null) holder.isUnreclaimable = told[1] === 'yes';
  }

  private zoneOf(node: number, name: string): MutableZone | undefined {
    const key = `${node} ${name}`;
    const known = this.byName.get(key);
    if (known !== undefined) return known;
    if (this.zones.length >= MOST_ZONES) return undefined;
    const zone: MutableZone = { node, name, pairs: [] };
    this.byName.set(key, zone);
    this.zones.push(zone);
    return zone;
  }
}

function finishedZone(zone: MutableZone, pageSize: number): OomZone {
  const fields: readonly OomField[] = zone.pairs.map(kibField);
  return {
    node: zone.node,
    name: zone.name,
    fields,
    ...(zone.reserve === undefined ? {} : { lowmemReserve: zone.reserve.map((pages) => pages * pageSize) }),
    ...(zone.isUnreclaimable === undefined ? {} : { isUnreclaimable: zone.isUnreclaimable }),
    ...(zone.blocks === undefined ? {} : { blocks: zone.blocks }),
    ...(zone.blocksTotal === undefined ? {} : { blocksTotal: zone.blocksTotal }),
  };
}
