import { LineSplitter } from '../../base/lines.js';
import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';
import { undressed } from './dressed-line.js';
import { ForeignLines } from './foreign-lines.js';
import { ProfileBuilder } from './profile-builder.js';

/** An asterisk and `accurate:no` both say that allocations are missing from the number. A letter behind the size is of numfmt(1). */
const ENTRY =
  /^\s*(-?\d{1,15}(?:\.\d{1,3})?)([KMGTP]?)i?(\*?)\s+(\d{1,15})\*?\s+(\S(?:.{0,4094}?\S)?):(\d{1,9})(?: \[([^\]\s]{1,64})\]| module:(\S{1,64}))? func:(\S{1,512})(?: (.*))?$/;
/** Where a mail has wrapped the line: the module or the function stands in the next one, or the end of its name behind `=`. */
const BEGUN = /^\s*\d{1,15}(?:\.\d{1,3})?[KMGTP]?i?\*?\s+\d{1,15}\*?\s+\S.{0,4096}(?::\d{1,9}(?: \[[^\]\s]{1,64}\])?|=)$/;
const UNITS = ['', 'K', 'M', 'G', 'T', 'P'];
const QUOTE = /^(?:> ?)+/;
const HEAD = /^(?:allocinfo - version: (\d{1,6})(?:\.\d{1,6})?|\s*#|<size> <calls>)/;
/** 6.10 to 6.17 write 1, 6.18 writes 2. */
const NEWEST = 2;
const MEASURES: readonly HeapMeasure[] = [
  { quantity: 'live', unit: 'bytes' },
  { quantity: 'live', unit: 'count' },
];

/**
 * /proc/allocinfo of Linux 6.10 and newer (https://docs.kernel.org/mm/allocation-profiling.html): what each line of the kernel has allocated and not freed. A stack is one frame.
 *
 * ```
 * allocinfo - version: 1.0
 * #     <size>  <calls> <tag info>
 *         512        1 arch/x86/events/rapl.c:681 func:init_rapl_pmus
 *          40        1 fs/xfs/xfs_log_cil.c:1775 [xfs] func:xlog_cil_init
 * ```
 */
export class AllocinfoParser {
  private readonly lines = new LineSplitter((line) => this.line(line));
  private readonly builder = new ProfileBuilder('allocinfo', MEASURES);
  private readonly foreign = new ForeignLines();
  private entries = 0;
  private inaccurate = 0;
  private rounded = 0;
  private version = 0;
  private number = 0;
  /** The first part of a line that goes on. */
  private begun: { readonly text: string; readonly number: number } | undefined;

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    this.leaveBegun();
    const { builder } = this;
    if (this.entries === 0) return undefined;
    this.foreign.noteIn(builder);
    if (this.rounded > 0) builder.note({ code: 'rounded', count: this.rounded });
    if (this.inaccurate > 0) builder.note({ code: 'inaccurate', count: this.inaccurate });
    if (this.version > NEWEST) builder.note({ code: 'newer-version', detail: String(this.version) });
    return builder.finish({ tool: 'allocinfo' });
  }

  private line(text: string): void {
    this.number++;
    const line = text.replace(QUOTE, '');
    const { begun } = this;
    if (begun !== undefined) {
      this.begun = undefined;
      const rest = (undressed(line) ?? line).trim();
      if (this.entry(begun.text.endsWith('=') ? `${begun.text.slice(0, -1)}${rest}` : `${begun.text} ${rest}`)) return;
      this.foreign.add(begun.number);
    }
    if (line.trim() === '' || this.read(line)) return;
    const bare = undressed(line);
    if (bare !== '' && (bare === undefined || !this.read(bare))) this.foreign.add(this.number);
  }

  private read(line: string): boolean {
    const whole = line.trimEnd();
    if (BEGUN.test(whole)) {
      this.begun = { text: whole, number: this.number };
      return true;
    }
    if (this.entry(line)) return true;
    const head = HEAD.exec(line);
    if (head !== null) this.version = Math.max(this.version, Number(head[1] ?? 0));
    return head !== null;
  }

  private entry(line: string): boolean {
    const entry = ENTRY.exec(line);
    if (entry === null) return false;
    const [, amount, unit = '', star, calls, file = '', at, module, oldModule, name = '', rest = ''] = entry;
    const bytes = Math.round(Number(amount) * 1024 ** UNITS.indexOf(unit));
    this.entries++;
    if (unit !== '') this.rounded++;
    if (star === '*' || rest.includes('accurate:no')) this.inaccurate++;
    if (bytes === 0 && Number(calls) === 0) return true;
    const { builder } = this;
    const frame = builder.frame({ function: name, file, line: Number(at), module: module ?? oldModule ?? '' });
    const node = builder.stack([frame]);
    builder.add(0, node, bytes);
    builder.add(1, node, Number(calls));
    return true;
  }

  private leaveBegun(): void {
    if (this.begun !== undefined) this.foreign.add(this.begun.number);
    this.begun = undefined;
  }
}
