import * as vscode from 'vscode';
import type { Grouping } from '../app/finding-groups.js';
import type { FindingsStore } from '../app/findings-store.js';
import { stackText } from '../app/line-entries.js';
import { docPageOf, headline, roleTitle } from '../findings/wording.js';
import type { PlacedFinding } from '../model/report.js';
import type { FindingsTree } from './findings-tree.js';
import { openDoc } from './open-doc.js';

/** The commands on findings: of the view's items, and of the links in a hover. */
export class FindingCommands {
  constructor(
    private readonly store: FindingsStore,
    private readonly tree: FindingsTree,
    private readonly docsUri: vscode.Uri,
  ) {}

  async copyStack(args: unknown): Promise<void> {
    const findings = this.findingsOf(args);
    if (findings.length === 0) return;
    await vscode.env.clipboard.writeText(findings.map((finding) => stackText(headline(finding), finding, roleTitle)).join('\n'));
    void vscode.window.setStatusBarMessage(vscode.l10n.t('MemLens: the stack was copied.'), 3_000);
  }

  /** The page of docs/ that explains the kind, as it is meant to be read. */
  async explain(args: unknown): Promise<void> {
    const [finding] = this.findingsOf(args);
    if (finding === undefined) return;
    await openDoc(vscode.Uri.joinPath(this.docsUri, docPageOf(finding)));
  }

  async filter(): Promise<void> {
    const filter = await vscode.window.showInputBox({
      title: vscode.l10n.t('Filter Findings'),
      prompt: vscode.l10n.t('Words of the function, file, kind or engine. All of them have to be there.'),
      value: this.tree.filter,
    });
    if (filter !== undefined) this.tree.setFilter(filter);
  }

  clearFilter(): void {
    this.tree.setFilter('');
  }

  async group(grouping: Grouping): Promise<void> {
    await this.tree.setGrouping(grouping);
  }

  /** An item of the view, or what a link of a hover carries: fingerprints. Anything else is nothing. */
  private findingsOf(args: unknown): readonly PlacedFinding[] {
    if (typeof args !== 'object' || args === null) return [];
    const { of, fingerprint, fingerprints } = args as Partial<Record<'of' | 'fingerprint' | 'fingerprints', unknown>>;
    if (typeof of === 'object' && of !== null && 'finding' in of) return [of.finding as PlacedFinding];
    const wanted = new Set<unknown>(Array.isArray(fingerprints) ? fingerprints : [fingerprint]);
    const seen = new Set<string>();
    return this.store
      .all()
      .flatMap(({ report }) => report.findings)
      .filter((finding) => {
        if (!wanted.has(finding.fingerprint) || seen.has(finding.fingerprint)) return false;
        seen.add(finding.fingerprint);
        return true;
      });
  }
}
