import * as vscode from 'vscode';
import type { FindingsStore, StoredReport } from '../app/findings-store.js';
import type { KeptSubject } from '../app/subject.js';

/** The way back from a finding: to the trend and the memory map of its process. */
export class FindingProcess {
  constructor(
    private readonly store: FindingsStore,
    private readonly show: {
      trendOf(subject: KeptSubject): Promise<void>;
      mapOf(subject: KeptSubject): Promise<void>;
    },
  ) {}

  async trend(args: unknown): Promise<void> {
    const subject = this.subjectOf(args);
    if (subject !== undefined) await this.show.trendOf(subject);
  }

  async map(args: unknown): Promise<void> {
    const subject = this.subjectOf(args);
    if (subject !== undefined) await this.show.mapOf(subject);
  }

  /** An item of the Findings view, or what a link of a hover carries: the key of a report. Anything else is nothing. */
  private subjectOf(args: unknown): KeptSubject | undefined {
    if (typeof args !== 'object' || args === null) return undefined;
    const { of, stored, key } = args as {
      readonly of?: { readonly stored?: StoredReport };
      readonly stored?: StoredReport;
      readonly key?: unknown;
    };
    const named = of?.stored ?? stored ?? this.store.all().find((one) => one.key === key);
    if (named !== undefined && named.subject === undefined) {
      void vscode.window.showInformationMessage(vscode.l10n.t('MemLens: the process of this finding has ended.'));
    }
    return named?.subject;
  }
}
