import { type MetricLabels, type MetricSeries, openMetrics, processLabels } from '../export/openmetrics.js';
import { type CsvSeries, seriesCsv } from '../export/series-csv.js';
import { measureOf } from '../insight/measures.js';
import type { Points } from '../insight/series.js';
import type { ChartQuery } from '../protocol/trends.js';
import { type Subject, seriesOf, sourceId, subjectLabel } from './subject.js';

export type SeriesFormat = 'csv' | 'openmetrics';

/** The series of a query over its window, at the finest resolution that is still there, as the lines of a file. */
export function exportSeries(subjects: readonly Subject[], query: ChartQuery, format: SeriesFormat): Iterable<string> {
  const chosen = query.series.flatMap(({ source, measure }) => {
    const subject = subjects.find((one) => sourceId(one) === source);
    if (subject === undefined) return [];
    return [{ subject, measure: measureOf(measure), points: inWindow(seriesOf(subject).points(measure), query) }];
  });
  if (format === 'openmetrics') {
    return openMetrics(
      chosen.map(({ subject, measure, points }): MetricSeries => ({ measure, labels: metricLabels(subject), points })),
      'history',
    );
  }
  const several = subjects.length > 1;
  return seriesCsv(
    chosen.map(
      ({ subject, measure, points }): CsvSeries => ({ measure, points, ...(several ? { source: subjectLabel(subject) } : {}) }),
    ),
  );
}

export function metricLabels({ monitor, watch }: Subject): MetricLabels {
  return { target: monitor.target.name, ...(watch === undefined ? {} : processLabels(watch.key, watch.command)) };
}

function inWindow(points: Points, { window }: ChartQuery): Points {
  if ('all' in window) return points;
  const newest = points.at.at(-1) ?? 0;
  const [from, to] = 'from' in window ? [window.from, window.to] : [newest - window.lastMs, newest];
  const begin = points.at.findIndex((at) => at >= from);
  if (begin < 0) return { at: new Float64Array(), value: new Float64Array() };
  const end = points.at.findLastIndex((at) => at <= to) + 1;
  return { at: points.at.subarray(begin, end), value: points.value.subarray(begin, end) };
}
