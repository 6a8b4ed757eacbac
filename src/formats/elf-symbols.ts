import { ElfBytes, isUsable, type ReadRange } from './elf-bytes.js';

export interface SymbolTable {
  /** Absent when only the names are known, as in a file without section headers. */
  readonly entries?: { readonly offset: number; readonly size: number };
  readonly strings: { readonly offset: number; readonly size: number };
}

const CHUNK = 1 << 20;
/** Of each table, at most this much is searched. */
const MAX_SEARCH = 64 << 20;

const STB_WEAK = 2;

/**
 * The first of `names` that the table defines or strongly asks for. A weak reference does not count: code that merely
 * talks to a sanitizer when there is one has such. Both tables are searched in pieces, so memory is bounded.
 */
export async function definesSymbol(
  read: ReadRange,
  table: SymbolTable,
  names: readonly string[],
  layout: { readonly littleEndian: boolean; readonly bits: 32 | 64 },
): Promise<string | undefined> {
  const places = await findNames(read, table.strings, names);
  if (places.size === 0) return undefined;
  const found = table.entries === undefined ? new Set(places.values()) : await strongNames(read, table.entries, places, layout);
  return names.find((name) => found.has(name));
}

/** Where in the string table each name stands: an offset may be the tail of a longer name, which the linker may share. */
async function findNames(
  read: ReadRange,
  strings: { readonly offset: number; readonly size: number },
  names: readonly string[],
): Promise<Map<number, string>> {
  const places = new Map<number, string>();
  if (!isUsable(strings.offset, strings.size)) return places;
  const wanted = names.map((name) => ({ name, codes: [...name].map((letter) => letter.charCodeAt(0)) }));
  const overlap = Math.max(...names.map((name) => name.length)) + 1;
  const end = Math.min(strings.size, MAX_SEARCH);
  for (let start = 0; start < end; start += CHUNK) {
    const length = Math.min(CHUNK + overlap, end - start);
    const bytes = await read(strings.offset + start, length);
    for (let nul = bytes.indexOf(0); nul >= 0; nul = bytes.indexOf(0, nul + 1)) {
      // All names end in "init": one look sends nearly every string away.
      if (bytes[nul - 1] !== 0x74) continue;
      for (const { name, codes } of wanted) {
        const from = nul - codes.length;
        if (from >= 0 && codes.every((code, index) => bytes[from + index] === code)) places.set(start + from, name);
      }
    }
    if (bytes.length < length) break;
  }
  return places;
}

async function strongNames(
  read: ReadRange,
  entries: { readonly offset: number; readonly size: number },
  places: ReadonlyMap<number, string>,
  layout: { readonly littleEndian: boolean; readonly bits: 32 | 64 },
): Promise<Set<string>> {
  const found = new Set<string>();
  if (!isUsable(entries.offset, entries.size)) return found;
  const is64 = layout.bits === 64;
  const width = is64 ? 24 : 16;
  const step = Math.floor(CHUNK / width) * width;
  const end = Math.min(entries.size, MAX_SEARCH);
  for (let start = 0; start < end; start += step) {
    const length = Math.min(step, end - start);
    const chunk = new ElfBytes(await read(entries.offset + start, length), layout.littleEndian, layout.bits);
    for (let at = 0; at + width <= chunk.length; at += width) {
      const name = places.get(chunk.u32(at));
      if (name === undefined) continue;
      const binding = chunk.u8(at + (is64 ? 4 : 12)) >> 4;
      const section = chunk.u16(at + (is64 ? 6 : 14));
      if (section !== 0 || binding !== STB_WEAK) found.add(name);
    }
    if (chunk.length < length) break;
  }
  return found;
}
