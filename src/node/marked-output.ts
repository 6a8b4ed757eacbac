/** Longer noise before the greeting is no login's message; the newest part of it is kept for the fault. */
const NOISE_BYTES = 4096;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * One output of a shell that was sent a program of `shell-program.ts`: what comes before the greeting is noise (banners, login
 * scripts), lines that begin with the nonce are for us, and the rest is data, byte for byte.
 *
 * A terminal in between (an old `adb shell`) writes each newline as CR LF. The greeting shows that, and it is undone: as every newline
 * was changed, taking the CR from every CR LF gives the bytes that were written.
 */
export class MarkedOutput {
  private rest: Buffer = Buffer.alloc(0);
  private readonly mark: Buffer;
  private greeted = false;
  private mangled = false;

  constructor(
    nonce: string,
    private readonly onMark: (words: readonly string[]) => void,
    private readonly onData: (bytes: Buffer) => void,
  ) {
    this.mark = Buffer.from(`\n@@${nonce} `);
  }

  /** What came before the greeting: its newest part. */
  get noise(): string {
    return this.greeted ? '' : this.rest.toString();
  }

  push(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    if (this.mangled) this.mend();
    for (;;) {
      const at = this.rest.indexOf(this.mark);
      if (at < 0) break;
      const end = this.rest.indexOf(NEWLINE, at + this.mark.length);
      if (end < 0) {
        this.pass(at);
        return;
      }
      const line = this.rest.toString('utf8', at + this.mark.length, end);
      if (this.greeted) this.pass(at);
      this.rest = this.rest.subarray(this.greeted ? end + 1 - at : end + 1);
      if (!this.greeted) {
        this.greeted = true;
        this.mangled = line.endsWith('\r');
        if (this.mangled) this.mend();
      }
      this.onMark(line.trimEnd().split(' '));
    }
    if (!this.greeted) {
      if (this.rest.length > 2 * NOISE_BYTES) this.rest = this.rest.subarray(-NOISE_BYTES);
      return;
    }
    this.pass(this.rest.length - this.heldBack());
  }

  /** No more comes: what may have been the beginning of a mark was data. */
  end(): void {
    if (this.greeted) this.pass(this.rest.length);
  }

  private pass(length: number): void {
    if (!this.greeted || length <= 0) return;
    const data = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    this.onData(data);
  }

  /** Bytes at the end that may be the beginning of a mark. */
  private heldBack(): number {
    const { rest, mark } = this;
    if (this.mangled && rest.at(-1) === RETURN) return 1;
    const at = rest.lastIndexOf(NEWLINE);
    if (at < 0 || rest.length - at >= mark.length) return 0;
    return mark.subarray(0, rest.length - at).equals(rest.subarray(at)) ? rest.length - at : 0;
  }

  private mend(): void {
    const { rest } = this;
    let to = 0;
    const mended = Buffer.allocUnsafe(rest.length);
    for (let i = 0; i < rest.length; i++) {
      if (rest[i] !== RETURN || rest[i + 1] !== NEWLINE) mended[to++] = rest[i] as number;
    }
    this.rest = mended.subarray(0, to);
  }
}
