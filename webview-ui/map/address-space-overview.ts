import { element } from '../shared/dom.js';
import { bandsOf } from './address-space-bands.js';
import { paintMix } from './address-space-mix.js';
import type { Space } from './address-space-painter.js';
import type { SpaceWindow } from './address-space-window.js';

/** The whole space beside the drawing, so low that it fits: where the part lies that is shown. It is moved by pressing and dragging; keys do it on the drawing. */
export class SpaceOverview {
  readonly element: HTMLElement;
  private readonly canvas = element('canvas', { attributes: { 'aria-hidden': 'true' } });
  private readonly view = element('div', { class: 'space-seen' });
  private readonly marks = element('canvas', { class: 'space-overlay', attributes: { 'aria-hidden': 'true' } });
  private width = 0;
  private height = 0;
  private natural = 0;
  private drawn: Space | undefined;
  private drawnHeight = 0;

  constructor(private readonly centre: (natural: number) => void) {
    this.element = element(
      'div',
      { class: 'space-overview', attributes: { 'aria-hidden': 'true', title: 'The whole space' } },
      this.canvas,
      this.marks,
      this.view,
    );
    const go = (event: PointerEvent): void => {
      const y = event.clientY - this.element.getBoundingClientRect().top;
      this.centre((y / Math.max(1, this.height)) * this.natural);
    };
    this.element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      this.element.setPointerCapture(event.pointerId);
      go(event);
    });
    this.element.addEventListener('pointermove', (event) => {
      if (this.element.hasPointerCapture(event.pointerId)) go(event);
    });
  }

  resize(width: number, height: number, ratio: number): void {
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    for (const canvas of [this.canvas, this.marks]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
  }

  draw(space: Space, window: SpaceWindow): void {
    this.natural = space.scale.height;
    const top = window.offset / Math.max(1, window.total);
    const share = Math.min(1, window.room / Math.max(1, window.total));
    this.view.hidden = share >= 0.999;
    this.view.style.top = `${top * this.height}px`;
    this.view.style.height = `${Math.max(3, share * this.height)}px`;
    if (this.drawn === space && this.drawnHeight === this.height) return;
    this.drawn = space;
    this.drawnHeight = this.height;
    const ctx = scaled(this.canvas);
    if (ctx === undefined) return;
    ctx.clearRect(0, 0, this.width, this.height);
    const bands = bandsOf(space.scale, this.height / Math.max(1, this.natural), 0, this.height);
    const { segment } = space.model.map.snapshot.classes;
    for (let at = 0; at < bands.length; at++) {
      if (bands.count[at]! > 1) {
        paintMix(ctx, space, bands, at, 0, this.width);
        continue;
      }
      ctx.fillStyle = space.fills[segment[bands.row[at]!]!]!.spine;
      ctx.fillRect(0, bands.top[at]!, this.width, bands.bottom[at]! - bands.top[at]!);
    }
  }

  /** Where the selected ones are, though they may be out of sight. */
  mark({ scale, theme }: Space, selected: readonly number[]): void {
    const ctx = scaled(this.marks);
    if (ctx === undefined) return;
    ctx.clearRect(0, 0, this.width, this.height);
    ctx.fillStyle = theme.text;
    let last = -1;
    for (const row of selected) {
      if (row >= scale.length) continue;
      const y = Math.floor((scale.top[row]! / Math.max(1, this.natural)) * this.height);
      if (y !== last) ctx.fillRect(0, y, this.width, 2);
      last = y;
    }
  }
}

function scaled(canvas: HTMLCanvasElement): CanvasRenderingContext2D | undefined {
  const ctx = canvas.getContext('2d');
  ctx?.setTransform(window.devicePixelRatio, 0, 0, window.devicePixelRatio, 0, 0);
  return ctx ?? undefined;
}
