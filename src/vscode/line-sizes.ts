import * as vscode from 'vscode';
import { DisposableStore } from '../base/dispose.js';
import { formatBytes } from '../base/units.js';
import type { FindingsByLine, LineFindings } from './line-findings.js';

/** The size of a leak, faintly, at the end of its line. */
export class LineSizes implements vscode.Disposable {
  private readonly decoration = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 3ch', color: new vscode.ThemeColor('editorCodeLens.foreground'), fontStyle: 'italic' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly disposables = new DisposableStore();

  constructor(
    private readonly lines: FindingsByLine,
    private readonly enabled: () => boolean,
  ) {
    this.disposables.add(this.decoration);
    this.disposables.add(lines.onChange((file) => this.showIn(vscode.window.visibleTextEditors, file)));
    this.disposables.add(vscode.window.onDidChangeVisibleTextEditors((editors) => this.showIn(editors, undefined)));
    this.disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('memlens.lineSizes')) this.showIn(vscode.window.visibleTextEditors, undefined);
      }),
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private showIn(editors: readonly vscode.TextEditor[], file: string | undefined): void {
    for (const editor of editors) {
      const path = editor.document.uri.fsPath;
      if (editor.document.uri.scheme !== 'file' || (file !== undefined && file !== path)) continue;
      const lines = this.enabled() ? this.lines.of(path) : [];
      editor.setDecorations(
        this.decoration,
        lines.flatMap((entry) => decorationOf(entry, editor.document)),
      );
    }
  }
}

function decorationOf(entry: LineFindings, document: vscode.TextDocument): vscode.DecorationOptions[] {
  const sizes = entry.findings.map(({ finding }) => finding.bytes ?? 0).filter((bytes) => bytes > 0);
  if (sizes.length === 0 || entry.now.line >= document.lineCount) return [];
  const { end } = document.lineAt(entry.now.line).range;
  const contentText = formatBytes(sizes.reduce((sum, bytes) => sum + bytes, 0));
  return [{ range: new vscode.Range(end, end), renderOptions: { after: { contentText } } }];
}
