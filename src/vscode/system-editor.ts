import * as vscode from 'vscode';
import { readKeptSubjects } from '../app/kept-trend.js';
import { LOCAL } from '../app/monitors.js';
import { openSystem } from '../app/system/open-system.js';
import { processAt } from '../app/system/process-at.js';
import { baseName } from '../base/path.js';
import { visibleText } from '../base/visible-text.js';
import type { NamedTarget } from '../model/target-config.js';
import type { FromSystemPage } from '../protocol/system.js';
import { cancelOf } from './cancellation.js';
import type { FaultMessages } from './fault-messages.js';
import type { MapEditor } from './map-editor.js';
import { openDoc } from './open-doc.js';
import { SystemExport } from './system-export.js';
import { SystemMarks } from './system-marks.js';
import { type SystemPage, type SystemPageSubject, SystemPanels } from './system-panels.js';
import type { TrendCommands } from './trend-commands.js';
import type { TrendPanels } from './trend-panels.js';
import type { LoadTrends } from './trend-services.js';

export interface SystemEditorOptions {
  readonly context: vscode.ExtensionContext;
  readonly load: LoadTrends;
  readonly commands: TrendCommands;
  readonly maps: MapEditor;
  readonly trends: TrendPanels;
  readonly faults: FaultMessages;
  readonly nonce: () => string;
  readonly rootCommand: () => readonly string[];
  readonly isOffered: (target: NamedTarget) => boolean;
}

/** All of a machine's memory in the editor: pages of targets, and of saved files of /proc. */
export class SystemEditor implements vscode.Disposable {
  private readonly panels: SystemPanels;
  private readonly exports: SystemExport;

  constructor(private readonly options: SystemEditorOptions) {
    const { context, load, faults, nonce, isOffered, rootCommand } = options;
    const tool = `memlens ${String((context.extension.packageJSON as { version?: unknown }).version)}`;
    this.exports = new SystemExport(load, faults, tool);
    this.panels = new SystemPanels(load, {
      extension: context.extensionUri,
      state: context.workspaceState,
      nonce,
      rootCommand,
      marks: new SystemMarks(load, context.storageUri && vscode.Uri.joinPath(context.storageUri, 'system-marks'), tool),
      wishes: { fulfil: (message, page) => void this.fulfil(message, page) },
      isOffered,
      openFiles: (paths) => this.read(paths.map((path) => vscode.Uri.file(path))),
    });
  }

  /** The memory of the chosen target; `kept`: a KeptSubject, as a link of the status bar carries it. Anything else is nothing. */
  async show(kept?: unknown): Promise<void> {
    const services = await this.options.load();
    const [subject] = readKeptSubjects({ subjects: [kept] });
    const target = subject !== undefined && this.options.isOffered(subject.target) ? subject.target : undefined;
    await this.showTarget(target ?? services.monitors.current.target);
  }

  async showTarget(target: NamedTarget): Promise<void> {
    this.panels.show(await this.options.load(), { kind: 'target', target });
  }

  /** Saved files of /proc: a folder of them, one file, or our own JSON. Asks for them when none are given; several are moments of one machine. */
  async open(given: readonly vscode.Uri[]): Promise<void> {
    const uris = given.length > 0 ? given : await chooseFiles();
    if (uris.length === 0) return;
    const services = await this.options.load();
    const subject = await this.read(uris);
    if (subject !== undefined) this.panels.show(services, subject);
  }

  dispose(): void {
    this.panels.dispose();
  }

  /** undefined: nothing could be read; why was said. */
  private async read(uris: readonly vscode.Uri[]): Promise<SystemPageSubject | undefined> {
    const services = await this.options.load();
    const local = services.target(LOCAL);
    const title = vscode.l10n.t('Opening system files');
    const progress = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    return vscode.window.withProgress(progress, async (_, token) => {
      const states = [];
      const paths = [];
      for (const { fsPath: path } of uris) {
        const opened = await openSystem(path, local, cancelOf(token), { tables: true });
        if (opened.ok) {
          states.push({ label: baseName(path), state: opened.value });
          paths.push(path);
        } else this.options.faults.show(opened.error, baseName(path));
      }
      const sorted = states.toSorted((one, other) => (one.state.facts.at ?? 0) - (other.state.facts.at ?? 0));
      const last = sorted.at(-1);
      if (last === undefined) return undefined;
      return { kind: 'files', name: last.label, paths, states: sorted };
    });
  }

  private async fulfil(message: FromSystemPage, page: SystemPage): Promise<void> {
    const { feed, title } = page;
    switch (message.kind) {
      case 'drop-caches':
        return this.dropCaches(page);
      case 'name-mark':
        return nameMark(page, message.mark);
      case 'step':
        return this.step(message.step, page);
      case 'show-map':
      case 'show-process-trend':
        return this.showProcess(message, page);
      case 'open-link':
        if (/^https:\/\/(docs\.kernel\.org|man7\.org|www\.kernel\.org)\//.test(message.link)) {
          await vscode.env.openExternal(vscode.Uri.parse(message.link));
        }
        return;
      case 'open-help': {
        const doc = vscode.Uri.joinPath(this.options.context.extensionUri, 'docs', 'system.md');
        await openDoc(message.anchor === undefined ? doc : doc.with({ fragment: message.anchor }));
        return;
      }
      case 'open-root-setting':
        await vscode.commands.executeCommand('workbench.action.openSettings', 'memlens.rootCommand');
        return;
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        return;
      case 'export':
        if (message.format === 'csv') {
          if (feed.compared !== undefined) await this.exports.saveChanges(title, feed.compared);
        } else if (feed.current !== undefined) await this.exports.saveState(title, feed.current);
        return;
      default:
        // Heard by the feed, or by the page's host.
        return;
    }
  }

  /** It writes to the system: not without a word, and not in a workspace that nobody trusts. */
  private async dropCaches({ subject, feed }: SystemPage): Promise<void> {
    if (subject.kind !== 'target') return;
    if (!vscode.workspace.isTrusted) return this.options.faults.show({ code: 'untrusted-workspace' }, subject.target.name);
    const drop = vscode.l10n.t('Drop Caches');
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t('Drop the caches of {0}?', visibleText(subject.target.name)),
      {
        modal: true,
        detail: vscode.l10n.t(
          'MemLens marks the state, runs sync, writes 3 to /proc/sys/vm/drop_caches there (root only), and compares. The kernel forgets the files and names that it keeps in memory. Nothing is lost: what is needed is read again, so that the machine may be slow for a while. There is nothing to undo.',
        ),
      },
      drop,
    );
    if (chosen === drop) await feed.dropAndCompare();
  }

  private async step(step: 'show-processes' | 'watch-trend', { subject, services }: SystemPage): Promise<void> {
    if (subject.kind !== 'target') return;
    if (step === 'watch-trend') {
      this.options.trends.show(services, { monitor: services.monitors.of(subject.target) });
      return;
    }
    services.monitors.select(subject.target);
    await vscode.commands.executeCommand('memlens.processes.focus');
  }

  private async showProcess(
    { kind, pid, name }: Extract<FromSystemPage, { readonly pid: number }>,
    { subject, services }: SystemPage,
  ): Promise<void> {
    if (subject.kind !== 'target') return;
    const { commands, maps, faults } = this.options;
    const there = await processAt(services.target(subject.target), pid, name);
    if (!there.ok) return faults.show(there.error, `${name} (${pid})`);
    const monitor = services.monitors.of(subject.target);
    if (kind === 'show-map') await maps.showMap(monitor, there.value);
    else await commands.showTrend(monitor, pid);
  }
}

async function nameMark({ feed }: SystemPage, id: number): Promise<void> {
  const mark = feed.markOf(id);
  if (mark === undefined) return;
  const label = await vscode.window.showInputBox({
    title: vscode.l10n.t('Name This Mark'),
    prompt: vscode.l10n.t('A word that tells later what happened here; its time is shown with it'),
    value: mark.label,
  });
  if (label !== undefined) feed.nameMark(id, label);
}

async function chooseFiles(): Promise<readonly vscode.Uri[]> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open System Files: a Folder of Files of /proc, One of Them, or the JSON of memlens system'),
    openLabel: vscode.l10n.t('Open System Files'),
    canSelectMany: true,
    canSelectFiles: true,
    canSelectFolders: true,
    ...(folder === undefined ? {} : { defaultUri: folder }),
  });
  return chosen ?? [];
}
