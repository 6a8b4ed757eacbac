import * as vscode from 'vscode';
import { reasonOfMeasure } from '../app/live/live-reason.js';
import { type Subject, sourceId } from '../app/subject.js';
import type { Watched, WatchList } from '../app/watch-list.js';
import type { ProcessId } from '../model/process.js';
import type { NamedTarget } from '../model/target-config.js';
import type { NextStep } from '../model/verdict.js';
import type { FromPage } from '../protocol/trends.js';
import type { LiveRequest } from './live-request.js';
import type { MapEditor } from './map-editor.js';
import type { PageHost, PageWishes } from './page-host.js';
import { showRecordedMap } from './recorded-map.js';
import type { Recordings } from './recordings.js';
import type { SeriesExport } from './series-export.js';
import type { TrendCommands } from './trend-commands.js';
import type { TrendPanels } from './trend-panels.js';
import type { LoadTrends, TrendServices } from './trend-services.js';

/** Pages of a whole machine. */
export interface MachinePages {
  /** Why memory ran out. */
  readonly explainOom: (target: NamedTarget) => void;
  /** Where all of it is. */
  readonly showSystem: (target: NamedTarget) => void;
}

/** What the user asks for in a page that is more than drawing. */
export class TrendWishes implements PageWishes {
  constructor(
    private readonly load: LoadTrends,
    private readonly watches: () => Promise<WatchList>,
    private readonly commands: TrendCommands,
    private readonly maps: MapEditor,
    private readonly panels: TrendPanels,
    private readonly recordings: Recordings,
    private readonly exporter: SeriesExport,
    private readonly machines: MachinePages,
  ) {}

  fulfil(message: FromPage, page: PageHost): void {
    void this.load().then((services) => this.act(message, page, services));
  }

  private async act(message: FromPage, page: PageHost, services: TrendServices): Promise<void> {
    switch (message.kind) {
      case 'select-target':
        return this.commands.selectTarget();
      case 'watch':
        return this.watch(page, message.process);
      case 'unwatch':
        return this.unwatch(page, message.process);
      case 'show-trend':
        return this.showTrend(page, message.process, services);
      case 'show-map':
        return this.showMap(page, message.process, services);
      case 'profile':
        await vscode.commands.executeCommand('memlens.attach', await this.processOf(page, message.process));
        return;
      case 'compare':
        return this.compare(page, services);
      case 'remove-source':
        return this.panels.remove(page, message.source);
      case 'mark':
        return this.mark(page);
      case 'explain-oom':
        return ofMachine(page, message.source, this.machines.explainOom);
      case 'show-system':
        return ofMachine(page, message.source, this.machines.showSystem);
      case 'record':
        return this.recordings.start();
      case 'stop-recording':
        return this.recordings.stop();
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        return;
      case 'open-link':
        if (/^https:\/\/(docs\.kernel\.org|man7\.org|www\.kernel\.org)\//.test(message.link)) {
          await vscode.env.openExternal(vscode.Uri.parse(message.link));
        }
        return;
      case 'step':
        return this.step(page, message.source, message.action, services);
      case 'export':
        return this.exporter.save(page.subjects, message.query, message.format);
      case 'export-image':
        return this.exporter.saveImage(page.subjects, message.png);
      case 'ready':
      case 'query':
      case 'pause':
      case 'save':
      case 'retry':
        // Heard by the feed, or by the page's host.
        return;
    }
  }

  /** The row of a process, by its id in the page; a Trend page names the source instead. */
  private async processOf(page: PageHost, id: string): Promise<ProcessRef | undefined> {
    const subject = page.subjects.find((one) => sourceId(one) === id) ?? page.subjects[0];
    if (subject === undefined) return undefined;
    const { monitor, watch } = subject;
    if (watch !== undefined && sourceId(subject) === id) return { subject, ...watch.key, command: watch.command };
    const pid = Number.parseInt(id, 10);
    const row = monitor.processes.get(id as `${number}:${number}`);
    if (!Number.isSafeInteger(pid)) return undefined;
    return { subject, pid, command: row?.command ?? String(pid), ...(row === undefined ? {} : { startTicks: row.startTicks }) };
  }

  private async watch(page: PageHost, id: string): Promise<void> {
    const process = await this.processOf(page, id);
    if (process !== undefined) await this.commands.watch(process.subject.monitor, process.pid);
  }

  private async unwatch(page: PageHost, id: string): Promise<void> {
    const watched = await this.watched(page, id);
    if (watched !== undefined) (await this.watches()).remove(watched);
  }

  private async watched(page: PageHost, id: string): Promise<Watched | undefined> {
    const { all } = await this.watches();
    return all.find(
      ({ monitor, watch }) =>
        page.subjects.some((subject) => subject.monitor === monitor) && (watch.id === id || sourceId({ monitor, watch }) === id),
    );
  }

  private async showTrend(page: PageHost, id: string, services: TrendServices): Promise<void> {
    const watched = await this.watched(page, id);
    if (watched !== undefined) return this.panels.show(services, watched);
    const process = await this.processOf(page, id);
    if (process !== undefined) await this.commands.showTrend(process.subject.monitor, process.pid);
  }

  private async showMap(page: PageHost, id: string, services: TrendServices): Promise<void> {
    const recorded = page.subjects.find((one) => one.recording !== undefined && sourceId(one) === id);
    if (recorded !== undefined) return showRecordedMap(this.maps, services, page, recorded);
    const process = await this.processOf(page, id);
    if (process === undefined) return;
    const { subject, pid, command } = process;
    const { monitor, watch } = subject;
    const row = monitor.processes.get(id as ProcessId);
    const startTicks = watch?.key.startTicks ?? row?.startTicks ?? Number(id.split(':')[1]);
    const commandLine = watch?.commandLine ?? row?.commandLine;
    if (Number.isSafeInteger(startTicks)) {
      await this.maps.showMap(monitor, { pid, startTicks, command, ...(commandLine === undefined ? {} : { commandLine }) });
    }
  }

  private async compare(page: PageHost, services: TrendServices): Promise<void> {
    const subject = await this.commands.pickToCompare(services, page.subjects);
    if (subject !== undefined) this.panels.add(page, subject);
  }

  private async mark(page: PageHost): Promise<void> {
    const detail = await vscode.window.showInputBox({
      title: vscode.l10n.t('Mark This Moment'),
      prompt: vscode.l10n.t('A word that tells later what happened here'),
    });
    if (detail === undefined) return;
    const monitors = new Set(page.subjects.map(({ monitor }) => monitor));
    for (const monitor of monitors) monitor.mark({ kind: 'mark', ...(detail === '' ? {} : { detail }) });
  }

  private async step(page: PageHost, source: string, action: NextStep['action'], services: TrendServices): Promise<void> {
    switch (action) {
      case 'profile': {
        const process = await this.processOf(page, source);
        const watch = process?.subject.watch;
        const reason = watch === undefined ? undefined : reasonOfMeasure(watch.verdict.measure);
        await vscode.commands.executeCommand('memlens.attach', reason === undefined ? process : { ...process, reason });
        return;
      }
      case 'show-map':
        return this.showMap(page, source, services);
      case 'record':
        return this.recordings.start();
      case 'show-processes':
        await vscode.commands.executeCommand('memlens.processes.focus');
        return;
      case 'keep-watching':
        return;
    }
  }
}

/** A process as a page names it. */
export interface ProcessRef extends LiveRequest {
  readonly subject: Subject;
}

/** A recording tells nothing of the machine as it is now. */
function ofMachine(page: PageHost, source: string, show: (target: NamedTarget) => void): void {
  const subject = page.subjects.find((one) => sourceId(one) === source);
  if (subject !== undefined && subject.recording === undefined) show(subject.monitor.target);
}
