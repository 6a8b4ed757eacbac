import * as vscode from 'vscode';
import { FindingTrends } from '../app/finding-trends.js';
import type { FindingsStore } from '../app/findings-store.js';
import { type FindingRegions, rowsOf } from '../app/live/finding-regions.js';
import { sameProcess } from '../app/map/same-process.js';
import { type Notice, Notices } from '../app/notices.js';
import { readKernelLog } from '../app/oom/kernel-log.js';
import { NameKills } from '../app/oom/name-kills.js';
import type { KeptSubject } from '../app/subject.js';
import { WatchList } from '../app/watch-list.js';
import { DisposableStore } from '../base/dispose.js';
import { err } from '../base/result.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
import type { NamedTarget } from '../model/target-config.js';
import { AutoWatch } from './auto-watch.js';
import { clickedFiles } from './clicked-files.js';
import type { CommandId } from './command-ids.js';
import type { FaultMessages } from './fault-messages.js';
import { isLiveRequest, type LiveRequest } from './live-request.js';
import { MachineView } from './machine-view.js';
import { MapEditor } from './map-editor.js';
import { MemoryStatus } from './memory-status.js';
import { monitorSettings, numberSetting } from './monitor-settings.js';
import { NoticeMessages } from './notice-messages.js';
import type { PageContext } from './page-host.js';
import { profileProcess } from './process-profile.js';
import type { ProfileCommands } from './profile-commands.js';
import { RecordingEditor } from './recording-editor.js';
import { Recordings } from './recordings.js';
import { SeriesExport } from './series-export.js';
import { SystemEditor } from './system-editor.js';
import { isOffered } from './target-settings.js';
import { TrendCommands } from './trend-commands.js';
import { TrendPanels } from './trend-panels.js';
import { TrendRestore } from './trend-restore.js';
import type { LoadTrends, TrendServices } from './trend-services.js';
import { TrendWishes } from './trend-wishes.js';

export interface TrendEditorOptions {
  readonly context: vscode.ExtensionContext;
  readonly load: LoadTrends;
  readonly faults: FaultMessages;
  readonly profiles: ProfileCommands;
  readonly store: FindingsStore;
  readonly nonce: () => string;
  /** What may be put before a command that needs root. */
  readonly rootCommand: () => readonly string[];
  /** Tells why memory ran out on a target, by its kernel log. */
  readonly explainOom: (target: NamedTarget) => void;
}

type TrendCommandId = Extract<
  CommandId,
  | 'showMemory'
  | 'showProcesses'
  | 'selectTarget'
  | 'watchProcess'
  | 'showTrend'
  | 'showMap'
  | 'openMap'
  | 'showSystem'
  | 'openSystem'
  | 'openAsSystem'
  | 'unwatch'
  | 'profileProcess'
  | 'record'
  | 'stopRecording'
  | 'openRecording'
>;

interface Running {
  readonly services: TrendServices;
  readonly watches: WatchList;
}

/** Targets and trends in the editor: views, pages, commands, status bar and notices. Nothing is sampled before one of them asks. */
export class TrendEditor implements vscode.Disposable {
  private readonly disposables = new DisposableStore();
  private running: Promise<Running> | undefined;
  private readonly panels: TrendPanels;
  readonly autoWatch: AutoWatch;
  /** Shows a file if it is a saved memory map; false: it is none. */
  readonly openIfMap: (uri: vscode.Uri) => Promise<boolean>;
  private readonly maps: MapEditor;
  private readonly trends: TrendCommands;
  readonly commands: Readonly<Record<TrendCommandId, (...args: readonly unknown[]) => unknown>>;

  constructor(private readonly options: TrendEditorOptions) {
    const { context, load, faults } = options;
    const watches = async (): Promise<WatchList> => (await this.run()).watches;
    const loadRunning = async (): Promise<TrendServices> => (await this.run()).services;
    const pages: { recordings?: Recordings; wishes?: TrendWishes } = {};
    const pageContext: PageContext = {
      extension: context.extensionUri,
      state: context.workspaceState,
      nonce: options.nonce,
      intervalMs: () => monitorSettings().intervalMs,
      recording: () => pages.recordings?.file,
      wishes: { fulfil: (message, page) => pages.wishes?.fulfil(message, page) },
    };
    this.panels = this.disposables.add(new TrendPanels(pageContext));
    const recordings = this.disposables.add(
      new Recordings(loadRunning, `memlens ${String((context.extension.packageJSON as { version?: unknown }).version)}`, faults),
    );
    pages.recordings = recordings;
    const commands = new TrendCommands(loadRunning, watches, this.panels, faults, context.workspaceState, (target) =>
      systems.showTarget(target),
    );
    this.trends = commands;
    const maps = this.disposables.add(
      new MapEditor({ context, load: loadRunning, commands, recordings, faults, nonce: options.nonce, isOffered }),
    );
    this.maps = maps;
    const systems: SystemEditor = this.disposables.add(
      new SystemEditor({
        context,
        load: loadRunning,
        commands,
        maps,
        trends: this.panels,
        faults,
        nonce: options.nonce,
        rootCommand: options.rootCommand,
        isOffered,
      }),
    );
    this.openIfMap = (uri) => maps.openIfMap(uri);
    pages.wishes = new TrendWishes(
      loadRunning,
      watches,
      commands,
      maps,
      this.panels,
      recordings,
      new SeriesExport(load, faults),
      { explainOom: options.explainOom, showSystem: (target) => void systems.showTarget(target) },
    );
    this.autoWatch = this.disposables.add(
      new AutoWatch(
        async () => {
          const { services, watches: list } = await this.run();
          return { monitors: services.monitors, clock: services.clock, watches: list };
        },
        (what) => vscode.workspace.getConfiguration('memlens').get<unknown>(`watch.${what}`) !== false,
      ),
    );
    for (const page of ['memory', 'processes'] as const) {
      const view = this.disposables.add(new MachineView(page, loadRunning, pageContext));
      this.disposables.add(recordings.onDidChange((file) => view.open?.post({ kind: 'recording', to: file })));
      this.disposables.add(vscode.window.registerWebviewViewProvider(`memlens.${page}`, view));
    }
    this.disposables.add(
      recordings.onDidChange((file) => {
        for (const page of this.panels.open) page.post({ kind: 'recording', to: file });
      }),
    );
    this.disposables.add(
      vscode.window.registerCustomEditorProvider('memlens.recording', new RecordingEditor(loadRunning, this.panels, faults), {
        supportsMultipleEditorsPerDocument: true,
      }),
    );
    this.disposables.add(
      vscode.window.registerWebviewPanelSerializer(
        'memlens.trend',
        new TrendRestore(loadRunning, watches, this.panels, isOffered),
      ),
    );
    this.disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('memlens.sampling')) {
          void this.running?.then(({ services }) => services.monitors.configure(monitorSettings()));
        }
      }),
    );
    this.commands = {
      showMemory: () => vscode.commands.executeCommand('memlens.memory.focus'),
      showProcesses: () => vscode.commands.executeCommand('memlens.processes.focus'),
      selectTarget: () => commands.selectTarget(),
      watchProcess: () => commands.watchProcess(),
      showTrend: () => commands.showWatched(),
      showMap: (process) => maps.showKept(process),
      openMap: (clicked, selected) => maps.open(clickedFiles(clicked, selected)),
      showSystem: (target) => systems.show(target),
      openSystem: (clicked, selected) => systems.open(clickedFiles(clicked, selected)),
      // The same, as the menu of what is chosen already calls it.
      openAsSystem: (clicked, selected) => systems.open(clickedFiles(clicked, selected)),
      unwatch: () => commands.unwatch(),
      profileProcess: (process) => (isLiveRequest(process) ? this.startAgain(process) : undefined),
      record: () => recordings.start(),
      stopRecording: () => recordings.stop(),
      openRecording: () => recordings.open(),
    };
  }

  /** Of a process that a finding is about; says so when it has ended. */
  async showTrendOf({ target, process }: KeptSubject): Promise<void> {
    const services = (await this.run()).services;
    if (process === undefined) return;
    const there = await sameProcess(services.target(target), process);
    if (!there.ok) return this.options.faults.show(there.error, process.command);
    await this.trends.showTrend(services.monitors.of(target), process.pid);
  }

  /** As `showTrendOf`; `regions`: what is to be seen in the map. */
  async showMapOf({ target, process }: KeptSubject, regions?: FindingRegions): Promise<void> {
    const services = (await this.run()).services;
    if (process === undefined) return;
    const there = await sameProcess(services.target(target), process);
    if (!there.ok) return this.options.faults.show(there.error, process.command);
    const rows = regions === undefined ? undefined : (snapshot: MapSnapshot) => rowsOf(snapshot, regions);
    await this.maps.showMap(services.monitors.of(target), process, rows);
  }

  /** Starts the program of a process once more, under an engine. */
  startAgain(request: LiveRequest): Promise<void> {
    const { profiles, faults } = this.options;
    return profileProcess(request, () => this.load(), profiles, faults);
  }

  /** Targets and monitors, as the pages have them. */
  async load(): Promise<TrendServices> {
    return (await this.run()).services;
  }

  dispose(): void {
    this.disposables.dispose();
    void this.running?.then(({ services, watches }) => {
      watches.dispose();
      services.dispose();
    });
  }

  private run(): Promise<Running> {
    this.running ??= this.begin();
    return this.running;
  }

  private async begin(): Promise<Running> {
    const { context, load } = this.options;
    const services = await load();
    const { monitors, clock } = services;
    const last = context.workspaceState.get<NamedTarget>('memlens.target');
    if (last !== undefined && isOffered(last)) monitors.select(last);
    const watches = new WatchList();
    const own = <T extends vscode.Disposable>(item: T): T => this.disposables.add(item);
    own(new MemoryStatus(monitors, watches));
    own(watches.onDidChange(() => void vscode.commands.executeCommand('setContext', 'memlens.watching', watches.all.length > 0)));
    const notices = own(
      new Notices(monitors, watches, clock, () => ({
        availableBelow: numberSetting('notifications.lowMemoryBelow', 5) / 100,
      })),
    );
    own(
      new NameKills(monitors, (target, cancel) =>
        // A program runs there for it.
        vscode.workspace.isTrusted
          ? readKernelLog({ target: services.target(target), rootCommand: [] }, cancel)
          : Promise.resolve(err({ code: 'untrusted-workspace' })),
      ),
    );
    own(new FindingTrends(monitors, this.options.store));
    own(
      new NoticeMessages(
        notices,
        (notice) => this.show(services, notice),
        ({ monitor, watch }) => void this.maps.showMap(monitor, { ...watch.key, command: watch.command }),
        ({ target }) => this.options.explainOom(target),
      ),
    );
    return { services, watches };
  }

  private show(services: TrendServices, notice: Notice): void {
    if (notice.kind === 'growth') {
      this.panels.show(services, notice.watched);
      return;
    }
    services.monitors.select(notice.monitor.target);
    void vscode.commands.executeCommand('memlens.memory.focus');
  }
}
