import type { Space } from './address-space-painter.js';

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

export function columnShape(width: number, { model }: Pick<Space, 'model'>): ColumnShape {
  const digits = model.map.snapshot.bits === 64 ? 12 : 8;
  const rulerRight = EDGE + digits * DIGIT;
  const gutterLeft = rulerRight + 5;
  const barLeft = Math.round(gutterLeft + GUTTER);
  const rest = width - barLeft - EDGE;
  // The names need most of a narrow column; of a wide one the bar takes the greater part.
  const barWidth = Math.round(Math.max(40, Math.min(rest * 0.5, rest - 190)));
  const labelLeft = barLeft + barWidth + 8;
  return { rulerRight, gutterLeft, barLeft, barWidth, labelLeft, labelWidth: Math.max(0, width - EDGE - labelLeft) };
}
