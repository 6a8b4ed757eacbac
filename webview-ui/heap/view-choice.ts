import { element, setAttribute } from '../shared/dom.js';
import { VIEWS, type ViewName } from './saved.js';

export const VIEW_TITLES: Readonly<Record<ViewName, string>> = {
  flame: 'Flame Graph',
  tree: 'Call Tree',
  functions: 'Functions',
  lines: 'Lines',
  modules: 'Modules',
  stacks: 'Stacks',
};

/** Which form of the profile is shown: tabs. */
export class ViewChoice {
  readonly element: HTMLElement;
  private readonly tabs: ReadonlyMap<ViewName, HTMLButtonElement>;

  constructor(
    panel: HTMLElement,
    private readonly choose: (view: ViewName) => void,
  ) {
    this.tabs = new Map(VIEWS.map((name) => [name, this.tab(name, panel.id)]));
    this.element = element(
      'div',
      { class: 'heap-tabs', attributes: { role: 'tablist', 'aria-label': 'Form of the profile' } },
      ...this.tabs.values(),
    );
  }

  show(view: ViewName): void {
    for (const [name, tab] of this.tabs) {
      setAttribute(tab, 'aria-selected', `${name === view}`);
      setAttribute(tab, 'tabindex', name === view ? 0 : -1);
    }
  }

  private tab(name: ViewName, controls: string): HTMLButtonElement {
    return element(
      'button',
      {
        class: 'heap-tab',
        id: `tab-${name}`,
        attributes: { type: 'button', role: 'tab', 'aria-controls': controls },
        on: { click: () => this.choose(name), keydown: (event) => this.move(event, name) },
      },
      VIEW_TITLES[name],
    );
  }

  /** Arrow keys, Home and End, as in all tabs. */
  private move(event: KeyboardEvent, from: ViewName): void {
    const at = VIEWS.indexOf(from);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = VIEWS.at(to % VIEWS.length);
    if (next === undefined) return;
    this.choose(next);
    this.tabs.get(next)?.focus();
  }
}
