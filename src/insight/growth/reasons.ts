import { HOUR } from '../../base/units.js';
import { isGrowth, type VerdictReason, type VerdictState } from '../../model/verdict.js';
import type { Points } from '../series.js';
import type { Trend } from './trend.js';
import type { Judged } from './window.js';

/** Why: the figures that were decisive, the strongest first. */
export function reasonsOf(judged: Judged, state: VerdictState, everyMs: number, points: Points): readonly VerdictReason[] {
  const { trend, jumped, lengthMs, skippedMs, rhythm, beneath } = judged;
  // What speaks against the floor by itself is no matter when a line beneath is judged.
  const objection = beneath === undefined ? judged.objection : undefined;
  const grows = isGrowth(state);
  const perHour = (slope: number): number => slope * HOUR;
  const figures = {
    ratePerHour: perHour(trend.slope),
    growth: trend.growth,
    scatter: trend.scatter,
    kendall: trend.kendall,
    windowMs: lengthMs,
  };
  const halves = { firstPerHour: perHour(trend.firstHalf), lastPerHour: perHour(trend.lastHalf) };
  const reasons: VerdictReason[] = [];
  const add = (code: VerdictReason['code'], more: Record<string, number>): void => void reasons.push({ code, figures: more });
  if (grows && beneath === undefined) add('trend-significant', figures);
  else if (!grows && (objection === 'trend-not-significant' || objection === undefined)) add('trend-not-significant', figures);
  else if (objection === 'effect-small') add('effect-small', figures);
  if (grows && jumped.falls >= 3 && !judged.betweenJumps)
    add('floor-rises', { falls: jumped.falls, down: jumped.down, growth: trend.growth });
  if (state === 'saw-tooth') add('falls-back', { falls: jumped.falls, down: jumped.down });
  if (judged.betweenJumps) add('steady', halves);
  if (state === 'levelled-off' || (objection === 'slowing-down' && !judged.betweenJumps)) add('slowing-down', halves);
  else if (grows && beneath === undefined && !judged.betweenJumps && isSteady(trend)) add('steady', halves);
  if (beneath === 'warm-up') add('beneath-warm-up', { ...figures, ...halves });
  if (objection === 'steps-carry-growth')
    add('steps-carry-growth', { up: jumped.up, down: jumped.down, rises: jumped.rises, falls: jumped.falls });
  if (state === 'daily-rhythm' || objection === 'periodic' || beneath === 'wave')
    add('periodic', {
      periodMs: (beneath === 'wave' ? rhythm?.bestPeriodMs : rhythm?.periodMs) ?? 0,
      swing: finite(rhythm?.swing),
    });
  if (objection === 'windows-disagree') add('windows-disagree', { windowMs: lengthMs, ...halves });
  if (grows && skippedMs > 0) add('warm-up-skipped', { skippedMs });
  if (state === 'leak' && beneath === undefined) add('windows-agree', { windowMs: lengthMs, earlierMs: (lengthMs * 5) / 6 });
  const missing = missingMs(points, judged.from, everyMs);
  if (missing > 0.1 * lengthMs) add('gaps', { missingMs: missing, windowMs: lengthMs });
  return reasons;
}

/** Growth beneath a wave is not even, nor is growth that has just begun. */
const isSteady = ({ firstHalf, lastHalf, halfError }: Trend): boolean =>
  Math.abs(lastHalf - firstHalf) < 0.5 * Math.max(firstHalf, lastHalf) + halfError;

const finite = (value: number | undefined): number => (value === undefined || !Number.isFinite(value) ? 0 : value);

/** Time without a sample: steps that are much longer than usual. */
function missingMs({ at }: Points, from: number, everyMs: number): number {
  let missing = 0;
  for (let i = at.length - 1; i > 0 && at[i - 1]! >= from; i--) {
    const step = at[i]! - at[i - 1]!;
    if (step > Math.max(10 * everyMs, 120_000)) missing += step;
  }
  return missing;
}
