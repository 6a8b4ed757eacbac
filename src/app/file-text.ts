import { Utf8Chunks } from './utf8-chunks.js';

/** So many of the first bytes tell how a text is written. */
const TELLING = 16;
const BLOCK = 8192;

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/**
 * Text of a file whose bytes are cut anywhere, in UTF-8 or in UTF-16, which PowerShell writes of `adb shell … > file`: told by the mark of the byte order, or by a NUL beside each of the
 * first letters. The mark itself is left out. What is not UTF-8 becomes U+FFFD.
 */
export class FileText {
  private readonly utf8 = new Utf8Chunks();
  private encoding: Encoding | undefined;
  private hasBegun = false;
  /** The first bytes while they are too few; of UTF-16 the half of a letter. */
  private rest = new Uint8Array(0);

  push(chunk: Uint8Array): string {
    return this.unmarked(this.pushed(chunk));
  }

  end(): string {
    const text = this.encoding === undefined ? this.text(this.rest) : '';
    return this.unmarked(text + this.utf8.end());
  }

  private unmarked(text: string): string {
    if (this.hasBegun || text === '') return text;
    this.hasBegun = true;
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  private pushed(chunk: Uint8Array): string {
    if (this.encoding === 'utf-8') return this.utf8.push(chunk);
    const bytes = joined(this.rest, chunk);
    if (this.encoding === undefined && bytes.length < TELLING) {
      this.rest = Uint8Array.from(bytes);
      return '';
    }
    return this.text(bytes);
  }

  private text(bytes: Uint8Array): string {
    this.encoding ??= encodingOf(bytes);
    if (this.encoding === 'utf-8') return this.utf8.push(bytes);
    const to = bytes.length - (bytes.length % 2);
    this.rest = Uint8Array.from(bytes.subarray(to));
    return utf16Text(bytes, to, this.encoding === 'utf-16le');
  }
}

/** The text of the first bytes of a file. */
export function headText(bytes: Uint8Array): string {
  const text = new FileText();
  const pushed = text.push(bytes);
  return pushed === '' ? text.end() : pushed;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function utf16Text(bytes: Uint8Array, to: number, isLittle: boolean): string {
  let text = '';
  for (let from = 0; from < to; from += BLOCK) {
    const units: number[] = [];
    for (let at = from; at < Math.min(to, from + BLOCK); at += 2) {
      const [first, second] = [bytes[at]!, bytes[at + 1]!];
      units.push(isLittle ? first | (second << 8) : (first << 8) | second);
    }
    text += String.fromCharCode(...units);
  }
  return text;
}

function encodingOf(bytes: Uint8Array): Encoding {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const seen = bytes.subarray(0, Math.min(TELLING, bytes.length - (bytes.length % 2)));
  if (seen.length < 4) return 'utf-8';
  const isLetter = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);
  const hasLetters = (side: number): boolean => seen.every((byte, at) => (at % 2 === side ? isLetter(byte) : byte === 0));
  return hasLetters(0) ? 'utf-16le' : hasLetters(1) ? 'utf-16be' : 'utf-8';
}
