import * as vscode from 'vscode';
import { languageOf } from '../app/build-source.js';
import type { EngineName, RunDraft } from '../app/run-settings.js';
import type { Fault } from '../base/fault.js';
import { baseName, directoryName } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import type { RunConfig } from '../model/run-config.js';
import type { Settings } from './settings.js';

/** What is asked to be profiled. Plain data: the last one is remembered in the workspace, and read with today's settings. */
export type RunRequest = (
  | { readonly form: 'file'; readonly path: string }
  | { readonly form: 'setting'; readonly name: string; readonly folder: string }
  | { readonly form: 'draft'; readonly draft: RunDraft; readonly folder: string }
) & {
  /** Instead of the one that the settings name. */
  readonly engine?: EngineName;
};

export function requestTitle(request: RunRequest): string {
  switch (request.form) {
    case 'file':
      return baseName(request.path);
    case 'setting':
      return request.name;
    case 'draft':
      return request.draft.name;
  }
}

export function configOf(request: RunRequest, settings: Settings): Result<RunConfig, Fault> {
  const { engine } = request;
  switch (request.form) {
    case 'file': {
      const directory = directoryName(request.path);
      const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(request.path))?.uri.fsPath ?? directory;
      return ok(
        settings.complete({ ...draftOfFile(request.path, directory), ...(engine === undefined ? {} : { engine }) }, folder),
      );
    }
    case 'setting': {
      const config = settings.run(request.name, request.folder);
      if (config === undefined)
        return err({ code: 'bad-setting', setting: 'memlens.runs', detail: `it has no run "${request.name}"` });
      if (!config.ok || engine === undefined || engine === config.value.engine) return config;
      // The options were for another engine.
      return ok({ ...config.value, engine, engineOptions: [] });
    }
    case 'draft':
      return ok(settings.complete({ ...request.draft, ...(engine === undefined ? {} : { engine }) }, request.folder));
  }
}

function draftOfFile(path: string, directory: string): RunDraft {
  const name = baseName(path);
  const isSource =
    languageOf(path) !== undefined ||
    vscode.workspace.textDocuments.some(
      ({ uri, languageId }) => uri.fsPath === path && (languageId === 'c' || languageId === 'cpp'),
    );
  return {
    name,
    subject: isSource ? { form: 'source', file: path } : { form: 'program', path },
    args: [],
    cwd: directory,
    env: {},
  };
}
