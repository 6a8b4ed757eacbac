import * as vscode from 'vscode';
import {
  completeRun,
  ENGINE_NAMES,
  type EngineName,
  type RunDefaults,
  type RunDraft,
  readPathMap,
  readPaths,
  readRun,
  runNames,
  type SettingContext,
  stringsOf,
  type Variable,
} from '../app/run-settings.js';
import type { SymbolSettings } from '../app/symbols/symbolizer.js';
import type { Fault } from '../base/fault.js';
import { baseName, directoryName } from '../base/path.js';
import { ok, type Result } from '../base/result.js';
import type { PathMapping, RunConfig } from '../model/run-config.js';
import type { SettingId } from './command-ids.js';
import { configuredTargets } from './target-settings.js';

/** What of the editor's own environment a setting may name: `${userHome}`, `${env:NAME}`. */
export interface HostEnvironment {
  readonly home: string;
  readonly variable: (name: string) => string | undefined;
}

/** A run of `memlens.runs`, by its name. */
export interface NamedRun {
  readonly name: string;
  readonly folder: vscode.WorkspaceFolder;
}

export class Settings {
  constructor(private readonly host: HostEnvironment) {}

  get lineSizes(): boolean {
    return this.get('lineSizes.enabled', undefined) !== false;
  }

  get codeLens(): boolean {
    return this.get('codeLens.enabled', undefined) !== false;
  }

  /** The compilers that the user named. */
  compilers(): { readonly c?: string; readonly cpp?: string } {
    const scope = vscode.workspace.workspaceFolders?.[0]?.uri;
    const word = (id: SettingId): string => {
      const value = this.get(id, scope);
      return typeof value === 'string' ? value.trim() : '';
    };
    const [c, cpp] = [word('compiler.c'), word('compiler.cpp')];
    return { ...(c === '' ? {} : { c }), ...(cpp === '' ? {} : { cpp }) };
  }

  runs(): readonly NamedRun[] {
    return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) =>
      runNames(this.get('runs', folder.uri)).map((name) => ({ name, folder })),
    );
  }

  /** undefined when there is no run of this name any more. */
  run(name: string, folder: string | undefined): Result<RunConfig, Fault> | undefined {
    const found = this.runs().find((run) => run.name === name && (folder === undefined || run.folder.uri.fsPath === folder));
    if (found === undefined) return undefined;
    const raw: unknown = this.get('runs', found.folder.uri);
    const entry = (raw as readonly unknown[]).find((item) => (item as { name?: unknown } | null)?.name === name);
    const path = found.folder.uri.fsPath;
    const draft = readRun(entry, this.context(path));
    return draft.ok ? ok(this.complete(draft.value, path)) : draft;
  }

  complete(draft: RunDraft, folder: string): RunConfig {
    return completeRun(draft, this.defaults(folder));
  }

  context(folder: string): SettingContext {
    const target = (name: string) => configuredTargets().targets.find((named) => named.name === name);
    return { folder, variable: this.variables(folder), target };
  }

  sourcePathMap(folder: string | undefined): readonly PathMapping[] {
    const scope = folder === undefined ? undefined : vscode.Uri.file(folder);
    return readPathMap(this.get('sourcePathMap', scope), this.context(folder ?? '/'));
  }

  /** What stands before a command that needs root; no words: nothing runs as root. */
  get rootCommand(): readonly string[] {
    return stringsOf(this.get('rootCommand', vscode.workspace.workspaceFolders?.[0]?.uri));
  }

  /** Where debug information is. */
  symbols(): SymbolSettings {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const context = this.context(folder?.fsPath ?? '/');
    return {
      kernelTrees: [...readPaths(this.get('symbols.kernelTrees', folder), context), ...localFolders()],
      debugDirectories: readPaths(this.get('symbols.debugDirectories', folder), context),
      debuginfod: this.get('symbols.debuginfod', folder) === 'allowed' ? 'allowed' : 'off',
    };
  }

  /** Where the sources of a program may be that belongs to no folder. */
  sources(): { readonly workspaceFolders: readonly string[]; readonly sourcePathMap: readonly PathMapping[] } {
    const folders = localFolders();
    const mappings =
      folders.length === 0 ? this.sourcePathMap(undefined) : folders.flatMap((folder) => this.sourcePathMap(folder));
    return { workspaceFolders: folders, sourcePathMap: mappings };
  }

  /** The variables that VS Code knows in tasks.json, as far as they need no question. */
  variables(folder: string): Variable {
    const active = vscode.window.activeTextEditor?.document.uri;
    const file = active?.scheme === 'file' ? active.fsPath : undefined;
    const base = file === undefined ? undefined : baseName(file);
    const values: Readonly<Record<string, string | undefined>> = {
      workspaceFolder: folder,
      workspaceRoot: folder,
      workspaceFolderBasename: baseName(folder),
      userHome: this.host.home,
      pathSeparator: '/',
      '/': '/',
      file,
      fileDirname: file === undefined ? undefined : directoryName(file),
      fileBasename: base,
      fileBasenameNoExtension: base?.replace(/\.[^.]*$/, ''),
    };
    return (name) => {
      if (Object.hasOwn(values, name)) return values[name];
      // As in tasks.json, an environment variable that is not set is empty.
      if (name.startsWith('env:')) return this.host.variable(name.slice(4)) ?? '';
      if (name.startsWith('workspaceFolder:')) {
        return vscode.workspace.workspaceFolders?.find((other) => other.name === name.slice(16))?.uri.fsPath;
      }
      return undefined;
    };
  }

  private defaults(folder: string): RunDefaults {
    const scope = vscode.Uri.file(folder);
    const context = this.context(folder);
    const engine = this.get('engine', scope) as EngineName;
    const options = this.get('engineOptions', scope);
    const timeLimit = this.get('timeLimit', scope);
    return {
      engine: ENGINE_NAMES.includes(engine) ? engine : 'auto',
      engineOptions: Object.fromEntries(
        Object.entries(typeof options === 'object' && options !== null ? options : {}).map(([id, list]) => [id, stringsOf(list)]),
      ),
      suppressions: {
        valgrind: readPaths(this.get('suppressions.valgrind', scope), context),
        lsan: readPaths(this.get('suppressions.lsan', scope), context),
      },
      compilerFlags: stringsOf(this.get('compiler.flags', scope)),
      timeLimitMs: typeof timeLimit === 'number' && timeLimit > 0 ? timeLimit * 1000 : 0,
      sourcePathMap: readPathMap(this.get('sourcePathMap', scope), context),
      workspaceFolders: workspacePaths(folder),
    };
  }

  private get(id: SettingId, scope: vscode.Uri | undefined): unknown {
    return vscode.workspace.getConfiguration('memlens', scope ?? null).get<unknown>(id);
  }
}

/** Files in these are the user's own; with no folder open, those beside what is profiled. */
function workspacePaths(folder: string): readonly string[] {
  const open = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
  return open.length > 0 ? open : [folder];
}

const localFolders = (): readonly string[] =>
  (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
