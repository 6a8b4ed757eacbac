import { type Cancel, neverCancelled } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import { ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { SeriesTable } from '../../insight/series.js';
import { availableTrend } from '../../insight/system/available-trend.js';
import { systemGrowth } from '../../insight/system/diff.js';
import { ownerGrowth } from '../../insight/system/owner-growth.js';
import { ratesOfSeries } from '../../insight/system/paging-rates.js';
import type { SystemEvidence } from '../../insight/system/rule-case.js';
import { filesOf } from '../../insight/system/rules.js';
import type { SystemState, SystemWatch } from '../../model/system-state.js';
import type { Monitor } from '../monitor.js';
import type { Clock } from '../ports.js';
import { runWatch, type WatchView } from '../watch-run.js';

export interface WatchSystemOptions {
  readonly durationMs: Milliseconds;
  readonly clock: Clock;
  /** Ends the first reading, or the watching: then the last reading follows at once. */
  readonly stop: Cancel;
  /** After each sample: how long it was watched. */
  readonly watched: (ms: Milliseconds) => void;
}

/** A machine at the end of a time, at its begin, and what was measured between. */
export interface SeenSystem {
  readonly state: SystemState;
  readonly before?: SystemState;
  readonly series: SeriesTable;
  /** Of the series: since the last start of the machine. */
  readonly from?: Milliseconds;
  /** Why the watching, or the last reading, could not be done to its end; then `state` is the first reading. */
  readonly fault?: Fault;
}

/** Reads a machine, samples it for a while, and reads it once more. A fault only when not even the first reading could be done. */
export async function watchSystem(
  take: (cancel: Cancel) => Promise<Result<SystemState, Fault>>,
  monitor: Monitor,
  { durationMs, clock, stop, watched }: WatchSystemOptions,
): Promise<Result<SeenSystem, Fault>> {
  const first = await take(stop);
  if (!first.ok) return first;
  let began: Milliseconds | undefined;
  const view: WatchView = {
    ...SILENT,
    sample: (at) => {
      began ??= at;
      watched(at - began);
    },
  };
  const outcome = await runWatch(monitor, view, { pid: undefined, durationMs, clock, stop });
  const boot = monitor.events.findLast(({ kind }) => kind === 'reboot')?.at;
  const seen = { series: monitor.system, ...(boot === undefined ? {} : { from: boot }) };
  if (!outcome.ok && outcome.error.code !== 'cancelled') return ok({ state: first.value, ...seen, fault: outcome.error });
  // Who ends the watching wants to see what was seen; who wants nothing ends the command.
  const last = await take(neverCancelled);
  return ok(last.ok ? { state: last.value, before: first.value, ...seen } : { state: first.value, ...seen, fault: last.error });
}

const nothing = (): void => undefined;
const SILENT: WatchView = { begin: nothing, sample: nothing, event: nothing, state: nothing, end: nothing };

/** What the rules can judge of it. */
export function evidenceOf({ state, before, series, from }: SeenSystem): SystemEvidence {
  const rates = ratesOfSeries(series, from);
  return {
    now: state.facts,
    ...(before === undefined ? {} : { before: before.facts }),
    available: series.points('meminfo.MemAvailable', from),
    ...(rates === undefined ? {} : { rates }),
    ...filesOf(state),
  };
}

/** What was seen over the time; undefined: nothing was measured. */
export function watchOf({ state, before, series, from }: SeenSystem): SystemWatch | undefined {
  const { span } = series;
  if (span === undefined) return undefined;
  const total = series.latest('meminfo.MemTotal')?.value;
  const available = total === undefined ? undefined : availableTrend(series.points('meminfo.MemAvailable', from), total);
  const rates = ratesOfSeries(series, from);
  return {
    from: Math.max(span.from, from ?? span.from),
    to: span.to,
    ...(available === undefined ? {} : { available }),
    ...(rates === undefined ? {} : { rates }),
    growth: before === undefined ? [] : systemGrowth(before.facts, state.facts),
    // Who reads grows by what it has read.
    owners:
      before === undefined
        ? []
        : ownerGrowth(before, state).filter(({ kind, name }) => kind !== 'process' || !name.endsWith(` (${state.readBy})`)),
  };
}
