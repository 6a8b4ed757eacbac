import { addressText, type MapTable } from '../../src/model/map-table.js';

/** Where the parts of a column lie, in pixels from its left edge: addresses, sign of a change, bar, names. */
export interface ColumnShape {
  readonly rulerRight: number;
  readonly gutterLeft: number;
  readonly barLeft: number;
  readonly barWidth: number;
  readonly labelLeft: number;
  readonly labelWidth: number;
}

const EDGE = 10;
const GUTTER = 16;
/** A character of an address. */
const DIGIT = 6.7;
/** Of a bar: enough to compare shares by; the names take the rest. */
const BAR = { least: 48, most: 240, share: 0.34 };

/** @param digits of the longest address */
export function columnShape(width: number, digits: number): ColumnShape {
  const rulerRight = EDGE + digits * DIGIT;
  const gutterLeft = rulerRight + 5;
  const barLeft = Math.round(gutterLeft + GUTTER);
  const rest = width - barLeft - EDGE;
  const barWidth = Math.round(Math.min(BAR.most, Math.max(BAR.least, rest * BAR.share)));
  const labelLeft = barLeft + barWidth + 8;
  return { rulerRight, gutterLeft, barLeft, barWidth, labelLeft, labelWidth: Math.max(0, width - EDGE - labelLeft) };
}

/** Of the last mapping, as they ascend: `ffffffffff600000` of [vsyscall] has 16. */
export const digitsOf = ({ length, start }: Pick<MapTable, 'length' | 'start'>): number =>
  Math.max(8, addressText(start[length - 1] ?? Number.NaN).length);
