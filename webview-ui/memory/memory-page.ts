import '@vscode-elements/elements/dist/vscode-button/index.js';
import { visibleText } from '../../src/base/visible-text.js';
import type { Source, ToPage } from '../../src/protocol/trends.js';
import { Announcer } from '../shared/announcer.js';
import { ChartPanel } from '../shared/chart-panel.js';
import { ConnectionLine } from '../shared/connection-line.js';
import { element, icon, setAttribute, setChildren, setText } from '../shared/dom.js';
import { FieldPicker, type PickerItem } from '../shared/field-picker.js';
import { formatShare, formatValue } from '../shared/format.js';
import type { StyledSeries } from '../shared/frames.js';
import type { Host } from '../shared/host.js';
import { onceAFrame, PageFrame } from '../shared/page.js';
import type { PanelFrame } from '../shared/panel-frame.js';
import { SourceData } from '../shared/source-data.js';
import { onThemeChange, readTheme } from '../shared/theme.js';
import { TimeView } from '../shared/time-view.js';
import { toggled } from '../shared/toggled.js';
import { isRate, momentWords, overWindowHeading, valueRow } from '../shared/value-rows.js';
import { ValuesTable } from '../shared/values-table.js';
import { WindowBar } from '../shared/window-bar.js';
import { AVAILABLE, type FrameInput, linesFrame, MemoryFrame, styledSeries, withOverlay } from './memory-frame.js';
import { FIRST_SPAN, readSaved, type Saved } from './saved.js';
import { type ChartPlan, chartPlans } from './small-charts.js';

const MAIN = 'memory';
const SWAP_TOTAL = 'meminfo.SwapTotal';
const MAIN_HEIGHT = 220;
const SMALL_HEIGHT = 84;
const SUMMARY_EVERY = 30_000;
const NOTEWORTHY = 0.1;

interface Chart {
  readonly panel: ChartPanel;
  readonly table: ValuesTable;
  plan: ChartPlan;
}

/** `337.8 MiB of 1.5 GiB`, `21.1 of 23.5 GiB`: it stands where there is little room. */
function partOf(part: number, whole: number): string {
  const [own, all] = [formatValue(part, 'bytes'), formatValue(whole, 'bytes')];
  const unit = all.slice(all.lastIndexOf(' '));
  return `${own.endsWith(unit) ? own.slice(0, -unit.length) : own} of ${all}`;
}

/** The view Memory: where the memory of the current machine goes. */
export class MemoryPage {
  readonly element = element('main', { class: 'page memory' });
  private readonly view = new TimeView(FIRST_SPAN);
  private readonly data = new SourceData(this.view);
  private readonly page: PageFrame;
  private readonly stack = new MemoryFrame();
  private readonly announcer = new Announcer(SUMMARY_EVERY);
  private readonly name = element('h1');
  private readonly description = element('p', { class: 'description' });
  private readonly connection = new ConnectionLine(
    () => this.source && this.page.send({ kind: 'retry', source: this.source.id }),
  );
  private readonly empty = element('div', { class: 'empty', attributes: { hidden: true } });
  private readonly content = element('div', { class: 'content' });
  private readonly charts = new Map<string, Chart>();
  private readonly frames = new Map<string, PanelFrame>();
  private readonly picker: FieldPicker;
  private readonly redraw = onceAFrame(() => this.draw());
  private theme = readTheme();
  private saved: Saved = readSaved(undefined);
  private source: Source | undefined;
  private state = '';
  /** Available memory as it was last announced, as a share of the whole. */
  private toldShare: number | undefined;

  constructor(host: Host) {
    this.page = new PageFrame(host, (message) => this.take(message));
    this.picker = new FieldPicker(
      'Add Line…',
      () => this.fields(),
      (id) => this.toggleLine(id),
    );
    this.element.append(
      element(
        'header',
        { class: 'page-head' },
        // The target is chosen by the button in the title of the view.
        element('div', { class: 'title-line' }, this.name, this.connection.element),
        this.description,
      ),
      this.page.fault,
      this.empty,
      this.content,
      this.announcer.element,
    );
    this.view.onDidChangeWindow.on(() => {
      this.save();
      this.ask();
    });
    this.view.onDidChangeRange.on(this.redraw);
    this.view.onDidMoveCursor.on(() => this.drawCursor());
    onThemeChange(() => {
      this.theme = readTheme();
      for (const { panel } of this.charts.values()) panel.setTheme(this.theme);
      this.redraw();
    });
    new ResizeObserver(() => this.ask()).observe(this.element);
    setChildren(this.content, new WindowBar(this.view, [['Click', 'what a part is, with its documentation']]).element);
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
    if (before?.id !== source?.id) this.toldShare = undefined;
    setText(this.name, source ? visibleText(source.label) : 'Memory');
    setText(this.description, source ? visibleText(source.description) : '');
    setAttribute(this.description, 'title', source ? visibleText(source.description) : undefined);
    if (source) this.connection.update(source.connection);
    this.connection.element.hidden = !source;
    const same = before?.id === source?.id && before?.measures.length === source?.measures.length;
    if (!same) {
      this.plan();
      this.ask();
    }
    const state = source?.connection.kind ?? '';
    if (state !== this.state && (state === 'lost' || state === 'failed')) this.announcer.say(this.connection.element.textContent);
    this.state = state;
  }

  /** The charts that this machine has something for. */
  private plan(): void {
    const { source } = this;
    const plans = source ? chartPlans(source, this.saved.lines) : [];
    const wanted = new Set(plans.map(({ id }) => id));
    for (const [id, { panel, table }] of this.charts) {
      if (wanted.has(id)) continue;
      panel.dispose();
      table.element.remove();
      this.charts.delete(id);
      this.frames.delete(id);
    }
    for (const plan of plans) {
      const chart = this.charts.get(plan.id);
      if (chart) chart.plan = plan;
      else this.charts.set(plan.id, this.addChart(plan));
    }
    const blocks = plans.flatMap(({ id }) => {
      const chart = this.charts.get(id);
      return chart ? [chart.panel.element] : [];
    });
    const bar = this.content.firstElementChild;
    const [main, ...others] = blocks;
    setChildren(this.content, bar ?? undefined, main, this.picker.element, ...others);
  }

  private addChart(plan: ChartPlan): Chart {
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
      this.theme,
    );
    panel.element.classList.toggle('main', id === MAIN);
    panel.element.classList.toggle('rates', isRate(plan.unit));
    panel.element.append(table.element);
    return { panel, table, plan };
  }

  private ask(): void {
    const { source } = this;
    if (!source) return;
    const ids = [...this.charts.values()].flatMap(({ plan }) => plan.measures);
    const width = this.charts.get(MAIN)?.panel.plotWidth || this.element.clientWidth;
    const maxBuckets = Math.max(100, Math.ceil(width / 50) * 50);
    const query = {
      series: [...new Set(ids)].map((measure) => ({ source: source.id, measure })),
      window: this.view.window,
      maxBuckets,
    };
    if (query.series.length > 0 && !this.page.isAsked(query)) this.page.ask(query);
  }

  private draw(): void {
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
      theme: this.theme,
      hidden: new Set(this.saved.hidden),
      width: this.charts.get(MAIN)?.panel.plotWidth ?? 0,
    };
    for (const [id, { panel, plan }] of this.charts) {
      const series = this.seriesOf(plan);
      const frame = id === MAIN ? this.stack.build(input, series) : linesFrame(input, series, plan.fromZero, plan.atLeast);
      this.frames.set(id, frame);
      panel.draw(frame);
    }
    this.drawValues();
    this.summarise();
  }

  private seriesOf({ id, measures }: ChartPlan): readonly StyledSeries[] {
    const { source, theme } = this;
    if (!source) return [];
    const series = styledSeries(source, measures, theme);
    return id === MAIN ? withOverlay(series, theme) : series;
  }

  private drawCursor(): void {
    for (const { panel } of this.charts.values()) panel.drawCursor();
    this.drawValues();
  }

  private drawValues(): void {
    const { source, view } = this;
    if (!source) return;
    const kind = source.connection.kind;
    const moment = { cursor: view.cursor, newest: !view.fixed, live: kind === 'live', range: view.range };
    const hidden = new Set(this.saved.hidden);
    for (const [id, { table, plan }] of this.charts) {
      const series = new Map(this.frames.get(id)?.series.map((one) => [one.id, one]));
      const options = {
        hidden,
        ...(id === MAIN && source.memTotal !== undefined ? { whole: source.memTotal } : {}),
        ...(plan.removable ? { removable: true } : {}),
      };
      const now = this.data.now.get(source.id);
      const rows = this.seriesOf(plan).map((one) => valueRow(one, series.get(one.id), now, moment, options));
      table.update(rows, momentWords(moment, this.data.now.get(source.id)));
    }
  }

  private summarise(): void {
    const { source } = this;
    const available = source && this.data.now.get(source.id)?.values[AVAILABLE];
    const total = source?.memTotal;
    const main = this.charts.get(MAIN)?.panel;
    if (total === undefined) return;
    if (available === undefined) {
      main?.setSummary(`of ${formatValue(total, 'bytes')}`);
      return;
    }
    const swapTotal = source && this.data.now.get(source.id)?.values[SWAP_TOTAL];
    const swap = this.charts.get('swap')?.panel;
    if (swapTotal !== undefined) swap?.setSummary(swapTotal > 0 ? `of ${formatValue(swapTotal, 'bytes')}` : 'There is none');
    main?.setSummary(`${partOf(available, total)} available`);
    // Told of what matters, not every now and then.
    const share = available / Math.max(1, total);
    if (this.toldShare !== undefined && Math.abs(share - this.toldShare) < NOTEWORTHY) return;
    this.toldShare = share;
    this.announcer.say(
      `Available memory ${formatValue(available, 'bytes')} of ${formatValue(total, 'bytes')}, ${formatShare(available, total)}`,
    );
  }

  /** Words instead of charts while there is nothing to draw. */
  private drawState(): void {
    const { source, data, empty } = this;
    const nothing = !source || data.empty;
    this.content.hidden = nothing;
    empty.hidden = !nothing;
    const kind = source?.connection.kind;
    const said = nothing ? (kind ?? 'none') : '';
    if (empty.dataset['said'] === said) return;
    empty.dataset['said'] = said;
    if (!nothing) return;
    const select = element('vscode-button', { on: { click: () => this.page.send({ kind: 'select-target' }) } }, 'Select Target…');
    const waiting = kind === 'live' || kind === 'connecting' || !source;
    const words = waiting
      ? 'Waiting for the first sample…'
      : kind === 'idle'
        ? 'Nothing is sampled yet.'
        : 'There are no samples of this machine.';
    setChildren(empty, icon(waiting ? 'sync' : 'graph'), element('p', {}, words), select);
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
    this.ask();
    this.redraw();
  }

  private save(): void {
    this.saved = { ...this.saved, span: this.view.span };
    this.page.send({ kind: 'save', state: this.saved });
  }
}
