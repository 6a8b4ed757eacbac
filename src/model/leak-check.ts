import type { Milliseconds } from '../base/units.js';
import type { SizeAndCount } from './finding.js';
import type { Report } from './report.js';

/** `all`: everything that is lost now. `increased`: only what is more than at the last check; the engine is asked for no more. */
export type LeakCheckScope = 'all' | 'increased';

/**
 * What the checks until now say of a leak. One check can't tell a leak that goes on from one that is over.
 *
 * `first-check`: this check is the first one that saw it. `still-growing`: it is more than at the last check. `once-only`: it was lost at once, and
 * has been the same at every check since. `steady`: it has grown before, but not since the last check. `gone`: the last check saw it, this one does not.
 */
export type LeakStatement = 'first-check' | 'once-only' | 'still-growing' | 'steady' | 'gone';

/** A leak over the checks of a run. It belongs to the findings of the report that have its fingerprint and process. */
export interface LeakTrack {
  readonly fingerprint: string;
  /** Absent: the report does not name the process. */
  readonly pid?: number;
  readonly statement: LeakStatement;
  /** Lost since the last check: no check before this one saw it, and there was one that looked at its process. */
  readonly isNew: boolean;
  /** At this check. Absent: not told, for only what has increased was asked for; it is no more than `before`. */
  readonly now?: SizeAndCount;
  /** At the last check that told; zero where that one did not see it. Absent: there was none for its process. */
  readonly before?: SizeAndCount;
  /** Mean growth over all checks that it was compared in, the first one to this one. Absent: there is only one. */
  readonly perMinute?: SizeAndCount;
  /** Number of the check that saw it first. */
  readonly since: number;
}

/** All that is lost at one check, over all processes: for a history that is drawn. */
export interface LeakCheckTotals {
  readonly number: number;
  readonly at: Milliseconds;
  readonly lost: SizeAndCount;
  /** Leaks that are more than at the check before, new ones included. */
  readonly growing: number;
  readonly isComplete: boolean;
}

/** What is lost at a point in time of a program that goes on. */
export interface LeakCheck {
  /** From 1, in its run. */
  readonly number: number;
  /** Since the program was started. */
  readonly at: Milliseconds;
  /** Since the check before; absent for the first one. */
  readonly sinceLast?: Milliseconds;
  readonly scope: LeakCheckScope;
  /** How long the program stood still for it at most, where that was measured. */
  readonly stopMs?: Milliseconds;
  /** The processes of the run that were looked at. */
  readonly pids: readonly number[];
  /** False: a process of the run could not be looked at, or only what increased was asked for. */
  readonly isComplete: boolean;
  /** The leaks of `report` first, in its order, then those that are gone or not told. */
  readonly leaks: readonly LeakTrack[];
  /** Everything that is known of the run now: errors until now, and the leaks of this check. Its `run` has no exit. */
  readonly report: Report;
}
