import * as vscode from 'vscode';
import type { CompilerDiagnostic } from '../base/fault.js';
import { visibleText } from '../base/visible-text.js';

const SEVERITIES: Readonly<Record<CompilerDiagnostic['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  note: vscode.DiagnosticSeverity.Information,
};

/** What the compiler said when a build for profiling failed. */
export class CompilerDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('memlens-build');

  clear(): void {
    this.collection.clear();
  }

  /** Shows them all and opens the first error. */
  async show(diagnostics: readonly CompilerDiagnostic[]): Promise<void> {
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const { file, line, column, severity, message } of diagnostics) {
      const range = await rangeOf(file, line, column);
      const diagnostic = new vscode.Diagnostic(range, visibleText(message), SEVERITIES[severity]);
      diagnostic.source = 'MemLens build';
      byFile.set(file, [...(byFile.get(file) ?? []), diagnostic]);
    }
    this.collection.clear();
    for (const [file, found] of byFile) this.collection.set(vscode.Uri.file(file), found);
    const first = diagnostics.find(({ severity }) => severity === 'error');
    const shown =
      first === undefined ? undefined : byFile.get(first.file)?.find((found) => found.message === visibleText(first.message));
    if (first === undefined || shown === undefined) return;
    await vscode.window
      .showTextDocument(vscode.Uri.file(first.file), { selection: new vscode.Range(shown.range.start, shown.range.start) })
      .then(
        () => undefined,
        // A file that the compiler named and that can't be opened, such as `<stdin>`: the message stands in Problems.
        () => undefined,
      );
  }

  dispose(): void {
    this.collection.dispose();
  }
}

/** The word at the column, or the code of the line. */
async function rangeOf(file: string, line: number, column: number | undefined): Promise<vscode.Range> {
  const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, (column ?? 1) - 1));
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file)).then(
    (opened) => opened,
    () => undefined,
  );
  if (document === undefined || at.line >= document.lineCount) return new vscode.Range(at, at);
  const text = document.lineAt(at.line);
  if (column === undefined)
    return new vscode.Range(at.line, text.firstNonWhitespaceCharacterIndex, at.line, text.range.end.character);
  return document.getWordRangeAtPosition(at) ?? new vscode.Range(at, document.validatePosition(at.translate(0, 1)));
}
