import { LineSplitter } from '../../base/lines.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import { callBefore } from './call-address.js';
import { ForeignLines } from './foreign-lines.js';
import { LineMemo } from './line-memo.js';
import { isMemoryCall, type LoggedProcess, MAPPED_MEASURES, MappedStacks } from './mapped-stacks.js';
import { ProfileBuilder } from './profile-builder.js';
import { type StraceCall, StraceLines } from './strace-line.js';

/** ` > /usr/bin/grow(grow_big(int)+0xe) [0x11fe]`, with -kk a file and line behind the name; ` > /usr/bin/grow() [0x11fe]`. */
const FRAME = /^ > (.*?)(?: \(deleted\))?\((?:(.*)\+0x([\da-f]+))?\)(?: ([^[\]]*?):(\d+))? \[0x([\da-f]+)\]/;

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
  private readonly builder = new ProfileBuilder('strace', MAPPED_MEASURES);
  private readonly mapped: MappedStacks;
  /** The frame of a line; -1: it is none. */
  private readonly frameOf = new LineMemo((line) => this.readFrame(line));
  private pending: StraceCall | undefined;
  private frames: number[] = [];
  private readonly pids = new Set<number>();
  private command: string | undefined;
  private hasStacks = false;
  private number = 0;
  private readonly foreign = new ForeignLines();

  /** `of`: strace was attached to this process, and only its own mappings are wanted. */
  constructor(private readonly of?: LoggedProcess) {
    this.mapped = new MappedStacks(this.builder, of);
  }

  /** Calls of brk, mmap, munmap and mremap so far. */
  get calls(): number {
    return this.mapped.calls;
  }

  /** Children whose calls were seen, and left out. */
  get children(): number {
    return this.mapped.children;
  }

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  /** What was read until now, but for the last call, whose stack may not be whole; more may be pushed. */
  profile(): HeapProfile | undefined {
    const { builder, of } = this;
    if (this.calls === 0 && of === undefined) return undefined;
    const { self, notes, places } = this.mapped.mapped();
    const pid = of?.pid ?? (this.pids.size === 1 ? [...this.pids][0] : undefined);
    const { note } = this.foreign;
    return builder.finish({
      tool: 'strace',
      ...(this.hasStacks ? { addresses: 'module' } : {}),
      ...(pid !== undefined && pid > 0 ? { pid } : {}),
      ...(this.command === undefined ? {} : { command: this.command }),
      ...places,
      self: [self],
      notes: [
        ...notes,
        ...(!this.hasStacks && this.calls > 0 ? [{ code: 'no-symbols', detail: 'strace -k' } as const] : []),
        ...(note === undefined ? [] : [note]),
      ],
    });
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    this.finishCall();
    return this.profile();
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
      this.mapped.exited(read.pid);
    } else if (read.is === 'unfinished') {
      this.mapped.unfinished(read);
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
    if (isMemoryCall(pending.name)) this.pids.add(pending.pid);
    this.mapped.call(pending, () => this.builder.stack(frames));
  }
}

/** `"./threads", ["./threads", "-v"], 0x7ffd /* 39 vars *\/` -> `./threads -v`. */
function argumentsOf(told: string): string | undefined {
  const words = /\[(.*?)\]/.exec(told)?.[1];
  return words?.replaceAll('", "', ' ').replace(/^"|"$/g, '');
}
