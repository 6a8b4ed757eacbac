import { element, setAttribute, setText } from '../shared/dom.js';
import { formatShare, formatSize } from '../shared/format.js';
import type { IconName } from '../shared/icons.js';
import { SelectBox } from '../shared/select-box.js';
import { readTheme } from '../shared/theme.js';
import { toolButton } from '../shared/tool-button.js';
import type { Holder, HolderMeasure } from './holders.js';
import { HoldersChart, holderColours, holderMark } from './holders-chart.js';
import type { HolderShape } from './view-state.js';

const MEASURES: readonly (readonly [HolderMeasure, string])[] = [
  ['pss', 'PSS'],
  ['uss', 'USS'],
  ['rss', 'RSS'],
  ['swap', 'Swap'],
];

const NOTES: Readonly<Record<HolderMeasure, string>> = {
  pss: 'PSS adds up: each shared page is counted once.',
  uss: 'Memory that processes share is in none of these.',
  rss: 'RSS does not add up: memory that is shared is counted in each process.',
  swap: 'Swapped out; memory that is shared is counted in each process.',
};

export interface HoldersChoice {
  readonly measure: HolderMeasure;
  readonly shape: HolderShape;
}

/** "Who holds the memory": the pie or bars, and the table that says the same in words and numbers. */
export class HoldersPanel {
  readonly root: HTMLElement;
  private readonly chart: HoldersChart;
  private readonly select: SelectBox<HolderMeasure>;
  private readonly shapes: ReadonlyMap<HolderShape, HTMLButtonElement>;
  private readonly rows = element('tbody');
  private readonly note = element('p', { class: 'holders-note' });
  private choice: HoldersChoice = { measure: 'pss', shape: 'pie' };
  private holders: readonly Holder[] = [];

  constructor(
    private readonly onChoose: (choice: HoldersChoice) => void,
    private readonly onSelect: (holder: Holder) => void,
  ) {
    this.chart = new HoldersChart(onSelect);
    this.select = new SelectBox('Measure of the chart', (measure) => this.onChoose({ ...this.choice, measure }));
    this.shapes = new Map([
      ['pie', this.shapeButton('pie', 'pie-chart', 'Pie')],
      ['bars', this.shapeButton('bars', 'graph', 'Bars')],
    ]);
    this.root = element(
      'section',
      { class: 'holders', attributes: { 'aria-label': 'Who holds the memory' } },
      element(
        'div',
        { class: 'holders-head' },
        element('h2', {}, 'Who holds memory'),
        this.select.root,
        element(
          'div',
          { class: 'buttons', attributes: { role: 'group', 'aria-label': 'Shape of the chart' } },
          ...this.shapes.values(),
        ),
      ),
      element(
        'div',
        { class: 'holders-body' },
        this.chart.root,
        element('table', { class: 'holders-table', attributes: { 'aria-label': 'Who holds the memory, as a table' } }, this.rows),
      ),
      this.note,
    );
  }

  show(holders: readonly Holder[], choice: HoldersChoice, unreadable: number): void {
    this.holders = holders;
    this.choice = choice;
    this.select.show(MEASURES, choice.measure);
    for (const [shape, button] of this.shapes) setAttribute(button, 'aria-pressed', `${shape === choice.shape}`);
    const name = MEASURES.find(([id]) => id === choice.measure)?.[1] ?? '';
    this.chart.show(holders, choice.shape, `Who holds the memory, by ${name}`);
    this.showRows();
    const missing =
      unreadable > 0 ? ` Not known of ${unreadable.toLocaleString('en-US')} ${unreadable === 1 ? 'process' : 'processes'}.` : '';
    setText(this.note, NOTES[choice.measure] + missing);
  }

  close(): void {
    this.chart.close();
  }

  private showRows(): void {
    const { holders } = this;
    const total = holders.reduce((sum, { bytes }) => sum + bytes, 0);
    const colours = holderColours(holders, readTheme());
    while (this.rows.rows.length > holders.length) this.rows.rows[this.rows.rows.length - 1]?.remove();
    holders.forEach((holder, at) => {
      const row = this.rows.rows[at] ?? this.rows.appendChild(this.makeRow(at));
      const [mark, name, bytes, share] = row.children as unknown as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
      const swatch = mark.firstElementChild as HTMLElement;
      if (swatch.style.backgroundColor !== colours[at]) swatch.style.backgroundColor = colours[at] ?? '';
      setText(swatch, holderMark(holder, at));
      const button = name.firstElementChild as HTMLButtonElement;
      setText(button, holder.label);
      setAttribute(button, 'title', holder.note ?? holder.label);
      button.disabled = holder.id === undefined;
      setText(bytes, formatSize(holder.bytes));
      setText(share, formatShare(holder.bytes, total));
    });
  }

  private makeRow(at: number): HTMLTableRowElement {
    const select = (): void => {
      const holder = this.holders[at];
      if (holder) this.onSelect(holder);
    };
    return element(
      'tr',
      {},
      element('td', { class: 'mark' }, element('span', { class: 'holder-swatch' })),
      element(
        'th',
        { attributes: { scope: 'row' } },
        element('button', { class: 'link', attributes: { type: 'button' }, on: { click: select } }),
      ),
      element('td', { class: 'number' }),
      element('td', { class: 'number share' }),
    );
  }

  private shapeButton(shape: HolderShape, picture: IconName, name: string): HTMLButtonElement {
    return toolButton(picture, name, () => this.onChoose({ ...this.choice, shape }));
  }
}
