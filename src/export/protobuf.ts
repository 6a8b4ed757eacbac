/**
 * Writes the wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/): fields of whole numbers and of bytes, also
 * packed ones. Whole numbers are those of a double, up to 2^53; negative ones take ten bytes, as int64 does.
 */
export class ProtobufWriter {
  private bytes = new Uint8Array(64);
  private length = 0;
  private inner: ProtobufWriter | undefined;

  /** A number of 0 is the default and not written. */
  number(field: number, value: number): void {
    if (value === 0) return;
    this.varint(field * 8);
    this.varint(value);
  }

  packed(field: number, values: Iterable<number>): void {
    this.inner ??= new ProtobufWriter();
    this.inner.clear();
    for (const value of values) this.inner.varint(value);
    this.message(field, this.inner);
  }

  message(field: number, inner: ProtobufWriter): void {
    this.blob(field, inner.bytes.subarray(0, inner.length));
  }

  text(field: number, text: string): void {
    this.blob(field, utf8Bytes(text));
  }

  /** What was written so far, and an empty writer: a long file is made piece by piece. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  /** Written again, it needs no new room. */
  clear(): void {
    this.length = 0;
  }

  get size(): number {
    return this.length;
  }

  private blob(field: number, blob: Uint8Array): void {
    this.varint(field * 8 + 2);
    this.varint(blob.length);
    this.makeRoom(blob.length);
    this.bytes.set(blob, this.length);
    this.length += blob.length;
  }

  private varint(value: number): void {
    this.makeRoom(10);
    if (value < 0) {
      this.negative(value);
      return;
    }
    const { bytes } = this;
    let left = Math.trunc(value);
    // Shifting takes 32 bits; most numbers are no larger.
    for (; left > 0x7fffffff; left = Math.floor(left / 128)) bytes[this.length++] = (left % 128) | 0x80;
    for (; left > 0x7f; left >>= 7) bytes[this.length++] = (left & 0x7f) | 0x80;
    bytes[this.length++] = left;
  }

  /** Two's complement in 64 bits. */
  private negative(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)));
    for (; rest > 0x7fn; rest >>= 7n) this.bytes[this.length++] = Number(rest & 0x7fn) | 0x80;
    this.bytes[this.length++] = Number(rest);
  }

  private makeRoom(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

/** The rooms below the command line have no TextEncoder. A lone surrogate becomes U+FFFD, as there. */
function utf8Bytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    let point = character.codePointAt(0)!;
    if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    else {
      bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    }
  }
  return Uint8Array.from(bytes);
}
