import type { Milliseconds } from '../../src/base/units.js';
import type { TipContent } from './chart-tip.js';
import type { DrawnSeries } from './drawn-series.js';
import { eventWords } from './event-words.js';
import { formatMoment, formatShare, formatValue } from './format.js';
import type { PanelFrame } from './panel-frame.js';
import { endsOf, type Reading, rangeWords, readingAt } from './reading.js';
import type { TimeChart } from './time-chart.js';

/** Where a chart has a moment, and what it has at a height. */
type Places = Pick<TimeChart, 'positionOf' | 'valueAt'>;

/** A series at a moment. `height`: of its upper edge, in its unit. */
interface Told {
  readonly series: DrawnSeries;
  readonly reading: Reading;
  readonly height: number;
}

/** An event is told of this many CSS pixels around it. */
const NEAR = 6;
/** Of more parts than these only the one under the pointer is told; all values stand in the list below. */
const FEW_PARTS = 4;

/** What the chart tells of a moment, and of the series at the height `y`, in CSS pixels; undefined: the moment was reached by keys. */
export function tipContent(
  frame: PanelFrame,
  places: Places,
  at: Milliseconds,
  y: number | undefined,
): TipContent & { readonly chosen: string | undefined } {
  const all = frame.series.flatMap((series): readonly Told[] => {
    const reading = readingAt(series, at);
    return reading ? [{ series, reading, height: heightAt(series, at) ?? reading.value - series.offset }] : [];
  });
  const chosen = y === undefined ? undefined : nearest(all, places.valueAt(y));
  const parts = all.filter(({ series }) => series.shape === 'area');
  const told = all.filter(({ series }) => series.shape === 'line' || parts.length <= FEW_PARTS || series.id === chosen);
  const lines = told.flatMap(({ series, reading }) => {
    const about = frame.about.get(series.id);
    if (!about) return [];
    const range = rangeWords(reading, series.unit);
    const share = series.unit === 'bytes' ? formatShare(reading.value, frame.whole) : '';
    return [
      {
        style: about.style,
        label: series.label,
        value: formatValue(reading.value, series.unit),
        share,
        chosen: series.id === chosen,
        ...(range === undefined ? {} : { range }),
      },
    ];
  });
  const definition = chosen === undefined ? undefined : frame.about.get(chosen)?.definition;
  const noted = lines.length === 0 ? [nothingAt(frame, at)] : [];
  return {
    moment: momentOf(frame, at),
    events: [...eventsNear(frame, places, at), ...noted],
    lines,
    ...(definition === undefined ? {} : { definition }),
    chosen,
  };
}

/** The same for a screen reader. */
export function cursorWords(frame: PanelFrame, places: Places, at: Milliseconds): string {
  const values = frame.series.flatMap((series) => {
    const reading = readingAt(series, at);
    return reading ? [`${series.label} ${formatValue(reading.value, series.unit)}`] : [];
  });
  const told = values.length > 0 ? values : [nothingAt(frame, at)];
  return [momentOf(frame, at), ...eventsNear(frame, places, at), ...told].join(', ');
}

/** Where there is no value: a gap, or the time before the first one. */
function nothingAt({ series, gaps, range }: PanelFrame, at: Milliseconds): string {
  const begun = gaps.some(({ from }) => from <= at) || series.some((one) => endsOf(one, { from: range.from, to: at }));
  const firsts = series.flatMap((one) => endsOf(one, { from: at, to: range.to })?.first.at ?? []);
  if (begun || firsts.length === 0) return 'Nothing was measured';
  return `Measured since ${formatMoment(Math.min(...firsts), range.to - range.from)}`;
}

const momentOf = ({ range }: PanelFrame, at: Milliseconds): string => formatMoment(at, range.to - range.from);

function eventsNear({ events }: PanelFrame, places: Places, at: Milliseconds): readonly string[] {
  const x = places.positionOf(at) ?? 0;
  return events.flatMap((event) => {
    const own = places.positionOf(event.at);
    const words = eventWords(event);
    if (own === undefined || !words || Math.abs(own - x) > NEAR) return [];
    return [`${formatMoment(event.at)} ${words.text}`];
  });
}

/** Of an area: where its upper edge is drawn. */
const heightAt = (series: DrawnSeries, at: Milliseconds): number | undefined =>
  series.shape === 'area' ? readingAt({ ...series, values: series.mean }, at)?.value : undefined;

/** The area that holds the value, or the line that is nearest to it. */
function nearest(all: readonly Told[], value: number): string | undefined {
  const areas = all.filter(({ series }) => series.shape === 'area');
  const area = areas.find(({ height, reading }) => value <= height && value >= height - reading.value);
  const lines = all.filter(({ series }) => series.shape === 'line');
  if (area) return area.series.id;
  return lines.toSorted((a, b) => Math.abs(a.height - value) - Math.abs(b.height - value))[0]?.series.id;
}
