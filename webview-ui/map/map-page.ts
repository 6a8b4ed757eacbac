import { formatCount } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import { type FromMapPage, MAP_PROTOCOL, type MapFindingText, type ToMapPage } from '../../src/protocol/map.js';
import { OTHER_VERSION } from '../../src/protocol/other-version.js';
import { Announcer } from '../shared/announcer.js';
import { element, setChildren } from '../shared/dom.js';
import { formatMoment } from '../shared/format.js';
import type { Host } from '../shared/host.js';
import { onceAFrame } from '../shared/page.js';
import { onThemeChange, readTheme, type Theme } from '../shared/theme.js';
import { gapLeft } from './address-gap.js';
import { Comparison } from './comparison.js';
import { Details } from './details.js';
import { FindingCards } from './finding-cards.js';
import { FormChoice } from './form-choice.js';
import { MapBar } from './map-bar.js';
import type { Gap, MapActions, MapModel, MapView } from './map-model.js';
import { PageNotices } from './page-notices.js';
import { readSaved, type Saved, VIEWS, type ViewName } from './saved.js';
import { ToldMap } from './told-map.js';
import { Totals } from './totals.js';
import { makeViews } from './views.js';

/** Of what comes at once the last is told: what the user did is told with no delay that would be felt. */
const SAY_EVERY = 100;

/** The editor page Memory Map: what an address space holds, in four forms that share one selection. */
export class MapPage {
  readonly element = element('main', { class: 'page map' });
  private readonly notices: PageNotices;
  private readonly body = element('div', { class: 'map-body', attributes: { hidden: true } });
  private readonly place = element('div', { class: 'map-view' });
  private readonly announcer = new Announcer(SAY_EVERY);
  private readonly comparison: Comparison;
  private readonly bar: MapBar;
  private readonly findings: FindingCards;
  private readonly details: Details;
  private readonly totals: Totals;
  private readonly forms = new FormChoice((view) => this.choose(view));
  private readonly views: Readonly<Record<ViewName, MapView>>;
  private readonly redraw = onceAFrame(() => this.draw());
  private theme: Theme = readTheme();
  private saved: Saved = readSaved(undefined);
  private told = new ToldMap();
  private description = '';
  private selected: readonly number[] = [];
  /** Selected instead of rows. */
  private gap: Gap | undefined;
  private placed: ViewName | undefined;
  /** To be selected once that moment's map has come. */
  private wanted: { readonly moment: number; readonly rows: readonly number[] } | undefined;
  private said = '';

  constructor(private readonly host: Host<FromMapPage, ToMapPage>) {
    const send = (message: FromMapPage): void => host.send(message);
    const actions: MapActions = {
      select: (rows) => this.select(rows, false),
      selectGap: (gap) => this.select([], false, gap),
      copy: (text) => send({ kind: 'copy', text }),
      openFile: (path) => send({ kind: 'open-file', path }),
      openLink: (link) => send({ kind: 'open-link', link }),
      say: (text) => this.say(text),
      keep: (view, state) => this.keep({ ...this.saved, forms: { ...this.saved.forms, [view]: state } }),
    };
    const theme = (): Theme => this.theme;
    this.notices = new PageNotices({
      showNewest: () => send({ kind: 'show-moment', moment: undefined }),
      refresh: () => send({ kind: 'refresh' }),
    });
    this.comparison = new Comparison({
      send,
      changed: () => this.redraw(),
      marked: ({ at }) => this.say(`Marked at ${formatMoment(at)}`),
    });
    this.bar = new MapBar(
      {
        send,
        exportPicture: (format) => void this.exportPicture(format),
        showChanges: () => {
          if (this.saved.view !== 'changes') this.choose('changes');
        },
      },
      this.comparison,
    );
    this.findings = new FindingCards({
      step: (finding, action) => {
        if (action === 'show-rows') this.showRows(finding.rows);
        else send({ kind: 'step', rule: finding.rule, action });
      },
      openLink: actions.openLink,
    });
    this.details = new Details(actions, send, theme);
    // What is chosen there is not seen in the form below it before it is brought there.
    this.totals = new Totals({ ...actions, select: (rows) => this.select(rows, true) }, theme);
    this.views = makeViews(actions, theme, {
      comparison: this.comparison,
      refresh: () => send({ kind: 'refresh' }),
      live: () => this.bar.turnOnLive(),
      goTo: (moment, rows) => this.goTo(moment, rows),
    });
    this.body.append(
      element('div', { class: 'map-main' }, element('div', { class: 'map-tabs' }, this.forms.element), this.place),
      element('aside', { class: 'map-side', attributes: { 'aria-label': 'Region' } }, this.details.element),
    );
    this.element.append(
      this.bar.element,
      this.notices.fault,
      this.notices.older,
      this.notices.notes,
      this.findings.element,
      this.totals.element,
      this.notices.empty,
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
  }

  private take(message: ToMapPage): void {
    switch (message.kind) {
      case 'hello':
        if (message.version !== MAP_PROTOCOL) {
          this.told = new ToldMap();
          this.told.state = { kind: 'failed', ...OTHER_VERSION };
          break;
        }
        // Said again, it is older than what was chosen since.
        if (this.told.words === undefined) {
          this.saved = readSaved(message.saved);
          for (const name of VIEWS) this.views[name].restore?.(this.saved.forms[name]);
        }
        this.told.words = message;
        break;
      case 'state':
        this.told.state = message.state;
        this.description = message.description;
        this.notices.tellReading(message.state, this.told.map !== undefined);
        break;
      case 'map':
        if (this.told.map !== undefined && this.told.map.moment.id !== message.moment.id) this.keepSelection(message);
        this.told.map = message;
        this.selectWanted();
        break;
      case 'moments':
        this.told.moments = message.moments;
        this.comparison.take(message.moments);
        break;
      case 'diff':
        this.comparison.adopt(message);
        this.told.takeDiff(message);
        break;
      case 'growth':
        this.told.takeGrowth(message.growth);
        break;
      case 'findings':
        this.tellNew(message.findings);
        this.told.findings = message.findings;
        this.told.watchedMs = message.watchedMs;
        break;
      case 'strip':
      case 'no-strip':
        this.details.takeStrip(message);
        return;
      case 'pages-marked':
        this.details.pagesMarked(message.at);
        return;
      case 'fault':
        // Before anything else has come, it is why nothing does.
        if (this.told.words === undefined) this.told.state = { ...message, kind: 'failed' };
        else this.notices.showFault(message.message, message.nextStep);
        break;
      case 'show-rows':
        this.goTo(message.moment, message.rows);
        return;
      case 'keep':
        // The host of the page has taken it.
        return;
    }
    this.redraw();
  }

  private model(): MapModel | undefined {
    return this.told.model(this.comparison);
  }

  private draw(): void {
    const { state, map, moments, findings, readings, watchedMs, words } = this.told;
    const newest = map && { at: moments.at(-1)?.at ?? map.moment.at, costMs: map.snapshot.costMs };
    if (state !== undefined) this.bar.describe(this.description, state, newest);
    // Where this page does not understand the host, nothing can be done with it.
    this.bar.element.hidden = words === undefined && state?.kind === 'failed';
    const model = this.model();
    const isEmpty = model === undefined || model.map.snapshot.table.length === 0;
    this.body.hidden = isEmpty;
    this.notices.empty.hidden = !isEmpty;
    this.findings.element.hidden = isEmpty;
    this.totals.element.hidden = model === undefined;
    if (isEmpty) this.notices.showEmpty(state, map !== undefined, words !== undefined);
    if (model === undefined) return;
    this.bar.update(model.map.moment, model.moments);
    this.findings.update(findings, { state: model.state, readings, watchedMs });
    this.notices.show(model);
    this.totals.show(model);
    if (isEmpty) return;
    this.forms.show(this.saved.view);
    const view = this.views[this.saved.view];
    if (this.placed !== this.saved.view) {
      this.placed = this.saved.view;
      setChildren(this.place, view.element);
      view.show(model);
      view.select(this.selected, true, this.gap);
    } else {
      view.show(model);
      // Rows of another map are other rows.
      view.select(this.selected, false, this.gap);
    }
    this.details.show(model, this.selected, this.gap);
  }

  private select(rows: readonly number[], reveal: boolean, gap?: Gap): void {
    this.selected = rows;
    this.gap = gap;
    this.views[this.saved.view].select(rows, reveal, gap);
    const model = this.model();
    if (model !== undefined) this.details.show(model, rows, gap);
    if (rows.length > 1) this.say(`${formatCount(rows.length, 'region')} selected`);
  }

  /** Those that were not there before: whoever does not see the page learns of them, too. */
  private tellNew(findings: readonly MapFindingText[]): void {
    // At first they are found as all else on the page is.
    if (this.told.map === undefined) return;
    const known = new Set(this.told.findings.map(({ rule }) => rule));
    const fresh = findings.filter(({ rule }) => !known.has(rule));
    const words = fresh.map(({ severity, title }) => `${severity === 'warning' ? 'Warning' : 'Note'}: ${visibleText(title)}`);
    if (words.length > 0) this.say(words.join('. '));
  }

  /** What a finding is about: rows of the newest map. */
  private showRows(rows: readonly number[]): void {
    const newest = this.told.moments.at(-1);
    if (newest === undefined) this.select(rows, true);
    else this.goTo(newest.id, rows);
  }

  private goTo(moment: number, rows: readonly number[]): void {
    this.wanted = { moment, rows };
    if (this.told.map?.moment.id === moment) this.selectWanted();
    else this.host.send({ kind: 'show-moment', moment });
  }

  private selectWanted(): void {
    const { wanted } = this;
    if (wanted === undefined || this.told.map?.moment.id !== wanted.moment) return;
    this.wanted = undefined;
    // The views have to know the map first.
    this.draw();
    this.select(wanted.rows, true);
  }

  /** What is said twice is told twice. */
  private say(text: string): void {
    this.said = text === this.said ? `${text}\u00a0` : text;
    this.announcer.say(this.said);
  }

  /** Rows are another in the new map: a region is known by where it begins. */
  private keepSelection(next: Extract<ToMapPage, { kind: 'map' }>): void {
    const before = this.told.map?.snapshot.table;
    const { table } = next.snapshot;
    this.gap = this.gap && gapLeft(table, this.gap);
    if (before === undefined || this.selected.length === 0) return;
    const rowOf = new Map(Array.from({ length: table.length }, (_, row) => [table.start[row], row] as const));
    this.selected = this.selected.flatMap((row) => rowOf.get(before.start[row]) ?? []);
  }

  private choose(view: ViewName): void {
    this.keep({ ...this.saved, view });
    this.draw();
  }

  private keep(saved: Saved): void {
    this.saved = saved;
    this.host.send({ kind: 'save', state: saved });
  }

  private async exportPicture(format: 'png' | 'svg'): Promise<void> {
    const view = this.views[this.saved.view];
    const drawn = view.picture === undefined && view.svg === undefined ? this.views.space : view;
    const model = this.model();
    if (model === undefined) return;
    // The table has no picture of its own: the drawing of the address space stands for it.
    if (drawn !== view) drawn.show(model);
    const bytes = format === 'svg' ? new TextEncoder().encode(drawn.svg?.() ?? '') : await drawn.picture?.();
    if (bytes === undefined || bytes.length === 0) this.notices.showFault('There is nothing to be drawn.', '');
    else this.host.send({ kind: 'export-image', format, bytes });
  }
}
