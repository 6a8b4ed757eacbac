import type { Milliseconds } from '../base/units.js';
import type { Points } from '../insight/series.js';
import type { Measure } from '../model/measure.js';
import { csvLine, csvNumber, csvText } from './csv-cell.js';

export interface CsvColumn {
  readonly measure: Measure;
  /** What it was measured of, where a file has several: the name of a target, a process. */
  readonly source?: string;
}

export interface CsvSeries extends CsvColumn {
  readonly points: Points;
}

/** `time,epoch_seconds`, then a column for each series: `rss [bytes]`, `web (12) rss [bytes]`. */
export function seriesCsvHeader(columns: readonly CsvColumn[]): string {
  const names = columns.map(({ measure, source }) => {
    const name = `${measure.id} [${measure.unit}]`;
    return csvText(source === undefined ? name : `${source} ${name}`);
  });
  return csvLine(['time', 'epoch_seconds', ...names]);
}

/** The moment in ISO 8601 (UTC) and in seconds since the epoch, then the values; what is not known is an empty cell. */
export function seriesCsvRow(at: Milliseconds, values: readonly (number | undefined)[]): string {
  return csvLine([isoTime(at), csvNumber(Math.round(at) / 1000), ...values.map(csvNumber)]);
}

/** Series as one table: a row for each moment at which one of them was measured. Lines for a file, one after the other. */
export function* seriesCsv(series: readonly CsvSeries[]): Generator<string> {
  yield seriesCsvHeader(series);
  const next = series.map(() => 0);
  for (;;) {
    let at = Number.POSITIVE_INFINITY;
    for (const [i, { points }] of series.entries()) at = Math.min(at, points.at[next[i] as number] ?? Number.POSITIVE_INFINITY);
    if (!Number.isFinite(at)) return;
    const values = series.map(({ points }, i) => {
      const index = next[i] as number;
      if (points.at[index] !== at) return undefined;
      next[i] = index + 1;
      return points.value[index];
    });
    yield seriesCsvRow(at, values);
  }
}

function isoTime(at: Milliseconds): string {
  const date = new Date(at);
  // A target's clock may be anything: what no calendar has is left empty.
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
