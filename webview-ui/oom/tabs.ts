import type { OomTab } from '../../src/protocol/oom.js';
import { element, setAttribute, setChildren } from '../shared/dom.js';

const TITLES: Readonly<Record<OomTab, string>> = { events: 'Events', next: 'Next Victim' };

/** What is shown: what has happened, or what would. */
export class Tabs {
  readonly element = element('div', { class: 'oom-tabs', attributes: { role: 'tablist', 'aria-label': 'What is shown' } });
  private readonly tabs = new Map<OomTab, HTMLButtonElement>();
  private names: readonly OomTab[] = [];

  constructor(
    private readonly panels: Readonly<Record<OomTab, HTMLElement>>,
    private readonly choose: (tab: OomTab) => void,
  ) {}

  /** A single one needs no choice. */
  offer(names: readonly OomTab[]): void {
    if (names.join() === this.names.join()) return;
    this.names = names;
    this.tabs.clear();
    for (const name of names) this.tabs.set(name, this.tab(name));
    setChildren(this.element, ...this.tabs.values());
    this.element.hidden = names.length < 2;
  }

  show(shown: OomTab): void {
    for (const [name, tab] of this.tabs) {
      setAttribute(tab, 'aria-selected', `${name === shown}`);
      setAttribute(tab, 'tabindex', name === shown ? 0 : -1);
    }
    for (const [name, panel] of Object.entries(this.panels)) panel.hidden = name !== shown;
  }

  private tab(name: OomTab): HTMLButtonElement {
    return element(
      'button',
      {
        class: 'oom-tab',
        id: `tab-${name}`,
        attributes: { type: 'button', role: 'tab', 'aria-controls': this.panels[name].id },
        on: { click: () => this.choose(name), keydown: (event) => this.move(event, name) },
      },
      TITLES[name],
    );
  }

  /** Arrow keys, Home and End, as in all tabs. */
  private move(event: KeyboardEvent, from: OomTab): void {
    const at = this.names.indexOf(from);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = this.names.at(to % this.names.length);
    if (next === undefined) return;
    this.choose(next);
    this.tabs.get(next)?.focus();
  }
}
