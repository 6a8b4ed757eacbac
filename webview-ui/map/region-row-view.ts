import { formatCount } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import { addressText } from '../../src/model/map-table.js';
import { element, setAttribute } from '../shared/dom.js';
import { isText } from '../shared/grid-shape.js';
import { iconClass } from '../shared/icons.js';
import { segmentOf } from './map-model.js';
import { cellText, DASH, sumText } from './region-cells.js';
import type { RegionColumn } from './region-columns.js';
import { GrowthCell } from './region-growth-cell.js';
import { isGroup, type RowContext, type TableRow } from './region-rows.js';
import { lastName, regionName } from './region-shape-words.js';

/** One row on the screen. It is made once and then only changed where its text differs. */
export class RegionRowView {
  readonly root = element('div', { class: 'row', attributes: { role: 'row' } });
  readonly cells: readonly HTMLElement[];
  row: TableRow | undefined;
  private readonly first = new FirstCell();
  private readonly others: readonly (ValueCell | GrowthCell)[];

  constructor(columns: readonly RegionColumn[]) {
    this.others = columns.slice(1).map((column) => (column.unit === 'growth' ? new GrowthCell() : new ValueCell(column)));
    this.cells = [this.first.root, ...this.others.map(({ root }) => root)];
    this.root.append(...this.cells);
  }

  show(row: TableRow, context: RowContext): void {
    this.row = row;
    const group = isGroup(row);
    this.root.classList.toggle('group', group);
    setAttribute(this.root, 'aria-level', group || row.parentId === undefined ? 1 : 2);
    setAttribute(this.root, 'aria-expanded', group ? `${row.expanded}` : undefined);
    this.first.show(row, context);
    for (const cell of this.others) cell.show(row, context);
  }
}

class FirstCell {
  readonly root: HTMLElement;
  private readonly lead = element('button', { class: 'lead', attributes: { type: 'button', tabindex: -1 } });
  private readonly key = element('span', { class: 'segment-key', attributes: { 'aria-hidden': 'true' } });
  private readonly name = document.createTextNode('');
  private readonly detail = document.createTextNode('');

  constructor() {
    const name = element('span', { class: 'name' });
    name.append(this.name);
    const detail = element('span', { class: 'detail' });
    detail.append(this.detail);
    const attributes = { role: 'rowheader', tabindex: -1 };
    this.root = element('div', { class: 'cell first', attributes }, this.lead, this.key, name, detail);
  }

  show(row: TableRow, { data, colourOf }: RowContext): void {
    const group = isGroup(row);
    this.lead.hidden = !group;
    this.key.hidden = group;
    if (group) {
      const title = row.expanded ? 'Collapse' : 'Expand';
      this.lead.className = `lead ${iconClass(row.expanded ? 'chevron-down' : 'chevron-right')}`;
      setAttribute(this.lead, 'title', title);
      setAttribute(this.lead, 'aria-label', title);
      const { name, sums } = row.group;
      setData(this.name, name === '' ? groupName(name) : lastName(name));
      // Of a file the folder, too: many names are the same but for it.
      const folder = name.startsWith('/') ? ` in ${visibleText(name.slice(0, name.lastIndexOf('/')) || '/')}` : '';
      setData(this.detail, `${formatCount(sums.rows.length, 'region')}${folder}`);
      return;
    }
    const { snapshot, table } = data;
    const colour = colourOf(segmentOf(snapshot, row.row));
    if (this.key.dataset['colour'] !== colour) {
      this.key.dataset['colour'] = colour;
      this.key.style.backgroundColor = colour;
    }
    setData(this.name, addressText(table.start[row.row] ?? Number.NaN));
    setData(this.detail, regionName(snapshot, row.row));
  }
}

export const groupName = (name: string): string => (name === '' ? 'without a file or name' : visibleText(name));

class ValueCell {
  readonly root: HTMLElement;
  private readonly text = document.createTextNode('');
  private share = '';

  constructor(private readonly column: RegionColumn) {
    this.root = element('div', {
      class: `cell ${isText(column) ? 'text' : 'number'}${column.unit === 'address' ? ' address' : ''}`,
      attributes: { role: 'gridcell', tabindex: -1 },
    });
    const inner = element('span', { class: 'value' });
    inner.append(this.text);
    this.root.append(inner);
  }

  show(row: TableRow, { data, all }: RowContext): void {
    const { column } = this;
    const group = isGroup(row);
    const sum = group ? row.group.sums.get(column) : undefined;
    const text = group ? sumText(column, sum, row.group.sums.rows.length) : cellText(column, data, row.row);
    setData(this.text, text);
    this.root.classList.toggle('unknown', text === DASH);
    // A dash says nothing to a screen reader.
    setAttribute(this.root, 'aria-label', text === DASH ? 'not told' : undefined);
    if (!column.bar) return;
    // Of a group the share of all; of a region that of the largest.
    const whole = all.get(column);
    const full = group ? whole?.total : whole?.largest;
    const value = group ? sum?.total : column.number(data, row.row);
    this.setShare(full !== undefined && full > 0 && value !== undefined && value > 0 ? Math.min(1, value / full) : 0);
  }

  private setShare(share: number): void {
    const text = share < 0.005 ? '' : share.toFixed(2);
    if (this.share === text) return;
    this.share = text;
    this.root.classList.toggle('bar', text !== '');
    if (text !== '') this.root.style.setProperty('--share', text);
  }
}

function setData(node: Text, text: string): void {
  if (node.data !== text) node.data = text;
}
