import * as vscode from 'vscode';
import { readKeptSubjects } from '../app/kept-trend.js';
import { MapFeed } from '../app/map/map-feed.js';
import { MapSession } from '../app/map/map-session.js';
import { readStrip } from '../app/map/pagemap.js';
import { ProcessMaps } from '../app/map/process-maps.js';
import type { KeptProcess } from '../app/subject.js';
import { neverCancelled } from '../base/cancel.js';
import { DisposableStore } from '../base/dispose.js';
import { visibleText } from '../base/visible-text.js';
import { MapHistory } from '../insight/map/map-history.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
import type { NamedTarget } from '../model/target-config.js';
import type { FromMapPage, ToMapPage } from '../protocol/map.js';
import { pageHtml, pagesFolder } from './page-html.js';
import type { LoadTrends, TrendServices } from './trend-services.js';

/** A map of a running process, or one that a file holds. */
export type MapSubject =
  | { readonly kind: 'process'; readonly target: NamedTarget; readonly process: KeptProcess }
  | { readonly kind: 'file' | 'recorded'; readonly name: string; readonly snapshots: readonly MapSnapshot[] };

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
}

/** A Memory Map that is open in a tab. */
export interface MapPage {
  readonly subject: MapSubject;
  readonly session: MapSession;
  readonly feed: MapFeed;
  readonly services: TrendServices;
  readonly panel: vscode.WebviewPanel;
  post(message: ToMapPage): void;
}

const VIEW_TYPE = 'memlens.map';
const STATE_KEY = 'memlens.page.map';

/** The Memory Map pages, each in an editor tab; those of processes come back after a reload of the window. */
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
  show(services: TrendServices, subject: MapSubject): void {
    const there = [...this.pages].find((page) => isSame(page.subject, subject));
    if (there !== undefined) {
      there.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, titleOf(subject), vscode.ViewColumn.Active, {
      enableScripts: true,
    });
    this.adopt(services, panel, subject);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const [kept] = readKeptSubjects(state).filter(({ target }) => this.context.isOffered(target));
    // Files are opened again by the user.
    if (kept?.process === undefined) panel.dispose();
    else this.adopt(await this.load(), panel, { kind: 'process', target: kept.target, process: kept.process });
  }

  dispose(): void {
    for (const { panel } of [...this.pages]) panel.dispose();
    this.disposables.dispose();
  }

  private adopt(services: TrendServices, panel: vscode.WebviewPanel, subject: MapSubject): void {
    const { context } = this;
    const { webview } = panel;
    const owned = new DisposableStore();
    const post = (message: ToMapPage): void => void webview.postMessage(message);
    const session = owned.add(sessionOf(services, subject, context.budget));
    const feed = owned.add(
      new MapFeed(session, {
        post,
        saved: () => context.state.get(STATE_KEY),
        title: titleOf(subject),
        description: subject.kind === 'process' ? (subject.process.commandLine ?? subject.process.command) : subject.name,
        ...(subject.kind === 'process' ? { readStrip: stripsOf(services, subject) } : {}),
      }),
    );
    const page: MapPage = { subject, session, feed, services, panel, post };
    this.pages.add(page);
    owned.add(panel.onDidChangeViewState(() => feed.setVisible(panel.visible)));
    owned.add(
      webview.onDidReceiveMessage((message: FromMapPage) => {
        if (message.kind === 'save') void context.state.update(STATE_KEY, message.state);
        else if (!feed.receive(message)) context.wishes.fulfil(message, page);
        // Again and again: a page that was hidden is made anew when it is shown.
        if (message.kind === 'ready' && subject.kind === 'process') {
          post({ kind: 'keep', state: { subjects: [{ target: subject.target, process: subject.process }] } });
        }
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
    const everyMs = context.everyMs();
    if (everyMs !== undefined) session.live(everyMs);
    feed.setVisible(panel.visible);
  }
}

function sessionOf(services: TrendServices, subject: MapSubject, budget: () => number): MapSession {
  const { clock } = services;
  const learner = new MapHistory();
  if (subject.kind !== 'process') {
    const session = new MapSession({ clock, budget, learner });
    session.load(subject.kind, subject.name, subject.snapshots);
    return session;
  }
  const { target: named, process } = subject;
  const source = new ProcessMaps(services.target(named), process, services);
  return new MapSession({ clock, budget, learner, source });
}

function stripsOf(services: TrendServices, { target, process }: Extract<MapSubject, { kind: 'process' }>) {
  return (start: number, end: number, cells: number): ReturnType<typeof readStrip> =>
    readStrip(services.target(target), process.pid, start, end, cells, services.epochMs, neverCancelled);
}

function isSame(one: MapSubject, other: MapSubject): boolean {
  if (one.kind !== 'process' || other.kind !== 'process') return false;
  const same = one.process.pid === other.process.pid && one.process.startTicks === other.process.startTicks;
  return same && JSON.stringify(one.target) === JSON.stringify(other.target);
}

function titleOf(subject: MapSubject): string {
  const name = subject.kind === 'process' ? `${subject.process.command} (${subject.process.pid})` : subject.name;
  return vscode.l10n.t('Memory Map: {0}', visibleText(name));
}
