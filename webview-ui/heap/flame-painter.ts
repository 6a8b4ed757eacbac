import { type Colour, cssOf, mix } from '../shared/colour.js';
import { hatch } from '../shared/patterns.js';
import { boxName, type FlameGraph, type FlameSight, rowsSeen, rowTop } from './flame-graph.js';
import { rowOf } from './flame-layout.js';
import { fillOf } from './flame-looks.js';
import { isFound } from './flame-search.js';
import { FlameText } from './flame-text.js';
import { firstStartingAt, walkRow } from './flame-walk.js';
import type { FlameSpan } from './flame-window.js';

/** From so many pixels on a name is tried. */
const NAMED = 24;
const INSET = 4;
/** Below it a line between two boxes would hide them. */
const PARTED = 3;

/** Rectangles of one look: x, y, width. */
type Batch = number[];

/** Draws what is seen, look by look: changing colours is what a canvas is slow at. */
export class FlamePainter {
  private readonly text = new FlameText();

  paint(ctx: CanvasRenderingContext2D, graph: FlameGraph, sight: FlameSight): void {
    const { boxes, found, foundLook, looks, rowHeight, theme } = graph;
    const { width, height, span, focus } = sight;
    ctx.fillStyle = cssOf(theme.background);
    ctx.fillRect(0, 0, width, height);
    this.text.use(ctx, theme);
    const batches: Batch[] = looks.looks.map(() => []);
    const foundBatch: Batch = [];
    const runs: Batch = [];
    const foundRuns: Batch = [];
    const named: { box: number; x: number; y: number; room: number; look: number }[] = [];
    const { first, last } = rowsSeen(graph, sight);
    const focusRow = rowOf(boxes, focus);
    let fade = 0;
    for (let row = first; row <= last; row++) {
      const y = rowTop(graph, sight, row);
      if (row < focusRow) fade++;
      walkRow(boxes, row, span, width, {
        box: (box, left, right) => {
          const x = Math.max(0, Math.round(left));
          const wide = Math.min(width, Math.round(right)) - x;
          if (wide <= 0) return;
          const isHit = found !== undefined && isFound(found, box, box + 1);
          const look = looks.of(boxes.node[box]!);
          (isHit ? foundBatch : batches[look]!).push(x, y, wide);
          if (wide >= NAMED) named.push({ box, x, y, room: wide - 2 * INSET, look: isHit ? -1 : look });
        },
        run: (from, behind, left, right) => {
          const x = Math.max(0, Math.floor(left));
          const wide = Math.max(1, Math.min(width, Math.ceil(right)) - x);
          runs.push(x, y, wide);
          if (found !== undefined && isFound(found, from, behind)) {
            // Which pixel of them it is in, and not the whole of what may be a row.
            foundPixels(graph, span, width, from, behind, (pixel) => foundRuns.push(pixel, y, 1));
          }
        },
      });
    }
    const high = rowHeight - 1;
    const draw = (batch: Batch, fill: string | CanvasPattern, edge: string | undefined): void => {
      ctx.fillStyle = fill;
      for (let at = 0; at < batch.length; at += 3) {
        const wide = batch[at + 2]!;
        ctx.fillRect(batch[at]!, batch[at + 1]!, wide >= PARTED ? wide - 1 : wide, high);
      }
      if (edge === undefined) return;
      ctx.strokeStyle = edge;
      ctx.lineWidth = 1;
      for (let at = 0; at < batch.length; at += 3) {
        const wide = batch[at + 2]!;
        if (wide >= PARTED) ctx.strokeRect(batch[at]! + 0.5, batch[at + 1]! + 0.5, wide - 2, high - 1);
      }
    };
    for (const [at, look] of looks.looks.entries()) draw(batches[at]!, fillOf(look), theme.highContrast ? look.edge : undefined);
    draw(foundBatch, fillOf(foundLook), undefined);
    draw(runs, runFill(graph), undefined);
    draw(foundRuns, fillOf(foundLook), undefined);
    if (fade > 0) this.fade(ctx, graph, sight, focusRow, first, last);
    for (const { box, x, y, room, look } of named) {
      const shown = this.text.fit(boxName(graph, box), room);
      if (shown === '') continue;
      const { fill, hatch: lines, ink } = look < 0 ? foundLook : looks.looks[look]!;
      if (lines !== undefined) {
        // On lines a name is read on a piece of paper.
        ctx.fillStyle = fill;
        ctx.fillRect(x + 2, y + 2, Math.min(room + 4, ctx.measureText(shown).width + 4), high - 4);
      }
      ctx.fillStyle = ink;
      ctx.fillText(shown, x + INSET, y + rowHeight / 2);
    }
  }

  /** What the zoomed box stands on is not what is looked at. */
  private fade(
    ctx: CanvasRenderingContext2D,
    graph: FlameGraph,
    sight: FlameSight,
    focusRow: number,
    first: number,
    last: number,
  ): void {
    if (graph.theme.highContrast) return;
    const ends = [rowTop(graph, sight, first), rowTop(graph, sight, Math.min(focusRow - 1, last))];
    ctx.fillStyle = cssOf(graph.theme.background, 0.45);
    ctx.fillRect(0, Math.min(...ends), sight.width, Math.abs(ends[1]! - ends[0]!) + graph.rowHeight);
  }
}

/** The pixels in which a box that is found begins, of boxes beside each other, each narrower than a pixel. */
function foundPixels(
  { boxes: { start }, found }: FlameGraph,
  { from, to }: FlameSpan,
  width: number,
  first: number,
  behind: number,
  tell: (pixel: number) => void,
): void {
  const scale = width / (to - from);
  for (let box = first; box < behind && found !== undefined; ) {
    const pixel = Math.floor((start[box]! - from) * scale);
    const next = firstStartingAt(start, box + 1, behind, from + (pixel + 1) / scale);
    if (isFound(found, box, next)) tell(Math.max(0, pixel));
    box = next;
  }
}

/** Of boxes that are too narrow to be drawn alone: upright lines, which they are. */
function runFill({ theme }: FlameGraph): CanvasPattern | string {
  const { background, foreground, highContrast } = theme;
  const line: Colour = mix(background, foreground, highContrast ? 0.7 : 0.4);
  return hatch(cssOf(line), cssOf(mix(background, foreground, highContrast ? 0 : 0.16)), 3, 90);
}
