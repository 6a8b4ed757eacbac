interface Range {
  readonly start: number;
  readonly end: number;
  /** Who mapped it. */
  readonly owner: number;
}

/** A block of more ranges is made two, so that no change moves many. */
const LONGEST_BLOCK = 512;

/** Mapped addresses of one process, from the lowest, no two at the same place. Addresses are below 2^53: those of user space. */
export class MappedRanges {
  /** None is empty. */
  private blocks: Range[][] = [];

  /** Maps [start, end), in place of what is there; gives that back, as `unmap` does. */
  map(start: number, end: number, owner: number): readonly Range[] {
    if (!(end > start)) return [];
    const taken = this.unmap(start, end);
    const at = Math.min(this.blockOf(start), Math.max(0, this.blocks.length - 1));
    const block = this.blocks[at];
    if (block === undefined) {
      this.blocks.push([{ start, end, owner }]);
      return taken;
    }
    block.splice(indexIn(block, start), 0, { start, end, owner });
    if (block.length > LONGEST_BLOCK) this.blocks.splice(at + 1, 0, block.splice(LONGEST_BLOCK >> 1));
    return taken;
  }

  /** Gives back what of [start, end) is mapped: these parts, each with who mapped it. */
  unmap(start: number, end: number): readonly Range[] {
    const taken: Range[] = [];
    for (let at = this.blockOf(start); ; ) {
      const block = this.blocks[at];
      if (block === undefined) return taken;
      const from = indexIn(block, start);
      const left: Range[] = [];
      let to = from;
      for (let range = block[to]; range !== undefined && range.start < end; range = block[++to]) {
        const { owner } = range;
        if (range.start < start) left.push({ start: range.start, end: start, owner });
        taken.push({ start: Math.max(start, range.start), end: Math.min(end, range.end), owner });
        if (range.end > end) left.push({ start: end, end: range.end, owner });
      }
      const isEnd = to < block.length;
      if (to > from) block.splice(from, to - from, ...left);
      if (block.length === 0) this.blocks.splice(at, 1);
      else at++;
      if (isEnd || to === from) return taken;
    }
  }

  touches(start: number, end: number): boolean {
    const block = this.blocks[this.blockOf(start)];
    const found = block?.[indexIn(block, start)];
    return found !== undefined && found.start < end;
  }

  clear(): void {
    this.blocks = [];
  }

  all(): readonly Range[] {
    return this.blocks.flat();
  }

  /** The first block with a range that ends behind an address. */
  private blockOf(address: number): number {
    return first(this.blocks.length, (at) => (this.blocks[at]?.at(-1)?.end ?? 0) > address);
  }
}

const indexIn = (block: readonly Range[], address: number): number =>
  first(block.length, (at) => (block[at]?.end ?? 0) > address);

/** The lowest index for which it holds, when it holds for all above it. */
function first(length: number, holds: (at: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
