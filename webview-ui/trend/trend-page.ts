import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { Milliseconds } from '../../src/base/units.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { Source, ToPage } from '../../src/protocol/trends.js';
import { Announcer } from '../shared/announcer.js';
import { ChartPanel } from '../shared/chart-panel.js';
import { element, icon, setChildren } from '../shared/dom.js';
import type { Gap } from '../shared/gaps.js';
import type { Host } from '../shared/host.js';
import { onceAFrame, PageFrame } from '../shared/page.js';
import { SourceData } from '../shared/source-data.js';
import { onThemeChange, readTheme } from '../shared/theme.js';
import { TimeView } from '../shared/time-view.js';
import { toggled } from '../shared/toggled.js';
import { momentWords, overWindowHeading, valueRow } from '../shared/value-rows.js';
import { ValuesTable } from '../shared/values-table.js';
import { MarksTable } from './marks-table.js';
import { type PanelPlan, panelPlans } from './panel-plan.js';
import { picture } from './picture.js';
import { readSaved, type Saved } from './saved.js';
import { TrendBar } from './trend-bar.js';
import { allEvents, type TrendInput, type TrendPanel, trendPanel } from './trend-frame.js';
import { VerdictCard } from './verdict-card.js';

const TALL = 260;
const LOW = 110;
const SUMMARY_EVERY = 30_000;

interface Chart {
  readonly panel: ChartPanel;
  readonly table: ValuesTable;
  plan: PanelPlan;
  drawn: TrendPanel | undefined;
}

/** The editor page Trend: processes and machines over time, each with what can be said of its growth. */
export class TrendPage {
  readonly element = element('main', { class: 'page trend' });
  private readonly view = new TimeView('all');
  private readonly data = new SourceData(this.view);
  private readonly page: PageFrame;
  private readonly announcer = new Announcer(SUMMARY_EVERY);
  private readonly cards = new Map<string, VerdictCard>();
  private readonly cardList = element('div', { class: 'cards' });
  private readonly panelList = element('div', { class: 'panels' });
  private readonly empty = element('div', { class: 'empty', attributes: { hidden: true } });
  private readonly marksTable = new MarksTable(() => this.setMarks(undefined, undefined));
  private readonly charts = new Map<string, Chart>();
  private readonly bar: TrendBar;
  private readonly redraw = onceAFrame(() => this.draw());
  private readonly announced = new Map<string, string>();
  private marks: { a: Milliseconds | undefined; b: Milliseconds | undefined } = { a: undefined, b: undefined };
  private theme = readTheme();
  private saved: Saved = readSaved(undefined);

  constructor(host: Host) {
    this.page = new PageFrame(host, (message) => this.take(message));
    this.bar = new TrendBar(this.view, {
      send: (message) => this.page.send(message),
      measures: () => this.choices(),
      toggleMeasure: (id) => this.toggleMeasure(id),
      setChanges: (changes) => this.change({ changes }),
      exportData: (format) => this.page.asked && this.page.send({ kind: 'export', format, query: this.page.asked }),
      exportPicture: () => void this.exportPicture(),
    });
    this.element.append(this.bar.element, this.page.fault, this.cardList, this.empty, this.panelList, this.announcer.element);
    this.view.onDidChangeWindow.on(() => {
      this.change({ span: this.view.span });
      this.ask();
    });
    this.view.onDidChangeRange.on(this.redraw);
    this.view.onDidMoveCursor.on(() => {
      for (const { panel } of this.charts.values()) panel.drawCursor();
      this.drawValues();
    });
    onThemeChange(() => {
      this.theme = readTheme();
      for (const { panel } of this.charts.values()) panel.setTheme(this.theme);
      this.plan();
      this.redraw();
    });
    new ResizeObserver(() => this.ask()).observe(this.element);
    this.page.ready();
    this.drawState();
  }

  private take(message: ToPage): void {
    if (message.kind === 'hello') {
      this.saved = readSaved(message.saved);
      this.view.span = this.saved.span;
      this.view.onDidChangeRange.emit();
    } else if (!this.data.take(message)) return;
    if (message.kind === 'sources') {
      this.plan();
      this.ask();
    }
    if (message.kind === 'sources' || message.kind === 'verdict') this.drawCards();
    if (message.kind === 'recording' || message.kind === 'sources') this.bar.update(this.data, this.saved.changes);
    this.redraw();
  }

  private drawCards(): void {
    const { sources, verdicts } = this.data;
    const wanted = new Set(sources.map(({ id }) => id));
    for (const [id, card] of this.cards) {
      if (wanted.has(id)) continue;
      card.dispose();
      this.cards.delete(id);
    }
    sources.forEach((source, order) => {
      const { id } = source;
      const card =
        this.cards.get(id) ??
        new VerdictCard({
          step: (action) => this.page.send({ kind: 'step', source: id, action }),
          retry: () => this.page.send({ kind: 'retry', source: id }),
          remove: () => this.page.send({ kind: 'remove-source', source: id }),
        });
      this.cards.set(id, card);
      if (this.cardList.children[order] !== card.element)
        this.cardList.insertBefore(card.element, this.cardList.children[order] ?? null);
      const verdict = verdicts.get(id);
      card.update(source, verdict, sources.length > 1);
      if (verdict && this.announced.get(id) !== verdict.verdict.state)
        this.announcer.say(`${visibleText(source.label)}: ${verdict.title}`);
      if (verdict) this.announced.set(id, verdict.verdict.state);
    });
  }

  private chosen({ kind }: Source): readonly string[] {
    return kind === 'machine' ? this.saved.machineMeasures : this.saved.measures;
  }

  private plan(): void {
    const plans = panelPlans(this.data.sources, (source) => this.chosen(source), this.theme);
    const wanted = new Set(plans.map(({ id }) => id));
    for (const [id, { panel }] of this.charts) {
      if (wanted.has(id)) continue;
      panel.dispose();
      this.charts.delete(id);
    }
    plans.forEach((plan) => {
      const chart = this.charts.get(plan.id) ?? this.addChart(plan);
      chart.plan = plan;
      this.charts.set(plan.id, chart);
    });
    // Below the first chart: where the marks are set nothing moves when their table comes.
    const [first, ...others] = plans.flatMap(({ id }) => this.charts.get(id)?.panel.element ?? []);
    const wantedOrder = first ? [first, this.marksTable.element, ...others] : [];
    wantedOrder.forEach((own, order) => {
      if (this.panelList.children[order] !== own) this.panelList.insertBefore(own, this.panelList.children[order] ?? null);
    });
  }

  private addChart(plan: PanelPlan): Chart {
    const highlight = (series: string | undefined) => table.mark(series);
    const table = new ValuesTable({
      caption: `${plan.title}: values`,
      columns: [overWindowHeading(plan.unit)],
      toggle: (id) => this.toggle(id),
      highlight,
      openLink: (link) => this.page.send({ kind: 'open-link', link }),
    });
    const tall = plan.id === 'memory' || plan.id === 'machine';
    const panel = new ChartPanel(
      {
        id: plan.id,
        title: plan.title,
        height: tall ? TALL : LOW,
        highlight,
        choose: (at) => this.choose(at),
        hint: () => `Click: set mark ${this.nextMark}`,
        setMark: (mark, at) => (mark === 'A' ? this.setMarks(at, this.marks.b) : this.setMarks(this.marks.a, at)),
      },
      this.view,
      this.theme,
    );
    panel.element.append(table.element);
    return { panel, table, plan, drawn: undefined };
  }

  /** A, then B, then a new A. */
  private choose(at: Milliseconds): void {
    if (this.nextMark === 'A') this.setMarks(at, undefined);
    else this.setMarks(this.marks.a, at);
  }

  private get nextMark(): 'A' | 'B' {
    const { a, b } = this.marks;
    return a === undefined || b !== undefined ? 'A' : 'B';
  }

  private setMarks(a: Milliseconds | undefined, b: Milliseconds | undefined): void {
    this.marks = { a, b };
    this.redraw();
  }

  private ask(): void {
    const plans = [...this.charts.values()].map(({ plan }) => plan);
    const series = plans.flatMap((plan) => plan.series.map(({ source, measure }) => ({ source, measure: measure.id })));
    if (series.length === 0) return;
    const width = this.charts.values().next().value?.panel.plotWidth || this.element.clientWidth;
    const query = { series, window: this.view.window, maxBuckets: Math.max(100, Math.ceil(width / 50) * 50) };
    if (!this.page.isAsked(query)) this.page.ask(query);
  }

  private draw(): void {
    const { data } = this;
    this.drawState();
    if (data.empty) return;
    const { range } = this.view;
    const [top] = this.charts.values();
    const gaps = new Map<string, readonly Gap[]>(data.sources.map((source) => [source.id, data.gapsOf(source, range)]));
    const input: TrendInput = {
      data,
      range,
      gaps,
      theme: this.theme,
      events: allEvents(data.sources, data),
      hidden: new Set(this.saved.hidden),
      changes: this.saved.changes,
      marks: this.marks,
      width: top?.panel.plotWidth ?? 0,
    };
    const order = [...this.panelList.children].filter((child) => child !== this.marksTable.element);
    for (const chart of this.charts.values()) {
      const at = order.indexOf(chart.panel.element);
      chart.drawn = trendPanel(chart.plan, input, { first: at === 0, last: at === order.length - 1 || at === 0 });
      chart.panel.setSummary(this.saved.changes ? 'Change since the start of the window' : '');
      chart.panel.draw(chart.drawn.frame);
    }
    this.drawValues();
    const marked = [...this.charts.values()].flatMap(({ plan, drawn }) =>
      plan.series.map(({ id, label, measure, style }) => ({
        id,
        label,
        unit: measure.unit,
        style,
        drawn: drawn?.all.find((one) => one.id === id)?.drawn,
      })),
    );
    this.marksTable.update(this.marks, marked, range.to - range.from);
  }

  private drawValues(): void {
    const { data, view } = this;
    const sources = new Map(data.sources.map((source) => [source.id, source]));
    const hidden = new Set(this.saved.hidden);
    for (const { table, plan, drawn } of this.charts.values()) {
      const moments = plan.series.map((series) => {
        const live = sources.get(series.source)?.connection.kind === 'live';
        return { series, moment: { cursor: view.cursor, newest: !view.fixed, live, range: view.range } };
      });
      const rows = moments.map(({ series, moment }) =>
        valueRow(series, drawn?.all.find(({ id }) => id === series.id)?.drawn, data.now.get(series.source), moment, { hidden }),
      );
      const first = moments.find(({ moment }) => moment.live) ?? moments[0];
      table.update(rows, first ? momentWords(first.moment, data.now.get(first.series.source)) : '');
    }
  }

  private drawState(): void {
    const { data } = this;
    const [first] = data.sources;
    const nothing = data.empty;
    this.empty.hidden = !nothing;
    this.panelList.hidden = nothing;
    if (!nothing) return;
    const kind = first?.connection.kind;
    const waiting = !first || kind === 'live' || kind === 'connecting' || kind === 'idle';
    setChildren(
      this.empty,
      icon(waiting ? 'sync' : 'graph-line'),
      element('p', {}, waiting ? 'Waiting for the first sample…' : 'There are no samples.'),
    );
  }

  private choices() {
    const shown = new Map<string, { id: string; label: string; value: string; chosen: boolean }>();
    // Those of processes first: there are few, and they are what the page is about.
    const sources = this.data.sources.toSorted((a, b) => Number(a.kind === 'machine') - Number(b.kind === 'machine'));
    for (const source of sources) {
      const machine = source.kind === 'machine';
      for (const { id, label } of source.measures) {
        shown.set(id, { id, label: machine ? `${label} (machine)` : label, value: '', chosen: this.chosen(source).includes(id) });
      }
    }
    return [...shown.values()];
  }

  private toggleMeasure(id: string): void {
    const isProcess = this.data.sources.some(
      ({ kind, measures }) => kind === 'process' && measures.some((measure) => measure.id === id),
    );
    if (isProcess) this.change({ measures: toggled(this.saved.measures, id) });
    else this.change({ machineMeasures: toggled(this.saved.machineMeasures, id) });
    this.plan();
    this.ask();
  }

  private toggle(id: string): void {
    this.change({ hidden: toggled(this.saved.hidden, id) });
  }

  private change(part: Partial<Saved>): void {
    this.saved = { ...this.saved, ...part };
    this.page.send({ kind: 'save', state: this.saved });
    this.bar.update(this.data, this.saved.changes);
    this.redraw();
  }

  private async exportPicture(): Promise<void> {
    const panels = [...this.charts.values()].flatMap(({ panel, plan }) => {
      const canvas = panel.picture();
      return canvas ? [{ title: plan.title, canvas, series: plan.series }] : [];
    });
    const title = this.data.sources.map(({ label }) => visibleText(label)).join(', ');
    const png = await picture(title, panels, this.theme);
    if (png) this.page.send({ kind: 'export-image', png });
  }
}
