/** What comes from the shell of a target, in order. */
export interface FrameHandler {
  /** What follows a marker: `hello - awk whole cost`, `b12`, `e`. */
  marker(words: string): void;
  /** A line of a frame: `buffer` from `from` up to `to`, without its end. Only good during the call. */
  line(buffer: Buffer, from: number, to: number): void;
  /** A file as cat gave it, and cat's exit status. */
  raw(tag: string, bytes: Buffer, status: number): void;
}

const NEWLINE = 0x0a;
const AT = 0x40;
/** The longest exit status, and a carriage return. */
const STATUS_BYTES = 4;
/** Of what is no frame, the newest text is kept for a fault. */
const NOISE_BYTES = 500;
/** Text without a line end that is no frame is dropped beyond this size. */
const NOISE_LINE_BYTES = 1 << 16;

/**
 * Cuts what a shell prints into frames. Outside of frames everything is noise (a banner, output of a login script) up to the next
 * marker, which may stand anywhere in a line; in frames a marker begins its line. No byte is copied twice, however large a file is.
 */
export class FrameParser {
  private readonly mark: Buffer;
  private readonly rawEnd: Buffer;
  /** Bytes of a line, or of a raw file, whose end has not come yet. */
  private held: Buffer[] = [];
  private heldBytes = 0;
  private rawTag: string | undefined;
  private inFrame = false;
  private noiseTail: Buffer = Buffer.alloc(0);

  constructor(
    nonce: string,
    private readonly handler: FrameHandler,
  ) {
    this.mark = Buffer.from(`@@${nonce} `, 'latin1');
    this.rawEnd = Buffer.from(`\n@@${nonce} >`, 'latin1');
  }

  /** The newest text that was no frame. */
  get noise(): string {
    const unfinished = this.inFrame || this.rawTag !== undefined ? [] : [Buffer.from('\n'), ...this.held];
    return Buffer.concat([this.noiseTail, ...unfinished])
      .subarray(-NOISE_BYTES)
      .toString('utf8')
      .trim();
  }

  push(chunk: Uint8Array): void {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (at < buffer.length) at = this.rawTag === undefined ? this.takeLine(buffer, at) : this.takeRaw(buffer, at);
  }

  private takeLine(buffer: Buffer, at: number): number {
    const end = buffer.indexOf(NEWLINE, at);
    if (end < 0) {
      this.hold(buffer.subarray(at));
      if (!this.inFrame && this.heldBytes > NOISE_LINE_BYTES) this.shortenNoise();
      return buffer.length;
    }
    if (this.heldBytes === 0) {
      this.line(buffer, at, end);
    } else {
      this.hold(buffer.subarray(at, end));
      const line = this.release();
      this.line(line, 0, line.length);
    }
    return end + 1;
  }

  private line(buffer: Buffer, from: number, to: number): void {
    if (this.inFrame) {
      if (
        buffer[from] !== AT ||
        buffer.compare(this.mark, 0, this.mark.length, from, Math.min(from + this.mark.length, to)) !== 0
      ) {
        this.handler.line(buffer, from, to);
        return;
      }
      this.take(buffer.toString('latin1', from + this.mark.length, to));
      return;
    }
    const found = buffer.subarray(from, to).indexOf(this.mark);
    this.keepNoise(buffer.subarray(from, found < 0 ? to : from + found));
    if (found >= 0) this.take(buffer.toString('latin1', from + found + this.mark.length, to));
  }

  private take(text: string): void {
    const words = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (words.startsWith('<')) {
      this.rawTag = words.slice(1);
      return;
    }
    if (words.startsWith('b')) this.inFrame = true;
    else if (words === 'e') this.inFrame = false;
    this.handler.marker(words);
  }

  /** The end of a raw file is `\n@@NONCE >STATUS\n`; an empty file begins with it. */
  private takeRaw(buffer: Buffer, at: number): number {
    // The marker, or the status after it, may be cut: look again at the last bytes that are held.
    const last = this.lastHeld(this.rawEnd.length + STATUS_BYTES);
    const seam =
      last.length === 0 ? -1 : Buffer.concat([last, buffer.subarray(at, at + this.rawEnd.length)]).indexOf(this.rawEnd);
    const start = seam >= 0 ? at + seam - last.length : buffer.indexOf(this.rawEnd, at);
    if (seam < 0 && start < 0) {
      this.hold(buffer.subarray(at));
      return buffer.length;
    }
    // The status line may be cut, too: then all that is there is held until its end comes.
    const statusAt = start + this.rawEnd.length;
    const end = buffer.indexOf(NEWLINE, Math.max(statusAt, at));
    if (end < 0) {
      this.hold(buffer.subarray(at));
      return buffer.length;
    }
    const before = this.heldBytes;
    this.hold(buffer.subarray(at, end));
    const all = this.release();
    const bodyEnd = before + start - at;
    const status = Number.parseInt(all.toString('latin1', bodyEnd + this.rawEnd.length), 10);
    const tag = this.rawTag ?? '';
    this.rawTag = undefined;
    this.handler.raw(tag, all.subarray(0, bodyEnd), Number.isNaN(status) ? 1 : status);
    return end + 1;
  }

  private lastHeld(length: number): Buffer {
    const last = this.held.at(-1);
    if (last === undefined) return Buffer.alloc(0);
    if (last.length >= length || this.held.length === 1) return last.subarray(-length);
    // Bytes that came one by one are made one piece, so that few pieces have to be looked at.
    const few: Buffer[] = [];
    for (let bytes = 0; bytes < length && this.held.length > 0; ) {
      const piece = this.held.pop() as Buffer;
      few.unshift(piece);
      bytes += piece.length;
    }
    const joined = Buffer.concat(few);
    if (joined.length <= length) {
      this.held.push(joined);
      return joined;
    }
    const tail = joined.subarray(-length);
    this.held.push(joined.subarray(0, -length), tail);
    return tail;
  }

  private hold(piece: Buffer): void {
    if (piece.length === 0) return;
    this.held.push(piece);
    this.heldBytes += piece.length;
  }

  private release(): Buffer {
    const all = this.held.length === 1 ? (this.held[0] as Buffer) : Buffer.concat(this.held, this.heldBytes);
    this.held = [];
    this.heldBytes = 0;
    return all;
  }

  private shortenNoise(): void {
    const all = this.release();
    this.keepNoise(all);
    this.hold(all.subarray(-(this.mark.length - 1)));
  }

  private keepNoise(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const joined = Buffer.concat([this.noiseTail, Buffer.from('\n'), bytes.subarray(-NOISE_BYTES)]);
    this.noiseTail = Buffer.from(joined.subarray(-NOISE_BYTES));
  }
}
