import type { SeriesRef } from '../../src/protocol/trends.js';
import type { ChartPanel } from './chart-panel.js';
import type { PageFrame } from './page.js';
import { onThemeChange, readTheme } from './theme.js';
import type { TimeView } from './time-view.js';
import type { ValuesTable } from './values-table.js';

/** A chart with its values below it. */
interface Chart<Plan, Drawn> {
  readonly panel: ChartPanel;
  readonly table: ValuesTable;
  plan: Plan;
  /** As it was drawn last. */
  drawn: Drawn | undefined;
}

interface BoardEvents<Plan> {
  /** Of a chart that was not there before. */
  make(plan: Plan): { readonly panel: ChartPanel; readonly table: ValuesTable };
  /** The user has chosen another time. */
  chosen(): void;
  /** The charts have to be drawn anew. */
  redraw(): void;
  /** The cursor has moved: the values below the charts are those of another moment. */
  drawValues(): void;
  /** Another theme is there. */
  themed?(): void;
  /** What the charts show: asked of the host whenever their time or their width changes. */
  series(): readonly SeriesRef[];
}

/** A query does not change with every pixel of width. */
const BUCKET_STEP = 50;
const FEWEST_BUCKETS = 100;

/** The charts of a page, all over the same time: made and taken away as the plans want it. */
export class ChartBoard<Plan extends { readonly id: string }, Drawn> {
  theme = readTheme();
  private readonly charts = new Map<string, Chart<Plan, Drawn>>();

  constructor(
    private readonly element: HTMLElement,
    private readonly page: PageFrame,
    private readonly view: TimeView,
    private readonly events: BoardEvents<Plan>,
  ) {
    view.onDidChangeWindow.on(() => {
      events.chosen();
      this.ask();
    });
    view.onDidChangeRange.on(() => events.redraw());
    view.onDidMoveCursor.on(() => {
      for (const { panel } of this.all) panel.drawCursor();
      events.drawValues();
    });
    onThemeChange(() => {
      this.theme = readTheme();
      for (const { panel } of this.all) panel.setTheme(this.theme);
      events.themed?.();
      events.redraw();
    });
    new ResizeObserver(() => this.ask()).observe(element);
  }

  get all(): readonly Chart<Plan, Drawn>[] {
    return [...this.charts.values()];
  }

  get(id: string): Chart<Plan, Drawn> | undefined {
    return this.charts.get(id);
  }

  /** Of what is drawn in, in CSS pixels; all charts are as wide. */
  get plotWidth(): number {
    return this.all[0]?.panel.plotWidth ?? 0;
  }

  /** Gives the panels, in the order of the plans. */
  show(plans: readonly Plan[]): readonly HTMLElement[] {
    const wanted = new Set(plans.map(({ id }) => id));
    for (const [id, { panel }] of this.charts) {
      if (wanted.has(id)) continue;
      panel.dispose();
      this.charts.delete(id);
    }
    return plans.map((plan) => {
      const chart = this.charts.get(plan.id) ?? { ...this.events.make(plan), plan, drawn: undefined };
      chart.plan = plan;
      this.charts.set(plan.id, chart);
      return chart.panel.element;
    });
  }

  ask(): void {
    const series = this.events.series();
    if (series.length === 0) return;
    const width = this.plotWidth || this.element.clientWidth;
    const maxBuckets = Math.max(FEWEST_BUCKETS, Math.ceil(width / BUCKET_STEP) * BUCKET_STEP);
    const query = { series, window: this.view.window, maxBuckets };
    if (!this.page.isAsked(query)) this.page.ask(query);
  }
}
