import * as vscode from 'vscode';
import type { Monitor } from '../app/monitor.js';
import type { Notice, Notices } from '../app/notices.js';
import { watchLabel } from '../app/subject.js';
import type { Watched } from '../app/watch-list.js';
import { formatBytes } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import { verdictWords } from '../insight/growth/words.js';
import type { SettingId } from './command-ids.js';

const SETTINGS: Readonly<Record<Notice['kind'], SettingId>> = {
  growth: 'notifications.growth',
  'low-memory': 'notifications.lowMemory',
  'oom-kill': 'notifications.oomKill',
};

/** Shows notices, each with Show and Don't Ask Again; one of growth also with the map that tells where. */
export class NoticeMessages implements vscode.Disposable {
  private readonly subscription: vscode.Disposable;

  constructor(
    notices: Notices,
    private readonly show: (notice: Notice) => void,
    private readonly showMap: (watched: Watched) => void,
    private readonly explainOom: (monitor: Monitor) => void,
  ) {
    this.subscription = notices.onDidNotice((notice) => void this.tell(notice));
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private async tell(notice: Notice): Promise<void> {
    const setting = SETTINGS[notice.kind];
    const settings = vscode.workspace.getConfiguration('memlens');
    if (settings.get<unknown>(setting) === false) return;
    const show = vscode.l10n.t('Show');
    const map = vscode.l10n.t('Show Memory Map');
    const never = vscode.l10n.t("Don't Ask Again");
    const explain = vscode.l10n.t('Explain');
    const more = { growth: [map], 'low-memory': [], 'oom-kill': [explain] }[notice.kind];
    const buttons = [show, ...more, never];
    const chosen = await vscode.window.showWarningMessage(`MemLens: ${textOf(notice)}`, ...buttons);
    if (chosen === show) this.show(notice);
    // Where it grows.
    if (chosen === map && notice.kind === 'growth') this.showMap(notice.watched);
    if (chosen === explain && notice.kind === 'oom-kill') this.explainOom(notice.monitor);
    if (chosen === never) await settings.update(setting, false, vscode.ConfigurationTarget.Global);
  }
}

function textOf(notice: Notice): string {
  switch (notice.kind) {
    case 'growth': {
      const { title } = verdictWords(notice.verdict);
      return `${visibleText(watchLabel(notice.watched.watch))}: ${title}.`;
    }
    case 'low-memory': {
      const { monitor, available, total } = notice;
      const share = ((100 * available) / total).toFixed(1);
      const name = visibleText(monitor.target.name);
      return vscode.l10n.t('{0} has {1} of memory available, {2} % of all.', name, formatBytes(available), share);
    }
    case 'oom-kill':
      return vscode.l10n.t(
        'The kernel of {0} has killed a process because memory ran out ({1}).',
        visibleText(notice.monitor.target.name),
        notice.event.detail ?? '1',
      );
  }
}
