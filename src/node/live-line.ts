import type { WriteStream } from 'node:tty';

/** Beyond it, a line is hard to read; and a terminal that says nothing is this wide. */
const USUAL_COLUMNS = 80;
/** Back to the first column, and clear to the end of the line (ECMA-48). */
const ERASE = '\r\x1b[K';

/** A line at the bottom of a terminal that is written over; other lines scroll by above it. */
export class LiveLine {
  private shown = '';

  constructor(private readonly stream: WriteStream) {}

  /** One column is left free: at the last one some terminals wrap. */
  get width(): number {
    return Math.max(1, (this.stream.columns || USUAL_COLUMNS) - 1);
  }

  replace(line: string): void {
    this.shown = line;
    this.stream.write(`${ERASE}${line}`);
  }

  /** Text above, which ends with a newline. */
  above(text: string): void {
    this.stream.write(this.shown === '' ? text : `${ERASE}${text}${this.shown}`);
  }

  /** The newest line stays, and the cursor goes below it. */
  end(): void {
    if (this.shown !== '') this.stream.write('\n');
    this.shown = '';
  }
}

/** Whether the terminal understands the codes of ECMA-48. */
export const canRewrite = (stream: WriteStream): boolean => stream.isTTY && process.env.TERM !== 'dumb';
