import { formatCount } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import { type FromMapPage, MAP_PROTOCOL, type ToMapPage } from '../../src/protocol/map.js';
import { Announcer } from '../shared/announcer.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import type { Host } from '../shared/host.js';
import { onceAFrame } from '../shared/page.js';
import { onThemeChange, readTheme, type Theme } from '../shared/theme.js';
import { toolButton } from '../shared/tool-button.js';
import { Details } from './details.js';
import { FindingCards } from './finding-cards.js';
import { MapBar } from './map-bar.js';
import type { MapActions, MapModel, MapView, ShownDiff, Words } from './map-model.js';
import { readSaved, type Saved, VIEWS, type ViewName } from './saved.js';
import { Totals } from './totals.js';
import { makeViews } from './views.js';

const SUMMARY_EVERY = 5000;

const VIEW_NAMES: Readonly<Record<ViewName, string>> = {
  space: 'Address Space',
  treemap: 'Treemap',
  table: 'Table',
  changes: 'Changes',
};

/** The editor page Memory Map: what an address space holds, in four forms that share one selection. */
export class MapPage {
  readonly element = element('main', { class: 'page map' });
  private readonly fault = element('div', { class: 'fault', attributes: { role: 'alert', hidden: true } });
  private readonly notes = element('ul', { class: 'notes', attributes: { 'aria-label': 'Notes', hidden: true } });
  private readonly empty = element('div', { class: 'empty' });
  private readonly body = element('div', { class: 'map-body', attributes: { hidden: true } });
  private readonly place = element('div', { class: 'map-view' });
  private readonly announcer = new Announcer(SUMMARY_EVERY);
  private readonly bar: MapBar;
  private readonly findings: FindingCards;
  private readonly details: Details;
  private readonly totals: Totals;
  private readonly choices = new Map<ViewName, HTMLButtonElement>();
  private readonly views: Readonly<Record<ViewName, MapView>>;
  private readonly redraw = onceAFrame(() => this.draw());
  private theme: Theme = readTheme();
  private saved: Saved = readSaved(undefined);
  private words: Words | undefined;
  private told: { -readonly [Key in keyof Omit<MapModel, 'words'>]?: MapModel[Key] } = {};
  private description = '';
  private watchedMs = 0;
  private selected: readonly number[] = [];
  private placed: ViewName | undefined;

  constructor(private readonly host: Host<FromMapPage, ToMapPage>) {
    const send = (message: FromMapPage): void => host.send(message);
    const actions: MapActions = {
      select: (rows) => this.select(rows, false),
      copy: (text) => send({ kind: 'copy', text }),
      openFile: (path) => send({ kind: 'open-file', path }),
      openLink: (link) => send({ kind: 'open-link', link }),
      say: (text) => this.announcer.say(text),
    };
    const theme = (): Theme => this.theme;
    this.bar = new MapBar({ send, exportPicture: (format) => void this.exportPicture(format) });
    this.findings = new FindingCards({
      step: (finding, action) => {
        if (action === 'show-rows') this.select(finding.rows, true);
        else send({ kind: 'step', rule: finding.rule, action });
      },
      openLink: actions.openLink,
    });
    this.details = new Details(actions, send, theme);
    this.totals = new Totals(actions, theme);
    this.views = makeViews(actions, theme);
    const tabs = element(
      'div',
      { class: 'segments', attributes: { role: 'radiogroup', 'aria-label': 'Form of the map' } },
      ...VIEWS.map((name) => this.choice(name)),
    );
    this.body.append(
      element('div', { class: 'map-main' }, element('div', { class: 'map-tabs' }, tabs), this.place),
      element('aside', { class: 'map-side', attributes: { 'aria-label': 'Region' } }, this.details.element),
    );
    this.element.append(
      this.bar.element,
      this.fault,
      this.notes,
      this.findings.element,
      this.totals.element,
      this.empty,
      this.body,
      this.announcer.element,
    );
    onThemeChange(() => {
      this.theme = readTheme();
      for (const view of Object.values(this.views)) view.themed();
      this.details.themed();
      this.totals.themed();
      this.redraw();
    });
    host.onMessage((message) => this.take(message));
    send({ kind: 'ready', version: MAP_PROTOCOL });
    this.drawEmpty();
  }

  private take(message: ToMapPage): void {
    switch (message.kind) {
      case 'hello':
        if (message.version !== MAP_PROTOCOL) {
          this.showFault('This page is of another version of MemLens.', 'Reload the window.');
          return;
        }
        this.words = message;
        this.saved = readSaved(message.saved);
        break;
      case 'state':
        this.told.state = message.state;
        this.description = message.description;
        if (message.state.kind !== 'failed') this.fault.hidden = true;
        else if (this.told.map !== undefined) this.showFault(message.state.message, message.state.nextStep);
        break;
      case 'map':
        if (this.told.map !== undefined && this.told.map.moment.id !== message.moment.id) this.keepSelection(message);
        this.told.map = message;
        break;
      case 'moments':
        this.told.moments = message.moments;
        break;
      case 'diff':
        this.told.diff = message;
        break;
      case 'growth':
        this.told.growth = message.growth;
        break;
      case 'findings':
        this.told.findings = message.findings;
        this.watchedMs = message.watchedMs;
        break;
      case 'strip':
      case 'no-strip':
        this.details.takeStrip(message);
        return;
      case 'fault':
        this.showFault(message.message, message.nextStep);
        return;
      case 'keep':
        // The host of the page has taken it.
        return;
    }
    this.redraw();
  }

  /** All that a view needs, once it has come. */
  private model(): MapModel | undefined {
    const { words } = this;
    const { state, map, moments = [], diff, growth, findings = [] } = this.told;
    if (words === undefined || state === undefined || map === undefined) return undefined;
    const newest = moments.at(-1)?.id ?? map.moment.id;
    const fits = (shown: ShownDiff): boolean => shown.after.id === map.moment.id;
    return {
      words,
      state,
      map,
      moments,
      findings,
      ...(diff !== undefined && fits(diff) ? { diff } : {}),
      // Its rows are those of the newest map.
      ...(growth !== undefined && map.moment.id === newest ? { growth } : {}),
    };
  }

  private draw(): void {
    const { state, findings = [] } = this.told;
    if (state !== undefined) this.bar.describe(this.description, state);
    const model = this.model();
    this.body.hidden = model === undefined;
    this.empty.hidden = model !== undefined;
    if (model === undefined) {
      this.drawEmpty();
      return;
    }
    this.bar.update(model);
    const live = model.state.kind === 'live' || model.state.kind === 'reading';
    this.findings.update(findings, this.watchedMs, live);
    this.drawNotes(model.map.notes);
    this.totals.show(model);
    for (const [name, button] of this.choices) {
      const chosen = name === this.saved.view;
      setAttribute(button, 'aria-checked', `${chosen}`);
      setAttribute(button, 'tabindex', chosen ? 0 : -1);
    }
    const view = this.views[this.saved.view];
    if (this.placed !== this.saved.view) {
      this.placed = this.saved.view;
      setChildren(this.place, view.element);
      view.show(model);
      view.select(this.selected, true);
    } else view.show(model);
    this.details.show(model, this.selected);
  }

  private drawNotes(notes: readonly string[]): void {
    this.notes.hidden = notes.length === 0;
    if (this.notes.dataset['shown'] === notes.join('\n')) return;
    this.notes.dataset['shown'] = notes.join('\n');
    setChildren(this.notes, ...notes.map((note) => element('li', {}, icon('info'), visibleText(note))));
  }

  private drawEmpty(): void {
    const { state } = this.told;
    if (state?.kind === 'failed') {
      setChildren(
        this.empty,
        icon('error'),
        element('p', {}, visibleText(state.message)),
        element('p', {}, visibleText(state.nextStep)),
      );
    } else setChildren(this.empty, icon('sync'), element('p', {}, 'Reading the map…'));
  }

  private select(rows: readonly number[], reveal: boolean): void {
    this.selected = rows;
    this.views[this.saved.view].select(rows, reveal);
    const model = this.model();
    if (model !== undefined) this.details.show(model, rows);
    if (rows.length > 1) this.announcer.say(`${formatCount(rows.length, 'region')} selected`);
  }

  /** Rows are another in the new map: a region is known by where it begins. */
  private keepSelection(next: Extract<ToMapPage, { kind: 'map' }>): void {
    const before = this.told.map?.snapshot.table;
    if (before === undefined || this.selected.length === 0) return;
    const { table } = next.snapshot;
    const rowOf = new Map(Array.from({ length: table.length }, (_, row) => [table.start[row], row] as const));
    this.selected = this.selected.flatMap((row) => rowOf.get(before.start[row]) ?? []);
  }

  private choice(name: ViewName): HTMLButtonElement {
    const button = element(
      'button',
      {
        class: 'segment',
        attributes: { type: 'button', role: 'radio' },
        on: { click: () => this.choose(name), keydown: (event) => this.moveChoice(event, name) },
      },
      VIEW_NAMES[name],
    );
    this.choices.set(name, button);
    return button;
  }

  private choose(view: ViewName): void {
    this.saved = { ...this.saved, view };
    this.host.send({ kind: 'save', state: this.saved });
    this.draw();
  }

  /** Arrow keys, as in every group of radio buttons. */
  private moveChoice(event: KeyboardEvent, from: ViewName): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = VIEWS[(VIEWS.indexOf(from) + step + VIEWS.length) % VIEWS.length];
    if (next === undefined) return;
    this.choose(next);
    this.choices.get(next)?.focus();
  }

  private async exportPicture(format: 'png' | 'svg'): Promise<void> {
    const view = this.views[this.saved.view];
    const drawn = view.picture === undefined && view.svg === undefined ? this.views.space : view;
    const model = this.model();
    if (model === undefined) return;
    // The table has no picture of its own: the drawing of the address space stands for it.
    if (drawn !== view) drawn.show(model);
    const bytes = format === 'svg' ? new TextEncoder().encode(drawn.svg?.() ?? '') : await drawn.picture?.();
    if (bytes === undefined || bytes.length === 0) this.showFault('There is nothing to be drawn.', '');
    else this.host.send({ kind: 'export-image', format, bytes });
  }

  private showFault(message: string, nextStep: string): void {
    const close = toolButton('close', 'Close', () => {
      this.fault.hidden = true;
    });
    const text = element('span', {});
    setText(text, `${visibleText(message)} ${visibleText(nextStep)}`);
    setChildren(this.fault, icon('error'), text, close);
    this.fault.hidden = false;
  }
}
