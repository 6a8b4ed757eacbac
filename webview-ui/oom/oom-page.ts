import { formatCount } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import {
  type FromOomPage,
  OOM_PROTOCOL,
  type OomEntry,
  type OomState,
  type OomTab,
  type ToOomPage,
} from '../../src/protocol/oom.js';
import { OTHER_VERSION } from '../../src/protocol/other-version.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { FaultLine } from '../shared/fault-line.js';
import type { Host } from '../shared/host.js';
import { keepHues } from '../shared/hues.js';
import { savedFields } from '../shared/saved-state.js';
import { TabRow } from '../shared/tab-row.js';
import { textButton, toolButton } from '../shared/tool-button.js';
import { EventView } from './event-view.js';
import { VictimsView } from './victims-view.js';

/** The editor page OOM: what the log says of running out of memory, and who would be killed next. */
export class OomPage {
  readonly element = element('main', { class: 'page oom' });
  private readonly title = element('h1');
  private readonly description = element('p', { class: 'description' });
  private readonly again: HTMLButtonElement;
  private readonly fault = new FaultLine();
  private readonly empty = element('div', { class: 'empty', attributes: { role: 'status' } });
  private readonly list = element('ol', { class: 'oom-list', attributes: { 'aria-label': 'Events' } });
  private readonly event = new EventView();
  private readonly victims: VictimsView;
  private readonly panels: Readonly<Record<OomTab, HTMLElement>>;
  private readonly tabs: TabRow<OomTab>;
  private state: OomState | undefined;
  private entries: readonly OomEntry[] | undefined;
  private notes: readonly string[] = [];
  private leftOut = 0;
  private offered: readonly OomTab[] = ['events'];
  private tab: OomTab = 'events';
  private shown = -1;
  private hasVictims = false;
  private isGreeted = false;

  constructor(private readonly host: Host<FromOomPage, ToOomPage>) {
    const send = (message: FromOomPage): void => host.send(message);
    this.victims = new VictimsView(send);
    const panel = (name: OomTab, ...content: readonly HTMLElement[]): HTMLElement =>
      element(
        'div',
        { class: `oom-panel ${name}`, id: `panel-${name}`, attributes: { role: 'tabpanel', 'aria-labelledby': `tab-${name}` } },
        ...content,
      );
    this.panels = {
      events: panel('events', this.empty, element('div', { class: 'oom-body' }, this.list, this.event.element)),
      next: panel('next', this.victims.element),
    };
    this.tabs = new TabRow({
      label: 'What is shown',
      titles: { events: 'Events', next: 'Next Victim' },
      panel: (tab) => this.panels[tab].id,
      choose: (tab) => this.choose(tab),
    });
    this.again = toolButton('sync', 'Read the log again', () => send({ kind: 'retry' }));
    this.element.append(
      element(
        'header',
        { class: 'page-head' },
        element(
          'div',
          { class: 'title-line' },
          this.title,
          this.again,
          toolButton('question', 'What is shown, and how it is known', () => send({ kind: 'open-help' })),
        ),
        this.description,
      ),
      this.fault.element,
      this.tabs.element,
      this.panels.events,
      this.panels.next,
    );
    keepHues(this.element);
    host.onMessage((message) => this.take(message));
    send({ kind: 'ready', version: OOM_PROTOCOL });
    this.draw();
  }

  private take(message: ToOomPage): void {
    switch (message.kind) {
      case 'hello':
        if (message.version !== OOM_PROTOCOL) this.state = { kind: 'failed', ...OTHER_VERSION };
        else if (!this.isGreeted) {
          this.isGreeted = true;
          if (savedFields(message.saved)['tab'] === 'next') this.tab = 'next';
        }
        break;
      case 'state':
        this.state = message.state;
        this.offered = message.tabs;
        setText(this.title, visibleText(message.title));
        setText(this.description, visibleText(message.description));
        break;
      case 'events':
        this.entries = message.entries;
        this.leftOut = message.leftOut;
        this.notes = message.notes;
        break;
      case 'event':
        this.shown = message.event.index;
        this.event.show(message.event);
        break;
      case 'victims':
        this.hasVictims = true;
        this.victims.show(message.victims, message.changed);
        break;
      case 'show':
        this.tab = message.tab;
        break;
      case 'fault':
        this.fault.show(message.message, message.nextStep);
        break;
      case 'keep':
        // The host of the page has taken it.
        return;
    }
    this.draw();
  }

  private choose(tab: OomTab): void {
    this.tab = tab;
    this.host.send({ kind: 'save', state: { tab } });
    if (tab === 'next' && !this.hasVictims) this.host.send({ kind: 'read-victims' });
    this.draw();
  }

  private draw(): void {
    const { entries, offered, state } = this;
    this.tabs.offer(offered);
    const tab = offered.includes(this.tab) ? this.tab : (offered[0] ?? 'events');
    this.tabs.show(tab);
    for (const [name, panel] of Object.entries(this.panels)) panel.hidden = name !== tab;
    this.again.hidden = tab !== 'events' || state?.kind !== 'shown';
    const isEmpty = entries === undefined || entries.length === 0;
    this.empty.hidden = !isEmpty && state?.kind !== 'failed';
    this.event.element.hidden = isEmpty;
    this.list.hidden = isEmpty || entries.length < 2;
    this.drawEmpty();
    this.drawList();
  }

  private drawEmpty(): void {
    const { entries, notes, state } = this;
    if (state?.kind === 'failed') {
      setChildren(
        this.empty,
        icon('error'),
        element('p', {}, visibleText(state.message)),
        element('p', {}, visibleText(state.nextStep)),
        this.isGreeted && state.isFinal !== true && textButton('Try Again', () => this.host.send({ kind: 'retry' })),
      );
    } else if (state === undefined || state.kind === 'reading' || entries === undefined) {
      setChildren(this.empty, icon('sync'), element('p', {}, 'Reading the log…'));
    } else {
      setChildren(
        this.empty,
        icon('pass'),
        element('p', {}, 'The kernel killed no process for lack of memory in this log.'),
        ...notes.map((note) => element('p', {}, visibleText(note))),
      );
    }
  }

  private drawList(): void {
    const { entries = [], leftOut, notes, shown } = this;
    const items = entries.map((entry, index) => {
      const button = element(
        'button',
        {
          class: 'oom-entry',
          attributes: { type: 'button' },
          on: { click: () => this.host.send({ kind: 'show-event', index }) },
        },
        element('span', { class: 'when' }, entry.when === '' ? 'time not told' : visibleText(entry.when)),
        element('span', { class: 'what' }, visibleText(entry.headline)),
      );
      setAttribute(button, 'aria-current', index === shown ? 'true' : undefined);
      return element('li', {}, button);
    });
    // The button that was pressed keeps the focus.
    const focused = [...this.list.querySelectorAll('button')].indexOf(document.activeElement as HTMLButtonElement);
    const rest = [...(leftOut > 0 ? [`${formatCount(leftOut, 'more event')}: only so many are kept.`] : []), ...notes];
    setChildren(this.list, ...items, ...rest.map((text) => element('li', { class: 'note' }, visibleText(text))));
    if (focused >= 0) this.list.querySelectorAll('button')[focused]?.focus();
  }
}
