import * as vscode from 'vscode';
import type { Monitor } from '../app/monitor.js';
import { type Subject, sourceId, subjectLabel, watchLabel } from '../app/subject.js';
import type { Watched, WatchList } from '../app/watch-list.js';
import { visibleText } from '../base/visible-text.js';
import type { NamedTarget } from '../model/target-config.js';
import type { FaultMessages } from './fault-messages.js';
import { pickProcess } from './process-picker.js';
import { pickTarget } from './target-picker.js';
import type { TrendPanels } from './trend-panels.js';
import type { LoadTrends, TrendServices } from './trend-services.js';

/** The commands about targets, watches and trends. */
export class TrendCommands {
  constructor(
    private readonly load: LoadTrends,
    private readonly watches: () => Promise<WatchList>,
    private readonly panels: TrendPanels,
    private readonly faults: FaultMessages,
    private readonly state: vscode.Memento,
    private readonly showSystem: (target: NamedTarget) => unknown,
  ) {}

  async selectTarget(): Promise<void> {
    const services = await this.load();
    const { monitors } = services;
    const target = await pickTarget(services, this.faults, monitors.current.target, [
      { icon: 'server-environment', tooltip: vscode.l10n.t('Show System Memory'), open: (one) => this.showSystem(one) },
      {
        icon: 'graph-line',
        tooltip: vscode.l10n.t('Show Trend of the Machine'),
        open: (one) => this.panels.show(services, { monitor: monitors.of(one) }),
      },
    ]);
    if (target === undefined) return;
    monitors.select(target);
    await this.state.update('memlens.target', target);
    await vscode.commands.executeCommand('memlens.memory.focus');
  }

  /** Asks for a process of the chosen target, and shows its trend. */
  async watchProcess(): Promise<void> {
    const services = await this.load();
    const monitor = services.monitors.current;
    const row = await pickProcess(monitor, vscode.l10n.t('Watch a Process'));
    if (monitor.state.kind === 'failed') return this.faults.show(monitor.state.fault, monitor.target.name);
    if (row !== undefined) await this.showTrend(monitor, row.pid);
  }

  /** The watched process; of several, asks which; of none, watches one. */
  async showWatched(): Promise<void> {
    const { all } = await this.watches();
    const [only] = all;
    if (only === undefined) return this.watchProcess();
    const watched = all.length === 1 ? only : await pickWatched(all);
    if (watched !== undefined) this.panels.show(await this.load(), subjectOf(watched));
  }

  async showTrend(monitor: Monitor, pid: number): Promise<void> {
    const watched = await this.watch(monitor, pid);
    if (watched !== undefined) this.panels.show(await this.load(), subjectOf(watched));
  }

  async watch(monitor: Monitor, pid: number): Promise<Watched | undefined> {
    const watched = await (await this.watches()).add(monitor, pid, 'user');
    if (watched.ok) return watched.value;
    this.faults.show(watched.error, vscode.l10n.t('process {0} of {1}', pid, visibleText(monitor.target.name)));
    return undefined;
  }

  /** Stops following a process; of several, asks which. Its page keeps what was measured. */
  async unwatch(): Promise<void> {
    const watches = await this.watches();
    const { all } = watches;
    const watched = all.length > 1 ? await pickWatched(all) : all[0];
    if (watched !== undefined) watches.remove(watched);
  }

  /** A process of any target that has a monitor, to be compared with what a page shows. */
  async pickToCompare(services: TrendServices, shown: readonly Subject[]): Promise<Subject | undefined> {
    const there = new Set(shown.map(sourceId));
    const watched = (await this.watches()).all.map(subjectOf).filter((subject) => !there.has(sourceId(subject)));
    const machines = services.monitors.all.map((monitor): Subject => ({ monitor })).filter((one) => !there.has(sourceId(one)));
    const items: (vscode.QuickPickItem & { readonly subject?: Subject; readonly monitor?: Monitor })[] = [
      ...watched.map((subject) => ({ label: `$(eye) ${labelOf(subject)}`, description: subject.monitor.target.name, subject })),
      ...machines.map((subject) => ({
        label: `$(server) ${labelOf(subject)}`,
        description: vscode.l10n.t('the whole machine'),
        subject,
      })),
      { label: '', kind: vscode.QuickPickItemKind.Separator },
      ...services.monitors.all.map((monitor) => ({
        label: `$(add) ${vscode.l10n.t('A Process of {0}…', visibleText(monitor.target.name))}`,
        monitor,
      })),
    ];
    const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Compare With'), matchOnDescription: true });
    if (picked?.monitor === undefined) return picked?.subject;
    const row = await pickProcess(picked.monitor, vscode.l10n.t('Compare With'));
    const added = row === undefined ? undefined : await this.watch(picked.monitor, row.pid);
    return added === undefined ? undefined : subjectOf(added);
  }
}

const subjectOf = ({ monitor, watch }: Watched): Subject => ({ monitor, watch });

const labelOf = (subject: Subject): string => visibleText(subjectLabel(subject));

async function pickWatched(all: readonly Watched[]): Promise<Watched | undefined> {
  const items = all.map((watched) => ({
    label: visibleText(watchLabel(watched.watch)),
    description: visibleText(watched.monitor.target.name),
    ...(watched.watch.commandLine === undefined ? {} : { detail: visibleText(watched.watch.commandLine) }),
    watched,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Watched Processes') });
  return picked?.watched;
}
