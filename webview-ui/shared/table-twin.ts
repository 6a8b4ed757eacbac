import type { Milliseconds } from '../../src/base/units.js';
import { type Buckets, bucketIndex, bucketTime } from './buckets.js';
import { element, setChildren, setOrder, setText } from './dom.js';
import type { DrawnSeries } from './drawn-series.js';
import { formatMoment } from './format.js';
import { readingWords } from './reading.js';
import type { TimeRange } from './time-view.js';

/** More rows take long to lay out and to read; older ones are shown when they are asked for. */
const PAGE_ROWS = 120;

/** The values of a chart as a table, the newest first: for screen readers, and for reading off exact values. */
export class TableTwin {
  readonly element: HTMLElement;
  private readonly head = element('thead');
  private readonly body = element('tbody');
  private readonly more = element('button', {
    class: 'text-button',
    attributes: { type: 'button' },
    on: { click: () => this.showMore() },
  });
  private readonly rows = new Map<number, { row: HTMLTableRowElement; text: string }>();
  private limit = PAGE_ROWS;
  private heading = '';
  private bucketMs = 0;
  private again: () => void = () => undefined;

  constructor(caption: string) {
    const table = element(
      'table',
      { class: 'twin' },
      element('caption', { class: 'visually-hidden' }, caption),
      this.head,
      this.body,
    );
    // It scrolls, so the keyboard must reach it.
    this.element = element(
      'div',
      { class: 'twin-holder', attributes: { role: 'region', 'aria-label': caption, tabindex: 0 } },
      table,
      this.more,
    );
  }

  update(series: readonly DrawnSeries[], range: TimeRange): void {
    this.again = () => this.update(series, range);
    const buckets = series[0]?.buckets;
    this.setHeading(series);
    if (!buckets) {
      setChildren(this.body);
      this.more.hidden = true;
      return;
    }
    if (buckets.bucketMs !== this.bucketMs) this.rows.clear();
    this.bucketMs = buckets.bucketMs;
    const indexes = knownIndexes(series, buckets, range);
    const shown = indexes.slice(0, this.limit);
    const kept = new Set(shown.map((index) => buckets.first + index));
    for (const slot of this.rows.keys()) if (!kept.has(slot)) this.rows.delete(slot);
    const rows = shown.map((index) => this.row(buckets.first + index, cellsOf(series, buckets, index, range.to - range.from)));
    setOrder(this.body, rows);
    while (this.body.children.length > rows.length) this.body.lastElementChild?.remove();
    this.more.hidden = indexes.length <= this.limit;
    setText(this.more, `Show older (${indexes.length - shown.length} more)`);
  }

  private setHeading(series: readonly DrawnSeries[]): void {
    const heading = series.map(({ label }) => label).join('\n');
    if (heading === this.heading) return;
    this.heading = heading;
    this.rows.clear();
    const column = (text: string) => element('th', { attributes: { scope: 'col' } }, text);
    setChildren(this.head, element('tr', {}, column('Time'), ...series.map(({ label }) => column(label))));
  }

  private row(slot: number, cells: readonly string[]): HTMLTableRowElement {
    const text = cells.join('\t');
    const there = this.rows.get(slot);
    if (there?.text === text) return there.row;
    const row = there?.row ?? element('tr');
    setChildren(
      row,
      ...cells.map((cell, column) =>
        column === 0 ? element('th', { attributes: { scope: 'row' } }, cell) : element('td', {}, cell),
      ),
    );
    this.rows.set(slot, { row, text });
    return row;
  }

  private showMore(): void {
    this.limit += PAGE_ROWS;
    this.again();
  }
}

function knownIndexes(series: readonly DrawnSeries[], buckets: Buckets, range: TimeRange): number[] {
  const indexes: number[] = [];
  const begin = Math.max(0, bucketIndex(buckets, range.from));
  for (let index = Math.min(buckets.length - 1, bucketIndex(buckets, range.to)); index >= begin; index--) {
    if (series.some(({ values }) => !Number.isNaN(values[index]))) indexes.push(index);
  }
  return indexes;
}

function cellsOf(series: readonly DrawnSeries[], buckets: Buckets, index: number, shown: Milliseconds): string[] {
  const cells = series.map(({ values, min, max, unit }) => {
    const value = values[index];
    if (value === undefined || Number.isNaN(value)) return '';
    return readingWords({ value, min: min?.[index] ?? value, max: max?.[index] ?? value }, unit);
  });
  return [formatMoment(bucketTime(buckets, index) - buckets.bucketMs / 2, shown), ...cells];
}
