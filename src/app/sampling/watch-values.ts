import type { Milliseconds } from '../../base/units.js';
import type { ProcessMeasure } from '../../model/measure.js';
import type { GroupMemory } from './group-files.js';
import type { ProcessRecord } from './process-record.js';

/**
 * A row of a watched process's series. RSS, PSS and USS are those of the rollup at the ticks at which it was read; where it may not be
 * read, RSS is that of status. Anonymous memory and files come from the rollup, too, where it has them (Linux 4.14).
 */
export function watchValues(
  record: ProcessRecord,
  at: Milliseconds,
  rollupFile: string | undefined,
  group: GroupMemory | undefined,
): ReadonlyMap<ProcessMeasure, number> {
  const values = new Map<ProcessMeasure, number>();
  const set = (id: ProcessMeasure, value: number | undefined): void => {
    if (value !== undefined) values.set(id, value);
  };
  const read = (name: string): boolean => record.readAt.get(name) === at;
  const { stat, rollup, status, maps } = record;
  set('vsz', stat.vsz);
  set('threads', stat.threads);
  set('minorFaults', record.minorRate);
  set('majorFaults', record.majorRate);
  if (status !== undefined && read('status')) {
    set('shmem', status.rssShmem);
    if (rollup === undefined) {
      set('rss', status.vmRss);
      set('swap', status.vmSwap);
    }
    if (rollup?.anonymous === undefined) {
      set('anonymous', status.rssAnon);
      set('file', status.rssFile);
    }
  }
  if (rollup !== undefined && rollupFile !== undefined && read(rollupFile)) {
    set('rss', rollup.rss);
    set('pss', rollup.pss);
    set('uss', rollup.uss);
    set('swap', rollup.swap);
    if (rollup.anonymous !== undefined) {
      set('anonymous', rollup.anonymous);
      set('file', Math.max(0, rollup.rss - rollup.anonymous - (status?.rssShmem ?? 0)));
    }
  }
  if (maps !== undefined && read('maps')) {
    set('vmas', maps.vmas);
    if (maps.heap !== undefined) {
      set('heap', maps.heap.end - maps.heap.start);
      set('heapEnd', maps.heap.end);
    }
  }
  if (read('fds')) set('fds', record.fds);
  if (read('oom_score')) set('oomScore', record.oomScore);
  set('cgroupUsage', group?.usage);
  set('cgroupLimit', group?.limit);
  return values;
}
