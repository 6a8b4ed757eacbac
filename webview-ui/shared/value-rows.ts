import type { Milliseconds } from '../../src/base/units.js';
import type { Unit } from '../../src/model/measure.js';
import type { NowValues } from '../../src/protocol/trends.js';
import type { DrawnSeries } from './drawn-series.js';
import { formatChange, formatDuration, formatMoment, formatShare, formatValue } from './format.js';
import type { StyledSeries } from './frames.js';
import { type Ends, endsOf, extentOf, readingAt } from './reading.js';
import type { TimeRange } from './time-view.js';
import { UNKNOWN, type ValueRow } from './values-table.js';

/** Of which moment the values are: under the cursor, the end of a window that stands still, or the newest there are. */
export interface Moment {
  readonly cursor: Milliseconds | undefined;
  /** The window follows the newest samples. */
  readonly newest: boolean;
  /** More of them come. */
  readonly live: boolean;
  readonly range: TimeRange;
}

export interface RowOptions {
  readonly hidden: ReadonlySet<string>;
  /** Of what the values are parts: then there is a column of shares. */
  readonly whole?: number;
  readonly removable?: boolean;
}

export function momentWords({ cursor, newest, live, range }: Moment, now: NowValues | undefined): string {
  const width = range.to - range.from;
  if (cursor !== undefined || !newest) return formatMoment(cursor ?? range.to, width);
  if (live) return 'Now';
  return now ? `Last, ${formatMoment(now.at, width)}` : '';
}

/** A series in words: its value, its share of the whole, and the change over what is shown. */
export function valueRow(
  { id, label, measure, style }: StyledSeries,
  drawn: DrawnSeries | undefined,
  now: NowValues | undefined,
  { cursor, newest, range }: Moment,
  { hidden, whole, removable }: RowOptions,
): ValueRow {
  const { unit } = measure;
  const isNow = cursor === undefined && newest;
  const value = isNow ? now?.values[measure.id] : drawn && readingAt(drawn, cursor ?? range.to)?.value;
  const ends = drawn && endsOf(drawn, range);
  const change = ends ? overWindow(drawn, ends, range, isRate(unit)) : '';
  const share = value === undefined ? '' : formatShare(value, whole);
  const note = isNow ? (value === undefined ? now?.unknown[measure.id] : ageOf(now, measure.id)) : undefined;
  return {
    id,
    label,
    measure,
    style,
    visible: !hidden.has(id),
    value: value === undefined ? UNKNOWN : formatValue(value, unit),
    cells: whole === undefined ? [change] : [share, change],
    ...(note === undefined ? {} : { note }),
    ...(removable ? { removable: true } : {}),
  };
}

/** Of a rate, what it rose to says more than how the two ends of the window differ. */
export const isRate = (unit: Unit): boolean => unit === 'percent' || unit === 'per-second' || unit === 'bytes-per-second';

/** The heading of the last column. */
export const overWindowHeading = (unit: Unit): string => (isRate(unit) ? 'Highest' : 'Change');

function overWindow(drawn: DrawnSeries, ends: Ends, range: TimeRange, rate: boolean): string {
  if (!rate) return formatChange(ends.last.value - ends.first.value, drawn.unit);
  const extent = extentOf(drawn, range);
  return extent ? formatValue(extent.high + drawn.offset, drawn.unit) : '';
}

/** Of a value that is older than the newest sample. */
function ageOf(now: NowValues | undefined, id: string): string | undefined {
  const readAt = now?.readAt[id];
  return now === undefined || readAt === undefined || now.at - readAt < 1000
    ? undefined
    : `${formatDuration(now.at - readAt)} old`;
}
