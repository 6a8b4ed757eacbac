import { Chart, type ChartConfiguration, LinearScale, PointElement } from 'chart.js';
import annotationPlugin, { type AnnotationOptions } from 'chartjs-plugin-annotation';
import zoomPlugin from 'chartjs-plugin-zoom';
import type { Milliseconds } from '../../src/base/units.js';
import type { Unit } from '../../src/model/measure.js';
import { cssOf } from './colour.js';
import type { DrawnSeries } from './drawn-series.js';
import { formatAxis, formatTimeTick } from './format.js';
import type { Gap } from './gaps.js';
import { hatch } from './patterns.js';
import { SeriesController } from './series-controller.js';
import type { Theme } from './theme.js';
import { timeTicks, type ValueAxis } from './ticks.js';
import type { TimeRange, TimeView } from './time-view.js';

Chart.register(SeriesController, PointElement, LinearScale, annotationPlugin, zoomPlugin);

/** A moment that is marked by a line across the chart. */
export interface ChartMark {
  readonly at: Milliseconds;
  /** One or two signs at the top; the words are shown when the pointer is near. */
  readonly sign?: string;
  /** The sign is at the bottom. */
  readonly low?: boolean;
  readonly colour: string;
  readonly dash: readonly number[];
}

export interface ChartFrame {
  readonly range: TimeRange;
  readonly axis: ValueAxis;
  readonly unit: Unit;
  readonly series: readonly DrawnSeries[];
  readonly marks: readonly ChartMark[];
  /** Hatched: nothing was measured. */
  readonly gaps: readonly Gap[];
  readonly timeLabels: boolean;
}

/** As wide for all charts of a page, so that their times lie below another. */
const AXIS_WIDTH = 62;
const RIGHT_MARGIN = 8;
const LABEL_WIDTH = 56;
/** CSS pixels that two moments, to the second, need beside each other. */
const ROOM_FOR_TWO = 130;

const NO_AXIS: ValueAxis = { min: 0, max: 1, step: 1, ticks: [] };

/** The canvas of a chart over time: axes, series, marks; zoom and pan by the pointer. */
export class TimeChart {
  private readonly chart: Chart<'series', never[]>;
  private frame: ChartFrame = {
    range: { from: 0, to: 1 },
    axis: NO_AXIS,
    unit: 'count',
    series: [],
    marks: [],
    gaps: [],
    timeLabels: true,
  };
  /** Of the ticks of the time axis. */
  private timeStep: Milliseconds = 1000;
  private timeWidth = 0;
  private readonly datasets = new Map<string, { type: 'series'; data: never[]; drawn: DrawnSeries }>();

  constructor(
    canvas: HTMLCanvasElement,
    private readonly view: TimeView,
    private theme: Theme,
  ) {
    this.chart = new Chart(canvas, this.configuration());
    this.setTheme(theme);
  }

  get canvas(): HTMLCanvasElement {
    return this.chart.canvas;
  }

  /** Where the series are drawn, in CSS pixels of the canvas. */
  get area(): { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number } {
    // Not there before the first layout.
    const area = this.chart.chartArea as Chart['chartArea'] | undefined;
    const { left, right, top, bottom } = area ?? { left: 0, right: 0, top: 0, bottom: 0 };
    return { left, right, top, bottom };
  }

  draw(frame: ChartFrame): void {
    this.frame = frame;
    this.chart.data.datasets = frame.series.map((drawn) => this.dataset(drawn));
    const { x, y } = this.chart.options.scales ?? {};
    if (x && y) {
      Object.assign(x, { min: frame.range.from, max: frame.range.to });
      Object.assign(y, { min: frame.axis.min, max: frame.axis.max });
    }
    const annotation = this.chart.options.plugins?.annotation;
    if (annotation) annotation.annotations = this.annotations();
    this.chart.update('none');
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    const x = this.chart.options.scales?.x;
    if (x?.border) x.border.color = theme.border;
    const drag = this.chart.options.plugins?.zoom?.zoom?.drag;
    const blue = theme.hues.blue;
    if (drag) Object.assign(drag, { backgroundColor: cssOf(blue, 0.2), borderColor: cssOf(blue), borderWidth: 1 });
  }

  timeAt(x: number): Milliseconds {
    const { left, right } = this.area;
    const { from, to } = this.frame.range;
    const share = right > left ? Math.min(1, Math.max(0, (x - left) / (right - left))) : 1;
    return from + share * (to - from);
  }

  /** The value of the axis at a height. */
  valueAt(y: number): number {
    const { top, bottom } = this.area;
    const { min, max } = this.frame.axis;
    return bottom > top ? min + ((bottom - y) / (bottom - top)) * (max - min) : min;
  }

  /** CSS pixels from the left edge of the canvas; undefined outside of what is shown. */
  positionOf(at: Milliseconds): number | undefined {
    const { left, right } = this.area;
    const { from, to } = this.frame.range;
    if (at < from || at > to || to <= from) return undefined;
    return left + ((at - from) / (to - from)) * (right - left);
  }

  dispose(): void {
    this.chart.destroy();
  }

  /** One object a series for as long as it is drawn: a new one makes chart.js build everything anew. */
  private dataset(drawn: DrawnSeries) {
    const dataset = this.datasets.get(drawn.id) ?? { type: 'series' as const, data: [], drawn };
    dataset.drawn = drawn;
    this.datasets.set(drawn.id, dataset);
    return dataset;
  }

  private annotations(): Record<string, AnnotationOptions> {
    const { gaps, marks, range } = this.frame;
    const shapes: Record<string, AnnotationOptions> = {};
    const inside = (from: Milliseconds, to: Milliseconds) => to > range.from && from < range.to;
    gaps.forEach((gap, index) => {
      if (!inside(gap.from, gap.to)) return;
      const fill = hatch(cssOf(this.theme.foreground, this.theme.highContrast ? 0.5 : 0.18), undefined, 8, 45);
      shapes[`gap${index}`] = {
        type: 'box',
        xMin: Math.max(gap.from, range.from),
        xMax: Math.min(gap.to, range.to),
        backgroundColor: fill as unknown as string,
        borderWidth: 0,
        drawTime: 'beforeDatasetsDraw',
      };
    });
    marks.forEach((mark, index) => {
      if (!inside(mark.at, mark.at)) return;
      shapes[`mark${index}`] = {
        type: 'line',
        scaleID: 'x',
        value: mark.at,
        borderColor: mark.colour,
        borderWidth: 1,
        borderDash: [...mark.dash],
        ...(mark.sign === undefined ? {} : { label: this.signOf(mark.sign, mark) }),
      };
    });
    return shapes;
  }

  private signOf(sign: string, { colour, low }: ChartMark) {
    return {
      display: true,
      content: sign,
      position: low ? ('end' as const) : ('start' as const),
      backgroundColor: colour,
      color: cssOf(this.theme.background),
      borderRadius: 2,
      padding: { x: 4, y: 1 },
      font: { size: 10, weight: 600, family: this.theme.font },
    };
  }

  private timeLabel(at: Milliseconds): string {
    const { from, to } = this.frame.range;
    const room = ((to - at) / (to - from)) * this.timeWidth + RIGHT_MARGIN;
    return this.frame.timeLabels && room >= LABEL_WIDTH / 2 ? formatTimeTick(at, this.timeStep) : '';
  }

  private configuration(): ChartConfiguration<'series', never[]> {
    const small = () => ({ size: Math.max(10, this.theme.fontSize - 2), family: this.theme.font });
    const zoomed = ({ chart }: { chart: Chart }) => {
      const { x } = chart.scales;
      if (x) this.view.show(x.min, x.max);
    };
    return {
      type: 'series',
      data: { datasets: [] },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        maintainAspectRatio: false,
        responsive: true,
        // The pointer is followed by the panel around; the plugins have listeners of their own.
        events: [],
        layout: { padding: { right: RIGHT_MARGIN, top: 6 } },
        scales: {
          x: {
            type: 'linear',
            min: 0,
            max: 1,
            border: { color: this.theme.border },
            grid: { color: () => this.theme.grid, drawTicks: true, tickLength: 4, z: -1 },
            afterBuildTicks: (scale) => {
              const { from, to } = this.frame.range;
              const { step, ticks } = timeTicks(
                from,
                to,
                Math.max(scale.width < ROOM_FOR_TWO ? 1 : 2, Math.floor(scale.width / 90)),
              );
              scale.ticks = ticks.map((value) => ({ value }));
              this.timeStep = step;
            },
            ticks: {
              display: true,
              autoSkip: false,
              maxRotation: 0,
              color: () => this.theme.muted,
              font: small,
              callback: (value) => this.timeLabel(Number(value)),
            },
            afterFit: (scale) => {
              // Room that a label at the edge would take moves the chart away from those above and below it.
              scale.paddingLeft = 0;
              scale.paddingRight = 0;
              this.timeWidth = scale.width;
              if (!this.frame.timeLabels) scale.height = 6;
            },
          },
          y: {
            type: 'linear',
            min: 0,
            max: 1,
            border: { display: false },
            grid: { color: () => this.theme.grid, drawTicks: false, z: -1 },
            afterBuildTicks: (scale) => {
              scale.ticks = this.frame.axis.ticks.map((value) => ({ value }));
            },
            afterFit: (scale) => {
              scale.width = AXIS_WIDTH;
            },
            ticks: {
              autoSkip: false,
              padding: 6,
              color: () => this.theme.muted,
              font: small,
              callback: (value) => {
                const { min, max, step } = this.frame.axis;
                // An address is too long for an axis: how far above the lowest one.
                if (this.frame.unit === 'address') return `+${formatAxis(Number(value) - min, step, max - min, 'bytes')}`;
                return formatAxis(Number(value), step, Math.max(Math.abs(min), Math.abs(max)), this.frame.unit);
              },
            },
          },
        },
        plugins: {
          annotation: { animations: {}, annotations: {}, clip: true },
          zoom: {
            zoom: {
              mode: 'x',
              wheel: { enabled: true, modifierKey: 'ctrl', speed: 0.2 },
              pinch: { enabled: true },
              drag: { enabled: true, threshold: 6 },
              onZoom: zoomed,
            },
            pan: { enabled: true, mode: 'x', modifierKey: 'shift', onPan: zoomed },
          },
        },
      },
    };
  }
}
