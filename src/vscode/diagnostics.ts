import * as vscode from 'vscode';
import { openFrames } from '../app/line-entries.js';
import type { Clock } from '../app/ports.js';
import { type Disposable, DisposableStore } from '../base/dispose.js';
import { visibleText } from '../base/visible-text.js';
import { plainFunctionName } from '../findings/function-name.js';
import { docPageOf, kindTitle, roleTitle, type Severity, sentenceOfSeveral, worstSeverity } from '../findings/wording.js';
import type { FindingsByLine, LineFindings } from './line-findings.js';
import type { LineTracker } from './line-tracker.js';

/** Edits come at every key; the editor moves the squiggles itself meanwhile. */
const EDIT_DELAY_MS = 150;
/** The stacks of one entry can be many and deep; the list of the problem is for jumping, not for reading them all. */
const MAX_RELATED = 100;

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};

/** The squiggles: one for each line with findings. */
export class FindingDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('memlens');
  private readonly disposables = new DisposableStore();
  private readonly waiting = new Map<string, Disposable>();

  constructor(
    private readonly lines: FindingsByLine,
    private readonly tracker: LineTracker,
    private readonly docsUri: vscode.Uri,
    private readonly clock: Clock,
  ) {
    this.disposables.add(this.collection);
    this.disposables.add(lines.onChange((file) => (file === undefined ? this.showAll() : this.showLater(file))));
  }

  dispose(): void {
    for (const timer of this.waiting.values()) timer.dispose();
    this.disposables.dispose();
  }

  private showAll(): void {
    this.collection.clear();
    for (const file of this.lines.files()) this.show(file);
  }

  private showLater(file: string): void {
    this.waiting.get(file)?.dispose();
    this.waiting.set(
      file,
      this.clock.after(EDIT_DELAY_MS, () => {
        this.waiting.delete(file);
        this.show(file);
      }),
    );
  }

  private show(file: string): void {
    this.collection.set(
      vscode.Uri.file(file),
      this.lines.of(file).map((entry) => this.diagnosticOf(entry)),
    );
  }

  private diagnosticOf(entry: LineFindings): vscode.Diagnostic {
    const findings = entry.findings.map(({ finding }) => finding);
    const sentence = sentenceOfSeveral(findings);
    const message = entry.now.stale ? vscode.l10n.t('{0} (the line has changed since)', sentence) : sentence;
    const diagnostic = new vscode.Diagnostic(entry.range, message, SEVERITIES[worstSeverity(findings)]);
    diagnostic.source = 'MemLens';
    const [first] = findings;
    if (first !== undefined) {
      // The kind's name is what the user sees; the page says what it means.
      diagnostic.code = { value: kindTitle(first), target: vscode.Uri.joinPath(this.docsUri, docPageOf(first)) };
    }
    if (entry.now.stale) diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
    diagnostic.relatedInformation = this.relatedOf(entry);
    return diagnostic;
  }

  /** Every further frame that leads to a line here, each line of a role once. */
  private relatedOf(entry: LineFindings): vscode.DiagnosticRelatedInformation[] {
    const related = new Map<string, vscode.DiagnosticRelatedInformation>();
    for (const { stored, finding } of entry.findings) {
      for (const { frame, role, file, line, isPlace } of openFrames(finding)) {
        const key = `${role}:${line}:${file}`;
        if (isPlace || related.has(key) || related.size >= MAX_RELATED) continue;
        const now = this.tracker.find(stored, file, line);
        const at = new vscode.Position(now?.line ?? line - 1, Math.max(0, (frame.column ?? 1) - 1));
        const name = frame.function === undefined ? '' : ` ${visibleText(plainFunctionName(frame.function))}`;
        const location = new vscode.Location(vscode.Uri.file(file), at);
        related.set(key, new vscode.DiagnosticRelatedInformation(location, `${roleTitle(role)}:${name}`));
      }
    }
    return [...related.values()];
  }
}
