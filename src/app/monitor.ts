import type { Disposable } from '../base/dispose.js';
import type { Listen } from '../base/emitter.js';
import type { Fault } from '../base/fault.js';
import type { Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { SeriesTable } from '../insight/series.js';
import type { MachineFacts } from '../model/machine.js';
import type { ProcessId, ProcessKey, ProcessRow } from '../model/process.js';
import type { SystemSample } from '../model/sample.js';
import type { NamedTarget } from '../model/target-config.js';
import type { MarkEvent, TrendEvent } from '../model/trend-event.js';
import type { Verdict } from '../model/verdict.js';

/** `at`, `since` and `retryAt` are milliseconds of the Clock of ports.ts. */
export type MonitorState =
  /** Nobody looks, nothing is watched or recorded: nothing runs on the target. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly since: Milliseconds }
  | { readonly kind: 'live'; readonly since: Milliseconds }
  /** The connection is lost; it is tried again by itself. It stays so while it is being tried, with `retryAt` in the past. */
  | { readonly kind: 'lost'; readonly fault: Fault; readonly retryAt: Milliseconds; readonly attempt: number }
  /** Trying again would fail alike (no such host, refused login, no Linux): only `retry` does. */
  | { readonly kind: 'failed'; readonly fault: Fault };

export interface MonitorSettings {
  /** 100 to 60,000. */
  readonly intervalMs: Milliseconds;
  /** Share of wall time that reading the expensive files of one process may take; 0.01 by default. */
  readonly budget: number;
  /** Somebody asks once and waits: ticks follow each other until each process was read for the first time. */
  readonly oneLook?: boolean;
}

/**
 * A process that is followed until it is disposed. Its series stays readable after the process has ended, and after the last watch of it
 * was disposed, which judges it once more.
 */
export interface Watch extends Disposable {
  readonly id: ProcessId;
  readonly key: ProcessKey;
  readonly command: string;
  readonly commandLine: string | undefined;
  /** Columns are ProcessMeasures. */
  readonly series: SeriesTable;
  /** The newest state, of the process table. */
  readonly row: ProcessRow | undefined;
  /** When it ended, as SystemSample.at. */
  readonly endedAt: Milliseconds | undefined;
  /** How old the newest value of the expensive files is, and how often it is read now. */
  readonly rollup: { readonly at: Milliseconds | undefined; readonly everyMs: Milliseconds };
  /** Judged anew at most once in some seconds. */
  readonly verdict: Verdict;
}

/** The memory of one target over time. Several views look through one monitor; it samples for all of them in one loop. */
export interface Monitor extends Disposable {
  readonly target: NamedTarget;
  readonly state: MonitorState;
  readonly facts: MachineFacts | undefined;
  /** Columns: the ids of model/measure.ts for a machine. */
  readonly system: SeriesTable;
  readonly latest: SystemSample | undefined;
  /** The newest ones, oldest first; bounded. */
  readonly events: readonly TrendEvent[];
  readonly processes: ReadonlyMap<ProcessId, ProcessRow>;
  readonly watches: readonly Watch[];
  readonly onDidChangeState: Listen<MonitorState>;
  /** After every sample. */
  readonly onDidSample: Listen<SystemSample>;
  /** What changed in `processes`; at most once a tick. */
  readonly onDidChangeProcesses: Listen<{ readonly changed: readonly ProcessRow[]; readonly gone: readonly ProcessId[] }>;
  readonly onDidChangeWatches: Listen<void>;
  readonly onDidEvent: Listen<TrendEvent>;
  /** Sampling goes on as long as one of these (or a watch) is there. `processes` costs more than `machine`. */
  look(what: 'machine' | 'processes'): Disposable;
  /** Waits for the first tick that shows the process. Two watches of one process share one series. */
  watch(pid: number): Promise<Result<Watch, Fault>>;
  /** A mark of the user's, of a debug session or of a run; without a time: now. */
  mark(event: MarkEvent): void;
  /** Try to connect now. */
  retry(): void;
  configure(settings: MonitorSettings): void;
}
