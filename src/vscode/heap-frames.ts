import * as vscode from 'vscode';
import type { SourceLocator } from '../app/source-locator.js';
import { visibleText } from '../base/visible-text.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { LoadHeap } from './heap-services.js';

/** Opens the lines of frames, where their files are on this machine. */
export class HeapFrames {
  /** One for all pages, as long as the settings are the same. */
  private locator: Promise<SourceLocator> | undefined;

  constructor(private readonly load: LoadHeap) {}

  /** The settings or the folders of the workspace are others. */
  forget(): void {
    this.locator = undefined;
  }

  /** Absolute path of a file of this machine; undefined: it is not here, or it is not told which it is. */
  async fileOf(file: string): Promise<string | undefined> {
    this.locator ??= this.load().then((services) => services.locator());
    return (await (await this.locator).fileOf(file))?.path;
  }

  /** Beside the page, so that it stays in sight. */
  async open({ frames, texts }: HeapProfile, frame: number, beside: vscode.ViewColumn | undefined): Promise<void> {
    const file = texts[frames.file[frame] ?? 0] ?? '';
    const line = frames.line[frame] ?? 0;
    if (file === '') return;
    const path = await this.fileOf(file);
    if (path === undefined) {
      await this.tellMissing(file);
      return;
    }
    const at = new vscode.Position(Math.max(0, line - 1), 0);
    try {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
      const start = at.line < document.lineCount ? document.lineAt(at.line).firstNonWhitespaceCharacterIndex : 0;
      const range = new vscode.Range(at.line, start, at.line, start);
      const editor = await vscode.window.showTextDocument(document, {
        selection: range,
        viewColumn: columnBeside(beside),
        preview: true,
      });
      editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    } catch {
      void vscode.window.showWarningMessage(vscode.l10n.t('{0} can’t be opened any more.', path));
    }
  }

  private async tellMissing(file: string): Promise<void> {
    const settings = vscode.l10n.t('Open Settings');
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t(
        'MemLens: {0} is not on this machine, or several files here could be it. The setting memlens.sourcePathMap can tell where it is.',
        visibleText(file),
      ),
      settings,
    );
    if (chosen === settings) await vscode.commands.executeCommand('workbench.action.openSettings', 'memlens.sourcePathMap');
  }
}

/** A column that shows files already, else a new one. */
function columnBeside(page: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const other = vscode.window.visibleTextEditors.find(({ viewColumn }) => viewColumn !== undefined && viewColumn !== page);
  return other?.viewColumn ?? vscode.ViewColumn.Beside;
}
