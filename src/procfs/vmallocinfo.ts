import type { NodePages, TableText, VmallocArea } from '../model/system-owners.js';
import { readTable } from './table-lines.js';

/**
 * /proc/vmallocinfo (s_show of mm/vmalloc.c, since 2.6.26):
 * `FROM-TO SIZE CALLER+0x1/0x2 [module] pages=N phys=ADDRESS FLAG... N0=PAGES...`.
 */
export function parseVmallocinfo(text: string): TableText<VmallocArea> {
  return readTable(text.replace(WRAPPED, ' '), area);
}

/** Where a mail has wrapped a row: each begins with an address. */
const WRAPPED =
  /\r?\n[ \t]{0,40}(?=[^\s=]{1,300}\+0x[\da-f]{1,8}\/0x|pages=|phys=|N\d{1,5}=|\[[\w.-]{1,80}\](?:\s|$)|(?:vmalloc|vmap|ioremap|user|vpages|lowmem|dma-coherent)(?:\s|$))/g;
/** Hashes, and before the kernel has enough randomness for them a word. */
const ADDRESS = String.raw`(?:0x[\da-f]{1,16}|(?:0x)?\(_*ptrval_*\))`;
const ROW = new RegExp(String.raw`^(${ADDRESS})-(${ADDRESS})\s+(\d{1,15})(?:\s+(.*))?$`, 'i');

function area(line: string): VmallocArea | undefined {
  const match = ROW.exec(line);
  if (match === null) return undefined;
  const [, from = '', to = '', size, rest = ''] = match;
  const known = { from, to, size: Number(size) };
  if (rest === 'unpurged vm_area') return { ...known, flags: ['unpurged'], nodes: [] };
  let caller: string | undefined;
  let module: string | undefined;
  let pages: number | undefined;
  let physical: string | undefined;
  const flags: string[] = [];
  const nodes: NodePages[] = [];
  for (const word of rest.split(/\s+/)) {
    const [, name = '', value = ''] = /^([A-Za-z_]+\d*)=(.+)$/.exec(word) ?? [];
    const node = /^N(\d+)$/.exec(name)?.[1];
    const count = /^\d{1,15}$/.test(value) ? Number(value) : undefined;
    if (name === 'pages') pages = count;
    else if (name === 'phys') physical = value;
    else if (node !== undefined && count !== undefined) nodes.push({ node: Number(node), pages: count });
    else if (isCaller(word)) caller ??= word;
    else if (/^\[.+\]$/.test(word)) module ??= word.slice(1, -1);
    else if (word !== '') flags.push(word);
  }
  return {
    ...known,
    ...(caller === undefined ? {} : { caller }),
    ...(module === undefined ? {} : { module }),
    ...(pages === undefined ? {} : { pages }),
    ...(physical === undefined ? {} : { physical }),
    flags,
    nodes,
  };
}

/** `name+0x1/0x2`, or an address of which the kernel knows no name. */
const isCaller = (word: string): boolean =>
  /^[^=\s]+\+0x[0-9a-f]+\/0x[0-9a-f]+$/i.test(word) || /^(?:0x)?[0-9a-f]{8,16}$/i.test(word);
