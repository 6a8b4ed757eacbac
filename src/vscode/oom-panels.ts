import * as vscode from 'vscode';
import { readKernelLog } from '../app/oom/kernel-log.js';
import { readNextVictims } from '../app/oom/next-victim.js';
import { OomFeed } from '../app/oom/oom-feed.js';
import { type OomLog, oomLogOf, openOomLog } from '../app/oom/open-oom.js';
import type { Unpackers } from '../app/packed-file.js';
import type { RootAccess } from '../app/system/root-script.js';
import type { Cancel } from '../base/cancel.js';
import { DisposableStore } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { baseName } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import { visibleText } from '../base/visible-text.js';
import type { NamedTarget } from '../model/target-config.js';
import type { FromOomPage, OomTab, ToOomPage } from '../protocol/oom.js';
import { changeAdj, undoAdj } from './oom-adj.js';
import { openDoc } from './open-doc.js';
import { pageHtml, pagesFolder } from './page-html.js';
import type { LoadTrends } from './trend-services.js';

export interface OomPageContext {
  readonly extension: vscode.Uri;
  readonly state: vscode.Memento;
  /** A word that nobody can guess, for the policy of a page. */
  readonly nonce: () => string;
  readonly load: LoadTrends;
  /** What may be put before a command that needs root. */
  readonly rootCommand: () => readonly string[];
  readonly unpackers: () => Promise<Unpackers>;
}

/** What a page reads. */
interface Source {
  /** The same for what takes the place of an earlier page. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly readLog: (cancel: Cancel) => Promise<Result<OomLog, Fault>>;
  /** Of a machine: its processes are shown, too. */
  readonly machine?: { readonly name: string; readonly access: () => RootAccess };
}

interface Page {
  readonly panel: vscode.WebviewPanel;
  readonly feed: OomFeed;
}

const VIEW_TYPE = 'memlens.oom';
const STATE_KEY = 'memlens.page.oom';

/** The OOM pages, each in an editor tab: one for each machine, file and text. */
export class OomPanels implements vscode.Disposable {
  private readonly pages = new Map<string, Page>();

  constructor(private readonly context: OomPageContext) {}

  dispose(): void {
    for (const { panel } of [...this.pages.values()]) panel.dispose();
  }

  /** The kernel log of a machine and its processes. */
  async showMachine(named: NamedTarget, tab: OomTab): Promise<void> {
    const services = await this.context.load();
    const access = (): RootAccess => ({ target: services.target(named), rootCommand: this.context.rootCommand() });
    this.show(
      {
        key: `machine ${JSON.stringify(named)}`,
        title: named.name,
        description: vscode.l10n.t('The kernel log of {0} since it was started', named.name),
        machine: { name: named.name, access },
        readLog: async (cancel) => {
          const read = await readKernelLog(access(), cancel);
          if (!read.ok) return read;
          const { bootMs, text } = read.value;
          return ok({ ...oomLogOf(text), ...(bootMs === undefined ? {} : { bootMs }) });
        },
      },
      tab,
    );
  }

  async showFile({ fsPath: path }: vscode.Uri): Promise<void> {
    const { load, unpackers } = this.context;
    const services = await load();
    this.show(
      {
        key: `file ${path}`,
        title: baseName(path),
        description: path,
        readLog: async () => openOomLog(services.readChunks(path), path, await unpackers()),
      },
      'events',
    );
  }

  /** A text that was selected or copied. Fault `unrecognised-report`: it tells of no kill. */
  showText(text: string, title: string, key: string): Result<void, Fault> {
    const log = oomLogOf(text);
    if (log.report.events.length === 0) return err({ code: 'unrecognised-report', path: title });
    this.show(
      { key, title, description: vscode.l10n.t('{0} lines', log.report.lines), readLog: () => Promise.resolve(ok(log)) },
      'events',
    );
    return ok(undefined);
  }

  private show(source: Source, tab: OomTab): void {
    const there = this.pages.get(source.key);
    if (there !== undefined && source.machine !== undefined) {
      there.panel.reveal();
      there.feed.show(tab);
      return;
    }
    // A text of the same place is another one now.
    there?.panel.dispose();
    const { feed } = this.open(source);
    if (source.machine !== undefined) feed.show(tab);
  }

  private open(source: Source): Page {
    const { extension, nonce, state } = this.context;
    const { key, machine, title } = source;
    const panel = vscode.window.createWebviewPanel(
      VIEW_TYPE,
      vscode.l10n.t('Out of Memory: {0}', visibleText(title)),
      vscode.ViewColumn.Active,
      { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [pagesFolder(extension)] },
    );
    const owned = new DisposableStore();
    const feed = owned.add(
      new OomFeed({
        post: (message: ToOomPage) => void panel.webview.postMessage(message),
        saved: () => state.get(STATE_KEY),
        title,
        description: source.description,
        now: () => Date.now(),
        readLog: source.readLog,
        ...(machine === undefined ? {} : { readVictims: (cancel: Cancel) => readNextVictims(machine.access(), cancel) }),
      }),
    );
    const page = { panel, feed };
    this.pages.set(key, page);
    owned.add(panel.webview.onDidReceiveMessage((message: FromOomPage) => this.hear(message, page, source)));
    owned.add(
      panel.onDidDispose(() => {
        if (this.pages.get(key) === page) this.pages.delete(key);
        owned.dispose();
      }),
    );
    panel.webview.html = pageHtml(panel.webview, extension, 'oom', nonce());
    return page;
  }

  private hear(message: FromOomPage, { feed }: Page, { machine }: Source): void {
    if (feed.receive(message)) return;
    const place = machine === undefined ? undefined : { feed, access: machine.access, machine: machine.name };
    switch (message.kind) {
      case 'save':
        void this.context.state.update(STATE_KEY, message.state);
        break;
      case 'set-adj':
        if (place !== undefined) void changeAdj(place, message);
        break;
      case 'undo-adj':
        if (place !== undefined) void undoAdj(place);
        break;
      case 'open-help':
        void openDoc(vscode.Uri.joinPath(this.context.extension, 'docs', 'oom.md'));
        break;
      case 'copy':
        void vscode.env.clipboard.writeText(message.text);
        break;
      default:
        break;
    }
  }
}
