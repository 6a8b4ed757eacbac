import * as vscode from 'vscode';
import { readKeptSubjects } from '../app/kept-trend.js';
import { openSavedMap } from '../app/map/open-map.js';
import type { Monitor } from '../app/monitor.js';
import { isMemoryReport } from '../app/recognise-report.js';
import { DisposableStore } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { baseName } from '../base/path.js';
import { ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
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
        everyMs,
        budget: () => monitorSettings().budget,
        wishes: new MapWishes(commands, recordings, new MapExport(faults), faults, rules, everyMs),
        isOffered,
        openFiles: async (paths) => subjectOf(await this.read(paths.map((path) => vscode.Uri.file(path)))),
      }),
    );
    this.disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('memlens.map')) this.panels.configure();
      }),
    );
  }

  /** The map of this process, or of one that the user chooses; `rowsOf`: what is to be seen in it. */
  async showMap(
    monitor?: Monitor,
    row?: Pick<ProcessRow, 'pid' | 'startTicks' | 'command' | 'commandLine'>,
    rowsOf?: (snapshot: MapSnapshot) => readonly number[],
  ): Promise<void> {
    const services = await this.options.load();
    const on = monitor ?? services.monitors.current;
    const process = row ?? (await pickProcess(on, vscode.l10n.t('Show the Memory Map of')));
    if (process === undefined) {
      if (on.state.kind === 'failed') this.options.faults.show(on.state.fault, on.target.name);
      return;
    }
    const { pid, startTicks, command, commandLine } = process;
    const page = this.panels.show(services, {
      kind: 'process',
      target: on.target,
      process: { pid, startTicks, command, ...(commandLine === undefined ? {} : { commandLine }) },
    });
    if (rowsOf !== undefined) page.feed.show(rowsOf);
  }

  /** As `showMap`; `process`: a KeptSubject, as a link of the status bar carries it. Anything else is nothing. */
  async showKept(process: unknown): Promise<void> {
    const [kept] = readKeptSubjects({ subjects: [process] });
    if (kept?.process === undefined || !this.options.isOffered(kept.target)) return this.showMap();
    const services = await this.options.load();
    return this.showMap(services.monitors.of(kept.target), kept.process);
  }

  /** What a recording holds of a process. */
  showRecorded(services: TrendServices, recorded: Omit<Extract<MapSubject, { kind: 'recorded' }>, 'kind'>): void {
    this.panels.show(services, { kind: 'recorded', ...recorded });
  }

  /** Saved maps: files of /proc, outputs of pmap(1), and our own. Asks for them when none are given. */
  async open(given: readonly vscode.Uri[]): Promise<void> {
    const uris = given.length > 0 ? given : await chooseMaps();
    if (uris.length === 0) return;
    const read = await this.read(uris);
    const groups = read.length < 2 ? [read] : await askHow(read);
    const services = await this.options.load();
    for (const group of groups) {
      const subject = subjectOf(group);
      if (subject !== undefined) this.panels.show(services, subject);
    }
  }

  /** Shows it if it is a saved map. False: it is none. */
  async openIfMap(uri: vscode.Uri): Promise<boolean> {
    const services = await this.options.load();
    const opened = await openOne(uri, services);
    const subject = opened.ok ? subjectOf([opened.value]) : undefined;
    if (subject !== undefined) this.panels.show(services, subject);
    return subject !== undefined;
  }

  /** Those that could be read; of the others it is said why. */
  private async read(uris: readonly vscode.Uri[]): Promise<readonly SavedMap[]> {
    const services = await this.options.load();
    const title = vscode.l10n.t('Opening the memory map');
    return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, async () => {
      const read: SavedMap[] = [];
      for (const uri of uris) {
        const opened = await openOne(uri, services);
        if (opened.ok) read.push(opened.value);
        else if (opened.error.code === 'unrecognised-map' && (await isMemoryReport(services.readText(uri.fsPath)))) {
          void offerAsReport(uri);
        } else this.options.faults.show(opened.error, baseName(uri.fsPath));
      }
      return read;
    });
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

interface SavedMap {
  readonly path: string;
  readonly snapshot: MapSnapshot;
}

async function openOne(uri: vscode.Uri, services: TrendServices): Promise<Result<SavedMap, Fault>> {
  const { fsPath: path } = uri;
  const opened = await openSavedMap(services.readChunks(path), path, await writtenAt(uri, services));
  return opened.ok ? ok({ path, snapshot: opened.value }) : opened;
}

/** Several are moments of one map, the oldest first. */
function subjectOf(read: readonly SavedMap[]): MapSubject | undefined {
  const sorted = read.toSorted((one, other) => one.snapshot.at - other.snapshot.at);
  const [first] = sorted;
  if (first === undefined) return undefined;
  const more = sorted.length > 1 ? ` +${sorted.length - 1}` : '';
  return {
    kind: 'file',
    name: baseName(first.path) + more,
    paths: sorted.map(({ path }) => path),
    snapshots: sorted.map(({ snapshot }) => snapshot),
  };
}

/** Whether several files are maps of one process, or of different ones, is not told by them. */
async function askHow(read: readonly SavedMap[]): Promise<readonly (readonly SavedMap[])[]> {
  const items = [
    {
      label: `$(diff) ${vscode.l10n.t('As Moments of One Map')}`,
      detail: vscode.l10n.t('They are of the same process: what is new, gone, grown and shrunk between them can be shown'),
      groups: [read],
    },
    {
      label: `$(files) ${vscode.l10n.t('Each in a Page of Its Own')}`,
      groups: read.map((one) => [one]),
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Open {0} Memory Maps', read.length),
    ignoreFocusOut: true,
  });
  return chosen?.groups ?? [];
}

async function offerAsReport(uri: vscode.Uri): Promise<void> {
  const open = vscode.l10n.t('Open as Memory Report');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'MemLens: {0} holds no memory map but a memory report. Open Memory Report… shows its findings.',
      visibleText(baseName(uri.fsPath)),
    ),
    open,
  );
  if (chosen === open) await vscode.commands.executeCommand('memlens.openReport', uri);
}

/** How often a map is read while it is seen, by the settings; undefined: only when the user asks. */
function everyMs(): Milliseconds | undefined {
  const seconds = Math.min(3600, Math.max(0, numberSetting('map.interval', 2)));
  return seconds === 0 ? undefined : Math.max(500, seconds * 1000);
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
