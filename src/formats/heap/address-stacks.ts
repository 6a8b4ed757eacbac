import { MappedModules } from './mapped-modules.js';
import type { ProfileBuilder } from './profile-builder.js';
import { type Sampling, scaleOf } from './sampled-amounts.js';

/** More characters of stacks than this are not held: the rest is left out, and a note says so. */
const MOST_TEXT = 1 << 29;
/** Live blocks, live bytes, blocks of all allocations, their bytes. */
type Amounts = readonly [number, number, number, number];
/** The stack's index and its amounts. */
const ROW = 5;

/**
 * Stacks of return addresses of a process with four numbers each, as gperftools and jemalloc write them, held until the mappings are known,
 * which stand at the end of such files.
 */
export class AddressStacks {
  readonly modules = new MappedModules();
  /** Of the amounts as they were given. */
  readonly sums: [number, number, number, number] = [0, 0, 0, 0];
  private readonly indexes = new Map<string, number>();
  private readonly stacks: string[] = [];
  private readonly rows: number[] = [];
  private held = 0;
  private isFull = false;

  /** `0x401136 0x401200`, innermost first. */
  add(stack: string, amounts: Amounts): void {
    let index = this.indexes.get(stack);
    if (index === undefined) {
      this.held += stack.length;
      if (this.held > MOST_TEXT) {
        this.isFull = true;
        return;
      }
      index = this.stacks.length;
      this.indexes.set(stack, index);
      this.stacks.push(stack);
    }
    this.rows.push(index, ...amounts);
    for (const [at, amount] of amounts.entries()) this.sums[at] = (this.sums[at] ?? 0) + amount;
  }

  /** Any row for which it holds. */
  some(test: (blocks: number, bytes: number, allBlocks: number, allBytes: number) => boolean): boolean {
    for (let at = 0; at < this.rows.length; at += ROW) {
      const [, blocks = 0, bytes = 0, allBlocks = 0, allBytes = 0] = this.rows.slice(at, at + ROW);
      if (test(blocks, bytes, allBlocks, allBytes)) return true;
    }
    return false;
  }

  /**
   * Adds all to a builder with two measures (bytes and count of what is live) or four (those of all allocations behind them), scaled up to estimates
   * where they are samples. Frames have the offset of the call in the file of its module; where no mapping is known, the address of the process and
   * no module. Gives what the addresses are.
   */
  fill(builder: ProfileBuilder, sampling: Sampling | undefined): 'process' | 'module' {
    const frames = new Map<string, number>();
    const frameOf = (text: string): number => {
      let frame = frames.get(text);
      if (frame === undefined) {
        frame = this.frame(builder, text);
        frames.set(text, frame);
      }
      return frame;
    };
    const nodes = this.stacks.map((stack) => builder.stack((stack.match(/0x[\da-f]{1,16}/gi) ?? []).map(frameOf)));
    for (let at = 0; at < this.rows.length; at += ROW) {
      const [index = 0, blocks = 0, bytes = 0, allBlocks = 0, allBytes = 0] = this.rows.slice(at, at + ROW);
      const node = nodes[index] ?? 0;
      const live = scaleOf(sampling, blocks, bytes);
      const all = scaleOf(sampling, allBlocks, allBytes);
      for (const [measure, value] of [bytes * live, blocks * live, allBytes * all, allBlocks * all].entries())
        builder.add(measure, node, value);
    }
    if (this.isFull) builder.note({ code: 'too-many' });
    if (nodes.length > 0) builder.note({ code: 'no-symbols' });
    return this.modules.isEmpty ? 'process' : 'module';
  }

  private frame(builder: ProfileBuilder, text: string): number {
    // Every address is one to return to, that of the allocating function's caller included.
    const call = Math.max(0, Number.parseInt(text, 16) - 1);
    const found = this.modules.find(call);
    if (found === undefined) return builder.frame({ address: `0x${call.toString(16)}` });
    return builder.frame({ module: found.path, address: `0x${found.offset.toString(16)}` });
  }
}
