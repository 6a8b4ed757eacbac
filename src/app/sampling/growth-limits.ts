import type { Bytes } from '../../base/units.js';
import type { LimitCandidate } from '../../insight/growth/options.js';
import type { GrowthMeasure } from '../../model/verdict.js';
import type { GroupMemory } from './group-files.js';
import type { ProcessRecord } from './process-record.js';

export interface MachineLimits {
  readonly memAvailable: Bytes | undefined;
  readonly maxMapCount: number | undefined;
}

/** What a growing measure of a process runs towards. */
export function growthLimits(
  measure: GrowthMeasure,
  /** The newest value of the measure. */
  value: number,
  record: ProcessRecord,
  group: GroupMemory | undefined,
  { memAvailable, maxMapCount }: MachineLimits,
): readonly LimitCandidate[] {
  const { limits, status, stat } = record;
  switch (measure) {
    case 'vmas':
      return maxMapCount === undefined ? [] : [{ kind: 'vma-count', value: maxMapCount, now: value }];
    case 'threads':
      // Root has no such limit; of another user all threads count, so it may be reached earlier.
      return typeof limits?.processes === 'number' && status?.uid !== 0
        ? [{ kind: 'threads', value: limits.processes, now: value }]
        : [];
    case 'fds':
      return typeof limits?.openFiles === 'number' ? [{ kind: 'fds', value: limits.openFiles, now: value }] : [];
    default: {
      const candidates = [...memoryLimits(measure, value, memAvailable, group)];
      if (typeof limits?.addressSpace === 'number') {
        candidates.push({ kind: 'rlimit', value: limits.addressSpace, now: stat.vsz });
      }
      if (typeof limits?.data === 'number' && status?.vmData !== undefined && measure !== 'file' && measure !== 'shmem') {
        candidates.push({ kind: 'rlimit', value: limits.data, now: status.vmData });
      }
      return candidates;
    }
  }
}

/** What any of a process's memory runs towards: the machine's RAM, and what its control group may have. */
export function memoryLimits(
  measure: GrowthMeasure,
  value: Bytes,
  memAvailable: Bytes | undefined,
  group: GroupMemory | undefined,
): readonly LimitCandidate[] {
  const candidates: LimitCandidate[] = [];
  // Swapped memory is no longer in RAM.
  if (memAvailable !== undefined && measure !== 'swap') {
    candidates.push({ kind: 'ram', value: value + memAvailable, now: value });
  }
  if (group?.limit !== undefined) candidates.push({ kind: 'cgroup', value: group.limit, now: group.usage });
  return candidates;
}
