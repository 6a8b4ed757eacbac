import type { Milliseconds } from '../../base/units.js';
import type { HeapMoment } from '../../model/heap-profile.js';

/** From half as many to so many moments. */
const MOST = 24;
/** Of very many stacks: half as many are enough to tell whether something grows to the end (insight/live/rise.ts). */
const LEAST = 12;
const FIRST_MS: Milliseconds = 50;
/** Values of all those moments. */
const MOST_VALUES = 8 << 20;

interface Kept extends Pick<HeapMoment, 'at' | 'bytes'> {
  /** By place. */
  readonly values: Float64Array;
}

/** What is live of each place at some moments of about equal distance, while time goes by. */
export class LiveMoments {
  private width = FIRST_MS;
  private next = FIRST_MS;
  private kept: Kept[] = [];

  /** It is `at` (milliseconds since the beginning, never less than before), and `live` is what there is of each place. */
  take({ at, bytes }: Pick<HeapMoment, 'at' | 'bytes'>, live: readonly number[]): void {
    if (at < this.next) return;
    const most = mostOf(live.length, LEAST);
    while (at >= this.width * most) this.widen();
    const stretch = Math.floor(at / this.width);
    if (stretch > Math.floor((this.kept.at(-1)?.at ?? 0) / this.width)) {
      this.kept.push({ at, bytes, values: new Float64Array(live) });
    }
    this.next = (stretch + 1) * this.width;
  }

  /** These moments, in order of time, with the kept ones at their places. `byNode`: values of places, node by node. */
  among(moments: readonly HeapMoment[], byNode: (values: Float64Array) => Float64Array, nodes: number): readonly HeapMoment[] {
    const all = [...moments];
    const more: HeapMoment[] = [];
    const step = Math.ceil(this.kept.length / mostOf(nodes, LEAST / 2));
    const some = this.kept.filter((_, index) => (this.kept.length - 1 - index) % step === 0);
    let from = 0;
    for (const { at, bytes, values } of some) {
      const there = all.findIndex((one, index) => index >= from && one.at === at && one.bytes === bytes && one.isPeak !== true);
      if (there < 0) more.push({ at, bytes, self: byNode(values) });
      else {
        const one = all[there]!;
        all[there] = { ...one, self: one.self ?? byNode(values) };
        from = there + 1;
      }
    }
    // Of one time the kept ones come first: they are of its beginning.
    return [...more, ...all].sort((a, b) => a.at - b.at);
  }

  /** Of each stretch the first one stays; of the first stretch none, as it is before the first moment. */
  private widen(): void {
    this.width *= 2;
    let before = 0;
    this.kept = this.kept.filter(({ at }) => {
      const stretch = Math.floor(at / this.width);
      const stays = stretch > before;
      before = stretch;
      return stays;
    });
  }
}

const mostOf = (values: number, least: number): number =>
  Math.max(least, Math.min(MOST, Math.floor(MOST_VALUES / Math.max(1, values))));
