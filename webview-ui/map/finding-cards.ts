import '@vscode-elements/elements/dist/vscode-button/index.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { MapStep } from '../../src/model/map-diff.js';
import type { MapFindingText } from '../../src/protocol/map.js';
import { element, icon, setAttribute, setChildren } from '../shared/dom.js';
import { formatDuration } from '../shared/format.js';
import type { IconName } from '../shared/icons.js';

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
  private readonly cards = element('div', { class: 'finding-cards' });
  private readonly none = element('p', { class: 'no-findings' });
  private readonly open = new Set<string>();
  private shown = '';

  constructor(private readonly actions: FindingActions) {
    this.element.append(this.cards, this.none);
  }

  /** `live`: more readings come; `watchedMs`: how long this process has been looked at. */
  update(findings: readonly MapFindingText[], watchedMs: number, live: boolean): void {
    this.none.hidden = findings.length > 0;
    setChildren(this.none, icon(watchedMs === 0 && live ? 'watch' : 'info'), silence(watchedMs, live));
    const now = JSON.stringify(findings);
    // They come anew with each reading: what has not changed stays, and with it the focus.
    if (now === this.shown) return;
    const focus = document.activeElement?.closest<HTMLElement>('.finding')?.dataset['rule'];
    this.shown = now;
    setChildren(this.cards, ...findings.map((finding) => this.card(finding)));
    if (focus !== undefined) this.cards.querySelector<HTMLElement>(`[data-rule="${focus}"] summary`)?.focus();
  }

  private card(finding: MapFindingText): HTMLElement {
    const { rule, severity, title, reasons, doubt, link, steps } = finding;
    const details = element(
      'details',
      {},
      element(
        'summary',
        {},
        icon(severity === 'warning' ? 'warning' : 'info'),
        element('span', { class: 'finding-title' }, visibleText(title)),
      ),
      element(
        'ul',
        {},
        ...reasons.map((reason) => element('li', {}, visibleText(reason))),
        doubt !== undefined && element('li', { class: 'doubt' }, visibleText(doubt)),
      ),
      element(
        'a',
        {
          class: 'rule-link',
          attributes: { href: link },
          on: {
            click: (event) => {
              event.preventDefault();
              this.actions.openLink(link);
            },
          },
        },
        'How this is decided',
      ),
    );
    details.open = this.open.has(rule);
    details.addEventListener('toggle', () => {
      if (details.open) this.open.add(rule);
      else this.open.delete(rule);
    });
    const card = element(
      'div',
      { class: 'finding' },
      details,
      element('div', { class: 'steps' }, ...steps.map((step, order) => this.stepButton(finding, step, order === 0))),
    );
    setAttribute(card, 'data-rule', rule);
    setAttribute(card, 'data-severity', severity);
    return card;
  }

  private stepButton(finding: MapFindingText, { action, title }: MapStep, first: boolean): HTMLElement {
    const button = element('vscode-button', { on: { click: () => this.actions.step(finding, action) } }, visibleText(title));
    // Pictures of the component need a style sheet of their own; this one is the page's.
    const picture = icon(STEP_PICTURES[action]);
    picture.classList.add('step-picture');
    picture.slot = 'content-before';
    button.prepend(picture);
    button.secondary = !(first && finding.severity === 'warning');
    return button;
  }
}

/** Why there is no finding: that nothing stands out is not said before it can be known. */
function silence(watchedMs: number, live: boolean): string {
  if (watchedMs >= 60_000) return `Nothing stands out in ${formatDuration(watchedMs)}.`;
  if (!live) return 'One reading tells nothing of growth: turn on live reading, or mark two moments and compare them.';
  return `Growth is judged after a minute${watchedMs === 0 ? '' : `; ${formatDuration(watchedMs)} so far`}.`;
}
