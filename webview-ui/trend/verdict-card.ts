import type { VerdictState } from '../../src/model/verdict.js';
import type { NextStep, Source, VerdictText } from '../../src/protocol/trends.js';
import { ConnectionLine } from '../shared/connection-line.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { visibleText } from '../shared/format.js';
import { toolButton } from '../shared/window-bar.js';

/** How much it matters, and its picture. */
const STATES: Readonly<Record<VerdictState, readonly [tone: string, picture: string]>> = {
  leak: ['grave', 'error'],
  'suspected-leak': ['warning', 'warning'],
  growing: ['warning', 'arrow-up'],
  'not-growing': ['fine', 'pass'],
  'levelled-off': ['fine', 'pass'],
  'saw-tooth': ['plain', 'pulse'],
  'daily-rhythm': ['plain', 'calendar'],
  undecided: ['plain', 'watch'],
};

const STEP_PICTURES: Readonly<Record<NextStep['action'], string>> = {
  profile: 'search',
  'show-map': 'layout',
  record: 'record',
  'keep-watching': 'eye',
  'show-processes': 'list-unordered',
};

export interface CardActions {
  step(action: NextStep['action']): void;
  retry(): void;
  remove(): void;
}

/** A source with its state and, of a process, what can be said of its growth. */
export class VerdictCard {
  readonly element: HTMLElement;
  private readonly name = element('h2');
  private readonly description = element('p', { class: 'description' });
  private readonly connection: ConnectionLine;
  private readonly removeButton: HTMLButtonElement;
  private readonly verdict = element('div', { class: 'verdict', attributes: { hidden: true } });
  private shown = '';
  private expanded = false;

  constructor(private readonly actions: CardActions) {
    this.connection = new ConnectionLine(() => actions.retry());
    this.removeButton = toolButton('close', 'Remove', () => actions.remove());
    this.element = element(
      'section',
      { class: 'card' },
      element('div', { class: 'card-head' }, this.name, this.connection.element, this.removeButton),
      this.description,
      this.verdict,
    );
  }

  /** `removable`: there are others. */
  update(source: Source, text: VerdictText | undefined, removable: boolean): void {
    const label = visibleText(source.label);
    setText(this.name, label);
    setText(this.description, visibleText(source.description));
    setAttribute(this.description, 'title', visibleText(source.description));
    setAttribute(this.element, 'aria-label', label);
    setAttribute(this.element, 'data-source', source.id);
    setAttribute(this.removeButton, 'aria-label', `Remove ${label}`);
    this.removeButton.hidden = !removable;
    this.connection.update(source.connection);
    this.drawVerdict(text);
  }

  dispose(): void {
    this.connection.dispose();
    this.element.remove();
  }

  private drawVerdict(text: VerdictText | undefined): void {
    this.verdict.hidden = !text;
    const now = text ? JSON.stringify([text.verdict.state, text.title, text.reasons, text.steps]) : '';
    if (!text || now === this.shown) return;
    this.shown = now;
    const [tone, picture] = STATES[text.verdict.state];
    setAttribute(this.verdict, 'data-tone', tone);
    setAttribute(this.verdict, 'data-state', text.verdict.state);
    // A verdict comes anew every few seconds: the button under the finger and the focus stay where they are.
    const focused = this.verdict.contains(document.activeElement) ? document.activeElement?.getAttribute('data-key') : undefined;
    setChildren(
      this.verdict,
      icon(picture),
      element(
        'div',
        { class: 'verdict-text' },
        element('div', { class: 'verdict-title' }, visibleText(text.title)),
        this.reasons(text.reasons),
      ),
      this.steps(text.steps, tone === 'grave' || tone === 'warning'),
    );
    if (focused) this.verdict.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
  }

  private reasons(reasons: readonly string[]): HTMLElement | undefined {
    if (reasons.length === 0) return undefined;
    const list = element('ul', {}, ...reasons.map((reason) => element('li', {}, visibleText(reason))));
    const summary = element('summary', { attributes: { 'data-key': 'reasons' } }, 'Reasons');
    const details = element('details', {}, summary, list);
    details.open = this.expanded;
    details.addEventListener('toggle', () => {
      this.expanded = details.open;
    });
    return details;
  }

  /** `pressing`: the first one stands out. */
  private steps(steps: readonly NextStep[], pressing: boolean): HTMLElement | undefined {
    if (steps.length === 0) return undefined;
    const buttons = steps.map(({ action, title }, order) => {
      const button = element(
        'vscode-button',
        { attributes: { 'data-key': action }, on: { click: () => this.actions.step(action) } },
        title,
      );
      // Pictures of the component need a style sheet of their own; this one is the page's.
      const picture = icon(STEP_PICTURES[action]);
      picture.slot = 'content-before';
      button.prepend(picture);
      button.secondary = !pressing || order > 0;
      return button;
    });
    return element('div', { class: 'steps' }, ...buttons);
  }
}
