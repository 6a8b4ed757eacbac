import type { Bytes, Milliseconds } from '../base/units.js';
import { indexAt } from './index-at.js';
import type { SeriesFold } from './series-fold.js';
import type { SeriesGrid } from './series-grid.js';

export interface TierOptions {
  /** Width of a bucket; 0: a row for each moment, as measured. */
  readonly width: Milliseconds;
  /** Rows older than this are dropped. */
  readonly keepMs: Milliseconds;
  readonly maxRows: number;
  /** Width of the next coarser tier: rows are dropped up to a multiple of it, so that no bucket of that tier is cut in two. */
  readonly align: Milliseconds;
}

/** One series in a tier. Where a row is one moment, the four arrays are one and there are no counts. */
interface TierColumn {
  min: Float64Array;
  max: Float64Array;
  mean: Float64Array;
  last: Float64Array;
  /** Known values in the row; 0: the others are NaN. */
  count: Uint32Array | undefined;
}

const SMALLEST = 64;
const nothing = new Float64Array(0);

/**
 * Rows in the order of time, in arrays that grow with what is kept and are bounded by `maxRows`: they are filled to their end,
 * then what is kept is moved to their beginning (an eighth of slack at least, so that this happens rarely).
 */
export class SeriesTier {
  readonly width: Milliseconds;
  private readonly columns: TierColumn[] = [];
  /** First and last moment of each row; one array where a row is one moment. */
  private from = nothing;
  private to = nothing;
  private start = 0;
  private end = 0;
  private dropped = -Infinity;

  constructor(private readonly options: TierOptions) {
    this.width = options.width;
  }

  /** From this moment on nothing has been dropped: a multiple of `align`, or -Infinity. */
  get coversFrom(): Milliseconds {
    return this.dropped;
  }

  get rows(): number {
    return this.end - this.start;
  }

  get firstMoment(): Milliseconds | undefined {
    return this.rows === 0 ? undefined : this.from[this.start];
  }

  /** What the arrays take. */
  get bytes(): Bytes {
    const moments = this.width === 0 ? 1 : 2;
    const values = this.width === 0 ? 8 : 4 * 8 + 4;
    return this.from.length * (moments * 8 + this.columns.length * values);
  }

  addColumn(): void {
    this.columns.push(this.emptyColumn(this.from.length));
  }

  /** `values` by column, NaN for unknown. `apart`: the moment begins a row, even within the bucket of the newest one. */
  add(at: Milliseconds, values: Float64Array, apart: boolean): void {
    if (
      this.width > 0 &&
      !apart &&
      this.rows > 0 &&
      Math.floor(at / this.width) === Math.floor(this.to[this.end - 1]! / this.width)
    ) {
      this.to[this.end - 1] = at;
      this.fold(this.end - 1, values);
      return;
    }
    if (this.rows >= this.options.maxRows) this.dropBefore(this.from[this.start]! + this.options.align);
    if (this.end === this.from.length) this.makeRoom();
    const row = this.end++;
    this.from[row] = at;
    this.to[row] = at;
    for (let i = 0; i < this.columns.length; i++) {
      const column = this.columns[i]!;
      const value = values[i]!;
      column.last[row] = value;
      if (column.count === undefined) continue;
      column.min[row] = value;
      column.max[row] = value;
      column.mean[row] = value;
      column.count[row] = Number.isNaN(value) ? 0 : 1;
    }
  }

  /** Drops what is older than `keepMs` at the moment `now`. */
  dropOld(now: Milliseconds): void {
    const oldest = now - this.options.keepMs;
    if (this.rows > 0 && this.to[this.start]! < oldest - this.options.align) this.dropBefore(oldest);
  }

  /** Drops the rows before the moment, down to a multiple of `align`. */
  dropBefore(moment: Milliseconds): void {
    const { align } = this.options;
    const before = Math.floor(moment / align) * align;
    this.dropped = Math.max(this.dropped, before);
    this.start = this.rowFrom(this.dropped);
  }

  /** The first row that begins at the moment or later. */
  rowFrom(moment: Milliseconds): number {
    return this.search(this.from, moment);
  }

  /** Adds the rows that begin in [lo, hi) and touch the grid, to the folds of the columns `indexes`. */
  foldInto(folds: readonly SeriesFold[], indexes: readonly number[], grid: SeriesGrid, lo: Milliseconds, hi: Milliseconds): void {
    const { bucketMs, first, length } = grid;
    const begin = Math.max(this.rowFrom(lo), this.search(this.to, first * bucketMs));
    const end = this.rowFrom(Math.min(hi, (first + length) * bucketMs));
    if (begin >= end) return;
    // A row wider than a bucket is repeated in each bucket that it reaches: that is all that is known of them.
    const exact = this.width === 0 || bucketMs % this.width === 0;
    const bucketsFrom = new Int32Array(end - begin);
    const bucketsTo = exact ? bucketsFrom : new Int32Array(end - begin);
    for (let row = begin; row < end; row++) {
      bucketsFrom[row - begin] = Math.max(0, Math.floor(this.from[row]! / bucketMs) - first);
      if (!exact) bucketsTo[row - begin] = Math.min(length - 1, Math.floor(this.to[row]! / bucketMs) - first);
    }
    for (let i = 0; i < indexes.length; i++) {
      const column = this.columns[indexes[i]!]!;
      const fold = folds[i]!;
      const { min, max, mean, last, count } = column;
      for (let row = begin; row < end; row++) {
        const value = last[row]!;
        if (Number.isNaN(value)) continue;
        const weight = count === undefined ? 1 : count[row]!;
        const bucketTo = bucketsTo[row - begin]!;
        for (let bucket = bucketsFrom[row - begin]!; bucket <= bucketTo; bucket++) {
          fold.add(bucket, min[row]!, max[row]!, mean[row]!, value, weight);
        }
      }
    }
  }

  /** The last known value of each row that begins in [lo, hi), at the last moment of the row, when that is `since` or later. */
  pointsInto(at: number[], value: number[], index: number, since: Milliseconds, lo: Milliseconds, hi: Milliseconds): void {
    const { last } = this.columns[index]!;
    const end = this.rowFrom(hi);
    for (let row = Math.max(this.rowFrom(lo), this.search(this.to, since)); row < end; row++) {
      if (Number.isNaN(last[row]!)) continue;
      at.push(this.to[row]!);
      value.push(last[row]!);
    }
  }

  /** The newest known value of the rows that begin in [lo, hi), at `at` at the latest. */
  lastBetween(index: number, lo: Milliseconds, hi: Milliseconds, at: Milliseconds): number | undefined {
    const { last } = this.columns[index]!;
    const begin = this.rowFrom(lo);
    let row = this.rowFrom(Math.min(at, hi));
    if (at < hi && row < this.end && this.from[row] === at) row++;
    while (--row >= begin) if (!Number.isNaN(last[row]!)) return last[row];
    return undefined;
  }

  private fold(row: number, values: Float64Array): void {
    for (let i = 0; i < this.columns.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      const { min, max, mean, last, count } = this.columns[i]!;
      const known = count![row]! + 1;
      count![row] = known;
      last[row] = value;
      if (known === 1) {
        min[row] = value;
        max[row] = value;
        mean[row] = value;
        continue;
      }
      if (value < min[row]!) min[row] = value;
      if (value > max[row]!) max[row] = value;
      // Not a sum: so the mean of equal values is that value.
      mean[row] = mean[row]! + (value - mean[row]!) / known;
    }
  }

  private search(moments: Float64Array, moment: Milliseconds): number {
    return indexAt(moments, moment, this.start, this.end);
  }

  private makeRoom(): void {
    const { rows } = this;
    const most = Math.ceil((this.options.maxRows * 9) / 8);
    const capacity = Math.min(most, Math.max(SMALLEST, Math.ceil(rows * 1.5)));
    const move = <T extends Float64Array | Uint32Array>(old: T, fresh: T): T => {
      fresh.set(old.subarray(this.start, this.end));
      return fresh;
    };
    this.from = move(this.from, new Float64Array(capacity));
    this.to = this.width === 0 ? this.from : move(this.to, new Float64Array(capacity));
    for (const column of this.columns) {
      const fresh = this.emptyColumn(capacity);
      move(column.last, fresh.last);
      if (column.count !== undefined) {
        move(column.min, fresh.min);
        move(column.max, fresh.max);
        move(column.mean, fresh.mean);
        move(column.count, fresh.count!);
      }
      Object.assign(column, fresh);
    }
    this.start = 0;
    this.end = rows;
  }

  private emptyColumn(capacity: number): TierColumn {
    const unknown = (): Float64Array => new Float64Array(capacity).fill(Number.NaN);
    const last = unknown();
    if (this.width === 0) return { min: last, max: last, mean: last, last, count: undefined };
    return { min: unknown(), max: unknown(), mean: unknown(), last, count: new Uint32Array(capacity) };
  }
}
