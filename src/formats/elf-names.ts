import { ElfBytes, isUsable, type ReadRange } from './elf-bytes.js';
import type { ElfDebug } from './elf-debug.js';

/** Of each table, at most this much is read. */
const MOST_BYTES = 128 << 20;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
/** Names of symbols are this long at most; those of C++ templates may be a few thousand. */
const LONGEST_NAME = 1 << 16;

/** The functions of a symbol table, by address. A name is only that of an address within the function's own size. */
export class ElfNames {
  private constructor(
    private readonly starts: Float64Array,
    private readonly sizes: Float64Array,
    private readonly names: Uint32Array,
    private readonly strings: ElfBytes,
  ) {}

  /** Mangled; undefined: in no function that the table knows. */
  at(address: number): string | undefined {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    // Functions may share a start: of those that hold the address the last one with a size counts.
    for (let at = low - 1; at >= 0 && at >= low - 8; at--) {
      if (address - this.starts[at]! < this.sizes[at]!) {
        const name = this.strings.string(this.names[at]!, LONGEST_NAME);
        return name === '' ? undefined : name.replace(/@.*$/s, '');
      }
    }
    return undefined;
  }

  /** Of the first table that has functions; undefined: there is none. */
  static async read(read: ReadRange, elf: ElfDebug): Promise<ElfNames | undefined> {
    for (const table of elf.symbolTables) {
      const { entries, strings } = table;
      if (entries === undefined || !isUsable(entries.offset, entries.size) || !isUsable(strings.offset, strings.size)) continue;
      const rows = await read(entries.offset, Math.min(entries.size, MOST_BYTES));
      const found = functionsOf(new ElfBytes(rows, elf.littleEndian, elf.bits), elf.machine === 'arm' || elf.machine === 'armeb');
      if (found.starts.length === 0) continue;
      const texts = new ElfBytes(await read(strings.offset, Math.min(strings.size, MOST_BYTES)), elf.littleEndian, elf.bits);
      return new ElfNames(found.starts, found.sizes, found.names, texts);
    }
    return undefined;
  }
}

/** `isArm`: the lowest bit of an address says that it is Thumb code (ELF for the Arm Architecture). */
function functionsOf(rows: ElfBytes, isArm: boolean) {
  const is64 = rows.bits === 64;
  const width = is64 ? 24 : 16;
  const found: { start: number; size: number; name: number }[] = [];
  for (let at = 0; at + width <= rows.length; at += width) {
    const type = rows.u8(at + (is64 ? 4 : 12)) & 0xf;
    const section = rows.u16(at + (is64 ? 6 : 14));
    if ((type !== STT_FUNC && type !== STT_GNU_IFUNC) || section === 0) continue;
    const value = rows.word(at + (is64 ? 8 : 4));
    const size = rows.word(at + (is64 ? 16 : 8));
    if (size === 0 || !Number.isSafeInteger(value)) continue;
    found.push({ start: isArm ? value - (value % 2) : value, size, name: rows.u32(at) });
  }
  found.sort((one, other) => one.start - other.start || one.size - other.size);
  return {
    starts: Float64Array.from(found, ({ start }) => start),
    sizes: Float64Array.from(found, ({ size }) => size),
    names: Uint32Array.from(found, ({ name }) => name),
  };
}
