import { formatCount } from '../../src/base/units.js';
import type { MapAmounts } from '../../src/model/map-table.js';
import type { Moment } from '../../src/protocol/map.js';
import { actionButton } from '../shared/action-button.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { formatDuration } from '../shared/format.js';
import { SelectBox } from '../shared/select-box.js';
import { toolButton } from '../shared/tool-button.js';
import { CHANGE_SIGNS } from './address-space-facts.js';
import { CHANGE_KINDS, type ChangeKind } from './changes-rows.js';
import { sumsText } from './changes-text.js';
import type { Comparison } from './comparison.js';
import type { MapModel, ShownDiff } from './map-model.js';
import { momentWords, spanOf } from './moment-words.js';

const NOW = 'now';
const NONE = 'none';

interface HeadEvents {
  readonly toggle: (kind: ChangeKind) => void;
  readonly copy: () => void;
}

/** Above the list of changes: which two moments are compared, what that comes to, and which kinds of change are listed. */
export class ChangesHead {
  readonly element: HTMLElement;
  private readonly from: SelectBox<string>;
  private readonly to: SelectBox<string>;
  private readonly mark: HTMLButtonElement;
  private readonly removeFrom = toolButton('close', 'Remove this mark', () => this.remove(this.fromMark));
  private readonly removeTo = toolButton('close', 'Remove this mark', () => this.remove(this.toMark));
  private readonly copy: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private readonly sums = element('p', { class: 'change-sums' });
  private readonly kinds = element('div', { class: 'change-kinds', attributes: { role: 'group', 'aria-label': 'Kinds listed' } });
  private readonly kindButtons = new Map<ChangeKind, HTMLButtonElement>();
  private fromMark: number | undefined;
  private toMark: number | undefined;

  constructor(
    private readonly comparison: Comparison,
    events: HeadEvents,
  ) {
    this.from = new SelectBox('From', (value) => this.chooseFrom(value));
    this.to = new SelectBox('To', (value) => this.chooseTo(value));
    this.mark = actionButton(undefined, 'Mark', 'Read now and keep this moment, to compare it with others', () =>
      comparison.mark(),
    );
    this.mark.prepend(icon('bookmark'));
    this.copy = actionButton(undefined, 'Copy', 'Copy the listed changes as text', events.copy);
    this.stop = actionButton(undefined, 'Stop Comparing', 'Compare nothing', () => comparison.stop());
    const label = (text: string) => element('span', { class: 'label', attributes: { 'aria-hidden': 'true' } }, text);
    for (const kind of CHANGE_KINDS) {
      const button = element('button', {
        class: 'action kind',
        attributes: { type: 'button', 'data-kind': kind },
        on: { click: () => events.toggle(kind) },
      });
      this.kindButtons.set(kind, button);
      this.kinds.append(button);
    }
    this.element = element(
      'div',
      { class: 'changes-head' },
      element(
        'div',
        { class: 'change-moments', attributes: { role: 'group', 'aria-label': 'Moments compared' } },
        element('span', { class: 'change-moment' }, label('From'), this.from.root, this.removeFrom),
        element('span', { class: 'change-moment' }, label('to'), this.to.root, this.removeTo),
        this.mark,
        this.stop,
      ),
      this.sums,
      element('div', { class: 'change-choices' }, this.kinds, this.copy),
    );
  }

  /** `whole`: sums of the later moment; `counts`: of all changes by kind. */
  update(
    { moments, state }: MapModel,
    compared: { readonly diff: ShownDiff; readonly whole: MapAmounts | undefined } | undefined,
    counts: ReadonlyMap<ChangeKind, number>,
    hidden: ReadonlySet<ChangeKind>,
  ): void {
    const { pair } = this.comparison;
    const isOver = ['file', 'recorded', 'ended'].includes(state.kind);
    this.showMoments(moments, isOver ? 'the newest' : 'now (the newest)');
    const marks = new Set(moments.flatMap(({ id, kind }) => (kind === 'mark' ? [id] : [])));
    this.fromMark = pair !== undefined && marks.has(pair.before) ? pair.before : undefined;
    this.toMark = pair?.after !== undefined && marks.has(pair.after) ? pair.after : undefined;
    this.removeFrom.hidden = this.fromMark === undefined;
    this.removeTo.hidden = this.toMark === undefined;
    this.mark.hidden = isOver;
    this.mark.disabled = state.kind === 'reading';
    this.stop.hidden = pair === undefined;
    this.sums.hidden = compared === undefined;
    if (compared !== undefined) {
      const { diff, whole } = compared;
      const apart = formatDuration(Math.max(0, diff.after.at - diff.before.at));
      setText(this.sums, `In ${apart}: ${sumsText(diff.diff, whole)}`);
    }
    this.showKinds(counts, hidden);
    this.copy.hidden = counts.size === 0;
  }

  private showMoments(moments: readonly Moment[], newest: string): void {
    const { pair } = this.comparison;
    const span = spanOf(moments);
    const options = moments.toReversed().map((moment) => [`${moment.id}`, momentWords(moment, span)] as const);
    // A list that is open is not changed below the pointer.
    if (!this.from.root.open) {
      this.from.show(pair === undefined ? [[NONE, 'choose a moment'], ...options] : options, `${pair?.before ?? NONE}`);
    }
    if (!this.to.root.open) this.to.show([[NOW, newest], ...options], `${pair?.after ?? NOW}`);
    const isPossible = moments.length > 0;
    this.from.root.disabled = !isPossible;
    this.to.root.disabled = !isPossible;
  }

  private showKinds(counts: ReadonlyMap<ChangeKind, number>, hidden: ReadonlySet<ChangeKind>): void {
    this.kinds.hidden = counts.size === 0;
    for (const [kind, button] of this.kindButtons) {
      const count = counts.get(kind) ?? 0;
      const { sign, word } = CHANGE_SIGNS[kind];
      button.hidden = count === 0 && !hidden.has(kind);
      setAttribute(button, 'aria-pressed', `${!hidden.has(kind)}`);
      setAttribute(button, 'title', `${hidden.has(kind) ? 'List' : 'Hide'} regions that are ${word}`);
      const text = `${count.toLocaleString('en-US')} ${word}`;
      if (button.dataset['shown'] === text) continue;
      button.dataset['shown'] = text;
      setAttribute(button, 'aria-label', `${formatCount(count, 'region')} ${word}`);
      setChildren(button, element('span', { class: 'change-sign', attributes: { 'aria-hidden': 'true' } }, sign), text);
    }
  }

  private remove(moment: number | undefined): void {
    if (moment !== undefined) this.comparison.remove(moment);
  }

  private chooseFrom(value: string): void {
    if (value !== NONE) this.comparison.compare(Number(value), this.comparison.pair?.after);
  }

  private chooseTo(value: string): void {
    const before = this.comparison.pair?.before;
    if (before !== undefined) this.comparison.compare(before, value === NOW ? undefined : Number(value));
    else if (value !== NOW) this.comparison.compare(Number(value), undefined);
  }
}
