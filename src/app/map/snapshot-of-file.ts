import type { Milliseconds } from '../../base/units.js';
import { classify } from '../../insight/map/classify.js';
import { contextOfFile } from '../../insight/map/map-context.js';
import type { MapSnapshot } from '../../model/map-snapshot.js';
import type { ParsedMap } from '../../procfs/map-text.js';

/**
 * The map that a saved maps, smaps or output of pmap holds. What is not in it (ELF headers, threads, mounts) is told by the usual layout; `at` is when the
 * file was written.
 */
export function snapshotOfFile({ table, form, bits, notes }: ParsedMap, name: string, at: Milliseconds): MapSnapshot {
  const context = contextOfFile(table, bits);
  return {
    at,
    origin: { kind: 'file', name },
    form,
    bits,
    pageSize: context.pageSize,
    table,
    classes: classify(table, context),
    notes,
  };
}
