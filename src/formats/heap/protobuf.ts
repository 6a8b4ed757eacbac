/** A whole number of 64 bits without sign: exact, as a bigint where a number can't hold it. */
export type Varint = number | bigint;

/**
 * Reads one message of protocol buffers' wire format (https://protobuf.dev/programming-guides/encoding/). A length that reaches beyond the message,
 * a number of more than ten bytes or an unknown wire type ends it: `isBroken`.
 */
export class ProtobufReader {
  isBroken = false;
  /** Of the field that `next` went to. */
  field = 0;
  /** Of fields that are numbers. */
  value: Varint = 0;
  private at: number;
  private from = 0;
  private to = 0;
  private isNumber = false;

  constructor(
    private readonly bytes: Uint8Array,
    start = 0,
    private readonly end = bytes.length,
  ) {
    this.at = start;
  }

  /** Goes to the next field of a number or of bytes; those of fixed width are passed over. */
  next(): boolean {
    while (!this.isBroken && this.at < this.end) {
      const tag = Number(this.varint());
      const type = tag % 8;
      this.field = Math.floor(tag / 8);
      if (type === 0 || type === 2) {
        const value = this.varint();
        this.isNumber = type === 0;
        this.value = value;
        if (type === 2) this.skip(Number(value));
        return !this.isBroken;
      }
      if (type === 1) this.skip(8);
      else if (type === 5) this.skip(4);
      else this.isBroken = true;
    }
    return false;
  }

  /** The field's bytes as a message; none of a number. */
  message(): ProtobufReader {
    return this.isNumber ? new ProtobufReader(this.bytes, 0, 0) : new ProtobufReader(this.bytes, this.from, this.to);
  }

  range(): Uint8Array {
    return this.isNumber ? new Uint8Array(0) : this.bytes.subarray(this.from, this.to);
  }

  /** Numbers of a repeated field: one, or many packed into bytes. */
  numbers(add: (value: Varint) => void): void {
    if (this.isNumber) {
      add(this.value);
      return;
    }
    const packed = this.message();
    while (packed.at < packed.end) {
      const value = packed.varint();
      if (packed.isBroken) break;
      add(value);
    }
    if (packed.isBroken) this.isBroken = true;
  }

  private skip(length: number): void {
    if (this.isBroken || length > this.end - this.at) {
      this.isBroken = true;
      return;
    }
    this.from = this.at;
    this.at += length;
    this.to = this.at;
  }

  /** Seven bits a byte, the lowest first. */
  private varint(): Varint {
    let low = 0;
    let scale = 1;
    for (let count = 0; count < 7 && this.at < this.end; count++, scale *= 128) {
      const byte = this.bytes[this.at++] ?? 0;
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return low;
    }
    let high = 0n;
    for (let shift = 0n; shift < 21n && this.at < this.end; shift += 7n) {
      const byte = this.bytes[this.at++] ?? 0;
      high |= BigInt(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      const value = BigInt.asUintN(64, (high << 49n) | BigInt(low));
      return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
    }
    this.isBroken = true;
    return 0;
  }
}

/** int64 is written as its two's complement. */
export const signed = (value: Varint): number => (typeof value === 'number' ? value : Number(BigInt.asIntN(64, value)));
