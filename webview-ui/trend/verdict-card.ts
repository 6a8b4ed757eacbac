import '@vscode-elements/elements/dist/vscode-button/index.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { NextStep, VerdictState } from '../../src/model/verdict.js';
import type { Source, VerdictText } from '../../src/protocol/trends.js';
import { ConnectionLine } from '../shared/connection-line.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { type IconName, iconClass } from '../shared/icons.js';
import { toolButton } from '../shared/tool-button.js';

/** How much it matters, and its picture. */
const STATES: Readonly<Record<VerdictState, readonly [tone: string, picture: IconName]>> = {
  leak: ['grave', 'error'],
  'suspected-leak': ['warning', 'warning'],
  growing: ['warning', 'arrow-up'],
  'not-growing': ['fine', 'pass'],
  'levelled-off': ['fine', 'pass'],
  'saw-tooth': ['plain', 'graph-line'],
  'daily-rhythm': ['plain', 'calendar'],
  undecided: ['plain', 'watch'],
};

/** What the user can have done; to keep watching is advice, and nothing to be clicked. */
type Deed = Exclude<NextStep['action'], 'keep-watching'>;

const STEP_PICTURES: Readonly<Record<Deed, IconName>> = {
  profile: 'pulse',
  'show-map': 'layers',
  record: 'record',
  'show-processes': 'list-unordered',
};

export interface CardActions {
  step(action: Deed): void;
  retry(): void;
  showSystem(): void;
  remove(): void;
}

/** A source with its state and, of a process, what can be said of its growth. */
export class VerdictCard {
  readonly element: HTMLElement;
  private readonly name = element('h2');
  private readonly description = element('p', { class: 'description' });
  private readonly connection: ConnectionLine;
  private readonly systemButton: HTMLButtonElement;
  private readonly removeButton: HTMLButtonElement;
  private readonly picture = icon('watch');
  private readonly title = element('div', { class: 'verdict-title' });
  private readonly reasonList = element('ul');
  private readonly reasons = element('details', {}, element('summary', {}, 'Reasons'), this.reasonList);
  private readonly steps = element('div', { class: 'steps' });
  private readonly verdict = element(
    'div',
    { class: 'verdict', attributes: { hidden: true } },
    this.picture,
    element('div', { class: 'verdict-text' }, this.title, this.reasons),
    this.steps,
  );
  private readonly shown = new Map<string, string>();

  constructor(private readonly actions: CardActions) {
    this.connection = new ConnectionLine(() => actions.retry());
    this.systemButton = element(
      'button',
      {
        class: 'text-button',
        attributes: { type: 'button', title: 'Where all of this machine’s memory is, and who holds it' },
        on: { click: () => actions.showSystem() },
      },
      'System Memory',
    );
    this.removeButton = toolButton('close', 'Remove', () => actions.remove());
    this.element = element(
      'section',
      { class: 'card' },
      element('div', { class: 'card-head' }, this.name, this.connection.element, this.systemButton, this.removeButton),
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
    // Of a recording the machine as it is now tells nothing.
    this.systemButton.hidden = source.kind !== 'machine' || source.connection.kind === 'recorded';
    this.removeButton.hidden = !removable;
    this.connection.update(source.connection);
    this.drawVerdict(text);
  }

  dispose(): void {
    this.connection.dispose();
    this.element.remove();
  }

  /** It comes anew every few seconds: what has not changed stays, and with it the focus and what was opened. */
  private drawVerdict(text: VerdictText | undefined): void {
    this.verdict.hidden = !text;
    if (!text) return;
    const [tone, picture] = STATES[text.verdict.state];
    setAttribute(this.verdict, 'data-tone', tone);
    setAttribute(this.verdict, 'data-state', text.verdict.state);
    this.picture.className = iconClass(picture);
    setText(this.title, visibleText(text.title));
    const pressing = tone === 'grave' || tone === 'warning';
    this.whenChanged('reasons', text.reasons, () => {
      this.reasons.hidden = text.reasons.length === 0;
      setChildren(this.reasonList, ...text.reasons.map((reason) => element('li', {}, visibleText(reason))));
    });
    this.whenChanged('steps', [text.steps, pressing], () =>
      setChildren(
        this.steps,
        ...text.steps.map(({ action, title }, order) =>
          action === 'keep-watching'
            ? element('span', { class: 'advice' }, visibleText(title))
            : this.stepButton(action, title, pressing && order === 0),
        ),
      ),
    );
  }

  private whenChanged(what: string, data: unknown, draw: () => void): void {
    const now = JSON.stringify(data);
    if (this.shown.get(what) === now) return;
    this.shown.set(what, now);
    draw();
  }

  private stepButton(action: Deed, title: string, first: boolean): HTMLElement {
    const button = element('vscode-button', { on: { click: () => this.actions.step(action) } }, visibleText(title));
    // Pictures of the component need a style sheet of their own; this one is the page's.
    const picture = icon(STEP_PICTURES[action]);
    picture.classList.add('step-picture');
    picture.slot = 'content-before';
    button.prepend(picture);
    button.secondary = !first;
    return button;
  }
}
