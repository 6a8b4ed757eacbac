import type { HeapMeasure, HeapMoment, HeapNote, HeapProfile } from '../../model/heap-profile.js';
import { ByteLines } from './byte-lines.js';
import { ForeignLines } from './foreign-lines.js';
import { HeapMoments } from './heap-moments.js';
import { HeaptrackModules } from './heaptrack-modules.js';
import { LiveMoments } from './live-moments.js';
import { LiveTotals } from './live-totals.js';
import { ProfileBuilder } from './profile-builder.js';

const MEASURES: readonly HeapMeasure[] = [
  { quantity: 'live', unit: 'bytes' },
  { quantity: 'live', unit: 'count' },
  { quantity: 'total', unit: 'bytes' },
  { quantity: 'total', unit: 'count' },
  { quantity: 'temporary', unit: 'count' },
  { quantity: 'peak', unit: 'bytes' },
  { quantity: 'peak', unit: 'count' },
];
/** Of MEASURES: bytes that are live, and those at the peak. */
const LIVE = 0;
const PEAK = 5;
/** The newest version of the file's form that is known. */
const NEWEST = 3;
/** heaptrack takes the 64 innermost frames of a stack; two are of its own. */
const MOST_FRAMES = 62;
/** Deeper stacks are of no heaptrack. */
const DEEPEST = 4096;

/**
 * What heaptrack writes (https://invent.kde.org/sdk/heaptrack), decompressed: one record a line, its kind the first letter, numbers hexadecimal.
 * Both forms are read: with symbols (what `heaptrack` leaves behind: strings `s`, instruction pointers `i`, allocations by index), and the raw one
 * (`heaptrack --raw`: modules `m`, addresses in `t`, allocations by pointer), of file versions 0 to 3.
 *
 * A frame's address is of the process; in the raw form it is of the module's file where the module is known. heaptrack has already taken one from
 * return addresses. What heaptrack_print leaves out as known leaks of libraries is counted here.
 *
 * The stacks of some moments are kept beside those of the peak and the end: heaptrack's own file has each allocation, so that they are as they were.
 */
export class HeaptrackParser {
  private readonly lines = new ByteLines(() => this.line());
  private readonly builder = new ProfileBuilder('heaptrack', MEASURES);
  private readonly totals = new LiveTotals();
  private readonly moments = new HeapMoments();
  private readonly liveMoments = new LiveMoments();
  private readonly modules = new HeaptrackModules();
  private version = -1;
  private tool = '';
  private command = '';
  private pageSize = 0;
  private isRaw = false;
  private isAttached = false;
  private hasTrailer = false;
  private hasNames = false;
  private isDeep = false;
  private lineNumber = 0;
  private readonly foreign = new ForeignLines();
  private readonly strings: string[] = [''];
  /** Of each instruction pointer its frames, outermost first. */
  private readonly pointers: (readonly number[])[] = [[]];
  /** Of each stack its node, and how many instruction pointers it has. */
  private readonly stackNodes: number[] = [0];
  private readonly stackDepths: number[] = [0];
  /** Of each node that allocates its place in the totals. */
  private readonly places = new Map<number, number>();
  private readonly placeNodes: number[] = [];
  /** Of each kind of allocation ("a" lines) its place and its size. */
  private readonly kindPlaces: number[] = [];
  private readonly kindSizes: number[] = [];
  /** Blocks by their address: place and size. */
  private readonly blocks = new Map<number | string, { readonly place: number; readonly size: number }>();
  /** The block, or kind, of the allocation just before; -1: it was a free. */
  private last: number | string = -1;
  private now = 0;
  private peakAt = 0;
  private pending: HeapMoment | undefined;

  push(chunk: Uint8Array): void {
    this.lines.push(chunk);
  }

  /** What was read until now: more may be pushed. It costs what there is of stacks, however long the log is. */
  profile(): HeapProfile | undefined {
    return this.made([]);
  }

  end(): HeapProfile | undefined {
    const isCut = this.lines.unfinished || (!this.isRaw && this.version > 0 && !this.hasTrailer);
    return this.made(isCut ? [{ code: 'cut' }] : []);
  }

  private made(first: readonly HeapNote[]): HeapProfile | undefined {
    if (this.version < 0) return undefined;
    const { totals } = this;
    const peak = totals.atPeak();
    const self = [
      totals.live,
      totals.liveCount,
      totals.total,
      totals.totalCount,
      totals.temporaryCount,
      peak.bytes,
      peak.count,
    ].map((column) => this.byNode(column));
    return this.builder.finish({
      ...(this.tool === '' ? {} : { tool: this.tool }),
      ...(this.command === '' ? {} : { command: this.command }),
      addresses: this.isRaw ? 'module' : 'process',
      timeline: { unit: 'ms', moments: this.timeline(self[LIVE]!, self[PEAK]!) },
      self,
      notes: [...first, ...this.notes()],
    });
  }

  private notes(): readonly HeapNote[] {
    const { note } = this.foreign;
    return [
      ...(note === undefined ? [] : [note]),
      ...(this.isAttached ? [{ code: 'attached' } as const] : []),
      ...(this.version > NEWEST ? [{ code: 'newer-version', detail: `file version ${this.version}` } as const] : []),
      ...(!this.hasNames && this.builder.size > 1 ? [{ code: 'no-symbols' } as const] : []),
      ...(this.isDeep ? [{ code: 'deep-stacks', count: MOST_FRAMES } as const] : []),
    ];
  }

  /** The whole, finely; and of some moments, of the peak and of the end each stack. */
  private timeline(live: Float64Array, atPeak: Float64Array): readonly HeapMoment[] {
    const { totals, now, peakAt } = this;
    const peak = totals.peakBytes > 0 ? { at: peakAt, bytes: totals.peakBytes, self: atPeak, isPeak: true } : undefined;
    const fine = this.moments.finish(peak, { at: now, bytes: totals.bytes }, this.pending);
    const last = fine.length - 1;
    fine[last] = { ...fine[last]!, self: live };
    return this.liveMoments.among(fine, (values) => this.byNode(values), this.builder.size);
  }

  /** Values of places, node by node. */
  private byNode(values: ArrayLike<number>): Float64Array {
    const column = new Float64Array(this.builder.size);
    for (let place = 0; place < values.length; place++) column[this.placeNodes[place]!] = values[place]!;
    return column;
  }

  private line(): void {
    this.lineNumber++;
    const { lines } = this;
    if (this.version < 0 && (this.lineNumber > 1 || lines.letter !== 0x76)) return;
    if (this.record(lines.letter)) return;
    this.foreign.add(this.lineNumber);
  }

  /** False: it is none of the records. */
  private record(letter: number): boolean {
    const { lines } = this;
    switch (letter) {
      case 0x2b: // +
        return this.allocation();
      case 0x2d: // -
        return this.free();
      case 0x61: // a SIZE STACK: a kind of allocation
        return this.kind();
      case 0x74: // t IP PARENT: a stack
        return this.stack();
      case 0x69: // i IP MODULE [FUNCTION [FILE LINE]]…: an instruction pointer and its frames
        return this.pointer();
      case 0x73: {
        const text = this.version >= 3 ? lines.text(lines.hex()) : lines.remainder();
        this.strings.push(text ?? '');
        return text !== undefined;
      }
      case 0x63: // c MS
        return this.clock(lines.hex());
      case 0x52: {
        const pages = lines.hex();
        if (this.pending !== undefined && pages >= 0 && this.pageSize > 0)
          this.pending = { ...this.pending, rss: pages * this.pageSize };
        return pages >= 0;
      }
      case 0x76: // v VERSION FILEVERSION
        return this.head();
      case 0x58: // X COMMAND
        this.command = lines.remainder();
        return true;
      case 0x49: // I PAGESIZE PAGES
        this.pageSize = lines.hex();
        return this.pageSize >= 0;
      case 0x6d: // m NAME ADDRESS [OFFSET SIZE]…
      case 0x78: // x EXECUTABLE
        this.isRaw = true;
        return this.modules.read(lines, letter, this.version >= 3);
      case 0x23: // # COMMENT: at the end of the form with symbols
        this.hasTrailer = true;
        return true;
      default:
        // An empty line, A: attached to a running process, S: a suppression for leaks, of the program's own.
        if (letter === 0x41) this.isAttached = true;
        return letter === 0 || letter === 0x41 || letter === 0x53;
    }
  }

  private head(): boolean {
    const version = this.lines.hex();
    const fileVersion = this.lines.hex();
    if (version < 0 || this.version >= 0) return false;
    this.tool = `heaptrack ${version >> 16}.${(version >> 8) & 0xff}.${version & 0xff}`;
    // Before 1.0.0 the file had no version of its own.
    this.version = fileVersion >= 0 ? fileVersion : version === 0x10200 ? 1 : 0;
    return true;
  }

  private pointer(): boolean {
    const { lines, strings } = this;
    const address = lines.hex();
    const module = lines.hex();
    if (address < 0 || module < 0) {
      this.pointers.push([]);
      return false;
    }
    const told = { address: `0x${address.toString(16)}`, module: strings[module] ?? '' };
    const frames: number[] = [];
    const parts: (readonly [number, number, number])[] = [];
    for (;;) {
      const name = lines.hex();
      const file = lines.hex();
      const at = lines.hex();
      if (name < 0) break;
      // Where there is a symbol and no debug information, only the function is told.
      parts.push([name, Math.max(file, 0), Math.max(at, 0)]);
    }
    // The innermost comes first; all but the last are inlined.
    for (let i = parts.length - 1; i >= 0; i--) {
      const [name, file, line] = parts[i]!;
      const text = strings[name] ?? '';
      if (text !== '') this.hasNames = true;
      frames.push(
        this.builder.frame({ ...told, function: text, file: strings[file] ?? '', line, inlined: i < parts.length - 1 }),
      );
    }
    if (frames.length === 0) frames.push(this.builder.frame(told));
    this.pointers.push(frames);
    return true;
  }

  private stack(): boolean {
    const { lines, builder } = this;
    const pointer = lines.hex();
    const parent = lines.hex();
    const isKnown = pointer >= 0 && parent >= 0 && parent < this.stackNodes.length;
    let node = this.stackNodes[isKnown ? parent : 0] ?? 0;
    const depth = (this.stackDepths[isKnown ? parent : 0] ?? 0) + 1;
    if (depth >= MOST_FRAMES) this.isDeep = true;
    if (isKnown && depth <= DEEPEST) {
      if (this.isRaw) node = builder.child(node, builder.frame(this.modules.frame(pointer)));
      else for (const frame of this.pointers[pointer] ?? []) node = builder.child(node, frame);
    }
    this.stackNodes.push(node);
    this.stackDepths.push(depth);
    return isKnown;
  }

  private kind(): boolean {
    const size = this.lines.hex();
    const stack = this.lines.hex();
    this.kindSizes.push(Math.max(size, 0));
    this.kindPlaces.push(this.place(stack));
    return size >= 0 && stack >= 0;
  }

  /** The place of a stack in the totals. */
  private place(stack: number): number {
    const node = this.stackNodes[stack] ?? 0;
    let place = this.places.get(node);
    if (place === undefined) {
      place = this.totals.place();
      this.places.set(node, place);
      this.placeNodes.push(node);
    }
    return place;
  }

  /** `+ KIND`, or `+ SIZE STACK POINTER`. */
  private allocation(): boolean {
    const { lines } = this;
    const first = lines.hex();
    const stack = lines.hex();
    if (stack < 0) {
      const place = this.kindPlaces[first];
      if (place === undefined) return false;
      this.last = first;
      this.add(place, this.kindSizes[first] ?? 0);
      return true;
    }
    const pointer = lines.key();
    if (pointer === -1) return false;
    const place = this.place(stack);
    this.blocks.set(pointer, { place, size: first });
    this.last = pointer;
    this.add(place, first);
    return true;
  }

  private add(place: number, size: number): void {
    if (this.totals.allocated(place, size)) this.peakAt = this.now;
  }

  private free(): boolean {
    const key = this.lines.key();
    if (key === -1) return false;
    const isTemporary = this.last === key;
    this.last = -1;
    if (this.isRaw || this.version === 0) {
      const block = this.blocks.get(key);
      // What was allocated before heaptrack came is not known.
      if (block === undefined) return true;
      this.blocks.delete(key);
      this.totals.freed(block.place, block.size, isTemporary);
      return true;
    }
    const place = this.kindPlaces[key as number];
    if (place === undefined) return false;
    this.totals.freed(place, this.kindSizes[key as number] ?? 0, isTemporary);
    return true;
  }

  private clock(now: number): boolean {
    if (now < this.now) return false;
    this.flush();
    this.now = now;
    this.pending = { at: now, bytes: this.totals.bytes };
    this.liveMoments.take(this.pending, this.totals.live);
    return true;
  }

  private flush(): void {
    if (this.pending !== undefined) this.moments.push(this.pending);
    this.pending = undefined;
  }
}
