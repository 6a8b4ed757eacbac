import * as vscode from 'vscode';
import type { FaultText } from '../app/fault-text.js';
import { keptMap, readKeptMap } from '../app/map/kept-map.js';
import { MapFeed } from '../app/map/map-feed.js';
import { MapSession, type MapSource } from '../app/map/map-session.js';
import { readStrip } from '../app/map/pagemap.js';
import { ProcessMaps } from '../app/map/process-maps.js';
import { sameProcess } from '../app/map/same-process.js';
import { sameTarget } from '../app/monitors.js';
import type { KeptProcess } from '../app/subject.js';
import { type Cancel, CancelSource } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err } from '../base/result.js';
import { visibleText } from '../base/visible-text.js';
import { MapHistory } from '../insight/map/map-history.js';
import type { MapSnapshot } from '../model/map-snapshot.js';
import type { NamedTarget } from '../model/target-config.js';
import type { FromMapPage, ToMapPage } from '../protocol/map.js';
import { type EmptyTab, type PageTab, type PageTabContext, PageTabs } from './page-tabs.js';
import { notOffered } from './target-settings.js';
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
export interface MapPageContext extends PageTabContext {
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
export interface MapPage extends PageTab<MapSubject> {
  readonly session: MapSession;
  readonly feed: MapFeed;
  readonly services: TrendServices;
  /** Requested when it is closed: nothing is read any more. */
  readonly closed: Cancel;
}

/** The Memory Map pages; those of processes and files come back after a reload of the window. A recording opens by itself again; its map is asked for anew. */
export class MapPanels implements vscode.Disposable {
  readonly tabs: PageTabs<MapSubject, MapPage, FromMapPage>;

  constructor(
    load: LoadTrends,
    private readonly context: MapPageContext,
  ) {
    this.tabs = new PageTabs(load, context, {
      name: 'map',
      titleOf,
      isSame,
      fill: (tab) => this.fill(tab),
      receive: (message, page) => {
        if (!page.feed.receive(message)) context.wishes.fulfil(message, page);
      },
      keptOf,
      subjectOf: async (state) => {
        const kept = readKeptMap(state);
        return kept?.kind === 'files' ? context.openFiles(kept.paths) : kept;
      },
    });
  }

  show(services: TrendServices, subject: MapSubject): MapPage {
    return this.tabs.show(services, subject);
  }

  /** The setting of how often a map is read is another. */
  configure(): void {
    for (const { session } of this.tabs.open) session.live(this.context.everyMs());
  }

  dispose(): void {
    this.tabs.dispose();
  }

  private fill(tab: EmptyTab<MapSubject>): MapPage {
    const { services, panel, subject, owned } = tab;
    const closed = new CancelSource();
    owned.add({ dispose: () => closed.cancel() });
    const post = (message: ToMapPage): void => void panel.webview.postMessage(message);
    const session = owned.add(this.sessionOf(tab));
    const feed = owned.add(
      new MapFeed(session, {
        post,
        saved: () => this.tabs.saved,
        title: titleOf(subject),
        description: subject.kind === 'process' ? (subject.process.commandLine ?? subject.process.command) : subject.name,
        ...(subject.kind === 'process'
          ? { readStrip: stripsOf(services, subject, closed), explain: (fault) => endOf(subject.process, fault, tab.restored) }
          : {}),
      }),
    );
    owned.add(panel.onDidChangeViewState(() => feed.setVisible(panel.visible)));
    session.live(this.context.everyMs());
    feed.setVisible(panel.visible);
    return { subject, session, feed, services, panel, closed };
  }

  private sessionOf({ services, subject, restored }: EmptyTab<MapSubject>): MapSession {
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

function keptOf({ subject }: MapPage): unknown {
  switch (subject.kind) {
    case 'process':
      return keptMap(subject);
    case 'file':
      return keptMap({ kind: 'files', paths: subject.paths });
    case 'recorded':
      return undefined;
  }
}

/** The fault of a process that is gone knows its number only. */
function endOf({ command, pid }: KeptProcess, fault: Fault, restored: boolean): FaultText | undefined {
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
