import * as vscode from 'vscode';
import type { MapRecorderOptions } from '../app/map/map-recorder.js';
import { ProcessMaps } from '../app/map/process-maps.js';
import { Recorder } from '../app/recorder.js';
import { type Disposable, DisposableStore } from '../base/dispose.js';
import { Emitter } from '../base/emitter.js';
import { baseName } from '../base/path.js';
import type { Milliseconds } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { FaultMessages } from './fault-messages.js';
import { monitorSettings, numberSetting } from './monitor-settings.js';
import { askForFile } from './save-file.js';
import type { LoadTrends } from './trend-services.js';

interface Running {
  readonly recorder: Recorder;
  readonly path: string;
}

/** Records the chosen target, with all its watched processes, to a file; one at a time. */
export class Recordings implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly changed = this.disposables.add(new Emitter<string | undefined>());
  private readonly item = this.disposables.add(
    vscode.window.createStatusBarItem('memlens.recording', vscode.StatusBarAlignment.Left, -13),
  );
  private running: Running | undefined;
  /** While the file is asked for and made: a second command must not start a second recorder. */
  private isStarting = false;
  /** The name of the file that is written now. */
  readonly onDidChange = this.changed.on.bind(this.changed);

  constructor(
    private readonly load: LoadTrends,
    private readonly tool: string,
    private readonly faults: FaultMessages,
  ) {
    this.item.name = vscode.l10n.t('MemLens Recording');
    this.item.command = 'memlens.stopRecording';
  }

  /** The name of the file that is written now. */
  get file(): string | undefined {
    return this.running === undefined ? undefined : baseName(this.running.path);
  }

  async start(): Promise<void> {
    if (this.running !== undefined || this.isStarting) return;
    this.isStarting = true;
    try {
      await this.ask();
    } finally {
      this.isStarting = false;
    }
  }

  private async ask(): Promise<void> {
    const services = await this.load();
    const monitor = services.monitors.current;
    const name = `${monitor.target.name}-${new Date(services.epochMs()).toISOString().slice(0, 16)}`.replaceAll(/[^\w.-]+/g, '-');
    const path = await askForFile(`${name}.memlens`, { [vscode.l10n.t('MemLens Recording')]: ['memlens'] });
    if (path === undefined) return;
    // The editor's own box has asked whether a file that is there may be replaced.
    const file = await services.createFile(path, true);
    if (!file.ok) {
      this.faults.show(file.error, path);
      return;
    }
    const everyMs = mapIntervalMs();
    const maps: MapRecorderOptions | undefined =
      everyMs === undefined
        ? undefined
        : {
            everyMs,
            budget: () => monitorSettings().budget,
            clock: services.clock,
            sourceOf: (process) => new ProcessMaps(services.target(monitor.target), process, services),
          };
    const recorder = new Recorder(monitor, file.value, {
      created: services.epochMs(),
      tool: this.tool,
      ...(maps === undefined ? {} : { maps }),
    });
    recorder.onDidFail((fault) => {
      this.faults.show(fault, path);
      this.set(undefined);
    });
    this.set({ recorder, path });
  }

  async stop(): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    this.set(undefined);
    const stopped = await running.recorder.stop();
    running.recorder.dispose();
    if (!stopped.ok) {
      this.faults.show(stopped.error, running.path);
      return;
    }
    const open = vscode.l10n.t('Open');
    const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('MemLens: recorded to {0}.', running.path), open);
    if (chosen === open) await openRecording(vscode.Uri.file(running.path));
  }

  async open(): Promise<void> {
    const chosen = await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Open Recording'),
      filters: { [vscode.l10n.t('MemLens Recording')]: ['memlens'], [vscode.l10n.t('All Files')]: ['*'] },
    });
    if (chosen?.[0] !== undefined) await openRecording(chosen[0]);
  }

  dispose(): void {
    this.running?.recorder.dispose();
    this.disposables.dispose();
  }

  private set(running: Running | undefined): void {
    this.running = running;
    void vscode.commands.executeCommand('setContext', 'memlens.recording', running !== undefined);
    const name = this.file;
    this.changed.emit(name);
    if (running === undefined || name === undefined) {
      this.item.hide();
      return;
    }
    this.item.text = `$(record) ${visibleText(name)}`;
    this.item.tooltip = vscode.l10n.t('MemLens records memory to {0}. Click to stop.', running.path);
    this.item.show();
  }
}

/** How often a map of each watched process is taken; undefined: never. */
function mapIntervalMs(): Milliseconds | undefined {
  const seconds = Math.min(86_400, numberSetting('recording.mapInterval', 60));
  return seconds > 0 ? Math.max(1000, seconds * 1000) : undefined;
}

async function openRecording(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, 'memlens.recording');
}
