import { visibleText } from '../../src/base/visible-text.js';
import { framePlace } from '../../src/insight/heap/frame-name.js';
import { element, setAttribute, setText } from '../shared/dom.js';
import { type GridRowView, isText } from '../shared/grid-shape.js';
import { iconClass } from '../shared/icons.js';
import { countMeasure } from './block-counts.js';
import type { HeapColumn, HeapColumnId } from './heap-columns.js';
import type { ShownHeap } from './heap-model.js';
import type { HeapRow } from './heap-rows.js';

/** Deeper rows are not pushed further to the right: their names would be out of sight. */
const DEEPEST_INDENT = 24;
const INDENT = 12;

/** One row on the screen. It is made once and then only changed where its text differs. */
export class HeapRowView implements GridRowView<HeapRow, ShownHeap> {
  readonly root = element('div', { class: 'row heap-row', attributes: { role: 'row' } });
  readonly cells: readonly HTMLElement[];
  row: HeapRow | undefined;
  private readonly lead = element('button', { class: 'lead', attributes: { type: 'button', tabindex: -1 } });
  private readonly depth = element('span', { class: 'depth', attributes: { 'aria-hidden': 'true' } });
  private readonly name = element('span', { class: 'name' });
  private readonly detail = element('span', { class: 'detail' });

  constructor(
    private readonly columns: readonly HeapColumn[],
    private readonly isTree: boolean,
  ) {
    this.cells = columns.map((column) =>
      column.id === 'name'
        ? element(
            'div',
            { class: 'cell first', attributes: { role: 'rowheader', tabindex: -1 } },
            isTree && this.lead,
            isTree && this.depth,
            this.name,
            this.detail,
          )
        : element('div', {
            class: `cell ${isText(column) ? 'text' : 'number'}`,
            attributes: { role: 'gridcell', tabindex: -1 },
          }),
    );
    this.root.append(...this.cells);
  }

  show(row: HeapRow, shown: ShownHeap): void {
    this.row = row;
    const { frame, level, expanded } = row;
    if (this.isTree) this.showLevel(level, expanded);
    setText(this.name, row.name === undefined ? visibleText(shown.nameOf(frame)) : visibleText(row.name));
    setText(this.detail, row.detail ?? (shown.profile.frames.inlined[frame] === 1 ? 'inlined' : ''));
    // A module is more than the frame that stands for it.
    this.root.classList.toggle('system', row.name === undefined && shown.system[frame] === 1);
    this.root.classList.toggle('found', shown.search?.frames[frame] === 1);
    for (const [at, { id }] of this.columns.entries()) if (id !== 'name') this.fill(id, this.cells[at]!, row, shown);
  }

  private showLevel(level: number, expanded: boolean | undefined): void {
    setAttribute(this.root, 'aria-level', level);
    setAttribute(this.root, 'aria-expanded', expanded === undefined ? undefined : `${expanded}`);
    this.root.classList.toggle('branch', expanded !== undefined);
    this.lead.style.marginLeft = `${Math.min(level - 1, DEEPEST_INDENT) * INDENT}px`;
    this.lead.className = `lead ${expanded === undefined ? 'absent' : iconClass(expanded ? 'chevron-down' : 'chevron-right')}`;
    const title = expanded === true ? 'Collapse' : 'Expand';
    setAttribute(this.lead, 'title', title);
    setAttribute(this.lead, 'aria-label', title);
    setAttribute(this.lead, 'aria-hidden', expanded === undefined ? 'true' : undefined);
    this.depth.hidden = level <= DEEPEST_INDENT;
    setText(this.depth, level <= DEEPEST_INDENT ? '' : `${level}`);
  }

  private fill(id: HeapColumnId, cell: HTMLElement, row: HeapRow, shown: ShownHeap): void {
    const text = cellText(id, row, shown);
    setText(cell, text);
    cell.classList.toggle('unknown', text === UNKNOWN);
    setAttribute(cell, 'aria-label', text === UNKNOWN ? 'not told' : undefined);
    if (id !== 'total') return;
    const whole = shown.totals[0]!;
    const share = shown.isChange || !(whole > 0) ? 0 : Math.min(1, row.total / whole);
    cell.classList.toggle('bar', share >= 0.005);
    cell.style.setProperty('--share', share.toFixed(3));
    setAttribute(cell, 'data-change', shown.isChange && row.total !== 0 ? (row.total > 0 ? 'more' : 'less') : undefined);
  }
}

const UNKNOWN = '–';

/** What stands in a cell, and is copied of it. */
export function cellText(id: HeapColumnId, row: HeapRow, shown: ShownHeap): string {
  switch (id) {
    case 'name':
      return row.name ?? shown.nameOf(row.frame);
    case 'total':
      return shown.amount(row.total);
    case 'share':
      return shown.share(row.total);
    case 'self':
      return shown.amount(row.self);
    case 'count': {
      const count = countMeasure(shown);
      return count === undefined || Number.isNaN(row.count) ? UNKNOWN : shown.amountOf(count, row.count);
    }
    case 'place':
      return visibleText(row.place ?? placeOf(row.frame, shown));
  }
}

/** `list.c:42`; else the module. */
export function placeOf(frame: number, { profile }: ShownHeap): string {
  const place = framePlace(profile, frame);
  return lastNames(place !== '' ? place : (profile.texts[profile.frames.module[frame]!] ?? ''));
}

/** The last two names of a path: `src/list.c:42`. */
export const lastNames = (path: string): string => path.split('/').slice(-2).join('/');
