import type { ElfLoad } from '../model/elf-image.js';
import type { ReadRange } from './elf-bytes.js';
import { type AltLink, type DebugLink, type ElfFile, openElf, type Segment, SHT_NOBITS } from './elf-file.js';
import { machineWord } from './elf-machine.js';
import type { SymbolTable } from './elf-symbols.js';

/** What names for the addresses of an ELF file are looked up by. Sources: elf(5); GDB manual, "Separate Debug Files". */
export interface ElfDebug {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** The word of `uname -m`. */
  readonly machine: string;
  /** NT_GNU_BUILD_ID, hexadecimal. */
  readonly buildId?: string;
  /** PT_LOAD, ascending by address. */
  readonly loads: readonly ElfLoad[];
  /** DWARF is in this file. */
  readonly hasDebugInfo: boolean;
  readonly debugLink?: DebugLink;
  readonly altLink?: AltLink;
  /** .symtab before .dynsym. */
  readonly symbolTables: readonly SymbolTable[];
}

const PT_LOAD = 1;
const PF_X = 1;
const PF_W = 2;

/** Reads them in a few bounded ranges. undefined: no ELF file. Cut and hostile files give what could be read. */
export async function parseElfDebug(read: ReadRange): Promise<ElfDebug | undefined> {
  const file = await openElf(read);
  if (file === undefined) return undefined;
  const sections = await file.sections();
  const segments = await file.segments();
  const buildId = await file.buildId(segments, sections);
  const debugLink = await file.debugLink(sections);
  const altLink = await file.altLink(sections);
  const tables = file.symbolTables(sections, undefined);
  return {
    ...factsOf(file, segments, buildId),
    hasDebugInfo: sections.some(({ type, name }) => type !== SHT_NOBITS && /^\.z?debug_(info|line)$/.test(name)),
    ...(debugLink === undefined ? {} : { debugLink }),
    ...(altLink === undefined ? {} : { altLink }),
    symbolTables: [...tables].reverse(),
  };
}

/** The same of what is left of a file in memory: program headers and notes. `read` takes offsets in the file. */
export async function parseLoadedElf(read: ReadRange): Promise<Pick<ElfDebug, 'buildId' | 'loads'> | undefined> {
  const file = await openElf(read);
  if (file === undefined) return undefined;
  const segments = await file.segments();
  return factsOf(file, segments, await file.buildId(segments, []));
}

function factsOf({ header }: ElfFile, segments: readonly Segment[], buildId: string | undefined) {
  return {
    bits: header.bits,
    littleEndian: header.littleEndian,
    machine: machineWord(header.u16(18), header.bits, header.littleEndian),
    ...(buildId === undefined ? {} : { buildId }),
    loads: segments
      .filter(({ type }) => type === PT_LOAD)
      .map(({ offset, address, size, memorySize, flags }): ElfLoad => {
        return { offset, address, fileSize: size, memorySize, writable: (flags & PF_W) !== 0, executable: (flags & PF_X) !== 0 };
      })
      .sort((one, other) => one.address - other.address),
  };
}

/**
 * Where an offset in the file lies in memory before the file is moved: what debug information counts in. undefined: in no PT_LOAD. Where the ends of two
 * share a page of the file, each offset still belongs to one of them.
 */
export function linkedAddress(offset: number, loads: readonly ElfLoad[]): number | undefined {
  const holds = loads.filter((load) => offset >= load.offset && offset - load.offset < load.fileSize);
  const load = holds.find(({ executable }) => executable) ?? holds[0];
  return load === undefined ? undefined : offset - load.offset + load.address;
}
