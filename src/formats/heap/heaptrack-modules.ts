import type { ByteLines } from './byte-lines.js';
import type { FrameTold } from './profile-builder.js';

interface Segment {
  readonly from: number;
  readonly to: number;
  readonly base: number;
  readonly module: string;
}

/** Which executable or shared object lies where, as heaptrack's raw form tells it: `x EXECUTABLE`, `m NAME BASE [OFFSET SIZE]…`; `m -` forgets all. */
export class HeaptrackModules {
  private executable = '';
  /** By address, when `isSorted`. */
  private segments: Segment[] = [];
  private isSorted = true;

  /** `isSized`: names have their length in bytes before them. False: the line is not understood. */
  read(lines: ByteLines, letter: number, isSized: boolean): boolean {
    const name = isSized ? lines.text(lines.hex()) : lines.word();
    if (name === undefined || name === '') return false;
    if (letter === 0x78) {
      this.executable = name;
      return true;
    }
    if (name === '-') {
      this.segments = [];
      return true;
    }
    const base = lines.hex();
    if (base < 0) return false;
    const module = name === 'x' ? this.executable : name;
    for (;;) {
      const offset = lines.hex();
      const size = lines.hex();
      if (offset < 0 || size < 0) break;
      this.segments.push({ from: base + offset, to: base + offset + size, base, module });
      this.isSorted = false;
    }
    return true;
  }

  /** The address in the module's file; or in the process, when it lies in no module. */
  frame(address: number): FrameTold {
    if (!this.isSorted) {
      this.segments.sort((a, b) => a.from - b.from);
      this.isSorted = true;
    }
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.segments[middle]?.from ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    const segment = this.segments[low - 1];
    return segment === undefined || address >= segment.to
      ? { address: `0x${address.toString(16)}` }
      : { address: `0x${(address - segment.base).toString(16)}`, module: segment.module };
  }
}
