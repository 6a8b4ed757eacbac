/** Longer names are cut: no compiler's symbol reaches this. */
const MAX_LENGTH = 1 << 16;
const SLOTS = 4096;

/**
 * Element text, read by `read`, with equal texts shared. A report names the same functions and files again and again, so most
 * texts are found without being copied; and what is given out never keeps the chunk it came from alive.
 */
export class XmlStrings {
  private readonly raw: (string | undefined)[] = new Array<string | undefined>(SLOTS).fill(undefined);
  private readonly decoded: string[] = new Array<string>(SLOTS).fill('');

  constructor(private readonly read: (raw: string) => string) {}

  take(text: string, start: number, end: number): string {
    const length = Math.min(end - start, MAX_LENGTH);
    if (length <= 0) return '';
    const last = start + length - 1;
    const slot =
      (length * 31 +
        text.charCodeAt(last) +
        text.charCodeAt(last - (length > 2 ? 1 : 0)) * 17 +
        text.charCodeAt(last - (length > 4 ? 2 : 0)) * 257 +
        text.charCodeAt(start + (length >> 1)) * 1021) &
      (SLOTS - 1);
    const known = this.raw[slot];
    if (known !== undefined && known.length === length && text.startsWith(known, start)) return this.decoded[slot] as string;
    const raw = copyText(text.substring(start, start + length));
    const decoded = this.read(raw);
    this.raw[slot] = raw;
    this.decoded[slot] = decoded;
    return decoded;
  }
}

/** Equal to `text`, but a string of its own: V8's substrings keep the whole text alive that they were cut from. */
export function copyText(text: string): string {
  return ` ${text}`.substring(1);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five predefined entities and character references of XML 1.0, section 4.1; no other entity is ever expanded. */
export function decodeXml(raw: string): string {
  if (!raw.includes('&')) return raw;
  return raw.replace(/&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));/g, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return ENTITIES[name] as string;
    const code = typeof decimal === 'string' ? Number.parseInt(decimal, 10) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : String(whole);
  });
}
