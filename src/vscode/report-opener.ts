import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import { missingRoot } from '../app/missing-sources.js';
import type { Cancel } from '../base/cancel.js';
import { baseName, joinPath, relativeTo } from '../base/path.js';
import type { PathMapping } from '../model/run-config.js';
import { cancelOf } from './cancellation.js';
import type { FaultMessages } from './fault-messages.js';
import type { LoadServices, Services } from './services.js';
import type { Settings } from './settings.js';

interface Incomplete {
  readonly path: string;
  readonly files: readonly string[];
}

/** Files that are no lists of findings open in pages of their own. */
export interface OtherPages {
  /** Shows it if it is a saved memory map; false: it is none. */
  readonly map: (uri: vscode.Uri) => Promise<boolean>;
  readonly heap: (uri: vscode.Uri) => unknown;
  readonly system: (uri: vscode.Uri) => unknown;
  readonly oom: (uri: vscode.Uri) => unknown;
}

/** Shows reports that exist already, from this machine or another. */
export class ReportOpener {
  /** Directories that the user said are not here. */
  private readonly notHere = new Set<string>();
  /** What the user said, for as long as the window is open. */
  private mappings: readonly PathMapping[] = [];

  constructor(
    private readonly load: LoadServices,
    private readonly store: FindingsStore,
    private readonly settings: Settings,
    private readonly faults: FaultMessages,
    private readonly pages: OtherPages,
  ) {}

  /** Asks for the files when none are given. */
  async open(given: readonly vscode.Uri[]): Promise<void> {
    const uris = given.length > 0 ? given : await chooseReports();
    if (uris.length === 0) return;
    const services = await this.load();
    const shown = await this.openAll(
      services,
      uris.map(({ fsPath }) => fsPath),
    );
    if (shown.length > 0) void vscode.commands.executeCommand('memlens.showFindings');
    const missing = shown.filter(({ files }) => files.length > 0);
    if (missing.length > 0) await this.locate(services, missing);
  }

  /** Those that could be opened, with the files that are not here. */
  private async openAll(services: Services, paths: readonly string[]): Promise<readonly Incomplete[]> {
    const title = vscode.l10n.t('Opening the report');
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        const shown: Incomplete[] = [];
        for (const path of paths) {
          if (token.isCancellationRequested) break;
          progress.report({ message: baseName(path) });
          const onNames = (): void =>
            progress.report({ message: vscode.l10n.t('{0}: looking up names and lines', baseName(path)) });
          const files = await this.openOne(services, path, cancelOf(token), onNames);
          if (files !== undefined) shown.push({ path, files });
        }
        return shown;
      },
    );
  }

  private async openOne(
    services: Services,
    path: string,
    cancel: Cancel,
    onNames: () => void,
  ): Promise<readonly string[] | undefined> {
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
    const mappings = [...this.mappings, ...this.settings.sourcePathMap(folders[0])];
    const opened = await services.openReport(path, { workspaceFolders: folders, mappings }, cancel, onNames);
    if (!opened.ok) {
      // A map is no report, but what the user wants is plain.
      const isMap = opened.error.code === 'unrecognised-report' && (await this.pages.map(vscode.Uri.file(path)));
      if (!isMap) this.faults.show(opened.error, baseName(path));
      return undefined;
    }
    if ('page' in opened.value) {
      await this.pages[opened.value.page](vscode.Uri.file(path));
      return undefined;
    }
    this.store.put({ key: path, title: baseName(path), report: opened.value.report });
    return opened.value.missingFiles;
  }

  /** Asks once for all the reports where their sources are, and places them anew. The findings are in the view meanwhile. */
  private async locate(services: Services, missing: readonly Incomplete[]): Promise<void> {
    const files = missing.flatMap((report) => report.files);
    const root = missingRoot(files);
    if (root === undefined || this.notHere.has(root)) return;
    const choose = vscode.l10n.t('Choose Folder…');
    const notHere = vscode.l10n.t('Not Here');
    let question = vscode.l10n.t('The report names sources in {0}, which is not on this machine. Where are they?', root);
    for (;;) {
      const answer = await vscode.window.showInformationMessage(question, choose, notHere);
      if (answer === notHere) this.notHere.add(root);
      if (answer !== choose) return;
      const chosen = await vscode.window.showOpenDialog({
        title: vscode.l10n.t('Where is {0}?', root),
        openLabel: vscode.l10n.t('This Is It'),
        canSelectFiles: false,
        canSelectFolders: true,
      });
      const folder = chosen?.[0]?.fsPath;
      if (folder === undefined) return;
      const mapping = await services.fitFolder(files, folder);
      if (mapping !== undefined) {
        this.mappings = [mapping, ...this.mappings.filter(({ from }) => from !== mapping.from)];
        break;
      }
      question = vscode.l10n.t('None of the sources that the report names in {0} is in {1}. Where are they?', root, folder);
    }
    await this.openAll(
      services,
      missing.map(({ path }) => path),
    );
    const [mapping] = this.mappings;
    if (mapping !== undefined) void offerToKeep(mapping);
  }
}

async function offerToKeep({ from, to }: PathMapping): Promise<void> {
  const keep = vscode.l10n.t('Keep in Settings');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('The sources of {0} are now taken from {1}, until this window is closed.', from, to),
    keep,
  );
  if (answer !== keep) return;
  const configuration = vscode.workspace.getConfiguration('memlens');
  const inspected = configuration.inspect<Record<string, string>>('sourcePathMap');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const known = folder === undefined ? inspected?.globalValue : inspected?.workspaceValue;
  const target = folder === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
  // In a workspace that others use too, what lies in it is named by it.
  const inside = folder === undefined ? undefined : relativeTo(folder, to);
  const value = inside === undefined ? to : joinPath('${workspaceFolder}', inside);
  try {
    await configuration.update('sourcePathMap', { ...known, [from]: value }, target);
  } catch (error) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('The settings could not be written: {0}', error instanceof Error ? error.message : String(error)),
    );
  }
}

async function chooseReports(): Promise<readonly vscode.Uri[]> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Memory Report'),
    openLabel: vscode.l10n.t('Open Report'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('All files')]: ['*'], [vscode.l10n.t('Reports and logs')]: ['xml', 'log', 'txt', 'out'] },
    ...(folder === undefined ? {} : { defaultUri: folder }),
  });
  return chosen ?? [];
}
