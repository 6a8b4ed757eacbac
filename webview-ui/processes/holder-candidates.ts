import { visibleText } from '../../src/base/visible-text.js';
import { commandName } from './cell-text.js';
import { hasMemory } from './columns.js';
import { type Candidate, type HolderMeasure, heldBy } from './holders.js';
import type { ProcessRecord } from './process-records.js';
import { groupName, type ProcessTable } from './process-table.js';

/** As many as six hues, twice, can tell apart with ease. */
export const HOLDERS_SHOWN = 8;

/** Groups where the table shows groups, else processes; those that the filter lets through. */
export function candidatesOf(
  records: Iterable<ProcessRecord>,
  table: ProcessTable,
  measure: HolderMeasure,
): readonly Candidate[] {
  if (table.grouping !== 'none') {
    return table.groups().map((group) => ({
      kind: 'group',
      id: group.id,
      label: groupName(group) === '' ? 'not known' : visibleText(groupName(group)),
      bytes: table.sumsOf(group).get(measure)?.total ?? 0,
    }));
  }
  const candidates: Candidate[] = [];
  for (const { id, entry, match } of records) {
    const bytes = match === true ? heldBy(entry, measure) : undefined;
    if (bytes) candidates.push({ kind: 'process', id, label: `${commandName(entry)} (${entry.pid})`, bytes });
  }
  return candidates;
}

/** Processes that have memory, whose share is not known. */
export function unknownHolders(records: Iterable<ProcessRecord>, measure: HolderMeasure): number {
  let count = 0;
  for (const { entry, match } of records) if (match === true && hasMemory(entry) && heldBy(entry, measure) === undefined) count++;
  return count;
}
