import { ITEM_WORDS } from '../system/items.js';
import type { OomPartId, OomParts } from './oom-parts.js';

interface PartWords {
  readonly label: string;
  readonly what: string;
}

/** As in the sum of a running machine, where it is the same thing. */
const OWN_WORDS: Partial<Readonly<Record<OomPartId, PartWords>>> = {
  applications: {
    label: ITEM_WORDS.applications.label,
    what: 'Pages of processes that are of no file: what is on the lists of pages and not in the page cache.',
  },
  pageCache: {
    label: ITEM_WORDS.pageCache.label,
    what: 'Pages of files, and buffers of block devices; without shared memory.',
  },
  hwPoisoned: { label: ITEM_WORDS.corrupted.label, what: ITEM_WORDS.corrupted.what },
  reserved: {
    label: 'Reserved at boot',
    what: 'What the kernel kept for itself before it gave memory to anybody: its own code and the table of all pages.',
  },
  unexplained: {
    label: ITEM_WORDS.unexplained.label,
    what: 'What no line of the report counts: pages that drivers take directly, vmalloc, per-CPU data; in older kernels also balloons, graphics and compressed memory.',
  },
};

/** The words of a part of the memory. */
export function oomPartWords(id: OomPartId, { parts, sharedIsInside }: Pick<OomParts, 'parts' | 'sharedIsInside'>): PartWords {
  // Before 2.6.28 the lists are of both, and nothing tells how much is of files.
  if (id === 'applications' && parts.every((part) => part.id !== 'pageCache'))
    return {
      label: 'Applications and page cache',
      what: 'Pages of processes, of files and of shared memory: the report does not tell them apart.',
    };
  const words = OWN_WORDS[id] ?? ITEM_WORDS[id as keyof typeof ITEM_WORDS];
  const { label, what } = words;
  return sharedIsInside && id === 'pageCache'
    ? { label: `${label} and shared memory`, what: 'Pages of files, shared memory and tmpfs.' }
    : { label, what };
}
