import type { Milliseconds } from '../base/units.js';
import type { MapDiff, MapFinding, MapStep } from '../model/map-diff.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
import type { Amount, MapAmounts } from '../model/map-table.js';
import type { Segment } from '../model/segment.js';

/** The contract between the extension host and the page Memory Map. Both sides refuse another version. */
export const MAP_PROTOCOL = 1;

/** A moment that can be shown, or compared with another one. */
export interface Moment {
  readonly id: number;
  readonly at: Milliseconds;
  /** Set by the user, or taken by live mode, or read from a recording. */
  readonly kind: 'mark' | 'live' | 'recorded' | 'file';
  /** The user's word for it. */
  readonly label?: string;
}

/** How the map comes. */
export type MapState =
  | { readonly kind: 'reading' }
  /** A single reading; nothing new comes by itself. */
  | { readonly kind: 'still' }
  /** Read again each `everyMs`; longer than the user asked for when the budget says so. */
  | { readonly kind: 'live'; readonly everyMs: Milliseconds; readonly askedMs: Milliseconds }
  | { readonly kind: 'ended'; readonly at: Milliseconds }
  | { readonly kind: 'file' | 'recorded'; readonly name: string }
  | { readonly kind: 'failed'; readonly message: string; readonly nextStep: string };

export interface SegmentFacts {
  readonly id: Segment;
  readonly label: string;
  readonly definition: string;
}

export interface RuleFacts {
  /** What decided, in one sentence. */
  readonly text: string;
  /** Its place in docs/map.md, for `open-link`. */
  readonly link: string;
}

/** Sums of the map that is shown, by key: a segment, or a file. */
export interface MapTotals {
  readonly whole: MapAmounts;
  readonly bySegment: readonly { readonly segment: Segment; readonly count: number; readonly amounts: MapAmounts }[];
  readonly byFile: readonly { readonly file: string; readonly count: number; readonly amounts: MapAmounts }[];
}

/** Growth of regions over the live readings: one line for each that was followed. */
export interface RegionGrowth {
  /** Of the readings, oldest first. */
  readonly at: readonly Milliseconds[];
  readonly lines: readonly {
    /** Row of the newest table. */
    readonly row: number;
    /** RSS (or size, where that is not told) at each reading; NaN before it was there. */
    readonly values: Float64Array;
    /** Bytes a second over the readings. */
    readonly perSecond: number;
    readonly guess: boolean;
  }[];
}

/** The pages of a region, cells of `pagesPerCell` pages each. See pagemap in the kernel's admin-guide/mm. */
export interface PageStrip {
  readonly start: number;
  readonly end: number;
  readonly pageSize: number;
  readonly pagesPerCell: number;
  /** Pages of each cell that are in memory, swapped out, of a file or shared, part of a huge page, written since the mark. */
  readonly present: Uint32Array;
  readonly swapped: Uint32Array;
  readonly fileOrShared: Uint32Array;
  /** Absent: this kernel does not tell. */
  readonly huge?: Uint32Array;
  readonly softDirty?: Uint32Array;
  readonly at: Milliseconds;
}

export type ToMapPage =
  | {
      readonly kind: 'hello';
      readonly version: number;
      readonly saved: unknown;
      readonly segments: readonly SegmentFacts[];
      readonly rules: readonly RuleFacts[];
      /** One sentence for each amount. */
      readonly amounts: Readonly<Record<Amount, string>>;
      /** What the kernel's names of smaps mean, in a sentence. */
      readonly figures: Readonly<Record<string, string>>;
      /** What the two letters of VmFlags mean. */
      readonly flags: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'state'; readonly state: MapState; readonly title: string; readonly description: string }
  /** The map to show: the newest one, or the moment that was asked for. `notes`: in words. */
  | {
      readonly kind: 'map';
      readonly moment: Moment;
      readonly snapshot: MapSnapshot;
      readonly totals: MapTotals;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'moments'; readonly moments: readonly Moment[] }
  /** Rows of `diff.changes` are those of the maps of the two moments. `follows`: it comes again with each reading. */
  | {
      readonly kind: 'diff';
      readonly before: Moment;
      readonly after: Moment;
      readonly follows: boolean;
      readonly diff: MapDiff;
    }
  /** Rows are those of the map of the last of its readings. */
  | { readonly kind: 'growth'; readonly growth: RegionGrowth }
  | { readonly kind: 'findings'; readonly findings: readonly MapFindingText[]; readonly watchedMs: Milliseconds }
  | { readonly kind: 'strip'; readonly strip: PageStrip }
  /** The user has consented, and it was done; told again to a page that is made anew. */
  | { readonly kind: 'pages-marked'; readonly at: Milliseconds }
  | { readonly kind: 'no-strip'; readonly start: number; readonly message: string }
  | { readonly kind: 'keep'; readonly state: unknown }
  /** Somebody came for these rows of the map of this moment: they are chosen and brought into view. */
  | { readonly kind: 'show-rows'; readonly moment: number; readonly rows: readonly number[] }
  | { readonly kind: 'fault'; readonly message: string; readonly nextStep: string };

export interface MapFindingText extends MapFinding {
  /** Anchor of the rule in docs/map.md. */
  readonly link: string;
}

export type FromMapPage =
  | { readonly kind: 'ready'; readonly version: number }
  | { readonly kind: 'save'; readonly state: unknown }
  | { readonly kind: 'refresh' }
  /** Read again each so many milliseconds; undefined: no longer. */
  | { readonly kind: 'live'; readonly everyMs: Milliseconds | undefined }
  | { readonly kind: 'mark' }
  | { readonly kind: 'remove-moment'; readonly moment: number }
  /** undefined: always the newest. */
  | { readonly kind: 'show-moment'; readonly moment: number | undefined }
  /** Answered by `diff`, and again after each live reading when `after` is undefined (the newest). */
  | { readonly kind: 'compare'; readonly before: number; readonly after: number | undefined }
  | { readonly kind: 'stop-comparing' }
  /** Answered by `strip` or `no-strip`. */
  | { readonly kind: 'pages'; readonly start: number; readonly end: number; readonly cells: number }
  /** Ask for consent, then clear the soft-dirty bits of the process, so that pages written from then on are seen. Answered by `pages-marked` once it is done. */
  | { readonly kind: 'mark-pages' }
  | { readonly kind: 'open-file'; readonly path: string }
  | { readonly kind: 'open-link'; readonly link: string }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'export'; readonly format: 'csv' | 'json' }
  | { readonly kind: 'export-image'; readonly format: 'png' | 'svg'; readonly bytes: Uint8Array }
  | { readonly kind: 'show-trend' }
  | { readonly kind: 'step'; readonly rule: MapFinding['rule']; readonly action: MapStep['action'] };
