import { formatCount } from '../../src/base/units.js';
import { element, setChildren } from '../shared/dom.js';
import { formatShare } from '../shared/format.js';
import { regionLines } from './address-space-tip.js';
import { sizeText } from './region-shape-words.js';
import type { Treemap } from './treemap-painter.js';
import type { Tile } from './treemap-tiles.js';
import { AREA_WORDS } from './treemap-words.js';

/** The box beside the pointer: the facts of a region, or what a group holds. */
export class TreemapTip {
  readonly element = element('div', { class: 'tip space-tip', attributes: { 'aria-hidden': 'true', hidden: true } });

  hide(): void {
    this.element.hidden = true;
  }

  show(map: Treemap, tile: Tile, at: { readonly x: number; readonly y: number }): void {
    const [row] = tile.rows;
    const share = element('div', {}, shareWords(map, tile));
    if (tile.kind === 'region' && row !== undefined) setChildren(this.element, ...regionLines(map, row), share);
    else setChildren(this.element, ...groupLines(map, tile), share, element('div', { class: 'tip-hint' }, 'Click: look into it'));
    this.element.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const left = at.x + 16 + width <= map.width ? at.x + 16 : at.x - 16 - width;
    this.element.style.left = `${Math.max(0, left)}px`;
    this.element.style.top = `${Math.max(0, Math.min(at.y + 12, map.height - height - 1))}px`;
  }
}

/** `34 % of RSS`, and of the group where one is shown alone. */
function shareWords({ area, groups, reached }: Treemap, { value }: Tile): string {
  const ofAll = `${formatShare(value, groups.total)} of ${AREA_WORDS[area]}`;
  const { group } = reached;
  return group === undefined ? ofAll : `${formatShare(value, group.total)} of ${group.label}, ${ofAll}`;
}

function groupLines({ area, groups }: Treemap, { kind, label, rows, title, value }: Tile): HTMLElement[] {
  const bytes = Float64Array.from(rows, (row) => groups.values[row]!).sort();
  const [smallest, largest] = [bytes[0], bytes.at(-1)].map((one) => sizeText(one ?? 0));
  return [
    element('div', { class: 'tip-event' }, label),
    element('div', { class: 'tip-definition' }, title),
    element('div', {}, `${AREA_WORDS[area]} ${sizeText(value)} in ${formatCount(rows.length, 'region')}`),
    ...(kind === 'more' && rows.length > 1
      ? [element('div', {}, largest === smallest ? `${largest} each` : `${smallest} to ${largest} each`)]
      : []),
  ];
}
