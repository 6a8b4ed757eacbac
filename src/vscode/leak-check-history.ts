import * as vscode from 'vscode';
import type { LiveRun } from '../app/leak-checks/live-run.js';
import { formatDuration } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { checkTotalsWords } from '../findings/check-words.js';
import type { LeakCheckScope } from '../model/leak-check.js';

interface CheckItem extends vscode.QuickPickItem {
  readonly chosen?: LeakCheckScope | 'show';
}

/** The checks of a run, the newest first, and what may be asked next. `show`: the findings are wanted. */
export async function pickFromChecks(run: LiveRun): Promise<LeakCheckScope | 'show' | undefined> {
  const checks = run.history.map(
    (totals): CheckItem => ({
      label: vscode.l10n.t('Check {0}', totals.number),
      description: vscode.l10n.t('{0} after the start', formatDuration(totals.at)),
      detail: checkTotalsWords(totals),
      chosen: 'show',
    }),
  );
  const actions: readonly CheckItem[] = run.isOver
    ? []
    : [
        { label: `$(inspect) ${vscode.l10n.t('Check Leaks Now')}`, chosen: 'all' },
        ...(run.engine === 'memcheck'
          ? [
              {
                label: `$(diff-added) ${vscode.l10n.t('Check Only What Has Increased')}`,
                detail: vscode.l10n.t('A shorter answer; leaks that have not grown are not told'),
                chosen: 'increased' as const,
              },
            ]
          : []),
        { label: vscode.l10n.t('until now'), kind: vscode.QuickPickItemKind.Separator },
      ];
  const picked = await vscode.window.showQuickPick([...actions, ...checks.toReversed()], {
    title: vscode.l10n.t('Leak Checks of {0}', visibleText(run.title)),
    matchOnDetail: true,
  });
  return picked?.chosen;
}
