import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { element, setAttribute } from './dom.js';
import type { GridRow, GridRowView, RowList } from './grid-shape.js';

export const ROW_HEIGHT = 22;
export const HEADER_HEIGHT = 26;
/** Rows made above and below those that are seen, so that a short scroll finds them there. */
const OVERSCAN = 6;

export interface WindowEvents<View> {
  /** Other rows are in sight. */
  readonly scrolled: () => void;
  /** The row has no element any more. */
  readonly left: (view: View) => void;
}

/** The rows in sight. Only they have elements; an element belongs to a row as long as it is seen, and moves with it. */
export class RowWindow<Row extends GridRow, Context, View extends GridRowView<Row, Context>> {
  readonly body = element('div', { class: 'body', attributes: { role: 'rowgroup' } });
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  private readonly views = new Map<string, View>();
  private readonly viewOf = new WeakMap<Element, View>();
  private readonly spare: View[] = [];
  private makeRow: (() => View) | undefined;

  constructor(
    scroller: () => HTMLElement,
    private readonly events: WindowEvents<View>,
  ) {
    this.virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count: 0,
      getScrollElement: scroller,
      estimateSize: () => ROW_HEIGHT,
      overscan: OVERSCAN,
      scrollMargin: HEADER_HEIGHT,
      scrollPaddingStart: HEADER_HEIGHT,
      observeElementRect,
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: events.scrolled,
    });
  }

  /** Once it is in the page. */
  start(): void {
    this.virtualizer._didMount();
    this.virtualizer._willUpdate();
  }

  /** Rows of other columns are other elements. */
  setColumns(makeRow: () => View): void {
    this.makeRow = makeRow;
    for (const view of this.views.values()) view.root.remove();
    this.views.clear();
    this.spare.length = 0;
  }

  /** `below`: pixels at the lower edge that the totals cover. */
  setCount(count: number, below: number): void {
    this.virtualizer.setOptions({ ...this.virtualizer.options, count, scrollPaddingEnd: below });
    this.virtualizer._willUpdate();
    this.body.style.height = `${count * ROW_HEIGHT}px`;
  }

  reveal(index: number): void {
    this.virtualizer.scrollToIndex(index, { align: 'auto' });
  }

  viewFor(id: string): View | undefined {
    return this.views.get(id);
  }

  viewAt(target: EventTarget | null): View | undefined {
    const row = target instanceof Element ? target.closest('.body > .row') : undefined;
    return row ? this.viewOf.get(row) : undefined;
  }

  /**
   * @param active index of the active row: it keeps its element, and with it the focus, also out of sight
   * @param isSelected whether a row is to be seen as selected
   * @param refresh values have changed: rows that stay are drawn anew
   */
  draw(
    rows: RowList<Row>,
    context: Context,
    active: number | undefined,
    isSelected: (row: Row, index: number) => boolean,
    refresh: boolean,
  ): void {
    const shown = this.indexesWith(active).flatMap((index) => {
      const row = rows.at(index);
      return row ? [{ row, index }] : [];
    });
    const wanted = new Set(shown.map(({ row }) => row.id));
    for (const [id, view] of this.views) {
      if (wanted.has(id)) continue;
      this.views.delete(id);
      view.root.remove();
      this.spare.push(view);
      this.events.left(view);
    }
    this.putInOrder(shown.map(({ row, index }) => this.place(row, index, context, isSelected(row, index), refresh)));
  }

  private indexesWith(active: number | undefined): readonly number[] {
    const indexes = this.virtualizer.getVirtualItems().map(({ index }) => index);
    if (active === undefined) return indexes;
    if (indexes[0] === undefined || active < indexes[0]) indexes.unshift(active);
    else if (active > indexes.at(-1)!) indexes.push(active);
    return indexes;
  }

  private place(row: Row, index: number, context: Context, selected: boolean, refresh: boolean): HTMLElement {
    let view = this.views.get(row.id);
    const fresh = view === undefined;
    if (!view) {
      view = this.spare.pop() ?? this.makeView();
      this.views.set(row.id, view);
    }
    if (fresh || refresh || view.row !== row) view.show(row, context);
    const { root } = view;
    const top = `${index * ROW_HEIGHT}px`;
    if (root.style.top !== top) root.style.top = top;
    setAttribute(root, 'aria-rowindex', index + 2);
    setAttribute(root, 'aria-selected', selected ? 'true' : 'false');
    root.classList.toggle('selected', selected);
    root.classList.toggle('odd', index % 2 === 1);
    return root;
  }

  private makeView(): View {
    const view = this.makeRow!();
    this.viewOf.set(view.root, view);
    return view;
  }

  /** The elements in the order in which they are seen, for who reads them one by one. That with the focus is not moved: it would lose it. */
  private putInOrder(placed: readonly HTMLElement[]): void {
    const focused = placed.findIndex((root) => root.contains(document.activeElement));
    const fixed = Math.max(0, focused);
    if (focused < 0 && placed[0] && this.body.firstElementChild !== placed[0]) this.body.prepend(placed[0]);
    for (let at = fixed - 1; at >= 0; at--) {
      if (placed[at]!.nextElementSibling !== placed[at + 1]!) placed[at + 1]!.before(placed[at]!);
    }
    for (let at = fixed + 1; at < placed.length; at++) {
      if (placed[at]!.previousElementSibling !== placed[at - 1]!) placed[at - 1]!.after(placed[at]!);
    }
  }
}
