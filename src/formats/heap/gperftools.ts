import { LineSplitter } from '../../base/lines.js';
import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';
import { AddressStacks } from './address-stacks.js';
import { ForeignLines } from './foreign-lines.js';
import { ProfileBuilder } from './profile-builder.js';
import type { Sampling } from './sampled-amounts.js';

/** Four numbers of a line: live blocks, live bytes, and in brackets those of all allocations. */
const AMOUNTS = /^\s*(-?\d+): *(-?\d+) *\[ *(-?\d+): *(-?\d+) *\] *@(.*)$/;
const HEADER = /^heap profile: *(-?\d+): *(-?\d+) *\[ *(-?\d+): *(-?\d+) *\](?: *@ *([^/\s]*)(?:\/(\d+))?)?/;
/** What older versions mean when they tell no rate. */
const USUAL_RATE = 128 * 1024;

const LIVE: readonly HeapMeasure[] = [
  { quantity: 'live', unit: 'bytes' },
  { quantity: 'live', unit: 'count' },
];
const TOTAL: readonly HeapMeasure[] = [
  { quantity: 'total', unit: 'bytes' },
  { quantity: 'total', unit: 'count' },
];
const GROWTH: readonly HeapMeasure[] = [
  { quantity: 'mapped', unit: 'bytes' },
  { quantity: 'mapped', unit: 'count' },
];

/**
 * A heap profile of gperftools (tcmalloc), https://gperftools.github.io/gperftools/heapprofile.html:
 *
 * ```
 * heap profile:    201:    86034 [   909:   204954] @ heapprofile
 *    100:    80000 [   200:   159900] @ 0x55a55364f76f 0x55a55364f8ec
 * MAPPED_LIBRARIES:
 * 55a55364f000-55a553650000 r-xp 00001000 00:00 2187939     /usr/bin/bookshop
 * ```
 *
 * `heapprofile` holds every allocation; `heap_v2/524288` and `heap/1048576` are samples; `growth` is what tcmalloc took from the kernel.
 * Older jemalloc writes this form as well.
 */
export class GperftoolsParser {
  private readonly lines = new LineSplitter((line) => this.line(line), 1 << 20);
  private readonly stacks = new AddressStacks();
  private header: readonly number[] | undefined;
  private kind = '';
  private rate: number | undefined;
  private number = 0;
  private inModules = false;
  private readonly foreign = new ForeignLines();

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    if (this.header === undefined) return undefined;
    const sampling = this.sampling(this.header);
    const isGrowth = this.kind.startsWith('growth');
    // A sample of the live heap repeats its numbers in the brackets: nothing is known of all allocations.
    const hasTotal =
      !isGrowth && this.stacks.some((blocks, bytes, allBlocks, allBytes) => blocks !== allBlocks || bytes !== allBytes);
    const builder = new ProfileBuilder('gperftools', isGrowth ? GROWTH : hasTotal ? [...LIVE, ...TOTAL] : LIVE);
    const addresses = this.stacks.fill(builder, sampling);
    const { sums } = this.stacks;
    if (sampling !== undefined) builder.note({ code: 'sampled', count: sampling.bytes });
    if (sums.some((sum, at) => sum !== this.header?.[at]))
      builder.note({ code: 'sums-differ', detail: `${this.header[1] ?? 0} ${sums[1]}` });
    this.foreign.noteIn(builder);
    if (!this.inModules) builder.note({ code: 'cut' });
    // Others write samples in this form as well.
    return builder.finish({ ...(sampling === undefined ? { tool: 'gperftools' } : {}), addresses });
  }

  /** The kind of a header without one is told by its brackets, as pprof(1) does. */
  private sampling(header: readonly number[]): Sampling | undefined {
    const { kind, rate } = this;
    if (kind === 'heapprofile' || kind.startsWith('growth')) return undefined;
    if (kind.includes('_v2')) return { version: 2, bytes: rate === undefined || rate === 0 ? USUAL_RATE : rate };
    const isSample = kind === '' ? header[0] === header[2] && header[1] === header[3] : kind.includes('heap');
    // Version 1 tells twice the mean distance of its samples.
    return isSample ? { version: 1, bytes: rate === undefined || rate === 0 ? USUAL_RATE : rate / 2 } : undefined;
  }

  private line(text: string): void {
    this.number++;
    if (this.header === undefined) {
      const header = HEADER.exec(text);
      if (header === null) return;
      this.header = header.slice(1, 5).map(Number);
      this.kind = header[5] ?? '';
      this.rate = header[6] === undefined ? undefined : Number(header[6]);
      return;
    }
    if (/^(?:MAPPED_LIBRARIES:|--- Memory map:)/.test(text)) {
      this.inModules = true;
    } else if (this.inModules) {
      this.stacks.modules.line(text);
    } else if (text.trim() !== '') {
      this.amounts(text);
    }
  }

  private amounts(text: string): void {
    const parts = AMOUNTS.exec(text);
    if (parts !== null) {
      this.stacks.add(parts[5] ?? '', [Number(parts[1]), Number(parts[2]), Number(parts[3]), Number(parts[4])]);
      return;
    }
    this.foreign.add(this.number);
  }
}
