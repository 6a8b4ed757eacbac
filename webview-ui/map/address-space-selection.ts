import { columnShape, digitsOf } from './address-space-column.js';
import type { Space } from './address-space-painter.js';
import type { SpaceWindow } from './address-space-window.js';
import type { Gap } from './map-model.js';

/** Outlines what is selected and what is under the pointer, on a canvas above the regions. Many rows together are one outline. */
export function paintSelection(
  ctx: CanvasRenderingContext2D,
  { model, scale, theme }: Space,
  window: SpaceWindow,
  selected: readonly number[],
  gap: Gap | undefined,
  hovered: number | undefined,
): void {
  ctx.clearRect(0, 0, window.width, window.height);
  const shape = columnShape(window.columnWidth, digitsOf(model.map.snapshot.table));
  const outline = (top: number, bottom: number, width: number, colour: string): void => {
    for (let column = 0; column < window.columns; column++) {
      const from = window.offset + column * window.height;
      const upper = Math.round(top * window.zoom - from);
      const lower = Math.max(upper + 2, Math.round(bottom * window.zoom - from));
      if (lower < 0 || upper > window.height) continue;
      const left = column * window.columnWidth;
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.strokeRect(left + shape.barLeft - 2, upper - 1, shape.barWidth + 4, lower - upper + 1);
      if (width < 2) continue;
      // Beside the bar, so that a thin one is found, too.
      ctx.fillStyle = colour;
      ctx.beginPath();
      const middle = Math.max(4, Math.min(window.height - 4, (upper + lower) / 2));
      const x = left + shape.labelLeft - 1;
      ctx.moveTo(x - 5, middle);
      ctx.lineTo(x, middle - 4);
      ctx.lineTo(x, middle + 4);
      ctx.fill();
    }
  };
  if (hovered !== undefined && hovered < scale.length) outline(scale.top[hovered]!, scale.bottom[hovered]!, 1, theme.text);
  if (gap !== undefined) outline(scale.yOf(gap.from), scale.yOf(gap.to), 2, theme.focus);
  const seen = window.offset / window.zoom;
  const end = (window.offset + window.room) / window.zoom;
  const rows = selected.filter((row) => row < scale.length && scale.bottom[row]! >= seen && scale.top[row]! <= end);
  rows.sort((a, b) => a - b);
  for (let at = 0; at < rows.length; at++) {
    const top = scale.top[rows[at]!]!;
    // Neighbours below a few pixels are outlined together.
    while (
      at + 1 < rows.length &&
      (scale.top[rows[at + 1]!]! - scale.bottom[rows[at]!]!) * window.zoom < 1.5 &&
      isLow(rows[at + 1]!)
    )
      at++;
    outline(top, scale.bottom[rows[at]!]!, 2, theme.focus);
  }
  function isLow(row: number): boolean {
    return (scale.bottom[row]! - scale.top[row]!) * window.zoom < 4;
  }
}
