import * as vscode from 'vscode';
import { faultText } from '../app/fault-text.js';
import { HeapFeed } from '../app/heap/heap-feed.js';
import { lineAmounts } from '../app/heap/line-amounts.js';
import { neverCancelled } from '../base/cancel.js';
import { DisposableStore } from '../base/dispose.js';
import type { Milliseconds } from '../base/units.js';
import { visibleText } from '../base/visible-text.js';
import type { HeapProfile } from '../model/heap-profile.js';
import type { FromHeapPage, ToHeapPage } from '../protocol/heap.js';
import type { HeapAnnotations } from './heap-annotations.js';
import type { HeapExport } from './heap-export.js';
import { HeapFile } from './heap-file.js';
import type { HeapFrames } from './heap-frames.js';
import { type KeptHeap, type KeptHeaps, readKeptHeap } from './heap-kept.js';
import type { HeapReader } from './heap-reader.js';
import { openDoc } from './open-doc.js';
import { pageHtml, pagesFolder } from './page-html.js';

export interface HeapPageContext {
  readonly extension: vscode.Uri;
  readonly state: vscode.Memento;
  /** A word that nobody can guess, for the policy of a page. */
  readonly nonce: () => string;
  readonly reader: HeapReader;
  readonly frames: HeapFrames;
  readonly annotations: HeapAnnotations;
  readonly exports: HeapExport;
  /** Whether lines are told as soon as a profile is opened. */
  readonly annotates: () => boolean;
  /** Keeps results over a reload of the window; undefined: they are gone with it. */
  readonly kept?: KeptHeaps;
  readonly now: () => Milliseconds;
}

/** What a result of this session is about. */
export interface HeapOrigin {
  /** The same for what takes the place of an earlier result. */
  readonly key: string;
  /** One line: the command line of the process, or of the run. */
  readonly description: string;
  /** It goes on since then: `update` gives newer profiles. */
  readonly since?: Milliseconds;
}

/** A page that shows a result which may go on. */
export interface LiveHeapPage {
  /** The user has not closed it. */
  readonly isOpen: boolean;
  /** What was seen until now. */
  update(profile: HeapProfile): void;
  /** What it shows now, less an earlier one; `name`: what that is. */
  compareWith(earlier: HeapProfile, name: string): void;
  /** Nothing more comes. `why`: in words. */
  end(why: string): void;
}

/** An open page. */
export interface HeapPage {
  readonly title: string;
  readonly feed: HeapFeed;
  readonly panel: vscode.WebviewPanel;
}

const VIEW_TYPE = 'memlens.heapResult';
const STATE_KEY = 'memlens.page.heap';

/** The Heap Profile pages, each in an editor tab. Those of files are custom editors, which the editor brings back after a reload of the window; results are kept for it. */
export class HeapPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly results = new Map<string, HeapPage>();
  private readonly files = new Map<string, HeapFile>();
  private readonly panels = new Set<vscode.WebviewPanel>();

  private readonly disposables = new DisposableStore();

  constructor(private readonly context: HeapPageContext) {
    if (context.kept !== undefined) this.disposables.add(vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this));
  }

  /** Shows a result of this session: a live one, or of a run. One of the same key takes the place of the earlier one. */
  show(title: string, profile: HeapProfile, origin: HeapOrigin): LiveHeapPage {
    const there = this.results.get(origin.key);
    const page = there ?? this.open(title, origin);
    if (there !== undefined) there.panel.reveal();
    page.feed.setState(origin.since === undefined ? { kind: 'still' } : { kind: 'live', since: origin.since });
    page.feed.setProfile(profile);
    const kept = { key: origin.key, title, description: origin.description };
    let newest = profile;
    void this.context.kept?.keep(kept, profile);
    const isOpen = (): boolean => this.results.get(origin.key) === page;
    return {
      get isOpen() {
        return isOpen();
      },
      update: (newer) => {
        newest = newer;
        if (isOpen()) page.feed.setProfile(newer);
      },
      compareWith: (earlier, name) => {
        if (isOpen()) page.feed.compareWith(earlier, name);
      },
      end: (why) => {
        if (!isOpen()) return;
        page.feed.setState({ kind: 'ended', at: this.context.now(), why });
        void this.context.kept?.keep(kept, newest);
      },
    };
  }

  /** The page of a file, in a tab that the editor has made. */
  adoptFile(uri: vscode.Uri, panel: vscode.WebviewPanel): void {
    const path = uri.fsPath;
    const post = (message: ToHeapPage): void => void panel.webview.postMessage(message);
    const title = path.slice(path.lastIndexOf('/') + 1);
    const feed = new HeapFeed({ post, saved: () => this.saved, title, description: path, now: this.context.now });
    const file = new HeapFile(path, feed, this.context.reader);
    const page = { title, feed, panel };
    this.files.set(path, file);
    this.adopt(page, (message) => {
      if (message.kind === 'retry') void file.read();
      else if (message.kind === 'cancel') file.cancel();
      else if (message.kind === 'compare-file') void file.compareWithAsked();
      else return false;
      return true;
    });
    panel.onDidDispose(() => {
      file.close();
      if (this.files.get(path) === file) this.files.delete(path);
    });
    void file.read().then(() => this.annotateAtOnce(page));
  }

  /** The page of a file that is open. */
  fileAt(uri: vscode.Uri): HeapFile | undefined {
    return this.files.get(uri.fsPath);
  }

  dispose(): void {
    for (const panel of [...this.panels]) panel.dispose();
    this.disposables.dispose();
  }

  /** A result that was shown before the window was loaded again. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = readKeptHeap(state);
    const path = kept && this.context.kept?.pathOf(kept);
    if (kept === undefined || path === undefined) {
      panel.dispose();
      return;
    }
    const { feed } = this.adoptResult(panel, kept);
    const read = await this.context.reader.read(path, neverCancelled);
    if (read.ok) {
      feed.setProfile(read.value);
      feed.setState({
        kind: 'ended',
        at: read.value.at ?? this.context.now(),
        why: vscode.l10n.t('Kept from before the window was loaded again'),
      });
    } else {
      feed.setState({
        kind: 'failed',
        message: vscode.l10n.t('This result was not kept when the window was closed.'),
        nextStep: vscode.l10n.t('Take it again, or export it as JSON the next time.'),
      });
    }
  }

  private get saved(): unknown {
    return this.context.state.get(STATE_KEY);
  }

  private open(title: string, origin: HeapOrigin): HeapPage {
    const panel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      vscode.l10n.t('Heap: {0}', visibleText(title)),
      vscode.ViewColumn.Active,
      { enableScripts: true, retainContextWhenHidden: true },
    );
    return this.adoptResult(panel, { key: origin.key, title, description: origin.description });
  }

  private adoptResult(panel: vscode.WebviewPanel, kept: KeptHeap): HeapPage {
    const { key, title, description } = kept;
    const picture = (theme: string): vscode.Uri => vscode.Uri.joinPath(this.context.extension, 'media', `heap-${theme}.svg`);
    panel.iconPath = { light: picture('light'), dark: picture('dark') };
    const post = (message: ToHeapPage): void => void panel.webview.postMessage(message);
    const feed = new HeapFeed({ post, saved: () => this.saved, title, description, now: this.context.now });
    const page = { title, feed, panel };
    this.results.set(key, page);
    this.adopt(page, (message) => {
      if (message.kind !== 'compare-file') return false;
      void this.compareResult(page);
      return true;
    });
    panel.onDidDispose(() => {
      if (this.results.get(key) === page) this.results.delete(key);
    });
    // Again and again: a page that is made anew has kept nothing.
    panel.webview.onDidReceiveMessage((message: FromHeapPage) => {
      if (message.kind === 'ready') post({ kind: 'keep', state: { heap: kept } });
    });
    const told = feed.onDidChange(() => {
      told.dispose();
      this.annotateAtOnce(page);
    });
    return page;
  }

  private adopt(page: HeapPage, receive: (message: FromHeapPage) => boolean): void {
    const { panel, feed } = page;
    const { context } = this;
    const { webview } = panel;
    const owned = new DisposableStore();
    owned.add(feed);
    this.panels.add(panel);
    let measure: number | undefined;
    const tell = (): void => feed.setAnnotated(context.annotations.owner === page);
    owned.add(context.annotations.onDidChange(tell));
    // Newer numbers of a live profile, or those of a comparison.
    owned.add(
      feed.onDidChange(() => {
        if (context.annotations.owner === page) void this.annotate(page, measure);
      }),
    );
    owned.add(panel.onDidChangeViewState(() => feed.setVisible(panel.visible)));
    owned.add(
      webview.onDidReceiveMessage((message: FromHeapPage) => {
        if (message.kind === 'save') void context.state.update(STATE_KEY, message.state);
        else if (message.kind === 'annotate') {
          measure = message.measure;
          if (measure === undefined) context.annotations.hide(page);
          else void this.annotate(page, measure);
        } else if (!feed.receive(message) && !receive(message)) this.fulfil(message, page);
      }),
    );
    owned.add(
      panel.onDidDispose(() => {
        this.panels.delete(panel);
        // Before anything is told: a word to a page that is gone throws.
        owned.dispose();
        context.annotations.hide(page);
      }),
    );
    webview.options = { enableScripts: true, localResourceRoots: [pagesFolder(context.extension)] };
    webview.html = pageHtml(webview, context.extension, 'heap', context.nonce());
    feed.setVisible(panel.visible);
  }

  /** What the page wants that is not about what is shown. */
  private fulfil(message: FromHeapPage, { title, feed, panel }: HeapPage): void {
    const { frames, exports } = this.context;
    const { shown } = feed;
    switch (message.kind) {
      case 'open-frame':
        if (shown !== undefined) void frames.open(shown.profile, message.frame, panel.viewColumn);
        break;
      case 'open-help':
        void openDoc(vscode.Uri.joinPath(this.context.extension, 'docs', 'heap.md'));
        break;
      case 'copy':
        void vscode.env.clipboard.writeText(message.text);
        break;
      case 'export':
        if (shown !== undefined) void exports.save(title, shown, message.format, message.narrowing);
        break;
      case 'export-image':
        void exports.saveImage(title, message.format, message.bytes);
        break;
      default:
        break;
    }
  }

  private annotateAtOnce(page: HeapPage): void {
    if (this.context.annotates() && page.feed.shown !== undefined) void this.annotate(page, undefined);
  }

  /** `measure` undefined: the chief one. */
  private async annotate(page: HeapPage, measure: number | undefined): Promise<void> {
    const { shown } = page.feed;
    if (shown === undefined) return;
    const { profile } = shown;
    const index = measure !== undefined && measure < profile.measures.length ? measure : profile.chief;
    await this.context.annotations.show(page, page.title, lineAmounts(profile, index));
  }

  private async compareResult({ feed }: HeapPage): Promise<void> {
    const older = await this.context.reader.ask(vscode.l10n.t('Compare with an Older Heap Profile'));
    if (older === undefined) return;
    if (older.read.ok) feed.compareWith(older.read.value, older.name);
    else feed.tellFault(faultText(older.read.error));
  }
}
