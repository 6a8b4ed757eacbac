/** What a kernel prints of an address in its code (`%pS`, Documentation/core-api/printk-formats.rst), and what tools add to it. */
export interface KernelSymbol {
  readonly name: string;
  /** Of the address in the function, and the function's size, hexadecimal with 0x. */
  readonly offset?: string;
  readonly size?: string;
  /** Absent: the kernel itself. */
  readonly module?: string;
  /** Of the module, where the kernel prints it (5.15 and newer, on request). */
  readonly buildId?: string;
  /** Relative to the kernel's tree, mostly: scripts/decode_stacktrace.sh and syzkaller add it. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly inlined?: boolean;
}

/** A longer line is none of a stack. */
const LONGEST = 1024;
/** Before a symbol stands the beginning of the line, or what a log puts there: a time, a host, `[<address>]`, `>` of a mail; no word of a sentence. */
const START = String.raw`(?:^\s*|[\]:|>?)\d]\s+)`;
const MODULE = String.raw`(?: \[(\w[\w.-]*)(?: ([\da-f]{16,64}))?\])?`;
/** `leak_kmalloc+0x21/0x5c [leakmod]`, and `vmalloc+0x49/0x50 mm/vmalloc.c:2650` */
const WITH_OFFSET = new RegExp(
  String.raw`${START}([^\s+()[\]]+)\+(0x[\da-f]{1,8})(?:\/(0x[\da-f]{1,8}))?${MODULE}(?: ([^\s:()[\]]+):(\d{1,7}))?${MODULE}\s*$`,
);
/** `slab_post_alloc_hook mm/slub.c:3772 [inline]` */
const INLINED = new RegExp(String.raw`${START}([^\s+()[\]]+) ([^\s:()[\]]+):(\d{1,7}) \[inline\]\s*$`);
/** `kmalloc (mm/slab.h:42 (discriminator 2) mm/slub.c:3120) leakmod`: of inlined calls the last place is that of the function. */
const DECODED = new RegExp(
  String.raw`${START}([^\s+()[\]]+) \(((?:[^()]|\(discriminator \d+\)){3,600})\)(?: \[?(\w[\w.-]*)\]?)?\s*$`,
);
const PLACE = /([^\s:()]+):(\d{1,7})/g;

/** The symbol that a line of a stack ends with, whatever stands before it. Undefined: it ends with none. */
export function kernelSymbolOf(line: string): KernelSymbol | undefined {
  if (line.length > LONGEST) return undefined;
  return withOffset(line) ?? inlined(line) ?? decoded(line);
}

function withOffset(line: string): KernelSymbol | undefined {
  if (!line.includes('+0x')) return undefined;
  const found = WITH_OFFSET.exec(line);
  if (found === null) return undefined;
  const [, name = '', offset, size, before, idBefore, file, number, behind, idBehind] = found;
  const module = before ?? behind;
  const buildId = idBefore ?? idBehind;
  return {
    name,
    ...(offset === undefined ? {} : { offset }),
    ...(size === undefined ? {} : { size }),
    ...(module === undefined ? {} : { module }),
    ...(buildId === undefined ? {} : { buildId }),
    ...placeOf(file, number),
  };
}

function inlined(line: string): KernelSymbol | undefined {
  const found = line.includes('[inline]') ? INLINED.exec(line) : null;
  return found === null ? undefined : { name: found[1] ?? '', ...placeOf(found[2], found[3]), inlined: true };
}

function decoded(line: string): KernelSymbol | undefined {
  const found = line.includes(' (') && line.includes(':') ? DECODED.exec(line) : null;
  const place = [...(found?.[2] ?? '').matchAll(PLACE)].at(-1);
  if (found === null || place === undefined) return undefined;
  return { name: found[1] ?? '', ...(found[3] === undefined ? {} : { module: found[3] }), ...placeOf(place[1], place[2]) };
}

function placeOf(file: string | undefined, line: string | undefined): { readonly file?: string; readonly line?: number } {
  const number = Number(line);
  return file === undefined || !(number > 0) ? {} : { file, line: number };
}

const BARE = new RegExp(String.raw`${START}(0x[\da-f]{4,16})\s*$`);

/** The address that stands alone at the end of a line, where the kernel had no name for it; with 0x. */
export function bareAddressOf(line: string): string | undefined {
  if (line.length > LONGEST) return undefined;
  return BARE.exec(line)?.[1];
}
