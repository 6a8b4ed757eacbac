import { LineSplitter } from '../../base/lines.js';
import type { HeapMeasure, HeapMoment, HeapProfile } from '../../model/heap-profile.js';
import { ForeignLines } from './foreign-lines.js';
import { LineMemo } from './line-memo.js';
import { readMemleakFrame } from './memleak-frame.js';
import { ProfileBuilder } from './profile-builder.js';

/** What a log or a mail puts before a line stands before each of them. */
const TOP = /^(.{0,80}?)\[(\d{1,2}):(\d{1,2}):(\d{1,2})\] Top (\d+) stacks with outstanding allocations:/;
const AMOUNT = /^\s*(\d+) bytes in (\d+) allocations from stack/;
/** Each block, with -a; and what stands in place of a stack. */
const OTHER = /^\s*(?:(?:b')?addr = |stack information lost)/;
/** Lists that are kept with their stacks. */
const MOST_MOMENTS = 48;
const DAY = 24 * 3600 * 1000;
/** Frames and nodes are made as lines come; those of tops that are gone by stay, and are bounded by the builder. */
const MEASURES: readonly HeapMeasure[] = [
  { quantity: 'live', unit: 'bytes' },
  { quantity: 'live', unit: 'count' },
  { quantity: 'growth', unit: 'bytes' },
];

interface Top {
  /** Milliseconds since the first one. */
  readonly at: number;
  /** Bytes and allocations by node. */
  readonly nodes: Map<number, { bytes: number; count: number }>;
  bytes: number;
  stacks: number;
}

/**
 * What memleak prints, bcc's (https://github.com/iovisor/bcc/blob/master/tools/memleak_example.txt) and that of libbpf-tools:
 *
 * ```
 * [3:29:6] Top 2 stacks with outstanding allocations:
 * 78848 bytes in 308 allocations from stack
 * 	0 [<000055d2989dc204>] cache_tick+0x49 [/usr/bin/loop]
 * ```
 *
 * It prints so at intervals: the last list is the profile, the others are its timeline, and `growth` is what there is more than in the first one. Each
 * list holds only the greatest stacks; one that the first list does not have counts there as 0, and a note says that small ones are left out.
 */
export class MemleakParser {
  private readonly lines = new LineSplitter((line) => this.line(line));
  private builder: ProfileBuilder | undefined;
  /** Those of the timeline, the first one among them; of very many every second one. */
  private kept: Top[] = [];
  /** The frame of a line; -1: it is none. */
  private readonly frameOf = new LineMemo((line) => this.readFrame(line));
  private tops = 0;
  private first: Top | undefined;
  private last: Top | undefined;
  private begin = 0;
  private days = 0;
  private stack: { readonly bytes: number; readonly count: number; readonly frames: number[] } | undefined;
  /** What stands before each line. */
  private before: RegExp | undefined;
  private asked = 0;
  private isThresholded = false;
  private hasAddresses = false;
  private pid: number | undefined;
  private number = 0;
  private readonly foreign = new ForeignLines();

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    this.endStack();
    const { builder, first, last } = this;
    if (builder === undefined || first === undefined || last === undefined) return undefined;
    this.endTop();
    for (const [node, { bytes, count }] of last.nodes) {
      builder.add(0, node, bytes);
      builder.add(1, node, count);
      builder.add(2, node, bytes);
    }
    for (const [node, { bytes }] of first.nodes) builder.add(2, node, -bytes);
    if (this.isThresholded) builder.note({ code: 'below-threshold' });
    this.foreign.noteIn(builder);
    const profile = builder.finish({
      tool: 'memleak',
      ...(this.pid === undefined ? {} : { pid: this.pid }),
      ...(this.hasAddresses ? { addresses: 'process' } : {}),
    });
    // Of one list nothing is known of growth.
    if (this.tops < 2) return { ...profile, measures: MEASURES.slice(0, 2), self: profile.self.slice(0, 2) };
    const moment = (top: Top): HeapMoment => ({ at: top.at, bytes: top.bytes, self: selfOf(top, profile.tree.length) });
    const before = this.kept.filter((top) => top !== last);
    return { ...profile, timeline: { unit: 'ms', moments: [...before, last].map(moment) } };
  }

  private line(whole: string): void {
    this.number++;
    const top = TOP.exec(whole);
    if (top !== null) {
      this.before = top[1] === '' ? undefined : prefixLike(top[1] ?? '');
      this.endStack();
      this.endTop();
      this.startTop(top.slice(2).map(Number));
      return;
    }
    const text = this.before === undefined ? whole : whole.replace(this.before, '');
    // Most lines are frames.
    if (this.stack !== undefined && !text.startsWith('[')) {
      const frame = this.frameOf.of(text);
      if (frame >= 0) {
        this.stack.frames.push(frame);
        return;
      }
    }
    if (this.last === undefined) {
      const pid = /^Attaching to pid (\d+)/.exec(text)?.[1];
      if (pid !== undefined) this.pid = Number(pid);
      return;
    }
    const amount = AMOUNT.exec(text);
    if (amount !== null) {
      this.endStack();
      this.stack = { bytes: Number(amount[1]), count: Number(amount[2]), frames: [] };
    } else if (text.trim() !== '' && !OTHER.test(text)) {
      this.foreign.add(this.number);
    }
  }

  private readFrame(text: string): number {
    const told = AMOUNT.test(text) || OTHER.test(text) || text.trim() === '' ? undefined : readMemleakFrame(text);
    if (told?.address !== undefined) this.hasAddresses = true;
    return told === undefined ? -1 : (this.builder?.frame(told) ?? -1);
  }

  private startTop([hours = 0, minutes = 0, seconds = 0, asked = 0]: readonly number[]): void {
    const clock = ((hours * 60 + minutes) * 60 + seconds) * 1000;
    this.builder ??= new ProfileBuilder('memleak', MEASURES);
    if (this.last === undefined) this.begin = clock;
    // The clock tells no day: one that goes back has passed midnight.
    else if (clock + this.days * DAY - this.begin < this.last.at) this.days++;
    this.tops++;
    this.asked = asked;
    this.last = { at: clock + this.days * DAY - this.begin, nodes: new Map(), bytes: 0, stacks: 0 };
    this.first ??= this.last;
  }

  private endTop(): void {
    const top = this.last;
    if (top === undefined) return;
    // Ten unless told otherwise; a list that is full may have left some out.
    if (top.stacks >= Math.max(10, this.asked)) this.isThresholded = true;
    this.kept.push(top);
    if (this.kept.length >= MOST_MOMENTS) this.kept = this.kept.filter((_, index) => index % 2 === 0);
  }

  private endStack(): void {
    const { stack, last, builder } = this;
    this.stack = undefined;
    if (stack === undefined || last === undefined || builder === undefined) return;
    const node = builder.stack(stack.frames);
    const there = last.nodes.get(node);
    last.nodes.set(node, { bytes: (there?.bytes ?? 0) + stack.bytes, count: (there?.count ?? 0) + stack.count });
    last.bytes += stack.bytes;
    last.stacks++;
  }
}

/** A prefix with other numbers in it: `[   12.345678] `. */
const prefixLike = (text: string): RegExp =>
  new RegExp(
    `^${text
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      // Numbers grow into the blanks before them; between two numbers one is left, so that no line fits in many ways.
      .replace(/(?<![\d ])( +)?\d+/g, (_, blanks?: string) => (blanks === undefined ? '\\d+' : ' *\\d+'))
      .replace(/(?<=\+ +)\d+/g, '\\d+')
      .replace(/(?<=\S) $/, ' ?')}`,
  );

function selfOf(top: Top, length: number): Float64Array {
  const self = new Float64Array(length);
  for (const [node, { bytes }] of top.nodes) self[node] = bytes;
  return self;
}
