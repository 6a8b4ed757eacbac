import type { Unit } from '../../src/model/measure.js';
import type { TrendEvent } from '../../src/model/trend-event.js';
import type { DrawnSeries } from './drawn-series.js';
import { eventWords } from './event-words.js';
import { extentOf } from './reading.js';
import type { Theme } from './theme.js';
import { type ValueAxis, valueAxis } from './ticks.js';
import type { ChartMark } from './time-chart.js';
import type { TimeRange } from './time-view.js';

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

export function marksOf(events: readonly TrendEvent[], theme: Theme, range: TimeRange, width: number): ChartMark[] {
  let taken = Number.NEGATIVE_INFINITY;
  return events
    .filter(({ at }) => at >= range.from && at <= range.to)
    .toSorted((a, b) => a.at - b.at)
    .flatMap((event) => {
      const words = eventWords(event);
      if (!words) return [];
      const x = ((event.at - range.from) / (range.to - range.from)) * width;
      const free = x - taken >= SIGN_WIDTH;
      if (free) taken = x;
      return [
        { at: event.at, colour: words.grave ? theme.error : theme.muted, dash: [3, 3], ...(free ? { sign: words.sign } : {}) },
      ];
    });
}
