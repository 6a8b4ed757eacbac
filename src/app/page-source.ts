import type { Fault } from '../base/fault.js';
import type { Milliseconds } from '../base/units.js';
import { measureOf } from '../insight/measures.js';
import { type Measure, PROCESS_MEASURES } from '../model/measure.js';
import type { Connection, Source } from '../protocol/trends.js';
import { faultText } from './fault-text.js';
import type { Monitor } from './monitor.js';
import { type Subject, seriesOf, sourceId, subjectLabel } from './subject.js';

/** Turns moments of the monotonic clock into those of the calendar. */
export interface Calendar {
  now(): Milliseconds;
  epochMs(): Milliseconds;
}

/** Of what the other side says, in a line. */
const LONGEST_SAYING = 160;

export function sourceOf(subject: Subject, intervalMs: Milliseconds, calendar: Calendar): Source {
  const { monitor, watch } = subject;
  const memTotal = monitor.system.latest('meminfo.MemTotal')?.value;
  return {
    id: sourceId(subject),
    kind: watch === undefined ? 'machine' : 'process',
    label: subjectLabel(subject),
    description: watch === undefined ? machineDescription(monitor) : (watch.commandLine ?? watch.command),
    target: monitor.target.name,
    connection: connectionOf(subject, intervalMs, calendar),
    measures: measuresOf(subject),
    span: seriesOf(subject).span,
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
