import type { ProgramFacts } from '../engines/engine.js';
import { ElfBytes, isUsable, type ReadRange } from './elf-bytes.js';
import { machineWord } from './elf-machine.js';
import { definesSymbol, type SymbolTable } from './elf-symbols.js';

/**
 * What an ELF file says of itself. Sources: elf(5); System V gABI, chapters 4 and 5 (ELF header, sections, dynamic
 * section); elf.h of glibc for the GNU numbers.
 */
export interface ElfFacts {
  readonly bits: 32 | 64;
  readonly byteOrder: 'little' | 'big';
  /** The word of `uname -m`, or `machine 0x...` for one that we have no word for. */
  readonly machine: string;
  readonly type: 'executable' | 'pie' | 'shared' | 'core' | 'object' | 'other';
  /** PT_INTERP */
  readonly interpreter?: string;
  /** DT_NEEDED */
  readonly needed: readonly string[];
  /** DT_SONAME */
  readonly soname?: string;
  /** DT_RPATH, cut at its colons. */
  readonly rpath: readonly string[];
  /** DT_RUNPATH, cut at its colons. */
  readonly runpath: readonly string[];
  /** .debug_info or .debug_line is in this file, compressed or not. */
  readonly debugInfo: boolean;
  /** The file name in .gnu_debuglink: debug information was moved there. */
  readonly debugLink?: string;
  /** Has .symtab. */
  readonly symbols: boolean;
  /** `other`: ThreadSanitizer, MemorySanitizer or HWAddressSanitizer. */
  readonly sanitizer?: 'asan' | 'lsan' | 'other';
  /** NT_GNU_BUILD_ID, hexadecimal. */
  readonly buildId?: string;
}

// Bounds for hostile files: real ones stay far below.
const MAX_PROGRAM_HEADERS = 4096;
const MAX_SECTIONS = 65_536;
const MAX_NAMES = 4 << 20;
const MAX_DYNAMIC = 1 << 20;
const MAX_DYNAMIC_STRINGS = 16 << 20;
const MAX_NOTES = 1 << 16;

const SHT_NOBITS = 8;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

interface Section {
  readonly name: string;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

interface DynamicFacts {
  readonly needed: readonly string[];
  readonly soname?: string;
  readonly rpath: readonly string[];
  readonly runpath: readonly string[];
  /** DF_1_PIE: set by binutils since 2.26 */
  readonly pie: boolean;
  readonly strings?: { readonly offset: number; readonly size: number };
}

/**
 * Reads the facts of an ELF file through a few bounded ranges. undefined: not an ELF file, or too short to be one.
 * Cut and hostile files give what could be read; only a rejection of `read` itself rejects.
 */
export async function parseElf(read: ReadRange): Promise<ElfFacts | undefined> {
  // Headers, program headers and PT_INTERP of nearly every program lie in its first page.
  const head = await read(0, 4096);
  if (head.length < 52 || head[0] !== 0x7f || head[1] !== 0x45 || head[2] !== 0x4c || head[3] !== 0x46) return undefined;
  const elfClass = head[4];
  const data = head[5];
  if ((elfClass !== 1 && elfClass !== 2) || (data !== 1 && data !== 2)) return undefined;
  const bits = elfClass === 2 ? 64 : 32;
  if (bits === 64 && head.length < 64) return undefined;
  const file = new ElfFile(new ElfBytes(head, data === 1, bits), read);

  const sections = await file.sections();
  const segments = await file.segments();
  const interpreter = await file.interpreter(segments);
  const dynamic = await file.dynamic(segments);
  const sanitizer = await findSanitizer(file, dynamic, sections);
  const debugLink = await file.debugLink(sections);
  const buildId = await file.buildId(segments, sections);
  const holds = (...names: readonly string[]): boolean =>
    sections.some((section) => section.type !== SHT_NOBITS && names.includes(section.name));
  return {
    bits,
    byteOrder: data === 1 ? 'little' : 'big',
    machine: machineWord(file.header.u16(18), bits, data === 1),
    type: typeOf(file.header.u16(16), dynamic, interpreter),
    ...(interpreter === undefined ? {} : { interpreter }),
    needed: dynamic?.needed ?? [],
    ...(dynamic?.soname === undefined ? {} : { soname: dynamic.soname }),
    rpath: dynamic?.rpath ?? [],
    runpath: dynamic?.runpath ?? [],
    debugInfo: holds('.debug_info', '.debug_line', '.zdebug_info', '.zdebug_line'),
    ...(debugLink === undefined ? {} : { debugLink }),
    symbols: holds('.symtab'),
    ...(sanitizer === undefined ? {} : { sanitizer }),
    ...(buildId === undefined ? {} : { buildId }),
  };
}

/** The part of the facts that engines ask for. `setuid`: set-user-ID or set-group-ID of the file's mode, stat(2). */
export function toProgramFacts(path: string, elf: ElfFacts, setuid: boolean): ProgramFacts {
  return {
    path,
    machine: elf.machine,
    bits: elf.bits,
    ...(elf.interpreter === undefined ? {} : { interpreter: elf.interpreter }),
    needed: elf.needed,
    debugInfo: elf.debugInfo,
    symbols: elf.symbols,
    ...(elf.sanitizer === undefined ? {} : { sanitizer: elf.sanitizer }),
    setuid,
  };
}

function typeOf(type: number, dynamic: DynamicFacts | undefined, interpreter: string | undefined): ElfFacts['type'] {
  switch (type) {
    case 1:
      return 'object';
    case 2:
      return 'executable';
    case 3:
      // libc.so.6 has an interpreter too, so that it can print its version: a name for linking tells it apart.
      return dynamic?.pie === true || (interpreter !== undefined && dynamic?.soname === undefined) ? 'pie' : 'shared';
    case 4:
      return 'core';
    default:
      return 'other';
  }
}

/** gcc's libasan.so.8 and clang's libclang_rt.asan-x86_64.so, with their relatives. */
const RUNTIME = /^lib(?:clang_rt\.)?(asan|lsan|tsan|msan|hwasan)[.-]/;

async function findSanitizer(
  file: ElfFile,
  dynamic: DynamicFacts | undefined,
  sections: readonly Section[],
): Promise<ElfFacts['sanitizer']> {
  const libraries = new Set(dynamic?.needed.map((name) => RUNTIME.exec(name)?.[1]));
  if (libraries.has('asan')) return 'asan';
  if (libraries.has('tsan') || libraries.has('msan') || libraries.has('hwasan')) return 'other';
  if (libraries.has('lsan')) return 'lsan';
  // A static runtime. AddressSanitizer's holds LeakSanitizer too, so it is asked for first.
  const names = ['__asan_init', '__tsan_init', '__msan_init', '__hwasan_init', '__lsan_init'];
  for (const table of file.symbolTables(sections, dynamic)) {
    const found = await definesSymbol(file.read, table, names, file.header);
    if (found === '__asan_init') return 'asan';
    if (found === '__lsan_init') return 'lsan';
    if (found !== undefined) return 'other';
  }
  return undefined;
}

class ElfFile {
  constructor(
    readonly header: ElfBytes,
    readonly read: ReadRange,
  ) {}

  private get is64(): boolean {
    return this.header.bits === 64;
  }

  async range(offset: number, size: number, limit: number): Promise<ElfBytes> {
    const none = new ElfBytes(new Uint8Array(0), this.header.littleEndian, this.header.bits);
    if (!isUsable(offset, size)) return none;
    const length = Math.min(size, limit);
    if (offset + length <= this.header.length) {
      return new ElfBytes(this.header.bytes.subarray(offset, offset + length), none.littleEndian, none.bits);
    }
    return new ElfBytes(await this.read(offset, length), none.littleEndian, none.bits);
  }

  async sections(): Promise<readonly Section[]> {
    const { header, is64 } = this;
    const offset = header.word(is64 ? 40 : 32);
    const entry = header.u16(is64 ? 58 : 46);
    let count = header.u16(is64 ? 60 : 48);
    let namesIndex = header.u16(is64 ? 62 : 50);
    if (offset === 0 || entry < (is64 ? 64 : 40)) return [];
    if (count === 0 || namesIndex === 0xffff) {
      // More than 0xff00 sections: the true numbers are in section 0 (gABI, "ELF Header").
      const first = await this.range(offset, entry, entry);
      if (count === 0) count = first.word(is64 ? 32 : 20);
      if (namesIndex === 0xffff) namesIndex = first.u32(is64 ? 40 : 24);
    }
    count = Math.min(count, MAX_SECTIONS);
    const table = await this.range(offset, count * entry, MAX_SECTIONS * 64);
    const raw: (Section & { readonly nameAt: number })[] = [];
    for (let at = 0; at + entry <= table.length && raw.length < count; at += entry) {
      raw.push({
        nameAt: table.u32(at),
        name: '',
        type: table.u32(at + 4),
        offset: table.word(at + (is64 ? 24 : 16)),
        size: table.word(at + (is64 ? 32 : 20)),
        link: table.u32(at + (is64 ? 40 : 24)),
      });
    }
    const namesSection = raw[namesIndex];
    if (namesSection === undefined) return raw;
    const names = await this.range(namesSection.offset, namesSection.size, MAX_NAMES);
    return raw.map((section) => ({ ...section, name: names.string(section.nameAt, 256) }));
  }

  /** Core files with more than 0xfffe segments (PN_XNUM) are read in part: nothing that we look for is in theirs. */
  async segments(): Promise<readonly Segment[]> {
    const { header, is64 } = this;
    const offset = header.word(is64 ? 32 : 28);
    const entry = header.u16(is64 ? 54 : 42);
    const count = Math.min(header.u16(is64 ? 56 : 44), MAX_PROGRAM_HEADERS);
    if (offset === 0 || count === 0 || entry < (is64 ? 56 : 32)) return [];
    const table = await this.range(offset, count * entry, MAX_PROGRAM_HEADERS * 64);
    const segments: Segment[] = [];
    for (let at = 0; at + entry <= table.length && segments.length < count; at += entry) {
      segments.push({
        type: table.u32(at),
        offset: table.word(at + (is64 ? 8 : 4)),
        address: table.word(at + (is64 ? 16 : 8)),
        size: table.word(at + (is64 ? 32 : 16)),
      });
    }
    return segments;
  }

  async interpreter(segments: readonly Segment[]): Promise<string | undefined> {
    const segment = segments.find((candidate) => candidate.type === 3);
    if (segment === undefined) return undefined;
    const text = (await this.range(segment.offset, segment.size, 4096)).string(0);
    return text === '' ? undefined : text;
  }

  async dynamic(segments: readonly Segment[]): Promise<DynamicFacts | undefined> {
    const segment = segments.find((candidate) => candidate.type === 2);
    if (segment === undefined) return undefined;
    const table = await this.range(segment.offset, segment.size, MAX_DYNAMIC);
    const width = this.is64 ? 8 : 4;
    const values = new Map<number, number[]>();
    for (let at = 0; at + 2 * width <= table.length; at += 2 * width) {
      const tag = table.word(at);
      if (tag === 0) break;
      const list = values.get(tag);
      if (list === undefined) values.set(tag, [table.word(at + width)]);
      else list.push(table.word(at + width));
    }
    const one = (tag: number): number | undefined => values.get(tag)?.[0];

    const address = one(5); // DT_STRTAB
    const size = one(10); // DT_STRSZ
    const offset = address === undefined ? undefined : offsetOf(address, segments);
    const location = offset !== undefined && size !== undefined && isUsable(offset, size) ? { offset, size } : undefined;
    const strings = location && (await this.range(location.offset, location.size, MAX_DYNAMIC_STRINGS));
    const text = (at: number | undefined): string => (at === undefined ? '' : (strings?.string(at) ?? ''));
    const soname = text(one(14));
    const list = (tag: number): string[] =>
      text(one(tag))
        .split(':')
        .filter((part) => part !== '');
    return {
      needed: (values.get(1) ?? [])
        .slice(0, 4096)
        .map(text)
        .filter((name) => name !== ''),
      ...(soname === '' ? {} : { soname }),
      rpath: list(15),
      runpath: list(29),
      pie: Math.floor((one(0x6ffffffb) ?? 0) / 0x0800_0000) % 2 === 1, // DT_FLAGS_1, DF_1_PIE
      ...(location === undefined ? {} : { strings: location }),
    };
  }

  /** The dynamic one first: it is small, and no strip(1) takes it away. */
  symbolTables(sections: readonly Section[], dynamic: DynamicFacts | undefined): readonly SymbolTable[] {
    const tables: SymbolTable[] = [];
    for (const type of [11, 2]) {
      const section = sections.find((candidate) => candidate.type === type);
      const strings = section && sections[section.link];
      if (section !== undefined && strings !== undefined && strings.type !== SHT_NOBITS)
        tables.push({ entries: section, strings });
    }
    if (sections.length === 0 && dynamic?.strings !== undefined) tables.push({ strings: dynamic.strings });
    return tables;
  }

  /** The first string of .gnu_debuglink (GDB manual, "Separate Debug Files"). */
  async debugLink(sections: readonly Section[]): Promise<string | undefined> {
    const section = sections.find((candidate) => candidate.name === '.gnu_debuglink' && candidate.type !== SHT_NOBITS);
    if (section === undefined) return undefined;
    const name = (await this.range(section.offset, section.size, 4096)).string(0);
    return name === '' ? undefined : name;
  }

  async buildId(segments: readonly Segment[], sections: readonly Section[]): Promise<string | undefined> {
    const places = [
      ...sections.filter((section) => section.name === '.note.gnu.build-id' && section.type !== SHT_NOBITS),
      ...segments.filter((segment) => segment.type === 4),
    ];
    for (const place of places.slice(0, 16)) {
      const notes = await this.range(place.offset, place.size, MAX_NOTES);
      for (let at = 0; at + 12 <= notes.length; ) {
        const nameSize = notes.u32(at);
        const size = notes.u32(at + 4);
        const body = at + 12 + align4(nameSize);
        if (
          notes.u32(at + 8) === 3 &&
          nameSize === 4 &&
          notes.string(at + 12, 4) === 'GNU' &&
          size <= 64 &&
          body + size <= notes.length
        ) {
          return [...notes.bytes.subarray(body, body + size)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        }
        at = body + align4(size);
      }
    }
    return undefined;
  }
}

const align4 = (size: number): number => Math.ceil(size / 4) * 4;

function offsetOf(address: number, segments: readonly Segment[]): number | undefined {
  const load = segments.find(
    (segment) => segment.type === 1 && address >= segment.address && address - segment.address < segment.size,
  );
  return load && address - load.address + load.offset;
}
