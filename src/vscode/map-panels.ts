import * as vscode from 'vscode';
import type { FaultText } from '../app/fault-text.js';
import { type KeptMap, keptMap, readKeptMap } from '../app/map/kept-map.js';
import { MapFeed } from '../app/map/map-feed.js';
import { MapSession, type MapSource } from '../app/map/map-session.js';
import { readStrip } from '../app/map/pagemap.js';
import { ProcessMaps } from '../app/map/process-maps.js';
import { sameProcess } from '../app/map/same-process.js';
import { sameTarget } from '../app/monitors.js';
import type { KeptProcess } from '../app/subject.js';
import { type Cancel, CancelSource } from '../base/cancel.js';
import { DisposableStore } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err } from '../base/result.js';
import { visibleText } from '../base/visible-text.js';
import { MapHistory } from '../insight/map/map-history.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
import type { NamedTarget } from '../model/target-config.js';
import type { FromMapPage, ToMapPage } from '../protocol/map.js';
import { pageHtml, pagesFolder } from './page-html.js';
import type { LoadTrends, TrendServices } from './trend-services.js';

/** A map of a running process, or one that files hold; several files are moments of one map. */
export type MapSubject =
  | { readonly kind: 'process'; readonly target: NamedTarget; readonly process: KeptProcess }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly paths: readonly string[];
      /** Oldest first. */
      readonly snapshots: readonly MapSnapshot[];
    }
  | {
      readonly kind: 'recorded';
      /** Of the recording. */
      readonly name: string;
      /** `server (42)` */
      readonly process: string;
      /** Oldest first. */
      readonly snapshots: readonly MapSnapshot[];
      /** The user's words for some of them. */
      readonly labels: ReadonlyMap<MapSnapshot, string>;
    };

/** What a page of a map needs of the editor. */
export interface MapPageContext {
  readonly extension: vscode.Uri;
  readonly state: vscode.Memento;
  /** A word that nobody can guess, for the policy of a page. */
  readonly nonce: () => string;
  /** How often a map is read while it is seen; undefined: only when the user asks. */
  readonly everyMs: () => number | undefined;
  /** Share of wall time that reading may take of the target. */
  readonly budget: () => number;
  /** What the user wants that is not about drawing. */
  readonly wishes: { fulfil(message: FromMapPage, page: MapPage): void };
  /** Whether today's settings would offer it. */
  readonly isOffered: (target: NamedTarget) => boolean;
  /** Files that a page showed before the window was loaded again; says itself what can't be read. */
  readonly openFiles: (paths: readonly string[]) => Promise<MapSubject | undefined>;
}

/** A Memory Map that is open in a tab. */
export interface MapPage {
  readonly subject: MapSubject;
  readonly session: MapSession;
  readonly feed: MapFeed;
  readonly services: TrendServices;
  readonly panel: vscode.WebviewPanel;
  /** Requested when it is closed: nothing is read any more. */
  readonly closed: Cancel;
  post(message: ToMapPage): void;
}

const VIEW_TYPE = 'memlens.map';
const STATE_KEY = 'memlens.page.map';

/** The Memory Map pages, each in an editor tab; those of processes and files come back after a reload of the window. */
export class MapPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly disposables = new DisposableStore();
  private readonly pages = new Set<MapPage>();

  constructor(
    private readonly load: LoadTrends,
    private readonly context: MapPageContext,
  ) {
    this.disposables.add(vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this));
  }

  /** The page that shows it is brought to the front; else a new one is opened. */
  show(services: TrendServices, subject: MapSubject): MapPage {
    const there = [...this.pages].find((page) => isSame(page.subject, subject));
    if (there !== undefined) {
      there.panel.reveal();
      return there;
    }
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, titleOf(subject), vscode.ViewColumn.Active, {
      enableScripts: true,
    });
    return this.adopt(services, panel, subject);
  }

  /** A recording opens by itself again; its map is asked for anew. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = readKeptMap(state);
    const closed = new CancelSource();
    const closing = panel.onDidDispose(() => closed.cancel());
    const services = await this.load();
    const subject = kept?.kind === 'files' ? await this.context.openFiles(kept.paths) : kept;
    closing.dispose();
    if (closed.requested) return;
    if (subject === undefined) panel.dispose();
    else this.adopt(services, panel, subject, { restored: true });
  }

  /** The setting of how often a map is read is another. */
  configure(): void {
    for (const { session } of this.pages) session.live(this.context.everyMs());
  }

  dispose(): void {
    for (const { panel } of [...this.pages]) panel.dispose();
    this.disposables.dispose();
  }

  private adopt(
    services: TrendServices,
    panel: vscode.WebviewPanel,
    subject: MapSubject,
    how: How = { restored: false },
  ): MapPage {
    const { context } = this;
    const { webview } = panel;
    const owned = new DisposableStore();
    const closed = new CancelSource();
    owned.add({ dispose: () => closed.cancel() });
    const post = (message: ToMapPage): void => void webview.postMessage(message);
    const session = owned.add(this.sessionOf(services, subject, how));
    const feed = owned.add(
      new MapFeed(session, {
        post,
        saved: () => context.state.get(STATE_KEY),
        title: titleOf(subject),
        description: subject.kind === 'process' ? (subject.process.commandLine ?? subject.process.command) : subject.name,
        ...(subject.kind === 'process'
          ? { readStrip: stripsOf(services, subject, closed), explain: (fault) => endOf(subject.process, fault, how) }
          : {}),
      }),
    );
    const page: MapPage = { subject, session, feed, services, panel, closed, post };
    const kept = keptOf(subject);
    this.pages.add(page);
    owned.add(panel.onDidChangeViewState(() => feed.setVisible(panel.visible)));
    owned.add(
      webview.onDidReceiveMessage((message: FromMapPage) => {
        if (message.kind === 'save') void context.state.update(STATE_KEY, message.state);
        else if (!feed.receive(message)) context.wishes.fulfil(message, page);
        // Again and again: a page that was hidden is made anew when it is shown.
        if (message.kind === 'ready' && kept !== undefined) post({ kind: 'keep', state: keptMap(kept) });
      }),
    );
    owned.add(
      panel.onDidDispose(() => {
        this.pages.delete(page);
        owned.dispose();
      }),
    );
    const picture = (theme: string): vscode.Uri => vscode.Uri.joinPath(context.extension, 'media', `map-${theme}.svg`);
    panel.iconPath = { light: picture('light'), dark: picture('dark') };
    webview.options = { enableScripts: true, localResourceRoots: [pagesFolder(context.extension)] };
    webview.html = pageHtml(webview, context.extension, 'map', context.nonce());
    session.live(context.everyMs());
    feed.setVisible(panel.visible);
    return page;
  }

  private sessionOf(services: TrendServices, subject: MapSubject, { restored }: How): MapSession {
    const { clock } = services;
    const { budget, isOffered } = this.context;
    const learner = new MapHistory();
    if (subject.kind !== 'process') {
      const session = new MapSession({ clock, budget, learner });
      session.load(subject.kind, subject.name, subject.snapshots, subject.kind === 'recorded' ? subject.labels : undefined);
      return session;
    }
    const { target: named, process } = subject;
    let maps: ProcessMaps | undefined;
    const source: MapSource = {
      async take(cancel) {
        // After a reload of the window the settings, or the trust in the workspace, may be others than when it was chosen.
        if (restored && !isOffered(named)) return err(notOffered(named));
        maps ??= new ProcessMaps(services.target(named), process, services);
        return maps.take(cancel);
      },
    };
    return new MapSession({ clock, budget, learner, source, random: Math.random });
  }
}

interface How {
  /** After a reload of the window. */
  readonly restored: boolean;
}

function keptOf(subject: MapSubject): KeptMap | undefined {
  switch (subject.kind) {
    case 'process':
      return subject;
    case 'file':
      return { kind: 'files', paths: subject.paths };
    case 'recorded':
      return undefined;
  }
}

function notOffered({ name }: NamedTarget): Fault {
  if (!vscode.workspace.isTrusted) return { code: 'untrusted-workspace' };
  return { code: 'bad-setting', setting: 'memlens.targets', detail: `it has no target ${JSON.stringify(name)} (any more)` };
}

/** The fault of a process that is gone knows its number only. */
function endOf({ command, pid }: KeptProcess, fault: Fault, { restored }: How): FaultText | undefined {
  if (fault.code !== 'not-found' || fault.what !== 'process') return undefined;
  const name = visibleText(command);
  return {
    message: restored
      ? vscode.l10n.t('{0} ({1}) ended while the window was closed.', name, pid)
      : vscode.l10n.t('{0} ({1}) has ended.', name, pid),
    nextStep: vscode.l10n.t('Its memory map is gone with it. Show Memory Map… shows that of another process.'),
  };
}

function stripsOf(services: TrendServices, { target: named, process }: Extract<MapSubject, { kind: 'process' }>, cancel: Cancel) {
  return async (start: number, end: number, cells: number): ReturnType<typeof readStrip> => {
    const target = services.target(named);
    const same = await sameProcess(target, process);
    return same.ok ? readStrip(target, process.pid, start, end, cells, services.epochMs, cancel) : same;
  };
}

function isSame(one: MapSubject, other: MapSubject): boolean {
  if (one.kind === 'file' && other.kind === 'file') {
    // A file that was written anew is another map.
    const facts = ({ paths, snapshots }: typeof one): string => JSON.stringify([paths, snapshots.map(({ at }) => at)]);
    return facts(one) === facts(other);
  }
  if (one.kind === 'recorded' && other.kind === 'recorded') {
    // A recording that goes on holds more of them.
    const facts = ({ name, process, snapshots, labels }: typeof one): string =>
      JSON.stringify([name, process, snapshots.map((snapshot) => [snapshot.at, labels.get(snapshot)])]);
    return facts(one) === facts(other);
  }
  if (one.kind !== 'process' || other.kind !== 'process') return false;
  const same = one.process.pid === other.process.pid && one.process.startTicks === other.process.startTicks;
  return same && sameTarget(one.target, other.target);
}

function titleOf(subject: MapSubject): string {
  const name =
    subject.kind === 'process'
      ? `${subject.process.command} (${subject.process.pid})`
      : subject.kind === 'recorded'
        ? subject.process
        : subject.name;
  return vscode.l10n.t('Memory Map: {0}', visibleText(name));
}
