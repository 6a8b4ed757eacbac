import { visibleText } from '../../src/base/visible-text.js';
import { addressText, amountAt } from '../../src/model/map-table.js';
import type { Theme } from '../shared/theme.js';
import { type Bands, bandsOf } from './address-space-bands.js';
import { type ColumnShape, columnShape, digitsOf } from './address-space-column.js';
import { CHANGE_SIGNS, GROWING_SIGN, type SpaceFacts } from './address-space-facts.js';
import { type SegmentFills, STEPS } from './address-space-fills.js';
import { paintMix } from './address-space-mix.js';
import type { AddressScale } from './address-space-scale.js';
import { TextFitter } from './address-space-text.js';
import type { SpaceWindow } from './address-space-window.js';
import { type MapModel, segmentOf } from './map-model.js';
import { PARTS, type RegionShapes } from './region-shape.js';
import { MARK_WORDS, marksOf, regionName, segmentLabel, sizeText } from './region-shape-words.js';

export interface Space {
  readonly model: MapModel;
  readonly scale: AddressScale;
  readonly shapes: RegionShapes;
  readonly facts: SpaceFacts;
  readonly fills: readonly SegmentFills[];
  readonly theme: Theme;
}

/** A region from so many pixels on has a label; lower ones are told by hovering. */
const LABELLED = 11;
/** Addresses stand at least so far apart, so that a ruler of merged regions is not a wall of numbers. */
const RULER_STEP = 13;
/** Of the bar, at its left edge: the segment, whatever is in memory. In high contrast its lines tell which, and need room. */
const SPINE = { normal: 5, highContrast: 16 };

/** Draws what a window shows of a space. */
export class SpacePainter {
  private readonly fitter = new TextFitter();
  private readonly parts = new Float64Array(PARTS.length);

  paint(ctx: CanvasRenderingContext2D, space: Space, window: SpaceWindow): void {
    ctx.clearRect(0, 0, window.width, window.height);
    this.fitter.use(ctx, space.theme);
    const shape = columnShape(window.columnWidth, digitsOf(space.model.map.snapshot.table));
    for (let column = 0; column < window.columns; column++) {
      const left = Math.round(column * window.columnWidth);
      const from = window.offset + column * window.height;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, 0, window.columnWidth, window.height);
      ctx.clip();
      ctx.translate(left, 0);
      if (column > 0) {
        ctx.fillStyle = space.theme.grid;
        ctx.fillRect(0, 0, 1, window.height);
      }
      this.paintColumn(ctx, space, window.zoom, from, window.height, shape);
      ctx.restore();
    }
  }

  private paintColumn(
    ctx: CanvasRenderingContext2D,
    space: Space,
    zoom: number,
    from: number,
    height: number,
    shape: ColumnShape,
  ): void {
    const { model, scale, fills } = space;
    const { snapshot } = model.map;
    const { segment } = snapshot.classes;
    const bands = bandsOf(scale, zoom, from, from + height);
    let ruled = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < bands.length; at++) {
      const row = bands.row[at]!;
      const top = bands.top[at]!;
      const bottom = bands.bottom[at]!;
      const fill = fills[segment[row]!]!;
      if (bottom - top < 3) {
        if (bands.count[at]! > 1) paintMix(ctx, space, bands, at, shape.barLeft, shape.barWidth);
        else this.paintThin(ctx, space, fill, row, top, bottom, shape);
        if (space.facts.changes !== undefined) this.paintThinChange(ctx, space, bands, at, shape);
        if (top - ruled >= 4 * RULER_STEP) {
          ruled = top;
          this.paintAddress(space, bands.first[at]!, top, shape);
        }
        continue;
      }
      this.paintBar(ctx, space, fill, row, top, bottom, shape);
      this.paintGap(ctx, space, row, zoom, from, shape);
      if (bottom - top < LABELLED) continue;
      // Of a region that is higher than the part that is seen: where it is seen.
      const seenTop = Math.max(top, 0);
      const seenBottom = Math.min(bottom, height);
      if (top - ruled >= RULER_STEP) {
        ruled = top;
        this.paintAddress(space, row, top + Math.min(8, (bottom - top) / 2), shape);
      }
      if (seenBottom - seenTop >= LABELLED) this.paintLabel(ctx, space, row, (seenTop + seenBottom) / 2, shape);
    }
    if (bands.length > 0) return;
    // Nothing but a gap, zoomed in.
    const row = scale.firstBelow(from / zoom);
    if (row < scale.length) this.paintGap(ctx, space, row, zoom, from, shape);
  }

  /** A line of one or two pixels. */
  private paintThin(
    ctx: CanvasRenderingContext2D,
    { shapes }: Space,
    fill: SegmentFills,
    row: number,
    top: number,
    bottom: number,
    { barLeft, barWidth }: ColumnShape,
  ): void {
    const share = shapes.residentShare(row);
    ctx.fillStyle = fill.steps[Number.isNaN(share) ? STEPS / 2 : Math.ceil(share * STEPS)]!;
    ctx.fillRect(barLeft, top, barWidth, bottom - top);
  }

  /** Something in it has changed. */
  private paintThinChange(
    ctx: CanvasRenderingContext2D,
    { facts, theme }: Space,
    bands: Bands,
    at: number,
    { barLeft }: ColumnShape,
  ): void {
    const first = bands.first[at]!;
    for (let row = first; row < first + bands.count[at]!; row++) {
      if (!facts.changes?.has(row)) continue;
      ctx.fillStyle = theme.text;
      ctx.fillRect(barLeft - 7, bands.top[at]!, 4, bands.bottom[at]! - bands.top[at]!);
      return;
    }
  }

  private paintBar(
    ctx: CanvasRenderingContext2D,
    { facts, model, shapes, theme }: Space,
    fill: SegmentFills,
    row: number,
    top: number,
    bottom: number,
    { barLeft, barWidth, gutterLeft }: ColumnShape,
  ): void {
    const gap = bottom - top >= 6 ? 1 : 0;
    const height = bottom - top - gap;
    ctx.fillStyle = fill.track;
    ctx.fillRect(barLeft, top, barWidth, height);
    const { table } = model.map.snapshot;
    const size = Math.max(1, table.end[row]! - table.start[row]!);
    const spine = theme.highContrast ? SPINE.highContrast : SPINE.normal;
    const inner = barWidth - spine - 1;
    if (shapes.read(row, this.parts)) {
      let x = barLeft + spine + 1;
      const right = barLeft + barWidth;
      for (let part = 0; part < PARTS.length; part++) {
        const bytes = this.parts[part]!;
        if (!(bytes > 0)) continue;
        // However little it is, it is seen.
        const width = Math.min(right - x, Math.max(2, (inner * bytes) / size));
        ctx.fillStyle = fill.parts[part]!;
        ctx.fillRect(x, top, width, height);
        x += width;
      }
    } else if (!shapes.told) {
      ctx.fillStyle = fill.steps[2]!;
      ctx.fillRect(barLeft, top, barWidth, height);
    }
    ctx.fillStyle = fill.spine;
    ctx.fillRect(barLeft, top, spine, height);
    if ((theme.highContrast || fill.outlined) && height >= 5) {
      ctx.strokeStyle = fill.solid;
      ctx.lineWidth = 1;
      ctx.strokeRect(barLeft + 0.5, top + 0.5, barWidth - 1, height - 1);
    }
    const change = facts.changes?.get(row);
    if (change === undefined) return;
    ctx.strokeStyle = theme.text;
    ctx.lineWidth = 1;
    ctx.setLineDash(change.kind === 'new' ? [] : [3, 2]);
    if (height >= 5) ctx.strokeRect(barLeft - 1.5, top - 0.5, barWidth + 3, height + 1);
    ctx.setLineDash([]);
    this.fitter.write(
      CHANGE_SIGNS[change.kind].sign,
      gutterLeft,
      Math.max(top, 0) + Math.min(height, 16) / 2,
      theme.text,
      'bold',
    );
  }

  /** The addresses between the region and the one before it: folded to a dotted line, with their number where there is room. */
  private paintGap(
    ctx: CanvasRenderingContext2D,
    { facts, scale, theme }: Space,
    row: number,
    zoom: number,
    from: number,
    { barLeft, barWidth, labelLeft, labelWidth }: ColumnShape,
  ): void {
    const above = row === 0 ? 0 : scale.bottom[row - 1]!;
    const height = (scale.top[row]! - above) * zoom;
    if (height < 3) return;
    const middle = Math.round(above * zoom - from + height / 2);
    const gone = facts.gone.get(row) ?? 0;
    ctx.fillStyle = theme.muted;
    for (let x = barLeft; x < barLeft + barWidth; x += 5) ctx.fillRect(x, middle, 2, 1);
    if (height < LABELLED && gone === 0) return;
    const { from: start, to } = scale.gapBefore(row);
    const text = `not used, ${sizeText(to - start)}${gone > 0 ? ` · ${gone} gone` : ''}`;
    this.fitter.write(
      this.fitter.fit(text, labelWidth, 'small'),
      labelLeft,
      middle,
      gone > 0 ? theme.text : theme.muted,
      'small',
    );
  }

  private paintAddress({ model, theme }: Space, row: number, y: number, { rulerRight }: ColumnShape): void {
    const text = addressText(model.map.snapshot.table.start[row]!);
    this.fitter.write(text, rulerRight - this.fitter.widthOf(text, 'address'), y, theme.muted, 'address');
  }

  private paintLabel(
    ctx: CanvasRenderingContext2D,
    space: Space,
    row: number,
    y: number,
    { labelLeft, labelWidth }: ColumnShape,
  ): void {
    const { facts, model, theme } = space;
    const { fitter } = this;
    const { snapshot } = model.map;
    const size = sizeText(amountAt(snapshot.table, row, 'size') ?? 0);
    const sizeWidth = fitter.widthOf(size, 'normal');
    let room = labelWidth - sizeWidth - 10;
    fitter.write(size, labelLeft + labelWidth - sizeWidth, y, theme.text, 'normal');
    let x = labelLeft;
    const growing = facts.growing.get(row);
    const badges = marksOf(snapshot, row).map((mark) => MARK_WORDS[mark].badge);
    if (growing !== undefined) {
      fitter.write(GROWING_SIGN, x, y, theme.warning, 'bold');
      x += 12;
      room -= 12;
    }
    const label = segmentLabel(model.words, segmentOf(snapshot, row));
    const name = visibleText(regionName(snapshot, row));
    const put = (text: string, colour: string, weight: 'normal' | 'bold'): void => {
      if (room < 14 || text === '') return;
      const shown = fitter.fit(text, room, weight);
      // Two letters of a name tell nothing.
      if (shown !== text && shown.length < 5) return;
      fitter.write(shown, x, y, colour, weight);
      const width = fitter.widthOf(shown, weight) + 6;
      x += width;
      room -= width;
    };
    put(label, theme.text, 'normal');
    // Marks before the name: a name may be long.
    for (const badge of badges) {
      const width = fitter.widthOf(badge, 'small') + 8;
      if (width > room) break;
      ctx.strokeStyle = badge === 'w+x' ? theme.warning : theme.muted;
      ctx.lineWidth = 1;
      ctx.strokeRect(Math.round(x) + 0.5, Math.round(y) - 5.5, width - 2, 11);
      fitter.write(badge, x + 3, y + 0.5, badge === 'w+x' ? theme.warning : theme.muted, 'small');
      x += width + 3;
      room -= width + 3;
    }
    put(name, theme.muted, 'normal');
  }
}
