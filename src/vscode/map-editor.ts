import * as vscode from 'vscode';
import { openSavedMap } from '../app/map/open-map.js';
import type { Monitor } from '../app/monitor.js';
import { DisposableStore } from '../base/dispose.js';
import { baseName } from '../base/path.js';
import type { Milliseconds } from '../base/units.js';
import type { ProcessRow } from '../model/process.js';
import type { NamedTarget } from '../model/target-config.js';
import type { FaultMessages } from './fault-messages.js';
import { MapExport } from './map-export.js';
import { MapPanels, type MapSubject } from './map-panels.js';
import { MapWishes } from './map-wishes.js';
import { monitorSettings, numberSetting } from './monitor-settings.js';
import { pickProcess } from './process-picker.js';
import type { Recordings } from './recordings.js';
import type { TrendCommands } from './trend-commands.js';
import type { LoadTrends, TrendServices } from './trend-services.js';

export interface MapEditorOptions {
  readonly context: vscode.ExtensionContext;
  readonly load: LoadTrends;
  readonly commands: TrendCommands;
  readonly recordings: Recordings;
  readonly faults: FaultMessages;
  readonly nonce: () => string;
  readonly isOffered: (target: NamedTarget) => boolean;
}

/** Memory maps in the editor: pages of processes, and of files that hold a map. */
export class MapEditor implements vscode.Disposable {
  private readonly disposables = new DisposableStore();
  private readonly panels: MapPanels;

  constructor(private readonly options: MapEditorOptions) {
    const { context, load, commands, recordings, faults, nonce, isOffered } = options;
    const rules = vscode.Uri.joinPath(context.extensionUri, 'docs', 'map.md');
    this.panels = this.disposables.add(
      new MapPanels(load, {
        extension: context.extensionUri,
        state: context.workspaceState,
        nonce,
        everyMs: () => {
          const seconds = Math.min(3600, Math.max(0, numberSetting('map.interval', 2)));
          return seconds === 0 ? undefined : Math.max(500, seconds * 1000);
        },
        budget: () => monitorSettings().budget,
        wishes: new MapWishes(commands, recordings, new MapExport(faults), faults, rules),
        isOffered,
      }),
    );
  }

  /** The map of this process, or of one that the user chooses. */
  async showMap(monitor?: Monitor, row?: Pick<ProcessRow, 'pid' | 'startTicks' | 'command' | 'commandLine'>): Promise<void> {
    const services = await this.options.load();
    const on = monitor ?? services.monitors.current;
    const process = row ?? (await pickProcess(on, vscode.l10n.t('Show the Memory Map of')));
    if (process === undefined) {
      if (on.state.kind === 'failed') this.options.faults.show(on.state.fault, on.target.name);
      return;
    }
    const { pid, startTicks, command, commandLine } = process;
    this.panels.show(services, {
      kind: 'process',
      target: on.target,
      process: { pid, startTicks, command, ...(commandLine === undefined ? {} : { commandLine }) },
    });
  }

  /** What a recording holds of a process. */
  showRecorded(services: TrendServices, name: string, snapshots: Extract<MapSubject, { kind: 'recorded' }>['snapshots']): void {
    this.panels.show(services, { kind: 'recorded', name, snapshots });
  }

  /** Saved maps: files of /proc, outputs of pmap(1), and our own. Asks for them when none are given. */
  async open(given: readonly vscode.Uri[]): Promise<void> {
    const uris = given.length > 0 ? given : await chooseMaps();
    const services = await this.options.load();
    for (const uri of uris) {
      const { fsPath } = uri;
      const name = baseName(fsPath);
      const opened = await openSavedMap(services.readChunks(fsPath), fsPath, await writtenAt(uri, services));
      if (opened.ok) this.panels.show(services, { kind: 'file', name, snapshots: [opened.value] });
      else this.options.faults.show(opened.error, name);
    }
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

async function chooseMaps(): Promise<readonly vscode.Uri[]> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Memory Map'),
    openLabel: vscode.l10n.t('Open Map'),
    canSelectMany: true,
    ...(folder === undefined ? {} : { defaultUri: folder }),
  });
  return chosen ?? [];
}

/** A file whose time is not told is taken as written now; whether it can be read is told by reading it. */
async function writtenAt(uri: vscode.Uri, { epochMs }: TrendServices): Promise<Milliseconds> {
  try {
    return (await vscode.workspace.fs.stat(uri)).mtime;
  } catch {
    return epochMs();
  }
}
