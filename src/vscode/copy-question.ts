import * as vscode from 'vscode';
import type { CopyRequest } from '../app/copy-files.js';
import { formatBytes } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';

/** Asks whether files may be copied to a target for a run. */
export async function confirmCopy({ files, bytes, target, directory }: CopyRequest): Promise<boolean> {
  const copy = vscode.l10n.t('Copy and Run');
  const names = files.map((file) => visibleText(file)).join('\n');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Copy {0} to {1} for this run?', formatBytes(bytes), visibleText(target)),
    {
      modal: true,
      detail: vscode.l10n.t('{0}\n\nThe copies go to {1} there, and are removed after the run.', names, visibleText(directory)),
    },
    copy,
  );
  return chosen === copy;
}
