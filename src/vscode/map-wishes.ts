import * as vscode from 'vscode';
import { clearSoftDirty } from '../app/map/pagemap.js';
import { neverCancelled } from '../base/cancel.js';
import { visibleText } from '../base/visible-text.js';
import type { MapStep } from '../model/map-diff.js';
import type { FromMapPage } from '../protocol/map.js';
import type { FaultMessages } from './fault-messages.js';
import type { MapExport } from './map-export.js';
import type { MapPage } from './map-panels.js';
import type { Recordings } from './recordings.js';
import type { TrendCommands } from './trend-commands.js';

/** What the user asks for in a Memory Map that is more than drawing. */
export class MapWishes {
  constructor(
    private readonly commands: TrendCommands,
    private readonly recordings: Recordings,
    private readonly exporter: MapExport,
    private readonly faults: FaultMessages,
    /** The page that explains the rules. */
    private readonly rules: vscode.Uri,
  ) {}

  fulfil(message: FromMapPage, page: MapPage): void {
    void this.act(message, page);
  }

  private async act(message: FromMapPage, page: MapPage): Promise<void> {
    switch (message.kind) {
      case 'mark':
        page.session.mark();
        return;
      case 'mark-pages':
        return this.markPages(page);
      case 'open-file':
        return this.openFile(page, message.path);
      case 'open-link':
        return this.openLink(message.link);
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        return;
      case 'export':
        return this.exporter.save(page, message.format);
      case 'export-image':
        return this.exporter.saveImage(page, message.format, message.bytes);
      case 'show-trend':
        return this.showTrend(page);
      case 'step':
        return this.step(page, message.action);
      case 'ready':
      case 'save':
      case 'refresh':
      case 'live':
      case 'remove-moment':
      case 'show-moment':
      case 'compare':
      case 'stop-comparing':
      case 'pages':
        // Heard by the feed, or by the page's panel.
        return;
    }
  }

  /** The soft-dirty bits are the process's own, and of everybody who looks at them: it is asked first. */
  private async markPages({ subject, services }: MapPage): Promise<void> {
    if (subject.kind !== 'process') return;
    const mark = vscode.l10n.t('Mark Pages');
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t('Mark all pages of {0} ({1}) as unwritten?', visibleText(subject.process.command), subject.process.pid),
      {
        modal: true,
        detail: vscode.l10n.t(
          'The soft-dirty bits of the process are cleared, so that pages that it writes from now on can be shown. It goes on running; its next write to each page costs a page fault. Another tool that uses these bits (CRIU) loses its own mark. This can’t be undone.',
        ),
      },
      mark,
    );
    if (chosen !== mark) return;
    const cleared = await clearSoftDirty(services.target(subject.target), subject.process.pid, neverCancelled);
    if (!cleared.ok) this.faults.show(cleared.error, subject.process.command);
  }

  /** A file of this machine; one of another machine can't be shown by its name. */
  private async openFile({ subject }: MapPage, path: string): Promise<void> {
    if (subject.kind !== 'process' || subject.target.config.kind !== 'local' || !path.startsWith('/')) return;
    try {
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path));
    } catch (error) {
      this.faults.show({ code: 'unreadable', path, detail: String(error) }, path);
    }
  }

  private async openLink(link: string): Promise<void> {
    if (/^https:\/\/(docs\.kernel\.org|man7\.org|www\.kernel\.org)\//.test(link)) {
      await vscode.env.openExternal(vscode.Uri.parse(link));
      return;
    }
    if (!/^#[a-z-]+$/.test(link)) return;
    const page = this.rules.with({ fragment: link.slice(1) });
    try {
      await vscode.commands.executeCommand('markdown.showPreview', page);
    } catch {
      // The editor's own Markdown extension is turned off.
      await vscode.commands.executeCommand('vscode.open', this.rules);
    }
  }

  private async showTrend({ subject, services }: MapPage): Promise<void> {
    if (subject.kind === 'process') await this.commands.showTrend(services.monitors.of(subject.target), subject.process.pid);
  }

  private async step(page: MapPage, action: MapStep['action']): Promise<void> {
    const { subject, services, session } = page;
    switch (action) {
      case 'profile':
        if (subject.kind !== 'process') return;
        await vscode.commands.executeCommand('memlens.profileProcess', {
          subject: { monitor: services.monitors.of(subject.target) },
          pid: subject.process.pid,
          command: subject.process.command,
        });
        return;
      case 'show-trend':
        return this.showTrend(page);
      case 'record':
        return this.recordings.start();
      case 'keep-watching':
        session.live(2000);
        return;
      case 'show-rows':
        // The page does that by itself.
        return;
    }
  }
}
