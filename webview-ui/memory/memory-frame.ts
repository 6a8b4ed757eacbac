import type { MachinePartId, Measure } from '../../src/model/measure.js';
import type { TrendEvent } from '../../src/model/trend-event.js';
import type { Source } from '../../src/protocol/trends.js';
import type { BucketStore } from '../shared/buckets.js';
import type { PanelFrame } from '../shared/chart-panel.js';
import type { DrawnSeries } from '../shared/drawn-series.js';
import { axisFor, marksOf } from '../shared/frames.js';
import type { Gap } from '../shared/gaps.js';
import { fillOf, lineStyle, overlayStyle, partStyle } from '../shared/series-style.js';
import { Stack } from '../shared/stack.js';
import type { SeriesStyle } from '../shared/swatch.js';
import type { Theme } from '../shared/theme.js';
import { valueAxis, wholeAxis } from '../shared/ticks.js';
import type { TimeRange } from '../shared/time-view.js';

/** What a frame is made of. */
export interface FrameInput {
  readonly source: Source;
  readonly store: BucketStore;
  readonly gaps: readonly Gap[];
  readonly events: readonly TrendEvent[];
  readonly range: TimeRange;
  readonly theme: Theme;
  readonly hidden: ReadonlySet<string>;
  /** Of the drawn area, in CSS pixels. */
  readonly width: number;
}

export interface StyledMeasure {
  readonly measure: Measure;
  readonly style: SeriesStyle;
}

export const AVAILABLE = 'meminfo.MemAvailable';

/** The parts and the line of what is available. */
export function memoryMeasures(source: Source, theme: Theme): readonly StyledMeasure[] {
  return source.measures.flatMap((measure) => {
    if (measure.id.startsWith('part.'))
      return [{ measure, style: partStyle(measure.id.slice('part.'.length) as MachinePartId, theme) }];
    return measure.id === AVAILABLE ? [{ measure, style: overlayStyle(theme) }] : [];
  });
}

export const lineMeasures = (source: Source, ids: readonly string[], theme: Theme): readonly StyledMeasure[] =>
  ids.flatMap((id, number) => {
    const measure = source.measures.find((one) => one.id === id);
    return measure ? [{ measure, style: lineStyle(number, theme) }] : [];
  });

/** The machine's memory as a stack that ends at MemTotal. */
export class MemoryFrame {
  private readonly stack = new Stack();

  build(input: FrameInput, measures: readonly StyledMeasure[]): PanelFrame {
    const { source, store, hidden, range } = input;
    const shown = measures.filter(({ measure }) => !hidden.has(measure.id));
    const parts = shown.flatMap(({ measure, style }) => {
      const column = style.shape === 'area' ? store.column({ source: source.id, measure: measure.id }) : undefined;
      return column ? [{ measure, style, column }] : [];
    });
    const edges = this.stack.build(
      parts.map(({ column }) => column),
      store.length,
    );
    const areas = parts.map(({ measure, style, column }, order): DrawnSeries => {
      const fill = fillOf(style);
      return {
        ...drawn(input, measure, style),
        shape: 'area',
        mean: edges[order] ?? column.mean,
        values: column.mean,
        ...(fill === undefined ? {} : { fill }),
      };
    });
    const lines = shown.filter(({ style }) => style.shape === 'line').flatMap((one) => drawnLine(input, one));
    const series = [...lines, ...areas];
    const whole = source.memTotal;
    const axis = whole === undefined ? axisFor(series, range, 4, 'bytes', true) : wholeAxis(whole, 4, 'bytes');
    return {
      ...frameOf(input, measures),
      axis,
      unit: 'bytes',
      series,
      timeLabels: true,
      gridOnTop: true,
      ...(whole === undefined ? {} : { whole }),
    };
  }
}

/** Lines of one unit. `atLeast`: the axis goes up to it, so that noise does not look like a peak. */
export function linesFrame(
  input: FrameInput,
  measures: readonly StyledMeasure[],
  steps: number,
  fromZero: boolean,
  atLeast = 0,
): PanelFrame {
  const unit = measures[0]?.measure.unit ?? 'count';
  const series = measures.filter(({ measure }) => !input.hidden.has(measure.id)).flatMap((one) => drawnLine(input, one));
  const fitting = axisFor(series, input.range, steps, unit, fromZero);
  const axis = fitting.max < atLeast ? valueAxis(0, atLeast, steps, unit) : fitting;
  return { ...frameOf(input, measures), axis, unit, series, timeLabels: false, gridOnTop: false };
}

function frameOf({ range, events, gaps, theme, width }: FrameInput, measures: readonly StyledMeasure[]) {
  return {
    range,
    gaps,
    events,
    marks: marksOf(events, theme, range, width),
    about: new Map(measures.map(({ measure, style }) => [measure.id, { style, definition: measure.definition }])),
  };
}

function drawnLine(input: FrameInput, { measure, style }: StyledMeasure): DrawnSeries[] {
  const column = input.store.column({ source: input.source.id, measure: measure.id });
  if (!column) return [];
  const { mean, min, max } = column;
  return [{ ...drawn(input, measure, style), mean, values: mean, min, max }];
}

const drawn = (
  { store, gaps, range }: FrameInput,
  { id, label, unit }: Measure,
  { shape, stroke, dash, width }: SeriesStyle,
) => ({
  id,
  label,
  unit,
  shape,
  stroke,
  dash,
  width,
  buckets: store,
  offset: 0,
  gaps,
  until: range.to,
});
