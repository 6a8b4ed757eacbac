import type { Bytes, Milliseconds } from '../../base/units.js';
import type { HeapUse, MapSnapshot, SharedMemory } from '../../model/map-snapshot.js';
import type { MapAmounts } from '../../model/map-table.js';
import { SEGMENTS, type Segment } from '../../model/segment.js';
import { amountsOf } from './amounts.js';

/** What the rules of findings.ts look at, together for the segments that are one to them. */
export const SUBJECTS = ['heap', 'arenas', 'anonymous', 'stacks', 'shared', 'files'] as const;
export type SubjectName = (typeof SUBJECTS)[number];

const SUBJECT_OF: Readonly<Partial<Record<Segment, SubjectName>>> = {
  heap: 'heap',
  arena: 'arenas',
  anonymous: 'anonymous',
  'named-anonymous': 'anonymous',
  jit: 'anonymous',
  'thread-stack': 'stacks',
  'shared-anonymous': 'shared',
  tmpfs: 'shared',
  memfd: 'shared',
  'posix-shm': 'shared',
  'sysv-shm': 'shared',
  file: 'files',
};

export interface SubjectFacts {
  readonly rows: readonly number[];
  /** RSS; the size where the map does not tell that. */
  readonly bytes: Bytes;
  readonly amounts: MapAmounts;
}

/** A reading in the few numbers that its findings are made of. */
export interface MapFacts {
  readonly at: Milliseconds;
  readonly whole: MapAmounts;
  readonly mappings: number;
  readonly threads: number | undefined;
  readonly maxMapCount: number | undefined;
  readonly subjects: Readonly<Record<SubjectName, SubjectFacts>>;
  readonly sharedMemory: SharedMemory | undefined;
  readonly heapUse: HeapUse | undefined;
}

export function factsOf(snapshot: MapSnapshot): MapFacts {
  const { table, classes } = snapshot;
  const rows: Record<SubjectName, number[]> = { heap: [], arenas: [], anonymous: [], stacks: [], shared: [], files: [] };
  for (let row = 0; row < table.length; row++) {
    const subject = SUBJECT_OF[SEGMENTS[classes.segment[row]!]!];
    if (subject !== undefined) rows[subject].push(row);
  }
  const facts = (name: SubjectName): SubjectFacts => {
    const amounts = amountsOf(table, rows[name]);
    return { rows: rows[name], bytes: amounts.rss ?? amounts.size, amounts };
  };
  return {
    at: snapshot.at,
    whole: amountsOf(table),
    mappings: table.length,
    threads: snapshot.threads,
    maxMapCount: snapshot.maxMapCount,
    subjects: {
      heap: facts('heap'),
      arenas: facts('arenas'),
      anonymous: facts('anonymous'),
      stacks: facts('stacks'),
      shared: facts('shared'),
      files: facts('files'),
    },
    sharedMemory: snapshot.sharedMemory,
    heapUse: snapshot.heapUse,
  };
}
