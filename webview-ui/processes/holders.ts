import type { ProcessEntry } from '../../src/protocol/trends.js';
import { hasMemory } from './columns.js';

export type HolderMeasure = 'pss' | 'uss' | 'rss' | 'swap';

/** A slice of "who holds the memory". */
export interface Holder {
  readonly kind: 'process' | 'group' | 'others' | 'rest';
  /** ProcessId, or the id of a group row. */
  readonly id?: string;
  readonly label: string;
  readonly bytes: number;
  /** What the label is too short to say. */
  readonly note?: string;
}

/** Something that may hold memory: a process, or a group of them. */
export interface Candidate {
  readonly kind: 'process' | 'group';
  readonly id: string;
  readonly label: string;
  readonly bytes: number;
}

const REST =
  "Memory in use that no process accounts for: the kernel's own, page cache that nobody maps, and processes that could not be read.";

export interface MachineMemory {
  readonly memTotal: number;
  readonly memFree: number;
}

/**
 * The largest `count` candidates, the others as one, and for PSS what no process accounts for: memory in use that is the kernel's,
 * page cache that nobody maps, and processes that could not be read. PSS counts each page once, so the slices add up to the memory
 * in use; the other measures do not, and get no rest.
 */
export function holdersOf(
  candidates: Iterable<Candidate>,
  count: number,
  measure: HolderMeasure,
  machine: MachineMemory | undefined,
): readonly Holder[] {
  const largest: Candidate[] = [];
  let others = 0;
  let othersCount = 0;
  let all = 0;
  for (const candidate of candidates) {
    if (!(candidate.bytes > 0)) continue;
    all += candidate.bytes;
    const out = insert(largest, candidate, count);
    if (!out) continue;
    others += out.bytes;
    othersCount += 1;
  }
  const holders: Holder[] = [...largest];
  if (others > 0) holders.push({ kind: 'others', label: `${othersCount.toLocaleString('en-US')} others`, bytes: others });
  const rest = measure === 'pss' && machine ? machine.memTotal - machine.memFree - all : 0;
  if (rest > 0) holders.push({ kind: 'rest', label: 'Kernel and unknown', bytes: rest, note: REST });
  return holders;
}

/** Keeps the list sorted and no longer than `count`; gives back what had to leave. */
function insert(largest: Candidate[], candidate: Candidate, count: number): Candidate | undefined {
  const last = largest.at(-1);
  if (largest.length >= count && last && last.bytes >= candidate.bytes) return candidate;
  let at = largest.length;
  while (at > 0 && largest[at - 1]!.bytes < candidate.bytes) at--;
  largest.splice(at, 0, candidate);
  return largest.length > count ? largest.pop() : undefined;
}

/** Undefined where it is not known. */
export const heldBy = (entry: ProcessEntry, measure: HolderMeasure): number | undefined =>
  measure === 'rss' && !hasMemory(entry) ? undefined : entry[measure];
