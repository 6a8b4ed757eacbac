import type { SizeAndCount } from '../model/finding.js';
import type { LeakTrack } from '../model/leak-check.js';

export interface LeakSums {
  /** Surely lost. */
  readonly lost: SizeAndCount;
  readonly possibly: SizeAndCount;
  /** Not lost: something still points to it. Only Memcheck tells. */
  readonly reachable: SizeAndCount;
}

/** What a check has found, by how sure its engine is. */
export function leakSums(leaks: readonly Pick<LeakTrack, 'now' | 'leakKind'>[]): LeakSums {
  const sums = { lost: { bytes: 0, blocks: 0 }, possibly: { bytes: 0, blocks: 0 }, reachable: { bytes: 0, blocks: 0 } };
  for (const { now, leakKind } of leaks) {
    const sum = sums[leakKind === 'reachable' || leakKind === 'possibly' ? leakKind : 'lost'];
    sum.bytes += now?.bytes ?? 0;
    sum.blocks += now?.blocks ?? 0;
  }
  return sums;
}
