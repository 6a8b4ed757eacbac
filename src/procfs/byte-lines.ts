const NEWLINE = 0x0a;

/** No line of the files that are read here is so long: a path has 4,095 bytes, each of them written as four at most. */
const MAX_LINE = 1 << 17;

/**
 * Cuts chunks of bytes into blocks of whole lines, each of them with its newline, without a copy but of the lines that lie in two chunks.
 * What is longer than a line can be is passed on in pieces.
 */
export class ByteLines {
  private rest = new Uint8Array(256);
  private length = 0;

  /** Whole lines, from `from` up to `to`; the bytes are valid during the call only. */
  constructor(private readonly onLines: (bytes: Uint8Array, from: number, to: number) => void) {}

  push(chunk: Uint8Array): void {
    let from = 0;
    if (this.length > 0) {
      const end = chunk.indexOf(NEWLINE);
      from = end < 0 ? chunk.length : end + 1;
      this.keep(chunk, 0, from);
      if (end < 0) return;
      const { length } = this;
      this.length = 0;
      this.onLines(this.rest, 0, length);
    }
    const to = chunk.lastIndexOf(NEWLINE) + 1;
    if (to > from) this.onLines(chunk, from, to);
    this.keep(chunk, Math.max(from, to), chunk.length);
  }

  /** What follows the last newline. */
  end(): Uint8Array {
    return this.rest.subarray(0, this.length);
  }

  private keep(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; ) {
      const end = Math.min(to, at + MAX_LINE - this.length);
      this.append(bytes, at, end);
      at = end;
      if (this.length === MAX_LINE && at < to) {
        this.rest[MAX_LINE - 1] = NEWLINE;
        this.length = 0;
        this.onLines(this.rest, 0, MAX_LINE);
      }
    }
  }

  private append(bytes: Uint8Array, from: number, to: number): void {
    const length = this.length + to - from;
    if (length > this.rest.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.rest.length));
      larger.set(this.rest.subarray(0, this.length));
      this.rest = larger;
    }
    this.rest.set(bytes.subarray(from, to), this.length);
    this.length = length;
  }
}
