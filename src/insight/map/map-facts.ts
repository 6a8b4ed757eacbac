import type { Bytes, Milliseconds } from '../../base/units.js';
import type { HeapUse, MapSnapshot, SharedMemory } from '../../model/map-snapshot.js';
import type { MapAmounts } from '../../model/map-table.js';
import { SEGMENTS, type Segment } from '../../model/segment.js';
import { amountsOf } from './amounts.js';
import { RULE_INDEX } from './rules.js';

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
  /** Of the newest reading only: there may be thousands, and readings are kept for minutes. */
  readonly rows: readonly number[];
  readonly count: number;
  /** RSS and what is swapped out; the size where the map does not tell these. */
  readonly bytes: Bytes;
  readonly amounts: MapAmounts;
}

/** A reading in the few numbers that its findings are made of. */
export interface MapFacts {
  readonly at: Milliseconds;
  readonly whole: MapAmounts;
  readonly mappings: number;
  /** Without what threads bring with them: stacks, guards, and arenas with their rests. */
  readonly ownMappings: number;
  /** Anonymous memory with addresses that are kept for it: where a runtime commits what it has reserved, the sum stays. */
  readonly anonymousSize: Bytes;
  readonly threads: number | undefined;
  readonly maxMapCount: number | undefined;
  readonly subjects: Readonly<Record<SubjectName, SubjectFacts>>;
  readonly sharedMemory: SharedMemory | undefined;
  readonly heapUse: HeapUse | undefined;
}

/** These come with threads, and have rules of their own. */
const OF_THREADS: ReadonlySet<Segment> = new Set(['thread-stack', 'guard', 'arena']);
const ARENA_REST = RULE_INDEX['arena-rest'];

export function factsOf(snapshot: MapSnapshot): MapFacts {
  const { table, classes } = snapshot;
  const rows: Record<SubjectName, number[]> = { heap: [], arenas: [], anonymous: [], stacks: [], shared: [], files: [] };
  const copies: number[] = [];
  let ownMappings = 0;
  let anonymousSize = 0;
  for (let row = 0; row < table.length; row++) {
    const segment = SEGMENTS[classes.segment[row]!]!;
    const subject = SUBJECT_OF[segment];
    if (subject !== undefined) rows[subject].push(row);
    if (subject === 'files' && (table.figures['Anonymous']?.[row] ?? 0) > 0) copies.push(row);
    const rest = segment === 'reserved' && classes.rule[row] === ARENA_REST;
    if (!OF_THREADS.has(segment) && !rest) ownMappings++;
    // What is kept for later and used bit by bit is called anonymous when more of it is used.
    if (segment === 'reserved' && !rest && (table.figures['Rss']?.[row] ?? 0) > 0) rows.anonymous.push(row);
    if (subject === 'anonymous' || (segment === 'reserved' && !rest)) anonymousSize += table.end[row]! - table.start[row]!;
  }
  const facts = (name: SubjectName): SubjectFacts => {
    const amounts = amountsOf(table, rows[name]);
    return {
      rows: rows[name],
      count: rows[name].length,
      bytes: amounts.rss === undefined ? amounts.size : amounts.rss + (amounts.swap ?? 0),
      amounts,
    };
  };
  const files = facts('files');
  const anonymous = facts('anonymous');
  // Pages of a private mapping that were written are the process's own, and no file's any more.
  const copied = copies.reduce((sum, row) => sum + table.figures['Anonymous']![row]!, 0);
  return {
    at: snapshot.at,
    whole: amountsOf(table),
    mappings: table.length,
    ownMappings,
    anonymousSize,
    threads: snapshot.threads,
    maxMapCount: snapshot.maxMapCount,
    subjects: {
      heap: facts('heap'),
      arenas: facts('arenas'),
      anonymous: {
        ...anonymous,
        rows: [...anonymous.rows, ...copies],
        count: anonymous.count + copies.length,
        bytes: anonymous.bytes + copied,
      },
      stacks: facts('stacks'),
      shared: facts('shared'),
      files: { ...files, bytes: Math.max(0, files.bytes - copied) },
    },
    sharedMemory: snapshot.sharedMemory,
    heapUse: snapshot.heapUse,
  };
}

/** What is kept of a reading when a newer one has come. */
export function withoutRows(facts: MapFacts): MapFacts {
  const subjects = SUBJECTS.map((name) => [name, { ...facts.subjects[name], rows: [] }]);
  return { ...facts, subjects: Object.fromEntries(subjects) };
}
