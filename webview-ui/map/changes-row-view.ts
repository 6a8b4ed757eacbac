import { visibleText } from '../../src/base/visible-text.js';
import type { MapTable } from '../../src/model/map-table.js';
import { element, icon, setAttribute, setText } from '../shared/dom.js';
import { formatChange } from '../shared/format.js';
import type { GridRowView } from '../shared/grid-shape.js';
import { CHANGE_SIGNS } from './address-space-facts.js';
import { wasNow } from './changes-amounts.js';
import type { ChangeColumn } from './changes-columns.js';
import { type ChangeRow, isAmount } from './changes-rows.js';
import { Spark } from './changes-spark.js';
import { AMOUNT_LABELS, GUESS_WORDS, matchWords, permissionsChange, rangeText } from './changes-words.js';
import { sizeText } from './region-shape-words.js';

/** What the rows of one comparison are drawn with. */
export interface ChangeContext {
  /** Of the later moment, where it is at hand. */
  readonly table: MapTable | undefined;
  /** When the readings of the growth lines were. */
  readonly at: readonly number[];
}

const UNKNOWN = '–';

/** One row on the screen. */
export class ChangeRowView implements GridRowView<ChangeRow, ChangeContext> {
  readonly root = element('div', { class: 'row change', attributes: { role: 'row' } });
  readonly cells: readonly HTMLElement[];
  row: ChangeRow | undefined;
  private readonly sign = element('span', { class: 'change-sign', attributes: { role: 'img' } });
  private readonly label = element('span', { class: 'name' });
  private readonly detail = element('span', { class: 'detail' });
  private readonly guess = icon('question');
  private spark: { readonly line: Spark; readonly rate: HTMLElement } | undefined;

  constructor(private readonly columns: readonly ChangeColumn[]) {
    this.cells = columns.map((column) => this.cell(column));
    this.root.append(...this.cells);
  }

  show(row: ChangeRow, context: ChangeContext): void {
    this.row = row;
    const { kind, guess } = row.change;
    setAttribute(this.root, 'data-kind', kind);
    setText(this.sign, CHANGE_SIGNS[kind].sign);
    setAttribute(this.sign, 'aria-label', CHANGE_SIGNS[kind].word);
    setText(this.label, row.label);
    setText(this.detail, row.name);
    this.guess.hidden = !guess;
    for (const [at, column] of this.columns.entries()) this.fill(column, this.cells[at]!, row, context);
  }

  private cell({ id, unit }: ChangeColumn): HTMLElement {
    if (id === 'what') {
      return element(
        'div',
        { class: 'cell first', attributes: { role: 'rowheader', tabindex: -1 } },
        this.sign,
        this.label,
        this.detail,
        this.guess,
      );
    }
    const cell = element('div', {
      class: `cell ${unit === 'bytes' ? 'number' : 'text'}`,
      attributes: { role: 'gridcell', tabindex: -1 },
    });
    if (id === 'growth') {
      this.spark = { line: new Spark(56, 14), rate: element('span', { class: 'rate' }) };
      cell.append(this.spark.line.root, this.spark.rate);
      cell.classList.add('growth');
    }
    return cell;
  }

  private fill({ id }: ChangeColumn, cell: HTMLElement, row: ChangeRow, { at }: ChangeContext): void {
    if (id === 'what') return;
    if (id !== 'growth') {
      const text = cellText(id, row);
      setText(cell, text);
      if (isAmount(id)) {
        const by = row.change.delta[id];
        setAttribute(cell, 'data-change', by === undefined || by === 0 ? undefined : by > 0 ? 'more' : 'less');
        cell.classList.toggle('unknown', by === undefined || by === 0);
      }
      return;
    }
    const { growth } = row;
    this.spark!.line.root.style.display = growth === undefined ? 'none' : '';
    if (growth !== undefined) this.spark!.line.show(at, growth.values);
    setText(this.spark!.rate, growth === undefined ? UNKNOWN : rateText(growth.perSecond));
    cell.classList.toggle('unknown', growth === undefined);
  }
}

export const rateText = (perSecond: number): string => formatChange(Math.round(perSecond), 'bytes-per-second');

/** What stands in a cell, and is copied of it. */
export function cellText(id: ChangeColumn['id'], { change, region, label, name, growth }: ChangeRow): string {
  if (isAmount(id)) return changeText(change.delta[id]);
  switch (id) {
    case 'what':
      return [CHANGE_SIGNS[change.kind].word, label, name].filter((part) => part !== '').join(' ');
    case 'address':
      return rangeText(region);
    case 'permissions':
      return permissionsChange(change);
    case 'growth':
      return growth === undefined ? UNKNOWN : rateText(growth.perSecond);
    case 'match':
      return `${change.guess ? 'A guess: ' : ''}${matchWords(change)}`;
  }
}

/** `+12.0 KiB`, `0`, `–` */
export const changeText = (bytes: number | undefined): string =>
  bytes === undefined ? UNKNOWN : bytes === 0 ? '0' : formatChange(bytes, 'bytes');

/** What is told of a cell beside its text. */
export function cellNote(id: ChangeColumn['id'], row: ChangeRow, { table }: ChangeContext): string {
  const { change, region } = row;
  if (isAmount(id)) {
    const { was, now } = wasNow(change, id, table);
    const parts = [was, now].map((bytes) => (bytes === undefined ? undefined : sizeText(bytes)));
    if (parts[0] === undefined && parts[1] === undefined) return `${AMOUNT_LABELS[id]}: ${changeText(change.delta[id])}`;
    const from = parts[0] ?? (change.kind === 'new' ? 'not there' : UNKNOWN);
    const to = parts[1] ?? (change.kind === 'gone' ? 'not there' : UNKNOWN);
    return `${AMOUNT_LABELS[id]}: ${from} → ${to}`;
  }
  if (id === 'what') return [cellText('what', row), visibleText(region.path)].filter((part) => part !== '').join('\n');
  if (id === 'match') return [matchWords(change), change.guess ? GUESS_WORDS : ''].filter((part) => part !== '').join(' ');
  return cellText(id, row);
}
