/** Longer ones are not worth it. */
const LONGEST = 256;

/** Bytes that were understood, and are likely to come again as they are. */
export class KnownLine {
  /** What the user of it made of them. */
  text = 0;
  private readonly bytes = new Uint8Array(LONGEST);
  private length = 0;

  keep(bytes: Uint8Array, from: number, to: number, text = 0): void {
    this.length = to - from > LONGEST ? 0 : to - from;
    for (let i = 0; i < this.length; i++) this.bytes[i] = bytes[from + i] as number;
    this.text = text;
  }

  forget(): void {
    this.length = 0;
  }

  /** Where they end when they come at `from`; 0: something else comes. */
  endIn(bytes: Uint8Array, from: number, to: number): number {
    const { length } = this;
    if (length === 0 || from + length > to) return 0;
    const known = this.bytes;
    for (let i = 0; i < length; i++) if (known[i] !== bytes[from + i]) return 0;
    return from + length;
  }
}
