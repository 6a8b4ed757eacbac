import { judge } from '../insight/growth/judge.js';
import type { SeriesTable } from '../insight/series.js';
import { type GrowthMeasure, seriousness, type Verdict } from '../model/verdict.js';

/** What may leak on a machine as a whole, and the measure whose name says it: applications' memory, and shared memory with tmpfs. */
const PARTS: readonly { readonly id: string; readonly measure: GrowthMeasure }[] = [
  { id: 'part.applications', measure: 'anonymous' },
  { id: 'part.shared', measure: 'shmem' },
];

/** The verdict on a machine: of the part that grows most seriously. Slab and page tables are not judged. */
export function machineVerdict(system: SeriesTable): Verdict {
  const available = system.latest('meminfo.MemAvailable')?.value;
  const verdicts = PARTS.map(({ id, measure }) => {
    const now = system.latest(id)?.value ?? 0;
    const limits = available === undefined ? [] : [{ kind: 'ram' as const, value: now + available, now }];
    return judge(system.points(id), { measure, limits });
  });
  return verdicts.reduce((worst, verdict) => (seriousness(verdict) > seriousness(worst) ? verdict : worst));
}
