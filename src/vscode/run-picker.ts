import * as vscode from 'vscode';
import type { RunCandidate } from '../app/discover.js';
import { baseName } from '../base/path.js';
import { visibleText } from '../base/visible-text.js';
import { cancelOf } from './cancellation.js';
import { type RunRequest, requestTitle } from './run-request.js';
import type { LoadServices } from './services.js';
import type { Settings } from './settings.js';

interface RunItem extends vscode.QuickPickItem {
  readonly pick?: () => Promise<RunRequest | undefined>;
}

const GROUPS: Readonly<Record<RunCandidate['origin'], () => string>> = {
  launch: () => vscode.l10n.t('programs of launch.json'),
  recipe: () => vscode.l10n.t('builds'),
  executable: () => vscode.l10n.t('executables'),
};
const ICONS: Readonly<Record<RunCandidate['origin'], string>> = {
  launch: 'debug-alt',
  recipe: 'tools',
  executable: 'file-binary',
};

/** Asks what to profile: the settings' runs, launch.json, builds, executables, the open file, or any program. */
export class RunPicker {
  constructor(
    private readonly load: LoadServices,
    private readonly settings: Settings,
  ) {}

  async pick(): Promise<RunRequest | undefined> {
    const quickPick = vscode.window.createQuickPick<RunItem>();
    quickPick.title = vscode.l10n.t('Select What to Profile');
    quickPick.placeholder = vscode.l10n.t('A program, a build, or a run of the setting memlens.runs');
    quickPick.matchOnDescription = true;
    quickPick.busy = true;
    const source = new vscode.CancellationTokenSource();
    const first = [...this.openFile(), ...this.named()];
    const last = this.last();
    quickPick.items = [...first, ...last];
    try {
      const chosen = new Promise<RunItem | undefined>((resolve) => {
        quickPick.onDidAccept(() => resolve(quickPick.selectedItems[0]));
        quickPick.onDidHide(() => resolve(undefined));
      });
      quickPick.show();
      void this.discovered(source.token).then(
        (found) => {
          // The user may have moved to an item already.
          const active = quickPick.activeItems;
          quickPick.items = [...first, ...found, ...last];
          quickPick.activeItems = active;
          quickPick.busy = false;
        },
        () => (quickPick.busy = false),
      );
      const item = await chosen;
      quickPick.hide();
      return await item?.pick?.();
    } finally {
      source.cancel();
      source.dispose();
      quickPick.dispose();
    }
  }

  private openFile(): readonly RunItem[] {
    const document = vscode.window.activeTextEditor?.document;
    if (document === undefined || document.uri.scheme !== 'file' || !['c', 'cpp'].includes(document.languageId)) return [];
    const request: RunRequest = { form: 'file', path: document.uri.fsPath };
    const label = `$(file-code) ${visibleText(requestTitle(request))}`;
    return [
      separator(vscode.l10n.t('open file')),
      { label, description: vscode.l10n.t('build this file and run it'), pick: () => Promise.resolve(request) },
    ];
  }

  private named(): readonly RunItem[] {
    const runs = this.settings.runs().map(({ name, folder }): RunItem => {
      const request: RunRequest = { form: 'setting', name, folder: folder.uri.fsPath };
      const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
      return {
        label: `$(play) ${visibleText(name)}`,
        ...(several ? { description: folder.name } : {}),
        pick: () => Promise.resolve(request),
      };
    });
    return runs.length === 0 ? [] : [separator('memlens.runs'), ...runs];
  }

  private async discovered(token: vscode.CancellationToken): Promise<readonly RunItem[]> {
    const services = await this.load();
    const items: RunItem[] = [];
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== 'file' || token.isCancellationRequested) continue;
      const path = folder.uri.fsPath;
      const found = await services.discover(path, this.settings.variables(path), cancelOf(token));
      let group: RunCandidate['origin'] | undefined;
      for (const { origin, label, description, config } of found) {
        if (origin !== group) items.push(separator(GROUPS[origin]()));
        group = origin;
        const request: RunRequest = { form: 'draft', draft: config, folder: path };
        items.push({
          label: `$(${ICONS[origin]}) ${visibleText(label)}`,
          description: visibleText(description),
          pick: () => Promise.resolve(request),
        });
      }
    }
    return items;
  }

  private last(): readonly RunItem[] {
    return [
      separator(''),
      { label: `$(folder-opened) ${vscode.l10n.t('Browse for a Program…')}`, alwaysShow: true, pick: browse },
      {
        label: `$(gear) ${vscode.l10n.t('Describe a Run in the Settings…')}`,
        alwaysShow: true,
        pick: async () => {
          await vscode.commands.executeCommand('workbench.action.openSettings', 'memlens.runs');
          return undefined;
        },
      },
    ];
  }
}

function separator(label: string): RunItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function browse(): Promise<RunRequest | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('A Program or a C or C++ File to Profile'),
    openLabel: vscode.l10n.t('Profile'),
    ...(folder === undefined ? {} : { defaultUri: folder }),
  });
  return chosen?.[0] === undefined ? undefined : { form: 'file', path: chosen[0].fsPath };
}

/** Asks which of the programs that a build made shall run. */
export async function pickProgram(programs: readonly string[]): Promise<string | undefined> {
  const items = programs.map((path) => ({
    label: visibleText(baseName(path)),
    description: visibleText(path),
    path,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Which Program of the Build Shall Run?'),
    matchOnDescription: true,
  });
  return picked?.path;
}
