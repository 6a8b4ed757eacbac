import type { SeriesColumn } from './series.js';

/** A column of a view in the making: rows of any width are added in the order of time. */
export class SeriesFold {
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  readonly last: Float64Array;
  private readonly weight: Float64Array;

  constructor(length: number) {
    const unknown = (): Float64Array => new Float64Array(length).fill(Number.NaN);
    this.min = unknown();
    this.max = unknown();
    this.mean = unknown();
    this.last = unknown();
    this.weight = new Float64Array(length);
  }

  /** `weight`: how many measured values the mean is of; at least 1. */
  add(bucket: number, min: number, max: number, mean: number, last: number, weight: number): void {
    const total = this.weight[bucket]! + weight;
    this.weight[bucket] = total;
    this.last[bucket] = last;
    if (total === weight) {
      this.min[bucket] = min;
      this.max[bucket] = max;
      this.mean[bucket] = mean;
      return;
    }
    if (min < this.min[bucket]!) this.min[bucket] = min;
    if (max > this.max[bucket]!) this.max[bucket] = max;
    this.mean[bucket] = this.mean[bucket]! + ((mean - this.mean[bucket]!) * weight) / total;
  }

  column(id: string): SeriesColumn {
    return { id, min: this.min, max: this.max, mean: this.mean, last: this.last };
  }
}
