import type { Bytes } from '../../base/units.js';
import { kernelVersion, kernelVersionOf } from '../../model/kernel-version.js';
import type { OomEvent, OomMemory, OomZone, OomZoneName } from '../../model/oom.js';

/**
 * `below-min`: less free than the kernel keeps back from such a request. `fragmented`: enough, but no block of the size. `enough`: at the moment of
 * the report the request could have been met here. `out-of-reach`: a request of this kind never takes from here. `empty`: it has no memory. `unknown`: the report does not tell enough.
 */
export type OomZoneState = 'below-min' | 'fragmented' | 'enough' | 'out-of-reach' | 'empty' | 'unknown';

export interface OomZoneVerdict {
  readonly node: number;
  readonly zone: string;
  readonly state: OomZoneState;
  readonly free: Bytes;
  /** Of `free`, what this request may not have: CMA, and the reserve for urgent requests. Absent: not known. */
  readonly barred?: Bytes;
  /** Mark `min` and, for this kind of request, `lowmem_reserve`: more than this must be free. Absent: the class of the request is not known. */
  readonly needed?: Bytes;
  /** Free blocks that are large enough; absent where the report has no list. */
  readonly largeBlocks?: number;
  /** Before Linux 4.4, where it was this that failed: what was free without blocks of less than `block`, and how much of that the kernel kept back. */
  readonly pieces?: { readonly block: Bytes; readonly free: Bytes; readonly kept: Bytes };
}

/** Since then only single pages have a mark to keep; until then larger blocks had their part of it. */
const SINGLE_MARK = kernelVersion(4, 4);

const ORDER: readonly OomZoneName[] = ['DMA', 'DMA32', 'Normal', 'HighMem', 'Movable', 'Device'];

interface Range {
  readonly from: number;
  readonly to: number;
}

/** How each zone stood for the request of the event: the test that `__zone_watermark_ok` makes, with what the report tells. */
export function oomZones(event: OomEvent): readonly OomZoneVerdict[] {
  const { memory } = event;
  if (memory === undefined) return [];
  const nodes = allowedNodes(event);
  return memory.zones.flatMap((zone) => {
    const free = field(zone, 'free');
    const min = field(zone, 'min');
    if (free === undefined || min === undefined) return [];
    return [verdict(event, memory, zone, free, min, nodes)];
  });
}

function verdict(
  event: OomEvent,
  memory: OomMemory,
  zone: OomZone,
  free: Bytes,
  min: Bytes,
  nodes: ReadonlySet<number> | undefined,
): OomZoneVerdict {
  const gfp = event.asker?.gfp;
  const wanted = gfp?.zone;
  const base = { node: zone.node, zone: zone.name, free };
  const isHigher = wanted !== undefined && ORDER.indexOf(zone.name as OomZoneName) > ORDER.indexOf(wanted);
  if (isHigher || nodes?.has(zone.node) === false) return { ...base, state: 'out-of-reach' };
  if (free === 0 && (field(zone, 'managed') ?? field(zone, 'present')) === 0) return { ...base, state: 'empty' };
  const cma = field(zone, 'free_cma') ?? 0;
  // Since 6.12 only what is free of it is taken off.
  const urgent = field(zone, 'free_highatomic') ?? field(zone, 'reserved_highatomic') ?? 0;
  const barred: Range =
    gfp?.isMovable === undefined ? { from: urgent, to: urgent + cma } : same(urgent + (gfp.isMovable ? 0 : cma));
  const reserve = reserveFor(memory, zone, wanted);
  const order = event.asker?.order ?? 0;
  const largeBlocks = order > 0 ? blocksOf(zone, event.pageSize * 2 ** order, gfp?.isMovable) : undefined;
  const usable = { from: free - barred.to, to: free - barred.from };
  const state = stateOf(usable, { from: min + reserve.from, to: min + reserve.to }, order, largeBlocks);
  const pieces =
    state === 'enough' && hasMarkOfOrders(event) ? keptPieces(zone, usable.to, min, order, event.pageSize) : undefined;
  return {
    ...base,
    state: pieces === undefined ? state : 'fragmented',
    ...(pieces === undefined ? {} : { pieces }),
    ...(barred.from === barred.to ? { barred: barred.from } : {}),
    ...(reserve.from === reserve.to ? { needed: min + reserve.from } : {}),
    ...(largeBlocks === undefined ? {} : { largeBlocks }),
  };
}

function stateOf(usable: Range, needed: Range, order: number, largeBlocks: number | undefined): OomZoneState {
  if (usable.to <= needed.from) return 'below-min';
  if (usable.from <= needed.to) return 'unknown';
  if (order <= 0) return 'enough';
  if (largeBlocks === undefined) return 'unknown';
  return largeBlocks === 0 ? 'fragmented' : 'enough';
}

/** oom_adj was printed until 3.6, and a report without its successor is older still. */
function hasMarkOfOrders({ kernel, asker }: OomEvent): boolean {
  const version = kernelVersionOf(kernel);
  return version === undefined ? asker?.oomAdj !== undefined : version < SINGLE_MARK;
}

/** `__zone_watermark_ok` before Linux 4.4: for each order below the wanted one its blocks count no more, and half of the mark is kept in the rest. Undefined: passed. */
function keptPieces(zone: OomZone, usable: Bytes, min: Bytes, order: number, pageSize: Bytes): OomZoneVerdict['pieces'] {
  let free = usable - (2 ** order - 1) * pageSize;
  let kept = min;
  for (let lower = 0; lower < order; lower++) {
    const size = pageSize * 2 ** lower;
    const count = zone.blocks?.find((block) => block.size === size)?.count;
    if (count === undefined) return undefined;
    free -= count * size;
    kept = Math.floor(kept / 2);
    if (free <= kept) return { block: 2 * size, free: Math.max(0, free), kept };
  }
  return undefined;
}

/** What of a zone is kept for requests that can't be met from a higher one. */
function reserveFor(memory: OomMemory, zone: OomZone, wanted: OomZoneName | undefined): Range {
  const reserve = zone.lowmemReserve;
  if (reserve === undefined)
    return wanted === undefined || wanted !== zone.name ? { from: 0, to: Number.POSITIVE_INFINITY } : same(0);
  const index = wanted === undefined ? undefined : classOf(memory, wanted);
  const told = index === undefined ? undefined : reserve[index];
  return told === undefined ? { from: Math.min(...reserve), to: Math.max(...reserve) } : same(told);
}

/** Place of a zone among those that the kernel was built with: it prints only those that have memory. */
function classOf(memory: OomMemory, wanted: OomZoneName): number | undefined {
  const seen = new Set(memory.zones.map(({ name }) => name));
  let built: readonly OomZoneName[];
  if (seen.has('DMA32')) built = ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'];
  else if (seen.has('HighMem'))
    built = [...(seen.has('DMA') ? (['DMA'] as const) : []), 'Normal', 'HighMem', 'Movable', 'Device'];
  else return undefined;
  // Without high memory such a request is one for the zone below.
  const index = built.indexOf(wanted === 'HighMem' && !built.includes('HighMem') ? 'Normal' : wanted);
  return index < 0 ? undefined : index;
}

function blocksOf(zone: OomZone, size: Bytes, isMovable: boolean | undefined): number | undefined {
  // Only of CMA, or taken out for a while: of no use for the rest.
  const useless = isMovable === true ? /^I+$/ : /^[CI]+$/;
  return zone.blocks
    ?.filter((block) => block.size >= size && !useless.test(block.types))
    .reduce((sum, { count }) => sum + count, 0);
}

/** The nodes that the request may use; undefined: all. */
function allowedNodes({ asker, constraint }: OomEvent): ReadonlySet<number> | undefined {
  if (constraint?.kind === 'memory-policy') return nodeList(asker?.nodemask);
  if (constraint?.kind === 'cpuset') return nodeList(asker?.memsAllowed);
  return undefined;
}

/** `0-1,3`. */
function nodeList(text: string | undefined): ReadonlySet<number> | undefined {
  if (text === undefined || !/^\d{1,4}(?:-\d{1,4})?(?:,\d{1,4}(?:-\d{1,4})?)*$/.test(text)) return undefined;
  const nodes = new Set<number>();
  for (const part of text.split(',')) {
    const [from = '0', to = from] = part.split('-');
    for (let node = Number(from); node <= Number(to); node++) nodes.add(node);
  }
  return nodes;
}

const field = ({ fields }: OomZone, name: string): Bytes | undefined => fields.find((one) => one.name === name)?.value;
const same = (value: number): Range => ({ from: value, to: value });
