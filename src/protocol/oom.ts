import type { Bytes, Milliseconds } from '../base/units.js';
import type { ItemGroup } from './system.js';

/** The contract between the extension host and the page OOM. Both sides refuse another version. */
export const OOM_PROTOCOL = 1;

export type OomState =
  | { readonly kind: 'reading' }
  | { readonly kind: 'shown' }
  /** `isFinal`: to try again is of no use. */
  | { readonly kind: 'failed'; readonly message: string; readonly nextStep: string; readonly isFinal?: true };

/** A row of the list of events. */
export interface OomEntry {
  readonly headline: string;
  /** When, as told in words; empty: the log does not tell. */
  readonly when: string;
}

/** A zone with its watermarks; what is not told is absent. */
export interface OomZoneRow {
  readonly node: number;
  readonly name: string;
  /** How it stood for the request, in a word or two. */
  readonly state: string;
  readonly isShort: boolean;
  readonly free?: Bytes;
  readonly min?: Bytes;
  readonly low?: Bytes;
  readonly high?: Bytes;
  /** More than this must be free for such a request. */
  readonly needed?: Bytes;
}

export interface OomAmount {
  readonly label: string;
  readonly bytes: Bytes;
  /** What it is, in a sentence. */
  readonly what: string;
}

/** A part of the memory; `group`: what it is drawn as, as on the page of a running machine. */
export interface OomPartRow extends OomAmount {
  readonly group: ItemGroup;
}

export interface OomLimitRow {
  readonly name: string;
  readonly usage: Bytes;
  /** Absent: no limit. */
  readonly limit?: Bytes;
}

export interface OomGroupRow {
  readonly path: string;
  readonly amounts: readonly OomAmount[];
}

export interface OomTaskRow {
  readonly pid: number;
  readonly name: string;
  readonly uid?: number;
  readonly held: Bytes;
  readonly rss?: Bytes;
  readonly swap?: Bytes;
  readonly pageTables?: Bytes;
  readonly adj?: number;
  readonly marks: readonly ('asked' | 'chosen' | 'killed' | 'exempt')[];
}

/** All that is shown of one event: sentences and numbers. */
export interface OomEventView {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly headline: string;
  /** When, the kernel, the lines of the log. */
  readonly origin: string;
  readonly asked: readonly string[];
  readonly why: readonly string[];
  readonly zones: readonly OomZoneRow[];
  /** The parts add up to `total`; one of them may be below zero. */
  readonly memory?: { readonly total: Bytes; readonly totalLabel: string; readonly parts: readonly OomPartRow[] };
  readonly limits: readonly OomLimitRow[];
  readonly groups: readonly OomGroupRow[];
  readonly tasks: readonly OomTaskRow[];
  /** Who held the memory beside the one that was killed. */
  readonly held: readonly string[];
  readonly chosen: readonly string[];
  readonly killed: readonly string[];
  readonly missing: readonly string[];
}

/** A process of the list of who goes first. */
export interface VictimRow {
  readonly pid: number;
  readonly startTicks: number;
  readonly name: string;
  readonly uid?: number;
  readonly score: number;
  readonly adj: number;
  /** Of a kernel before 2.6.36, which has no `adj`: it is shown, and not changed here. */
  readonly oomAdj?: number;
  /** In thousandths of the whole. */
  readonly share: number;
  readonly held: Bytes;
  readonly rss: Bytes;
  readonly swap: Bytes;
  readonly pageTables: Bytes;
  readonly isExempt: boolean;
  readonly why: string;
}

export type VictimState =
  | { readonly kind: 'reading' }
  | {
      readonly kind: 'shown';
      readonly at: Milliseconds;
      readonly rows: readonly VictimRow[];
      /** Processes behind the last row. */
      readonly more: number;
      readonly notes: readonly string[];
      /** Who goes first, and why; absent: nobody can be killed. */
      readonly first?: string;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly nextStep: string };

/** The last change of an oom_score_adj, which can be taken back. */
export interface AdjChangeView {
  readonly name: string;
  readonly pid: number;
  readonly before: number;
  readonly after: number;
}

export type OomTab = 'events' | 'next';

export type ToOomPage =
  | { readonly kind: 'hello'; readonly version: number; readonly saved: unknown }
  | {
      readonly kind: 'state';
      readonly state: OomState;
      readonly title: string;
      readonly description: string;
      /** What can be shown: a file has no processes. */
      readonly tabs: readonly OomTab[];
    }
  | {
      readonly kind: 'events';
      readonly entries: readonly OomEntry[];
      readonly leftOut: number;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'event'; readonly event: OomEventView }
  | { readonly kind: 'victims'; readonly victims: VictimState; readonly changed?: AdjChangeView }
  /** Shown from outside: a command, or a mark of a trend. */
  | { readonly kind: 'show'; readonly tab: OomTab }
  | { readonly kind: 'keep'; readonly state: unknown }
  | { readonly kind: 'fault'; readonly message: string; readonly nextStep: string };

export type FromOomPage =
  | { readonly kind: 'ready'; readonly version: number }
  | { readonly kind: 'save'; readonly state: unknown }
  /** Read the log again. */
  | { readonly kind: 'retry' }
  | { readonly kind: 'show-event'; readonly index: number }
  /** Read the processes, anew. */
  | { readonly kind: 'read-victims' }
  | { readonly kind: 'set-adj'; readonly pid: number; readonly startTicks: number }
  | { readonly kind: 'undo-adj' }
  | { readonly kind: 'open-help' }
  | { readonly kind: 'copy'; readonly text: string };
