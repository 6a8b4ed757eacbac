import type { Cancel } from '../../base/cancel.js';
import type { Target } from '../ports.js';

/** Read at once; most of what is looked for lies near each other. */
const BLOCK = 1 << 20;
/** Kept at once: lists go back and forth. */
const MOST_BLOCKS = 16;

/** Addresses from `start` to before `end`. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

export interface MemoryBlock extends AddressRange {
  readonly view: DataView;
}

/** Parts of /proc/PID/mem (proc_pid_mem(5)): reading it needs ptrace's permission, and stops nothing. */
export class ProcessMemory {
  private readonly blocks = new Map<number, MemoryBlock>();

  /** `most`: so many blocks are read, and no more. */
  constructor(
    private readonly target: Target,
    private readonly pid: number,
    private most: number,
    private readonly cancel: Cancel,
  ) {}

  /** What holds `address` and more around it, of this range; undefined: it can't be read, or it would be too much. */
  async blockAt(address: number, { start, end }: AddressRange): Promise<MemoryBlock | undefined> {
    if (address < start || address >= end) return undefined;
    const from = Math.max(start, address - (address % BLOCK));
    const known = this.blocks.get(from);
    if (known !== undefined) return known;
    if (this.most-- <= 0 || this.cancel.requested) return undefined;
    const length = Math.min(address - (address % BLOCK) + BLOCK, end) - from;
    const read = await this.target.readBytes(`/proc/${this.pid}/mem`, { offset: from, length });
    if (!read.ok || read.value.length <= address - from) return undefined;
    const { buffer, byteOffset, byteLength } = read.value;
    const block = { start: from, end: from + byteLength, view: new DataView(buffer, byteOffset, byteLength) };
    this.blocks.set(from, block);
    const [oldest] = this.blocks.keys();
    if (this.blocks.size > MOST_BLOCKS && oldest !== undefined) this.blocks.delete(oldest);
    return block;
  }
}
