import * as vscode from 'vscode';
import { keptSubjects } from '../app/kept-trend.js';
import type { Monitor } from '../app/monitor.js';
import type { Monitors } from '../app/monitors.js';
import { watchLabel } from '../app/subject.js';
import type { Watched, WatchList } from '../app/watch-list.js';
import { DisposableStore } from '../base/dispose.js';
import { formatBytes } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { verdictWords } from '../insight/growth/words.js';
import type { Verdict } from '../model/verdict.js';
import { commandLink, escapeMarkdown, link } from './markdown.js';

/** The direction of a watched process, by its verdict. */
const DIRECTIONS: Readonly<Record<Verdict['state'], string>> = {
  leak: ' $(arrow-up)',
  'suspected-leak': ' $(arrow-up)',
  growing: ' $(arrow-up)',
  'not-growing': ' $(arrow-right)',
  'levelled-off': ' $(arrow-right)',
  'saw-tooth': ' $(arrow-swap)',
  'daily-rhythm': ' $(arrow-swap)',
  undecided: '',
};

/** The chosen target with its available memory, and the newest watched process with its RSS and direction. */
export class MemoryStatus implements vscode.Disposable {
  private readonly machine = vscode.window.createStatusBarItem('memlens.target', vscode.StatusBarAlignment.Left, -11);
  private readonly process = vscode.window.createStatusBarItem('memlens.watch', vscode.StatusBarAlignment.Left, -12);
  private readonly disposables = new DisposableStore();
  private listening = new DisposableStore();
  private shown = '';
  /** What the tooltips say. */
  private toldOfMachine = '';
  private told = '';

  constructor(
    private readonly monitors: Monitors,
    private readonly watches: WatchList,
  ) {
    this.machine.name = vscode.l10n.t('MemLens Target');
    this.machine.command = 'memlens.selectTarget';
    this.process.name = vscode.l10n.t('MemLens Watched Process');
    this.process.command = 'memlens.showTrend';
    for (const item of [this.machine, this.process]) this.disposables.add(item);
    this.disposables.add(monitors.onDidSelect(() => this.follow()));
    this.disposables.add(watches.onDidChange(() => this.follow()));
    this.follow();
  }

  dispose(): void {
    this.listening.dispose();
    this.disposables.dispose();
  }

  private follow(): void {
    this.listening.dispose();
    this.listening = new DisposableStore();
    const others = this.watches.all.map(({ monitor }) => monitor);
    for (const monitor of new Set([this.monitors.current, ...others])) {
      this.listening.add(monitor.onDidSample(() => this.show()));
      this.listening.add(monitor.onDidChangeState(() => this.show()));
    }
    this.show();
  }

  private show(): void {
    this.showMachine();
    this.showProcess();
  }

  private showMachine(): void {
    const { target, state, system } = this.monitors.current;
    const name = visibleText(target.name);
    const available = state.kind === 'live' ? system.latest('meminfo.MemAvailable')?.value : undefined;
    const icon = state.kind === 'lost' || state.kind === 'failed' ? '$(warning)' : '$(server)';
    const words = {
      idle: vscode.l10n.t('not looked at now'),
      connecting: vscode.l10n.t('connecting'),
      live: available === undefined ? '' : vscode.l10n.t('{0} available', formatBytes(available)),
      lost: vscode.l10n.t('connection lost'),
      failed: vscode.l10n.t('not reachable'),
    }[state.kind];
    const local = target.config.kind === 'local';
    // This machine is worth a place only while it is looked at; another one always, so that nobody takes it for this one.
    if (local && state.kind === 'idle') {
      this.machine.hide();
      return;
    }
    const text = `${icon} ${local ? '' : `${name}: `}${words}`;
    if (text !== this.shown) {
      this.shown = text;
      this.machine.text = text;
      const told =
        state.kind === 'live'
          ? vscode.l10n.t('MemLens looks at {0}. Click to choose another target.', name)
          : vscode.l10n.t('MemLens looks at {0}: {1}. Click to choose another target.', name, words);
      // Another tooltip each second would close the one that the user reads.
      if (told !== this.toldOfMachine) this.machine.tooltip = machineTooltip(this.monitors.current, told);
      this.toldOfMachine = told;
      this.machine.accessibilityInformation = { label: `MemLens, ${name}: ${words}` };
    }
    this.machine.show();
  }

  private showProcess(): void {
    const running = this.watches.all.filter(({ watch }) => watch.endedAt === undefined);
    const watched = running.at(-1);
    const newest = watched?.watch;
    const rss = newest?.series.latest('rss')?.value ?? newest?.row?.rss;
    if (watched === undefined || newest === undefined || rss === undefined) {
      this.process.hide();
      return;
    }
    const more = running.length > 1 ? ` +${running.length - 1}` : '';
    this.process.text = `$(eye) ${visibleText(newest.command)} ${formatBytes(rss)}${DIRECTIONS[newest.verdict.state]}${more}`;
    const { title } = verdictWords(newest.verdict);
    const label = visibleText(watchLabel(newest));
    const words = vscode.l10n.t('{0}: {1}. Click to show its trend.', label, title);
    // Another tooltip each second would close the one that the user reads.
    if (words !== this.told) this.process.tooltip = tooltipOf(watched, words);
    this.told = words;
    this.process.accessibilityInformation = { label: `MemLens, ${label}: RSS ${formatBytes(rss)}, ${title}` };
    this.process.show();
  }
}

/** With the next step: where all of the memory is. */
function machineTooltip(monitor: Monitor, words: string): vscode.MarkdownString {
  const system = link(vscode.l10n.t('Show System Memory'), commandLink('memlens.showSystem', keptSubjects([{ monitor }])));
  const tooltip = new vscode.MarkdownString(`${escapeMarkdown(words)}\n\n${system}`);
  tooltip.isTrusted = { enabledCommands: ['memlens.showSystem'] };
  return tooltip;
}

/** With the next step: where in its address space it grows. */
function tooltipOf({ monitor, watch }: Watched, words: string): vscode.MarkdownString {
  const map = link(vscode.l10n.t('Show Memory Map'), commandLink('memlens.showMap', keptSubjects([{ monitor, watch }])));
  const tooltip = new vscode.MarkdownString(`${escapeMarkdown(words)}\n\n${map}`);
  tooltip.isTrusted = { enabledCommands: ['memlens.showMap'] };
  return tooltip;
}
