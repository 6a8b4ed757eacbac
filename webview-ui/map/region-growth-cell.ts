import { element, setAttribute, setText } from '../shared/dom.js';
import { formatChange } from '../shared/format.js';
import { DASH } from './region-cells.js';
import type { GrowthLine } from './region-data.js';
import { isGroup, type RowContext, type TableRow } from './region-rows.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 56;
const HEIGHT = 14;

/** How the memory of a region went over the readings, as a line and in bytes a second. */
export class GrowthCell {
  readonly root: HTMLElement;
  private readonly picture = document.createElementNS(SVG, 'svg');
  private readonly path = document.createElementNS(SVG, 'path');
  private readonly rate = element('span', { class: 'rate' });

  constructor() {
    setAttribute(this.picture, 'class', 'spark');
    setAttribute(this.picture, 'viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    setAttribute(this.picture, 'aria-hidden', 'true');
    this.picture.append(this.path);
    this.root = element('div', { class: 'cell growth', attributes: { role: 'gridcell', tabindex: -1 } }, this.rate);
    this.root.prepend(this.picture);
  }

  show(row: TableRow, { data }: RowContext): void {
    const line = isGroup(row) ? undefined : data.growthOf(row.row);
    const unknown = line === undefined && !isGroup(row);
    this.root.classList.toggle('unknown', unknown);
    setAttribute(this.root, 'aria-label', unknown ? 'not followed' : undefined);
    this.picture.toggleAttribute('hidden', line === undefined);
    setText(this.rate, line === undefined ? (unknown ? DASH : '') : formatChange(line.perSecond, 'bytes-per-second'));
    if (line !== undefined) setAttribute(this.path, 'd', pathOf(line));
    setAttribute(this.root, 'data-direction', line === undefined ? undefined : line.perSecond > 0 ? 'up' : 'down');
  }
}

/** From the least to the most of it; a line in the middle where nothing changed. */
export function pathOf({ values }: Pick<GrowthLine, 'values'>): string {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const steps = Math.max(1, values.length - 1);
  let path = '';
  values.forEach((value, at) => {
    if (Number.isNaN(value)) return;
    const share = most > least ? (value - least) / (most - least) : 0.5;
    const x = 1 + (at / steps) * (WIDTH - 2);
    const y = HEIGHT - 2 - share * (HEIGHT - 4);
    path += `${path === '' ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return path;
}
