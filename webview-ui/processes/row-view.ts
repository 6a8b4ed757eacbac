import { formatCount } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import { isGrowth, VERDICT_NAMES } from '../../src/model/verdict.js';
import { element, icon, setAttribute } from '../shared/dom.js';
import { type IconName, iconClass } from '../shared/icons.js';
import { cellText, commandName, DASH, formatCell, growthRate, roundedBytes } from './cell-text.js';
import type { ColumnSpec } from './columns.js';
import { groupName, isGroup, type TableRow } from './process-table.js';
import { boundOf, type Sum, type Sums } from './sums.js';
import { whyUnknown } from './why-unknown.js';

/** What the rows of one moment are drawn with. */
export interface RowContext {
  /** What a full bar is; undefined: no bars in this column. */
  readonly fullBar: (column: ColumnSpec) => number | undefined;
  readonly sumsOf: (group: TableRow) => Sums;
}

/** One row on the screen. It is made once and then only changed where its text differs: what stands there stays. */
export class RowView {
  readonly root = element('div', { class: 'row', attributes: { role: 'row' } });
  readonly cells: readonly HTMLElement[];
  readonly command: CommandCell;
  row: TableRow | undefined;
  private readonly others: readonly (ValueCell | GrowthCell)[];

  constructor(columns: readonly ColumnSpec[]) {
    this.command = new CommandCell();
    this.others = columns.slice(1).map((column) => (column.id === 'growth' ? new GrowthCell() : new ValueCell(column)));
    this.cells = [this.command.root, ...this.others.map(({ root }) => root)];
    this.root.append(...this.cells);
  }

  show(row: TableRow, context: RowContext): void {
    this.row = row;
    const group = isGroup(row);
    const { classList } = this.root;
    classList.toggle('group', group);
    classList.toggle('gone', !group && row.original.gone);
    classList.toggle('watched', !group && row.original.entry.watched);
    setAttribute(this.root, 'aria-level', row.depth + 1);
    setAttribute(this.root, 'aria-expanded', group ? `${row.getIsExpanded()}` : undefined);
    this.command.show(row);
    const sums = group ? context.sumsOf(row) : undefined;
    for (const cell of this.others) cell.show(row, sums, context);
  }
}

class CommandCell {
  readonly name = document.createTextNode('');
  readonly lead = element('button', { class: 'lead codicon', attributes: { type: 'button', tabindex: -1 } });
  readonly root: HTMLElement;
  private readonly detail = document.createTextNode('');
  private leadIcon = '';

  constructor() {
    const label = element('span', { class: 'name' });
    label.append(this.name);
    const detail = element('span', { class: 'detail' });
    detail.append(this.detail);
    this.root = element(
      'div',
      { class: 'cell first', attributes: { role: 'rowheader', tabindex: -1 } },
      this.lead,
      label,
      detail,
    );
  }

  show(row: TableRow): void {
    if (isGroup(row)) {
      const expanded = row.getIsExpanded();
      this.setLead(expanded ? 'chevron-down' : 'chevron-right', expanded ? 'Collapse' : 'Expand', undefined);
      setData(this.name, groupName(row) === '' ? 'not known' : visibleText(groupName(row)));
      setData(this.detail, formatCount(row.subRows.length, 'process', 'processes'));
      return;
    }
    const { entry, gone } = row.original;
    const { watched, kernelThread } = entry;
    this.setLead(watched ? 'eye' : 'eye-closed', watched ? 'Unwatch' : 'Watch', watched);
    this.lead.classList.toggle('absent', kernelThread || (gone && !watched));
    setData(this.name, commandName(entry));
    setData(this.detail, gone ? 'ended' : visibleText(argumentsOf(entry.commandLine)));
  }

  private setLead(name: IconName, title: string, pressed: boolean | undefined): void {
    if (this.leadIcon === `${name} ${pressed}`) return;
    this.leadIcon = `${name} ${pressed}`;
    this.lead.className = `lead ${iconClass(name)}`;
    this.lead.title = title;
    setAttribute(this.lead, 'aria-label', title);
    setAttribute(this.lead, 'aria-pressed', pressed === undefined ? undefined : `${pressed}`);
  }
}

/** A page full of command lines of megabytes helps nobody; the whole of it is copied by its own action. */
const MOST = 400;
const argumentsOf = (commandLine: string | undefined): string => (commandLine ?? '').slice(0, MOST);

class ValueCell {
  readonly root: HTMLElement;
  private readonly text = document.createTextNode('');
  private share = '';

  constructor(private readonly column: ColumnSpec) {
    this.root = element('div', {
      class: `cell ${column.unit === 'text' ? 'text' : 'number'}`,
      attributes: { role: 'gridcell', tabindex: -1 },
    });
    const inner = element('span', { class: 'value' });
    inner.append(this.text);
    this.root.append(inner);
  }

  show(row: TableRow, sums: Sums | undefined, context: RowContext): void {
    const { column } = this;
    const sum = sums?.get(column.id);
    const value = sums ? sum?.total : column.value(row.original.entry);
    const text = sums ? sumText(column, sum) : cellText(column, row.original.entry);
    setData(this.text, text);
    // A dash says nothing to a screen reader.
    const reason = text === DASH && !sums ? whyUnknown(row.original.entry, column.id) : undefined;
    setAttribute(this.root, 'aria-label', reason);
    this.root.classList.toggle('unknown', text === DASH);
    const full = context.fullBar(column);
    this.setShare(full !== undefined && full > 0 && typeof value === 'number' ? Math.min(1, value / full) : 0);
  }

  private setShare(share: number): void {
    const text = share < 0.005 ? '' : share.toFixed(2);
    if (this.share === text) return;
    this.share = text;
    this.root.classList.toggle('bar', text !== '');
    if (text !== '') this.root.style.setProperty('--share', text);
  }
}

/** What a group or a total shows: `≤ 1.2 GiB`; empty where nothing can be added up. */
export function sumText(column: ColumnSpec, sum: Sum | undefined): string {
  if (!sum) return '';
  if (sum.total === 0 && sum.unknown > 0) return DASH;
  const bound = boundOf(column.id, sum);
  const { total } = sum;
  const text =
    column.unit === 'bytes' && total > 0
      ? roundedBytes(total)
      : column.unit === 'percent' && total >= 10
        ? `${Math.round(total)} %`
        : formatCell(column, total);
  // At most nothing is nothing.
  return bound === '' || (bound === '≤' && total === 0) ? text : `${bound} ${text}`;
}

const ARROWS = { up: 'arrow-up', down: 'arrow-down', level: 'arrow-right' } as const;

class GrowthCell {
  readonly root = element('div', { class: 'cell growth', attributes: { role: 'gridcell', tabindex: -1 } });
  private readonly arrow = icon('dash');
  private readonly rate = element('span', { class: 'rate' });
  private readonly verdict = element('span', { class: 'verdict' });
  private shown = '';

  show(row: TableRow, sums: Sums | undefined): void {
    const { entry } = row.original;
    const growth = sums ? undefined : entry.growth;
    const reason = sums || growth ? '' : whyUnknown(entry, 'growth');
    const shown = sums ? 'group' : growth ? `${growth.state} ${growth.ratePerHour}` : reason;
    if (shown === this.shown) return;
    this.shown = shown;
    setAttribute(this.root, 'data-state', growth?.state);
    this.root.classList.toggle('unknown', growth === undefined);
    setAttribute(this.root, 'aria-label', reason === '' ? undefined : reason);
    if (!growth) {
      this.root.replaceChildren(sums ? '' : DASH);
      return;
    }
    const direction = isGrowth(growth.state) ? 'up' : (growth.ratePerHour ?? 0) < 0 ? 'down' : 'level';
    this.arrow.className = iconClass(growth.state === 'undecided' ? 'watch' : ARROWS[direction]);
    this.rate.textContent = growthRate(growth);
    this.verdict.textContent = VERDICT_NAMES[growth.state];
    this.root.replaceChildren(this.arrow, this.rate, this.verdict);
  }
}

function setData(node: Text, text: string): void {
  if (node.data !== text) node.data = text;
}
