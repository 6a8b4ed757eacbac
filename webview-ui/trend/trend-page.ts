import { visibleText } from '../../src/base/visible-text.js';
import type { SeriesRef, Source, ToPage } from '../../src/protocol/trends.js';
import { Announcer } from '../shared/announcer.js';
import { ChartBoard } from '../shared/chart-board.js';
import { ChartPanel } from '../shared/chart-panel.js';
import { element, icon, setChildren, setOrder } from '../shared/dom.js';
import type { Gap } from '../shared/gaps.js';
import type { Host } from '../shared/host.js';
import { OomLine } from '../shared/oom-line.js';
import { onceAFrame, PageFrame } from '../shared/page.js';
import { SourceData } from '../shared/source-data.js';
import { TimeView } from '../shared/time-view.js';
import { toggled } from '../shared/toggled.js';
import { momentWords, overWindowHeading, valueRow } from '../shared/value-rows.js';
import { ValuesTable } from '../shared/values-table.js';
import { type Marks, NO_MARKS, nextMark, withNext } from './marks.js';
import { MarksTable } from './marks-table.js';
import { type PanelPlan, panelPlans } from './panel-plan.js';
import { picture } from './picture.js';
import { readSaved, type Saved } from './saved.js';
import { TrendBar } from './trend-bar.js';
import { allEvents, type TrendInput, type TrendPanel, trendPanel } from './trend-frame.js';
import { VerdictCards } from './verdict-cards.js';

const TALL = 260;
const LOW = 110;
const SUMMARY_EVERY = 30_000;

/** The editor page Trend: processes and machines over time, each with what can be said of its growth. */
export class TrendPage {
  readonly element = element('main', { class: 'page trend' });
  private readonly view = new TimeView('all');
  private readonly data = new SourceData(this.view);
  private readonly page: PageFrame;
  private readonly announcer = new Announcer(SUMMARY_EVERY);
  private readonly board: ChartBoard<PanelPlan, TrendPanel>;
  private readonly cards = new VerdictCards({
    step: (source, action) => this.page.send({ kind: 'step', source, action }),
    retry: (source) => this.page.send({ kind: 'retry', source }),
    showSystem: (source) => this.page.send({ kind: 'show-system', source }),
    remove: (source) => this.page.send({ kind: 'remove-source', source }),
    say: (text) => this.announcer.say(text),
  });
  private readonly panelList = element('div', { class: 'panels' });
  private readonly empty = element('div', { class: 'empty', attributes: { hidden: true } });
  private readonly marksTable = new MarksTable(() => this.setMarks(NO_MARKS));
  private readonly bar: TrendBar;
  private readonly redraw = onceAFrame(() => this.draw());
  private marks: Marks = NO_MARKS;
  private saved: Saved = readSaved(undefined);

  private readonly oom = new OomLine((source) => this.page.send({ kind: 'explain-oom', source }));

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
    this.board = new ChartBoard(this.element, this.page, this.view, {
      make: (plan) => this.makeChart(plan),
      chosen: () => this.change({ span: this.view.span }),
      redraw: () => this.redraw(),
      drawValues: () => this.drawValues(),
      // The colours of the series are in the plans.
      themed: () => this.plan(),
      series: () => this.wanted(),
    });
    this.element.append(
      this.bar.element,
      this.page.fault,
      this.oom.element,
      this.cards.element,
      this.empty,
      this.panelList,
      this.announcer.element,
    );
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
      this.board.ask();
    }
    if (message.kind === 'sources' || message.kind === 'verdict') this.cards.update(this.data.sources, this.data.verdicts);
    if (message.kind === 'recording' || message.kind === 'sources') this.bar.update(this.data, this.saved.changes);
    this.redraw();
  }

  private chosen({ kind }: Source): readonly string[] {
    return kind === 'machine' ? this.saved.machineMeasures : this.saved.measures;
  }

  private plan(): void {
    const plans = panelPlans(this.data.sources, (source) => this.chosen(source), this.board.theme);
    const [first, ...others] = this.board.show(plans);
    // Below the first chart: where the marks are set nothing moves when their table comes.
    setOrder(this.panelList, first ? [first, this.marksTable.element, ...others] : []);
  }

  private makeChart(plan: PanelPlan) {
    const highlight = (series: string | undefined) => table.mark(series);
    const table = new ValuesTable({
      caption: `${plan.title}: values`,
      columns: [overWindowHeading(plan.unit)],
      toggle: (id) => this.toggle(id),
      highlight,
      openLink: (link) => this.page.send({ kind: 'open-link', link }),
    });
    const panel = new ChartPanel(
      {
        id: plan.id,
        title: plan.title,
        height: plan.tall ? TALL : LOW,
        highlight,
        choose: (at) => this.setMarks(withNext(this.marks, at)),
        hint: () => `Click: set mark ${nextMark(this.marks)}`,
        setMark: (mark, at) => this.setMarks({ ...this.marks, [mark === 'A' ? 'a' : 'b']: at }),
      },
      this.view,
      this.board.theme,
    );
    panel.element.append(table.element);
    return { panel, table };
  }

  private setMarks(marks: Marks): void {
    this.marks = marks;
    this.redraw();
  }

  private wanted(): readonly SeriesRef[] {
    return this.board.all.flatMap(({ plan }) => plan.series.map(({ source, measure }) => ({ source, measure: measure.id })));
  }

  private draw(): void {
    this.oom.update(this.data.sources, this.data.events);
    const { data } = this;
    this.drawState();
    if (data.empty) return;
    const { range } = this.view;
    const gaps = new Map<string, readonly Gap[]>(data.sources.map((source) => [source.id, data.gapsOf(source, range)]));
    const input: TrendInput = {
      data,
      range,
      gaps,
      theme: this.board.theme,
      events: allEvents(data.sources, data),
      hidden: new Set(this.saved.hidden),
      changes: this.saved.changes,
      marks: this.marks,
      width: this.board.plotWidth,
    };
    const order = [...this.panelList.children].filter((child) => child !== this.marksTable.element);
    for (const chart of this.board.all) {
      const at = order.indexOf(chart.panel.element);
      chart.drawn = trendPanel(chart.plan, input, { first: at === 0, last: at === order.length - 1 || at === 0 });
      chart.panel.setSummary(this.saved.changes ? 'Change since the start of the window' : '');
      chart.panel.draw(chart.drawn.frame);
    }
    this.drawValues();
    const marked = this.board.all.flatMap(({ plan, drawn }) =>
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
    for (const { table, plan, drawn } of this.board.all) {
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
    this.board.ask();
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
    const panels = this.board.all.flatMap(({ panel, plan }) => {
      const canvas = panel.picture();
      return canvas ? [{ title: plan.title, canvas, series: plan.series }] : [];
    });
    const title = this.data.sources.map(({ label }) => visibleText(label)).join(', ');
    const png = await picture(title, panels, this.board.theme);
    if (png) this.page.send({ kind: 'export-image', png });
  }
}
