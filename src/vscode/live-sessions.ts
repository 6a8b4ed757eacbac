import * as vscode from 'vscode';
import type { Clock } from '../app/ports.js';
import { CancelSource } from '../base/cancel.js';
import { type Disposable, DisposableStore } from '../base/dispose.js';
import type { Milliseconds } from '../base/units.js';
import type { LiveHeap } from './live-heap.js';
import { commandLink, escapeMarkdown, link } from './markdown.js';

/** A look into a process that goes on now. */
export interface LiveEntry {
  readonly id: number;
  /** The target and the process: one look into a process at a time. */
  readonly key: string;
  /** `server (1234)` */
  readonly title: string;
  /** `Page faults (perf)` */
  readonly way: string;
  readonly durationMs: Milliseconds;
  readonly stop: CancelSource;
  readonly cancel: CancelSource;
  readonly heap: LiveHeap;
  /** Since it is attached; before, undefined. */
  attachedAt: Milliseconds | undefined;
}

const STATUS_EVERY_MS = 1000;

/** The looks into processes that go on: several at once, each on another process. */
export class LiveSessions implements vscode.Disposable {
  private readonly entries = new Set<LiveEntry>();
  private readonly item = vscode.window.createStatusBarItem('memlens.live', vscode.StatusBarAlignment.Left, -12);
  private readonly disposables = new DisposableStore();
  private tick: Disposable | undefined;
  private lastId = 0;

  constructor(private readonly clock: Clock) {
    this.item.name = vscode.l10n.t('MemLens: Processes that Are Profiled');
    this.item.command = 'memlens.stopLive';
    this.disposables.add(this.item);
  }

  find(key: string): LiveEntry | undefined {
    return [...this.entries].find((entry) => entry.key === key);
  }

  /** The caller ends it with `end`. */
  begin(what: Pick<LiveEntry, 'key' | 'title' | 'way' | 'durationMs' | 'heap'>): LiveEntry {
    const entry: LiveEntry = {
      ...what,
      id: ++this.lastId,
      stop: new CancelSource(),
      cancel: new CancelSource(),
      attachedAt: undefined,
    };
    this.entries.add(entry);
    this.changed();
    return entry;
  }

  end(entry: LiveEntry): void {
    this.entries.delete(entry);
    this.changed();
  }

  /** Detaches and keeps what was seen: of the entry with this id, of the only one, or of the one that the user chooses. */
  async stop(id: unknown): Promise<void> {
    const entry = await this.named(id, vscode.l10n.t('Stop Profiling, and Show What Was Seen'));
    entry?.stop.cancel();
  }

  /** Opens the heap page with what was seen until now, which goes on with the look: `id` as of `stop`. */
  async showHeap(id: unknown): Promise<void> {
    const entry = await this.named(id, vscode.l10n.t('Show What Was Seen So Far'));
    if (entry === undefined) return;
    if (entry.heap.hasProfile) entry.heap.show();
    else
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          'MemLens: there is nothing to show of {0} yet. Some ways tell what they saw at the end only ({1}).',
          entry.title,
          entry.way,
        ),
      );
  }

  /** `12 of 30 s`; undefined before it is attached. */
  timeOf({ attachedAt, durationMs }: LiveEntry): string | undefined {
    if (attachedAt === undefined) return undefined;
    const whole = Math.round(durationMs / 1000);
    return vscode.l10n.t('{0} of {1} s', Math.min(whole, Math.floor((this.clock.now() - attachedAt) / 1000)), whole);
  }

  /** The window is closed: every process is left as it was. */
  dispose(): void {
    for (const entry of this.entries) entry.cancel.cancel();
    this.tick?.dispose();
    this.disposables.dispose();
  }

  private async named(id: unknown, title: string): Promise<LiveEntry | undefined> {
    const all = [...this.entries];
    const named = all.find((entry) => entry.id === id);
    return named ?? (all.length < 2 ? all[0] : this.choose(all, title));
  }

  private async choose(all: readonly LiveEntry[], title: string): Promise<LiveEntry | undefined> {
    const items = all.map((entry) => ({
      label: entry.title,
      description: [entry.way, this.timeOf(entry)].filter(Boolean).join(' · '),
      entry,
    }));
    return (await vscode.window.showQuickPick(items, { title }))?.entry;
  }

  private changed(): void {
    void vscode.commands.executeCommand('setContext', 'memlens.attached', this.entries.size > 0);
    this.show();
  }

  private show(): void {
    this.tick?.dispose();
    this.tick = undefined;
    const [first, ...others] = this.entries;
    if (first === undefined) {
      this.item.hide();
      return;
    }
    const time = others.length === 0 ? this.timeOf(first) : undefined;
    const name = others.length === 0 ? first.title : vscode.l10n.t('{0} processes', others.length + 1);
    this.item.text = `$(plug) ${[name, time].filter(Boolean).join(': ')}`;
    this.item.tooltip = tooltipOf([...this.entries]);
    this.item.accessibilityInformation = {
      label: vscode.l10n.t('MemLens looks into {0}. Stop and show what was seen.', name),
      role: 'button',
    };
    this.item.show();
    this.tick = this.clock.after(STATUS_EVERY_MS, () => this.show());
  }
}

/** With links to what was seen so far, where something was. */
function tooltipOf(entries: readonly LiveEntry[]): vscode.MarkdownString {
  const lines = entries.map(({ id, title, way, heap }) => {
    const text = escapeMarkdown(`${title}: ${way}`);
    return heap.hasProfile ? `${text} · ${link(vscode.l10n.t('Show So Far'), commandLink('memlens.showLive', [id]))}` : text;
  });
  const text = [...lines, '', escapeMarkdown(vscode.l10n.t('Click to stop and show what was seen.'))].join('  \n');
  const tooltip = new vscode.MarkdownString(text);
  tooltip.isTrusted = { enabledCommands: ['memlens.showLive'] };
  return tooltip;
}
