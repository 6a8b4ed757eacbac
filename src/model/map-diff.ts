import type { Bytes, Milliseconds } from '../base/units.js';
import type { Amount } from './map-table.js';
import type { Segment } from './segment.js';

/** What is told of a mapping to somebody who has not its map; of several, of the largest of them, but for the borders. */
export interface ChangedRegion {
  /** Of the lowest one. */
  readonly start: number;
  /** Of the highest one. */
  readonly end: number;
  /** Sum of the sizes: less than `end - start` where there is something between them. */
  readonly size: Bytes;
  readonly segment: Segment;
  readonly permissions: number;
  readonly path: string;
  readonly owner: string;
}

/** What has become of a mapping, or of several that were split or merged, between two moments. */
export interface RegionChange {
  readonly kind: 'new' | 'gone' | 'grown' | 'shrunk' | 'moved' | 'changed';
  /** Rows of the table before; several when they were merged, or one of them moved its border. */
  readonly before: readonly number[];
  /** Rows of the table after; several when one was split. */
  readonly after: readonly number[];
  /** After minus before; an amount that one of the two does not tell is left out. */
  readonly delta: Readonly<Partial<Record<Amount, number>>>;
  /** Both are taken to be the same by likeness, not by address: it may be a coincidence. */
  readonly guess: boolean;
  /** What made them one: `same-start`, `split`... a MatchReason of insight/map/match.ts. */
  readonly match: string;
  /** Of `before` and of `after`; absent where these have no rows. */
  readonly was?: ChangedRegion;
  readonly now?: ChangedRegion;
}

export interface MapDiff {
  readonly before: Milliseconds;
  readonly after: Milliseconds;
  /** Largest change of RSS (or of size, where RSS is not told) first. Mappings that are as they were, or differ in PSS only, are not listed. */
  readonly changes: readonly RegionChange[];
  readonly total: Readonly<Partial<Record<Amount, number>>>;
  readonly mappings: { readonly before: number; readonly after: number };
}

/** A rule of insight/map/findings.ts that holds, in numbers; the words are made of them in one place. */
export interface MapFinding {
  readonly rule:
    | 'heap-grows'
    | 'mappings-grow'
    | 'mappings-near-limit'
    | 'anonymous-grows'
    | 'arena-grows'
    | 'thread-stacks-pile-up'
    | 'shared-memory-grows'
    | 'file-cache-only'
    | 'arenas-retain'
    | 'swap-dominates'
    | 'huge-pages-dominate'
    | 'memory-locked';
  readonly severity: 'info' | 'warning';
  /** `The heap grows by 12 KiB a second`. */
  readonly title: string;
  /** Why, with numbers; one sentence each. */
  readonly reasons: readonly string[];
  /** What it may be instead, where that is so. */
  readonly doubt?: string;
  /** Rows of the newest table that it is about. */
  readonly rows: readonly number[];
  readonly steps: readonly MapStep[];
}

export interface MapStep {
  readonly action: 'profile' | 'show-trend' | 'keep-watching' | 'show-rows' | 'record';
  readonly title: string;
}
