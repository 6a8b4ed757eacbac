/** Gives up to `length` bytes from `offset`; fewer at the end of the file, none behind it. */
export type ReadRange = (offset: number, length: number) => Promise<Uint8Array>;

/** Bytes of one range, with the file's byte order and class. Reading outside gives 0: callers check lengths of records. */
export class ElfBytes {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly littleEndian: boolean,
    readonly bits: 32 | 64,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(at: number): number {
    return this.bytes[at] ?? 0;
  }

  u16(at: number): number {
    return at + 2 <= this.length ? this.view.getUint16(at, this.littleEndian) : 0;
  }

  u32(at: number): number {
    return at + 4 <= this.length ? this.view.getUint32(at, this.littleEndian) : 0;
  }

  /**
   * A 64-bit number. Those above 2^53 lose their low bits: as offsets and sizes they lie outside every real file, and
   * `isUsable` refuses them.
   */
  u64(at: number): number {
    const first = this.u32(at);
    const second = this.u32(at + 4);
    return this.littleEndian ? second * 0x1_0000_0000 + first : first * 0x1_0000_0000 + second;
  }

  /** A field of the size of an address (Elf32_Addr, Elf64_Xword...). */
  word(at: number): number {
    return this.bits === 64 ? this.u64(at) : this.u32(at);
  }

  /** The string that begins at `at` and ends at its NUL, at `limit` bytes, or at the end of the range. */
  string(at: number, limit = 4096): string {
    if (at < 0 || at >= this.length) return '';
    const stop = Math.min(this.length, at + limit);
    let end = at;
    while (end < stop && this.bytes[end] !== 0) end++;
    return decodeUtf8(this.bytes.subarray(at, end));
  }
}

export const isUsable = (offset: number, size: number): boolean =>
  Number.isSafeInteger(offset) && Number.isSafeInteger(size) && offset >= 0 && size > 0 && Number.isSafeInteger(offset + size);

/** UTF-8, or Latin-1 when it is not: a file name is shown, never lost. */
function decodeUtf8(bytes: Uint8Array): string {
  let plain = '';
  let escaped = '';
  for (const byte of bytes) {
    plain += String.fromCharCode(byte);
    escaped += `%${byte.toString(16).padStart(2, '0')}`;
  }
  try {
    return decodeURIComponent(escaped);
  } catch {
    return plain;
  }
}
