import { visibleText } from '../../src/base/visible-text.js';
import type { MapStep } from '../../src/model/map-diff.js';
import type { MapFindingText } from '../../src/protocol/map.js';
import { CardList } from '../shared/card-list.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { ruleLink, stepButton } from '../shared/finding-parts.js';
import type { IconName } from '../shared/icons.js';
import { silenceWords, type Watch } from './finding-silence.js';

export interface FindingActions {
  step(finding: MapFindingText, action: MapStep['action']): void;
  openLink(link: string): void;
}

const STEP_PICTURES: Readonly<Record<MapStep['action'], IconName>> = {
  profile: 'pulse',
  'show-trend': 'graph-line',
  'keep-watching': 'eye',
  'show-rows': 'list-selection',
  record: 'record',
};

/** What the readings mean, in words, each with its numbers and what to do next. */
export class FindingCards {
  readonly element = element('section', { class: 'findings', attributes: { 'aria-label': 'What it means' } });
  private readonly cards: CardList<MapFindingText>;
  private readonly none = element('p', { class: 'no-findings' });
  private readonly silence = element('span');

  constructor(actions: FindingActions) {
    this.cards = new CardList(() => new FindingCard(actions));
    this.none.append(icon('info'), this.silence);
    this.element.append(this.cards.element, this.none);
  }

  update(findings: readonly MapFindingText[], watch: Watch): void {
    this.none.hidden = findings.length > 0;
    setText(this.silence, silenceWords(watch));
    this.cards.show(findings);
  }
}

class FindingCard {
  readonly element: HTMLElement;
  private readonly picture = element('span', { class: 'finding-picture' });
  private readonly title = element('span', { class: 'finding-title' });
  private readonly reasons = element('ul', {});
  private readonly steps = element('div', { class: 'steps' });
  private finding: MapFindingText | undefined;
  private shownReasons = '';
  private shownSteps = '';

  constructor(private readonly actions: FindingActions) {
    const link = ruleLink(() => {
      if (this.finding !== undefined) this.actions.openLink(this.finding.link);
    });
    this.element = element(
      'li',
      { class: 'finding' },
      element('details', {}, element('summary', {}, this.picture, this.title), this.reasons, link),
      this.steps,
    );
  }

  show(finding: MapFindingText): void {
    this.finding = finding;
    const { rule, severity, title, reasons, doubt, steps } = finding;
    if (this.element.dataset['severity'] !== severity) {
      setChildren(
        this.picture,
        icon(severity),
        element('span', { class: 'visually-hidden' }, severity === 'warning' ? 'Warning: ' : 'Note: '),
      );
    }
    setAttribute(this.element, 'data-rule', rule);
    setAttribute(this.element, 'data-severity', severity);
    setText(this.title, visibleText(title));
    const words = JSON.stringify([reasons, doubt]);
    if (words !== this.shownReasons) {
      this.shownReasons = words;
      setChildren(
        this.reasons,
        ...reasons.map((reason) => element('li', {}, visibleText(reason))),
        doubt !== undefined && element('li', { class: 'doubt' }, visibleText(doubt)),
      );
    }
    const buttons = JSON.stringify([steps, severity]);
    if (buttons === this.shownSteps) return;
    this.shownSteps = buttons;
    setChildren(this.steps, ...steps.map((step, order) => this.stepButton(step, order === 0 && severity === 'warning')));
  }

  private stepButton({ action, title }: MapStep, isMain: boolean): HTMLElement {
    return stepButton(title, STEP_PICTURES[action], isMain, () => {
      if (this.finding !== undefined) this.actions.step(this.finding, action);
    });
  }
}
