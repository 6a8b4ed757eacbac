import * as vscode from 'vscode';
import { sameTarget } from '../app/monitors.js';
import { type KeptOomSource, keptOom, type OomPlace, readKeptOom } from '../app/oom/kept-oom.js';
import { readKernelLog } from '../app/oom/kernel-log.js';
import { readNextVictims } from '../app/oom/next-victim.js';
import { OomFeed } from '../app/oom/oom-feed.js';
import { type OomLog, oomLogOf, openOomLog } from '../app/oom/open-oom.js';
import type { Unpackers } from '../app/packed-file.js';
import type { RootAccess } from '../app/system/root-script.js';
import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { baseName } from '../base/path.js';
import { err, ok, type Result } from '../base/result.js';
import { visibleText } from '../base/visible-text.js';
import type { NamedTarget } from '../model/target-config.js';
import type { FromOomPage, OomTab } from '../protocol/oom.js';
import { type AdjPlace, changeAdj, undoAdj } from './oom-adj.js';
import { openDoc } from './open-doc.js';
import { type EmptyTab, type PageTab, type PageTabContext, PageTabs } from './page-tabs.js';
import { notOffered } from './target-settings.js';
import type { LoadTrends } from './trend-services.js';

export interface OomPageContext extends PageTabContext {
  readonly load: LoadTrends;
  /** What may be put before a command that needs root. */
  readonly rootCommand: () => readonly string[];
  readonly unpackers: () => Promise<Unpackers>;
  /** Whether today's settings would offer it. */
  readonly isOffered: (target: NamedTarget) => boolean;
}

interface Subject {
  readonly source: KeptOomSource;
  /** What the page looked at before the window was loaded again. */
  readonly place?: OomPlace;
}

/** The machine whose log and processes a page shows. */
interface Machine {
  readonly name: string;
  /** Fault: nothing may be read or written there now. */
  readonly access: () => Result<RootAccess, Fault>;
}

interface Page extends PageTab<Subject> {
  readonly feed: OomFeed;
  readonly machine: Machine | undefined;
}

/** The OOM pages: one for each machine, file and text. They come back after a reload of the window, and read anew. */
export class OomPanels implements vscode.Disposable {
  readonly tabs: PageTabs<Subject, Page, FromOomPage>;

  constructor(private readonly context: OomPageContext) {
    this.tabs = new PageTabs<Subject, Page, FromOomPage>(context.load, context, {
      name: 'oom',
      retainContextWhenHidden: true,
      titleOf: ({ source }) => vscode.l10n.t('Out of Memory: {0}', visibleText(nameOf(source))),
      isSame: (one, other) => isSame(one.source, other.source),
      fill: (tab) => this.fill(tab),
      receive: (message, page) => this.hear(message, page),
      keptOf: ({ subject, feed }) => keptOom(subject.source, feed.place),
      subjectOf: (state) => Promise.resolve(readKeptOom(state)),
    });
  }

  dispose(): void {
    this.tabs.dispose();
  }

  /** The kernel log of a machine and its processes. */
  async showMachine(target: NamedTarget, tab: OomTab): Promise<void> {
    const services = await this.context.load();
    this.tabs.show(services, { source: { kind: 'machine', target } }).feed.show(tab);
  }

  async showFile({ fsPath: path }: vscode.Uri): Promise<void> {
    const services = await this.context.load();
    const there = this.tabs.open;
    const page = this.tabs.show(services, { source: { kind: 'file', path } });
    // More may be in it by now.
    if (there.includes(page)) page.feed.receive({ kind: 'retry' });
  }

  /** A text that was selected or copied; `key`: the same for what takes the place of an earlier one. Fault `unrecognised-report`: it tells of no kill. */
  async showText(text: string, title: string, key: string): Promise<Result<void, Fault>> {
    if (oomLogOf(text).report.events.length === 0) return err({ code: 'unrecognised-report', path: title });
    const services = await this.context.load();
    const source: KeptOomSource = { kind: 'text', title, key, text };
    for (const { subject, panel } of this.tabs.open) {
      const older = subject.source;
      if (older.kind === 'text' && older.key === key && !isSame(older, source)) panel.dispose();
    }
    this.tabs.show(services, { source });
    return ok(undefined);
  }

  private fill(tab: EmptyTab<Subject>): Page {
    const { subject, panel, services, owned } = tab;
    const { source, place } = subject;
    const machine = source.kind === 'machine' ? this.machineOf(source.target, tab) : undefined;
    const feed = owned.add(
      new OomFeed({
        post: (message) => void panel.webview.postMessage(message),
        saved: () => this.tabs.saved,
        title: nameOf(source),
        description: descriptionOf(source),
        now: services.epochMs,
        readLog: (cancel) => (machine === undefined ? this.readLog(source, tab) : logOf(machine, cancel)),
        ...(machine === undefined
          ? {}
          : {
              readVictims: async (cancel: Cancel) => {
                const access = machine.access();
                return access.ok ? readNextVictims(access.value, cancel) : access;
              },
            }),
        ...(place === undefined ? {} : { place }),
        onDidMove: () => this.tabs.keep(page),
      }),
    );
    const page: Page = { subject, panel, feed, machine };
    return page;
  }

  private machineOf(target: NamedTarget, { services, restored }: EmptyTab<Subject>): Machine {
    const { isOffered, rootCommand } = this.context;
    return {
      name: target.name,
      access: () =>
        // After a reload of the window the settings, or the trust in the workspace, may be others than when it was chosen.
        !vscode.workspace.isTrusted || (restored && !isOffered(target))
          ? err(notOffered(target))
          : ok({ target: services.target(target), rootCommand: rootCommand() }),
    };
  }

  private async readLog(source: KeptOomSource, { services, restored }: EmptyTab<Subject>): Promise<Result<OomLog, Fault>> {
    if (source.kind === 'file') {
      const { path } = source;
      const opened = await openOomLog(services.readChunks(path), path, await this.context.unpackers());
      const isGone = restored && !opened.ok && opened.error.code === 'not-found';
      return isGone ? err({ code: 'not-kept', what: path, why: 'gone' }) : opened;
    }
    const text = source.kind === 'text' ? source.text : undefined;
    return text === undefined ? err({ code: 'not-kept', what: nameOf(source), why: 'too-long' }) : ok(oomLogOf(text));
  }

  private hear(message: FromOomPage, page: Page): void {
    if (page.feed.receive(message)) return;
    switch (message.kind) {
      case 'set-adj':
        withAccess(page, (place) => changeAdj(place, message));
        break;
      case 'undo-adj':
        withAccess(page, undoAdj);
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

function withAccess({ feed, machine }: Page, write: (place: AdjPlace) => Promise<void>): void {
  if (machine === undefined) return;
  const access = machine.access();
  if (access.ok) void write({ feed, access: () => access.value, machine: machine.name });
  else feed.tellFault(access.error);
}

async function logOf({ access }: Machine, cancel: Cancel): Promise<Result<OomLog, Fault>> {
  const may = access();
  if (!may.ok) return may;
  const read = await readKernelLog(may.value, cancel);
  if (!read.ok) return read;
  const { bootMs, text } = read.value;
  return ok({ ...oomLogOf(text), ...(bootMs === undefined ? {} : { bootMs }) });
}

function isSame(one: KeptOomSource, other: KeptOomSource): boolean {
  if (one.kind === 'machine' && other.kind === 'machine') return sameTarget(one.target, other.target);
  if (one.kind === 'file' && other.kind === 'file') return one.path === other.path;
  return one.kind === 'text' && other.kind === 'text' && one.key === other.key && one.text === other.text;
}

function nameOf(source: KeptOomSource): string {
  switch (source.kind) {
    case 'machine':
      return source.target.name;
    case 'file':
      return baseName(source.path);
    case 'text':
      return source.title;
  }
}

function descriptionOf(source: KeptOomSource): string {
  switch (source.kind) {
    case 'machine':
      return vscode.l10n.t('The kernel log of {0} since it was started', source.target.name);
    case 'file':
      return source.path;
    case 'text':
      return source.text === undefined ? '' : vscode.l10n.t('{0} lines', oomLogOf(source.text).report.lines);
  }
}
