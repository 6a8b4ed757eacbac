import type { SlabCache, TableText } from '../model/system-owners.js';
import { readTable } from './table-lines.js';

const NUMBERS = String.raw`\s+(\d{1,15})`;
/** 2.0 and 2.1, since Linux 2.6.0: the slabs are counted behind the second colon. What debugging kernels add behind it is passed over. */
const SECOND = new RegExp(
  String.raw`^(\S+(?: \S+)*?)${NUMBERS.repeat(5)}\s*:\s*tunables\b[^:]*:\s*slabdata${NUMBERS}${NUMBERS}\b`,
);
/** The third number of the slabs is the last one, and counts for nothing. */
const WHOLE = /: slabdata\s+\d+\s+\d+\s+\d+/;
/** 1.1, of Linux 2.4. */
const FIRST = new RegExp(String.raw`^(\S+(?: \S+)*?)${NUMBERS.repeat(6)}(?:\s*:.*)?$`);

/**
 * /proc/slabinfo (slabinfo(5)), versions 1.1 to 2.1; a name may hold spaces. Of a text with a heading only what stands below counts, up to a second
 * one: the same caches at another moment would be added up.
 */
export function parseSlabinfo(text: string): TableText<SlabCache> {
  const version = /^slabinfo - version: (\d)/m.exec(text)?.[1];
  let headings = 0;
  return readTable(
    text,
    (line) => {
      if (line.startsWith('slabinfo - ') && ++headings === 1) return null;
      if (version !== undefined && headings !== 1) return undefined;
      if (line.startsWith('#')) return null;
      return second(line) ?? (version === '2' ? undefined : first(line));
    },
    (line) => WHOLE.test(line),
  );
}

function second(line: string): SlabCache | undefined {
  const match = SECOND.exec(line);
  if (match === null) return undefined;
  const [activeObjects = 0, objects = 0, objectSize = 0, , pagesPerSlab = 0, activeSlabs = 0, slabs = 0] = match
    .slice(2)
    .map(Number);
  return { name: match[1] ?? '', activeObjects, objects, objectSize, pagesPerSlab, activeSlabs, slabs };
}

function first(line: string): SlabCache | undefined {
  const match = FIRST.exec(line);
  // The table of meminfo has as many numbers.
  if (match === null || line.includes('tunables') || /^(?:Mem|Swap):/.test(line)) return undefined;
  const [activeObjects = 0, objects = 0, objectSize = 0, activeSlabs = 0, slabs = 0, pagesPerSlab = 0] = match
    .slice(2)
    .map(Number);
  return { name: match[1] ?? '', activeObjects, objects, objectSize, pagesPerSlab, activeSlabs, slabs };
}
