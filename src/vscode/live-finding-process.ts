import * as vscode from 'vscode';
import type { FindingsStore, StoredReport } from '../app/findings-store.js';
import type { StoredFinding } from '../app/line-entries.js';
import { type FindingRegions, regionsOf } from '../app/live/finding-regions.js';
import type { KeptSubject } from '../app/subject.js';
import type { PlacedFinding } from '../model/report.js';

/** The way back from a finding: to the trend and the memory map of its process. */
export class FindingProcess {
  constructor(
    private readonly store: FindingsStore,
    private readonly show: {
      trendOf(subject: KeptSubject): Promise<void>;
      mapOf(subject: KeptSubject, regions?: FindingRegions): Promise<void>;
    },
  ) {}

  async trend(args: unknown): Promise<void> {
    const subject = this.storedOf(args)?.subject;
    if (subject !== undefined) await this.show.trendOf(subject);
  }

  async map(args: unknown): Promise<void> {
    const stored = this.storedOf(args);
    if (stored?.subject === undefined) return;
    const finding = findingOf(args, stored);
    const regions = finding === undefined || stored.outcome === undefined ? undefined : regionsOf(finding, stored.outcome);
    await this.show.mapOf(stored.subject, regions);
  }

  /** Of an item of the Findings view, or of what a link of a hover carries: the key of a report. Anything else is nothing. */
  private storedOf(args: unknown): StoredReport | undefined {
    if (typeof args !== 'object' || args === null) return undefined;
    const { of, stored, key } = args as Named;
    const named = of?.stored ?? stored ?? this.store.all().find((one) => one.key === key);
    if (named !== undefined && named.subject === undefined) {
      void vscode.window.showInformationMessage(vscode.l10n.t('MemLens: the process of this finding has ended.'));
    }
    return named;
  }
}

interface Named {
  readonly of?: Partial<StoredFinding>;
  readonly stored?: StoredReport;
  readonly key?: unknown;
  readonly fingerprint?: unknown;
}

function findingOf(args: unknown, { report }: StoredReport): PlacedFinding | undefined {
  const { of, fingerprint } = args as Named;
  return of?.finding ?? report.findings.find((finding) => finding.fingerprint === fingerprint);
}
