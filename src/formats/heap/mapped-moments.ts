import type { HeapMoment } from '../../model/heap-profile.js';

/** So many, at even distances: what grew, and how, is seen in them. More would tell less of what is mapped seldom: it must rise in a third of them. */
const MOMENTS = 12;

/** How much of each node is mapped, over a time that is known: at every moment, also when nothing is called for long. */
export class MappedMoments {
  private now = new Float64Array(64);
  private readonly past: { readonly at: number; readonly self: Float64Array }[] = [{ at: 0, self: new Float64Array(0) }];

  /** Milliseconds from the beginning to the end. */
  constructor(private readonly overMs: number) {}

  /** Of a node so many bytes more; fewer when negative. */
  add(node: number, bytes: number): void {
    if (node >= this.now.length) {
      const larger = new Float64Array(Math.max(2 * this.now.length, node + 1));
      larger.set(this.now);
      this.now = larger;
    }
    this.now[node]! += bytes;
  }

  /** What comes next is of this time. */
  advance(at: number): void {
    for (;;) {
      const next = (this.past.length / MOMENTS) * this.overMs;
      if (next >= at || this.past.length >= MOMENTS) return;
      this.past.push({ at: next, self: this.now.slice() });
    }
  }

  /** Nothing more is mapped until the end. `nodes`: how many the tree has. */
  finish(nodes: number): readonly HeapMoment[] {
    const { past, overMs, now } = this;
    const rest = Array.from({ length: MOMENTS + 1 - past.length }, (_, index) => ({
      at: ((past.length + index) / MOMENTS) * overMs,
      self: now,
    }));
    return [...past, ...rest].map(({ at, self }) => {
      const whole = new Float64Array(nodes);
      whole.set(self.subarray(0, nodes));
      return { at, bytes: whole.reduce((sum, value) => sum + value, 0), self: whole };
    });
  }
}
