import { utf8Text } from '../base/utf8.js';

/** So many characters are made at once. */
const BLOCK = 8192;

/** Text of bytes in UTF-8 that are cut anywhere; what is not UTF-8 becomes U+FFFD. */
export class Utf8Chunks {
  /** The beginning of a character that is cut. */
  private rest = new Uint8Array(0);

  push(chunk: Uint8Array): string {
    let bytes = chunk;
    if (this.rest.length > 0) {
      bytes = new Uint8Array(this.rest.length + chunk.length);
      bytes.set(this.rest);
      bytes.set(chunk, this.rest.length);
    }
    const to = wholeLength(bytes);
    // A copy: the chunk is its reader's again, soon.
    this.rest = Uint8Array.from(bytes.subarray(to));
    let text = '';
    for (let from = 0; from < to; ) {
      const end = Math.min(to, from + BLOCK);
      if (isAscii(bytes, from, end)) {
        text += String.fromCharCode(...bytes.subarray(from, end));
        from = end;
      } else {
        const whole = end === to ? end : from + wholeLength(bytes.subarray(from, end));
        text += utf8Text(bytes, from, whole);
        from = whole;
      }
    }
    return text;
  }

  end(): string {
    const text = utf8Text(this.rest);
    this.rest = new Uint8Array(0);
    return text;
  }
}

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! >= 0x80) return false;
  return true;
}

/** Without a character at the end that may go on. */
function wholeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
