/**
 * What is allocated and not freed, by place (a small number from 0), while allocations and frees go by; and what each place had when most was
 * allocated (the first such moment). Sizes in bytes.
 */
export class LiveTotals {
  readonly live: number[] = [];
  readonly liveCount: number[] = [];
  readonly total: number[] = [];
  readonly totalCount: number[] = [];
  readonly temporaryCount: number[] = [];
  bytes = 0;
  peakBytes = 0;
  private readonly peak: number[] = [];
  private readonly peakCount: number[] = [];
  /** Places that are not now as they were at the peak; `changed` says which those are. */
  private readonly since: number[] = [];
  private readonly changed: boolean[] = [];

  /** Places are made in order. */
  place(): number {
    for (const column of [this.live, this.liveCount, this.total, this.totalCount, this.temporaryCount, this.peak, this.peakCount])
      column.push(0);
    return this.changed.push(false) - 1;
  }

  /** True: never was so much allocated. */
  allocated(place: number, size: number): boolean {
    this.change(place, size, 1);
    this.total[place]! += size;
    this.totalCount[place]!++;
    if (this.bytes <= this.peakBytes) return false;
    this.peakBytes = this.bytes;
    for (const each of this.since) {
      this.peak[each] = this.live[each]!;
      this.peakCount[each] = this.liveCount[each]!;
      this.changed[each] = false;
    }
    this.since.length = 0;
    return true;
  }

  freed(place: number, size: number, isTemporary: boolean): void {
    this.change(place, -size, -1);
    if (isTemporary) this.temporaryCount[place]!++;
  }

  /** Of each place its bytes, and how many allocations, at the peak. */
  atPeak(): { readonly bytes: readonly number[]; readonly count: readonly number[] } {
    return { bytes: this.peak, count: this.peakCount };
  }

  private change(place: number, size: number, count: number): void {
    this.bytes += size;
    this.live[place]! += size;
    this.liveCount[place]! += count;
    if (this.changed[place] === true) return;
    this.changed[place] = true;
    this.since.push(place);
  }
}
