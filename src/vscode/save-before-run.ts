import * as vscode from 'vscode';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { RunConfig } from '../model/run-config.js';

/** Saves every changed file, as the editor does before its own tasks: what runs is what the user sees. */
export async function saveBeforeRun(config: RunConfig): Promise<Result<void, Fault>> {
  await vscode.workspace.saveAll(false);
  const wanted = config.subject.form === 'source' ? config.subject.file : undefined;
  const unsaved = vscode.workspace.textDocuments.find(
    (document) => document.isDirty && document.uri.scheme === 'file' && document.uri.fsPath === wanted,
  );
  return unsaved === undefined ? ok(undefined) : err({ code: 'permission', path: unsaved.uri.fsPath, operation: 'save' });
}

/** The file of a document that has a place on the disk; asks for one when it has none. undefined: the user gave none. */
export async function savedFile(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
  return uri.scheme === 'untitled' ? vscode.workspace.save(uri) : uri;
}
