import type { Cancel } from '../../base/cancel.js';
import type { Fault } from '../../base/fault.js';
import type { Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { Obstacle } from '../../engines/engine.js';
import type { Finding, Note } from '../../model/finding.js';

/** What one process has answered. */
export interface LeakAnswer {
  readonly pid: number;
  /** Everything that is lost in it now. */
  readonly leaks: readonly Finding[];
  /** What else its report held: errors of other threads in the meantime. */
  readonly errors: readonly Finding[];
  readonly notes: readonly Note[];
  /** It stood still no longer; absent: not measured. */
  readonly stopMs?: Milliseconds;
}

/** A process that can't be asked now, or did not answer. */
export interface LeakRefusal {
  readonly pid: number;
  readonly obstacle: Obstacle;
}

export interface LeakAnswers {
  readonly answers: readonly LeakAnswer[];
  readonly refusals: readonly LeakRefusal[];
}

export interface AskOptions {
  readonly cancel: Cancel;
  readonly timeLimitMs: Milliseconds;
  /** The engine needs to tell only what has changed, where it can. */
  readonly onlyChanges: boolean;
}

/** Asks the processes of a run for what is lost in them; what is asked never ends a process. Calls don't overlap. */
export interface LeakAsker {
  /** The processes that can be asked now, and those that can't, without a check. */
  look(
    options: Omit<AskOptions, 'onlyChanges'>,
  ): Promise<Result<{ readonly able: readonly number[]; readonly refusals: readonly LeakRefusal[] }, Fault>>;
  ask(options: AskOptions): Promise<Result<LeakAnswers, Fault>>;
}
