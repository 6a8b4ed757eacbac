import { element, setAttribute, setText } from './dom.js';
import { type GridColumn, isText } from './grid-shape.js';

export interface Total<Sums> {
  readonly label: string;
  readonly count: number;
  readonly sums: Sums;
}

interface TotalWords<Column extends GridColumn, Sums> {
  /** The column that holds the label. */
  readonly first: Column['id'];
  /** What is counted. */
  readonly one: string;
  readonly many: string;
  readonly text: (column: Column, sums: Sums) => string;
  /** Shown on hover. */
  readonly note: (column: Column, sums: Sums) => string | undefined;
}

/** The rows at the bottom: sums of what is shown, of what is selected, of all. */
export class GridTotals<Column extends GridColumn, Sums> {
  readonly root = element('div', { class: 'totals', attributes: { role: 'rowgroup', 'aria-label': 'Totals' } });

  constructor(private readonly words: TotalWords<Column, Sums>) {}

  show(columns: readonly Column[], totals: readonly Total<Sums>[], firstIndex: number): void {
    while (this.root.children.length > totals.length) this.root.lastElementChild?.remove();
    totals.forEach((total, at) => {
      const row =
        this.root.children[at] ?? this.root.appendChild(element('div', { class: 'row total', attributes: { role: 'row' } }));
      setAttribute(row, 'aria-rowindex', firstIndex + at);
      while (row.children.length > columns.length) row.lastElementChild?.remove();
      for (const [index, column] of columns.entries()) this.cell(row, column, index, total);
    });
  }

  private cell(row: Element, column: Column, index: number, total: Total<Sums>): void {
    const { first, one, many, text, note } = this.words;
    const isFirst = column.id === first;
    const cell = row.children[index] ?? row.appendChild(element('div', {}));
    setAttribute(cell, 'class', `cell ${isFirst ? 'first' : isText(column) ? 'text' : 'number'}`);
    setAttribute(cell, 'role', isFirst ? 'rowheader' : 'gridcell');
    if (!isFirst) setText(cell, text(column, total.sums));
    else {
      // The word is left out where there is no room for it.
      const count = cell.firstElementChild ?? cell.appendChild(element('span'));
      const unit = count.nextElementSibling ?? cell.appendChild(element('span', { class: 'unit' }));
      setText(count, `${total.label}: ${total.count.toLocaleString('en-US')}`);
      setText(unit, ` ${total.count === 1 ? one : many}`);
    }
    setAttribute(cell, 'title', note(column, total.sums));
  }
}
