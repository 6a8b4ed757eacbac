import type { Verdict, VerdictReason, VerdictState } from '../../model/verdict.js';
import type { Points } from '../series.js';
import { cleanPoints } from './clean.js';
import { floorOf } from './floor.js';
import { firstLimit } from './limit.js';
import { type JudgeOptions, unitOf } from './options.js';
import { mannKendall, spread, theilSen } from './robust.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Whether the series grows, and how sure that is: never more than its length allows. Pure; see docs/growth.md. */
export function judge(points: Points, options: JudgeOptions): Verdict {
  const clean = cleanPoints(points);
  const unit = unitOf(options);
  const samples = clean.at.length;
  const from = clean.at[0] ?? 0;
  const to = clean.at[samples - 1] ?? 0;
  const windowMs = to - from;
  const base = { measure: options.measure, unit, windowMs, samples } as const;
  if (windowMs < 5 * MINUTE || samples < 12) {
    const reasons: VerdictReason[] = [
      { code: windowMs < 5 * MINUTE ? 'too-short' : 'too-few-samples', figures: { windowMs, samples } },
    ];
    return { ...base, state: 'undecided', moreMs: Math.max(MINUTE, 5 * MINUTE - windowMs), reasons };
  }
  const floor = floorOf(clean, from + windowMs * 0.2, to, samples > 150 ? 24 : 12);
  const trend = mannKendall(floor.y);
  const slope = theilSen(floor.x, floor.y);
  const growth = slope * windowMs * 0.8;
  const noise = spread(floor.y.map((y, i) => y - slope * floor.x[i]!));
  const ratePerHour = slope * HOUR;
  const errorPerHour = (noise * 4 * HOUR) / windowMs;
  const grows = trend > 3.09 && growth > Math.max(unit === 'bytes' ? 131_072 : 2, 4 * noise);
  const state: VerdictState = !grows
    ? 'not-growing'
    : windowMs >= HOUR
      ? 'leak'
      : windowMs >= 30 * MINUTE
        ? 'suspected-leak'
        : 'growing';
  const reasons: VerdictReason[] = [
    { code: grows ? 'trend-significant' : 'trend-not-significant', figures: { ratePerHour, errorPerHour, windowMs } },
  ];
  const limit = grows ? firstLimit(options.limits ?? [], ratePerHour, errorPerHour) : undefined;
  return { ...base, state, ratePerHour, errorPerHour, ...(limit === undefined ? {} : { limit }), reasons };
}
