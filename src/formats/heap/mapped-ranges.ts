interface Range {
  readonly start: number;
  readonly end: number;
  /** Who mapped it. */
  readonly owner: number;
}

/** Mapped addresses of one process, from the lowest, no two at the same place. Addresses are below 2^53: those of user space. */
export class MappedRanges {
  private ranges: Range[] = [];

  /** Maps [start, end), in place of what is there. */
  map(start: number, end: number, owner: number): void {
    if (!(end > start)) return;
    this.unmap(start, end);
    this.ranges.splice(this.indexOf(start), 0, { start, end, owner });
  }

  /** Gives back what of [start, end) is mapped: these parts, each with who mapped it. */
  unmap(start: number, end: number): readonly Range[] {
    const from = this.indexOf(start);
    let to = from;
    const taken: Range[] = [];
    const left: Range[] = [];
    for (let range = this.ranges[to]; range !== undefined && range.start < end; range = this.ranges[++to]) {
      const { owner } = range;
      if (range.start < start) left.push({ start: range.start, end: start, owner });
      taken.push({ start: Math.max(start, range.start), end: Math.min(end, range.end), owner });
      if (range.end > end) left.push({ start: end, end: range.end, owner });
    }
    if (to > from) this.ranges.splice(from, to - from, ...left);
    return taken;
  }

  touches(start: number, end: number): boolean {
    const found = this.ranges[this.indexOf(start)];
    return found !== undefined && found.start < end;
  }

  clear(): void {
    this.ranges = [];
  }

  all(): readonly Range[] {
    return this.ranges;
  }

  /** The first range that ends behind an address. */
  private indexOf(address: number): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ranges[middle]?.end ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
