import type { Milliseconds } from '../../src/base/units.js';
import { ChartTip } from './chart-tip.js';
import { element, setAttribute, setText } from './dom.js';
import type { PanelFrame } from './panel-frame.js';
import { cursorWords, tipContent } from './panel-reading.js';
import { TableTwin } from './table-twin.js';
import type { Theme } from './theme.js';
import { TimeChart } from './time-chart.js';
import type { TimeView } from './time-view.js';
import { toolButton } from './tool-button.js';

export interface PanelOptions {
  readonly id: string;
  readonly title: string;
  /** In CSS pixels. */
  readonly height: number;
  /** The series under the pointer has changed. */
  highlight(id: string | undefined): void;
  /** A moment was chosen by click, or by Enter at the cursor; by click also the series there. */
  choose?(at: Milliseconds, series: string | undefined): void;
  /** What that does, in some words. */
  hint?(): string | undefined;
  /** A and B at the cursor. */
  setMark?(mark: 'A' | 'B', at: Milliseconds): void;
}

/** In CSS pixels: what moves further between press and release is a drag. */
const STILL = 3;
/** Drawn a little before it is scrolled into sight. */
const NEARLY_SEEN = { rootMargin: '200px' };

/** A chart over time with its title, a cursor for pointer and keyboard, and its twin as a table. */
export class ChartPanel {
  readonly element: HTMLElement;
  private readonly chart: TimeChart;
  private readonly twin: TableTwin;
  private readonly tip = new ChartTip();
  private readonly line = element('div', { class: 'crosshair', attributes: { hidden: true } });
  private readonly summary = element('span', { class: 'panel-summary' });
  private readonly plot: HTMLElement;
  private readonly tableButton: HTMLButtonElement;
  private frame: PanelFrame | undefined;
  private seen = true;
  private stale = false;
  /** Of the pointer, from the corner of the plot; undefined while it is elsewhere. */
  private pointer: { readonly x: number; readonly y: number } | undefined;
  /** The cursor that the attributes tell. */
  private told: Milliseconds | undefined;
  private pressed: { x: number; y: number } | undefined;

  constructor(
    private readonly options: PanelOptions,
    private readonly view: TimeView,
    theme: Theme,
  ) {
    const canvas = element('canvas', { attributes: { 'aria-hidden': 'true' } });
    const holder = element('div', { class: 'canvas-holder' }, canvas);
    holder.style.setProperty('--height', `${options.height}px`);
    this.plot = element(
      'div',
      {
        class: 'plot',
        attributes: {
          role: 'slider',
          tabindex: 0,
          'aria-label': `${options.title}: time cursor`,
          'aria-orientation': 'horizontal',
        },
        on: {
          pointermove: (event) => this.point(event),
          pointerleave: () => this.leave(),
          pointerdown: (event) => {
            this.pressed = { x: event.clientX, y: event.clientY };
          },
          click: (event) => this.click(event),
          wheel: (event) => this.wheel(event),
          keydown: (event) => this.key(event),
          blur: () => this.leave(),
        },
      },
      holder,
      this.line,
      this.tip.element,
    );
    this.twin = new TableTwin(`${options.title} as a table`);
    this.twin.element.hidden = true;
    this.tableButton = toolButton('table', 'Show as table', () => this.toggleTable());
    setAttribute(this.tableButton, 'aria-pressed', 'false');
    const heading = element('h2', { id: `panel-${options.id}` }, options.title);
    this.element = element(
      'section',
      { class: 'panel', attributes: { 'aria-labelledby': `panel-${options.id}`, 'data-panel': options.id } },
      element('div', { class: 'panel-head' }, heading, this.summary, this.tableButton),
      this.plot,
      this.twin.element,
    );
    this.chart = new TimeChart(canvas, view, theme);
    this.watchVisibility();
  }

  /** The picture as it is now, also when it is scrolled out of sight; undefined while the table is shown. */
  picture(): HTMLCanvasElement | undefined {
    if (this.plot.hasAttribute('hidden')) return undefined;
    if (this.frame) this.chart.draw(this.frame);
    return this.chart.canvas;
  }

  /** Of the drawn area, in CSS pixels. */
  get plotWidth(): number {
    const { left, right } = this.chart.area;
    return right - left;
  }

  setSummary(text: string): void {
    setText(this.summary, text);
  }

  setTheme(theme: Theme): void {
    this.chart.setTheme(theme);
  }

  draw(frame: PanelFrame): void {
    this.frame = frame;
    if (!this.twin.element.hidden) this.twin.update(frame.series, frame.range);
    else if (this.seen) this.chart.draw(frame);
    else this.stale = true;
    // The chart moves on below a pointer that rests.
    if (this.pointer) this.follow(this.pointer);
    this.drawCursor();
  }

  /** The line at the cursor is shared by all panels; the box only stands beside the pointer. */
  drawCursor(): void {
    const { frame, view } = this;
    if (!frame) return;
    const at = view.cursor;
    const x = at === undefined ? undefined : this.chart.positionOf(at);
    this.line.hidden = x === undefined;
    if (x !== undefined) {
      const { top, bottom } = this.chart.area;
      this.line.style.transform = `translateX(${Math.round(x)}px)`;
      this.line.style.top = `${top}px`;
      this.line.style.height = `${bottom - top}px`;
    }
    // Whoever listens to it is told of a moment when it is chosen, not of every sample.
    if (document.activeElement === this.plot && this.told === at && this.plot.hasAttribute('aria-valuetext')) return;
    this.told = at;
    setAttribute(this.plot, 'aria-valuemin', Math.round(frame.range.from));
    setAttribute(this.plot, 'aria-valuemax', Math.round(frame.range.to));
    setAttribute(this.plot, 'aria-valuenow', Math.round(at ?? frame.range.to));
    setAttribute(this.plot, 'aria-valuetext', cursorWords(frame, this.chart, at ?? frame.range.to));
  }

  dispose(): void {
    this.chart.dispose();
    this.element.remove();
  }

  private watchVisibility(): void {
    const observer = new IntersectionObserver((entries) => {
      this.seen = entries.at(-1)?.isIntersecting ?? true;
      if (!this.seen || !this.stale || !this.frame) return;
      this.stale = false;
      this.chart.draw(this.frame);
    }, NEARLY_SEEN);
    observer.observe(this.plot);
  }

  private toggleTable(): void {
    const asTable = this.twin.element.hasAttribute('hidden');
    this.twin.element.hidden = !asTable;
    this.plot.hidden = asTable;
    setAttribute(this.tableButton, 'aria-pressed', `${asTable}`);
    if (this.frame) this.draw(this.frame);
  }

  private point(event: PointerEvent): void {
    const { left, right, top, bottom } = this.chart.area;
    const box = this.plot.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    if (x < left || x > right || y < top - 4 || y > bottom + 4 || event.buttons !== 0) {
      this.leave();
      return;
    }
    this.pointer = { x, y };
    this.follow(this.pointer);
  }

  private follow({ x, y }: { readonly x: number; readonly y: number }): void {
    const at = this.chart.timeAt(x);
    this.view.moveCursor(at);
    this.showTip(at, y, x);
  }

  private showTip(at: Milliseconds, y: number | undefined, x: number): void {
    if (!this.frame) return;
    const content = tipContent(this.frame, this.chart, at, y);
    const hint = y === undefined ? undefined : this.options.hint?.();
    this.options.highlight(content.chosen);
    this.tip.show(
      hint === undefined ? content : { ...content, hint },
      { x, y: y ?? this.chart.area.top },
      this.plot.clientWidth,
      this.plot.clientHeight,
    );
  }

  private leave(): void {
    this.pointer = undefined;
    this.tip.hide();
    this.options.highlight(undefined);
    this.view.moveCursor(undefined);
  }

  private click(event: MouseEvent): void {
    const { pressed } = this;
    // The end of a drag is not a click.
    if (!pressed || Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > STILL || event.shiftKey) return;
    const { left, right } = this.chart.area;
    const box = this.plot.getBoundingClientRect();
    const x = event.clientX - box.left;
    if (x < left || x > right || !this.frame) return;
    const at = this.chart.timeAt(x);
    this.options.choose?.(at, tipContent(this.frame, this.chart, at, event.clientY - box.top).chosen);
    if (this.pointer) this.follow(this.pointer);
  }

  /** Sideways moves in time. Up and down scrolls the page, and zooms with Ctrl (the zoom plugin). */
  private wheel(event: WheelEvent): void {
    if (event.ctrlKey || Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
    event.preventDefault();
    this.view.pan(event.deltaX / Math.max(1, this.plotWidth));
  }

  private key(event: KeyboardEvent): void {
    const { frame, view } = this;
    if (!frame || event.ctrlKey || event.metaKey || event.altKey) return;
    const { from, to } = frame.range;
    // A bucket at least, so that each step comes to another value.
    const step = Math.max(frame.series[0]?.buckets.bucketMs ?? 0, (to - from) / 200) * (event.shiftKey ? 10 : 1);
    const at = view.cursor ?? to;
    const move = (moment: Milliseconds) => this.moveCursor(Math.min(to, Math.max(from, moment)));
    const actions: Record<string, () => void> = {
      ArrowLeft: () => move(at - step),
      ArrowRight: () => move(at + step),
      PageUp: () => view.pan(-0.5),
      PageDown: () => view.pan(0.5),
      Home: () => move(from),
      End: () => move(to),
      '+': () => view.zoom(0.5),
      '=': () => view.zoom(0.5),
      '-': () => view.zoom(2),
      Escape: () => (view.cursor === undefined ? view.resume() : this.leave()),
      Enter: () => this.options.choose?.(at, undefined),
      a: () => this.options.setMark?.('A', at),
      b: () => this.options.setMark?.('B', at),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  private moveCursor(at: Milliseconds): void {
    this.pointer = undefined;
    this.view.moveCursor(at);
    this.showTip(at, undefined, this.chart.positionOf(at) ?? 0);
  }
}
