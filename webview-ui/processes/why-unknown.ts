import { UNKNOWN_SENTENCES } from '../../src/model/unknown-words.js';
import type { ProcessEntry } from '../../src/protocol/trends.js';
import { type ColumnId, hasMemory } from './columns.js';

/** Why a cell shows a dash, in a sentence. */
export function whyUnknown(entry: ProcessEntry, column: ColumnId): string {
  if (column === 'growth') return growthReason(entry);
  if (column === 'user' || column === 'state' || column === 'cgroup') return 'Not known: the target does not tell.';
  if (column !== 'oomScore' && !hasMemory(entry)) {
    return entry.kernelThread
      ? 'None: a kernel thread has no memory of its own.'
      : 'None: the process has ended, and only waits for its parent (zombie).';
  }
  if (column === 'uss' || column === 'pss' || column === 'swap') return UNKNOWN_SENTENCES[entry.rollupUnknown ?? 'not-yet'];
  if (column === 'minorFaults' || column === 'majorFaults') return 'Not known yet: a rate needs two samples.';
  if (column === 'vmas') {
    if (entry.rollupUnknown === 'permission') return UNKNOWN_SENTENCES.permission;
    return entry.watched ? UNKNOWN_SENTENCES['not-yet'] : 'Not read: mappings are counted for watched processes.';
  }
  return UNKNOWN_SENTENCES['not-yet'];
}

function growthReason(entry: ProcessEntry): string {
  if (entry.kernelThread) return 'None: a kernel thread has no memory of its own.';
  return entry.watched
    ? 'No rate yet: it needs some minutes of samples.'
    : 'Not judged: watch the process to learn whether it grows.';
}
