import { element, setAttribute, setText } from '../shared/dom.js';
import { PANELS, type PanelName } from './saved.js';

const TITLES: Readonly<Record<PanelName, string>> = {
  owners: 'Owners',
  changes: 'Changes',
  free: 'free',
  missing: 'Not Read',
};

/** What is shown below the bars: tabs. */
export class PanelTabs {
  readonly element: HTMLElement;
  private readonly tabs: ReadonlyMap<PanelName, HTMLButtonElement>;

  constructor(
    panel: HTMLElement,
    private readonly choose: (panel: PanelName) => void,
  ) {
    this.tabs = new Map(PANELS.map((name) => [name, this.tab(name, panel.id)]));
    this.element = element(
      'div',
      { class: 'system-tabs', attributes: { role: 'tablist', 'aria-label': 'More about it' } },
      ...this.tabs.values(),
    );
  }

  /** `counts`: shown beside the titles. */
  show(panel: PanelName, counts: Readonly<Partial<Record<PanelName, number>>>): void {
    for (const [name, tab] of this.tabs) {
      setAttribute(tab, 'aria-selected', `${name === panel}`);
      setAttribute(tab, 'tabindex', name === panel ? 0 : -1);
      const count = counts[name];
      setText(tab, count === undefined || count === 0 ? TITLES[name] : `${TITLES[name]} (${count.toLocaleString('en-US')})`);
    }
  }

  private tab(name: PanelName, controls: string): HTMLButtonElement {
    return element(
      'button',
      {
        class: 'system-tab',
        id: `tab-${name}`,
        attributes: { type: 'button', role: 'tab', 'aria-controls': controls },
        on: { click: () => this.choose(name), keydown: (event) => this.move(event, name) },
      },
      TITLES[name],
    );
  }

  /** Arrow keys, Home and End, as in all tabs. */
  private move(event: KeyboardEvent, from: PanelName): void {
    const at = PANELS.indexOf(from);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = PANELS.at(to % PANELS.length);
    if (next === undefined) return;
    this.choose(next);
    this.tabs.get(next)?.focus();
  }
}
