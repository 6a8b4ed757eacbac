import { HOUR, type Milliseconds } from '../../src/base/units.js';
import type { Unit } from '../../src/model/measure.js';
import { element, setChildren, setText } from '../shared/dom.js';
import type { DrawnSeries } from '../shared/drawn-series.js';
import { formatChange, formatDuration, formatMoment, formatValue } from '../shared/format.js';
import { readingAt } from '../shared/reading.js';
import { type SeriesStyle, swatch } from '../shared/swatch.js';
import type { Marks } from './marks.js';

export interface MarkedSeries {
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
  readonly style: SeriesStyle;
  /** Undefined while it is not drawn. */
  readonly drawn: DrawnSeries | undefined;
}

/** The difference between two moments, for each series. */
export class MarksTable {
  readonly element: HTMLElement;
  private readonly heading = element('span');
  private readonly body = element('tbody');
  /** A mark stays when the window moves away from it; its value is kept. */
  private readonly values = new Map<string, { at: Milliseconds; value: number }>();
  private drawn = '';

  constructor(clear: () => void) {
    const column = (text: string) => element('th', { attributes: { scope: 'col' } }, text);
    const head = element('tr', {}, column('Series'), column('At A'), column('At B'), column('Difference'), column('Per hour'));
    const button = element(
      'button',
      { class: 'text-button', attributes: { type: 'button' }, on: { click: clear } },
      'Clear Marks',
    );
    this.element = element(
      'section',
      { class: 'marks', attributes: { 'aria-label': 'Difference between two moments', hidden: true } },
      element('div', { class: 'panel-head' }, element('h2', {}, 'A to B'), this.heading, button),
      element('table', { class: 'differences' }, element('thead', {}, head), this.body),
    );
  }

  update({ a, b }: Marks, series: readonly MarkedSeries[], shown: Milliseconds): void {
    this.element.hidden = a === undefined && b === undefined;
    if (this.element.hidden) return;
    const moment = (at: Milliseconds | undefined) => (at === undefined ? 'not set' : formatMoment(at, shown));
    const apart = a !== undefined && b !== undefined ? `, ${formatDuration(Math.abs(b - a))} apart` : '';
    setText(this.heading, `A ${moment(a)}, B ${moment(b)}${apart}`);
    const rows = series.map((one) => ({ one, texts: this.texts(one, a, b) }));
    const now = JSON.stringify(rows.map(({ one, texts }) => [one.id, one.label, one.style, texts]));
    if (now === this.drawn) return;
    this.drawn = now;
    setChildren(
      this.body,
      ...rows.map(({ one, texts }) =>
        element(
          'tr',
          {},
          element(
            'th',
            { attributes: { scope: 'row' } },
            element('div', { class: 'name' }, swatch(one.style), element('span', {}, one.label)),
          ),
          ...texts.map((text) => element('td', {}, text)),
        ),
      ),
    );
  }

  private texts({ id, unit, drawn }: MarkedSeries, a: Milliseconds | undefined, b: Milliseconds | undefined): string[] {
    const from = this.value(`${id}\nA`, drawn, a);
    const to = this.value(`${id}\nB`, drawn, b);
    const told = (value: number | undefined) => (value === undefined ? '' : formatValue(value, unit));
    if (from === undefined || to === undefined || a === undefined || b === undefined) return [told(from), told(to), '', ''];
    const difference = to - from;
    // A rate of a rate says nothing.
    const rated = unit === 'bytes' || unit === 'count' || unit === 'address';
    const perHour = rated && b !== a ? formatChange((difference / (b - a)) * HOUR, unit === 'address' ? 'bytes' : unit) : '';
    return [told(from), told(to), formatChange(difference, unit), perHour];
  }

  private value(key: string, drawn: DrawnSeries | undefined, at: Milliseconds | undefined): number | undefined {
    const kept = this.values.get(key);
    if (at === undefined) {
      this.values.delete(key);
      return undefined;
    }
    const reading = drawn && readingAt(drawn, at);
    if (reading) this.values.set(key, { at, value: reading.value });
    else if (kept?.at !== at) this.values.delete(key);
    return this.values.get(key)?.value;
  }
}
