import type { AddressScale } from './address-space-scale.js';

/** What is drawn of a part of the space, from the top down. A band is a mapping, or the largest of those that share a pixel. */
export interface Bands {
  readonly length: number;
  /** Whole pixels from the upper edge of the part; may lie outside of it. */
  readonly top: Int32Array;
  readonly bottom: Int32Array;
  /** The tallest of them. */
  readonly row: Uint32Array;
  readonly first: Uint32Array;
  /** Mappings that the band stands for, from `first` on. */
  readonly count: Uint32Array;
}

/**
 * The bands between two heights of the drawing as it is zoomed. Each mapping of a pixel or more has a band of its own; lower ones are merged pixel by
 * pixel, so that there are never more bands than about the pixels of the part, whatever the number of mappings.
 */
export function bandsOf(scale: AddressScale, zoom: number, from: number, to: number): Bands {
  const first = scale.firstBelow(from / zoom);
  const most = Math.min(scale.length - first, Math.ceil(to - from) + 2);
  const top = new Int32Array(Math.max(0, most));
  const bottom = new Int32Array(top.length);
  const row = new Uint32Array(top.length);
  const begins = new Uint32Array(top.length);
  const count = new Uint32Array(top.length);
  let length = 0;
  // Of the pixel that is being filled with mappings lower than a pixel.
  let merged = -1;
  let tallest = 0;
  for (let at = first; at < scale.length; at++) {
    const upper = scale.top[at]! * zoom - from;
    if (upper >= to - from) break;
    const height = (scale.bottom[at]! - scale.top[at]!) * zoom;
    const y = Math.round(upper);
    if (height < 1) {
      if (merged === y) {
        count[length - 1]!++;
        if (height > tallest) {
          tallest = height;
          row[length - 1] = at;
        }
        continue;
      }
      merged = y;
      tallest = height;
    } else merged = -1;
    // A mapping of a pixel and a half may end in the pixel in which the next one begins.
    const begin = length > 0 ? Math.max(y, bottom[length - 1]!) : y;
    const end = Math.max(begin + 1, Math.round(scale.bottom[at]! * zoom - from));
    if (length >= top.length) break;
    top[length] = begin;
    bottom[length] = end;
    row[length] = at;
    begins[length] = at;
    count[length] = 1;
    length++;
  }
  return { length, top, bottom, row, first: begins, count };
}
