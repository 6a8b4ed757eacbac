import { LineSplitter } from '../../base/lines.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import { ForeignLines } from './foreign-lines.js';
import { LineMemo } from './line-memo.js';
import { type LoggedProcess, MAPPED_MEASURES, MappedStacks } from './mapped-stacks.js';
import { readPerfFrame } from './perf-frame.js';
import { DEEPEST_STACK, ProfileBuilder } from './profile-builder.js';

/** `maps 29256/29256 49121.263321: syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00010000, prot: 0x00000003, flags: 0x00000022, ...`. */
const EVENT = /^ {0,16}\S.{0,63}? +(\d+)\/(\d+) +(?:\[\d+\] +)?(\d+\.\d+): +syscalls:sys_(enter|exit)_(\w+): ?(.*)$/;
/** mmap(2): what is there is replaced. */
const MAP_FIXED = 0x10;
/** mremap(2) */
const MREMAP_DONTUNMAP = 4;
/** A result above it is an error number, less 2^64. */
const GREATEST_RESULT = 2 ** 63;

interface Entered {
  readonly name: string;
  readonly told: string;
  readonly frames: number[];
}

/** The head of a text of such events. */
export const isPerfMappings = (head: string): boolean => /: +syscalls:sys_(?:enter|exit)_(?:brk|mmap|munmap|mremap): /.test(head);

/**
 * What `perf script -F comm,pid,tid,time,event,trace,ip,sym,symoff,dso` prints of the tracepoints of brk, mmap, munmap and mremap, entry and exit, recorded with
 * `--call-graph dwarf` at entry: which stack mapped what is not given back. Each process in a record has an address space of its own; all are counted,
 * unless `of` names one. Of a process that was there before perf the first brk only tells where the heap ends.
 */
export class PerfMappingsParser {
  private readonly lines = new LineSplitter((line) => this.line(line));
  private readonly builder = new ProfileBuilder('perf', MAPPED_MEASURES);
  /** By process. */
  private readonly mapped = new Map<number, MappedStacks>();
  private readonly entered = new Map<number, Entered>();
  private readonly frameOf = new LineMemo((line) => this.readFrame(line));
  private stack: number[] | undefined;
  private readonly others = new Set<number>();
  private hasStacks = false;
  private lost = 0;
  private number = 0;
  private readonly foreign = new ForeignLines();

  constructor(private readonly of?: LoggedProcess) {
    if (of !== undefined) this.space(of.pid);
  }

  /** Calls of brk, mmap, munmap and mremap so far. */
  get calls(): number {
    return [...this.mapped.values()].reduce((all, { calls }) => all + calls, 0);
  }

  /** Other processes whose calls were seen, and left out. */
  get children(): number {
    return this.others.size;
  }

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    const { builder, of, mapped } = this;
    if (this.calls === 0 && of === undefined) return undefined;
    const parts = [...mapped.values()].map((each) => each.mapped());
    const self = new Float64Array(builder.size);
    for (const part of parts) for (let node = 0; node < self.length; node++) self[node]! += part.self[node]!;
    for (const part of parts) for (const note of part.notes) builder.note(note);
    if (!this.hasStacks && this.calls > 0) builder.note({ code: 'no-symbols', detail: 'perf record --call-graph' });
    if (this.lost > 0) builder.note({ code: 'too-many', count: this.lost, detail: 'lost' });
    this.foreign.noteIn(builder);
    const [pid] = mapped.keys();
    const [first] = parts;
    return builder.finish({
      tool: 'perf',
      ...(this.hasStacks ? { addresses: 'module' } : {}),
      // Those of two processes are at the same places.
      ...(mapped.size === 1 ? { ...first?.places, ...(pid === undefined ? {} : { pid }) } : {}),
      self: [self],
    });
  }

  private line(text: string): void {
    this.number++;
    if (text.trim() === '') {
      this.stack = undefined;
      return;
    }
    if (this.stack !== undefined) {
      const frame = this.frameOf.of(text);
      if (frame >= 0) {
        if (this.stack.length <= DEEPEST_STACK) this.stack.push(frame);
        return;
      }
    }
    const parts = EVENT.exec(text);
    if (parts !== null) {
      const [, pid = '', tid = '', time = '', side = '', name = '', told = ''] = parts;
      this.event(Number(pid), Number(tid), Number(time), side, name, told);
      return;
    }
    const lost = /PERF_RECORD_LOST(?:_SAMPLES)?\b.*?lost (\d+)/.exec(text)?.[1];
    if (lost !== undefined) this.lost += Number(lost);
    else if (!/^#|PERF_RECORD_/.test(text)) this.foreign.add(this.number);
  }

  private event(pid: number, tid: number, time: number, side: string, name: string, told: string): void {
    this.stack = undefined;
    if (this.of !== undefined && pid !== this.of.pid) {
      this.others.add(pid);
      // Its frames are read, and left.
      this.stack = [];
      return;
    }
    if (side === 'enter') {
      const frames: number[] = [];
      this.stack = frames;
      this.entered.set(tid, { name, told, frames });
      return;
    }
    const entered = this.entered.get(tid);
    this.entered.delete(tid);
    const isExec = name === 'execve' || name === 'execveat';
    // What was entered before perf came is not known.
    if (!isExec && entered?.name !== name) return;
    const call = { pid, time, name, arguments: argumentsOf(name, entered?.told ?? ''), result: resultOf(told) };
    this.space(pid).call(call, () => this.builder.stack(entered?.frames ?? []));
  }

  private space(pid: number): MappedStacks {
    let space = this.mapped.get(pid);
    if (space === undefined) {
      // Others than the one that is asked for are left out: what is known of it is of this one.
      space = new MappedStacks(this.builder, { ...this.of, pid });
      this.mapped.set(pid, space);
    }
    return space;
  }

  private readFrame(text: string): number {
    const frame = readPerfFrame(text);
    if (frame === undefined) return -1;
    this.hasStacks = true;
    return this.builder.frame(frame);
  }
}

/** `addr: 0x00000000, len: 0x00010000, ...` as strace writes it: `0x0, 0x10000, MAP_FIXED`. */
function argumentsOf(name: string, told: string): string {
  const value = new Map(Array.from(told.matchAll(/(\w+): (0x[\da-f]+|\d+)/g), ([, key = '', number = '']) => [key, number]));
  const flags = Number(value.get('flags') ?? 0);
  const words = (keys: readonly string[]): string[] => keys.map((key) => value.get(key) ?? '0');
  if (name === 'mmap') return [...words(['addr', 'len']), ...(flags & MAP_FIXED ? ['MAP_FIXED'] : [])].join(', ');
  if (name === 'mremap')
    return [...words(['addr', 'old_len', 'new_len']), ...(flags & MREMAP_DONTUNMAP ? ['MREMAP_DONTUNMAP'] : [])].join(', ');
  return words(name === 'brk' ? ['brk'] : ['addr', 'len']).join(', ');
}

/** `0x7f3fabc22000     7f3fabe569b3 __mmap+0x13 (/usr/lib/libc.so.6)`: an address; undefined: an error. */
function resultOf(told: string): number | undefined {
  const value = Number(/^\s*(0x[\da-f]{1,16}|-?\d+)/.exec(told)?.[1] ?? Number.NaN);
  return value >= 0 && value < GREATEST_RESULT && Number.isSafeInteger(value) ? value : undefined;
}
