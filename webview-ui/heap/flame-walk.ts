import { type FlameBoxes, firstEndingAfter } from './flame-layout.js';
import type { FlameSpan } from './flame-window.js';

export interface FlameVisitor {
  /** A box that is a pixel wide or more. Edges in pixels from the left of the window, beyond it too. */
  box(box: number, left: number, right: number): void;
  /** Boxes beside each other, each narrower than a pixel: from `first` to before `behind`. */
  run(first: number, behind: number, left: number, right: number): void;
}

/**
 * What is seen of a row, from left to right. Of boxes that share a pixel only the first and the last are looked at, so that a row takes no longer
 * than its pixels, however many boxes it has.
 */
export function walkRow(boxes: FlameBoxes, row: number, { from, to }: FlameSpan, pixels: number, visitor: FlameVisitor): void {
  const { rows, start, width } = boxes;
  const behind = rows[row + 1]!;
  const scale = pixels / (to - from);
  const pixel = 1 / scale;
  let box = firstEndingAfter(boxes, row, from);
  let runFirst = -1;
  let runLeft = 0;
  let runRight = 0;
  const endRun = (): void => {
    if (runFirst >= 0) visitor.run(runFirst, box, runLeft, Math.max(runRight, runLeft + 1));
    runFirst = -1;
  };
  while (box < behind && start[box]! < to) {
    const left = (start[box]! - from) * scale;
    const right = left + width[box]! * scale;
    if (right - left >= 1) {
      endRun();
      visitor.box(box, left, right);
      box++;
      continue;
    }
    // Nothing but a gap of a pixel parts what is too narrow.
    if (runFirst >= 0 && left - runRight >= 1) endRun();
    if (runFirst < 0) {
      runFirst = box;
      runLeft = left;
    }
    const next = firstStartingAt(start, box + 1, behind, Math.min(to, start[box]! + pixel));
    // The last that begins in this pixel may be wide.
    const last = next - 1;
    const wide = last > box && width[last]! * scale >= 1;
    const end = wide ? last : next;
    runRight = (start[end - 1]! + width[end - 1]! - from) * scale;
    box = end;
  }
  endRun();
}

/** The first box from `low` on that begins at a place or behind it; `behind`, where none does. */
export function firstStartingAt(start: Float64Array, low: number, behind: number, place: number): number {
  // Most often it is one of the next.
  let step = 1;
  let from = low;
  while (from + step < behind && start[from + step]! < place) {
    from += step;
    step *= 2;
  }
  let to = Math.min(behind, from + step + 1);
  while (from < to) {
    const middle = (from + to) >> 1;
    if (start[middle]! >= place) to = middle;
    else from = middle + 1;
  }
  return from;
}
