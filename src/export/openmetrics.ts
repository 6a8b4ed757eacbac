import type { Points } from '../insight/series.js';
import type { Measure } from '../model/measure.js';
import type { ProcessKey } from '../model/process.js';
import { type MetricName, metricName } from './metric-name.js';

/** Names of labels that a caller may give. */
export type MetricLabel = 'target' | 'pid' | 'starttime' | 'comm';
export type MetricLabels = Readonly<Partial<Record<MetricLabel, string>>>;

export interface MetricSeries {
  readonly measure: Measure;
  readonly labels: MetricLabels;
  readonly points: Points;
}

/** `starttime` is field 22 of /proc/PID/stat, so that a pid that was given again is another metric. */
export function processLabels({ pid, startTicks }: ProcessKey, command: string): MetricLabels {
  return { pid: String(pid), starttime: String(startTicks), comm: command };
}

interface Family {
  readonly name: MetricName;
  /** By their label sets: a metric must be there once. */
  readonly metrics: Map<string, MetricSeries>;
}

/**
 * OpenMetrics 1.0 text. `history` tells every point with its moment, `now` the newest point of each series without one, as a scrape wants
 * it. Everything is a gauge. Lines for a file, one after the other.
 */
export function* openMetrics(series: readonly MetricSeries[], points: 'now' | 'history'): Generator<string> {
  const families = new Map<string, Family>();
  for (const one of series) {
    const name = metricName(one.measure);
    let family = families.get(name.family);
    if (family === undefined) {
      family = { name, metrics: new Map() };
      families.set(name.family, family);
    }
    const labels = labelSet([...name.labels, ...Object.entries(one.labels)]);
    if (!family.metrics.has(labels)) family.metrics.set(labels, one);
  }
  for (const { name, metrics } of families.values()) {
    yield `# TYPE ${name.family} gauge\n`;
    if (name.unit !== undefined) yield `# UNIT ${name.family} ${name.unit}\n`;
    yield `# HELP ${name.family} ${escapeText(name.help)}\n`;
    for (const [labels, metric] of metrics) yield* samples(`${name.family}${labels}`, metric.points, name.ratio, points);
  }
  yield '# EOF\n';
}

function* samples(metric: string, { at, value }: Points, ratio: boolean, which: 'now' | 'history'): Generator<string> {
  let newest = Number.NEGATIVE_INFINITY;
  let last: string | undefined;
  for (let i = 0; i < at.length; i++) {
    const moment = Math.round(at[i] as number);
    const number = value[i] as number;
    // Not known is no sample; moments of a metric must go up.
    if (!Number.isFinite(number) || !Number.isFinite(moment) || moment <= newest) continue;
    newest = moment;
    const text = numberText(ratio ? Number((number / 100).toPrecision(12)) : number);
    if (which === 'history') yield `${metric} ${text} ${numberText(moment / 1000)}\n`;
    else last = text;
  }
  if (last !== undefined) yield `${metric} ${last}\n`;
}

/** Whole numbers without a point, others as the shortest text that reads back as the same number. */
function numberText(value: number): string {
  return String(Object.is(value, -0) ? 0 : value);
}

function labelSet(labels: readonly (readonly [string, string])[]): string {
  if (labels.length === 0) return '';
  return `{${labels.map(([name, value]) => `${name}="${escapeText(value)}"`).join(',')}}`;
}

/** Names of processes hold any bytes: half a surrogate pair is no UTF-8. */
function escapeText(text: string): string {
  return text
    .replace(/\p{Cs}/gu, '\ufffd')
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('"', '\\"');
}
