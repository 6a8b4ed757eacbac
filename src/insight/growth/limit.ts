import { DAY, HOUR } from '../../base/units.js';
import type { GrowthLimit } from '../../model/verdict.js';
import type { LimitCandidate } from './options.js';

/** Beyond this a straight line says nothing. */
const HORIZON = 366 * DAY;

/** The limit that is reached first at the rate (per hour, half of its 95 % interval), if any is within a year. */
export function firstLimit(candidates: readonly LimitCandidate[], rate: number, error: number): GrowthLimit | undefined {
  let first: GrowthLimit | undefined;
  if (!(rate > 0)) return undefined;
  for (const { kind, value, now } of candidates) {
    const left = value - now;
    if (!Number.isFinite(left)) continue;
    const reach = (perHour: number): number => (Math.max(0, left) / perHour) * HOUR;
    const reachedInMs = reach(rate);
    if (reachedInMs > HORIZON || (first !== undefined && reachedInMs >= first.reachedInMs)) continue;
    const earliestMs = reach(rate + error);
    first =
      rate > error
        ? { kind, value, reachedInMs, earliestMs, latestMs: reach(rate - error) }
        : { kind, value, reachedInMs, earliestMs };
  }
  return first;
}
