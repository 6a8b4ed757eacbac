import type { HeapMoment } from '../../model/heap-profile.js';

/** From half as many to so many moments with the values of each node. */
const MOST = 24;
const FIRST_MS = 50;
/** Values of all those moments: beyond it only the whole of each moment is kept. */
const MOST_VALUES = 16 << 20;

/** What each node has grown to at some moments of equal distance, of amounts that come in order of time. */
export class TouchedMoments {
  private width = FIRST_MS;
  /** Of each stretch of time, what each node has grown by. */
  private stretches: Map<number, number>[] = [];

  /** `at`: milliseconds since the beginning. */
  add(at: number, node: number, bytes: number): void {
    while (at >= this.width * MOST) this.widen();
    const index = Math.floor(at / this.width);
    while (this.stretches.length <= index) this.stretches.push(new Map());
    const stretch = this.stretches[index]!;
    stretch.set(node, (stretch.get(node) ?? 0) + bytes);
  }

  /** The last one is at `end`. */
  finish(nodes: number, end: number): readonly HeapMoment[] {
    while (end > this.width * MOST) this.widen();
    const count = Math.max(this.stretches.length, Math.ceil(end / this.width));
    const hasSelf = nodes * count <= MOST_VALUES;
    const values = new Float64Array(nodes);
    let bytes = 0;
    return Array.from({ length: count }, (_, index) => {
      for (const [node, grown] of this.stretches[index] ?? []) {
        values[node]! += grown;
        bytes += grown;
      }
      const at = index + 1 === count ? end : (index + 1) * this.width;
      return { at, bytes, ...(hasSelf ? { self: values.slice() } : {}) };
    });
  }

  private widen(): void {
    this.width *= 2;
    const { stretches } = this;
    for (let at = 0; 2 * at < stretches.length; at++) {
      const first = stretches[2 * at]!;
      for (const [node, grown] of stretches[2 * at + 1] ?? []) first.set(node, (first.get(node) ?? 0) + grown);
      stretches[at] = first;
    }
    stretches.length = Math.ceil(stretches.length / 2);
  }
}
