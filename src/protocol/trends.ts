import type { Milliseconds } from '../base/units.js';
import type { BucketValues } from '../model/bucket-values.js';
import type { Measure } from '../model/measure.js';
import type { ProcessRow } from '../model/process.js';
import type { TrendEvent } from '../model/trend-event.js';
import type { NextStep, Verdict } from '../model/verdict.js';

/** The contract between the extension host and the pages Memory, Trend and Processes. Both sides refuse another version. */
export const TRENDS_PROTOCOL = 2;

export type PageName = 'memory' | 'trend' | 'processes';

/** How fresh what a page shows is. Moments are milliseconds since the Unix epoch. */
export type Connection =
  | { readonly kind: 'idle' | 'connecting' }
  | { readonly kind: 'live'; readonly intervalMs: Milliseconds }
  | { readonly kind: 'lost'; readonly message: string; readonly nextStep: string; readonly retryAt: Milliseconds }
  | { readonly kind: 'failed'; readonly message: string; readonly nextStep: string }
  | { readonly kind: 'ended'; readonly at: Milliseconds }
  /** Said by a page of itself: it was live, and hears nothing of the extension any more. */
  | { readonly kind: 'silent'; readonly since: Milliseconds }
  /** A file: nothing new will come. `cutOff`: it ends in the middle of a line. */
  | { readonly kind: 'recorded'; readonly name: string; readonly cutOff: boolean };

/** Something whose series a page can draw: a machine, or a process of one. */
export interface Source {
  readonly id: string;
  readonly kind: 'machine' | 'process';
  /** `web-server (1234)`, or the name of the target. */
  readonly label: string;
  /** The command line, or the kernel and the host name. */
  readonly description: string;
  /** The name of the target. */
  readonly target: string;
  readonly connection: Connection;
  /** What can be drawn. For a machine the parts (`part.*`) come in stacking order. */
  readonly measures: readonly Measure[];
  readonly span: { readonly from: Milliseconds; readonly to: Milliseconds } | undefined;
  readonly memTotal?: number;
}

export interface SeriesRef {
  readonly source: string;
  readonly measure: string;
}

/** What a page draws. The host answers with `buckets`, at once and after every sample, until the next query. */
export interface ChartQuery {
  /** Goes up with every query; answers to an older one are dropped. */
  readonly id: number;
  readonly series: readonly SeriesRef[];
  /** The newest so many milliseconds, all there is, or a fixed window. */
  readonly window:
    | { readonly lastMs: Milliseconds }
    | { readonly all: true }
    | { readonly from: Milliseconds; readonly to: Milliseconds };
  /** About one for each pixel column. */
  readonly maxBuckets: number;
}

export interface BucketColumn extends SeriesRef, BucketValues {}

/** Nothing was measured between these moments: no line is drawn across. Without `to` it still lasts. */
export interface ChartGap {
  readonly source: string;
  readonly from: Milliseconds;
  readonly to?: Milliseconds;
}

/** See insight/series.ts, SeriesView. `tail`: replaces what is there from bucket `first` on; what lies before `from` may go. */
export interface ChartBuckets {
  readonly query: number;
  readonly mode: 'reset' | 'tail';
  readonly bucketMs: Milliseconds;
  readonly first: number;
  readonly length: number;
  readonly columns: readonly BucketColumn[];
  /** All that touch the window. Where a series has no value and there is no gap, it was not read just then: a line leads on. */
  readonly gaps: readonly ChartGap[];
  /** The window to show. */
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}

/** The newest values, for text and tables; what is not known is left out. */
export interface NowValues {
  readonly source: string;
  readonly at: Milliseconds;
  readonly values: Readonly<Record<string, number>>;
  /** Of values that are older than a tick: when they were read, by measure. */
  readonly readAt: Readonly<Record<string, Milliseconds>>;
  /** Of values that are not known: why, in a short text, by measure. */
  readonly unknown: Readonly<Record<string, string>>;
}

export interface VerdictText {
  readonly source: string;
  readonly verdict: Verdict;
  /** `Leak: USS grows by 14 MiB ± 0.3 MiB an hour`. */
  readonly title: string;
  readonly reasons: readonly string[];
  readonly steps: readonly NextStep[];
}

/** The part of a verdict that a row of the process table shows. */
export interface RowGrowth {
  readonly state: Verdict['state'];
  readonly ratePerHour?: number;
  readonly text: string;
}

export interface ProcessEntry extends ProcessRow {
  /** ProcessId. */
  readonly id: string;
  readonly watched: boolean;
  readonly growth?: RowGrowth;
}

export type ToPage =
  | { readonly kind: 'hello'; readonly version: number; readonly page: PageName; readonly saved: unknown }
  /** All there are; sent anew whenever one changes. The first machine is the current target. */
  | { readonly kind: 'sources'; readonly sources: readonly Source[] }
  | { readonly kind: 'buckets'; readonly buckets: ChartBuckets }
  | { readonly kind: 'now'; readonly now: NowValues }
  | { readonly kind: 'events'; readonly source: string; readonly events: readonly TrendEvent[] }
  | { readonly kind: 'verdict'; readonly verdict: VerdictText }
  | {
      readonly kind: 'processes';
      readonly mode: 'reset' | 'delta';
      readonly changed: readonly ProcessEntry[];
      readonly gone: readonly string[];
    }
  | { readonly kind: 'recording'; readonly to: string | undefined }
  /** For the editor's own memory of the page, which gives it back to the host after a reload of the window. */
  | { readonly kind: 'keep'; readonly state: unknown }
  /** A failure to show in the page; it replaces an older one. */
  | { readonly kind: 'fault'; readonly message: string; readonly nextStep: string };

export type FromPage =
  | { readonly kind: 'ready'; readonly version: number }
  | { readonly kind: 'query'; readonly query: ChartQuery }
  /** Nothing is to be drawn for now; the host goes on sampling. */
  | { readonly kind: 'pause' }
  /** Kept over a reload of the window. */
  | { readonly kind: 'save'; readonly state: unknown }
  | { readonly kind: 'retry'; readonly source: string }
  | { readonly kind: 'select-target' }
  | { readonly kind: 'watch'; readonly process: string }
  | { readonly kind: 'unwatch'; readonly process: string }
  | { readonly kind: 'show-trend'; readonly process: string }
  | { readonly kind: 'profile'; readonly process: string }
  | { readonly kind: 'show-map'; readonly process: string }
  /** Add to a Trend page: the host asks which. */
  | { readonly kind: 'compare' }
  | { readonly kind: 'remove-source'; readonly source: string }
  | { readonly kind: 'mark' }
  /** Why memory ran out on the machine of this source, by its kernel log. */
  | { readonly kind: 'explain-oom'; readonly source: string }
  /** Where all of the memory of this source's machine is. */
  | { readonly kind: 'show-system'; readonly source: string }
  | { readonly kind: 'record' }
  | { readonly kind: 'stop-recording' }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'open-link'; readonly link: string }
  | { readonly kind: 'step'; readonly source: string; readonly action: NextStep['action'] }
  | { readonly kind: 'export'; readonly format: 'csv' | 'openmetrics'; readonly query: ChartQuery }
  | { readonly kind: 'export-image'; readonly png: Uint8Array };
