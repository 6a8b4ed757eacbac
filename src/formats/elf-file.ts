import { ElfBytes, isUsable, type ReadRange } from './elf-bytes.js';
import type { SymbolTable } from './elf-symbols.js';

// Bounds for hostile files: real ones stay far below.
const MAX_PROGRAM_HEADERS = 4096;
const MAX_SECTIONS = 65_536;
const MAX_NAMES = 4 << 20;
const MAX_DYNAMIC = 1 << 20;
const MAX_DYNAMIC_STRINGS = 16 << 20;
const MAX_NOTES = 1 << 16;

export const SHT_NOBITS = 8;

export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  /** In the file. */
  readonly size: number;
  readonly memorySize: number;
}

const SHF_EXECINSTR = 4;

export interface Section {
  readonly name: string;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  /** It holds code (SHF_EXECINSTR). */
  readonly isCode: boolean;
  readonly align: number;
}

export interface DynamicFacts {
  readonly needed: readonly string[];
  readonly soname?: string;
  readonly rpath: readonly string[];
  readonly runpath: readonly string[];
  /** DF_1_PIE: set by binutils since 2.26 */
  readonly pie: boolean;
  readonly strings?: { readonly offset: number; readonly size: number };
}

export interface DebugLink {
  readonly name: string;
  /** Absent: the section ends before it. */
  readonly crc?: number;
}

export interface AltLink {
  readonly name: string;
  readonly buildId: string;
}

/** undefined: not an ELF file, or too short to be one. */
export async function openElf(read: ReadRange): Promise<ElfFile | undefined> {
  // Headers, program headers and PT_INTERP of nearly every program lie in its first page.
  const head = await read(0, 4096);
  if (head.length < 52 || head[0] !== 0x7f || head[1] !== 0x45 || head[2] !== 0x4c || head[3] !== 0x46) return undefined;
  const elfClass = head[4];
  const data = head[5];
  if ((elfClass !== 1 && elfClass !== 2) || (data !== 1 && data !== 2)) return undefined;
  const bits = elfClass === 2 ? 64 : 32;
  if (bits === 64 && head.length < 64) return undefined;
  return new ElfFile(new ElfBytes(head, data === 1, bits), read);
}

/** The parts of an ELF file, each read in a bounded range when it is asked for. */
export class ElfFile {
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
        isCode: (Math.trunc(table.word(at + 8)) & SHF_EXECINSTR) !== 0,
        align: table.word(at + (is64 ? 48 : 32)),
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
        flags: table.u32(at + (is64 ? 4 : 24)),
        offset: table.word(at + (is64 ? 8 : 4)),
        address: table.word(at + (is64 ? 16 : 8)),
        size: table.word(at + (is64 ? 32 : 16)),
        memorySize: table.word(at + (is64 ? 40 : 20)),
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

  /** .gnu_debuglink (GDB manual, "Separate Debug Files"): a name, NULs up to four bytes, and the CRC-32 of that file. */
  async debugLink(sections: readonly Section[]): Promise<DebugLink | undefined> {
    const bytes = await this.link(sections, '.gnu_debuglink');
    const end = bytes?.bytes.indexOf(0) ?? -1;
    if (bytes === undefined || end <= 0) return undefined;
    return { name: bytes.string(0), ...(align4(end + 1) + 4 <= bytes.length ? { crc: bytes.u32(align4(end + 1)) } : {}) };
  }

  /** .gnu_debugaltlink, as dwz(1) writes it: a name, and behind its NUL the build-id of that file. */
  async altLink(sections: readonly Section[]): Promise<AltLink | undefined> {
    const bytes = await this.link(sections, '.gnu_debugaltlink');
    const end = bytes?.bytes.indexOf(0) ?? -1;
    if (bytes === undefined || end <= 0) return undefined;
    return { name: bytes.string(0), buildId: hexOf(bytes.bytes.subarray(end + 1, end + 65)) };
  }

  private async link(sections: readonly Section[], name: string): Promise<ElfBytes | undefined> {
    const section = sections.find((candidate) => candidate.name === name && candidate.type !== SHT_NOBITS);
    return section === undefined ? undefined : this.range(section.offset, section.size, 4096);
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
          return hexOf(notes.bytes.subarray(body, body + size));
        }
        at = body + align4(size);
      }
    }
    return undefined;
  }
}

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const align4 = (size: number): number => Math.ceil(size / 4) * 4;

function offsetOf(address: number, segments: readonly Segment[]): number | undefined {
  const load = segments.find(
    (segment) => segment.type === 1 && address >= segment.address && address - segment.address < segment.size,
  );
  return load && address - load.address + load.offset;
}
