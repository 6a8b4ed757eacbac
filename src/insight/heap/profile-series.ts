import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';
import { diffProfiles } from './diff.js';

/** A profile of a process, and when it was taken: milliseconds since the first one. */
export interface TimedProfile {
  readonly at: number;
  readonly profile: HeapProfile;
}

/**
 * Profiles of one process, oldest first, as one: the last one on the stacks of all, with what it has more than the first one as measures behind its own, and a
 * timeline with the live bytes of each. What they have no measure in common with is left out.
 */
export function profileSeries(series: readonly TimedProfile[]): HeapProfile | undefined {
  const last = series.at(-1)?.profile;
  const first = series[0]?.profile;
  if (last === undefined || first === undefined || series.length < 2) return last;
  // A profile without values and then another one: the stacks of both, with the values of the other one.
  let all: HeapProfile = emptied(first);
  for (const { profile } of series) {
    const more = diffProfiles(all, profile);
    if (more !== undefined) all = { ...emptied(more), measures: profile.measures, self: emptied(profile, more.tree.length).self };
  }
  const whole = all;
  const onAll = (profile: HeapProfile): HeapProfile | undefined =>
    diffProfiles({ ...whole, measures: profile.measures, self: emptied(profile, whole.tree.length).self }, profile);
  const now = onAll(last);
  if (now === undefined) return last;
  const moments = series.flatMap(({ at, profile }) => {
    const self = onAll(profile)?.self[liveOf(profile.measures)];
    return self === undefined ? [] : [{ at, bytes: self.reduce((sum, value) => sum + value, 0), self }];
  });
  const before = onAll(first);
  const growth = last.measures.flatMap(({ quantity, unit }, index) => {
    const earlier = first.measures.findIndex((one) => one.quantity === quantity && one.unit === unit);
    const [was, is] = [before?.self[earlier], now.self[index]];
    if (quantity !== 'live' || was === undefined || is === undefined) return [];
    const measure: HeapMeasure = { quantity: 'growth', unit };
    return [{ measure, self: is.map((value, node) => value - (was[node] ?? 0)) }];
  });
  return {
    ...now,
    measures: [...last.measures, ...growth.map(({ measure }) => measure)],
    self: [...now.self, ...growth.map(({ self }) => self)],
    chief: liveOf(last.measures),
    timeline: { unit: 'ms', moments },
    notes: last.notes,
  };
}

const liveOf = (measures: readonly HeapMeasure[]): number =>
  Math.max(
    0,
    measures.findIndex(({ quantity, unit }) => quantity === 'live' && unit === 'bytes'),
  );

/** Without values. */
const emptied = (profile: HeapProfile, nodes = profile.tree.length): HeapProfile => ({
  ...profile,
  self: profile.measures.map(() => new Float64Array(nodes)),
});
