import type { Milliseconds } from '../base/units.js';
import type { LeakKind, SizeAndCount } from './finding.js';
import type { Report } from './report.js';

/** What the report of a check holds: `all` that is lost now, or only what has `increased` since the last check. */
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
  /** In the engine's word; a block that is still reachable is not lost, and may well grow. Absent: not told. */
  readonly leakKind?: LeakKind;
  readonly statement: LeakStatement;
  /** Lost since the last check: no check before this one saw it, and there was one that looked at its process. */
  readonly isNew: boolean;
  /** At this check. Absent: not told; it is no more than `before`. */
  readonly now?: SizeAndCount;
  /** At the last check; zero where that one did not see it. Absent: there was none for its process. */
  readonly before?: SizeAndCount;
  /** Mean growth from the first check of its process to this one. Absent: there is only one, or no time has passed. */
  readonly perMinute?: SizeAndCount;
  /** Number of the check that saw it first. */
  readonly since: number;
}

/** All that one check has found, over all processes: for a history that is drawn. */
export interface LeakCheckTotals {
  readonly number: number;
  readonly at: Milliseconds;
  /** Surely lost; what is possibly lost or still reachable is not in it. */
  readonly lost: SizeAndCount;
  readonly possibly?: SizeAndCount;
  readonly reachable?: SizeAndCount;
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
  /** False: a process of the run could not be looked at; a note of the report says why. */
  readonly isComplete: boolean;
  /** Whatever the scope: all that is lost, in the order of a report, then what is gone since the last check. */
  readonly leaks: readonly LeakTrack[];
  /** Everything that is known of the run now: errors until now, and the leaks of this check. Its `run` has no exit. */
  readonly report: Report;
}
