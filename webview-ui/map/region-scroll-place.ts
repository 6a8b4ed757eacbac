import { ROW_HEIGHT } from '../shared/row-window.js';
import type { RegionRows } from './region-rows.js';

interface TopRow {
  readonly id: string;
  readonly index: number;
}

/** Where the table is scrolled to, kept while its rows change and while another form stands in its place. */
export class ScrollPlace {
  private last = 0;

  constructor(private readonly scroller: HTMLElement) {
    scroller.addEventListener('scroll', () => {
      if (scroller.isConnected) this.last = scroller.scrollTop;
    });
  }

  /** An element that was taken out of the page has lost its place. */
  restore(): void {
    if (this.scroller.scrollTop !== this.last) this.scroller.scrollTop = this.last;
  }

  /** The row that stands at the top; undefined: the table is at its beginning, and stays there. */
  top(list: RegionRows): TopRow | undefined {
    const index = Math.floor(this.scroller.scrollTop / ROW_HEIGHT);
    const row = index > 0 ? list.at(index) : undefined;
    return row && { id: row.id, index };
  }

  /** What stood at the top stays there, whatever was mapped above it. */
  keep({ id, index }: TopRow, list: RegionRows): void {
    const now = list.indexOf(id);
    if (now !== undefined && now !== index) this.scroller.scrollTop += (now - index) * ROW_HEIGHT;
  }
}
