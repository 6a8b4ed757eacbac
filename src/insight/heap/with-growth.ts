import type { HeapProfile } from '../../model/heap-profile.js';
import { diffProfiles } from './diff.js';

/**
 * The later of two profiles of one process, with what it has more than the earlier one as measures behind its own, and a timeline of the two. `ms`: how long
 * after the earlier one it was taken. Without a measure in common: the later one as it is.
 */
export function withGrowth(before: HeapProfile, after: HeapProfile, ms: number): HeapProfile {
  const growth = diffProfiles(before, after);
  // The same stacks, with nothing before.
  const now = diffProfiles({ ...before, self: before.self.map((values) => new Float64Array(values.length)) }, after);
  if (growth === undefined || now === undefined) return after;
  const common = after.measures.filter((measure) => before.measures.some((one) => isSame(one, measure)));
  const live = common.findIndex(({ quantity, unit }) => quantity === 'live' && unit === 'bytes');
  const self = now.self[Math.max(0, live)] ?? new Float64Array(now.tree.length);
  const was = self.map((value, node) => value - (growth.self[Math.max(0, live)]?.[node] ?? 0));
  const kept = growth.measures.flatMap((measure, at) => (measure.quantity === 'growth' ? [at] : []));
  return {
    ...now,
    measures: [...common, ...kept.map((at) => growth.measures[at]!)],
    self: [...now.self, ...kept.map((at) => growth.self[at]!)],
    chief: Math.max(0, live),
    timeline: {
      unit: 'ms',
      moments: [
        { at: 0, bytes: sum(was), self: was },
        { at: ms, bytes: sum(self), self },
      ],
    },
    notes: after.notes,
  };
}

const isSame = (a: HeapProfile['measures'][number], b: HeapProfile['measures'][number]): boolean =>
  a.quantity === b.quantity && a.unit === b.unit && a.name === b.name;

const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0);
