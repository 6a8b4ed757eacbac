import { AMOUNTS, type Amount, type MapAmounts } from '../../src/model/map-table.js';
import { cssOf } from '../shared/colour.js';
import { element, setAttribute, setChildren, setOrder, setText } from '../shared/dom.js';
import { formatShare } from '../shared/format.js';
import type { Theme } from '../shared/theme.js';
import { segmentColour } from './segment-style.js';
import { AMOUNT_LABELS, amountText, type TotalsRow } from './totals-figures.js';

export interface TotalsTableActions {
  choose(key: string): void;
  sort(amount: Amount): void;
}

export interface TotalsTableContent {
  readonly caption: string;
  readonly rows: readonly TotalsRow[];
  readonly whole: MapAmounts;
  readonly regions: number;
  /** Amounts that the form tells, and the one by which it is sorted. */
  readonly told: readonly Amount[];
  readonly sort: Amount;
  readonly definitions: Readonly<Record<Amount, string>>;
}

/** More rows take long to lay out and to read; the next ones are shown when they are asked for. */
const PAGE_ROWS = 60;

interface Line {
  readonly row: HTMLTableRowElement;
  readonly name: HTMLButtonElement;
  readonly bar: HTMLElement;
  readonly cells: ReadonlyMap<Amount | 'count', HTMLTableCellElement>;
}

/** Sums of parts, one part a line; its name selects the part. Arrow keys go from name to name. */
export class TotalsTable {
  readonly element: HTMLElement;
  private readonly caption = element('caption', { class: 'visually-hidden' });
  private readonly head = element('thead');
  private readonly body = element('tbody');
  private readonly foot = element('tfoot');
  private readonly more = element('button', { class: 'text-button', attributes: { type: 'button' } });
  private readonly lines = new Map<string, Line>();
  private limit = PAGE_ROWS;
  private shape = '';
  private content: TotalsTableContent | undefined;

  constructor(
    private readonly actions: TotalsTableActions,
    private readonly theme: () => Theme,
  ) {
    const table = element('table', { class: 'totals-table' }, this.caption, this.head, this.body, this.foot);
    table.addEventListener('keydown', (event) => this.move(event));
    this.more.addEventListener('click', () => {
      this.limit += 4 * PAGE_ROWS;
      this.draw();
    });
    // Wide in a narrow editor: it scrolls sideways, and its names stay.
    this.element = element('div', { class: 'totals-holder' }, table, this.more);
  }

  show(content: TotalsTableContent): void {
    if (content.caption !== this.content?.caption) this.limit = PAGE_ROWS;
    this.content = content;
    this.draw();
  }

  private draw(): void {
    const { content } = this;
    if (content === undefined) return;
    setText(this.caption, content.caption);
    this.drawHead(content);
    const shown = content.rows.slice(0, this.limit);
    const kept = new Set(shown.map(({ key }) => key));
    for (const key of this.lines.keys()) if (!kept.has(key)) this.lines.delete(key);
    const largest = Math.max(1, ...content.rows.map(({ amounts }) => amounts[content.sort] ?? 0));
    const lines = shown.map((row) => this.line(row, content, largest));
    setOrder(
      this.body,
      lines.map(({ row }) => row),
    );
    while (this.body.children.length > lines.length) this.body.lastElementChild?.remove();
    // One stop of the Tab key for all of them.
    const reachable = lines.some(({ name }) => name.tabIndex === 0);
    if (!reachable && lines[0] !== undefined) lines[0].name.tabIndex = 0;
    const rest = content.rows.length - shown.length;
    this.more.hidden = rest === 0;
    setText(this.more, `Show more (${rest.toLocaleString('en-US')} left)`);
    setChildren(
      this.foot,
      element(
        'tr',
        {},
        element('th', { attributes: { scope: 'row' } }, 'All mappings'),
        element('td', { class: 'bar-cell' }),
        element('td', {}, content.regions.toLocaleString('en-US')),
        ...content.told.map((amount) => element('td', {}, amountText(content.whole[amount]))),
      ),
    );
  }

  private drawHead({ definitions, sort, told }: TotalsTableContent): void {
    const shape = `${told.join()} ${sort}`;
    if (shape === this.shape) return;
    const focused = this.head.contains(document.activeElement);
    this.shape = shape;
    this.lines.clear();
    setChildren(this.body);
    const heading = (amount: Amount) =>
      element(
        'th',
        {
          attributes: {
            scope: 'col',
            'aria-sort': amount === sort ? 'descending' : undefined,
          },
        },
        element(
          'button',
          {
            attributes: { type: 'button', title: definitions[amount], 'data-amount': amount },
            on: { click: () => this.actions.sort(amount) },
          },
          AMOUNT_LABELS[amount],
        ),
      );
    setChildren(
      this.head,
      element(
        'tr',
        {},
        element('th', { attributes: { scope: 'col' } }, 'Part'),
        element('td', { class: 'bar-cell' }),
        element('th', { attributes: { scope: 'col' } }, 'Regions'),
        ...AMOUNTS.filter((amount) => told.includes(amount)).map(heading),
      ),
    );
    if (focused) this.head.querySelector<HTMLElement>(`[data-amount="${sort}"]`)?.focus();
  }

  private line(row: TotalsRow, { sort, told, whole }: TotalsTableContent, largest: number): Line {
    const line = this.lines.get(row.key) ?? this.add(row, told);
    setText(line.name, row.label);
    const share = formatShare(row.amounts[sort] ?? 0, whole[sort]);
    setAttribute(
      line.name,
      'title',
      [row.title, share && `${share} of ${AMOUNT_LABELS[sort]}.`, 'Click: select.'].filter(Boolean).join(' '),
    );
    const theme = this.theme();
    line.bar.hidden = !row.amounts[sort];
    line.bar.style.width = `${(100 * (row.amounts[sort] ?? 0)) / largest}%`;
    const colour = row.segment === undefined ? theme.hues.neutral : segmentColour(row.segment, theme);
    line.bar.style.backgroundColor = cssOf(colour);
    setText(line.cells.get('count')!, row.count.toLocaleString('en-US'));
    for (const amount of told) {
      const cell = line.cells.get(amount)!;
      setText(cell, amountText(row.amounts[amount]));
      cell.classList.toggle('none', !row.amounts[amount]);
    }
    return line;
  }

  private add({ key }: TotalsRow, told: readonly Amount[]): Line {
    const name = element('button', {
      attributes: { type: 'button', tabindex: -1 },
      on: { click: () => this.actions.choose(key), focus: () => this.reach(name) },
    });
    const bar = element('div', { class: 'total-bar' });
    const cells = new Map((['count', ...told] as const).map((id) => [id, element('td')] as const));
    const row = element(
      'tr',
      {},
      element('th', { attributes: { scope: 'row' } }, name),
      element('td', { class: 'bar-cell', attributes: { 'aria-hidden': 'true' } }, bar),
      ...cells.values(),
    );
    const line = { row, name, bar, cells };
    this.lines.set(key, line);
    return line;
  }

  private reach(name: HTMLButtonElement): void {
    for (const line of this.lines.values()) line.name.tabIndex = line.name === name ? 0 : -1;
  }

  private move(event: KeyboardEvent): void {
    const names = [...this.body.querySelectorAll<HTMLButtonElement>('th button')];
    const at = names.indexOf(event.target as HTMLButtonElement);
    if (at < 0) return;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: names.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    names[Math.max(0, Math.min(names.length - 1, next))]?.focus();
  }
}
