// What a case needs of the window that it runs in.
import * as path from 'node:path';
import * as vscode from 'vscode';

export const extensionId = 'memlens.memlens';

/** A file of the copy of the case's `workspace`. */
export function fileOf(caseName: string, ...names: string[]): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('the window has no folder');
  return vscode.Uri.file(path.join(folder.uri.fsPath, caseName, ...names));
}

export async function openFile(uri: vscode.Uri): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

/** Asks until the answer is neither undefined nor false. Throws, naming `what`, after `limitMs`. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Thenable<T | undefined | false>,
  limitMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms`);
    await new Promise((again) => setTimeout(again, 50));
  }
}
