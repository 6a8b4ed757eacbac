import { LineSplitter } from '../../base/lines.js';
import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';
import { undressed } from './dressed-line.js';
import { ForeignLines } from './foreign-lines.js';
import { readKernelFrame } from './kernel-stack-frame.js';
import { LineMemo } from './line-memo.js';
import { ProfileBuilder } from './profile-builder.js';

const ALLOCATED = /^Page allocated via order (\d{1,2})(?:,|$)/;
/** page_owner_sort: `7 times:` up to Linux 5.15, then `7 times, 28 pages:`, and newer `7 times, 28 pages, PID 1, …:`. Of 2005: the record begins in the same line. */
const SORTED = /^(\d{1,12}) times?(?:, (\d{1,12}) pages?\b|: ?(?=$|Page allocated ))/;
/** `page_owner_sort --cull`: who has allocated, where that is all that is kept. */
const CULLED =
  /, (?:PID (\d{1,10})|TGID (\d{1,10})|task_comm_name: (.{1,64}?)|(allocat(?:ed|or) by [A-Z_ ]{1,40}?))\s*(?=, |:|$)/g;
/** Of 2005: `[0xffffffff80173d6e] pipe_writev+574`, decimal and without the function's size. */
const DECIMAL = /^\s*\[0x[\da-f]{8,16}\] ([^\s+]{1,300})\+(\d{1,8})$/;
const QUOTE = /^(?:> ?)+/;
/** page_owner_stacks/show_stacks: Linux 6.10 and newer, and 6.9, which counts allocations of any order. */
const PAGES = /^nr_base_pages: (\d{1,15})$/;
const COUNT = /^stack_count: (\d{1,15})(?: curr_nr_base_pages: (\d{1,15}))?$/;
/** What else stands in a record. */
const OTHER =
  /^(?:\[<f{8,16}>\]|PFN |handle: |Page has been migrated|Slab cache page|Charged |Page (?:was|last|has)|page_owner (?:tracks|free)|free_ts |[A-Z_ ]*allocated by )/;
const PAGE_BYTES = 4096;
const GREATEST_ORDER = 20;
const MEASURES: readonly HeapMeasure[] = [
  { quantity: 'live', unit: 'bytes' },
  { quantity: 'live', unit: 'count' },
];

/** A record until its end: an empty line, or the next one. */
interface Draft {
  pages: number | undefined;
  count: number | undefined;
  /** Of page_owner_sort, which keeps the first line of the record below its own. Where it has not added up the pages, that line tells how many one has. */
  readonly isSorted: boolean;
  readonly frames: number[];
  /** By whom, of what is not summed up by stacks. */
  culled?: string;
}

const newDraft = (count?: number, pages?: number, isSorted = false): Draft => ({ count, pages, isSorted, frames: [] });

/**
 * Pages of the kernel by who allocated them (https://docs.kernel.org/mm/page_owner.html): /sys/kernel/debug/page_owner of Linux 3.19 and newer, what page_owner_sort makes of it, and
 * page_owner_stacks/show_stacks of 6.9 and newer. Counts are of allocations; where only pages are told, of pages. A page is 4 KiB: the file does not tell its size.
 *
 * ```
 * Page allocated via order 2, mask 0xcc0(GFP_KERNEL), pid 25, tgid 25 (insmod), ts 370000000 ns, free_ts 0 ns
 * PFN 6020 type Unmovable Block 5 type Unmovable Flags 0x0(zone=0)
 *  leak_pages+0x1e/0x41 [leakmod]
 * ```
 */
export class PageOwnerParser {
  private readonly lines = new LineSplitter((line) => this.line(line));
  private readonly builder = new ProfileBuilder('page-owner', MEASURES);
  private readonly frameOf = new LineMemo((line) => {
    const told = readKernelFrame(line);
    if (told?.address !== undefined) this.hasAddresses = true;
    return told === undefined ? -1 : this.builder.frame(told);
  });
  private draft: Draft | undefined;
  private records = 0;
  private hasAddresses = false;
  private withoutPages = 0;
  private endsLine = true;
  private number = 0;
  private readonly foreign = new ForeignLines();

  push(chunk: string): void {
    if (chunk !== '') this.endsLine = chunk.endsWith('\n');
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    // A record ends with an empty line.
    const isCut = this.draft !== undefined && !this.endsLine;
    this.endRecord();
    const { builder } = this;
    if (this.records === 0) return undefined;
    this.foreign.noteIn(builder);
    if (isCut) builder.note({ code: 'cut' });
    if (this.withoutPages < this.records) builder.note({ code: 'page-size', count: PAGE_BYTES });
    const profile = builder.finish({ tool: 'page_owner', ...(this.hasAddresses ? { addresses: 'process' } : {}) });
    // Of allocations of any order the pages are not known.
    return this.withoutPages === this.records
      ? { ...profile, measures: MEASURES.slice(1), self: profile.self.slice(1) }
      : profile;
  }

  private line(text: string): void {
    this.number++;
    const line = text.trimEnd().replace(QUOTE, '');
    if (this.read(line)) return;
    const bare = undressed(line);
    if (bare === undefined || !this.read(bare)) this.foreign.add(this.number);
  }

  private read(line: string): boolean {
    if (line === '') {
      // page_owner_sort puts one before each record's text in some versions.
      if (this.draft !== undefined && this.draft.frames.length > 0) this.endRecord();
      return true;
    }
    if (/^\s/.test(line) && this.frame(line)) return true;
    return this.head(line.trim()) || this.frame(line) || OTHER.test(line.trim());
  }

  private head(line: string): boolean {
    const sorted = SORTED.exec(line);
    if (sorted !== null) {
      this.endRecord();
      this.draft = newDraft(Number(sorted[1]), sorted[2] === undefined ? undefined : Number(sorted[2]), true);
      const rest = line.slice(sorted[0].length);
      this.draft.culled = culledName(rest);
      return !rest.startsWith('Page ') || this.head(rest);
    }
    const order = Number(ALLOCATED.exec(line)?.[1]);
    if (order >= 0 && order <= GREATEST_ORDER) {
      // Below a line of page_owner_sort it says nothing more.
      if (this.draft?.isSorted === true && this.draft.frames.length === 0) {
        this.draft.pages ??= (this.draft.count ?? 0) * 2 ** order;
        return true;
      }
      this.endRecord();
      this.draft = newDraft(1, 2 ** order);
      return true;
    }
    return this.tail(line);
  }

  /** In show_stacks the number stands behind its stack. */
  private tail(line: string): boolean {
    const pages = PAGES.exec(line);
    const count = pages === null ? COUNT.exec(line) : null;
    if (pages === null && count === null) return false;
    this.draft ??= newDraft();
    if (pages !== null) {
      this.draft.pages = Number(pages[1]);
      this.draft.count = this.draft.pages;
    } else if (count !== null) {
      this.draft.count = Number(count[1]);
      if (count[2] !== undefined) this.draft.pages = Number(count[2]);
    }
    this.endRecord();
    return true;
  }

  private frame(line: string): boolean {
    const decimal = line.includes('[0x') ? DECIMAL.exec(line) : null;
    const frame = this.frameOf.of(decimal === null ? line : ` ${decimal[1]}+0x${Number(decimal[2]).toString(16)}`);
    if (frame < 0) return false;
    this.draft ??= newDraft();
    this.draft.frames.push(frame);
    return true;
  }

  private endRecord(): void {
    const { draft, builder } = this;
    this.draft = undefined;
    if (draft === undefined || draft.count === undefined) return;
    if (draft.frames.length === 0 && draft.culled !== undefined && draft.culled !== '')
      draft.frames.push(builder.frame({ function: draft.culled }));
    const node = builder.stack(draft.frames);
    this.records++;
    if (draft.pages === undefined) this.withoutPages++;
    else builder.add(0, node, draft.pages * PAGE_BYTES);
    builder.add(1, node, draft.count);
  }
}

/** `swapper, PID 0` */
function culledName(text: string): string {
  const told = [...text.matchAll(CULLED)];
  const of = (group: number, label: string): readonly string[] =>
    told.flatMap((match) => (match[group] === undefined ? [] : [`${label}${match[group]}`]));
  return [...of(3, ''), ...of(1, 'PID '), ...of(2, 'TGID '), ...of(4, '')].join(', ');
}
