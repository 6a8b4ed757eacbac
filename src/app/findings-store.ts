import { Emitter } from '../base/emitter.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { LeakCheck, LeakCheckTotals } from '../model/leak-check.js';
import type { LiveOutcome, LookSpan } from '../model/live.js';
import type { Report } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import type { KeptSubject } from './subject.js';

/** One run or opened report, as the views show it. */
export interface StoredReport {
  /** Identifies the program or file: a new report with the same key takes the place of the old one. */
  readonly key: string;
  readonly title: string;
  readonly report: Report;
  /** What the engine of a run has recorded of the heap; absent: it has not. */
  readonly profile?: HeapProfile;
  /** The process that it is about, when that may still go on: its trend and its memory map can be shown. */
  readonly subject?: KeptSubject;
  /** What came of looking into a process that ran already. */
  readonly outcome?: LiveOutcome;
  /** All looks into its process until now. */
  readonly looks?: readonly LookSpan[];
  /** The verdict of the trend of its process that its findings tell of. */
  readonly trend?: Pick<Verdict, 'state' | 'measure'>;
  /** The newest leak check of a program that goes on, or the last one of a run that is over; and the totals of all its checks, oldest first. */
  readonly check?: LeakCheck;
  readonly checks?: readonly LeakCheckTotals[];
}

/** What is shown now: at most one report for each program. */
export class FindingsStore {
  private readonly reports = new Map<string, StoredReport>();
  private readonly changes = new Emitter<void>();

  readonly onChange = (listener: () => void): { dispose(): void } => this.changes.on(listener);

  /** The newest last. */
  all(): readonly StoredReport[] {
    return [...this.reports.values()];
  }

  newest(): StoredReport | undefined {
    return this.all().at(-1);
  }

  put(stored: StoredReport): void {
    this.reports.delete(stored.key);
    this.reports.set(stored.key, stored);
    this.changes.emit();
  }

  /** More is known of what is there: it keeps its place. */
  replace(stored: StoredReport): void {
    if (!this.reports.has(stored.key)) return;
    this.reports.set(stored.key, stored);
    this.changes.emit();
  }

  remove(key: string): void {
    if (this.reports.delete(key)) this.changes.emit();
  }

  clear(): void {
    if (this.reports.size === 0) return;
    this.reports.clear();
    this.changes.emit();
  }
}
