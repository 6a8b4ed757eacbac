import { utf8Text } from '../../base/utf8.js';

const NEWLINE = 0x0a;
const SPACE = 0x20;

/**
 * Cuts a stream of bytes into lines at \n, and reads the fields of one line where it lies, without making a text of it. For formats whose lines
 * are many and short. A line is there only while `onLine` runs.
 */
export class ByteLines {
  private buffer = new Uint8Array(0);
  private at = 0;
  private end = 0;
  private rest: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly onLine: () => void,
    /** The rest of a longer line is dropped. */
    private readonly longest = 1 << 20,
  ) {}

  push(chunk: Uint8Array): void {
    let from = 0;
    if (this.rest.length > 0) {
      const end = chunk.indexOf(NEWLINE);
      this.hold(end < 0 ? chunk : chunk.subarray(0, end));
      if (end < 0) return;
      this.tell(this.rest, 0, this.rest.length);
      this.rest = new Uint8Array(0);
      from = end + 1;
    }
    for (;;) {
      const end = chunk.indexOf(NEWLINE, from);
      if (end < 0) break;
      this.tell(chunk, from, Math.min(end, from + this.longest));
      from = end + 1;
    }
    this.hold(chunk.subarray(from));
  }

  /** The last line has no end: it may be cut. */
  get unfinished(): boolean {
    return this.rest.length > 0;
  }

  /** The first byte, or 0 of an empty line. What is read next stands behind the second byte. */
  get letter(): number {
    return this.at - 2 < this.end ? (this.buffer[this.at - 2] ?? 0) : 0;
  }

  /** The next hexadecimal number, lower case, without 0x; -1 when there is none. Beyond 2^53 it is not exact. */
  hex(): number {
    const { buffer, end } = this;
    let { at } = this;
    if (at >= end) return -1;
    let value = 0;
    for (; at < end; at++) {
      const byte = buffer[at] ?? 0;
      if (byte >= 0x30 && byte <= 0x39) value = value * 16 + byte - 0x30;
      else if (byte >= 0x61 && byte <= 0x66) value = value * 16 + byte - 0x57;
      else if (byte === SPACE) {
        at++;
        break;
      } else return -1;
    }
    this.at = at;
    return value;
  }

  /** The next hexadecimal number as something that is different for different numbers, also for those of 64 bits; -1 when there is none. */
  key(): number | string {
    const { at } = this;
    const value = this.hex();
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    this.at = at;
    return this.word();
  }

  /** The next text without blanks; '' when there is none. */
  word(): string {
    const { buffer, at, end } = this;
    let to = at;
    while (to < end && buffer[to] !== SPACE) to++;
    this.at = to + 1;
    return at < to ? utf8Text(buffer, at, to) : '';
  }

  /** A text of so many bytes; undefined when the line is shorter. */
  text(bytes: number): string | undefined {
    const { buffer, at, end } = this;
    if (bytes < 0 || at + bytes > end) return undefined;
    this.at = at + bytes + 1;
    return utf8Text(buffer, at, at + bytes);
  }

  remainder(): string {
    const { buffer, at, end } = this;
    this.at = end;
    return at < end ? utf8Text(buffer, at, end) : '';
  }

  private tell(buffer: Uint8Array, from: number, end: number): void {
    this.buffer = buffer as Uint8Array<ArrayBuffer>;
    this.at = from + 2;
    this.end = end;
    this.onLine();
  }

  private hold(part: Uint8Array): void {
    const kept = part.subarray(0, Math.max(0, this.longest - this.rest.length));
    if (kept.length === 0) return;
    const joined = new Uint8Array(this.rest.length + kept.length);
    joined.set(this.rest);
    joined.set(kept, this.rest.length);
    this.rest = joined;
  }
}
