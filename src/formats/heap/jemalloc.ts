import { LineSplitter } from '../../base/lines.js';
import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';
import { AddressStacks } from './address-stacks.js';
import { ForeignLines } from './foreign-lines.js';
import { ProfileBuilder } from './profile-builder.js';

const MEASURES: readonly HeapMeasure[] = [
  { quantity: 'live', unit: 'bytes' },
  { quantity: 'live', unit: 'count' },
  { quantity: 'total', unit: 'bytes' },
  { quantity: 'total', unit: 'count' },
];

/**
 * A heap profile of jemalloc 4 and later (jemalloc(3), HEAP PROFILE FORMAT):
 *
 * ```
 * heap_v2/524288
 *   t*: 47: 42703 [83: 33553]
 *   t0: 47: 42703 [83: 33553]
 * @ 0x7f0f6a2a2630 0x559eb8a20415
 *   t*: 1: 48 [1: 48]
 *   t0: 1: 48 [1: 48]
 * MAPPED_LIBRARIES:
 * ```
 *
 * `t*` is the sum of all threads; only it is read. In brackets: all allocations, which are 0 unless `prof_accum` is on. Every number is of samples,
 * one in `524288` bytes; jemalloc 5.3 writes them so that the same estimate is right (`prof_unbias`).
 */
export class JemallocParser {
  private readonly lines = new LineSplitter((line) => this.line(line), 1 << 20);
  private readonly stacks = new AddressStacks();
  private rate: number | undefined;
  private stack: string | undefined;
  private number = 0;
  private inModules = false;
  private readonly foreign = new ForeignLines();

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    if (this.rate === undefined) return undefined;
    const { rate, stacks } = this;
    const hasTotal = stacks.some((_blocks, _bytes, allBlocks) => allBlocks !== 0);
    const builder = new ProfileBuilder('jemalloc', hasTotal ? MEASURES : MEASURES.slice(0, 2));
    const addresses = stacks.fill(builder, { version: 2, bytes: rate });
    // One sample in a byte is every allocation.
    if (rate > 1) builder.note({ code: 'sampled', count: rate });
    this.foreign.noteIn(builder);
    if (!this.inModules) builder.note({ code: 'cut' });
    return builder.finish({ tool: 'jemalloc', addresses });
  }

  private line(text: string): void {
    this.number++;
    if (this.rate === undefined) {
      const header = /^heap_v2\/(\d+)\s*$/.exec(text);
      if (header !== null) this.rate = Number(header[1]);
    } else if (/^(?:MAPPED_LIBRARIES:|--- Memory map:)/.test(text)) {
      this.inModules = true;
    } else if (this.inModules) {
      this.stacks.modules.line(text);
    } else if (text.startsWith('@')) {
      this.stack = text.slice(1);
    } else if (text.trim() !== '') {
      this.amounts(text);
    }
  }

  private amounts(text: string): void {
    const parts = /^\s*t(\*|\d+): *(\d+): *(\d+) *\[ *(\d+): *(\d+) *\]/.exec(text);
    if (parts === null) {
      this.foreign.add(this.number);
      return;
    }
    if (parts[1] !== '*') return;
    // Above the first stack stands the sum of the samples as they were taken, which is not that of the stacks' numbers.
    if (this.stack !== undefined)
      this.stacks.add(this.stack, [Number(parts[2]), Number(parts[3]), Number(parts[4]), Number(parts[5])]);
    this.stack = undefined;
  }
}
