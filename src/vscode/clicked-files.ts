import * as vscode from 'vscode';

/** What a menu gives a command: the item that was clicked, and in the explorer all that are selected with it. */
export function clickedFiles(clicked: unknown, selected: unknown): readonly vscode.Uri[] {
  const all = Array.isArray(selected) ? selected.filter((item): item is vscode.Uri => item instanceof vscode.Uri) : [];
  if (all.length > 0) return all;
  return clicked instanceof vscode.Uri ? [clicked] : [];
}
