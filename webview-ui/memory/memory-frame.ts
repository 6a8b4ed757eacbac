import type { MachinePartId } from '../../src/model/measure.js';
import type { TrendEvent } from '../../src/model/trend-event.js';
import type { Source } from '../../src/protocol/trends.js';
import type { BucketStore } from '../shared/buckets.js';
import type { DrawnSeries } from '../shared/drawn-series.js';
import { axisFor, drawnSeries, marksOf, type StyledSeries } from '../shared/frames.js';
import type { Gap } from '../shared/gaps.js';
import type { PanelFrame } from '../shared/panel-frame.js';
import { fillOf, lineStyle, overlayStyle, partStyle } from '../shared/series-style.js';
import { Stack } from '../shared/stack.js';
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

export const AVAILABLE = 'meminfo.MemAvailable';
const PART = 'part.';

/** The parts and the line of what is available; or lines, numbered in their order. */
export function styledSeries(source: Source, ids: readonly string[], theme: Theme): readonly StyledSeries[] {
  return ids.flatMap((id, number) => {
    const measure = source.measures.find((one) => one.id === id);
    if (!measure) return [];
    const isPart = id.startsWith(PART);
    const style = isPart ? partStyle(id.slice(PART.length) as MachinePartId, theme) : lineStyle(number, theme);
    return [{ id, source: source.id, label: measure.label, measure, style }];
  });
}

export const withOverlay = (series: readonly StyledSeries[], theme: Theme): readonly StyledSeries[] =>
  series.map((one) => (one.id === AVAILABLE ? { ...one, style: overlayStyle(theme) } : one));

/** The machine's memory as a stack that ends at MemTotal. */
export class MemoryFrame {
  private readonly stack = new Stack();

  build(input: FrameInput, all: readonly StyledSeries[]): PanelFrame {
    const { source, store, range } = input;
    const shown = visible(input, all);
    const parts = shown.flatMap(({ styled, drawn }) => (styled.style.shape === 'area' ? [{ styled, drawn }] : []));
    const columns = parts.flatMap(({ styled }) => store.column({ source: styled.source, measure: styled.measure.id }) ?? []);
    const edges = this.stack.build(columns, store.length);
    const areas = parts.map(({ styled, drawn }, order): DrawnSeries => {
      const fill = fillOf(styled.style);
      // Lowest and highest say nothing of an edge.
      const { min: _min, max: _max, ...area } = drawn;
      return { ...area, mean: edges[order] ?? drawn.mean, ...(fill === undefined ? {} : { fill }) };
    });
    const lines = shown.flatMap(({ styled, drawn }) => (styled.style.shape === 'line' ? [drawn] : []));
    const series = [...lines, ...areas];
    const whole = source.memTotal;
    const axis = whole === undefined ? axisFor(series, range, 4, 'bytes', true) : wholeAxis(whole, 4, 'bytes');
    const frame: PanelFrame = { ...frameOf(input, all, true), axis, unit: 'bytes', series, timeLabels: true };
    return whole === undefined ? frame : { ...frame, whole };
  }
}

/** Lines of one unit. `atLeast`: the axis goes up to it, so that noise does not look like a peak. */
export function linesFrame(input: FrameInput, all: readonly StyledSeries[], fromZero: boolean, atLeast: number): PanelFrame {
  const unit = all[0]?.measure.unit ?? 'count';
  const series = visible(input, all).map(({ drawn }) => drawn);
  const fitting = axisFor(series, input.range, 2, unit, fromZero);
  const axis = fitting.max < atLeast ? valueAxis(0, atLeast, 2, unit) : fitting;
  return { ...frameOf(input, all, false), axis, unit, series, timeLabels: false };
}

function visible({ store, gaps, range, hidden }: FrameInput, all: readonly StyledSeries[]) {
  return all.flatMap((styled) => {
    const drawn = hidden.has(styled.id) ? undefined : drawnSeries(styled, store, gaps, range.to);
    return drawn ? [{ styled, drawn }] : [];
  });
}

const frameOf = ({ range, events, gaps, theme, width }: FrameInput, all: readonly StyledSeries[], signs: boolean) => ({
  range,
  gaps,
  events,
  marks: marksOf(events, theme, range, signs ? width : 0),
  about: new Map(all.map(({ id, measure, style }) => [id, { style, definition: measure.definition }])),
});
