import type { NodePages, TableText, VmallocArea } from '../model/system-owners.js';
import { readTable } from './table-lines.js';

/**
 * /proc/vmallocinfo (s_show of mm/vmalloc.c, since 2.6.26):
 * `FROM-TO SIZE CALLER+0x1/0x2 [module] pages=N phys=ADDRESS FLAG... N0=PAGES...`.
 */
export function parseVmallocinfo(text: string): TableText<VmallocArea> {
  return readTable(unwrapped(text), area);
}

/** What follows the address of a row, which each begins with. */
const REST = String.raw`[ \t]{0,40}(?:[^\s=]{1,300}\+0x[\da-f]{1,8}\/0x|pages=|phys=|N\d{1,5}=|\[[\w.-]{1,80}\](?:\s|$)|(?:vmalloc|vmap|ioremap|user|vpages|lowmem|dma-coherent)(?:\s|$))`;
const IS_WRAPPED = new RegExp(String.raw`\n${REST}`);
const IS_REST = new RegExp(`^${REST}`);
const MOST_PARTS = 8;

/** Rows that a mail has wrapped are put together; the lines of their other parts are empty then, so that all lines keep their numbers. */
function unwrapped(text: string): string {
  if (!IS_WRAPPED.test(text)) return text;
  const lines = text.split('\n');
  let row = 0;
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (at - row < MOST_PARTS && IS_REST.test(line)) {
      lines[row] = `${(lines[row] ?? '').trimEnd()} ${line.trim()}`;
      lines[at] = '';
    } else row = at;
  }
  return lines.join('\n');
}

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
    else if (GDB.test(word))
      caller ??= word.replace(GDB, (_, called: string, offset: string) => `${called}+0x${Number(offset).toString(16)}`);
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

/** As the script lx-vmallocinfo of gdb (scripts/gdb of Linux 6.6 and newer) prints a caller: `<start_kernel+372>`. */
const GDB = /^<([^\s<>+]{1,300})\+(\d{1,9})>$/;

/** `name+0x1/0x2`, or an address of which the kernel knows no name. */
const isCaller = (word: string): boolean =>
  /^[^=\s]+\+0x[0-9a-f]+\/0x[0-9a-f]+$/i.test(word) || /^(?:0x)?[0-9a-f]{8,16}$/i.test(word);
