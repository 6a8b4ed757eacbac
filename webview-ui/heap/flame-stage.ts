import { element } from '../shared/dom.js';
import type { FlameTip } from './flame-tip.js';

/** Where it is drawn: a place that scrolls, with canvases that stay in it. What is chosen lies on a canvas of its own, and is told by an item that only screen readers find. */
export class FlameStage {
  readonly element: HTMLElement;
  readonly scroller: HTMLElement;
  width = 0;
  height = 0;
  private readonly base = element('canvas', { attributes: { 'aria-hidden': 'true' } });
  private readonly overlay = element('canvas', { attributes: { 'aria-hidden': 'true' } });
  private readonly room = element('div', { class: 'flame-room', attributes: { 'aria-hidden': 'true' } });
  private readonly item = element('div', { class: 'visually-hidden', attributes: { role: 'presentation' } });
  private told = 0;

  constructor(tip: FlameTip, label: string) {
    this.scroller = element(
      'div',
      {
        class: 'flame-scroller',
        attributes: { tabindex: 0, role: 'tree', 'aria-label': label, 'aria-roledescription': 'flame graph' },
      },
      element('div', { class: 'flame-sheet', attributes: { role: 'presentation' } }, this.base, this.overlay),
      this.room,
      this.item,
    );
    this.element = element('div', { class: 'flame-stage' }, this.scroller, tip.element);
  }

  /** The canvases as large as what is seen. False: it has no size, or is not shown. */
  fit(): boolean {
    const { clientWidth: width, clientHeight: height } = this.scroller;
    this.width = width;
    this.height = height;
    if (width === 0 || height === 0) return false;
    const ratio = window.devicePixelRatio;
    for (const canvas of [this.base, this.overlay]) {
      const wanted = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
      if (canvas.width === wanted.width && canvas.height === wanted.height) continue;
      Object.assign(canvas, wanted);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    return true;
  }

  /** As high as all rows; at least as the stage. */
  setRoom(height: number): void {
    this.room.style.height = `${Math.max(0, height)}px`;
  }

  get boxes(): CanvasRenderingContext2D | undefined {
    return contextOf(this.base);
  }

  get marks(): CanvasRenderingContext2D | undefined {
    return contextOf(this.overlay);
  }

  /** A screen reader reads an item that is new, where one is led to it. */
  tell(words: string, level: number, place: number, count: number): void {
    const id = `flame-item-${++this.told}`;
    const item = element(
      'div',
      {
        id,
        attributes: {
          role: 'treeitem',
          'aria-selected': 'true',
          'aria-level': level,
          'aria-posinset': place,
          'aria-setsize': count,
          'aria-label': words,
        },
      },
      words,
    );
    this.item.replaceChildren(item);
    this.scroller.setAttribute('aria-activedescendant', id);
  }

  tellNothing(): void {
    this.item.replaceChildren();
    this.scroller.removeAttribute('aria-activedescendant');
  }
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D | undefined {
  const ctx = canvas.getContext('2d');
  ctx?.setTransform(window.devicePixelRatio, 0, 0, window.devicePixelRatio, 0, 0);
  return ctx ?? undefined;
}
