import { visibleText } from '../../src/base/visible-text.js';
import type { SeriesRef, Source, ToPage } from '../../src/protocol/trends.js';
import { Announcer } from '../shared/announcer.js';
import { ChartBoard } from '../shared/chart-board.js';
import { ChartPanel } from '../shared/chart-panel.js';
import { ConnectionLine } from '../shared/connection-line.js';
import { element, setAttribute, setChildren, setText } from '../shared/dom.js';
import { FieldPicker, type PickerItem } from '../shared/field-picker.js';
import { formatValue } from '../shared/format.js';
import type { StyledSeries } from '../shared/frames.js';
import type { Host } from '../shared/host.js';
import { OomLine } from '../shared/oom-line.js';
import { onceAFrame, PageFrame } from '../shared/page.js';
import type { PanelFrame } from '../shared/panel-frame.js';
import { SourceData } from '../shared/source-data.js';
import { TimeView } from '../shared/time-view.js';
import { toggled } from '../shared/toggled.js';
import { isRate, momentWords, overWindowHeading, valueRow } from '../shared/value-rows.js';
import { ValuesTable } from '../shared/values-table.js';
import { WindowBar } from '../shared/window-bar.js';
import { AvailableMemory } from './available-memory.js';
import { EmptyMemory } from './empty-memory.js';
import { type FrameInput, linesFrame, MemoryFrame, styledSeries, withOverlay } from './memory-frame.js';
import { FIRST_SPAN, readSaved, type Saved } from './saved.js';
import { type ChartPlan, chartPlans } from './small-charts.js';

const MAIN = 'memory';
const MAIN_HEIGHT = 220;
const SMALL_HEIGHT = 84;
const SUMMARY_EVERY = 30_000;

/** The view Memory: where the memory of the current machine goes. */
export class MemoryPage {
  readonly element = element('main', { class: 'page memory' });
  private readonly view = new TimeView(FIRST_SPAN);
  private readonly data = new SourceData(this.view);
  private readonly page: PageFrame;
  private readonly board: ChartBoard<ChartPlan, PanelFrame>;
  private readonly stack = new MemoryFrame();
  private readonly announcer = new Announcer(SUMMARY_EVERY);
  private readonly available = new AvailableMemory((text) => this.announcer.say(text));
  private readonly name = element('h1');
  private readonly description = element('p', { class: 'description' });
  private readonly connection = new ConnectionLine(
    () => this.source && this.page.send({ kind: 'retry', source: this.source.id }),
  );
  private readonly empty = new EmptyMemory(() => this.page.send({ kind: 'select-target' }));
  private readonly content = element('div', { class: 'content' });
  private readonly bar: WindowBar;
  private readonly picker: FieldPicker;
  private readonly redraw = onceAFrame(() => this.draw());
  private saved: Saved = readSaved(undefined);
  private source: Source | undefined;
  private state = '';

  private readonly oom = new OomLine((source) => this.page.send({ kind: 'explain-oom', source }));

  constructor(host: Host) {
    this.page = new PageFrame(host, (message) => this.take(message));
    this.board = new ChartBoard(this.element, this.page, this.view, {
      make: (plan) => this.makeChart(plan),
      chosen: () => this.save(),
      redraw: () => this.redraw(),
      drawValues: () => this.drawValues(),
      series: () => this.wanted(),
    });
    this.picker = new FieldPicker(
      'Add Line…',
      () => this.fields(),
      (id) => this.toggleLine(id),
    );
    this.bar = new WindowBar(this.view, [['Click', 'what a part is, with its documentation']]);
    this.element.append(
      element(
        'header',
        { class: 'page-head' },
        // The target is chosen by the button in the title of the view.
        element('div', { class: 'title-line' }, this.name, this.connection.element),
        this.description,
      ),
      this.page.fault,
      this.oom.element,
      this.empty.element,
      this.content,
      this.announcer.element,
    );
    this.plan();
    this.page.ready();
    this.drawState();
  }

  private take(message: ToPage): void {
    if (message.kind === 'hello') {
      this.saved = readSaved(message.saved);
      this.view.span = this.saved.span;
      this.view.onDidChangeRange.emit();
    } else if (!this.data.take(message)) return;
    if (message.kind === 'sources') this.setSource(message.sources.find(({ kind }) => kind === 'machine'));
    this.redraw();
  }

  private setSource(source: Source | undefined): void {
    const before = this.source;
    this.source = source;
    if (before?.id !== source?.id) this.available.forget();
    setText(this.name, source ? visibleText(source.label) : 'Memory');
    setText(this.description, source ? visibleText(source.description) : '');
    setAttribute(this.description, 'title', source ? visibleText(source.description) : undefined);
    if (source) this.connection.update(source.connection);
    this.connection.element.hidden = !source;
    const same = before?.id === source?.id && before?.measures.length === source?.measures.length;
    if (!same) {
      this.plan();
      this.board.ask();
    }
    const state = source?.connection.kind ?? '';
    if (state !== this.state && (state === 'lost' || state === 'failed')) this.announcer.say(this.connection.element.textContent);
    this.state = state;
  }

  /** The charts that this machine has something for. */
  private plan(): void {
    const { source } = this;
    const [main, ...others] = this.board.show(source ? chartPlans(source, this.saved.lines) : []);
    setChildren(this.content, this.bar.element, main, this.picker.element, ...others);
  }

  private makeChart(plan: ChartPlan) {
    const { id, title } = plan;
    const highlight = (series: string | undefined) => table.mark(series);
    const table = new ValuesTable({
      caption: `${title}: values`,
      columns: id === MAIN ? ['Share', 'Change'] : [overWindowHeading(plan.unit)],
      toggle: (series) => this.toggle(series),
      highlight,
      openLink: (link) => this.page.send({ kind: 'open-link', link }),
      remove: (series) => this.toggleLine(series),
    });
    const panel = new ChartPanel(
      {
        id,
        title,
        height: id === MAIN ? MAIN_HEIGHT : SMALL_HEIGHT,
        highlight,
        choose: (_, series) => series !== undefined && table.explain(series, true),
        hint: () => 'Click: documentation',
      },
      this.view,
      this.board.theme,
    );
    panel.element.classList.toggle('main', id === MAIN);
    panel.element.classList.toggle('rates', isRate(plan.unit));
    panel.element.append(table.element);
    return { panel, table };
  }

  private wanted(): readonly SeriesRef[] {
    const { source } = this;
    if (!source) return [];
    const ids = new Set(this.board.all.flatMap(({ plan }) => plan.measures));
    return [...ids].map((measure) => ({ source: source.id, measure }));
  }

  private draw(): void {
    this.oom.update(this.data.sources, this.data.events);
    const { source, data } = this;
    this.drawState();
    if (!source || data.empty) return;
    const { range } = this.view;
    const input: FrameInput = {
      source,
      range,
      store: data.store,
      gaps: data.gapsOf(source, range),
      events: data.events.get(source.id) ?? [],
      theme: this.board.theme,
      hidden: new Set(this.saved.hidden),
      width: this.board.plotWidth,
    };
    for (const chart of this.board.all) {
      const { panel, plan } = chart;
      const series = this.seriesOf(plan);
      chart.drawn = plan.id === MAIN ? this.stack.build(input, series) : linesFrame(input, series, plan.fromZero, plan.atLeast);
      panel.draw(chart.drawn);
    }
    this.drawValues();
    this.summarise(source);
  }

  private seriesOf({ id, measures }: ChartPlan): readonly StyledSeries[] {
    const { source } = this;
    const { theme } = this.board;
    if (!source) return [];
    const series = styledSeries(source, measures, theme);
    return id === MAIN ? withOverlay(series, theme) : series;
  }

  private drawValues(): void {
    const { source, view } = this;
    if (!source) return;
    const kind = source.connection.kind;
    const moment = { cursor: view.cursor, newest: !view.fixed, live: kind === 'live', range: view.range };
    const hidden = new Set(this.saved.hidden);
    const now = this.data.now.get(source.id);
    const words = momentWords(moment, now);
    for (const { table, plan, drawn } of this.board.all) {
      const series = new Map(drawn?.series.map((one) => [one.id, one]));
      const options = {
        hidden,
        ...(plan.id === MAIN && source.memTotal !== undefined ? { whole: source.memTotal } : {}),
        ...(plan.removable ? { removable: true } : {}),
      };
      const rows = this.seriesOf(plan).map((one) => valueRow(one, series.get(one.id), now, moment, options));
      table.update(rows, words);
    }
  }

  private summarise({ id, memTotal }: Source): void {
    const { memory, swap } = this.available.tell(memTotal, this.data.now.get(id)?.values);
    if (memory !== undefined) this.board.get(MAIN)?.panel.setSummary(memory);
    if (swap !== undefined) this.board.get('swap')?.panel.setSummary(swap);
  }

  private drawState(): void {
    const { source, data } = this;
    const nothing = !source || data.empty;
    this.content.hidden = nothing;
    if (nothing) this.empty.show(source?.connection.kind);
    else this.empty.hide();
  }

  private fields(): readonly PickerItem[] {
    const { source } = this;
    if (!source) return [];
    const now = this.data.now.get(source.id);
    return source.measures
      .filter(({ id }) => id.startsWith('meminfo.'))
      .map(({ id, label, unit }) => {
        const value = now?.values[id];
        return { id, label, value: value === undefined ? '' : formatValue(value, unit), chosen: this.saved.lines.includes(id) };
      });
  }

  private toggle(id: string): void {
    this.saved = { ...this.saved, hidden: toggled(this.saved.hidden, id) };
    this.save();
    this.redraw();
  }

  private toggleLine(id: string): void {
    this.saved = { ...this.saved, lines: toggled(this.saved.lines, id) };
    this.save();
    this.plan();
    this.board.ask();
    this.redraw();
  }

  private save(): void {
    this.saved = { ...this.saved, span: this.view.span };
    this.page.send({ kind: 'save', state: this.saved });
  }
}
