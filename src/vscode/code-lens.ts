import * as vscode from 'vscode';
import { findMain } from '../formats/main-function.js';

/** `Profile Memory` above main. */
export class ProfileLenses implements vscode.CodeLensProvider {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly enabled: () => boolean,
    /** The file was profiled before. */
    private readonly wasProfiled: (file: string) => boolean,
  ) {}

  refresh(): void {
    this.changed.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!this.enabled()) return [];
    const main = findMain(document.getText(), document.languageId === 'c' ? 'c' : 'cpp');
    if (main === undefined) return [];
    const range = new vscode.Range(main.line, 0, main.line, 0);
    if (!vscode.workspace.isTrusted) {
      return [
        new vscode.CodeLens(range, {
          command: 'workbench.trust.manage',
          title: vscode.l10n.t('Profile Memory (not in a workspace that is not trusted)'),
          tooltip: vscode.l10n.t('Nothing is built or run in a workspace that you have not trusted. Click to manage its trust.'),
        }),
      ];
    }
    const again = this.wasProfiled(document.uri.fsPath);
    return [
      new vscode.CodeLens(range, {
        command: 'memlens.profile',
        title: again ? vscode.l10n.t('Profile Memory Again') : vscode.l10n.t('Profile Memory'),
        tooltip: vscode.l10n.t('Build this file, run it, and show its leaks and memory errors'),
        arguments: [document.uri],
      }),
    ];
  }

  dispose(): void {
    this.changed.dispose();
  }
}
