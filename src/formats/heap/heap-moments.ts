import type { HeapMoment } from '../../model/heap-profile.js';

/** A timeline of moments that come in order of time, thinned out so that it never gets long: of neighbours the one with most bytes stays. */
export class HeapMoments {
  private moments: HeapMoment[] = [];
  /** Each kept moment stands for so many that came. */
  private stride = 1;
  private group: HeapMoment | undefined;
  private inGroup = 0;

  constructor(private readonly most = 2000) {}

  push(moment: HeapMoment): void {
    this.group = this.group === undefined ? moment : greater(this.group, moment);
    if (++this.inGroup < this.stride) return;
    this.flush();
    if (this.moments.length < this.most) return;
    const thinned: HeapMoment[] = [];
    for (let at = 0; at < this.moments.length; at += 2) {
      const first = this.moments[at]!;
      thinned.push(greater(first, this.moments[at + 1] ?? first));
    }
    this.moments = thinned;
    this.stride *= 2;
  }

  /** All of them and `newest`, with the peak at its place in time, and the end where it is another. More may come afterwards. */
  finish(peak: HeapMoment | undefined, end: HeapMoment, newest?: HeapMoment): HeapMoment[] {
    const all = [...this.moments];
    const group = this.group === undefined || newest === undefined ? (this.group ?? newest) : greater(this.group, newest);
    if (group !== undefined) all.push(group);
    const last = all.at(-1);
    if (peak !== undefined) {
      const after = all.findIndex(({ at }) => at > peak.at);
      all.splice(after < 0 ? all.length : after, 0, peak);
    }
    if (last?.at !== end.at || last.bytes !== end.bytes) all.push(end);
    return all;
  }

  private flush(): void {
    if (this.group !== undefined) this.moments.push(this.group);
    this.group = undefined;
    this.inGroup = 0;
  }
}

const greater = (a: HeapMoment, b: HeapMoment): HeapMoment => (b.bytes > a.bytes ? b : a);
