import * as vscode from 'vscode';
import { EndedWatch, isSameProcess, readKeptSubjects, standIns } from '../app/kept-trend.js';
import type { Monitor, Watch } from '../app/monitor.js';
import type { KeptProcess, KeptSubject } from '../app/subject.js';
import type { WatchList } from '../app/watch-list.js';
import { visibleText } from '../base/visible-text.js';
import { createSeriesTable } from '../insight/series-table.js';
import type { NamedTarget } from '../model/target-config.js';
import type { TrendPage, TrendPanels } from './trend-panels.js';
import type { LoadTrends, TrendServices } from './trend-services.js';

/**
 * Brings Trend pages back after a reload of the window: what they showed is watched again if it still runs. The series begins anew,
 * because it was kept in memory only.
 */
export class TrendRestore implements vscode.WebviewPanelSerializer {
  constructor(
    private readonly load: LoadTrends,
    private readonly watches: () => Promise<WatchList>,
    private readonly panels: TrendPanels,
    /** Whether today's settings would offer it. */
    private readonly isOffered: (target: NamedTarget) => boolean,
  ) {}

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = readKeptSubjects(state).filter(({ target }) => this.isOffered(target));
    if (kept.length === 0) {
      panel.dispose();
      return;
    }
    const services = await this.load();
    const watches = await this.watches();
    const subjects = standIns(kept, (target) => services.monitors.of(target));
    const page = this.panels.adopt(services, panel, 'trend', subjects);
    for (const one of kept) if (one.process !== undefined) void this.restore(services, watches, page, one, one.process);
  }

  private async restore(
    services: TrendServices,
    watches: WatchList,
    page: TrendPage,
    kept: KeptSubject,
    process: KeptProcess,
  ): Promise<void> {
    const monitor = services.monitors.of(kept.target);
    const found = await this.find(monitor, watches, page, process);
    if (page.closed) return;
    const watch = found ?? new EndedWatch(process, services.epochMs(), createSeriesTable());
    this.panels.settle(page, kept, { monitor, watch });
    if (found !== undefined) return;
    page.host.post({
      kind: 'fault',
      message: vscode.l10n.t('{0} ({1}) ended while the window was closed.', visibleText(process.command), process.pid),
      nextStep: vscode.l10n.t('What was measured before is gone. Record keeps a series in a file.'),
    });
  }

  /** undefined: it has ended. Waits for a machine that can't be reached now. */
  private async find(monitor: Monitor, watches: WatchList, page: TrendPage, process: KeptProcess): Promise<Watch | undefined> {
    for (;;) {
      const probe = await monitor.watch(process.pid);
      if (probe.ok) {
        const same = isSameProcess(probe.value, monitor, process);
        // The list's own watch comes before the probe goes, so that the monitor does not stop in between.
        const watched = same && !page.closed ? await watches.add(monitor, process.pid, 'user') : undefined;
        probe.value.dispose();
        return watched?.ok ? watched.value.watch : undefined;
      }
      if (page.closed || probe.error.code === 'not-found' || probe.error.code === 'cancelled') return undefined;
      await nextChange(monitor, page);
    }
  }
}

/** The monitor is in another state than "failed", or the page is closed. */
function nextChange(monitor: Monitor, page: TrendPage): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      if (monitor.state.kind === 'failed' && !page.closed) return;
      changes.dispose();
      closed.dispose();
      resolve();
    };
    const changes = monitor.onDidChangeState(done);
    const closed = page.panel.onDidDispose(done);
    done();
  });
}
