import * as vscode from 'vscode';

/** Opens a page of docs/ as it is meant to be read. */
export async function openDoc(page: vscode.Uri): Promise<void> {
  try {
    await vscode.commands.executeCommand('markdown.showPreview', page);
  } catch {
    // The editor's own Markdown extension is turned off.
    await vscode.commands.executeCommand('vscode.open', page.with({ fragment: '' }));
  }
}
