import type { Milliseconds } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { fitParts, valueText, verdictShort } from '../export/trend-text.js';
import { verdictWords } from '../insight/growth/words.js';
import type { ProcessId } from '../model/process.js';
import type { TrendEvent } from '../model/trend-event.js';
import { UNKNOWN_NOTES } from '../model/unknown-words.js';
import { faultText } from './fault-text.js';
import type { MonitorState } from './monitor.js';
import type { Clock } from './ports.js';
import { type Subject, seriesOf, subjectLabel } from './subject.js';
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

/** A line for each sample, for people. */
export class TextView implements WatchView {
  private subject: Subject | undefined;

  constructor(
    private readonly output: WatchOutput,
    private readonly clock: Clock,
    private readonly intervalMs: Milliseconds,
  ) {}

  begin(subject: Subject): void {
    this.subject = subject;
    const { monitor, watch } = subject;
    const { facts } = monitor;
    const machine = facts === undefined ? '' : `${visibleText(facts.hostname)}, Linux ${visibleText(facts.kernelRelease)}`;
    this.line(
      watch === undefined
        ? `Watching ${visibleText(monitor.target.name)} (${machine})`
        : `Watching ${visibleText(subjectLabel(subject))} on ${visibleText(monitor.target.name)} (${machine})${watch.commandLine ? `: ${visibleText(watch.commandLine)}` : ''}`,
    );
  }

  sample(at: Milliseconds): void {
    const { subject, output } = this;
    if (subject === undefined) return;
    const { watch } = subject;
    const values = (watch === undefined ? LINE_OF_MACHINE : LINE_OF_PROCESS).flatMap((id): string[] => {
      const newest = seriesOf(subject).latest(id);
      return newest === undefined ? [] : [valueText({ id, value: newest.value, ageMs: at - newest.at }, this.intervalMs)];
    });
    const verdict = watch === undefined ? [] : [verdictShort(watch.verdict)];
    if (output.live === undefined) output.write(`${[time(at), ...values, ...verdict].join('  ')}\n`);
    // The verdict must not be what does not fit.
    else output.live.replace(fitParts([time(at), ...verdict, ...values], output.live.width));
  }

  event(event: TrendEvent): void {
    const text = eventText(event);
    if (text !== undefined) this.line(`${time(event.at)}  ${text}`);
  }

  state(state: MonitorState): void {
    const text = stateText(state, this.clock);
    if (text !== undefined) this.line(text);
  }

  end(outcome: WatchOutcome): void {
    if (this.subject === undefined) return;
    this.output.live?.end();
    for (const line of endLines(this.subject, outcome)) this.line(line);
  }

  private line(text: string): void {
    this.output.write(`${text}\n`);
  }
}

/** A view of data, and beside it, for people, what happens to the connection and the verdict in the end. */
export class SpokenView implements WatchView {
  private subject: Subject | undefined;

  constructor(
    private readonly data: WatchView,
    private readonly say: (line: string) => void,
    private readonly clock: Clock,
  ) {}

  begin(subject: Subject): void {
    this.subject = subject;
    this.data.begin(subject);
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
    if (this.subject === undefined) return;
    for (const line of endLines(this.subject, outcome)) this.say(line);
  }
}

/** The local time of this machine, as people read it. */
const time = (at: Milliseconds): string => new Date(at).toTimeString().slice(0, 8);

/** The verdict with its reasons, a line each, and before it that the process is over. */
function endLines(subject: Subject, { why, verdict }: WatchOutcome): readonly string[] {
  const label = visibleText(subjectLabel(subject));
  const part =
    subject.watch !== undefined ? '' : verdict.measure === 'shmem' ? ', shared memory and tmpfs' : ', all applications';
  const { title, reasons } = verdictWords(verdict, `${label}${part}`);
  const unread = subject.watch?.row?.rollupUnknown;
  return [
    ...(why === 'process-ended' ? [`${label} has ended.`] : []),
    visibleText(title),
    ...reasons.map((reason) => `  - ${visibleText(reason)}`),
    ...(unread === undefined || unread === 'not-yet' ? [] : [`  - PSS and USS are not known: ${UNKNOWN_NOTES[unread]}.`]),
  ];
}

function stateText(state: MonitorState, clock: Clock): string | undefined {
  if (state.kind === 'live') return 'The connection is there again.';
  if (state.kind !== 'lost') return undefined;
  const { message } = faultText(state.fault);
  return `${visibleText(message)} Trying again in ${Math.max(0, Math.round((state.retryAt - clock.now()) / 1000))} s.`;
}

/** As of a fork: the pid before the name. More than a few exits at once have a number only. */
const pidOf = (process: ProcessId | undefined, detail: string): string =>
  process === undefined || detail.startsWith('+') ? '' : `${process.split(':', 1)[0]} `;

function eventText({ kind, process, detail = '' }: TrendEvent): string | undefined {
  const text = visibleText(detail);
  switch (kind) {
    case 'process-exec':
      return `exec: now ${text}`;
    case 'process-fork':
      return `fork: ${text}`;
    case 'process-exit':
      return text === 'oom-kill'
        ? 'exit, just after the kernel killed for lack of memory'
        : `exit: ${pidOf(process, detail)}${text}`;
    case 'oom-kill':
      return `the kernel killed for lack of memory: ${text}`;
    case 'oom-victim':
      return `killed for lack of memory: ${text}`;
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
