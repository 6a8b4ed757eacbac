import { element, setAttribute, setText } from '../shared/dom.js';
import type { ColumnSpec } from './columns.js';
import { sumText } from './row-view.js';
import { type Sums, sumNote } from './sums.js';

export interface Total {
  readonly label: string;
  readonly count: number;
  readonly sums: Sums;
}

/** The rows at the bottom: sums of what is shown, and of all. */
export class GridTotals {
  readonly root = element('div', { class: 'totals', attributes: { role: 'rowgroup', 'aria-label': 'Totals' } });

  show(columns: readonly ColumnSpec[], totals: readonly Total[], firstIndex: number): void {
    while (this.root.children.length > totals.length) this.root.lastElementChild?.remove();
    totals.forEach((total, at) => {
      const row =
        this.root.children[at] ?? this.root.appendChild(element('div', { class: 'row total', attributes: { role: 'row' } }));
      setAttribute(row, 'aria-rowindex', firstIndex + at);
      while (row.children.length > columns.length) row.lastElementChild?.remove();
      for (const [index, column] of columns.entries()) this.cell(row, column, index, total);
    });
  }

  private cell(row: Element, column: ColumnSpec, index: number, total: Total): void {
    const command = column.id === 'command';
    const cell = row.children[index] ?? row.appendChild(element('div', {}));
    setAttribute(cell, 'class', `cell ${command ? 'first' : column.unit === 'text' ? 'text' : 'number'}`);
    setAttribute(cell, 'role', command ? 'rowheader' : 'gridcell');
    const sum = total.sums.get(column.id);
    if (!command) setText(cell, sumText(column, sum));
    else {
      // The word is left out where there is no room for it.
      const count = cell.firstElementChild ?? cell.appendChild(element('span'));
      const unit = count.nextElementSibling ?? cell.appendChild(element('span', { class: 'unit' }));
      setText(count, `${total.label}: ${total.count.toLocaleString('en-US')}`);
      setText(unit, total.count === 1 ? ' process' : ' processes');
    }
    setAttribute(cell, 'title', sum ? sumNote(column.id, sum) : undefined);
  }
}
