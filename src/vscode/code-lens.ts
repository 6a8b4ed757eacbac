import * as vscode from 'vscode';
import { DisposableStore } from '../base/dispose.js';
import { findMain } from '../formats/main-function.js';

const C_FILES: vscode.DocumentSelector = ['c', 'cpp'].flatMap((language) => [
  { language, scheme: 'file' },
  { language, scheme: 'untitled' },
]);

/** `Profile Memory` above main. */
export class ProfileLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly enabled: () => boolean,
    /** The run that is remembered is of this file. */
    private readonly isRemembered: (file: string) => boolean,
  ) {
    this.disposables.add(this.changed);
    this.disposables.add(vscode.languages.registerCodeLensProvider(C_FILES, this));
    this.disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh()));
    this.disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('memlens.codeLens')) this.refresh();
      }),
    );
  }

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
    const profile = new vscode.CodeLens(range, {
      command: 'memlens.profile',
      title: vscode.l10n.t('Profile Memory'),
      tooltip: vscode.l10n.t('Build this file, run it, and show its leaks and memory errors'),
      arguments: [document.uri],
    });
    if (!this.isRemembered(document.uri.fsPath)) return [profile];
    const again = new vscode.CodeLens(range, {
      command: 'memlens.profileAgain',
      title: vscode.l10n.t('Profile Memory Again'),
      tooltip: vscode.l10n.t('Repeat the last run, with its engine'),
    });
    return [profile, again];
  }

  dispose(): void {
    this.disposables.dispose();
  }
}
