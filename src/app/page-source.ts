import type { Fault } from '../base/fault.js';
import type { Milliseconds } from '../base/units.js';
import { measureOf } from '../insight/measures.js';
import { type Measure, PROCESS_MEASURES } from '../model/measure.js';
import type { ProcessKey } from '../model/process.js';
import type { NamedTarget } from '../model/target-config.js';
import type { Connection, Source } from '../protocol/trends.js';
import { faultText } from './fault-text.js';
import type { Monitor, Watch } from './monitor.js';

/** A process, so that it can be told from another one that has its pid now. */
export interface KeptProcess extends ProcessKey {
  readonly command: string;
  readonly commandLine?: string;
  /** The boot it belongs to; a pid and a start time name a process only within one. */
  readonly bootId?: string;
}

/** What a Trend page shows, in a form that outlives the window. */
export interface KeptSubject {
  readonly target: NamedTarget;
  readonly process?: KeptProcess;
}

/** What a page shows: a machine, or one of its processes. */
export interface Subject {
  readonly monitor: Monitor;
  readonly watch?: Watch;
  /** Of a file that was recorded. */
  readonly recording?: { readonly name: string; readonly cutOff: boolean };
  /** A machine that is shown in place of what is looked for on it after a reload of the window. */
  readonly standsFor?: readonly KeptSubject[];
}

/** Turns moments of the monotonic clock into those of the calendar. */
export interface Calendar {
  now(): Milliseconds;
  epochMs(): Milliseconds;
}

/** Of what the other side says, in a line. */
const LONGEST_SAYING = 160;

export const sourceId = ({ monitor, watch }: Subject): string =>
  watch === undefined ? monitor.target.name : `${monitor.target.name}/${watch.id}`;

/** `web-server (1234)`. */
export const watchLabel = ({ command, key }: Watch): string => `${command} (${key.pid})`;

export function sourceOf(subject: Subject, intervalMs: Milliseconds, calendar: Calendar): Source {
  const { monitor, watch } = subject;
  const series = watch?.series ?? monitor.system;
  const memTotal = monitor.system.latest('meminfo.MemTotal')?.value;
  return {
    id: sourceId(subject),
    kind: watch === undefined ? 'machine' : 'process',
    label: watch === undefined ? monitor.target.name : watchLabel(watch),
    description: watch === undefined ? machineDescription(monitor) : (watch.commandLine ?? watch.command),
    target: monitor.target.name,
    connection: connectionOf(subject, intervalMs, calendar),
    measures: measuresOf(subject),
    span: series.span,
    ...(memTotal === undefined ? {} : { memTotal }),
  };
}

function machineDescription({ facts }: Monitor): string {
  return facts === undefined ? '' : `${facts.hostname}, Linux ${facts.kernelRelease}`;
}

function measuresOf({ monitor, watch }: Subject): readonly Measure[] {
  const ids = watch === undefined ? monitor.system.ids : PROCESS_MEASURES;
  return ids.map(measureOf);
}

function connectionOf({ monitor, watch, recording }: Subject, intervalMs: Milliseconds, calendar: Calendar): Connection {
  if (recording !== undefined) return { kind: 'recorded', ...recording };
  if (watch?.endedAt !== undefined) return { kind: 'ended', at: watch.endedAt };
  const { state } = monitor;
  switch (state.kind) {
    case 'idle':
    case 'connecting':
      return { kind: state.kind };
    case 'live':
      return { kind: 'live', intervalMs };
    case 'lost': {
      const { message, nextStep } = wordsOf(state.fault);
      return { kind: 'lost', message, nextStep, retryAt: calendar.epochMs() + state.retryAt - calendar.now() };
    }
    case 'failed': {
      const { message, nextStep } = wordsOf(state.fault);
      return { kind: 'failed', message, nextStep };
    }
  }
}

/** With the last that the other side has said: `No POSIX shell answers on board (Permission denied).` */
function wordsOf(fault: Fault): { readonly message: string; readonly nextStep: string } {
  const { message, nextStep, detail = '' } = faultText(fault);
  const said = (detail.trim().split('\n').at(-1) ?? '').trim().slice(0, LONGEST_SAYING).replace(/\.$/, '');
  return { message: said === '' || message.includes(said) ? message : `${message.replace(/\.$/, '')} (${said}).`, nextStep };
}
