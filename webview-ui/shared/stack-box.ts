import { element, setChildren } from './dom.js';
import { onceAFrame } from './page.js';

/**
 * The place of a table that is never scrolled sideways: where the place is too narrow for its columns, each row becomes a block, with
 * the heading (`data-title` of a cell) before each value. Chromium tells a screen reader of a table all the same.
 */
export class StackBox {
  readonly element = element('div', { class: 'stack-box' });
  private table: HTMLElement | undefined;

  constructor() {
    // In a frame of its own: the height changes with it.
    new ResizeObserver(onceAFrame(() => this.fit())).observe(this.element);
  }

  /** `more`: what stands below the table. */
  show(table: HTMLElement, ...more: readonly HTMLElement[]): void {
    this.table = table;
    if (this.element.firstElementChild !== table) setChildren(this.element, table, ...more);
    this.fit();
  }

  /** To be called when the rows are others. */
  fit(): void {
    const { element: box, table } = this;
    // Out of sight it has no width.
    if (table === undefined || box.clientWidth === 0) return;
    table.classList.remove('stacked');
    table.classList.toggle('stacked', table.offsetWidth > box.clientWidth);
  }
}
