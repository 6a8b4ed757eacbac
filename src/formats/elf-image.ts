import type { ElfImage, ElfLoad } from '../model/elf-image.js';
import { ElfBytes, isUsable } from './elf-bytes.js';

/** What is to be read of a file: the ELF header and 21 program headers; real files have about a dozen. */
export const ELF_IMAGE_BYTES = 1280;

const PT_LOAD = 1;
const PT_GNU_RELRO = 0x6474e552;
const ET_EXEC = 2;
const ET_DYN = 3;
const PF_X = 1;
const PF_W = 2;

/**
 * The layout of an ELF file from its first bytes. Sources: elf(5); elf.h of glibc for PT_GNU_RELRO. Undefined: not an ELF program or
 * library, or its program headers are not all within these bytes.
 */
export function parseElfImage(head: Uint8Array): ElfImage | undefined {
  if (head.length < 52 || head[0] !== 0x7f || head[1] !== 0x45 || head[2] !== 0x4c || head[3] !== 0x46) return undefined;
  const bits = head[4] === 2 ? 64 : head[4] === 1 ? 32 : undefined;
  if (bits === undefined || (head[5] !== 1 && head[5] !== 2)) return undefined;
  const file = new ElfBytes(head, head[5] === 1, bits);
  const is64 = bits === 64;
  const type = file.u16(16);
  if (type !== ET_EXEC && type !== ET_DYN) return undefined;
  const table = file.word(is64 ? 32 : 28);
  const entry = file.u16(is64 ? 54 : 42);
  const count = file.u16(is64 ? 56 : 44);
  if (count === 0 || entry < (is64 ? 56 : 32) || !isUsable(table, count * entry) || table + count * entry > head.length) {
    return undefined;
  }
  const loads: ElfLoad[] = [];
  let relro: ElfImage['relro'];
  for (let at = table; at < table + count * entry; at += entry) {
    const kind = file.u32(at);
    if (kind !== PT_LOAD && kind !== PT_GNU_RELRO) continue;
    const address = file.word(at + (is64 ? 16 : 8));
    const memorySize = file.word(at + (is64 ? 40 : 20));
    if (!isUsable(address, memorySize)) continue;
    if (kind === PT_GNU_RELRO) {
      relro = { address, size: memorySize };
      continue;
    }
    const flags = file.u32(at + (is64 ? 4 : 24));
    const fileSize = Math.min(file.word(at + (is64 ? 32 : 16)), memorySize);
    const offset = file.word(at + (is64 ? 8 : 4));
    if (fileSize > 0 && !isUsable(offset, fileSize)) continue;
    loads.push({ offset, address, fileSize, memorySize, writable: (flags & PF_W) !== 0, executable: (flags & PF_X) !== 0 });
  }
  if (loads.length === 0) return undefined;
  loads.sort((a, b) => a.address - b.address);
  return { bits, fixed: type === ET_EXEC, loads, ...(relro === undefined ? {} : { relro }) };
}
