import { DAY, HOUR, MINUTE } from '../../base/units.js';
import type { Verdict } from '../../model/verdict.js';
import { indexAt } from '../index-at.js';
import type { Points } from '../series.js';
import { cleanPoints, usualStep } from './clean.js';
import { floorOf } from './floor.js';
import { KENDALL, LEVELS, type Level } from './gates.js';
import { firstLimit } from './limit.js';
import { type Material, materialOf } from './material.js';
import { type JudgeOptions, unitOf } from './options.js';
import { reasonsOf } from './reasons.js';
import { mannKendall, quantile } from './robust.js';
import { type Shape, shapeOf } from './shape.js';
import { allows, type Judged, judgeWindow } from './window.js';

/** A process that has just started is still loading what it needs. */
const START_UP = MINUTE;
const SHORTEST = 5 * MINUTE;
const FEWEST = 12;
/** Beside the whole series its ends of these lengths are judged: growth may have begun late. */
const ENDS = [8 * DAY, 2 * DAY, 12 * HOUR, 4 * HOUR, 2 * HOUR, HOUR, 30 * MINUTE, 10 * MINUTE, SHORTEST];
/** Shares of the whole series that may be warm-up; of a short one the same share always. */
const WARM_UP = [0, 0.2, 0.45];
const WARM_UP_SHORT = [0.2];
/** What is a new high is asked of at least the last day. */
const MEMORY = 25 * HOUR;

/** Whether the series grows, and how sure that is: never more than its length allows. Pure; see docs/growth.md. */
export function judge(points: Points, options: JudgeOptions): Verdict {
  const unit = unitOf(options);
  const material = materialOf(cleanPoints(points), unit === 'bytes' ? Math.max(1, options.pageSize ?? 4096) : 1);
  const { at } = material.points;
  const samples = at.length;
  const everyMs = usualStep(material.points);
  const windowMs = samples === 0 ? 0 : at[samples - 1]! - at[0]! + everyMs;
  const base = { measure: options.measure, unit, windowMs, samples } as const;
  const enough = allows(windowMs, 'growing') && samples >= FEWEST;
  const { best, whole } = enough ? judgeAll(material, options.startedAt) : {};
  if (whole === undefined) return tooLittle(base, everyMs);
  const chosen = best ?? whole;
  const { trend } = chosen;
  const ratePerHour = trend.slope * HOUR;
  const errorPerHour = errorOf(chosen) * HOUR;
  const shape: Shape = best?.level === undefined ? shapeOf(material, whole) : { state: best.level, moreMs: moreFor(best) };
  const limit = best === undefined ? undefined : firstLimit(options.limits ?? [], ratePerHour, errorPerHour);
  return {
    ...base,
    state: shape.state,
    windowMs: chosen.lengthMs,
    samples: samples - indexAt(at, chosen.from),
    ratePerHour,
    errorPerHour,
    ...(shape.moreMs === undefined ? {} : { moreMs: shape.moreMs }),
    ...(limit === undefined ? {} : { limit }),
    reasons: reasonsOf({ ...chosen, rhythm: shape.rhythm ?? chosen.rhythm }, shape.state, everyMs, material.points),
  };
}

/** The window with the strongest level (the longest of those), and the whole series. */
function judgeAll(material: Material, startedAt: number | undefined): { best?: Judged; whole?: Judged } {
  const { points } = material;
  const from = points.at[0]!;
  const to = points.at.at(-1)!;
  let best: Judged | undefined;
  let whole: Judged | undefined;
  let cap: Level | undefined;
  // With a part left out as warm-up the rest may look as if it rose by chance: the whole must rise, too.
  const rises = mannKendall(floorOf(points, from, to, 24).y) > KENDALL;
  const long = allows(to - from + material.everyMs, 'suspected-leak');
  const startUp = startedAt === undefined ? 0 : Math.min(0.2, Math.max(0, startedAt + START_UP - from) / (to - from));
  for (const share of long ? WARM_UP : WARM_UP_SHORT) {
    const skip = Math.max(share, startUp);
    const judged = judgeWindow(material, from, to, skip);
    whole ??= judged;
    // A wave that is seen in the whole is not to be unseen by looking at less of it.
    if (judged?.objection === 'periodic' && judged.level !== 'leak') cap = 'suspected-leak';
    if (judged?.level !== undefined && (rises || !long || judged.level === 'leak')) best = stronger(best, capped(judged, cap));
  }
  for (const length of ENDS) {
    if (length > (to - from) * 0.9) continue;
    const judged = judgeWindow(material, to - length, to, 0);
    whole ??= judged;
    if (judged?.level !== undefined && isNewHigh(points, judged)) best = stronger(best, capped(judged, cap));
  }
  return { ...(best === undefined ? {} : { best }), ...(whole === undefined ? {} : { whole }) };
}

function capped(judged: Judged, cap: Level | undefined): Judged {
  return cap !== undefined && judged.level === 'leak' ? { ...judged, level: cap } : judged;
}

function stronger(a: Judged | undefined, b: Judged): Judged {
  return a?.level === undefined || LEVELS.indexOf(b.level!) < LEVELS.indexOf(a.level) ? b : a;
}

/** The growth of an end counts when it leads above what was there before, by more than that varied. */
function isNewHigh({ at, value }: Points, { from, trend, lengthMs }: Judged): boolean {
  const end = indexAt(at, from);
  const begin = indexAt(at, from - Math.max(MEMORY, 10 * lengthMs));
  if (end - begin < 3) return true;
  const stride = Math.max(1, Math.floor((end - begin) / 1000));
  const before: number[] = [];
  for (let i = begin; i < end; i += stride) before.push(value[i]!);
  const high = quantile(before, 0.98);
  return trend.floor.y.at(-1)! - trend.scatter > high && trend.growth > 1.5 * (high - quantile(before, 0.02));
}

/** Half of the 95 % interval; halves that differ widen it, for then there is no one rate. */
function errorOf(judged: Judged): number {
  const { trend } = judged;
  if (judged.beneath !== undefined) return 2.15 * trend.error;
  return Math.hypot(2.15 * trend.error, (trend.lastHalf - trend.firstHalf) / 2);
}

/** Until the next stronger level can be said. */
function moreFor({ level, lengthMs }: Judged): number | undefined {
  if (level === 'leak') return undefined;
  const next = level === 'growing' ? 30 * MINUTE : HOUR;
  return next > lengthMs ? next - lengthMs : Math.min(DAY, lengthMs);
}

function tooLittle(base: Pick<Verdict, 'measure' | 'unit' | 'windowMs' | 'samples'>, everyMs: number): Verdict {
  const { windowMs, samples } = base;
  const short = !allows(windowMs, 'growing');
  const moreMs = Math.max(SHORTEST - windowMs, (FEWEST - samples) * everyMs, 10_000);
  return {
    ...base,
    state: 'undecided',
    moreMs,
    reasons: [
      { code: short ? 'too-short' : 'too-few-samples', figures: { windowMs, samples, neededMs: SHORTEST, needed: FEWEST } },
    ],
  };
}
