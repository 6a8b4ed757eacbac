import type { Milliseconds } from '../../src/base/units.js';
import type { NowValues } from '../../src/protocol/trends.js';
import type { DrawnSeries } from '../shared/drawn-series.js';
import { formatChange, formatDuration, formatMoment, formatShare, formatValue } from '../shared/format.js';
import { endsOf, readingAt } from '../shared/reading.js';
import type { TimeRange } from '../shared/time-view.js';
import type { ValueRow } from '../shared/values-table.js';
import type { StyledMeasure } from './memory-frame.js';

/** Of which moment the values are: under the cursor, the end of a window that stands still, or now. */
export interface Moment {
  readonly cursor: Milliseconds | undefined;
  readonly live: boolean;
  readonly range: TimeRange;
}

export const momentWords = ({ cursor, live, range }: Moment): string => {
  if (cursor === undefined && live) return 'Now';
  return formatMoment(cursor ?? range.to, range.to - range.from);
};

/** Share of the whole, and the change over what is shown. */
export function valueRows(
  measures: readonly StyledMeasure[],
  series: (id: string) => DrawnSeries | undefined,
  now: NowValues | undefined,
  moment: Moment,
  options: { readonly hidden: ReadonlySet<string>; readonly whole?: number; readonly removable?: boolean },
): readonly ValueRow[] {
  const { cursor, live, range } = moment;
  return measures.map(({ measure, style }) => {
    const { id, label, unit } = measure;
    const drawn = series(id);
    const read = drawn && (cursor !== undefined || !live) ? readingAt(drawn, cursor ?? range.to)?.value : undefined;
    const value = cursor === undefined && live ? now?.values[id] : read;
    const ends = drawn && endsOf(drawn, range);
    const age = cursor === undefined && live ? ageOf(now, id) : undefined;
    const why = value === undefined ? now?.unknown[id] : undefined;
    const note = why ?? age;
    const change = ends ? formatChange(ends.last.value - ends.first.value, unit) : '';
    return {
      id,
      label,
      measure,
      style,
      visible: !options.hidden.has(id),
      value: value === undefined ? 'unknown' : formatValue(value, unit),
      cells: options.whole === undefined ? [change] : [value === undefined ? '' : formatShare(value, options.whole), change],
      ...(note === undefined ? {} : { note }),
      ...(options.removable ? { removable: true } : {}),
    };
  });
}

/** Of a value that is older than the newest sample. */
function ageOf(now: NowValues | undefined, id: string): string | undefined {
  const readAt = now?.readAt[id];
  return now === undefined || readAt === undefined || now.at - readAt < 1000
    ? undefined
    : `${formatDuration(now.at - readAt)} old`;
}
