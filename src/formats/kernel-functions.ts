import { type ElfBytes, isUsable, type ReadRange } from './elf-bytes.js';
import { openElf, type Section } from './elf-file.js';

/** A function as a kernel prints it: `leak_kmalloc+0x21/0x5c`. */
export interface WantedFunction {
  readonly name: string;
  /** To the next symbol, as kallsyms counts it: with the padding behind the function. Absent: not told. */
  readonly size?: number;
}

/**
 * Where a function begins. `other-size`: functions of that name are of other sizes, so that the file is of another build; `ambiguous`: several fit, and
 * nothing tells which one is meant.
 */
export type FunctionPlace =
  | {
      readonly kind: 'found';
      /** As linked, without KASLR; of a module (`.ko`) the offset in its section. Kernels have addresses above 2^53. */
      readonly address: bigint;
      /** Only of a module: the name of the section, `.text` or `.init.text`. */
      readonly section?: string;
    }
  | {
      readonly kind: 'other-size';
      /** The symbol table tells their sizes: those of assembler are guesses of the kernel's and of ours. */
      readonly isSure: boolean;
    }
  | { readonly kind: 'missing' | 'ambiguous' };

/** Of each table, at most this much is read: those of a kernel with all its drivers have some 30 MB. */
const MOST_BYTES = 128 << 20;
const SHT_SYMTAB = 2;
const ET_REL = 1;
const STT_NOTYPE = 0;
const STT_FUNC = 2;
const SHN_LORESERVE = 0xff00;
/** Code is aligned to so many bytes at most; what lies between is counted with the function before. */
const MOST_PADDING = 64;
/** A module is laid out in pages; larger ones are multiples of it. */
const PAGE = 4096;
const MISSING: FunctionPlace = { kind: 'missing' };

interface Candidate {
  readonly address: bigint;
  readonly section: number;
  /** 0 for most functions that are written in assembler. */
  readonly size: number;
  /** To the next symbol of the section. */
  extent: number;
}

/**
 * Looks functions up in the symbol table of a `vmlinux` or of a module, each by its name, and by its size where several functions have that name. The answers are in the
 * order of the questions. Sources: elf(5); kernel/kallsyms.c for what the kernel calls the size.
 */
export async function findFunctions(read: ReadRange, wanted: readonly WantedFunction[]): Promise<readonly FunctionPlace[]> {
  const file = await openElf(read);
  if (file === undefined) return wanted.map(() => MISSING);
  const sections = await file.sections();
  const table = sections.find(({ type }) => type === SHT_SYMTAB);
  const texts = table === undefined ? undefined : sections[table.link];
  if (table === undefined || texts === undefined || !isUsable(table.offset, table.size) || !isUsable(texts.offset, texts.size))
    return wanted.map(() => MISSING);
  const rows = await file.range(table.offset, table.size, MOST_BYTES);
  const strings = await file.range(texts.offset, texts.size, MOST_BYTES);
  const found = candidatesOf(rows, strings, new Set(wanted.map(({ name }) => name)));
  const isModule = file.header.u16(16) === ET_REL;
  const align = Math.min(MOST_PADDING, Math.max(1, ...sections.map((section) => (section.isCode ? section.align : 1))));
  return wanted.map(({ name, size }) => chosen(found.get(name) ?? [], size, align, isModule ? sections : undefined));
}

/** The address of the call, of the offset that a stack tells, which is where the call returns to. */
export function callAddress({ address }: { readonly address: bigint }, offset: number): bigint {
  return offset > 0 ? address + BigInt(offset - 1) : address;
}

function candidatesOf(rows: ElfBytes, strings: ElfBytes, wanted: ReadonlySet<string>): ReadonlyMap<string, Candidate[]> {
  const hashes = new Set([...wanted].map((name) => hashOf(new TextBytes(name), 0)));
  const found = new Map<string, Candidate[]>();
  const values: (readonly [section: number, value: bigint])[] = [];
  const wantedSections = new Set<number>();
  const is64 = rows.bits === 64;
  const width = is64 ? 24 : 16;
  for (let at = 0; at + width <= rows.length; at += width) {
    const type = rows.u8(at + (is64 ? 4 : 12)) & 0xf;
    const section = rows.u16(at + (is64 ? 6 : 14));
    if ((type !== STT_FUNC && type !== STT_NOTYPE) || section === 0 || section >= SHN_LORESERVE) continue;
    const nameAt = rows.u32(at);
    if (isOwnOfTools(strings, nameAt)) continue;
    const address = is64 ? big(rows, at + 8) : BigInt(rows.u32(at + 4));
    values.push([section, address]);
    if (!hashes.has(hashOf(strings, nameAt))) continue;
    const told = strings.string(nameAt, 512);
    const name = wanted.has(told) ? told : told.replace(OF_LTO, '');
    if (!wanted.has(name)) continue;
    wantedSections.add(section);
    const same = found.get(name) ?? [];
    found.set(name, same);
    const size = Math.min(rows.word(at + (is64 ? 16 : 8)), Number.MAX_SAFE_INTEGER);
    // Aliases are one function.
    if (!same.some((one) => one.address === address && one.section === section))
      same.push({ address, section, size, extent: Number.POSITIVE_INFINITY });
  }
  measure(
    found,
    values.filter(([section]) => wantedSections.has(section)),
  );
  return found;
}

/** Compilers' labels and the marks of ARM's code, which kallsyms leaves out, too. */
function isOwnOfTools(strings: ElfBytes, at: number): boolean {
  const first = strings.u8(at);
  return first === 0 || first === 0x24 || (first === 0x2e && strings.u8(at + 1) === 0x4c);
}

function measure(found: ReadonlyMap<string, Candidate[]>, values: (readonly [number, bigint])[]): void {
  values.sort((one, other) => one[0] - other[0] || (one[1] < other[1] ? -1 : one[1] > other[1] ? 1 : 0));
  for (const candidates of found.values()) {
    for (const candidate of candidates) {
      let low = 0;
      let high = values.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        const [section, value] = values[middle] as readonly [number, bigint];
        if (section < candidate.section || (section === candidate.section && value <= candidate.address)) low = middle + 1;
        else high = middle;
      }
      const next = values[low];
      if (next?.[0] === candidate.section) candidate.extent = Number(next[1] - candidate.address);
    }
  }
}

function chosen(
  candidates: readonly Candidate[],
  size: number | undefined,
  align: number,
  sections: readonly Section[] | undefined,
): FunctionPlace {
  if (candidates.length === 0) return MISSING;
  const exact = candidates.filter((one) => size === undefined || one.extent === size || one.size === size);
  // What follows the last function of a section is not in the table: the padding before the next section, or, of a module, the rest of the page.
  const isModule = sections !== undefined;
  const fitting = exact.length > 0 ? exact : candidates.filter((one) => isLast(one, size ?? 0, align, isModule));
  const [first, other] = fitting;
  if (first === undefined) return { kind: 'other-size', isSure: candidates.every((one) => one.size > 0) };
  if (other !== undefined) return { kind: 'ambiguous' };
  const section = sections?.[first.section]?.name;
  return { kind: 'found', address: first.address, ...(section === undefined ? {} : { section }) };
}

function isLast({ address, size, extent }: Candidate, told: number, align: number, isModule: boolean): boolean {
  if (extent !== Number.POSITIVE_INFINITY || size === 0 || told <= size) return false;
  return told - size < align || (isModule && (address + BigInt(told)) % BigInt(PAGE) === 0n);
}

function big(rows: ElfBytes, at: number): bigint {
  const first = BigInt(rows.u32(at));
  const second = BigInt(rows.u32(at + 4));
  return rows.littleEndian ? (second << 32n) | first : (first << 32n) | second;
}

/** What clang's LTO puts behind a static function that it needs elsewhere; the kernel leaves it out of its own names (cleanup_symbol_name of scripts/kallsyms.c). */
const OF_LTO = /\.llvm\.\d+$/;
/** `llv` behind a dot: enough to end there, since all names with one hash are compared. */
const LLV = [0x6c, 0x6c, 0x76] as const;
const DOT = 0x2e;

/** FNV-1a of the string that ends at its NUL, or at `.llvm.`. */
function hashOf(text: { u8(at: number): number }, at: number): number {
  let hash = 0x811c9dc5;
  for (let each = at; each < at + 512; each++) {
    const byte = text.u8(each);
    if (byte === 0 || (byte === DOT && LLV.every((letter, next) => text.u8(each + 1 + next) === letter))) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash;
}

/** Names of a kernel's functions are ASCII; another one is found nowhere. */
class TextBytes {
  constructor(private readonly text: string) {}

  u8(at: number): number {
    return at < this.text.length ? this.text.charCodeAt(at) & 0xff : 0;
  }
}
