import { cssOf, mix } from '../shared/colour.js';
import { formatShare } from '../shared/format.js';
import { hatch } from '../shared/patterns.js';
import type { Theme } from '../shared/theme.js';
import { CHANGE_SIGNS, GROWING_SIGN, type SpaceFacts } from './address-space-facts.js';
import { TextFitter } from './address-space-text.js';
import type { MapModel } from './map-model.js';
import { MARK_WORDS, marksOf, sizeText } from './region-shape-words.js';
import type { Area, Grouping, Groups } from './treemap-groups.js';
import { fillOf, oneSegment, type TileLook } from './treemap-looks.js';
import type { Reached } from './treemap-place.js';
import type { Tile } from './treemap-tiles.js';
import { regionLabel } from './treemap-words.js';

/** All that is drawn. */
export interface Treemap {
  readonly model: MapModel;
  readonly area: Area;
  readonly by: Grouping;
  readonly groups: Groups;
  readonly reached: Reached;
  readonly tiles: readonly Tile[];
  readonly facts: SpaceFacts;
  readonly looks: readonly TileLook[];
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** On whole pixels: neighbours meet without a gap and without an overlap. */
export function boxOf({ bottom, left, right, top }: Tile): Box {
  const x = Math.round(left);
  const y = Math.round(top);
  return { x, y, width: Math.round(right) - x, height: Math.round(bottom) - y };
}

/** What is written on a rectangle: one line, or two where there is room. */
const LINE = 14;
const LABELLED = { width: 30, height: 15 };
const EDGE = 4;

export class TreemapPainter {
  private readonly fitter = new TextFitter();

  paint(ctx: CanvasRenderingContext2D, map: Treemap): void {
    ctx.fillStyle = cssOf(map.theme.background);
    ctx.fillRect(0, 0, map.width, map.height);
    this.fitter.use(ctx, map.theme);
    for (const tile of map.tiles) {
      if (tile.kind === 'group') this.paintGroup(ctx, map, tile);
      else if (tile.kind === 'region') this.paintRegion(ctx, map, tile);
      else this.paintMore(ctx, map, tile);
    }
  }

  private paintGroup(ctx: CanvasRenderingContext2D, { groups, theme }: Treemap, tile: Tile): void {
    const { x, y, width, height } = boxOf(tile);
    ctx.fillStyle = cssOf(mix(theme.background, theme.foreground, theme.highContrast ? 0 : 0.1));
    ctx.fillRect(x, y, width, height);
    ctx.strokeStyle = theme.highContrast ? theme.text : cssOf(theme.background);
    ctx.lineWidth = 1;
    ctx.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    if (tile.header === 0) return;
    const { fitter } = this;
    const middle = y + tile.header / 2 + 0.5;
    let room = width - 2 * EDGE - 2;
    const amount = `${sizeText(tile.value)} · ${formatShare(tile.value, groups.total)}`;
    const wide = fitter.widthOf(amount, 'normal');
    // The name first: an amount is only written beside one that is whole.
    if (fitter.widthOf(tile.label, 'bold') + wide + 10 <= room) {
      fitter.write(amount, x + width - EDGE - 1 - wide, middle, theme.text, 'normal');
      room -= wide + 10;
    }
    fitter.write(fitter.fit(tile.label, room, 'bold'), x + EDGE + 1, middle, theme.text, 'bold');
  }

  private paintRegion(ctx: CanvasRenderingContext2D, map: Treemap, tile: Tile): void {
    const { by, facts, looks, model, theme } = map;
    const row = tile.rows[0]!;
    const { snapshot } = model.map;
    const look = looks[snapshot.classes.segment[row]!]!;
    const box = boxOf(tile);
    if (box.width <= 0 || box.height <= 0) return;
    ctx.fillStyle = fillOf(look);
    ctx.fillRect(box.x, box.y, box.width, box.height);
    outline(ctx, box, look.edge, theme);
    const change = facts.changes?.get(row);
    const signs = [
      ...(facts.growing.has(row) ? [GROWING_SIGN] : []),
      ...(change === undefined ? [] : [CHANGE_SIGNS[change.kind].sign]),
    ];
    const group = map.tiles[tile.parent];
    // Of a group without a line of its own the only region bears its name.
    const bare = group?.header === 0 && group.rows.length === 1;
    const name = bare ? group.label : regionLabel(model.words, snapshot, row, by);
    const marks = marksOf(snapshot, row)
      .filter((mark) => mark === 'writableExecutable' || mark === 'deleted')
      .map((mark) => MARK_WORDS[mark].badge);
    const amount = sizeText(tile.value);
    const more = name === '' ? marks : [[amount, ...marks].join(' · '), amount];
    this.write(ctx, map, box, [...signs, name === '' ? amount : name].join(' '), more, look.ink);
  }

  private paintMore(ctx: CanvasRenderingContext2D, map: Treemap, tile: Tile): void {
    const { looks, model, theme } = map;
    const { x, y, width, height } = boxOf(tile);
    if (width <= 0 || height <= 0) return;
    const segment = oneSegment(model.map.snapshot, tile.rows);
    const look = segment === undefined ? undefined : looks[segment];
    const mixed = cssOf(mix(theme.background, theme.foreground, theme.highContrast ? 0.6 : 0.3));
    ctx.fillStyle = look?.fill ?? cssOf(theme.background);
    ctx.fillRect(x, y, width, height);
    // Small boxes beside each other, which they are.
    for (const angle of [0, 90]) {
      ctx.fillStyle = hatch(look?.edge ?? mixed, undefined, 6, angle);
      ctx.fillRect(x, y, width, height);
    }
    // Between two of the same colour a line of lines would not be seen.
    outline(ctx, { x, y, width, height }, theme.highContrast ? theme.text : cssOf(theme.background), theme);
    const paper = look?.fill ?? cssOf(theme.background);
    this.write(ctx, map, { x, y, width, height }, tile.label, [sizeText(tile.value)], look?.ink ?? theme.text, paper);
  }

  /** `second`: what goes below the first line, the first of them that fits. */
  private write(
    ctx: CanvasRenderingContext2D,
    { theme }: Treemap,
    { x, y, width, height }: Box,
    first: string,
    second: readonly string[],
    ink: string,
    plate = theme.highContrast ? cssOf(theme.background) : undefined,
  ): void {
    if (width < LABELLED.width || height < LABELLED.height) return;
    const { fitter } = this;
    const room = width - 2 * EDGE;
    const shown = fitter.fit(first, room, 'normal');
    // Less than a few letters tells nothing.
    if (shown !== first && shown.length < 4) return;
    const below = height >= 2 * LINE + 3 ? second.find((text) => fitter.widthOf(text, 'normal') <= room) : undefined;
    const lines = below === undefined ? [shown] : [shown, below];
    lines.forEach((text, at) => {
      const middle = y + 2 + LINE / 2 + at * LINE;
      if (plate !== undefined) {
        ctx.fillStyle = plate;
        ctx.fillRect(x + 1, middle - LINE / 2, Math.min(width - 2, fitter.widthOf(text, 'normal') + 2 * EDGE - 2), LINE);
      }
      fitter.write(text, x + EDGE, middle, ink, 'normal');
    });
  }
}

/** A line inside of the rectangle; between rectangles of a few pixels only at their right and lower edge. */
function outline(ctx: CanvasRenderingContext2D, { height, width, x, y }: Box, colour: string, theme: Theme): void {
  if (width < 4 || height < 4) return;
  ctx.lineWidth = 1;
  if (theme.highContrast || (width >= 12 && height >= 12)) {
    ctx.strokeStyle = colour;
    ctx.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    return;
  }
  ctx.fillStyle = colour;
  ctx.fillRect(x + width - 1, y, 1, height);
  ctx.fillRect(x, y + height - 1, width, 1);
}
