import * as vscode from 'vscode';
import { exportSeries, type SeriesFormat } from '../app/export-series.js';
import { writeLines } from '../app/line-sink.js';
import { type Subject, subjectLabel } from '../app/subject.js';
import type { ChartQuery } from '../protocol/trends.js';
import type { FaultMessages } from './fault-messages.js';
import type { LoadTrends } from './trend-services.js';

const KINDS: Readonly<Record<SeriesFormat, { readonly suffix: string; readonly filter: string }>> = {
  csv: { suffix: 'csv', filter: 'CSV' },
  openmetrics: { suffix: 'txt', filter: 'OpenMetrics' },
};

/** Saves what a page shows to a file that the user names. */
export class SeriesExport {
  constructor(
    private readonly load: LoadTrends,
    private readonly faults: FaultMessages,
  ) {}

  async save(subjects: readonly Subject[], query: ChartQuery, format: SeriesFormat): Promise<void> {
    const { suffix, filter } = KINDS[format];
    const path = await askForFile(`${nameOf(subjects)}.${suffix}`, { [filter]: [suffix] });
    if (path === undefined) return;
    const { createFile } = await this.load();
    // The editor's own box has asked whether a file that is there may be replaced.
    const file = await createFile(path, true);
    if (!file.ok) {
      this.faults.show(file.error, path);
      return;
    }
    const closed = await writeLines(file.value, exportSeries(subjects, query, format));
    if (closed.ok) await offerToOpen(path);
    else this.faults.show(closed.error, path);
  }

  async saveImage(png: Uint8Array): Promise<void> {
    const path = await askForFile('memlens.png', { PNG: ['png'] });
    if (path === undefined) return;
    try {
      await vscode.workspace.fs.writeFile(vscode.Uri.file(path), png);
    } catch (error) {
      this.faults.show({ code: 'unreadable', path, detail: String(error) }, path);
      return;
    }
    await offerToOpen(path);
  }
}

/** undefined: the user has given up. */
export async function askForFile(name: string, filters: Record<string, string[]>): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  const chosen = await vscode.window.showSaveDialog({
    filters,
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  return chosen?.fsPath;
}

export async function offerToOpen(path: string): Promise<void> {
  const open = vscode.l10n.t('Open');
  const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('MemLens: saved to {0}.', path), open);
  if (chosen === open) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
}

/** A name that every file system takes. */
function nameOf(subjects: readonly Subject[]): string {
  const [first] = subjects;
  const words = first === undefined ? '' : subjectLabel(first);
  return `memlens-${words.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^-+|-+$/g, '')}`;
}
