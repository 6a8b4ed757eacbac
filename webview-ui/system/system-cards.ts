import { visibleText } from '../../src/base/visible-text.js';
import type { SystemFindingText, SystemStepText } from '../../src/protocol/system.js';
import { CardList } from '../shared/card-list.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { ruleLink, stepButton } from '../shared/finding-parts.js';
import type { IconName } from '../shared/icons.js';

export interface CardActions {
  step(step: SystemStepText): void;
  openRule(anchor: string): void;
}

const STEP_PICTURES: Readonly<Record<SystemStepText['step'], IconName>> = {
  'show-tmpfs': 'table',
  'show-processes': 'table',
  'show-slab': 'table',
  'show-vmalloc': 'table',
  'show-zones': 'table',
  'show-cgroups': 'table',
  'show-huge-pages': 'table',
  'mark-and-diff': 'bookmark',
  'watch-trend': 'graph-line',
  'show-map': 'layers',
};

const SPOKEN: Readonly<Record<SystemFindingText['severity'], string>> = {
  error: 'Error: ',
  warning: 'Warning: ',
  info: 'Note: ',
};

/** What the rules saw, in words, each with its numbers and what to do next. */
export class SystemCards {
  readonly element = element('section', { class: 'findings', attributes: { 'aria-label': 'What it means' } });
  private readonly cards: CardList<SystemFindingText>;
  private readonly none = element(
    'p',
    { class: 'no-findings' },
    icon('pass'),
    element('span', {}, 'No rule sees anything to worry about in these figures.'),
  );

  constructor(actions: CardActions) {
    this.cards = new CardList(() => new SystemCard(actions));
    this.element.append(this.cards.element, this.none);
  }

  update(findings: readonly SystemFindingText[]): void {
    this.cards.show(findings);
    this.none.hidden = findings.length > 0;
  }
}

class SystemCard {
  readonly element: HTMLElement;
  private readonly picture = element('span', { class: 'finding-picture' });
  private readonly title = element('span', { class: 'finding-title' });
  private readonly reasons = element('ul', {});
  private readonly evidence = element('dl', { class: 'evidence', attributes: { 'aria-label': 'Figures' } });
  private readonly steps = element('div', { class: 'steps' });
  private link = '';
  private shown = '';

  constructor(private readonly actions: CardActions) {
    const link = ruleLink(() => actions.openRule(this.link));
    this.element = element(
      'li',
      { class: 'finding' },
      element('details', {}, element('summary', {}, this.picture, this.title), this.reasons, this.evidence, link),
      this.steps,
    );
  }

  show(finding: SystemFindingText): void {
    const { rule, severity, title, reasons, doubt, evidence, steps, link } = finding;
    this.link = link;
    const now = JSON.stringify(finding);
    if (now === this.shown) return;
    this.shown = now;
    setChildren(this.picture, icon(severity), element('span', { class: 'visually-hidden' }, SPOKEN[severity]));
    setAttribute(this.element, 'data-rule', rule);
    setAttribute(this.element, 'data-severity', severity);
    setText(this.title, visibleText(title));
    setChildren(
      this.reasons,
      ...reasons.map((reason) => element('li', {}, visibleText(reason))),
      doubt !== undefined && element('li', { class: 'doubt' }, visibleText(doubt)),
    );
    setChildren(
      this.evidence,
      ...evidence.map(({ name, text }) => element('div', {}, element('dt', {}, name), element('dd', {}, visibleText(text)))),
    );
    const buttonOf = (step: SystemStepText, order: number): HTMLElement =>
      stepButton(step.title, STEP_PICTURES[step.step], order === 0 && severity !== 'info', () => this.actions.step(step));
    setChildren(this.steps, ...steps.map(buttonOf));
  }
}
