import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import { DisposableStore } from '../base/dispose.js';
import { visibleText } from '../base/visible-text.js';
import { summaryLine, summaryTooltip } from '../findings/wording.js';
import { shortTotal } from './result-text.js';

export interface RunningState {
  readonly title: string;
  readonly phase: string;
}

/** The total of the last run, and while one runs, its phase. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('memlens.status', vscode.StatusBarAlignment.Left, -10);
  private readonly disposables = new DisposableStore();
  private running: RunningState | undefined;

  constructor(private readonly store: FindingsStore) {
    this.item.name = 'MemLens';
    this.disposables.add(this.item);
    this.disposables.add(store.onChange(() => this.show()));
  }

  setRunning(running: RunningState | undefined): void {
    this.running = running;
    this.show();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private show(): void {
    const newest = this.store.newest();
    if (this.running !== undefined) {
      const { title, phase } = this.running;
      this.item.text = `$(sync~spin) MemLens: ${phase}`;
      this.item.tooltip = vscode.l10n.t('{0}: {1}. Click to stop it and show what was found.', visibleText(title), phase);
      this.item.command = 'memlens.stop';
      this.item.show();
    } else if (newest !== undefined) {
      const { title, report } = newest;
      this.item.text = `$(pulse) ${shortTotal(report)}`;
      this.item.tooltip = `${visibleText(title)}: ${summaryLine(report.summary, report.errors, report.findings)}\n\n${summaryTooltip(report.summary, report.errors)}`;
      this.item.command = 'memlens.showFindings';
      this.item.accessibilityInformation = { label: `MemLens: ${shortTotal(report)}` };
      this.item.show();
    } else this.item.hide();
  }
}
