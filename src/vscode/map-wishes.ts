import * as vscode from 'vscode';
import { reasonOfRule } from '../app/live/live-reason.js';
import { headingPlace } from '../app/map/heading-place.js';
import { clearSoftDirty } from '../app/map/pagemap.js';
import { sameProcess } from '../app/map/same-process.js';
import type { Milliseconds } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { MapFinding, MapStep } from '../model/map-diff.js';
import type { FromMapPage } from '../protocol/map.js';
import type { FaultMessages } from './fault-messages.js';
import type { LiveRequest } from './live-request.js';
import type { MapExport } from './map-export.js';
import type { MapPage, MapSubject } from './map-panels.js';
import { openDoc } from './open-doc.js';
import type { Recordings } from './recordings.js';
import type { TrendCommands } from './trend-commands.js';

type ProcessSubject = Extract<MapSubject, { kind: 'process' }>;

/** Where the user turned off that a map is read by itself, and now wants it to be. */
const USUAL_EVERY: Milliseconds = 2000;

/** What the user asks for in a Memory Map that is more than drawing. */
export class MapWishes {
  constructor(
    private readonly commands: TrendCommands,
    private readonly recordings: Recordings,
    private readonly exporter: MapExport,
    private readonly faults: FaultMessages,
    /** The page that explains the rules. */
    private readonly rules: vscode.Uri,
    /** How often a map is read, by the settings; undefined: only when the user asks. */
    private readonly everyMs: () => Milliseconds | undefined,
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
        return this.step(page, message.action, message.rule);
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
  private async markPages(page: MapPage): Promise<void> {
    const { subject, services } = page;
    if (subject.kind !== 'process' || !(await this.isThere(page, subject))) return;
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
    // While the question stood, the process may have ended and another one have its number.
    if (chosen !== mark || page.closed.requested || !(await this.isThere(page, subject))) return;
    const cleared = await clearSoftDirty(services.target(subject.target), subject.process.pid, page.closed);
    if (cleared.ok) page.feed.pagesMarked(services.epochMs());
    else if (cleared.error.code !== 'unreadable') this.faults.show(cleared.error, subject.process.command);
    else {
      const name = visibleText(subject.process.command);
      void vscode.window.showErrorMessage(
        vscode.l10n.t('MemLens: the pages of {0} can’t be marked: {1}.', name, cleared.error.detail),
      );
    }
  }

  /** A file of this machine; one of another machine can't be shown by its name. */
  private async openFile({ subject }: MapPage, path: string): Promise<void> {
    if (subject.kind !== 'process' || subject.target.config.kind !== 'local' || !path.startsWith('/')) return;
    // Of a process in a root directory of its own (a container) the same name means another file.
    const ways = [`/proc/${subject.process.pid}/root${path}`, path];
    const [inside, outside] = await Promise.all(ways.map((way) => fileAt(way)));
    const isSame = inside !== undefined && outside?.mtime === inside.mtime && outside.size === inside.size;
    const way = isSame || inside === undefined ? path : ways[0];
    const there = isSame || inside === undefined ? outside : inside;
    if (there === undefined || way === undefined) {
      this.faults.show({ code: 'not-found', path, what: 'file' }, path);
      return;
    }
    try {
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(way));
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
    const text = (await vscode.workspace.openTextDocument(this.rules)).getText();
    await openDoc(this.rules.with({ fragment: headingPlace(text, link.slice(1)) ?? '' }));
  }

  private async showTrend(page: MapPage): Promise<void> {
    const { subject, services } = page;
    if (subject.kind !== 'process' || !(await this.isThere(page, subject))) return;
    await this.commands.showTrend(services.monitors.of(subject.target), subject.process.pid);
  }

  private async step(page: MapPage, action: MapStep['action'], rule: MapFinding['rule']): Promise<void> {
    const { subject, services, session } = page;
    switch (action) {
      case 'profile': {
        if (subject.kind !== 'process' || !(await this.isThere(page, subject))) return;
        const { pid, startTicks, command } = subject.process;
        const reason = reasonOfRule(rule);
        const request: LiveRequest = {
          subject: { monitor: services.monitors.of(subject.target) },
          pid,
          startTicks,
          command,
          ...(reason === undefined ? {} : { reason }),
        };
        await vscode.commands.executeCommand('memlens.attach', request);
        return;
      }
      case 'show-trend':
        return this.showTrend(page);
      case 'record':
        return this.record(page);
      case 'keep-watching':
        session.live(this.everyMs() ?? USUAL_EVERY);
        return;
      case 'show-rows':
        // The page does that by itself.
        return;
    }
  }

  /** A recording is of one target, and of those of its processes that are watched. */
  private async record(page: MapPage): Promise<void> {
    const { subject, services } = page;
    if (subject.kind !== 'process' || !(await this.isThere(page, subject))) return;
    const watched = await this.commands.watch(services.monitors.of(subject.target), subject.process.pid);
    if (watched === undefined) return;
    const { file } = this.recordings;
    if (file !== undefined) {
      // It may be of another target.
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          'MemLens: {0} is being recorded already. Stop Recording ends it, so that another one can begin.',
          visibleText(file),
        ),
      );
      return;
    }
    services.monitors.select(subject.target);
    await this.recordings.start();
  }

  /** What is done by its number must not reach another process. Says so when it has ended. */
  private async isThere({ services, closed }: MapPage, { target, process }: ProcessSubject): Promise<boolean> {
    const same = await sameProcess(services.target(target), process);
    if (closed.requested) return false;
    if (!same.ok) this.faults.show(same.error, process.command);
    return same.ok;
  }
}

/** undefined: there is none that an editor could show; a device would be read without end. */
async function fileAt(path: string): Promise<vscode.FileStat | undefined> {
  try {
    const facts = await vscode.workspace.fs.stat(vscode.Uri.file(path));
    return (facts.type & vscode.FileType.File) !== 0 ? facts : undefined;
  } catch {
    return undefined;
  }
}
