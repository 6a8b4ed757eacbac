import { LineSplitter } from '../../base/lines.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import { undressed } from './dressed-line.js';
import { ForeignLines } from './foreign-lines.js';
import { ProfileBuilder } from './profile-builder.js';

/** KiB, an address, a function and its module. */
const ROW = /^\s*(\d{1,12}),\s+([\da-f]{1,16}),\s+(\S{1,512})(?: \[([^\]\s]{1,64})\])?\s*$/;
const TOTAL = /^total pages:\s*(\d{1,12}),\s*(\d{1,15}) kB, type:(.{1,64})$/;
const OTHER = /^(?:-{3,}|\s*count\(KB\)|Node \d+, zone|Zone\s|filter_slab pages:|SHOW_CNT)/;
const MOST_ROWS = 1 << 16;

interface Row {
  readonly bytes: number;
  readonly frame: number;
}

/**
 * /proc/pagetrace of Amlogic's kernels, old and new: pages by the function that allocated them, for each migrate type, which stands here as the outermost frame. Functions below
 * 64 KiB are not listed: what they hold is the type's own.
 *
 * ```
 * count(KB)            kaddr, function
 *     8192, ffffffc0080f1234, vmalloc_order
 * total pages:  2304,      9216 kB, type:Unmovable
 * ```
 */
export class PagetraceParser {
  private readonly lines = new LineSplitter((line) => this.line(line));
  private readonly builder = new ProfileBuilder('pagetrace', [{ quantity: 'live', unit: 'bytes' }]);
  private readonly foreign = new ForeignLines();
  /** Of the type that is told below them. */
  private rows: Row[] = [];
  private hasAddresses = false;
  private isOurs = false;
  private filtered = 0;
  private isTooMany = false;
  private differs = 0;
  private number = 0;

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    const { builder, rows } = this;
    if (!this.isOurs) return undefined;
    for (const { bytes, frame } of rows) builder.add(0, builder.stack([frame]), bytes);
    if (rows.length > 0) builder.note({ code: 'cut' });
    if (this.filtered > 0) builder.note({ code: 'below-threshold', count: this.filtered });
    if (this.differs > 0) builder.note({ code: 'sums-differ', detail: `${this.differs} bytes` });
    if (this.isTooMany) builder.note({ code: 'too-many' });
    this.foreign.noteIn(builder);
    return builder.finish({ tool: 'pagetrace', ...(this.hasAddresses ? { addresses: 'process' } : {}) });
  }

  private line(line: string): void {
    this.number++;
    if (this.read(line)) return;
    const bare = undressed(line) ?? line.trim();
    if (!this.read(bare)) this.foreign.add(this.number);
  }

  private read(line: string): boolean {
    const row = ROW.exec(line);
    const total = row === null ? TOTAL.exec(line) : null;
    if (row !== null) this.row(row);
    else if (total !== null) this.total(Number(total[2]) * 1024, (total[3] ?? '').trim());
    return row !== null || total !== null || line.trim() === '' || OTHER.test(line);
  }

  private row([, kib, address = '', name = '', module = '']: readonly (string | undefined)[]): void {
    this.isOurs = true;
    if (this.rows.length >= MOST_ROWS) {
      this.isTooMany = true;
      return;
    }
    // Without a name the kernel prints the address again.
    const isNamed = !/^(?:0x)?[\da-f]{8,16}$/.test(name);
    if (!isNamed) this.hasAddresses = true;
    const frame = this.builder.frame(isNamed ? { function: name, module } : { address: `0x${address}` });
    this.rows.push({ bytes: Number(kib) * 1024, frame });
  }

  private total(bytes: number, type: string): void {
    this.isOurs = true;
    const { builder, rows } = this;
    const outer = builder.frame({ function: type });
    let listed = 0;
    for (const row of rows) {
      builder.add(0, builder.stack([row.frame, outer]), row.bytes);
      listed += row.bytes;
    }
    this.rows = [];
    const left = bytes - listed;
    if (left > 0) {
      builder.add(0, builder.stack([outer]), left);
      this.filtered += left;
    } else this.differs -= left;
  }
}
