import type { Measure } from '../../src/model/measure.js';
import { element, icon, setAttribute, setChildren, setText } from './dom.js';
import { type SeriesStyle, swatch } from './swatch.js';

/** A series in words: also the key to the chart, and the switch that shows or hides it. */
export interface ValueRow {
  readonly id: string;
  readonly label: string;
  readonly measure: Measure;
  readonly style: SeriesStyle;
  readonly visible: boolean;
  readonly value: string;
  /** By column of the table, of those that are not the value. */
  readonly cells: readonly string[];
  /** Why the value is not known, or how old it is. */
  readonly note?: string;
  readonly removable?: boolean;
}

export interface ValuesTableOptions {
  readonly caption: string;
  /** Headings of `cells`. */
  readonly columns: readonly string[];
  toggle(id: string): void;
  /** The pointer or the focus is on the row; undefined: it has left. */
  highlight(id: string | undefined): void;
  openLink(link: string): void;
  remove?(id: string): void;
}

/** Stands for a value that is not known. */
export const UNKNOWN = 'unknown';

interface Row {
  readonly row: HTMLTableRowElement;
  readonly detail: HTMLTableRowElement;
  readonly toggle: HTMLButtonElement;
  readonly label: HTMLButtonElement;
  readonly text: HTMLSpanElement;
  readonly value: HTMLTableCellElement;
  readonly note: HTMLSpanElement;
  readonly number: HTMLSpanElement;
  readonly cells: readonly HTMLTableCellElement[];
  style: string;
}

export class ValuesTable {
  readonly element: HTMLTableElement;
  private readonly body = element('tbody');
  private readonly moment = element('span');
  private readonly rows = new Map<string, Row>();
  private order = '';

  constructor(private readonly options: ValuesTableOptions) {
    const heading = (text: string) => element('th', { attributes: { scope: 'col' } }, text);
    this.element = element(
      'table',
      { class: 'values' },
      element('caption', { class: 'visually-hidden' }, options.caption),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { attributes: { scope: 'col' } }, this.moment),
          heading('Value'),
          ...options.columns.map(heading),
        ),
      ),
      this.body,
    );
  }

  /** `moment`: of which time the values are. */
  update(rows: readonly ValueRow[], moment: string): void {
    setText(this.moment, moment);
    const order = rows.map(({ id }) => id).join('\n');
    for (const data of rows) this.fill(this.rows.get(data.id) ?? this.add(data), data);
    if (order === this.order) return;
    this.order = order;
    const wanted = new Set(rows.map(({ id }) => id));
    for (const id of this.rows.keys()) if (!wanted.has(id)) this.rows.delete(id);
    setChildren(this.body, ...rows.flatMap(({ id }) => [this.rows.get(id)?.row, this.rows.get(id)?.detail]));
  }

  mark(id: string | undefined): void {
    for (const [key, { row }] of this.rows) row.classList.toggle('marked', key === id);
  }

  /** Opens what the measure is and its link, below its row; or closes it. */
  explain(id: string, wanted: boolean): void {
    const row = this.rows.get(id);
    if (!row) return;
    row.detail.hidden = !wanted;
    setAttribute(row.label, 'aria-expanded', `${wanted}`);
    if (wanted) row.detail.scrollIntoView({ block: 'nearest' });
  }

  private add({ id, measure, removable }: ValueRow): Row {
    const { highlight, openLink, remove, toggle } = this.options;
    const detailId = `about-${this.options.caption}-${id}`.replace(/\W+/g, '-');
    const toggleButton = element('button', { class: 'toggle', attributes: { type: 'button' }, on: { click: () => toggle(id) } });
    const text = element('span', { class: 'text' });
    const label = element(
      'button',
      {
        class: 'label',
        attributes: {
          type: 'button',
          title: `${measure.label}: ${measure.definition}`,
          'aria-expanded': 'false',
          'aria-controls': detailId,
        },
        on: {
          click: () => this.explain(id, detail.hasAttribute('hidden')),
          focus: () => highlight(id),
          blur: () => highlight(undefined),
        },
      },
      text,
      icon('info'),
    );
    const { link } = measure;
    const about = element('td', { attributes: { colspan: this.options.columns.length + 2 } }, measure.definition);
    if (link !== undefined) {
      const open = (event: Event) => {
        event.preventDefault();
        openLink(link);
      };
      about.append(' ', element('a', { attributes: { href: link }, on: { click: open } }, 'Documentation'));
    }
    const detail = element('tr', { class: 'detail', id: detailId, attributes: { hidden: true } }, about);
    const number = element('span');
    const note = element('span', { class: 'note' });
    const value = element('td', {}, element('span', { class: 'reading' }, number, note));
    const cells = this.options.columns.map(() => element('td'));
    const name = element('div', { class: 'name' }, toggleButton, label);
    const head = element('th', { attributes: { scope: 'row' } }, name);
    if (removable && remove) {
      name.append(
        element(
          'button',
          {
            class: 'tool small',
            attributes: { type: 'button', title: 'Remove', 'aria-label': `Remove ${measure.label}` },
            on: { click: () => remove(id) },
          },
          icon('close'),
        ),
      );
    }
    const row = element(
      'tr',
      { attributes: { 'data-series': id }, on: { pointerenter: () => highlight(id), pointerleave: () => highlight(undefined) } },
      head,
      value,
      ...cells,
    );
    const made: Row = { row, detail, toggle: toggleButton, label, text, value, note, number, cells, style: '' };
    this.rows.set(id, made);
    return made;
  }

  private fill(row: Row, data: ValueRow): void {
    const style = JSON.stringify(data.style);
    if (style !== row.style) {
      row.style = style;
      row.toggle.replaceChildren(swatch(data.style));
    }
    setAttribute(row.toggle, 'aria-pressed', `${data.visible}`);
    setAttribute(row.toggle, 'aria-label', `Show ${data.label}`);
    setAttribute(row.toggle, 'title', data.visible ? 'Hide' : 'Show');
    row.row.classList.toggle('off', !data.visible);
    row.row.classList.toggle('unknown', data.value === UNKNOWN);
    setText(row.text, data.label);
    setText(row.number, data.value);
    setText(row.note, data.note ?? '');
    data.cells.forEach((text, index) => {
      const cell = row.cells[index];
      if (cell) setText(cell, text);
    });
  }
}
