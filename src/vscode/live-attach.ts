import * as vscode from 'vscode';
import type { FindingsStore } from '../app/findings-store.js';
import type { LiveLook, WayOffer } from '../app/live/attach.js';
import type { LiveNews } from '../app/live/live-way.js';
import type { Clock, Log } from '../app/ports.js';
import type { Cancel } from '../base/cancel.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { HeapProfile } from '../model/heap-profile.js';
import { cancelOf } from './cancellation.js';
import type { FaultMessages } from './fault-messages.js';
import { LiveHeap, type ShowHeap } from './live-heap.js';
import { growingWords, withoutLinks } from './live-news.js';
import { isLiveRequest, type LiveRequest, processTitle } from './live-request.js';
import { showLiveResult } from './live-result.js';
import { endWords } from './live-sentence.js';
import type { LiveSubject, LoadLive } from './live-services.js';
import type { LiveEntry, LiveSessions } from './live-sessions.js';
import { liveSettings } from './live-settings.js';
import { pickWay } from './live-ways-picker.js';
import { commandLink, link } from './markdown.js';
import { pickProcess } from './process-picker.js';
import type { LoadTrends } from './trend-services.js';

export interface LiveAttachOptions {
  readonly load: LoadLive;
  readonly trends: LoadTrends;
  readonly sessions: LiveSessions;
  readonly store: FindingsStore;
  readonly faults: FaultMessages;
  readonly clock: Clock;
  readonly log: Log;
  /** Starts the program of the process once more, under an engine. */
  readonly startAgain: (request: LiveRequest) => Promise<void>;
  readonly showHeap: ShowHeap;
  /** Of the calendar. */
  readonly epochMs: () => Milliseconds;
}

const NEWS_EVERY_MS = 1000;

/** Profile Process: from the process to the way, over what it costs, to what was found. The process goes on. */
export class LiveAttach {
  constructor(private readonly options: LiveAttachOptions) {}

  /** `process`: a LiveRequest; anything else lets the user choose one. */
  async attach(process: unknown): Promise<void> {
    const { faults } = this.options;
    if (!vscode.workspace.isTrusted) return faults.show({ code: 'untrusted-workspace' }, 'MemLens');
    const request = isLiveRequest(process) ? process : await this.choose();
    if (request === undefined) return;
    const { target } = request.subject.monitor;
    const title = processTitle(request.command, request.pid, target);
    if (this.isRefused(request.subject.monitor.target.name, request.pid)) return;
    const look = await this.look(request, title);
    if (!look.ok) return faults.show(look.error, title);
    const choice = await pickWay(look.value, request.reason, Math.round(liveSettings().durationMs / 1000));
    if (choice === undefined) return;
    if (choice.form === 'again') return this.options.startAgain(request);
    if (choice.offer.price.isDangerous && !(await agrees(choice.offer, title))) return;
    // While the user chose, it may have been begun from elsewhere.
    if (this.isRefused(target.name, look.value.probed.process.pid)) return;
    const { pid, startTicks, command } = look.value.probed.process;
    const key = `${choice.offer.way.id} ${command} (${pid}:${startTicks}) on ${target.name}`;
    const heap = new LiveHeap(title, key, this.options.showHeap, this.options.epochMs);
    const result = await this.run(look.value, choice.offer, title, heap);
    if (!result.ok) {
      heap.end(result.error.code === 'cancelled' ? vscode.l10n.t('You cancelled it') : vscode.l10n.t('It could not be finished'));
      // What can't be done in this way may be done in another one.
      return faults.show(result.error, title, () => void this.attach(request), vscode.l10n.t('Other Ways…'));
    }
    const why = endWords(result.value.outcome.ended);
    await showLiveResult(result.value, look.value, choice.offer, {
      ...this.options,
      title,
      showHeap: (profile) => heap.finish(profile, why),
      otherWays: () => void this.attach(request),
    });
    heap.end(why);
  }

  private async choose(): Promise<LiveRequest | undefined> {
    const { monitors } = await this.options.trends();
    const monitor = monitors.current;
    const row = await pickProcess(monitor, vscode.l10n.t('Profile a Process'));
    if (row === undefined) {
      if (monitor.state.kind === 'failed') this.options.faults.show(monitor.state.fault, monitor.target.name);
      return undefined;
    }
    return { subject: { monitor }, pid: row.pid, command: row.command, startTicks: row.startTicks };
  }

  /** Two looks into one process would measure each other. */
  private isRefused(target: string, pid: number): boolean {
    const { sessions } = this.options;
    const there = sessions.find(keyOf(target, pid));
    if (there === undefined) return false;
    const stop = vscode.l10n.t('Stop and Show');
    const words = vscode.l10n.t(
      'MemLens: {0} is being profiled already ({1}). Stop that first, or wait for its end; other processes can be profiled meanwhile.',
      there.title,
      [there.way, sessions.timeOf(there)].filter(Boolean).join(', '),
    );
    void vscode.window.showWarningMessage(words, stop).then((chosen) => {
      if (chosen === stop) there.stop.cancel();
    });
    return true;
  }

  private async look({ subject, pid, startTicks }: LiveRequest, title: string): Promise<Result<LiveSubject, Fault>> {
    return vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Measuring how busy {0} is, for two seconds', title),
        cancellable: true,
      },
      async (_, token) => {
        const services = await this.options.load();
        if (token.isCancellationRequested) return err({ code: 'cancelled' });
        const { target } = subject.monitor;
        return services.look({ target, pid, ...(startTicks === undefined ? {} : { startTicks }) }, cancelOf(token));
      },
    );
  }

  private async run(look: LiveSubject, offer: WayOffer, title: string, heap: LiveHeap): Promise<Result<LiveLook, Fault>> {
    const { sessions, load, clock, log } = this.options;
    const { durationMs, slowdownLimit } = liveSettings();
    const { pid } = look.probed.process;
    const entry = sessions.begin({ key: keyOf(look.target.name, pid), title, way: offer.way.title, durationMs, heap });
    log.info(`${offer.way.id} on process ${pid} of ${look.target.name} for ${durationMs} ms`);
    try {
      return await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: vscode.l10n.t('Profiling {0}', title),
          cancellable: true,
        },
        async (progress, token) => {
          const cancelled = token.onCancellationRequested(() => entry.cancel.cancel());
          const telling = new Telling(entry, sessions, clock, offer.way.title, (message) => progress.report({ message }));
          try {
            const services = await load();
            return await services.attach(look, offer, {
              durationMs,
              slowdownLimit,
              stop: entry.stop,
              cancel: entry.cancel,
              onNews: (news) => telling.hear(news),
              onProfile: (profile) => telling.see(profile),
            });
          } finally {
            telling.dispose();
            cancelled.dispose();
          }
        },
      );
    } finally {
      sessions.end(entry);
    }
  }
}

const keyOf = (target: string, pid: number): string => `${target}\n${pid}`;

/** What the notification of a look says: phase, time, what grows so far, and a link that stops and keeps. */
class Telling implements Disposable {
  private phase: LiveNews['phase'] = 'preparing';
  private words: string | undefined;
  private growing: string | undefined;
  private tick: Disposable | undefined;
  private readonly stopped: Disposable;

  constructor(
    private readonly entry: LiveEntry,
    private readonly sessions: LiveSessions,
    private readonly clock: Clock,
    private readonly way: string,
    private readonly report: (message: string) => void,
  ) {
    this.stopped = (entry.stop as Cancel).onRequest(() => this.tell());
    this.tell();
  }

  hear(news: Pick<LiveNews, 'phase' | 'words'>): void {
    this.phase = news.phase;
    this.words = news.words;
    if (news.phase === 'attached') {
      this.entry.attachedAt ??= this.clock.now();
      this.entry.heap.begin();
    }
    this.tell();
  }

  see(profile: HeapProfile): void {
    this.growing = growingWords(profile);
    this.entry.heap.hear(profile);
    this.tell();
  }

  dispose(): void {
    this.tick?.dispose();
    this.stopped.dispose();
  }

  private tell(): void {
    this.tick?.dispose();
    const { stop, id, heap } = this.entry;
    const time = this.phase === 'attached' ? this.sessions.timeOf(this.entry) : undefined;
    const phase = stop.requested ? vscode.l10n.t('detaching') : PHASES[this.phase]();
    const stopLink = stop.requested ? undefined : link(vscode.l10n.t('Stop and Show'), commandLink('memlens.stopLive', [id]));
    const showLink = heap.hasProfile ? link(vscode.l10n.t('Show So Far'), commandLink('memlens.showLive', [id])) : undefined;
    const facts = [this.way, phase, this.words, time, this.growing].filter((part) => part !== undefined && part !== '');
    this.report([withoutLinks(facts.join(' · ')), showLink, stopLink].filter((part) => part !== undefined).join(' · '));
    this.tick = this.clock.after(NEWS_EVERY_MS, () => this.tell());
  }
}

const PHASES: Readonly<Record<LiveNews['phase'], () => string>> = {
  preparing: () => vscode.l10n.t('preparing'),
  waiting: () => vscode.l10n.t('waiting for a safe moment'),
  attached: () => vscode.l10n.t('attached'),
  reading: () => vscode.l10n.t('reading what was seen'),
};

/** Asked before anything that could stall the process. */
async function agrees({ way: { title }, price }: WayOffer, process: string): Promise<boolean> {
  const go = vscode.l10n.t('Profile All the Same');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} could stall {1}.', title, process),
    { modal: true, detail: price.words },
    go,
  );
  return chosen === go;
}
