import { element, setAttribute, setText } from '../shared/dom.js';
import { formatChange } from '../shared/format.js';
import { Spark } from './changes-spark.js';
import { DASH } from './region-cells.js';
import { isGroup, type RowContext, type TableRow } from './region-rows.js';

/** How the memory of a region went over the readings, as a line and in bytes a second. */
export class GrowthCell {
  readonly root: HTMLElement;
  private readonly spark = new Spark(52, 12);
  private readonly rate = element('span', { class: 'rate' });

  constructor() {
    this.root = element('div', { class: 'cell growth', attributes: { role: 'gridcell', tabindex: -1 } });
    this.root.append(this.spark.root, this.rate);
  }

  show(row: TableRow, { data }: RowContext): void {
    const line = isGroup(row) ? undefined : data.growthOf(row.row);
    const unknown = line === undefined && !isGroup(row);
    this.root.classList.toggle('unknown', unknown);
    setAttribute(this.root, 'aria-label', unknown ? 'not followed' : undefined);
    this.spark.root.toggleAttribute('hidden', line === undefined);
    if (line === undefined) setText(this.rate, unknown ? DASH : '');
    else {
      this.spark.show(data.grown?.at ?? [], line.values);
      setText(this.rate, formatChange(line.perSecond, 'bytes-per-second'));
    }
    setAttribute(this.root, 'data-grows', line !== undefined && line.perSecond > 0);
  }
}
