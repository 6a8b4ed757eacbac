import type { ProgramFacts } from '../engines/engine.js';
import type { ReadRange } from './elf-bytes.js';
import { type DynamicFacts, type ElfFile, openElf, type Section, SHT_NOBITS } from './elf-file.js';
import { machineWord } from './elf-machine.js';
import { definesSymbol } from './elf-symbols.js';

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

/**
 * Reads the facts of an ELF file through a few bounded ranges. undefined: not an ELF file, or too short to be one.
 * Cut and hostile files give what could be read; only a rejection of `read` itself rejects.
 */
export async function parseElf(read: ReadRange): Promise<ElfFacts | undefined> {
  const file = await openElf(read);
  if (file === undefined) return undefined;
  const { bits, littleEndian } = file.header;
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
    byteOrder: littleEndian ? 'little' : 'big',
    machine: machineWord(file.header.u16(18), bits, littleEndian),
    type: typeOf(file.header.u16(16), dynamic, interpreter),
    ...(interpreter === undefined ? {} : { interpreter }),
    needed: dynamic?.needed ?? [],
    ...(dynamic?.soname === undefined ? {} : { soname: dynamic.soname }),
    rpath: dynamic?.rpath ?? [],
    runpath: dynamic?.runpath ?? [],
    debugInfo: holds('.debug_info', '.debug_line', '.zdebug_info', '.zdebug_line'),
    ...(debugLink === undefined ? {} : { debugLink: debugLink.name }),
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
