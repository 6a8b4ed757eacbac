import { element, setAttribute } from '../shared/dom.js';
import { VIEWS, type ViewName } from './saved.js';

const NAMES: Readonly<Record<ViewName, string>> = {
  space: 'Address Space',
  treemap: 'Treemap',
  table: 'Table',
  changes: 'Changes',
};

/** Which form of the map is shown: a group of radio buttons. */
export class FormChoice {
  readonly element: HTMLElement;
  private readonly buttons: ReadonlyMap<ViewName, HTMLButtonElement>;

  constructor(private readonly choose: (view: ViewName) => void) {
    this.buttons = new Map(VIEWS.map((name) => [name, this.button(name)]));
    this.element = element(
      'div',
      { class: 'segments', attributes: { role: 'radiogroup', 'aria-label': 'Form of the map' } },
      ...this.buttons.values(),
    );
  }

  show(view: ViewName): void {
    for (const [name, button] of this.buttons) {
      setAttribute(button, 'aria-checked', `${name === view}`);
      setAttribute(button, 'tabindex', name === view ? 0 : -1);
    }
  }

  private button(name: ViewName): HTMLButtonElement {
    return element(
      'button',
      {
        class: 'segment',
        attributes: { type: 'button', role: 'radio' },
        on: { click: () => this.choose(name), keydown: (event) => this.move(event, name) },
      },
      NAMES[name],
    );
  }

  /** Arrow keys, as in every group of radio buttons. */
  private move(event: KeyboardEvent, from: ViewName): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = VIEWS[(VIEWS.indexOf(from) + step + VIEWS.length) % VIEWS.length];
    if (next === undefined) return;
    this.choose(next);
    this.buttons.get(next)?.focus();
  }
}
