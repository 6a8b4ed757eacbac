import * as vscode from 'vscode';
import { sameTarget } from '../app/monitors.js';
import { dropCaches } from '../app/system/drop-caches.js';
import { type KeptSystem, keptSystem, readKeptSystem } from '../app/system/kept-system.js';
import { SystemFeed } from '../app/system/system-feed.js';
import { takeSystem } from '../app/system/take-system.js';
import { CancelSource } from '../base/cancel.js';
import { DisposableStore } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err } from '../base/result.js';
import { visibleText } from '../base/visible-text.js';
import type { SystemState } from '../model/system-state.js';
import type { NamedTarget } from '../model/target-config.js';
import type { FromSystemPage, ToSystemPage } from '../protocol/system.js';
import { pageHtml, pagesFolder } from './page-html.js';
import type { SystemMarks } from './system-marks.js';
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

export interface SystemPage {
  readonly subject: SystemPageSubject;
  readonly title: string;
  readonly feed: SystemFeed;
  readonly services: TrendServices;
  readonly panel: vscode.WebviewPanel;
}

export interface SystemPageContext {
  readonly extension: vscode.Uri;
  readonly state: vscode.Memento;
  /** A word that nobody can guess, for the policy of a page. */
  readonly nonce: () => string;
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

const VIEW_TYPE = 'memlens.system';
const STATE_KEY = 'memlens.page.system';

/** The System Memory pages, each in an editor tab; they come back after a reload of the window. */
export class SystemPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly disposables = new DisposableStore();
  private readonly pages = new Set<SystemPage>();

  constructor(
    private readonly load: LoadTrends,
    private readonly context: SystemPageContext,
  ) {
    this.disposables.add(vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this));
  }

  /** The page that shows it is brought to the front; else a new one is opened. */
  show(services: TrendServices, subject: SystemPageSubject): SystemPage {
    const there = [...this.pages].find((page) => isSame(page.subject, subject));
    if (there !== undefined) {
      there.panel.reveal();
      return there;
    }
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, titleOf(subject), vscode.ViewColumn.Active, {
      enableScripts: true,
    });
    return this.adopt(services, panel, subject, false);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = readKeptSystem(state);
    const closed = new CancelSource();
    const closing = panel.onDidDispose(() => closed.cancel());
    const services = await this.load();
    const subject = kept?.kind === 'files' ? await this.context.openFiles(kept.paths) : kept;
    closing.dispose();
    if (closed.requested) return;
    if (subject === undefined) panel.dispose();
    else this.adopt(services, panel, subject, true);
  }

  dispose(): void {
    for (const { panel } of [...this.pages]) panel.dispose();
    this.disposables.dispose();
  }

  /** `restored`: after a reload of the window. */
  private adopt(services: TrendServices, panel: vscode.WebviewPanel, subject: SystemPageSubject, restored: boolean): SystemPage {
    const { context } = this;
    const { webview } = panel;
    const owned = new DisposableStore();
    const post = (message: ToSystemPage): void => void webview.postMessage(message);
    const feed = owned.add(this.feedOf(services, subject, restored, post));
    const page: SystemPage = { subject, title: titleOf(subject), feed, services, panel };
    const kept = keptOf(subject);
    this.pages.add(page);
    owned.add(
      webview.onDidReceiveMessage((message: FromSystemPage) => {
        if (message.kind === 'save') void context.state.update(STATE_KEY, message.state);
        else if (!feed.receive(message)) context.wishes.fulfil(message, page);
        // Again and again: a page that was hidden is made anew when it is shown.
        if (message.kind === 'ready') post({ kind: 'keep', state: keptSystem(kept) });
      }),
    );
    owned.add(
      panel.onDidDispose(() => {
        this.pages.delete(page);
        owned.dispose();
      }),
    );
    const picture = (theme: string): vscode.Uri => vscode.Uri.joinPath(context.extension, 'media', `system-${theme}.svg`);
    panel.iconPath = { light: picture('light'), dark: picture('dark') };
    webview.options = { enableScripts: true, localResourceRoots: [pagesFolder(context.extension)] };
    webview.html = pageHtml(webview, context.extension, 'system', context.nonce());
    return page;
  }

  private feedOf(
    services: TrendServices,
    subject: SystemPageSubject,
    restored: boolean,
    post: (message: ToSystemPage) => void,
  ): SystemFeed {
    const { context } = this;
    const title = titleOf(subject);
    const common = { post, saved: () => context.state.get(STATE_KEY), now: services.epochMs };
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
      dropCaches: async (cancel, progress) => dropCaches(access(), cancel, progress),
    });
  }
}

const keptOf = (subject: SystemPageSubject): KeptSystem =>
  subject.kind === 'files' ? { kind: 'files', paths: subject.paths } : subject;

function notOffered({ name }: NamedTarget): Fault {
  if (!vscode.workspace.isTrusted) return { code: 'untrusted-workspace' };
  return { code: 'bad-setting', setting: 'memlens.targets', detail: `it has no target ${JSON.stringify(name)} (any more)` };
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
