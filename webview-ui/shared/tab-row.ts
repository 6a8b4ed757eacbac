import { element, setAttribute, setChildren, setText } from './dom.js';

export interface TabRowOptions<Name extends string> {
  readonly label: string;
  readonly titles: Readonly<Record<Name, string>>;
  /** The id of the element that shows what is chosen. */
  readonly panel: (name: Name) => string;
  readonly choose: (name: Name) => void;
}

/** What of several things is shown, as tabs. */
export class TabRow<Name extends string> {
  readonly element: HTMLElement;
  private readonly tabs = new Map<Name, HTMLButtonElement>();
  private names: readonly Name[] = [];

  constructor(private readonly options: TabRowOptions<Name>) {
    this.element = element('div', { class: 'tabs', attributes: { role: 'tablist', 'aria-label': options.label } });
  }

  /** A single one needs no choice. */
  offer(names: readonly Name[]): void {
    if (names.join() === this.names.join()) return;
    this.names = names;
    this.tabs.clear();
    for (const name of names) this.tabs.set(name, this.tab(name));
    setChildren(this.element, ...this.tabs.values());
    this.element.hidden = names.length < 2;
  }

  /** `counts`: told beside the titles, unless it is 0. */
  show(shown: Name, counts?: Readonly<Partial<Record<Name, number>>>): void {
    for (const [name, tab] of this.tabs) {
      setAttribute(tab, 'aria-selected', `${name === shown}`);
      setAttribute(tab, 'tabindex', name === shown ? 0 : -1);
      const title = this.options.titles[name];
      const count = counts?.[name] ?? 0;
      setText(tab, count === 0 ? title : `${title} (${count.toLocaleString('en-US')})`);
    }
  }

  private tab(name: Name): HTMLButtonElement {
    const { choose, panel, titles } = this.options;
    return element(
      'button',
      {
        class: 'tab',
        id: `tab-${name}`,
        attributes: { type: 'button', role: 'tab', 'aria-controls': panel(name) },
        on: { click: () => choose(name), keydown: (event) => this.move(event, name) },
      },
      titles[name],
    );
  }

  /** Arrow keys, Home and End, as in all tabs. */
  private move(event: KeyboardEvent, from: Name): void {
    const at = this.names.indexOf(from);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = this.names.at(to % this.names.length);
    if (next === undefined) return;
    this.options.choose(next);
    this.tabs.get(next)?.focus();
  }
}
