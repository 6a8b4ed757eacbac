import { formatCount } from '../../src/base/units.js';
import type { MapDiff } from '../../src/model/map-diff.js';
import { element, setAttribute, setText } from '../shared/dom.js';
import type { ChangeColumn } from './changes-columns.js';
import { changeText } from './changes-row-view.js';
import { isAmount } from './changes-rows.js';

export interface ChangesTotal {
  readonly label: string;
  readonly count: number;
  readonly sums: MapDiff['total'];
}

/** The rows below the list: sums of what is shown, and of the whole space. */
export class ChangesTotals {
  readonly root = element('div', { class: 'totals', attributes: { role: 'rowgroup', 'aria-label': 'Totals' } });

  show(columns: readonly ChangeColumn[], totals: readonly ChangesTotal[], firstIndex: number): void {
    while (this.root.children.length > totals.length) this.root.lastElementChild?.remove();
    totals.forEach(({ label, count, sums }, at) => {
      const row = this.root.children[at] ?? this.root.appendChild(element('div', { class: 'row', attributes: { role: 'row' } }));
      setAttribute(row, 'aria-rowindex', firstIndex + at);
      while (row.children.length > columns.length) row.lastElementChild?.remove();
      columns.forEach(({ id, unit }, index) => {
        const cell = row.children[index] ?? row.appendChild(element('div', {}));
        const isFirst = id === 'what';
        setAttribute(cell, 'class', `cell ${isFirst ? 'first' : unit === 'bytes' ? 'number' : 'text'}`);
        setAttribute(cell, 'role', isFirst ? 'rowheader' : 'gridcell');
        setText(cell, isFirst ? `${label}: ${formatCount(count, 'change')}` : isAmount(id) ? changeText(sums[id]) : '');
      });
    });
  }
}
