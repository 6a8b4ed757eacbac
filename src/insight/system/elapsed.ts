import { MINUTE, type Milliseconds } from '../../base/units.js';
import type { SystemFacts } from '../../model/machine-accounting.js';

type Moment = Pick<SystemFacts, 'at' | 'sinceBoot' | 'bootId'>;

/** A calendar that is set runs away from the time since boot: by more than this, or by this share, it is another boot, or nobody can tell. */
const SET_BY: Milliseconds = 2 * MINUTE;
const SET_SHARE = 0.05;

/**
 * Whether the machine was started anew between the two, so that its counters began anew and what it holds now has nothing to do with what it held. False also where nothing
 * tells of it: states of old files have their moments only.
 */
export function isRestarted(before: Moment, now: Moment): boolean {
  if (before.bootId !== undefined && now.bootId !== undefined) return before.bootId !== now.bootId;
  const since = (now.sinceBoot ?? Number.NaN) - (before.sinceBoot ?? Number.NaN);
  if (Number.isNaN(since)) return false;
  const by = (now.at ?? Number.NaN) - (before.at ?? Number.NaN);
  // Two states in the wrong order are of one boot all the same.
  if (Number.isNaN(by) || (since < 0 && by > 0)) return since < 0;
  return Math.abs(by - since) > Math.max(SET_BY, SET_SHARE * Math.abs(by));
}

/** What that means for a comparison. */
export const RESTARTED =
  'The machine was started anew between the two, or its clock was set: what grew by the rules, and rates, are not judged.';

/** The time from one state of a machine to another: by its time since boot, which nobody sets; undefined where it is not told, or it was started anew. Negative in the wrong order. */
export function elapsed(before: Moment, now: Moment): Milliseconds | undefined {
  if (isRestarted(before, now)) return undefined;
  const since = (now.sinceBoot ?? Number.NaN) - (before.sinceBoot ?? Number.NaN);
  const by = (now.at ?? Number.NaN) - (before.at ?? Number.NaN);
  return Number.isNaN(since) ? (Number.isNaN(by) ? undefined : by) : since;
}
