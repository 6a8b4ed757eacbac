import * as vscode from 'vscode';

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
  const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('MemLens: saved to {0}.', path), open);
  if (chosen === open) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
}
