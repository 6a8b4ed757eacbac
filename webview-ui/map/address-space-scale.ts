import type { Bytes } from '../../src/base/units.js';
import type { MapTable } from '../../src/model/map-table.js';

/** Heights at zoom 1, in pixels: of a page, and for each doubling of the size. 4 KiB: 15, 1 MiB: 43, 4 GiB: 85, 128 TiB: 138. */
const LEAST = 15;
const PER_DOUBLING = 3.5;
const PAGE: Bytes = 4096;
/** Addresses between two mappings: a crack, or where it is large a fold with room for its size in words. */
const CRACK = 5;
const FOLD = 15;
const FOLDED_FROM: Bytes = 1 << 20;

const regionHeight = (size: Bytes): number => LEAST + PER_DOUBLING * Math.log2(Math.max(size, PAGE) / PAGE);

const gapHeight = (size: Bytes): number => (size >= FOLDED_FROM ? FOLD : size > 0 ? CRACK : 0);

/**
 * Where each address lies on the drawing, low addresses at the top, in pixels at zoom 1. Sizes are compressed, so that a page and a reserve of
 * terabytes are both seen; within a mapping the addresses lie evenly. What lies between 0 and the first mapping is a gap like others.
 */
export class AddressScale {
  readonly length: number;
  /** Of each row. */
  readonly top: Float64Array;
  readonly bottom: Float64Array;
  readonly height: number;
  private readonly start: Float64Array;
  private readonly end: Float64Array;

  constructor({ length, start, end }: MapTable) {
    this.length = length;
    this.start = new Float64Array(length);
    this.end = new Float64Array(length);
    this.top = new Float64Array(length);
    this.bottom = new Float64Array(length);
    let y = 0;
    let reached = 0;
    for (let row = 0; row < length; row++) {
      // Of a map that is none (overlaps, borders that are not told) the drawing still goes one way.
      const from = Math.max(reached, Number.isNaN(start[row]) ? reached : start[row]!);
      const to = Math.max(from, Number.isNaN(end[row]) ? from : end[row]!);
      y += gapHeight(from - reached);
      this.start[row] = from;
      this.end[row] = to;
      this.top[row] = y;
      y += regionHeight(to - from);
      this.bottom[row] = y;
      reached = to;
    }
    this.height = y;
  }

  /** Rises with the address. Above the last mapping: the lower end of the drawing. */
  yOf(address: number): number {
    const row = lastUpTo(this.start, address, this.length);
    if (row >= 0 && address < this.end[row]!) {
      return along(address, this.start[row]!, this.end[row]!, this.top[row]!, this.bottom[row]!);
    }
    const next = row + 1;
    if (next >= this.length) return this.height;
    const [from, y] = row < 0 ? [0, 0] : [this.end[row]!, this.bottom[row]!];
    return along(address, from, this.start[next]!, y, this.top[next]!);
  }

  /** The address that lies there. */
  addressAt(y: number): number {
    if (this.length === 0) return 0;
    const row = Math.min(this.firstBelow(Math.max(0, y)), this.length - 1);
    if (y >= this.top[row]!) return along(y, this.top[row]!, this.bottom[row]!, this.start[row]!, this.end[row]!);
    const [from, address] = row === 0 ? [0, 0] : [this.bottom[row - 1]!, this.end[row - 1]!];
    return along(y, from, this.top[row]!, address, this.start[row]!);
  }

  /** The first row that ends below this height; `length` below them all. */
  firstBelow(y: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.bottom[middle]! > y) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** What lies there: a row, or the gap before a row; undefined outside of the drawing. */
  hit(y: number): { readonly row: number; readonly gap: boolean } | undefined {
    const row = y < 0 ? this.length : this.firstBelow(y);
    return row < this.length ? { row, gap: y < this.top[row]! } : undefined;
  }

  /** Addresses between a row and the one before it (or 0). */
  gapBefore(row: number): { readonly from: number; readonly to: number } {
    return { from: row === 0 ? 0 : this.end[row - 1]!, to: this.start[row]! };
  }
}

/** The last index of an ascending list whose value is not larger; -1: none. */
function lastUpTo(values: Float64Array, value: number, length: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function along(value: number, from: number, to: number, first: number, last: number): number {
  if (!(to > from)) return first;
  const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
  // From the nearer end, so that both ends are met exactly.
  return share < 0.5 ? first + (last - first) * share : last - (last - first) * (1 - share);
}
