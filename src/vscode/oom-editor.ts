import * as vscode from 'vscode';
import { LOCAL } from '../app/monitors.js';
import { baseName } from '../base/path.js';
import { visibleText } from '../base/visible-text.js';
import type { NamedTarget } from '../model/target-config.js';
import type { OomTab } from '../protocol/oom.js';
import { clickedFiles } from './clicked-files.js';
import type { CommandId } from './command-ids.js';
import type { FaultMessages } from './fault-messages.js';
import { withoutLinks } from './live-news.js';
import { type OomPageContext, OomPanels } from './oom-panels.js';
import { pickTarget } from './target-picker.js';

type OomCommandId = Extract<CommandId, 'explainOom' | 'explainOomText' | 'showNextVictim'>;

interface SourceItem extends vscode.QuickPickItem {
  readonly open?: () => unknown;
}

/** OOM kills in the editor: out of a machine's kernel log, a file, or a text; and who would be killed next. */
export class OomEditor implements vscode.Disposable {
  private readonly panels: OomPanels;
  readonly commands: Readonly<Record<OomCommandId, (...args: readonly unknown[]) => unknown>>;

  constructor(
    private readonly context: OomPageContext,
    private readonly faults: FaultMessages,
  ) {
    this.panels = new OomPanels(context);
    this.commands = {
      explainOom: (clicked, selected) => this.explain(clickedFiles(clicked, selected)),
      explainOomText: () => this.explainEditor(),
      showNextVictim: () => this.showCurrent('next'),
    };
  }

  dispose(): void {
    this.panels.dispose();
  }

  /** The kernel log of a machine, or its processes. */
  async showMachine(target: NamedTarget, tab: OomTab = 'events'): Promise<void> {
    // A program runs there for it.
    if (vscode.workspace.isTrusted) await this.panels.showMachine(target, tab);
    else this.faults.show({ code: 'untrusted-workspace' }, 'MemLens');
  }

  private async showCurrent(tab: OomTab): Promise<void> {
    const { monitors } = await this.context.load();
    await this.showMachine(monitors.current.target, tab);
  }

  private async explain(files: readonly vscode.Uri[]): Promise<void> {
    if (files.length > 0) {
      for (const file of files) await this.panels.showFile(file);
      return;
    }
    const picked = await vscode.window.showQuickPick(await this.sources(), {
      title: vscode.l10n.t('Explain Out-of-Memory Kills of'),
      matchOnDescription: true,
    });
    await picked?.open?.();
  }

  private async sources(): Promise<readonly SourceItem[]> {
    const services = await this.context.load();
    const current = services.monitors.current.target;
    const machine = (target: NamedTarget, description: string): SourceItem => ({
      label: `$(${target.config.kind === 'local' ? 'device-desktop' : 'remote'}) ${vscode.l10n.t('Kernel log of {0}', target.name)}`,
      description,
      open: () => this.showMachine(target),
    });
    const editor = vscode.window.activeTextEditor;
    return [
      machine(LOCAL, vscode.l10n.t('this machine')),
      ...(current.config.kind === 'local' ? [] : [machine(current, vscode.l10n.t('the chosen target'))]),
      {
        label: `$(remote) ${vscode.l10n.t('Kernel Log of Another Target…')}`,
        open: async () => {
          const target = await pickTarget(services, this.faults, current);
          if (target !== undefined) await this.showMachine(target);
        },
      },
      { label: `$(folder-opened) ${vscode.l10n.t('A File…')}`, open: () => this.askForFile() },
      ...(editor === undefined
        ? []
        : [
            {
              label: `$(selection) ${editor.selection.isEmpty ? vscode.l10n.t('The Text in the Editor') : vscode.l10n.t('The Selected Text')}`,
              description: baseName(editor.document.fileName),
              open: () => this.explainEditor(),
            },
          ]),
      {
        label: `$(clippy) ${vscode.l10n.t('The Clipboard')}`,
        open: async () => this.showText(await vscode.env.clipboard.readText(), vscode.l10n.t('the clipboard'), 'clipboard'),
      },
    ];
  }

  private async askForFile(): Promise<void> {
    const chosen = await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Explain Out-of-Memory Kills'),
      canSelectMany: true,
    });
    for (const file of chosen ?? []) await this.panels.showFile(file);
  }

  /** What is selected, or else all of it. */
  private async explainEditor(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined) return;
    const { document, selection } = editor;
    const text = document.getText(selection.isEmpty ? undefined : selection);
    await this.showText(text, baseName(document.fileName), `text ${document.uri.toString()}`);
  }

  private async showText(text: string, title: string, key: string): Promise<void> {
    const shown = await this.panels.showText(text, title, key);
    if (shown.ok) return;
    void vscode.window.showInformationMessage(
      vscode.l10n.t('MemLens: {0} tells of no process that was killed for lack of memory.', withoutLinks(visibleText(title))),
    );
  }
}
