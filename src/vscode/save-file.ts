import * as vscode from 'vscode';
import { baseName, directoryName } from '../base/path.js';

/** undefined: the user has given up. */
export async function askForFile(name: string, filters: Record<string, string[]>): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  const chosen = await vscode.window.showSaveDialog({
    filters,
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  return chosen?.fsPath;
}

export async function offerToOpen(path: string): Promise<void> {
  const open = vscode.l10n.t('Open');
  // The name first: one line of a message is seen.
  const told = vscode.l10n.t('MemLens: saved to {0}, in {1}.', baseName(path), directoryName(path));
  const chosen = await vscode.window.showInformationMessage(told, open);
  if (chosen === open) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
}
