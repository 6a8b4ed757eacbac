import type { BlockTypes, FreeBlocks, PageTypes, TableText } from '../model/system-owners.js';
import { readTable, wholeLines } from './table-lines.js';

const ZONE = /^Node\s+(\d{1,6}),\s+zone\s+(\S+?)(?:,\s+type\s+(\S+))?\s+(.*)$/;

/** /proc/buddyinfo (proc_buddyinfo(5)): free blocks of each order by zone. */
export function parseBuddyinfo(text: string): TableText<FreeBlocks> {
  return readTable(text, freeBlocks);
}

function freeBlocks(line: string): FreeBlocks | undefined {
  const match = ZONE.exec(line);
  if (match === null) return undefined;
  const [, node, zone = '', type, counts = ''] = match;
  const words = counts.trim().split(/\s+/);
  if (words.some((word) => !/^>?\d{1,15}$/.test(word))) return undefined;
  return {
    node: Number(node),
    zone,
    free: words.map((word) => Number(word.replace('>', ''))),
    ...(words.some((word) => word.startsWith('>')) ? { atLeast: true } : {}),
    ...(type === undefined ? {} : { type }),
  };
}

/**
 * /proc/pagetypeinfo (mm/vmstat.c, since 2.6.24): free blocks by zone and migrate type, and how many pageblocks are of which type. A count
 * behind `>` is where the kernel ceased to count.
 */
export function parsePagetypeinfo(text: string): PageTypes {
  const { lines, cut } = wholeLines(text);
  const free: FreeBlocks[] = [];
  const blocks: BlockTypes[] = [];
  const mixed: BlockTypes[] = [];
  let unread = cut ? 1 : 0;
  let pagesPerBlock: number | undefined;
  let names: readonly string[] = [];
  let into: BlockTypes[] | undefined;
  for (const line of lines) {
    const heading = /^Number of (blocks type|mixed blocks)\s+(.*)$/.exec(line);
    const perBlock = /^Pages per block:\s+(\d{1,15})\s*$/.exec(line)?.[1];
    if (heading !== null) {
      names = (heading[2] ?? '').trim().split(/\s+/);
      into = heading[1] === 'blocks type' ? blocks : mixed;
    } else if (perBlock !== undefined) pagesPerBlock = Number(perBlock);
    else if (line.trim() !== '' && !/^(?:Page block order:|Free pages count)/.test(line)) {
      const row = freeBlocks(line);
      const known = row !== undefined && (row.type !== undefined || row.free.length === names.length);
      if (!known) unread++;
      else if (row.type !== undefined) free.push(row);
      else into?.push(blockTypes(row, names));
    }
  }
  return { ...(pagesPerBlock === undefined ? {} : { pagesPerBlock }), free, blocks, mixed, unread };
}

const blockTypes = ({ node, zone, free }: FreeBlocks, names: readonly string[]): BlockTypes => ({
  node,
  zone,
  blocks: Object.fromEntries(names.map((name, index) => [name, free[index] ?? 0])),
});
