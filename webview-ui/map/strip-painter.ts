import type { PageStrip } from '../../src/protocol/map.js';
import { cssOf, mix } from '../shared/colour.js';
import { hatch } from '../shared/patterns.js';
import type { SeriesStyle } from '../shared/swatch.js';
import type { Theme } from '../shared/theme.js';
import { CELL, cellsPerRow, countsOf } from './strip-cells.js';

/** What a cell shows; each has lines or a place of its own beside its colour. */
export type StripPart = 'private' | 'shared' | 'swapped' | 'absent' | 'huge' | 'written';

export const STRIP_WORDS: Readonly<Record<StripPart, string>> = {
  private: 'in memory, this process’s own',
  shared: 'in memory, of a file or shared',
  swapped: 'swapped out',
  absent: 'not in memory',
  huge: 'in a huge page (frame)',
  written: 'written since the mark, or since it was mapped (bar above)',
};

/** Of the bar that says that pages were written. */
const MARK = 3;

/** As a key to the strip. */
export function stripStyle(part: StripPart, theme: Theme): SeriesStyle {
  const { background, hues, text, foreground } = theme;
  const area = (stroke: string, fill: string, lines?: SeriesStyle['hatch']): SeriesStyle => ({
    shape: 'area',
    stroke,
    fill,
    ...(lines === undefined ? {} : { hatch: lines }),
    dash: [],
    width: 1,
  });
  const paper = cssOf(background);
  switch (part) {
    case 'private':
      return area(cssOf(hues.blue), cssOf(hues.blue));
    case 'shared':
      return area(cssOf(hues.green), paper, { angle: 45, distance: 3 });
    case 'swapped':
      return area(cssOf(hues.orange), paper, { angle: 0, distance: 4 });
    case 'absent':
      return area(cssOf(mix(background, foreground, theme.highContrast ? 0.5 : 0.25)), paper);
    case 'huge':
      return area(text, paper);
    case 'written':
      return { shape: 'line', stroke: cssOf(hues.red), dash: [], width: MARK };
  }
}

/** Draws each cell as a small jar: from the bottom up what is the process's own, what is of a file or shared, what is swapped out. */
export function paintStrip(
  ctx: CanvasRenderingContext2D,
  strip: PageStrip,
  width: number,
  theme: Theme,
  cursor: number | undefined,
): void {
  const perRow = cellsPerRow(width);
  const styles = {
    private: fillOf('private', theme),
    shared: fillOf('shared', theme),
    swapped: fillOf('swapped', theme),
  };
  const absent = stripStyle('absent', theme).stroke;
  const written = stripStyle('written', theme).stroke;
  const inner = { width: CELL.width - 2, height: CELL.height - MARK - 3 };
  for (let cell = 0; cell < strip.present.length; cell++) {
    const left = (cell % perRow) * CELL.width;
    const top = Math.floor(cell / perRow) * CELL.height + MARK + 1;
    const counts = countsOf(strip, cell);
    ctx.lineWidth = 1;
    ctx.strokeStyle = absent;
    ctx.strokeRect(left + 0.5, top + 0.5, inner.width - 1, inner.height - 1);
    const shared = Math.min(counts.present, counts.fileOrShared);
    let y = top + inner.height;
    for (const [part, pages] of [
      ['private', counts.present - shared],
      ['shared', shared],
      ['swapped', counts.swapped],
    ] as const) {
      if (pages === 0) continue;
      // However few of many pages it is, it is seen.
      const height = Math.min(y - top, Math.max(2, Math.round((inner.height * pages) / counts.pages)));
      ctx.fillStyle = styles[part];
      ctx.fillRect(left, y - height, inner.width, height);
      y -= height;
    }
    if ((counts.huge ?? 0) > 0) {
      ctx.strokeStyle = theme.text;
      ctx.strokeRect(left + 0.5, top + 0.5, inner.width - 1, inner.height - 1);
    }
    if ((counts.written ?? 0) > 0) {
      ctx.fillStyle = written;
      ctx.fillRect(left, top - MARK, inner.width, MARK - 1);
    }
  }
  if (cursor === undefined) return;
  // Above its neighbours.
  ctx.strokeStyle = theme.focus;
  ctx.lineWidth = 2;
  const at = { x: (cursor % perRow) * CELL.width, y: Math.floor(cursor / perRow) * CELL.height };
  ctx.strokeRect(at.x, at.y + 1, inner.width, inner.height + MARK + 1);
}

function fillOf(part: StripPart, theme: Theme): string | CanvasPattern {
  const { fill = '', stroke, hatch: lines } = stripStyle(part, theme);
  return lines === undefined ? fill : hatch(stroke, fill, lines.distance, lines.angle);
}
