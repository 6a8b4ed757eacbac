import { formatBytes, formatDuration, type Milliseconds } from '../../base/units.js';
import type { AvailableTrend, SystemFacts } from '../../model/machine-accounting.js';
import { judge } from '../growth/judge.js';
import { meminfoMap } from '../meminfo-terms.js';
import type { Points } from '../series.js';
import { elapsed } from './elapsed.js';

/** MemAvailable over time, and whether it falls. `points`: bytes. Undefined: nothing was measured. */
export function availableTrend({ at, value }: Points, total: number): AvailableTrend | undefined {
  const [first, last] = [value.at(0), value.at(-1)];
  const [from, to] = [at.at(0), at.at(-1)];
  if (first === undefined || last === undefined || from === undefined || to === undefined) return undefined;
  // What is taken grows as what is available falls: the growth verdict says how surely, and when it is all.
  const taken = { at, value: value.map((bytes) => total - bytes) };
  const verdict = judge(taken, { measure: 'anonymous', limits: [{ kind: 'ram', value: total, now: total - last }] });
  const least = value.reduce((one, other) => Math.min(one, other), first);
  const { limit } = verdict;
  return {
    from,
    to,
    samples: at.length,
    first,
    last,
    least,
    state: verdict.state,
    windowMs: verdict.windowMs,
    ...(verdict.ratePerHour === undefined ? {} : { fallsPerHour: verdict.ratePerHour }),
    ...(verdict.errorPerHour === undefined ? {} : { errorPerHour: verdict.errorPerHour }),
    ...(verdict.moreMs === undefined ? {} : { moreMs: verdict.moreMs }),
    ...(limit === undefined
      ? {}
      : {
          goneInMs: limit.reachedInMs,
          earliestMs: limit.earliestMs,
          ...(limit.latestMs === undefined ? {} : { latestMs: limit.latestMs }),
        }),
  };
}

/** MemAvailable of states of one machine, the oldest first; undefined: their moments are not told, not in order, or of several of its starts. */
export function availableOf(states: readonly { readonly facts: SystemFacts }[]): Points | undefined {
  const facts = states.map((state) => state.facts);
  const at: number[] = [];
  const value: number[] = [];
  for (const [i, one] of facts.entries()) {
    const before = facts[i - 1];
    const since = before === undefined ? 0 : elapsed(before, one);
    const available = meminfoMap(one.meminfo).get('MemAvailable');
    if (one.at === undefined || since === undefined || since < 0 || available === undefined) return undefined;
    // By the time since boot, which nobody sets.
    at.push(before === undefined ? one.at : at.at(-1)! + Math.max(1, since));
    value.push(available);
  }
  return { at: Float64Array.from(at), value: Float64Array.from(value) };
}

const LONGEST_TOLD: Milliseconds = 366 * 86_400_000;

/** What was seen, and what that allows to say: no time, where nothing falls or it is too early to tell. */
export function availableWords(trend: AvailableTrend): readonly string[] {
  const { from, to, samples, first, last, least, fallsPerHour = 0, errorPerHour = 0 } = trend;
  const fewest = [first, last].some((one) => formatBytes(one) === formatBytes(least))
    ? ''
    : `, with ${formatBytes(least)} at the least`;
  const seen = `MemAvailable was ${formatBytes(first)}, and is ${formatBytes(last)}${fewest} (${samples.toLocaleString('en-US')} times in ${formatDuration(to - from)}).`;
  const rate = `It falls by ${formatBytes(Math.round(fallsPerHour))} ± ${formatBytes(Math.round(errorPerHour))} an hour`;
  switch (trend.state) {
    case 'undecided':
      return [
        seen,
        trend.fallsPerHour === undefined
          ? `Whether it falls can’t be said yet: that needs about ${formatDuration(trend.moreMs ?? 0)} more.`
          : `No lasting fall is seen so far; that there is none can be said in about ${formatDuration(trend.moreMs ?? 0)}.`,
      ];
    case 'growing':
    case 'suspected-leak':
    case 'leak':
      return [
        seen,
        trend.goneInMs === undefined
          ? `${rate}: at this rate it lasts for more than ${formatDuration(LONGEST_TOLD)}.`
          : last <= 0
            ? 'It is gone.'
            : `${rate}: at this rate it is gone in about ${formatDuration(trend.goneInMs)}.`,
      ];
    case 'levelled-off':
      return [seen, 'It fell, and has stopped falling.'];
    case 'saw-tooth':
      return [seen, 'It falls and comes back, again and again.'];
    case 'daily-rhythm':
      return [seen, 'It falls and comes back with the time of day.'];
    case 'not-growing':
      return [seen, 'It does not fall lastingly.'];
  }
}
