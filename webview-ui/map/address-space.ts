import { formatCount } from '../../src/base/units.js';
import { element, setText } from '../shared/dom.js';
import { onceAFrame } from '../shared/page.js';
import type { Theme } from '../shared/theme.js';
import { toolButton } from '../shared/tool-button.js';
import { gapRange, rowAbove } from './address-gap.js';
import { spaceFacts } from './address-space-facts.js';
import { segmentFills } from './address-space-fills.js';
import { SpaceKeys } from './address-space-keys.js';
import { SpaceLegend } from './address-space-legend.js';
import { SpaceOverview } from './address-space-overview.js';
import { type Space, SpacePainter } from './address-space-painter.js';
import { spacePicture } from './address-space-picture.js';
import { listenToSpacePointer, type SpacePoint } from './address-space-pointer.js';
import { AddressScale } from './address-space-scale.js';
import { paintSelection } from './address-space-selection.js';
import { spaceSvg } from './address-space-svg.js';
import { SpaceTip } from './address-space-tip.js';
import { SpaceWindow } from './address-space-window.js';
import type { Gap, MapActions, MapModel, MapView } from './map-model.js';
import { RegionShapes } from './region-shape.js';
import { regionWords, sizeText } from './region-shape-words.js';

const OVERVIEW_WIDTH = 18;

/**
 * The address space as a drawing, low addresses at the top as maps and pmap list them, in columns that are read like those of a newspaper. The
 * regions are on one canvas, what is selected on another above it: a click draws no region anew.
 */
export class AddressSpace implements MapView {
  readonly element: HTMLElement;
  private readonly canvas = element('canvas', { attributes: { 'aria-hidden': 'true' } });
  private readonly overlay = element('canvas', { class: 'space-overlay', attributes: { 'aria-hidden': 'true' } });
  private readonly stage: HTMLElement;
  private readonly summary = element('span', { class: 'space-summary' });
  private readonly window = new SpaceWindow();
  private readonly painter = new SpacePainter();
  private readonly overview: SpaceOverview;
  private readonly legend = new SpaceLegend();
  private readonly tip = new SpaceTip();
  private readonly redraw = onceAFrame(() => this.draw());
  private space: Space | undefined;
  private selected: readonly number[] = [];
  private gap: Gap | undefined;
  private hovered: number | undefined;
  /** The pointer, where it rests on the drawing and is told of. */
  private pointed: SpacePoint | undefined;

  constructor(
    private readonly actions: MapActions,
    private readonly theme: () => Theme,
  ) {
    this.stage = element(
      'div',
      {
        class: 'space-stage',
        attributes: {
          tabindex: 0,
          role: 'application',
          'aria-roledescription': 'address space',
          'aria-label':
            'Address space, low addresses first. Arrow up and down: region before and after. G: next gap, with Shift the one before. Plus and minus: zoom. 0: the whole.',
        },
      },
      this.canvas,
      this.overlay,
      this.tip.element,
    );
    this.overview = new SpaceOverview((natural) => this.centre(natural));
    const zoom = (factor: number) => () => this.zoomBy(factor, this.window.room / 2);
    this.element = element(
      'div',
      { class: 'address-space' },
      element(
        'div',
        { class: 'space-bar' },
        this.summary,
        element(
          'div',
          { class: 'tools', attributes: { role: 'group', 'aria-label': 'Zoom' } },
          toolButton('zoom-out', 'Zoom Out (−)', zoom(1 / 1.4)),
          toolButton('zoom-in', 'Zoom In (+)', zoom(1.4)),
          element(
            'button',
            {
              class: 'text-button',
              attributes: { type: 'button', title: 'Show the whole (0)' },
              on: { click: () => this.whole() },
            },
            'Whole',
          ),
        ),
      ),
      element('div', { class: 'space-body' }, this.stage, this.overview.element),
      this.legend.element,
    );
    listenToSpacePointer(this.stage, {
      pan: (pixels) => this.panBy(pixels),
      canPan: (pixels) => (pixels < 0 ? !this.window.atStart : !this.window.atEnd),
      zoom: (factor, x, y) => this.zoomBy(factor, this.window.along(x, y)),
      hover: (at) => this.hover(at),
      click: (at, extend) => this.click(at, extend),
    });
    const keys = new SpaceKeys({
      step: (by, extend) => this.step(by, extend),
      gap: (by) => this.stepToGap(by),
      edge: (last) => this.choose([last ? this.last : 0]),
      page: (by) => this.panBy(by * this.window.height * 0.9),
      pan: (by) => this.panBy(by * 60),
      zoom: (factor) => this.zoomBy(factor, this.window.room / 2),
      whole: () => this.whole(),
      clear: () => this.actions.select([]),
    });
    this.stage.addEventListener('keydown', (event) => keys.take(event));
    new ResizeObserver(() => this.resized()).observe(this.stage);
  }

  show(model: MapModel): void {
    const before = this.space;
    const old = before?.model;
    const same = old?.map.snapshot === model.map.snapshot;
    const scale = same && before !== undefined ? before.scale : new AddressScale(model.map.snapshot.table);
    // What lies at the top stays there, whatever was mapped above it.
    const anchor = same || before === undefined ? undefined : before.scale.addressAt(this.window.offset / this.window.zoom);
    this.space = {
      model,
      scale,
      shapes: same && before !== undefined ? before.shapes : new RegionShapes(model.map.snapshot.table),
      facts: spaceFacts(model, scale),
      fills: before?.fills ?? segmentFills(this.theme()),
      theme: this.theme(),
    };
    this.measure();
    if (anchor !== undefined && !this.window.atStart) this.window.moveTo(scale.yOf(anchor) * this.window.zoom);
    this.summarise(this.space);
    this.legend.show(this.space);
    this.hovered = undefined;
    if (this.window.width > 0) this.draw();
    // Live, the pointer may rest there for long: it is told of the new reading.
    if (this.pointed !== undefined && this.stage.matches(':hover')) this.hover(this.pointed);
    else this.hideTip();
  }

  select(rows: readonly number[], reveal: boolean, gap?: Gap): void {
    this.selected = rows;
    this.gap = gap;
    const { scale } = this.space ?? {};
    const [first] = rows;
    const before = this.window.offset;
    if (reveal && scale !== undefined && first !== undefined && first < scale.length)
      this.window.reveal(scale.top[first]!, scale.bottom[first]!);
    else if (reveal && scale !== undefined && gap !== undefined) this.window.reveal(scale.yOf(gap.from), scale.yOf(gap.to));
    if (before !== this.window.offset) this.draw();
    else this.drawOverlay();
  }

  themed(): void {
    if (this.space === undefined) return;
    const theme = this.theme();
    this.space = { ...this.space, theme, fills: segmentFills(theme) };
    this.legend.show(this.space);
    this.draw();
  }

  async picture(): Promise<Uint8Array | undefined> {
    if (this.space === undefined) return undefined;
    if (this.window.width === 0) return spacePicture(this.space, undefined);
    this.draw();
    return spacePicture(this.space, { canvas: this.canvas, overlay: this.overlay, window: this.window });
  }

  svg(): string {
    return this.space === undefined ? '' : spaceSvg(this.space);
  }

  /** The first that is seen. */
  private get topRow(): number {
    return this.space?.scale.firstBelow(this.window.offset / this.window.zoom) ?? 0;
  }

  private get last(): number {
    return Math.max(0, (this.space?.scale.length ?? 0) - 1);
  }

  private summarise({ facts, model }: Space): void {
    const { table } = model.map.snapshot;
    const growing = facts.growing.size;
    const parts = [
      `${formatCount(table.length, 'region')}, low addresses first`,
      ...(model.diff === undefined ? [] : [formatCount(model.diff.diff.changes.length, 'change')]),
      ...(growing === 0 ? [] : [`${formatCount(growing, 'region grows', 'regions grow')}`]),
    ];
    setText(this.summary, parts.join(' · '));
  }

  private resized(): void {
    if (this.space === undefined) return;
    this.measure();
    this.draw();
  }

  private measure(): void {
    const width = this.stage.clientWidth;
    const height = this.stage.clientHeight;
    if (width === 0 || height === 0 || this.space === undefined) return;
    this.window.fit(this.space.scale.height, width, height);
    const ratio = window.devicePixelRatio;
    for (const canvas of [this.canvas, this.overlay]) {
      const wanted = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
      if (canvas.width === wanted.width && canvas.height === wanted.height) continue;
      Object.assign(canvas, wanted);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    this.overview.resize(OVERVIEW_WIDTH, height, ratio);
  }

  private draw(): void {
    const ctx = contextOf(this.canvas);
    if (this.space === undefined || ctx === undefined || this.window.width === 0) return;
    this.painter.paint(ctx, this.space, this.window);
    this.overview.draw(this.space, this.window);
    this.drawOverlay();
  }

  private drawOverlay(): void {
    const ctx = contextOf(this.overlay);
    if (this.space === undefined || ctx === undefined || this.window.width === 0) return;
    paintSelection(ctx, this.space, this.window, this.selected, this.gap, this.hovered);
    this.overview.mark(this.space, this.selected);
  }

  private panBy(pixels: number): void {
    this.window.moveBy(pixels);
    this.hideTip();
    this.redraw();
  }

  private zoomBy(factor: number, at: number): void {
    this.window.zoomBy(factor, at);
    this.hideTip();
    this.redraw();
  }

  private whole(): void {
    this.window.showWhole();
    this.redraw();
  }

  private centre(natural: number): void {
    this.window.moveTo(natural * this.window.zoom - this.window.room / 2);
    this.redraw();
  }

  private hideTip(): void {
    this.pointed = undefined;
    this.tip.hide();
  }

  private hover(at: SpacePoint | undefined): void {
    const { space } = this;
    this.pointed = at;
    const hit = at && space?.scale.hit(this.window.naturalAt(at.x, at.y));
    const row = hit && !hit.gap ? hit.row : undefined;
    if (row !== this.hovered) {
      this.hovered = row;
      this.drawOverlay();
    }
    if (space === undefined || hit === undefined || at === undefined) this.tip.hide();
    else this.tip.show(space, hit, at, this.window);
  }

  private click(at: SpacePoint, extend: boolean): void {
    const { scale } = this.space ?? {};
    const hit = scale?.hit(this.window.naturalAt(at.x, at.y));
    if (scale === undefined || hit === undefined) this.actions.select([]);
    else if (hit.gap) {
      // Of several regions none is lost by a click that missed the next one.
      if (!extend) this.actions.selectGap(scale.gapBefore(hit.row));
    } else if (!extend) this.actions.select([hit.row]);
    else
      this.actions.select(
        this.selected.includes(hit.row) ? this.selected.filter((row) => row !== hit.row) : [...this.selected, hit.row],
      );
  }

  private step(by: number, extend: boolean): void {
    const [lead] = this.selected;
    const from =
      this.gap === undefined || this.space === undefined
        ? lead
        : rowAbove(this.space.model.map.snapshot.table, this.gap) - (by > 0 ? 1 : 0);
    const next = from === undefined ? this.topRow : Math.max(0, Math.min(this.last, from + by));
    this.choose(extend ? [next, ...this.selected.filter((row) => row !== next)] : [next]);
  }

  /** By the keyboard, as `choose`. */
  private stepToGap(by: number): void {
    const { space, gap } = this;
    if (space === undefined) return;
    const { scale } = space;
    const { table } = space.model.map.snapshot;
    // A gap is known by the row above it.
    const [lead] = this.selected;
    const from = gap !== undefined ? rowAbove(table, gap) + by : lead === undefined ? this.topRow : by > 0 ? lead + 1 : lead;
    for (let row = from; row >= 0 && row < scale.length; row += by) {
      const next = scale.gapBefore(row);
      if (!(next.to > next.from)) continue;
      this.actions.selectGap(next);
      this.select([], true, next);
      this.actions.say(`Not used, ${sizeText(next.to - next.from)}, ${gapRange(next)}`);
      return;
    }
  }

  /** By the keyboard: it is brought into view, and told to screen readers. */
  private choose(rows: readonly number[]): void {
    const { space } = this;
    const [row] = rows;
    if (space === undefined || row === undefined || row >= space.scale.length) return;
    this.actions.select(rows);
    this.select(rows, true);
    this.actions.say(regionWords(space.model.words, space.model.map.snapshot, row));
  }
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D | undefined {
  const ctx = canvas.getContext('2d');
  ctx?.setTransform(window.devicePixelRatio, 0, 0, window.devicePixelRatio, 0, 0);
  return ctx ?? undefined;
}
