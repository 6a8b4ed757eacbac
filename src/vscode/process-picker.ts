import * as vscode from 'vscode';
import type { Monitor } from '../app/monitor.js';
import { formatBytes } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { ProcessRow } from '../model/process.js';

interface ProcessItem extends vscode.QuickPickItem {
  readonly row: ProcessRow;
}

/** Asks for a process of the machine, the largest first. undefined: the user has chosen none. */
export async function pickProcess(monitor: Monitor, title: string): Promise<ProcessRow | undefined> {
  const pick = vscode.window.createQuickPick<ProcessItem>();
  pick.title = title;
  pick.placeholder = vscode.l10n.t('A process of {0}: name, PID or words of its command line', monitor.target.name);
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.busy = true;
  const look = monitor.look('processes');
  // The user asks for it now, whatever came of it before.
  if (monitor.state.kind === 'failed') monitor.retry();
  // What was known when somebody last looked; it may be old.
  pick.items = itemsOf(monitor);
  let isNew = false;
  const changes = monitor.onDidChangeProcesses(() => {
    // The list is not rebuilt under the user's hands again and again.
    if (isNew) return;
    const active = pick.activeItems[0]?.row.pid;
    const items = itemsOf(monitor);
    isNew = items.length > 0;
    pick.items = items;
    const again = items.find(({ row }) => row.pid === active);
    if (again !== undefined) pick.activeItems = [again];
    pick.busy = !isNew;
  });
  const states = monitor.onDidChangeState(({ kind }) => {
    if (kind === 'failed') pick.hide();
  });
  try {
    const chosen = new Promise<ProcessItem | undefined>((resolve) => {
      pick.onDidAccept(() => resolve(pick.selectedItems[0]));
      pick.onDidHide(() => resolve(undefined));
    });
    pick.show();
    return (await chosen)?.row;
  } finally {
    changes.dispose();
    states.dispose();
    look.dispose();
    pick.dispose();
  }
}

function itemsOf(monitor: Monitor): readonly ProcessItem[] {
  const rows = [...monitor.processes.values()].filter(({ kernelThread }) => !kernelThread);
  return rows
    .sort((a, b) => b.rss - a.rss)
    .map((row) => ({
      label: visibleText(row.command),
      description: `${row.pid} · RSS ${formatBytes(row.rss)}${row.user === undefined ? '' : ` · ${visibleText(row.user)}`}`,
      ...(row.commandLine === undefined || row.commandLine === '' ? {} : { detail: visibleText(row.commandLine) }),
      row,
    }));
}
