import type { Milliseconds } from '../../src/base/units.js';
import type { Measure, Unit } from '../../src/model/measure.js';
import type { TrendEvent } from '../../src/model/trend-event.js';
import type { BucketStore } from './buckets.js';
import type { DrawnSeries } from './drawn-series.js';
import { eventWords } from './event-words.js';
import type { Gap } from './gaps.js';
import { extentOf } from './reading.js';
import type { SeriesStyle } from './swatch.js';
import type { Theme } from './theme.js';
import { type ValueAxis, valueAxis } from './ticks.js';
import type { ChartMark } from './time-chart.js';
import type { TimeRange } from './time-view.js';

/** A series of a source, as a page shows it. */
export interface StyledSeries {
  /** Unique on the page. */
  readonly id: string;
  readonly source: string;
  readonly label: string;
  readonly measure: Measure;
  readonly style: SeriesStyle;
}

/** A line of the columns; undefined while the host has not told it. */
export function drawnSeries(
  { id, source, label, measure, style }: StyledSeries,
  store: BucketStore,
  gaps: readonly Gap[],
  until: Milliseconds,
): DrawnSeries | undefined {
  const column = store.column({ source, measure: measure.id });
  if (!column) return undefined;
  const { shape, stroke, dash, width } = style;
  const { mean, min, max } = column;
  const { unit } = measure;
  return { id, label, unit, shape, stroke, dash, width, buckets: store, mean, values: mean, min, max, offset: 0, gaps, until };
}

/** An axis on which all of the series are seen. `fromZero`: of what has a meaning only from 0. */
export function axisFor(
  series: readonly DrawnSeries[],
  range: TimeRange,
  steps: number,
  unit: Unit,
  fromZero: boolean,
): ValueAxis {
  const extents = series.flatMap((one) => extentOf(one, range) ?? []);
  if (extents.length === 0) return valueAxis(0, 0, steps, unit);
  const low = Math.min(...extents.map((extent) => extent.low));
  const high = Math.max(...extents.map((extent) => extent.high));
  return valueAxis(fromZero ? Math.min(0, low) : low, high, steps, unit);
}

/** Signs nearer than this to another are not drawn: the line is. */
const SIGN_WIDTH = 34;

/** `width`: of the drawn area in CSS pixels; 0 draws lines without signs. */
export function marksOf(events: readonly TrendEvent[], theme: Theme, range: TimeRange, width: number): ChartMark[] {
  let taken = Number.NEGATIVE_INFINITY;
  return events
    .filter(({ at }) => at >= range.from && at <= range.to)
    .toSorted((a, b) => a.at - b.at)
    .flatMap((event) => {
      const words = eventWords(event);
      if (!words) return [];
      const x = ((event.at - range.from) / (range.to - range.from)) * width;
      const free = width > 0 && x - taken >= SIGN_WIDTH;
      if (free) taken = x;
      return [
        { at: event.at, colour: words.grave ? theme.error : theme.muted, dash: [3, 3], ...(free ? { sign: words.sign } : {}) },
      ];
    });
}
