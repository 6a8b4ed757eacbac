import { formatCount } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import { AMOUNTS, addressText, amountAt, permissionsText, textAt } from '../../src/model/map-table.js';
import { element, setChildren } from '../shared/dom.js';
import { formatChange, formatValue } from '../shared/format.js';
import { CHANGE_SIGNS } from './address-space-facts.js';
import type { Space } from './address-space-painter.js';
import type { SpacePoint } from './address-space-pointer.js';
import type { SpaceWindow } from './address-space-window.js';
import { segmentOf } from './map-model.js';
import { MARK_WORDS, marksOf, regionName, segmentLabel, sizeText } from './region-shape-words.js';

const SHOWN = {
  size: 'Size',
  rss: 'RSS',
  pss: 'PSS',
  uss: 'USS',
  dirty: 'Dirty',
  swap: 'Swap',
  locked: 'Locked',
  thp: 'THP',
} as const;

/** The box beside the pointer: the facts of a region, and the rule that decided what it is. */
export class SpaceTip {
  readonly element = element('div', { class: 'tip space-tip', attributes: { 'aria-hidden': 'true', hidden: true } });

  hide(): void {
    this.element.hidden = true;
  }

  show(space: Space, { row, gap }: { readonly row: number; readonly gap: boolean }, at: SpacePoint, within: SpaceWindow): void {
    const line = gap ? undefined : sharedLine(space, at, within);
    setChildren(this.element, line, ...(gap ? gapLines(space, row) : regionLines(space, row)));
    this.element.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const left = at.x + 16 + width <= within.width ? at.x + 16 : at.x - 16 - width;
    this.element.style.left = `${Math.max(0, left)}px`;
    this.element.style.top = `${Math.max(0, Math.min(at.y + 12, within.height - height))}px`;
  }
}

/** Where many regions are lower than a pixel, the one that is told is one of those under the pointer. */
function sharedLine({ scale }: Space, { x, y }: SpacePoint, within: SpaceWindow): HTMLElement | undefined {
  const pixel = Math.floor(y);
  const count = scale.firstBelow(within.naturalAt(x, pixel + 1)) - scale.firstBelow(within.naturalAt(x, pixel));
  return count < 3
    ? undefined
    : element('div', { class: 'tip-moment' }, `One of ${formatCount(count, 'region')} in this line: zoom in`);
}

function gapLines({ facts, scale }: Space, row: number): HTMLElement[] {
  const { from, to } = scale.gapBefore(row);
  const gone = facts.gone.get(row) ?? 0;
  return [
    element('div', { class: 'tip-event' }, 'Not used'),
    element('div', { class: 'tip-moment' }, `${addressText(from)}-${addressText(to)}`),
    element('div', {}, sizeText(to - from)),
    ...(gone === 0 ? [] : [element('div', {}, `${gone} gone since the first moment: see Changes`)]),
  ];
}

export function regionLines({ facts, model }: Pick<Space, 'facts' | 'model'>, row: number): HTMLElement[] {
  const { words, map } = model;
  const { snapshot } = map;
  const { table, classes } = snapshot;
  const name = regionName(snapshot, row);
  const path = textAt(table.path, row);
  const line = (label: string, value: string): HTMLElement[] => [
    element('span', { class: 'tip-label' }, label),
    element('span', { class: 'tip-value' }, value),
  ];
  const amounts = AMOUNTS.flatMap((amount) => {
    const value = amountAt(table, row, amount);
    if (value === undefined || (value === 0 && amount !== 'rss')) return [];
    return line(SHOWN[amount], sizeText(value));
  });
  const change = facts.changes?.get(row);
  const growing = facts.growing.get(row);
  const rule = words.rules[classes.rule[row] ?? -1]?.text;
  return [
    element('div', { class: 'tip-event' }, [segmentLabel(words, segmentOf(snapshot, row)), name].filter(Boolean).join(' · ')),
    element(
      'div',
      { class: 'tip-moment' },
      `${addressText(table.start[row]!)}-${addressText(table.end[row]!)} ${permissionsText(table.permissions[row] ?? 0)}`,
    ),
    ...(path === '' || visibleText(path) === name ? [] : [element('div', { class: 'space-path' }, visibleText(path))]),
    element('div', { class: 'space-facts' }, ...amounts),
    ...marksOf(snapshot, row).map((mark) =>
      element('div', { class: 'space-mark' }, `${MARK_WORDS[mark].badge}: ${MARK_WORDS[mark].text}`),
    ),
    ...(change === undefined
      ? []
      : [
          element(
            'div',
            {},
            `${CHANGE_SIGNS[change.kind].sign} ${CHANGE_SIGNS[change.kind].word}${change.guess ? ' (a guess)' : ''}: ${formatChange(change.delta.size ?? 0, 'bytes')}${change.delta.rss === undefined ? '' : `, RSS ${formatChange(change.delta.rss, 'bytes')}`}`,
          ),
        ]),
    ...(growing === undefined ? [] : [element('div', {}, `grows by ${formatValue(growing, 'bytes-per-second')}`)]),
    ...(rule === undefined ? [] : [element('div', { class: 'tip-definition' }, visibleText(rule))]),
  ];
}
