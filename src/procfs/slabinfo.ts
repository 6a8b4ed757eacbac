import type { SlabCache, TableText } from '../model/system-owners.js';
import { readTable } from './table-lines.js';

const NUMBERS = String.raw`\s+(\d{1,15})`;
/** 2.0 and 2.1, since Linux 2.6.0: the slabs are counted behind the second colon. What debugging kernels add behind it is passed over. */
const SECOND = new RegExp(
  String.raw`^(\S+(?: \S+)*?)${NUMBERS.repeat(5)}\s*:\s*tunables\b[^:]*:\s*slabdata${NUMBERS}${NUMBERS}\b`,
);
/** 1.1, of Linux 2.4. */
const FIRST = new RegExp(String.raw`^(\S+(?: \S+)*?)${NUMBERS.repeat(6)}(?:\s*:.*)?$`);

/** /proc/slabinfo (slabinfo(5)), versions 1.1 to 2.1; a name may hold spaces. */
export function parseSlabinfo(text: string): TableText<SlabCache> {
  return readTable(text, (line) => (/^(?:slabinfo - |#)/.test(line) ? null : (second(line) ?? first(line))));
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
  if (match === null || line.includes('tunables')) return undefined;
  const [activeObjects = 0, objects = 0, objectSize = 0, activeSlabs = 0, slabs = 0, pagesPerSlab = 0] = match
    .slice(2)
    .map(Number);
  return { name: match[1] ?? '', activeObjects, objects, objectSize, pagesPerSlab, activeSlabs, slabs };
}
