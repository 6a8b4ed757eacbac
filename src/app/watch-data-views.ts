import type { Milliseconds } from '../base/units.js';
import { jsonValues } from '../export/json-values.js';
import { type MetricSeries, openMetrics } from '../export/openmetrics.js';
import { seriesCsvHeader, seriesCsvRow } from '../export/series-csv.js';
import { machineJson } from '../export/target-json.js';
import { verdictWords } from '../insight/growth/words.js';
import { measureOf } from '../insight/measures.js';
import { PROCESS_MEASURES } from '../model/measure.js';
import type { TrendEvent } from '../model/trend-event.js';
import { metricLabels } from './export-series.js';
import { faultText } from './fault-text.js';
import type { MonitorState } from './monitor.js';
import { type Subject, seriesOf } from './subject.js';
import type { WatchOutcome, WatchView } from './watch-run.js';

/** A machine's rates need two samples, but a table its columns at once. */
const MACHINE_RATES = ['vm.faults', 'vm.majorFaults', 'vm.refaults', 'vm.swapIn', 'vm.swapOut'] as const;

const idsOf = ({ monitor, watch }: Subject): readonly string[] =>
  watch === undefined ? [...new Set([...monitor.system.ids, ...MACHINE_RATES])] : PROCESS_MEASURES;

/** The values that were measured at this moment. */
function valuesAt(subject: Subject, at: Milliseconds): [string, number | undefined][] {
  return idsOf(subject).map((id) => {
    const newest = seriesOf(subject).latest(id);
    return [id, newest?.at === at ? newest.value : undefined];
  });
}

/** One JSON object a line: `sample`, `event`, `connection`, `verdict`. See docs/cli-trends.md. */
export class NdjsonView implements WatchView {
  private subject: Subject | undefined;

  constructor(private readonly write: (text: string) => void) {}

  begin(subject: Subject): void {
    this.subject = subject;
    const { monitor, watch } = subject;
    this.line({
      kind: 'begin',
      schemaVersion: 1,
      target: monitor.target.name,
      machine: machineJson(monitor.facts),
      process: watch === undefined ? null : { ...watch.key, command: watch.command, commandLine: watch.commandLine ?? null },
    });
  }

  sample(at: Milliseconds): void {
    if (this.subject === undefined) return;
    this.line({ kind: 'sample', at: iso(at), ...jsonValues(valuesAt(this.subject, at)) });
  }

  event({ at, kind, process, detail }: TrendEvent): void {
    this.line({ kind: 'event', at: iso(at), event: kind, process: process ?? null, detail: detail ?? null });
  }

  state(state: MonitorState): void {
    const message = state.kind === 'lost' ? faultText(state.fault).message : null;
    this.line({ kind: 'connection', state: state.kind, message });
  }

  end({ why, verdict }: WatchOutcome): void {
    const { title, reasons } = verdictWords(verdict);
    this.line({ kind: 'verdict', why, title, reasons, verdict });
  }

  private line(record: unknown): void {
    this.write(`${JSON.stringify(record)}\n`);
  }
}

/** A row for each sample; events and the verdict have no place in it. */
export class CsvView implements WatchView {
  private subject: Subject | undefined;
  private ids: readonly string[] = [];

  constructor(private readonly write: (text: string) => void) {}

  begin(subject: Subject): void {
    this.subject = subject;
    this.ids = idsOf(subject);
    this.write(seriesCsvHeader(this.ids.map((id) => ({ measure: measureOf(id) }))));
  }

  sample(at: Milliseconds): void {
    if (this.subject === undefined) return;
    const values = new Map(valuesAt(this.subject, at));
    this.write(
      seriesCsvRow(
        at,
        this.ids.map((id) => values.get(id)),
      ),
    );
  }

  event(): void {}
  state(): void {}
  end(): void {}
}

/** The whole series at the end: the samples of one metric stand together in OpenMetrics. */
export class OpenMetricsView implements WatchView {
  private subject: Subject | undefined;

  constructor(private readonly write: (text: string) => void) {}

  begin(subject: Subject): void {
    this.subject = subject;
  }

  sample(): void {}
  event(): void {}
  state(): void {}

  end(): void {
    const { subject } = this;
    if (subject === undefined) return;
    const labels = metricLabels(subject);
    const series = idsOf(subject).map(
      (id): MetricSeries => ({ measure: measureOf(id), labels, points: seriesOf(subject).points(id) }),
    );
    for (const text of openMetrics(series, 'history')) this.write(text);
  }
}

const iso = (at: Milliseconds): string => new Date(at).toISOString();
