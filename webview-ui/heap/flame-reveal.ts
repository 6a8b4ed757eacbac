import type { FlameBoxes } from './flame-layout.js';
import type { FlameSpan } from './flame-window.js';

/** A box that is brought into view is zoomed where it is narrower than the one, until it is as wide as the other; in pixels. */
const SEEN = 4;
const READABLE = 48;

/** What has to be zoomed so that a box is seen: another box, and of it a part where it is too wide. */
export interface FlameReveal {
  readonly focus: number;
  readonly span: FlameSpan;
}

/** Undefined: it is seen already. */
export function revealBox(
  { parent, start, width }: FlameBoxes,
  box: number,
  span: FlameSpan,
  pixels: number,
): FlameReveal | undefined {
  const left = start[box]!;
  const wide = width[box]!;
  const isIn = left < span.to && left + wide > span.from;
  if (isIn && (wide / (span.to - span.from)) * pixels >= SEEN) return undefined;
  // The nearest box in which it can be read; among too many others, that part of what it stands on.
  const most = (wide * pixels) / READABLE;
  let focus = box;
  while (focus !== 0 && width[parent[focus]!]! <= most) focus = parent[focus]!;
  if (focus !== box || box === 0) return { focus, span: { from: start[focus]!, to: start[focus]! + width[focus]! } };
  const above = parent[box]!;
  const from = Math.max(start[above]!, Math.min(left + wide / 2 - most / 2, start[above]! + width[above]! - most));
  return { focus: above, span: { from, to: from + most } };
}
