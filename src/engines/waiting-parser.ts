import type { ParseEnd, ReportParser } from './parser.js';

/** What is kept of the text before a mark: an error's headline stands a few lines before its first frame. */
const KEPT = 4096;
/** No mark is longer. */
const OVERLAP = 64;

/**
 * Wakes a parser at the first text that its reports can't be without, so that in a log without any it costs one search.
 *
 * @param mark Without the flags `g` and `y`; never longer than 64 characters.
 */
export class WaitingParser implements ReportParser {
  private awake: ReportParser | undefined;
  private kept = '';
  /** Text before `kept` was let go. */
  private dropped = false;

  constructor(
    private readonly mark: RegExp,
    private readonly wake: () => ReportParser,
  ) {}

  push(chunk: string): void {
    if (this.awake !== undefined) {
      this.awake.push(chunk);
      return;
    }
    if (!this.mark.test(this.kept === '' ? chunk : this.kept.slice(-OVERLAP) + chunk)) {
      this.keep(chunk);
      return;
    }
    this.awake = this.wake();
    // A line whose beginning was let go says nothing.
    const from = this.dropped ? this.kept.indexOf('\n') + 1 : 0;
    if (this.kept !== '') this.awake.push(this.kept.slice(from));
    this.kept = '';
    this.awake.push(chunk);
  }

  end(): ParseEnd {
    return this.awake?.end() ?? { recognised: false, partial: false };
  }

  private keep(chunk: string): void {
    const all = chunk.length >= KEPT ? chunk : this.kept + chunk;
    if (all.length > KEPT || all.length < this.kept.length + chunk.length) this.dropped = true;
    this.kept = all.slice(-KEPT);
  }
}
