import { LineSplitter } from '../../base/lines.js';
import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';
import { AddressSpaces } from './address-spaces.js';
import { callBefore } from './call-address.js';
import { ForeignLines } from './foreign-lines.js';
import { HeapMoments } from './heap-moments.js';
import { LineMemo } from './line-memo.js';
import { ProfileBuilder } from './profile-builder.js';
import { type StraceCall, StraceLines } from './strace-line.js';

const MEASURES: readonly HeapMeasure[] = [
  { quantity: 'mapped', unit: 'bytes' },
  { quantity: 'total', unit: 'bytes' },
  { quantity: 'total', unit: 'count' },
];
/** ` > /usr/bin/grow(grow_big(int)+0xe) [0x11fe]`, with -kk a file and line behind the name; ` > /usr/bin/grow() [0x11fe]`. */
const FRAME = /^ > (.*?)(?: \(deleted\))?\((?:(.*)\+0x([\da-f]+))?\)(?: ([^[\]]*?):(\d+))? \[0x([\da-f]+)\]/;
const MEMORY = /^(?:brk|mmap2?|old_mmap|munmap|mremap)$/;

/**
 * A log of `strace -f -k -e trace=brk,mmap,munmap,mremap` (strace(1)): which stack mapped what is not given back. Bytes are whole pages, files and libraries
 * included. Of a process that was there before strace the first brk only tells where the heap ends, and what was mapped before is not known.
 *
 * The number in brackets is the offset in the file of the address to return to. Names of libraries without symbols are those of the nearest exported function,
 * often a wrong one.
 */
export class StraceParser {
  private readonly lines = new LineSplitter((line) => this.line(line));
  private readonly reader = new StraceLines();
  private readonly spaces = new AddressSpaces();
  private readonly builder = new ProfileBuilder('strace', MEASURES);
  private readonly moments = new HeapMoments();
  /** The frame of a line; -1: it is none. */
  private readonly frameOf = new LineMemo((line) => this.readFrame(line));
  private pending: StraceCall | undefined;
  private frames: number[] = [];
  private readonly pids = new Set<number>();
  private command: string | undefined;
  private begin: number | undefined;
  private at = 0;
  private calls = 0;
  private hasStacks = false;
  private number = 0;
  private readonly foreign = new ForeignLines();

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    this.finishCall();
    const { builder, begin, at } = this;
    if (this.calls === 0) return undefined;
    for (const { owner, bytes } of this.spaces.left()) builder.add(0, owner, bytes);
    if (!this.hasStacks) builder.note({ code: 'no-symbols', detail: 'strace -k' });
    this.foreign.noteIn(builder);
    const [pid] = this.pids;
    return builder.finish({
      tool: 'strace',
      ...(this.hasStacks ? { addresses: 'module' } : {}),
      ...(this.pids.size === 1 && pid !== undefined && pid > 0 ? { pid } : {}),
      ...(this.command === undefined ? {} : { command: this.command }),
      ...(begin === undefined
        ? {}
        : { timeline: { unit: 'ms', moments: this.moments.finish(undefined, { at, bytes: this.spaces.mappedBytes }) } }),
    });
  }

  private line(text: string): void {
    this.number++;
    if (text.startsWith(' > ')) {
      this.frame(text);
      return;
    }
    this.finishCall();
    if (text.trim() === '') return;
    const read = this.reader.read(text);
    if (read === undefined) {
      // What the program itself prints stands between the lines unless strace wrote to a file.
      this.foreign.add(this.number);
    } else if (!('is' in read)) {
      this.pending = read;
    } else if (read.is === 'exited') {
      this.spaces.exited(read.pid);
    }
  }

  private frame(text: string): void {
    if (this.pending === undefined) return;
    const frame = this.frameOf.of(text);
    if (frame >= 0) this.frames.push(frame);
  }

  private readFrame(text: string): number {
    const parts = FRAME.exec(text);
    if (parts === null) return -1;
    const [, module = '', name = '', , file = '', line = '', offset = ''] = parts;
    this.hasStacks = true;
    return this.builder.frame({
      function: name,
      module: module.trimEnd(),
      file: file.trim(),
      line: Number(line),
      address: callBefore(offset),
    });
  }

  /** The stack of a call stands behind it: it counts when the next one begins. */
  private finishCall(): void {
    const { pending, frames } = this;
    if (pending === undefined) return;
    this.pending = undefined;
    this.frames = [];
    if (pending.name === 'execve') this.command ??= argumentsOf(pending.arguments);
    const isMemory = MEMORY.test(pending.name);
    if (isMemory) {
      this.calls++;
      this.pids.add(pending.pid);
    }
    // Only calls that may map something need a node.
    const node = isMemory && pending.name !== 'munmap' ? this.builder.stack(frames) : 0;
    const mapped = this.spaces.call(pending, node);
    if (mapped > 0) {
      this.builder.add(1, node, mapped);
      this.builder.add(2, node, 1);
    }
    if (isMemory) this.moment(pending.time);
  }

  private moment(time: number | undefined): void {
    if (time === undefined) return;
    this.begin ??= time;
    const at = (time - this.begin) * 1000;
    // A clock of the day begins again at midnight.
    if (at < this.at) return;
    this.at = at;
    this.moments.push({ at, bytes: this.spaces.mappedBytes });
  }
}

/** `"./threads", ["./threads", "-v"], 0x7ffd /* 39 vars *\/` -> `./threads -v`. */
function argumentsOf(told: string): string | undefined {
  const words = /\[(.*?)\]/.exec(told)?.[1];
  return words?.replaceAll('", "', ' ').replace(/^"|"$/g, '');
}
