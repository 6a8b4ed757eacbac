import type * as vscode from 'vscode';
import { PageFeed } from '../app/page-feed.js';
import type { Subject } from '../app/subject.js';
import { DisposableStore } from '../base/dispose.js';
import type { FromPage, PageName, ToPage } from '../protocol/trends.js';
import { pageHtml, pagesFolder } from './page-html.js';
import type { TrendServices } from './trend-services.js';

/** What every page needs of the editor. */
export interface PageContext {
  readonly extension: vscode.Uri;
  readonly state: vscode.Memento;
  /** A word that nobody can guess, for the policy of a page. */
  readonly nonce: () => string;
  readonly intervalMs: () => number;
  /** The name of the file that is recorded to now. */
  readonly recording: () => string | undefined;
  /** What the user wants that is not about drawing. */
  readonly wishes: PageWishes;
}

export interface PageWishes {
  /** `subjects`: what the page shows. */
  fulfil(message: FromPage, page: PageHost): void;
}

/** A webview with its feed: hands messages over, and keeps what the page asks to keep. */
export class PageHost implements vscode.Disposable {
  private readonly disposables = new DisposableStore();
  private readonly feed: PageFeed;
  private shown: readonly Subject[] = [];
  private kept: unknown;
  /** Told before the page was there. */
  private waiting: ToPage[] | undefined = [];

  constructor(
    private readonly webview: vscode.Webview,
    readonly page: PageName,
    services: TrendServices,
    context: PageContext,
  ) {
    const stateKey = `memlens.page.${page}`;
    webview.options = { enableScripts: true, localResourceRoots: [pagesFolder(context.extension)] };
    this.feed = this.disposables.add(
      new PageFeed({
        page,
        post: (message) => this.post(message),
        clock: services.clock,
        epochMs: services.epochMs,
        intervalMs: context.intervalMs,
        saved: () => context.state.get(stateKey),
      }),
    );
    this.disposables.add(
      webview.onDidReceiveMessage((message: FromPage) => {
        if (this.feed.receive(message)) {
          if (message.kind === 'ready') this.begin(context);
          return;
        }
        if (message.kind === 'save') void context.state.update(stateKey, message.state);
        else context.wishes.fulfil(message, this);
      }),
    );
    // Last: the page says that it is ready as soon as it is there.
    webview.html = pageHtml(webview, context.extension, page, context.nonce());
  }

  get subjects(): readonly Subject[] {
    return this.shown;
  }

  show(subjects: readonly Subject[]): void {
    this.shown = subjects;
    this.feed.show(subjects);
  }

  /** The editor gives `state` back with the page when the window is loaded again. */
  keep(state: unknown): void {
    this.kept = state;
    this.post({ kind: 'keep', state });
  }

  setVisible(visible: boolean): void {
    this.feed.setVisible(visible);
  }

  post(message: ToPage): void {
    if (this.waiting !== undefined && message.kind === 'fault') this.waiting.push(message);
    else void this.webview.postMessage(message);
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** Again and again: a page that was hidden is made anew when it is shown. */
  private begin(context: PageContext): void {
    if (this.kept !== undefined) this.post({ kind: 'keep', state: this.kept });
    this.post({ kind: 'recording', to: context.recording() });
    const { waiting = [] } = this;
    this.waiting = undefined;
    for (const message of waiting) this.post(message);
  }
}
