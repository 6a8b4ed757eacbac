import * as vscode from 'vscode';
import { sameTarget } from '../app/monitors.js';
import { dropCaches } from '../app/system/drop-caches.js';
import { keptSystem, readKeptSystem } from '../app/system/kept-system.js';
import { SystemFeed } from '../app/system/system-feed.js';
import { takeSystem } from '../app/system/take-system.js';
import { err } from '../base/result.js';
import { visibleText } from '../base/visible-text.js';
import { ratesOfSeries } from '../insight/system/paging-rates.js';
import type { SystemState } from '../model/system-state.js';
import type { NamedTarget } from '../model/target-config.js';
import type { FromSystemPage, ToSystemPage } from '../protocol/system.js';
import { type EmptyTab, type PageTab, type PageTabContext, PageTabs } from './page-tabs.js';
import type { SystemMarks } from './system-marks.js';
import { notOffered } from './target-settings.js';
import type { LoadTrends, TrendServices } from './trend-services.js';

/** The memory of a target, or of files; several states of files are moments of one machine. */
export type SystemPageSubject =
  | { readonly kind: 'target'; readonly target: NamedTarget }
  | {
      readonly kind: 'files';
      readonly name: string;
      readonly paths: readonly string[];
      /** Oldest first. */
      readonly states: readonly { readonly label: string; readonly state: SystemState }[];
    };

export interface SystemPage extends PageTab<SystemPageSubject> {
  readonly title: string;
  readonly feed: SystemFeed;
  readonly services: TrendServices;
}

export interface SystemPageContext extends PageTabContext {
  readonly marks: SystemMarks;
  /** What may be put before a command that needs root. */
  readonly rootCommand: () => readonly string[];
  /** What the user wants that is not about what is shown. */
  readonly wishes: { fulfil(message: FromSystemPage, page: SystemPage): void };
  /** Whether today's settings would offer it. */
  readonly isOffered: (target: NamedTarget) => boolean;
  /** Files that a page showed before the window was loaded again; says itself what can't be read. */
  readonly openFiles: (paths: readonly string[]) => Promise<SystemPageSubject | undefined>;
}

/** The System Memory pages; they come back after a reload of the window. */
export class SystemPanels implements vscode.Disposable {
  readonly tabs: PageTabs<SystemPageSubject, SystemPage, FromSystemPage>;

  constructor(
    load: LoadTrends,
    private readonly context: SystemPageContext,
  ) {
    this.tabs = new PageTabs(load, context, {
      name: 'system',
      titleOf,
      isSame,
      fill: (tab) => {
        const { services, panel, subject } = tab;
        return { subject, title: titleOf(subject), feed: tab.owned.add(this.feedOf(tab)), services, panel };
      },
      receive: (message, page) => {
        if (!page.feed.receive(message)) context.wishes.fulfil(message, page);
      },
      keptOf: ({ subject }) => keptSystem(subject),
      subjectOf: async (state) => {
        const kept = readKeptSystem(state);
        return kept?.kind === 'files' ? context.openFiles(kept.paths) : kept;
      },
    });
  }

  show(services: TrendServices, subject: SystemPageSubject): SystemPage {
    return this.tabs.show(services, subject);
  }

  dispose(): void {
    this.tabs.dispose();
  }

  private feedOf({ services, panel, subject, restored }: EmptyTab<SystemPageSubject>): SystemFeed {
    const { context } = this;
    const title = titleOf(subject);
    const post = (message: ToSystemPage): void => void panel.webview.postMessage(message);
    const common = { post, saved: () => this.tabs.saved, now: services.epochMs };
    if (subject.kind === 'files') {
      const feed = new SystemFeed({ ...common, subject: { title, description: subject.paths.join(' · '), isLive: false } });
      feed.load(subject.states);
      return feed;
    }
    const { target: named } = subject;
    const access = () => ({ target: services.target(named), rootCommand: context.rootCommand() });
    return new SystemFeed({
      ...common,
      subject: { title, description: named.config.kind === 'local' ? vscode.l10n.t('this machine') : named.name, isLive: true },
      marks: context.marks.of(JSON.stringify(named)),
      port: {
        take: async (cancel, progress) => {
          // After a reload of the window the settings, or the trust in the workspace, may be others than when it was chosen.
          if (restored && !context.isOffered(named)) return err(notOffered(named));
          return takeSystem(access(), { source: named.name, cancel, progress });
        },
      },
      available: () => services.monitors.of(named).system.points('meminfo.MemAvailable'),
      rates: () => ratesOfSeries(services.monitors.of(named).system),
      dropCaches: async (cancel, progress) => dropCaches(access(), cancel, progress),
    });
  }
}

function isSame(one: SystemPageSubject, other: SystemPageSubject): boolean {
  if (one.kind === 'target' && other.kind === 'target') return sameTarget(one.target, other.target);
  if (one.kind !== 'files' || other.kind !== 'files') return false;
  // A file that was written anew is another state.
  const facts = ({ paths, states }: typeof one): string => JSON.stringify([paths, states.map(({ state }) => state.facts)]);
  return facts(one) === facts(other);
}

function titleOf(subject: SystemPageSubject): string {
  return vscode.l10n.t('System: {0}', visibleText(subject.kind === 'target' ? subject.target.name : subject.name));
}
