import { crc32 } from '../../formats/crc32.js';
import type { ReadRange } from '../../formats/elf-bytes.js';
import { type ElfDebug, parseElfDebug } from '../../formats/elf-debug.js';
import type { Target } from '../ports.js';

/** A file with code or debug information, on a machine. */
export interface SymbolFile {
  readonly site: Target;
  readonly path: string;
  readonly elf: ElfDebug;
  /** Milliseconds since the Unix epoch, where told. */
  readonly modifiedMs?: number;
  /** Another file, or the same one after it was written to, has another one. */
  readonly key: string;
}

/** Ranges of a file; what can't be read is empty. */
export const rangesOf =
  (site: Target, path: string): ReadRange =>
  async (offset, length) => {
    const bytes = await site.readBytes(path, { offset, length });
    return bytes.ok ? bytes.value : new Uint8Array(0);
  };

/** Reads what ELF files are told apart by; each once, until it changes. */
export class ElfReader {
  private readonly known = new Map<string, Promise<ElfDebug | undefined>>();
  private readonly sums = new Map<string, Promise<number | undefined>>();

  /** undefined: no regular file, or no ELF file, or it may not be read. */
  async open(site: Target, path: string): Promise<SymbolFile | undefined> {
    const facts = await site.stat(path);
    if (!facts.ok || facts.value.kind !== 'file' || facts.value.size === 0) return undefined;
    const { size, modifiedMs } = facts.value;
    const key = `${site.id} ${size} ${modifiedMs ?? ''} ${path}`;
    // What a link of /proc leads to may be another file the next time.
    let elf = path.startsWith('/proc/') ? undefined : this.known.get(key);
    if (elf === undefined) {
      elf = parseElfDebug(rangesOf(site, path));
      this.known.set(key, elf);
    }
    const read = await elf;
    if (read === undefined) return undefined;
    return { site, path, elf: read, key, ...(modifiedMs === undefined ? {} : { modifiedMs }) };
  }

  /** CRC-32 of the whole file; undefined: it can't be read to its end. */
  crc({ site, path, key }: SymbolFile): Promise<number | undefined> {
    let sum = this.sums.get(key);
    if (sum === undefined) {
      sum = sumOf(site, path);
      this.sums.set(key, sum);
    }
    return sum;
  }
}

async function sumOf(site: Target, path: string): Promise<number | undefined> {
  let sum = 0;
  try {
    for await (const chunk of site.readChunks(path)) sum = crc32(chunk, sum);
  } catch {
    return undefined;
  }
  return sum;
}
