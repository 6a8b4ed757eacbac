import * as vscode from 'vscode';
import { formatCount, formatDuration } from '../base/units.js';
import { checkTotalsWords } from '../findings/check-words.js';
import type { LeakCheckTotals } from '../model/leak-check.js';

/** `3 leak checks`, with each below it, the newest first. */
export function checksItem(checks: readonly LeakCheckTotals[]): vscode.TreeItem {
  const item = new vscode.TreeItem(formatCount(checks.length, 'leak check'), vscode.TreeItemCollapsibleState.Collapsed);
  const last = checks.at(-1);
  item.iconPath = new vscode.ThemeIcon('history');
  if (last !== undefined) item.description = checkTotalsWords(last);
  return item;
}

export function checkItem(totals: LeakCheckTotals): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Check {0}', totals.number));
  const at = vscode.l10n.t('{0} after the start', formatDuration(totals.at));
  item.description = `${at} · ${checkTotalsWords(totals)}`;
  item.iconPath = new vscode.ThemeIcon(totals.growing > 0 ? 'arrow-up' : 'pass');
  item.tooltip = `${item.description}\n${vscode.l10n.t('Lost: what no pointer of the program leads to. Growing: leaks that are more than at the check before.')}`;
  item.accessibilityInformation = { label: `${String(item.label)}, ${item.description}` };
  return item;
}
