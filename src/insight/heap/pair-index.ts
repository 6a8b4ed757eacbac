/** Numbers pairs of whole numbers below 2^32 from 0 on, in the order in which they come: a hash table in typed arrays, with open addressing. */
export class PairIndex {
  private slots: Int32Array;
  private first: Uint32Array;
  private second: Uint32Array;
  size = 0;

  /** `expected`: so many pairs need no growing. */
  constructor(expected = 16) {
    const room = 1 << Math.ceil(Math.log2(Math.max(16, expected)));
    this.first = new Uint32Array(room);
    this.second = new Uint32Array(room);
    this.slots = new Int32Array(room * 2).fill(-1);
  }

  /** The number of the pair; a new one when `size` was that number before. */
  of(first: number, second: number): number {
    let slot = this.slotOf(first, second);
    for (; ; slot = (slot + 1) & (this.slots.length - 1)) {
      const there = this.slots[slot]!;
      if (there < 0) break;
      if (this.first[there] === first && this.second[there] === second) return there;
    }
    if (this.size === this.first.length) {
      this.grow();
      return this.of(first, second);
    }
    const index = this.size++;
    this.first[index] = first;
    this.second[index] = second;
    this.slots[slot] = index;
    return index;
  }

  private slotOf(first: number, second: number): number {
    // The factors are odd and have their bits well spread; the high bits are the best mixed ones.
    const mixed = Math.imul(Math.imul(first, 0x9e3779b1) ^ second, 0x85ebca77);
    return ((mixed >>> 15) ^ mixed) & (this.slots.length - 1);
  }

  private grow(): void {
    const { first, second } = this;
    this.first = new Uint32Array(first.length * 2);
    this.second = new Uint32Array(first.length * 2);
    this.first.set(first);
    this.second.set(second);
    this.slots = new Int32Array(first.length * 4).fill(-1);
    for (let index = 0; index < this.size; index++) {
      let slot = this.slotOf(first[index]!, second[index]!);
      while (this.slots[slot]! >= 0) slot = (slot + 1) & (this.slots.length - 1);
      this.slots[slot] = index;
    }
  }
}
