import { LineSplitter } from '../../base/lines.js';
import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';
import { undressed } from './dressed-line.js';
import { ForeignLines } from './foreign-lines.js';
import { readKernelFrame } from './kernel-stack-frame.js';
import { LineMemo } from './line-memo.js';
import { ProfileBuilder } from './profile-builder.js';

/** Objects, the caller, what of them was not asked for, and when and by whom. */
const OBJECTS = /^\s*(\d{1,12}) (<not-available>|\S.{0,300}?)(?: waste=(\d{1,15})\/\d{1,12})? age=\d{1,20}/;
const WASTE: HeapMeasure = { quantity: 'other', unit: 'bytes', name: 'waste' };

/**
 * Objects of one slab cache by who allocated or freed them (https://docs.kernel.org/mm/slub.html): /sys/kernel/debug/slab/CACHE/alloc_traces and free_traces, and without stacks
 * /sys/kernel/slab/CACHE/alloc_calls and free_calls of older kernels. The size of an object is not in the file: counts only. `waste`: bytes that the cache's size is more than was
 * asked for (6.1 and newer, of allocations).
 *
 * ```
 *      57 cdev_alloc+0x29/0x5d waste=1368/24 age=777/777/778 pid=1
 *         __kmem_cache_alloc_node+0x88/0x158
 *         cdev_alloc+0x29/0x5d
 * ```
 */
export class SlabTracesParser {
  private readonly lines = new LineSplitter((line) => this.line(line));
  private readonly builder = new ProfileBuilder('slab-traces', [{ quantity: 'live', unit: 'count' }, WASTE]);
  private readonly frameOf = new LineMemo((line) => {
    const told = readKernelFrame(line);
    if (told?.address !== undefined) this.hasAddresses = true;
    return told === undefined ? -1 : this.builder.frame(told);
  });
  private readonly foreign = new ForeignLines();
  private draft:
    | { readonly count: number; readonly waste: number; readonly caller: number; readonly frames: number[] }
    | undefined;
  private hasAddresses = false;
  private hasWaste = false;
  private records = 0;
  private number = 0;

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): HeapProfile | undefined {
    this.lines.end();
    this.endRecord();
    const { builder } = this;
    if (this.records === 0) return undefined;
    this.foreign.noteIn(builder);
    const profile = builder.finish({ tool: 'slub', ...(this.hasAddresses ? { addresses: 'process' } : {}) });
    if (this.hasWaste) return profile;
    // Only allocations have waste; without it who allocated and who freed can't be told apart.
    return { ...profile, measures: [{ quantity: 'other', unit: 'count', name: 'objects' }], self: profile.self.slice(0, 1) };
  }

  private line(line: string): void {
    this.number++;
    if (this.read(line)) return;
    const bare = undressed(line);
    if (bare === undefined || !this.read(bare)) this.foreign.add(this.number);
  }

  private read(line: string): boolean {
    if (line.trim() === '') {
      this.endRecord();
      return true;
    }
    const objects = OBJECTS.exec(line);
    if (objects !== null) {
      this.endRecord();
      const [, count, caller = '', waste] = objects;
      if (waste !== undefined) this.hasWaste = true;
      this.draft = { count: Number(count), waste: Number(waste ?? 0), caller: this.frameOf.of(caller), frames: [] };
      return true;
    }
    const frame = this.draft === undefined ? -1 : this.frameOf.of(line);
    if (frame >= 0) this.draft?.frames.push(frame);
    return frame >= 0;
  }

  private endRecord(): void {
    const { draft, builder } = this;
    this.draft = undefined;
    if (draft === undefined) return;
    this.records++;
    const { count, waste, caller, frames } = draft;
    const node = builder.stack(frames.length > 0 ? frames : caller >= 0 ? [caller] : []);
    builder.add(0, node, count);
    builder.add(1, node, waste);
  }
}
