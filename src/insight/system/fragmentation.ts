import { type Bytes, formatBytes } from '../../base/units.js';
import type { SystemFacts } from '../../model/machine-accounting.js';
import type { FreeBlocks } from '../../model/system-owners.js';
import { meminfoMap } from '../meminfo-terms.js';
import { knownPageSize } from './page-size.js';

/** Allocations of more than 2^3 pages are "costly": the kernel does not try for ever to get them. */
const COSTLY_ORDER = 3;
/** A change of the share that is worth a word, and of how much memory. */
const SHIFT = 0.1;
const LEAST: Bytes = 1 << 20;
const MOST_ZONES = 5;

/** Free memory by zone and size of the blocks that it is in: `free blocks of 2 MiB (order 9), node 0, Normal`. Undefined: it is not told. */
export function freeBlockBytes(facts: SystemFacts): ReadonlyMap<string, Bytes> | undefined {
  const page = pageOf(facts);
  if (facts.buddy === undefined || page === undefined) return undefined;
  return new Map(
    facts.buddy.flatMap(({ node, zone, free }) =>
      free.map((count, order) => {
        const block = 2 ** order * page;
        return [`free blocks of ${formatBytes(block)} (order ${order}), node ${node}, ${zone}`, count * block] as const;
      }),
    ),
  );
}

/** How the free memory of each zone is broken up now, where that has changed much; zones that lost most first. */
export function fragmentationWords(before: SystemFacts, after: SystemFacts): readonly string[] {
  const page = pageOf(after);
  if (page === undefined || before.buddy === undefined || after.buddy === undefined) return [];
  const changes = after.buddy.flatMap((now) => {
    const one = before.buddy?.find(({ node, zone }) => node === now.node && zone === now.zone);
    const [was, is] = [one === undefined ? undefined : blocksOf(one), blocksOf(now)];
    if (was === undefined || Math.max(was.pages, is.pages) * page < LEAST) return [];
    const shift = is.large - was.large;
    if (was.largest === is.largest && Math.abs(shift) < SHIFT) return [];
    const size = (order: number): string => (order < 0 ? 'none' : formatBytes(2 ** order * page));
    const part = (share: number): string => `${Math.round(100 * share)} %`;
    return [
      {
        shift,
        words: `Node ${now.node}, ${now.zone}: the largest free block was ${size(was.largest)} and is ${size(is.largest)}; of the free memory ${part(was.large)} was in blocks above ${size(COSTLY_ORDER)}, and ${part(is.large)} is.`,
      },
    ];
  });
  return changes
    .sort((one, other) => one.shift - other.shift)
    .slice(0, MOST_ZONES)
    .map(({ words }) => words);
}

/** `large`: the share of the free pages that is in blocks above COSTLY_ORDER; `largest`: -1 without a free block. */
function blocksOf({ free }: FreeBlocks): { readonly pages: number; readonly large: number; readonly largest: number } {
  const pagesFrom = (least: number): number =>
    free.reduce((pages, count, order) => pages + (order < least ? 0 : count * 2 ** order), 0);
  const pages = pagesFrom(0);
  return {
    pages,
    large: pages === 0 ? 0 : pagesFrom(COSTLY_ORDER + 1) / pages,
    largest: free.findLastIndex((count) => count > 0),
  };
}

const pageOf = (facts: SystemFacts): Bytes | undefined =>
  knownPageSize(facts.pageSize, facts.zones, meminfoMap(facts.meminfo).get('MemTotal'));
