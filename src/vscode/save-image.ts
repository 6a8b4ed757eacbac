import * as vscode from 'vscode';
import type { FaultMessages } from './fault-messages.js';
import { askForFile, offerToOpen } from './save-file.js';

/** Saves a picture that a page has drawn to a file that the user names; `name` has no ending. */
export async function saveImage(name: string, format: 'png' | 'svg', bytes: Uint8Array, faults: FaultMessages): Promise<void> {
  const path = await askForFile(`${name}.${format}`, { [format.toUpperCase()]: [format] });
  if (path === undefined) return;
  try {
    await vscode.workspace.fs.writeFile(vscode.Uri.file(path), bytes);
  } catch (error) {
    faults.show({ code: 'unwritable', path, detail: String(error) }, path);
    return;
  }
  await offerToOpen(path);
}

/** A name that every file system takes: `memlens-map-server-42`. */
export function savedName(prefix: string, words: string): string {
  const plain = words.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '');
  return plain === '' ? prefix : `${prefix}-${plain.slice(0, 100)}`;
}
