import { visibleText } from '../../src/base/visible-text.js';
import { element, icon, setChildren } from '../shared/dom.js';
import { formatDuration } from '../shared/format.js';
import { CHANGE_SIGNS } from './address-space-facts.js';
import { amountsOfChange, type WasNow } from './changes-amounts.js';
import { type ChangeContext, changeText, rateText } from './changes-row-view.js';
import type { ChangeRow } from './changes-rows.js';
import { Spark } from './changes-spark.js';
import { AMOUNT_LABELS, GUESS_WORDS, matchWords, permissionsChange, rangeText } from './changes-words.js';
import { sizeText } from './region-shape-words.js';

/** A map in which the region of a change can be looked at. */
export interface Place {
  /** `14:05:09` */
  readonly moment: string;
  readonly go: () => void;
}

/** What has become of one region: its amounts before and after, where it lay, and why it is taken for the same one. */
export class ChangesDetails {
  readonly element = element('section', { class: 'change-details', attributes: { 'aria-label': 'What has become of it' } });
  private readonly spark = new Spark(180, 32);

  /** `place`: where it can be looked at, when that is not the map that is shown. */
  show(row: ChangeRow | undefined, context: ChangeContext, place: Place | undefined): void {
    this.element.hidden = row === undefined;
    if (row === undefined) return;
    const { change, label, name, growth } = row;
    const { sign, word } = CHANGE_SIGNS[change.kind];
    const focused = this.element.contains(document.activeElement);
    const go =
      place &&
      element(
        'button',
        { class: 'text-button', attributes: { type: 'button' }, on: { click: place.go } },
        icon('eye'),
        `Show It in the Map of ${place.moment}`,
      );
    setChildren(
      this.element,
      element(
        'h2',
        {},
        element('span', { class: 'change-sign', attributes: { 'aria-hidden': 'true', 'data-kind': change.kind } }, sign),
        [`${label}${name === '' ? '' : ` ${name}`}`, word].join(': '),
      ),
      element(
        'div',
        { class: 'change-parts' },
        amountsTable(amountsOfChange(change, context.table)),
        element(
          'div',
          { class: 'change-facts' },
          factList(row),
          growth !== undefined &&
            element(
              'p',
              { class: 'growth' },
              this.spark.root,
              `${rateText(growth.perSecond)} on average over ${formatDuration((context.at.at(-1) ?? 0) - (context.at[0] ?? 0))}`,
            ),
          element('p', {}, matchWords(change)),
          change.guess && element('p', { class: 'guess' }, icon('question'), GUESS_WORDS),
          go,
        ),
      ),
    );
    if (growth !== undefined) this.spark.show(context.at, growth.values);
    if (focused) go?.focus();
  }
}

function amountsTable(amounts: readonly WasNow[]): HTMLTableElement {
  const text = (bytes: number | undefined): string => (bytes === undefined ? '–' : sizeText(bytes));
  const head = (name: string) => element('th', { attributes: { scope: 'col' } }, name);
  return element(
    'table',
    { class: 'was-now', attributes: { 'aria-label': 'Amounts before and after' } },
    element('thead', {}, element('tr', {}, head('Amount'), head('Before'), head('After'), head('Change'))),
    element(
      'tbody',
      {},
      ...amounts.map(({ amount, was, now, change }) =>
        element(
          'tr',
          { class: change === 0 ? 'same' : '' },
          element('th', { attributes: { scope: 'row' } }, AMOUNT_LABELS[amount]),
          element('td', {}, text(was)),
          element('td', {}, text(now)),
          element('td', {}, changeText(change)),
        ),
      ),
    ),
  );
}

function factList({ change, region }: ChangeRow): HTMLElement {
  const { was, now } = change;
  const address =
    was === undefined || now === undefined || (was.start === now.start && was.end === now.end)
      ? rangeText(region)
      : `${rangeText(was)} → ${rangeText(now)}`;
  const facts: readonly (readonly [string, string])[] = [
    [now === undefined ? 'It lay at' : 'Address', address],
    ['Permissions', permissionsChange(change)],
    ...(region.path === '' ? [] : [['Path', visibleText(region.path)] as const]),
    ...(change.before.length + change.after.length > 2
      ? [['Mappings', `${change.before.length} → ${change.after.length}`] as const]
      : []),
  ];
  return element('dl', {}, ...facts.flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text)]));
}
