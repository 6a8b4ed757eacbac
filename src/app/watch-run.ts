import type { Cancel } from '../base/cancel.js';
import { type Disposable, DisposableStore } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { TrendEvent } from '../model/trend-event.js';
import type { Verdict } from '../model/verdict.js';
import { firstAnswer } from './first-answer.js';
import { machineVerdict } from './machine-growth.js';
import type { Monitor, MonitorState } from './monitor.js';
import type { Clock } from './ports.js';
import type { Subject } from './subject.js';

export interface WatchRunOptions {
  /** Undefined: the machine. */
  readonly pid: number | undefined;
  /** From the first sample on; undefined: until the process ends or it is cancelled. */
  readonly durationMs: Milliseconds | undefined;
  readonly clock: Clock;
  /** Ends the watching; what was seen until then is judged. */
  readonly stop: Cancel;
}

/** Of /proc/uptime, by which samples are dated, and of the timers of ticks. */
const CLOCK_STEP_MS: Milliseconds = 25;
/** How much later than its time the last sample may come: over a slow line, or while the machine is busy. */
const LATE_MS: Milliseconds = 1000;
/** Until the first sample of a process that was just found. */
const FIRST_MS: Milliseconds = 5000;

/** Shows what a run sees, in one of the formats. */
export interface WatchView {
  begin(subject: Subject): void;
  sample(at: Milliseconds): void;
  event(event: TrendEvent): void;
  /** `lost`, and `live` again. */
  state(state: MonitorState): void;
  end(outcome: WatchOutcome): void;
}

export interface WatchOutcome {
  readonly why: 'duration' | 'stopped' | 'process-ended';
  readonly verdict: Verdict;
}

/** Watches a process, or the machine, to its end, and judges it. A connection that is lost later is waited for. */
export async function runWatch(
  monitor: Monitor,
  view: WatchView,
  options: WatchRunOptions,
): Promise<Result<WatchOutcome, Fault>> {
  const using = new DisposableStore();
  try {
    using.add(monitor.look('machine'));
    const pending = options.pid === undefined ? undefined : monitor.watch(options.pid);
    const first = await firstAnswer(monitor, (sample) => sample, options.stop);
    if (!first.ok) return first;
    const found = await pending;
    if (found !== undefined && !found.ok) return found;
    const watch = found === undefined ? undefined : using.add(found.value);
    const why = await untilEnd({ monitor, ...(watch === undefined ? {} : { watch }) }, view, options, using);
    if (!why.ok) return why;
    watch?.dispose();
    const outcome: WatchOutcome = { why: why.value, verdict: watch?.verdict ?? machineVerdict(monitor.system) };
    view.end(outcome);
    return ok(outcome);
  } finally {
    using.dispose();
  }
}

function untilEnd(
  subject: Subject,
  view: WatchView,
  { durationMs, clock, stop }: WatchRunOptions,
  using: DisposableStore,
): Promise<Result<WatchOutcome['why'], Fault>> {
  const { monitor, watch } = subject;
  return new Promise((resolve) => {
    const listening = using.add(new DisposableStore());
    const done = (result: Result<WatchOutcome['why'], Fault>): void => {
      listening.dispose();
      resolve(result);
    };
    let firstAt: Milliseconds | undefined;
    // Samples are counted by the target's clock; while it is away, or the next one is further than the end, ours counts.
    let timer: Disposable | undefined;
    const endAfter = (extraMs: Milliseconds): void => {
      timer?.dispose();
      if (durationMs !== undefined) timer = listening.add(clock.after(durationMs + extraMs, () => done(ok('duration'))));
    };
    const sampled = (at: Milliseconds): void => {
      if (firstAt === undefined) {
        firstAt = at;
        endAfter(LATE_MS);
        // Now its command line is known, too.
        view.begin(subject);
      }
      view.sample(at);
      if (durationMs !== undefined && at - firstAt >= durationMs - CLOCK_STEP_MS) done(ok('duration'));
    };
    listening.add(
      monitor.onDidSample(({ at }) => {
        if (watch?.endedAt !== undefined) {
          if (firstAt === undefined) view.begin(subject);
          done(ok('process-ended'));
        } else sampled(at);
      }),
    );
    listening.add(monitor.onDidEvent((event) => view.event(event)));
    listening.add(
      monitor.onDidChangeState((state) => {
        if (state.kind === 'failed') done(err(state.fault));
        else view.state(state);
      }),
    );
    listening.add(stop.onRequest(() => done(ok('stopped'))));
    endAfter(FIRST_MS);
    // The machine has been seen once already; of a process nothing was read yet.
    if (watch === undefined && monitor.latest !== undefined) sampled(monitor.latest.at);
  });
}
