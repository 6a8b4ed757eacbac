import type { LiveWayId } from '../../model/live.js';
import type { MapFinding } from '../../model/map-diff.js';
import type { GrowthMeasure } from '../../model/verdict.js';

/** Why somebody wants to look into a process: what grows, and the way that shows which stacks make it grow. */
export interface LiveReason {
  readonly way: LiveWayId;
  /** One sentence, for a person. */
  readonly words: string;
}

const HEAP = 'Page faults show which stacks touch its new pages.';
const MAPPINGS = 'The calls of brk and mmap show which stacks make it larger.';

const BY_RULE: Readonly<Record<MapFinding['rule'], LiveReason | undefined>> = {
  'heap-grows': { way: 'perf-faults', words: `The heap grows. ${HEAP}` },
  'arena-grows': { way: 'perf-faults', words: `An arena of malloc grows. ${HEAP}` },
  'anonymous-grows': { way: 'mappings', words: `Anonymous memory beside the heap grows. ${MAPPINGS}` },
  'mappings-grow': { way: 'mappings', words: 'Mappings become more. The calls of mmap show which stacks make them.' },
  'mappings-near-limit': {
    way: 'mappings',
    words: 'Mappings are near their limit. The calls of mmap show which stacks make them.',
  },
  'thread-stacks-pile-up': {
    way: 'mappings',
    words: 'Stacks of threads pile up. The calls of mmap show which stacks start the threads.',
  },
  'shared-memory-grows': { way: 'perf-faults', words: `Shared memory grows. ${HEAP}` },
  'arenas-retain': {
    way: 'malloc-info',
    words: 'malloc keeps memory that is free. Its own figures tell how much of it, and where.',
  },
  'file-cache-only': undefined,
  'swap-dominates': undefined,
  'huge-pages-dominate': undefined,
  'memory-locked': undefined,
};

/** Of a finding of a memory map. undefined: no way is better for it than another. */
export const reasonOfRule = (rule: MapFinding['rule']): LiveReason | undefined => BY_RULE[rule];

const BY_MEASURE: Readonly<Record<GrowthMeasure, LiveReason | undefined>> = {
  heap: BY_RULE['heap-grows'],
  uss: { way: 'perf-faults', words: `Its own memory grows. ${HEAP}` },
  rss: { way: 'perf-faults', words: `Its memory grows. ${HEAP}` },
  anonymous: { way: 'perf-faults', words: `Its anonymous memory grows. ${HEAP}` },
  shmem: BY_RULE['shared-memory-grows'],
  file: { way: 'perf-faults', words: `Its mapped files grow. ${HEAP}` },
  vmas: BY_RULE['mappings-grow'],
  threads: BY_RULE['thread-stacks-pile-up'],
  swap: undefined,
  fds: undefined,
};

/** Of what grows by the verdict on a trend. */
export const reasonOfMeasure = (measure: GrowthMeasure): LiveReason | undefined => BY_MEASURE[measure];
