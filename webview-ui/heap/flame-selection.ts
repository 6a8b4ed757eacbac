import { cssOf } from '../shared/colour.js';
import { type FlameGraph, type FlameSight, rowsSeen, rowTop } from './flame-graph.js';
import { rowOf } from './flame-layout.js';
import { walkRow } from './flame-walk.js';

export interface FlameMarks {
  /** The box that is chosen; undefined: none, or one that is not there. */
  readonly chosen: number | undefined;
  /** Frames that are chosen in a table, 1 for each. */
  readonly frames: Uint8Array | undefined;
  readonly hovered: number | undefined;
  readonly hasFocus: boolean;
}

/** Outlines what is chosen and what is under the pointer, on a canvas above the boxes: a click draws no box anew. */
export function paintFlameMarks(ctx: CanvasRenderingContext2D, graph: FlameGraph, sight: FlameSight, marks: FlameMarks): void {
  const { boxes, rowHeight, source, theme } = graph;
  const { width, height, span } = sight;
  ctx.clearRect(0, 0, width, height);
  const outline = (x: number, y: number, wide: number, colours: readonly string[]): void => {
    // Narrow enough to leave the name to be read.
    for (const [at, colour] of colours.entries()) {
      const isThin = colours.length === 1;
      ctx.strokeStyle = colour;
      ctx.lineWidth = isThin ? 1 : at === 0 ? 4 : 2;
      const inset = isThin ? 0.5 : 0;
      ctx.strokeRect(x + inset, y + inset, Math.max(1, wide - 1 - 2 * inset), rowHeight - 1 - 2 * inset);
    }
  };
  const around = (box: number, colours: readonly string[]): void => {
    const scale = width / (span.to - span.from);
    const left = (boxes.start[box]! - span.from) * scale;
    const x = Math.max(0, Math.round(left));
    const wide = Math.min(width, Math.max(left + 3, Math.round(left + boxes.width[box]! * scale))) - x;
    if (wide > 0 && x < width) outline(x, rowTop(graph, sight, rowOf(boxes, box)), wide, colours);
  };
  const strong = [theme.highContrast ? theme.text : cssOf(theme.background, 0.9), theme.focus];
  const { chosen, frames, hovered } = marks;
  if (frames !== undefined) {
    const { first, last } = rowsSeen(graph, sight);
    for (let row = first; row <= last; row++)
      walkRow(boxes, row, span, width, {
        box: (box) => {
          if (box !== 0 && frames[source.tree.frame[boxes.node[box]!]!] === 1) around(box, strong);
        },
        run: () => undefined,
      });
  }
  if (hovered !== undefined) around(hovered, [theme.text]);
  if (chosen !== undefined) around(chosen, marks.hasFocus ? strong : [strong[0]!, theme.text]);
}
