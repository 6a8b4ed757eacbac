import * as vscode from 'vscode';
import { CancelSource } from '../base/cancel.js';
import { DisposableStore } from '../base/dispose.js';
import { pageHtml, pagesFolder } from './page-html.js';
import type { LoadTrends, TrendServices } from './trend-services.js';

/** What every tab of a page needs of the editor. */
export interface PageTabContext {
  readonly extension: vscode.Uri;
  readonly state: vscode.Memento;
  /** A word that nobody can guess, for the policy of a page. */
  readonly nonce: () => string;
}

export interface PageTab<Subject> {
  readonly subject: Subject;
  readonly panel: vscode.WebviewPanel;
}

/** A tab that is to be filled. */
export interface EmptyTab<Subject> extends PageTab<Subject> {
  readonly services: TrendServices;
  /** The editor has brought it back after a reload of the window. */
  readonly restored: boolean;
  /** Goes with the tab. */
  readonly owned: DisposableStore;
}

/** What is particular about one kind of page. */
export interface PageKind<Subject, Page extends PageTab<Subject>, From> {
  /** Its name in dist/pages, in media, and behind `memlens.` the type of its tabs. */
  readonly name: 'map' | 'system' | 'oom';
  /** A hidden page goes on as it is, instead of being made anew. */
  readonly retainContextWhenHidden?: true;
  titleOf(subject: Subject): string;
  isSame(one: Subject, other: Subject): boolean;
  fill(tab: EmptyTab<Subject>): Page;
  /** What the page says; its own state is saved already. */
  receive(message: From, page: Page): void;
  /** What outlives the window; undefined: the tab goes with it. */
  keptOf(page: Page): unknown;
  /** What `keptOf` has given, of any version. undefined: it can't be shown again; why was said. */
  subjectOf(kept: unknown): Promise<Subject | undefined>;
}

interface Said {
  readonly kind: string;
  readonly state?: unknown;
}

/** The pages of one kind, each in an editor tab; they come back after a reload of the window. */
export class PageTabs<Subject, Page extends PageTab<Subject>, From extends Said>
  implements vscode.Disposable, vscode.WebviewPanelSerializer
{
  private readonly disposables = new DisposableStore();
  private readonly pages = new Set<Page>();
  private readonly viewType: string;

  constructor(
    private readonly load: LoadTrends,
    private readonly context: PageTabContext,
    private readonly kind: PageKind<Subject, Page, From>,
  ) {
    this.viewType = `memlens.${kind.name}`;
    this.disposables.add(vscode.window.registerWebviewPanelSerializer(this.viewType, this));
  }

  get open(): readonly Page[] {
    return [...this.pages];
  }

  /** What the page of this kind has kept, whatever it shows. */
  get saved(): unknown {
    return this.context.state.get(this.stateKey);
  }

  /** The page that shows it is brought to the front; else a new one is opened. */
  show(services: TrendServices, subject: Subject): Page {
    const { kind } = this;
    const there = this.open.find((page) => kind.isSame(page.subject, subject));
    if (there !== undefined) {
      there.panel.reveal();
      return there;
    }
    const panel = vscode.window.createWebviewPanel(this.viewType, kind.titleOf(subject), vscode.ViewColumn.Active, {
      enableScripts: true,
      retainContextWhenHidden: kind.retainContextWhenHidden === true,
    });
    return this.adopt(services, panel, subject, false);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const closed = new CancelSource();
    const closing = panel.onDidDispose(() => closed.cancel());
    const services = await this.load();
    const subject = await this.kind.subjectOf(state);
    closing.dispose();
    if (closed.requested) return;
    if (subject === undefined) panel.dispose();
    else this.adopt(services, panel, subject, true);
  }

  /** The editor gives it back with the tab after a reload of the window. */
  keep(page: Page): void {
    const state = this.kind.keptOf(page);
    if (state !== undefined) void page.panel.webview.postMessage({ kind: 'keep', state });
  }

  dispose(): void {
    for (const { panel } of this.open) panel.dispose();
    this.disposables.dispose();
  }

  private get stateKey(): string {
    return `memlens.page.${this.kind.name}`;
  }

  private adopt(services: TrendServices, panel: vscode.WebviewPanel, subject: Subject, restored: boolean): Page {
    const { context, kind } = this;
    const { webview } = panel;
    const owned = new DisposableStore();
    const page = kind.fill({ services, panel, subject, restored, owned });
    this.pages.add(page);
    owned.add(
      webview.onDidReceiveMessage((message: From) => {
        if (message.kind === 'save') void context.state.update(this.stateKey, message.state);
        kind.receive(message, page);
        // Again and again: a page that was hidden is made anew when it is shown.
        if (message.kind === 'ready') this.keep(page);
      }),
    );
    owned.add(
      panel.onDidDispose(() => {
        this.pages.delete(page);
        owned.dispose();
      }),
    );
    const picture = (theme: string): vscode.Uri => vscode.Uri.joinPath(context.extension, 'media', `${kind.name}-${theme}.svg`);
    panel.iconPath = { light: picture('light'), dark: picture('dark') };
    webview.options = { enableScripts: true, localResourceRoots: [pagesFolder(context.extension)] };
    webview.html = pageHtml(webview, context.extension, kind.name, context.nonce());
    return page;
  }
}
