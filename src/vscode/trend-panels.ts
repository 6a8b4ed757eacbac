import * as vscode from 'vscode';
import { keptSubjects, settled } from '../app/kept-trend.js';
import { type KeptSubject, type Subject, sourceId, subjectLabel } from '../app/subject.js';
import { DisposableStore } from '../base/dispose.js';
import { visibleText } from '../base/visible-text.js';
import { type PageContext, PageHost } from './page-host.js';
import type { TrendServices } from './trend-services.js';

export interface TrendPage {
  readonly panel: vscode.WebviewPanel;
  readonly host: PageHost;
  readonly closed: boolean;
}

interface Panel extends TrendPage {
  readonly owned: DisposableStore;
  subjects: readonly Subject[];
  closed: boolean;
}

/** The Trend pages: each in an editor tab, with one or several processes or machines. */
export class TrendPanels implements vscode.Disposable {
  private readonly panels = new Set<Panel>();

  constructor(private readonly context: PageContext) {}

  /** All pages that are open, for messages that every page is told. */
  get open(): readonly PageHost[] {
    return [...this.panels].map(({ host }) => host);
  }

  /** The page that shows just this subject is brought to the front; else a new one is opened. */
  show(services: TrendServices, subject: Subject): void {
    const id = sourceId(subject);
    for (const { panel, subjects } of this.panels) {
      if (subjects.length !== 1 || subjects[0] === undefined || sourceId(subjects[0]) !== id) continue;
      panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel('memlens.trend', titleOf([subject]), vscode.ViewColumn.Active, {
      enableScripts: true,
      retainContextWhenHidden: false,
    });
    this.adopt(services, panel, 'trend', [subject]);
  }

  /** Fills a panel that the editor made, for a recording or after a reload of the window. */
  adopt(services: TrendServices, panel: vscode.WebviewPanel, page: 'trend' | 'memory', subjects: readonly Subject[]): TrendPage {
    panel.iconPath = { light: this.picture('light'), dark: this.picture('dark') };
    const owned = new DisposableStore();
    const host = owned.add(new PageHost(panel.webview, page, services, this.context));
    const entry: Panel = { panel, host, owned, subjects, closed: false };
    this.panels.add(entry);
    owned.add(panel.onDidChangeViewState(() => host.setVisible(panel.visible)));
    owned.add(
      panel.onDidDispose(() => {
        this.panels.delete(entry);
        entry.closed = true;
        owned.dispose();
      }),
    );
    host.keep({ subjects: keptSubjects(subjects) });
    host.show(subjects);
    host.setVisible(panel.visible);
    return entry;
  }

  /** What was looked for after a reload of the window is found. */
  settle({ host }: TrendPage, kept: KeptSubject, found: Subject): void {
    const entry = this.entryOf(host);
    if (entry !== undefined) this.update(entry, settled(entry.subjects, kept, found));
  }

  add(host: PageHost, subject: Subject): void {
    const entry = this.entryOf(host);
    if (entry === undefined || entry.subjects.some((other) => sourceId(other) === sourceId(subject))) return;
    this.update(entry, [...entry.subjects, subject]);
  }

  remove(host: PageHost, source: string): void {
    const entry = this.entryOf(host);
    const left = entry?.subjects.filter((subject) => sourceId(subject) !== source) ?? [];
    if (entry !== undefined && left.length > 0) this.update(entry, left);
  }

  dispose(): void {
    for (const { panel, owned } of this.panels) {
      owned.dispose();
      panel.dispose();
    }
    this.panels.clear();
  }

  private picture(theme: 'light' | 'dark'): vscode.Uri {
    return vscode.Uri.joinPath(this.context.extension, 'media', `trend-${theme}.svg`);
  }

  private entryOf(host: PageHost): Panel | undefined {
    return [...this.panels].find((entry) => entry.host === host);
  }

  private update(entry: Panel, subjects: readonly Subject[]): void {
    entry.subjects = subjects;
    entry.panel.title = titleOf(subjects);
    entry.host.keep({ subjects: keptSubjects(subjects) });
    entry.host.show(subjects);
  }
}

function titleOf(subjects: readonly Subject[]): string {
  const [first] = subjects;
  const name = first === undefined ? '' : subjectLabel(first);
  const more = subjects.length > 1 ? ` +${subjects.length - 1}` : '';
  return vscode.l10n.t('Trend: {0}', visibleText(name) + more);
}
