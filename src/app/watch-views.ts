import type { Milliseconds } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { jsonValues } from '../export/json-values.js';
import { type MetricSeries, openMetrics, processLabels } from '../export/openmetrics.js';
import { machineJson } from '../export/process-list.js';
import { seriesCsvHeader, seriesCsvRow } from '../export/series-csv.js';
import { fitParts, type LineValue, valueText, verdictShort } from '../export/trend-text.js';
import { verdictWords } from '../insight/growth/words.js';
import { measureOf } from '../insight/measures.js';
import { PROCESS_MEASURES } from '../model/measure.js';
import type { TrendEvent } from '../model/trend-event.js';
import type { Verdict } from '../model/verdict.js';
import { faultText } from './fault-text.js';
import type { Monitor, MonitorState, Watch } from './monitor.js';
import type { Clock } from './ports.js';
import type { WatchOutcome, WatchView } from './watch-run.js';

/** Where the text goes. */
export interface WatchOutput {
  write(text: string): void;
  /** A line that the next one replaces; undefined where lines stay. */
  readonly live?: {
    replace(line: string): void;
    /** The newest line stays. */
    end(): void;
    readonly width: number;
  };
}

/** What a view shows: known from `begin` on. */
interface Shown {
  readonly monitor: Monitor;
  readonly watch: Watch | undefined;
}

/** A machine's rates need two samples, but a table its columns at once. */
const MACHINE_RATES = ['vm.faults', 'vm.majorFaults', 'vm.swapIn', 'vm.swapOut'] as const;

const idsOf = ({ monitor, watch }: Shown): readonly string[] =>
  watch === undefined ? [...new Set([...monitor.system.ids, ...MACHINE_RATES])] : PROCESS_MEASURES;

const seriesOf = ({ monitor, watch }: Shown) => watch?.series ?? monitor.system;

/** The values that were measured at this moment. */
function valuesAt(shown: Shown, at: Milliseconds): [string, number | undefined][] {
  return idsOf(shown).map((id) => {
    const newest = seriesOf(shown).latest(id);
    return [id, newest?.at === at ? newest.value : undefined];
  });
}

const LINE_OF_PROCESS = ['rss', 'uss', 'pss', 'heap', 'swap', 'vmas', 'threads', 'fds', 'minorFaults', 'majorFaults'] as const;
const LINE_OF_MACHINE = [
  'meminfo.MemAvailable',
  'part.free',
  'part.applications',
  'part.shared',
  'part.pageCache',
  'swap.used',
  'psi.some10',
  'load.one',
] as const;

export class TextView implements WatchView {
  private shown: Shown | undefined;

  constructor(
    private readonly output: WatchOutput,
    private readonly clock: Clock,
    private readonly intervalMs: Milliseconds,
  ) {}

  begin(monitor: Monitor, watch: Watch | undefined): void {
    this.shown = { monitor, watch };
    const { facts } = monitor;
    const machine = facts === undefined ? '' : `${visibleText(facts.hostname)}, Linux ${visibleText(facts.kernelRelease)}`;
    this.line(
      watch === undefined
        ? `Watching ${visibleText(monitor.target.name)} (${machine})`
        : `Watching ${subjectText(this.shown)} on ${visibleText(monitor.target.name)} (${machine})${watch.commandLine ? `: ${visibleText(watch.commandLine)}` : ''}`,
    );
  }

  sample(at: Milliseconds): void {
    const { shown, output } = this;
    if (shown === undefined) return;
    const values = (shown.watch === undefined ? LINE_OF_MACHINE : LINE_OF_PROCESS).flatMap((id): LineValue[] => {
      const newest = seriesOf(shown).latest(id);
      return newest === undefined ? [] : [{ id, value: newest.value, ageMs: at - newest.at }];
    });
    const parts = [
      time(at),
      ...values.map((value) => valueText(value, this.intervalMs)),
      ...(shown.watch === undefined ? [] : [verdictShort(shown.watch.verdict)]),
    ];
    if (output.live === undefined) output.write(`${parts.join('  ')}\n`);
    else {
      // The verdict must not be what does not fit.
      const verdict = shown.watch === undefined ? [] : [parts.pop() as string];
      const [moment = '', ...rest] = parts;
      output.live.replace(fitParts([moment, ...verdict, ...rest], output.live.width));
    }
  }

  event(event: TrendEvent): void {
    const text = eventText(event);
    if (text !== undefined) this.line(`${time(event.at)}  ${text}`);
  }

  state(state: MonitorState): void {
    const text = stateText(state, this.clock);
    if (text !== undefined) this.line(text);
  }

  end({ why, verdict }: WatchOutcome): void {
    const { shown } = this;
    if (shown === undefined) return;
    this.output.live?.end();
    if (why === 'process-ended') this.line(`${subjectText(shown)} has ended.`);
    this.line(verdictText(shown, verdict));
  }

  private line(text: string): void {
    this.output.write(`${text}\n`);
  }
}

/** A view of data, and beside it, for people, what happens to the connection and the verdict in the end. */
export class SpokenView implements WatchView {
  private shown: Shown | undefined;

  constructor(
    private readonly data: WatchView,
    private readonly say: (line: string) => void,
    private readonly clock: Clock,
  ) {}

  begin(monitor: Monitor, watch: Watch | undefined): void {
    this.shown = { monitor, watch };
    this.data.begin(monitor, watch);
  }

  sample(at: Milliseconds): void {
    this.data.sample(at);
  }

  event(event: TrendEvent): void {
    this.data.event(event);
  }

  state(state: MonitorState): void {
    this.data.state(state);
    const text = stateText(state, this.clock);
    if (text !== undefined) this.say(text);
  }

  end(outcome: WatchOutcome): void {
    this.data.end(outcome);
    if (this.shown === undefined) return;
    if (outcome.why === 'process-ended') this.say(`${subjectText(this.shown)} has ended.`);
    this.say(verdictText(this.shown, outcome.verdict));
  }
}

/** One JSON object a line: `sample`, `event`, `connection`, `verdict`. See docs/cli-trends.md. */
export class NdjsonView implements WatchView {
  private shown: Shown | undefined;

  constructor(private readonly write: (text: string) => void) {}

  begin(monitor: Monitor, watch: Watch | undefined): void {
    this.shown = { monitor, watch };
    this.line({
      kind: 'begin',
      schemaVersion: 1,
      target: monitor.target.name,
      machine: machineJson(monitor.facts),
      process: watch === undefined ? null : { ...watch.key, command: watch.command, commandLine: watch.commandLine ?? null },
    });
  }

  sample(at: Milliseconds): void {
    if (this.shown === undefined) return;
    this.line({ kind: 'sample', at: iso(at), ...jsonValues(valuesAt(this.shown, at)) });
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
  private shown: Shown | undefined;
  private ids: readonly string[] = [];

  constructor(private readonly write: (text: string) => void) {}

  begin(monitor: Monitor, watch: Watch | undefined): void {
    this.shown = { monitor, watch };
    this.ids = idsOf(this.shown);
    this.write(seriesCsvHeader(this.ids.map((id) => ({ measure: measureOf(id) }))));
  }

  sample(at: Milliseconds): void {
    if (this.shown === undefined) return;
    const values = new Map(valuesAt(this.shown, at));
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
  private shown: Shown | undefined;

  constructor(private readonly write: (text: string) => void) {}

  begin(monitor: Monitor, watch: Watch | undefined): void {
    this.shown = { monitor, watch };
  }

  sample(): void {}
  event(): void {}
  state(): void {}

  end(): void {
    const { shown } = this;
    if (shown === undefined) return;
    const { monitor, watch } = shown;
    const target = { target: monitor.target.name };
    const labels = watch === undefined ? target : { ...target, ...processLabels(watch.key, watch.command) };
    const series = idsOf(shown).map(
      (id): MetricSeries => ({ measure: measureOf(id), labels, points: seriesOf(shown).points(id) }),
    );
    for (const text of openMetrics(series, 'history')) this.write(text);
  }
}

const iso = (at: Milliseconds): string => new Date(at).toISOString();
/** The local time of this machine, as people read it. */
const time = (at: Milliseconds): string => new Date(at).toTimeString().slice(0, 8);

function subjectText({ monitor, watch }: Shown): string {
  return watch === undefined ? visibleText(monitor.target.name) : `${visibleText(watch.command)} (${watch.key.pid})`;
}

/** The verdict with its reasons, a line each. */
function verdictText(shown: Shown, verdict: Verdict): string {
  const part = shown.watch !== undefined ? '' : verdict.measure === 'shmem' ? ', shared memory and tmpfs' : ', all applications';
  const { title, reasons } = verdictWords(verdict, `${subjectText(shown)}${part}`);
  return [visibleText(title), ...reasons.map((reason) => `  - ${visibleText(reason)}`)].join('\n');
}

function stateText(state: MonitorState, clock: Clock): string | undefined {
  if (state.kind === 'live') return 'The connection is there again.';
  if (state.kind !== 'lost') return undefined;
  const { message } = faultText(state.fault);
  return `${visibleText(message)} Trying again in ${Math.max(0, Math.round((state.retryAt - clock.now()) / 1000))} s.`;
}

function eventText({ kind, detail = '' }: TrendEvent): string | undefined {
  const text = visibleText(detail);
  switch (kind) {
    case 'process-exec':
      return `exec: now ${text}`;
    case 'process-fork':
      return `fork: ${text}`;
    case 'process-exit':
      return text === 'oom-kill' ? 'exit, just after the kernel killed for lack of memory' : `exit: ${text}`;
    case 'oom-kill':
      return `the kernel killed for lack of memory: ${text}`;
    case 'reboot':
      return 'the machine was started again';
    case 'gap-begin':
    case 'gap-end':
    case 'run-begin':
    case 'run-end':
    case 'breakpoint':
    case 'mark':
      return undefined;
  }
}
