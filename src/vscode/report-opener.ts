import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import { CancelSource } from '../base/cancel.js';
import type { PathMapping } from '../model/run-config.js';
import { cancelOf } from './cancellation.js';
import type { FaultMessages } from './fault-messages.js';
import type { LoadServices, Services } from './services.js';
import type { Settings } from './settings.js';

/** Shows reports that exist already, from this machine or another. */
export class ReportOpener {
  /** What the user said about a directory; "not here" is an answer too. */
  private readonly asked = new Set<string>();

  constructor(
    private readonly load: LoadServices,
    private readonly store: FindingsStore,
    private readonly settings: Settings,
    private readonly faults: FaultMessages,
  ) {}

  /** Asks for the files when none are given. */
  async open(given: readonly vscode.Uri[]): Promise<void> {
    const uris = given.length > 0 ? given : await chooseReports();
    if (uris.length === 0) return;
    const services = await this.load();
    let shown = 0;
    const missing: { readonly path: string; readonly root: string }[] = [];
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Opening the report'), cancellable: true },
      async (progress, token) => {
        for (const uri of uris) {
          if (token.isCancellationRequested) return;
          progress.report({ message: baseName(uri.fsPath) });
          const root = await this.openOne(services, uri.fsPath, [], cancelOf(token));
          if (root === undefined) continue;
          shown++;
          if (root !== '') missing.push({ path: uri.fsPath, root });
        }
      },
    );
    if (shown > 0) void vscode.commands.executeCommand('memlens.showFindings');
    for (const { path, root } of missing) await this.locate(services, path, root);
  }

  /** The first directory of the report that is not here (empty: there is none), or undefined when it could not be opened. */
  private async openOne(
    services: Services,
    path: string,
    more: readonly PathMapping[],
    cancel: Parameters<Services['openReport']>[2],
  ): Promise<string | undefined> {
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
    const opened = await services.openReport(
      path,
      { workspaceFolders: folders, mappings: [...more, ...this.settings.sourcePathMap(folders[0])] },
      cancel,
    );
    if (!opened.ok) {
      this.faults.show(opened.error, baseName(path));
      return undefined;
    }
    this.store.put({ key: path, title: baseName(path), report: opened.value.report });
    return opened.value.missingRoots[0] ?? '';
  }

  /** Asks once where the sources of a report from elsewhere are, keeps the answer in the settings, and places them anew. */
  private async locate(services: Services, path: string, root: string): Promise<void> {
    if (this.asked.has(root)) return;
    this.asked.add(root);
    const choose = vscode.l10n.t('Choose Folder…');
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t('MemLens: the report names sources in {0}, which is not on this machine. Where are they?', root),
      choose,
      vscode.l10n.t('Not Here'),
    );
    if (answer !== choose) return;
    const chosen = await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Where is {0}?', root),
      openLabel: vscode.l10n.t('This Is It'),
      canSelectFiles: false,
      canSelectFolders: true,
    });
    const [folder] = chosen ?? [];
    if (folder === undefined) return;
    await keepMapping(root, folder.fsPath);
    await this.openOne(services, path, [{ from: root, to: folder.fsPath }], new CancelSource());
  }
}

async function keepMapping(from: string, to: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('memlens');
  const inspected = configuration.inspect<Record<string, string>>('sourcePathMap');
  const inWorkspace = vscode.workspace.workspaceFolders !== undefined;
  const known = inWorkspace ? inspected?.workspaceValue : inspected?.globalValue;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  try {
    await configuration.update('sourcePathMap', { ...known, [from]: to }, target);
  } catch {
    // A settings.json that can't be written: the mapping holds for this time.
  }
}

async function chooseReports(): Promise<readonly vscode.Uri[]> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Memory Report'),
    openLabel: vscode.l10n.t('Open Report'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('Reports and logs')]: ['xml', 'log', 'txt', 'out'], [vscode.l10n.t('All files')]: ['*'] },
    ...(folder === undefined ? {} : { defaultUri: folder }),
  });
  return chosen ?? [];
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1) || path;
