import { formatCount } from '../../src/base/units.js';
import { AMOUNTS, type Amount } from '../../src/model/map-table.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import type { Theme } from '../shared/theme.js';
import type { MapActions, MapModel } from './map-model.js';
import { AMOUNT_LABELS, amountText, figureNote, rowsOfTotal, type TotalsBy, totalsRows, wholeFigures } from './totals-figures.js';
import { TotalsTable } from './totals-table.js';

const PARTS_ID = 'totals-parts';
const BY_LABELS: Readonly<Record<TotalsBy, string>> = { segment: 'By Segment', file: 'By Mapped File' };
const CHOICES: readonly TotalsBy[] = ['segment', 'file'];

/** The sums: of the whole on a line that is always there; of each segment and mapped file below it, when they are asked for. */
export class Totals {
  readonly element: HTMLElement;
  private readonly whole = element('dl', { class: 'totals-whole' });
  private readonly toggle: HTMLButtonElement;
  private readonly parts: HTMLElement;
  private readonly notes = element('div', { class: 'totals-notes' });
  private readonly definitions = element('dl', { class: 'totals-definitions' });
  private readonly choices = new Map<TotalsBy, HTMLButtonElement>();
  private readonly table: TotalsTable;
  private readonly figures = new Map<Amount, HTMLElement>();
  private shown = '';
  private by: TotalsBy = 'segment';
  private sort: Amount = 'rss';
  private open = false;
  private model: MapModel | undefined;

  constructor(
    private readonly actions: MapActions,
    theme: () => Theme,
  ) {
    this.table = new TotalsTable(
      {
        choose: (key) => this.choose(key),
        sort: (amount) => {
          this.sort = amount;
          this.drawParts();
        },
      },
      theme,
    );
    this.toggle = element(
      'button',
      {
        class: 'action totals-toggle',
        attributes: { type: 'button', 'aria-expanded': 'false', 'aria-controls': PARTS_ID },
        on: { click: () => this.unfold() },
      },
      icon('chevron-right'),
      'By Segment and File',
    );
    this.parts = element(
      'div',
      { id: PARTS_ID, class: 'totals-parts', attributes: { hidden: true } },
      element(
        'div',
        { class: 'segments', attributes: { role: 'radiogroup', 'aria-label': 'Sums' } },
        ...CHOICES.map((by) => this.choice(by)),
      ),
      this.table.element,
      this.notes,
      this.definitions,
    );
    this.element = element(
      'section',
      { class: 'totals', attributes: { 'aria-label': 'Totals' } },
      element('div', { class: 'totals-line' }, this.toggle, this.whole),
      this.parts,
    );
  }

  show(model: MapModel): void {
    this.model = model;
    const figures = wholeFigures(model.map);
    const { amounts } = model.words;
    const key = figures.map(({ amount, from }) => `${amount} ${from}`).join();
    const isEmpty = model.map.snapshot.table.length === 0;
    this.element.hidden = isEmpty && figures.length === 0;
    this.toggle.hidden = isEmpty;
    this.parts.hidden = isEmpty || !this.open;
    // What is there is changed in place: a tip that is read does not go away with the next reading.
    if (key !== this.shown) {
      this.shown = key;
      this.figures.clear();
      const items = figures.map((figure) => {
        const value = element('span');
        this.figures.set(figure.amount, value);
        const sign = figure.from === 'mappings' ? undefined : element('sup', { attributes: { 'aria-hidden': 'true' } }, '*');
        return element(
          'div',
          { class: 'total', attributes: { 'data-amount': figure.amount } },
          element('dt', {}, AMOUNT_LABELS[figure.amount]),
          element('dd', {}, value, sign, element('span', { class: 'visually-hidden meaning' })),
        );
      });
      setChildren(this.whole, ...items);
    }
    for (const figure of figures) {
      const value = this.figures.get(figure.amount);
      const item = value?.closest('.total');
      if (value === undefined || item === null || item === undefined) continue;
      setText(value, amountText(figure.bytes));
      const note = figureNote(figure, model.map);
      const meaning = [amounts[figure.amount], note].filter(Boolean).join(' ');
      setAttribute(item, 'title', meaning);
      setText(item.querySelector('.meaning')!, ` ${withoutLabel(meaning)}`);
    }
    this.drawParts();
  }

  themed(): void {
    this.drawParts();
  }

  private drawParts(): void {
    const { model } = this;
    if (model === undefined || !this.open) return;
    const { map, words } = model;
    const told = AMOUNTS.filter((amount) => map.totals.whole[amount] !== undefined);
    const sort = told.includes(this.sort) ? this.sort : 'size';
    const files = map.totals.byFile.length;
    const by = files === 0 ? 'segment' : this.by;
    for (const [name, button] of this.choices) {
      setAttribute(button, 'aria-checked', `${name === by}`);
      setAttribute(button, 'tabindex', name === by ? 0 : -1);
      button.disabled = name === 'file' && files === 0;
    }
    this.table.show({
      caption: by === 'file' ? `Sums of ${formatCount(files, 'mapped file')}` : 'Sums of segments',
      rows: totalsRows(map, words, by, sort),
      whole: map.totals.whole,
      regions: map.snapshot.table.length,
      told,
      sort,
      definitions: words.amounts,
    });
    const notes = wholeFigures(map).flatMap((figure) => figureNote(figure, map) ?? []);
    if (by === 'file') notes.push('Only mappings of the files themselves: a library’s bss is memory without a file.');
    const key = [...notes, ...told].join('\n');
    if (this.notes.dataset['shown'] === key) return;
    this.notes.dataset['shown'] = key;
    setChildren(this.notes, ...notes.map((note) => element('p', {}, note)));
    setChildren(
      this.definitions,
      ...told.map((amount) =>
        element(
          'div',
          {},
          element('dt', {}, AMOUNT_LABELS[amount]),
          element('dd', {}, capital(withoutLabel(words.amounts[amount]))),
        ),
      ),
    );
  }

  private unfold(): void {
    this.open = !this.open;
    this.parts.hidden = !this.open;
    setAttribute(this.toggle, 'aria-expanded', `${this.open}`);
    this.toggle.firstElementChild?.replaceWith(icon(this.open ? 'chevron-down' : 'chevron-right'));
    this.drawParts();
  }

  private choose(key: string): void {
    const { model } = this;
    if (model === undefined) return;
    const by = model.map.totals.byFile.length === 0 ? 'segment' : this.by;
    this.actions.select(rowsOfTotal(model.map.snapshot, by, key));
  }

  private choice(by: TotalsBy): HTMLButtonElement {
    const turn = (): void => {
      this.by = by;
      this.drawParts();
    };
    const button = element(
      'button',
      {
        class: 'segment',
        attributes: { type: 'button', role: 'radio' },
        on: {
          click: turn,
          keydown: (event) => {
            if (!event.key.startsWith('Arrow')) return;
            event.preventDefault();
            const other = this.choices.get(by === 'file' ? 'segment' : 'file');
            other?.click();
            other?.focus();
          },
        },
      },
      BY_LABELS[by],
    );
    this.choices.set(by, button);
    return button;
  }
}

/** The words begin with the name, `RSS: the pages …`, which stands beside them here. */
const withoutLabel = (words: string): string => words.replace(/^\w+: /, '');

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
