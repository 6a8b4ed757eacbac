import { LineSplitter } from '../../base/lines.js';
import type { HeapMeasure, HeapMoment, HeapProfile } from '../../model/heap-profile.js';
import { ForeignLines } from './foreign-lines.js';
import { HeapMoments } from './heap-moments.js';
import { LineMemo } from './line-memo.js';
import { readPerfFrame } from './perf-frame.js';
import { DEEPEST_STACK, type FrameTold, ProfileBuilder } from './profile-builder.js';
import { TouchedMoments } from './touched-moments.js';
import { TouchedPages } from './touched-pages.js';

/** A fault brings in one page of this size, or more where the kernel gives huge pages: what is told is the least. */
const PAGE = 4096;
/** No file of code is longer: a greater address is one of a process. */
const LARGEST_OFFSET = 2 ** 32;
/** `bookshop 27218/27218 [001] 41700.239804:          1 page-faults:u:`; what is not asked for with -F is not there. */
const SAMPLES = [
  /^ {0,16}(\S.{0,63}?) +(\d+)(?:\/\d+)? +(?:\[\d+\] +)?(\d+\.\d+): *(?:(\d+) +)?(?:([a-z][\w:/.,=-]*?):+(?=\s|$))?/i,
  // Without a time the event must be told.
  /^ {0,16}(\S.{0,63}?) +(\d+)(?:\/\d+)? +(?:\[\d+\] +)?()(?:(\d+) +)?([a-z][\w:/.,=-]*?):+(?=\s|$)/i,
];
/** Behind the event, with `-F addr`: `     7f3b91227000 [unknown] (//anon)`; without its last three digits it is the number of the page. */
const ADDRESS = /^ +([\da-f]{1,13}?)[\da-f]{3}(?=\s|$)/;
const FAULTS = /^(?:page-faults|faults|minor-faults|major-faults|exceptions:page_fault_user)(?::|$)/;

interface Sample {
  /** Of an event that is not read. */
  readonly isOther: boolean;
  readonly time: number | undefined;
  readonly period: number;
  readonly pid: number;
  /** The page that was touched: its address by `PAGE`. */
  readonly page: number | undefined;
  readonly frames: (FrameTold & { readonly address: string })[];
}

/** What is known of a recording besides. */
export interface PerfRecording {
  /** The one process that is wanted: its children are left out, and when it becomes another program (execve) only that one counts. Absent: all. */
  readonly pid?: number;
  /** When perf recorded, by the clock of the samples' times, seconds. Absent: from the first sample to the last one. */
  readonly from?: number;
  readonly to?: number;
}

/**
 * What `perf script` prints of page faults (`perf record -e page-faults:u -c 1 --call-graph dwarf`): pages that each stack was the first to touch, and how
 * they grew. Of another event its own count is kept; of several events only those of the first one's kind are.
 *
 * With the address of each fault (`perf record --data`, `-F addr`) bytes are those of different pages (see `TouchedPages`), and the count is that of faults; without
 * it a page counts at each fault. Of faults that are sampled the bytes are estimates: a page that was seen stands for as many as the period says.
 *
 * perf since 4.18 or so prints offsets in files, older ones addresses of the process. With --call-graph dwarf they are those of calls, with fp those to return to.
 */
export class PerfScriptParser {
  private readonly lines = new LineSplitter((line) => this.line(line));
  private moments = new HeapMoments();
  private touchedMoments = new TouchedMoments();
  private readonly frameOf = new LineMemo((line) => readPerfFrame(line) ?? false);
  private builder: ProfileBuilder | undefined;
  private sample: Sample | undefined;
  private event: string | undefined;
  private isFaults = true;
  private samples = 0;
  private others = 0;
  private period = 0;
  private begin: number | undefined;
  private at = 0;
  private touched = 0;
  private lost = 0;
  private broken = 0;
  private pages = new TouchedPages();
  private hasProcessAddresses = false;
  private readonly pids = new Set<number>();
  private number = 0;
  private readonly foreign = new ForeignLines();

  /** Samples of children, that were left out. */
  children = 0;
  /** The process has become another program; what was before is left out. */
  hasBecomeAnother = false;

  constructor(private readonly recording: PerfRecording = {}) {}

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    this.endSample();
    const { builder, begin, at } = this;
    if (builder === undefined) return undefined;
    if (this.period > this.samples) builder.note({ code: 'sampled', count: Math.round(this.period / this.samples) });
    if (this.lost > 0) builder.note({ code: 'too-many', count: this.lost, detail: 'lost' });
    if (this.pages.again > 0) builder.note({ code: 'touched-again', count: this.pages.again });
    if (this.pages.forgotten > 0) builder.note({ code: 'pages-forgotten', count: this.pages.forgotten });
    if (this.broken > 0) builder.note({ code: 'broken-stacks', count: this.broken });
    if (this.others > 0) builder.note({ code: 'several-profiles', count: this.others });
    this.foreign.noteIn(builder);
    const [pid] = this.pids;
    return builder.finish({
      tool: 'perf',
      addresses: this.hasProcessAddresses ? 'process' : 'module',
      ...(this.pids.size === 1 && pid !== undefined ? { pid } : {}),
      ...(begin === undefined || !this.isFaults
        ? {}
        : { timeline: { unit: 'ms', moments: this.allMoments(begin, at, builder.size) } }),
    });
  }

  /** The whole, finely; and at some moments each stack. */
  private allMoments(begin: number, last: number, nodes: number): readonly HeapMoment[] {
    const end = Math.max(last, this.recording.to === undefined ? 0 : (this.recording.to - begin) * 1000);
    const fine = this.moments.finish(undefined, { at: last, bytes: this.touched });
    const whole = this.touchedMoments.finish(nodes, end);
    return [...fine.filter(({ at }) => at < end), ...whole].sort((a, b) => a.at - b.at);
  }

  private line(text: string): void {
    this.number++;
    if (text.trim() === '') {
      this.endSample();
      return;
    }
    if (text.startsWith('#')) return;
    const frame = this.sample !== undefined && this.frameOf.of(text);
    if (frame !== false && this.sample !== undefined) {
      this.sample.frames.push(frame);
      return;
    }
    if (this.sample !== undefined && this.source(text, this.sample)) return;
    const lost = /PERF_RECORD_LOST(?:_SAMPLES)?\b.*?lost (\d+)/.exec(text)?.[1];
    if (lost !== undefined) this.lost += Number(lost);
    else if (/ PERF_RECORD_[A-Z\d_]+\b/.test(text)) this.record(text);
    else this.begins(text);
  }

  /** `leak 7/7 5.1: PERF_RECORD_COMM exec: leak:7/7`; others tell of threads and mappings. */
  private record(text: string): void {
    const pid = /PERF_RECORD_COMM exec: .*:(\d+)\/\d+$/.exec(text)?.[1];
    if (pid === undefined || Number(pid) !== this.recording.pid) return;
    this.endSample();
    this.hasBecomeAnother = true;
    this.builder = undefined;
    this.begin = undefined;
    this.at = this.touched = this.samples = this.period = this.broken = 0;
    this.moments = new HeapMoments();
    this.touchedMoments = new TouchedMoments();
    this.pages = new TouchedPages();
  }

  /** `  rtld.c:550` below a frame, with `-F srcline`: its place; `  libc.so.6[262c0]`: it has none. */
  private source(text: string, sample: Sample): boolean {
    if (/^ {2}\S+\[[\da-f]+\]$/.test(text)) return sample.frames.length > 0;
    const parts = /^ {2}(\S.*?)?:(\d+)(?: \((inlined)\))?$/.exec(text);
    const last = sample.frames.pop();
    if (last === undefined) return false;
    const isPlace = parts !== null;
    sample.frames.push(
      isPlace
        ? { ...last, file: parts[1] ?? '', line: Number(parts[2]), inlined: last.inlined === true || parts[3] !== undefined }
        : last,
    );
    return isPlace;
  }

  private begins(text: string): void {
    const parts = SAMPLES[0]?.exec(text) ?? SAMPLES[1]?.exec(text);
    if (parts === undefined || parts === null) {
      this.foreign.add(this.number);
      return;
    }
    this.endSample();
    const [head, , pid = '0', time = '', period, event] = parts;
    const isFaults = event === undefined || FAULTS.test(event);
    if (this.builder === undefined) {
      this.event = event;
      this.isFaults = isFaults;
      this.builder = new ProfileBuilder('perf', measuresOf(isFaults, event));
    }
    const isOther = isFaults ? !this.isFaults : event !== this.event;
    if (isOther) this.others++;
    this.sample = {
      isOther,
      time: time === '' ? undefined : Number(time),
      period: period === undefined ? 1 : Number(period),
      pid: Number(pid),
      page: event === undefined ? undefined : pageIn(text.slice(head.length)),
      frames: [],
    };
  }

  private endSample(): void {
    const { sample, builder } = this;
    if (sample === undefined || builder === undefined) return;
    this.sample = undefined;
    if (sample.isOther) return;
    if (this.recording.pid !== undefined && sample.pid !== this.recording.pid) {
      this.children++;
      return;
    }
    const { period, time } = sample;
    const node = builder.stack(this.told(sample).map((frame) => builder.frame(frame)));
    builder.add(1, node, period);
    this.samples++;
    this.period += period;
    this.pids.add(sample.pid);
    if (time !== undefined) {
      this.begin ??= Math.min(time, (this.hasBecomeAnother ? undefined : this.recording.from) ?? time);
      this.at = Math.max(this.at, (time - this.begin) * 1000);
    }
    this.touch(builder, sample, node);
    if (time !== undefined) this.moments.push({ at: this.at, bytes: this.touched });
  }

  private touch(builder: ProfileBuilder, { frames, period, time, page, pid }: Sample, node: number): void {
    const add = (of: number, bytes: number): void => {
      builder.add(0, of, bytes);
      this.touched += bytes;
      if (time !== undefined && this.isFaults) this.touchedMoments.add(this.at, of, bytes);
    };
    if (!this.isFaults) {
      builder.add(0, node, period);
      return;
    }
    // Without a stack an address behind the event may be that of the code.
    if (page === undefined || frames.length === 0) add(node, period * PAGE);
    else this.pages.touch(pid, page, node, period * PAGE, add);
  }

  /** Without the outermost frames that lie in nothing, or in data: there perf took some other word of the stack for an address to return to. */
  private followed({ frames, page }: Sample): Sample['frames'] {
    const data = page === undefined ? DATA : DATA_OR_CODE;
    const last = frames.findLastIndex((frame) => !isNowhere(frame, data));
    if (last < 0 || last === frames.length - 1) return frames;
    this.broken++;
    return frames.slice(0, last + 1);
  }

  /**
   * An inlined function has the address and the module of the one it was inlined into, which stands below it; perf with `-F srcline` leaves that out at times.
   * Very deep stacks are cut before they cost anything.
   */
  private told(sample: Sample): readonly FrameTold[] {
    const frames = this.followed(sample);
    const told: FrameTold[] = [];
    let outer: Sample['frames'][number] | undefined;
    for (let at = Math.min(frames.length, DEEPEST_STACK + 1) - 1; at >= 0; at--) {
      let frame = frames[at] as Sample['frames'][number];
      if (frame.inlined === true) {
        const isThere = outer?.address === frame.address;
        frame = { ...frame, inlined: isThere, module: (isThere ? outer?.module : undefined) ?? '' };
      }
      if (frame.module?.startsWith('/') === true && Number(frame.address) >= LARGEST_OFFSET) this.hasProcessAddresses = true;
      told.push(frame);
      outer = frame;
    }
    return told.reverse();
  }
}

/** perf with --data knows what holds no code, too; code that was made while the program ran then looks as other memory does. */
const DATA = /^(?:\[heap\]|\[stack[:\d]*\])$/;
const DATA_OR_CODE = /^(?:\/\/anon|\[heap\]|\[stack[:\d]*\])$/;

/** Of nothing that is mapped, or of no code. */
const isNowhere = ({ function: name, module }: FrameTold, data: RegExp): boolean =>
  (name ?? '') === '' && ((module ?? '') === '' || data.test(module ?? ''));

function pageIn(text: string): number | undefined {
  const digits = ADDRESS.exec(text)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

const measuresOf = (isFaults: boolean, event = ''): readonly HeapMeasure[] =>
  isFaults
    ? [
        { quantity: 'touched', unit: 'bytes' },
        { quantity: 'touched', unit: 'count' },
      ]
    : [{ quantity: 'other', unit: 'count', name: event }];
