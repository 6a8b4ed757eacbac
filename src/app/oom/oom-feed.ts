import type { Cancel } from '../../base/cancel.js';
import { CancelSource } from '../../base/cancel.js';
import type { Disposable } from '../../base/dispose.js';
import type { Fault } from '../../base/fault.js';
import type { Result } from '../../base/result.js';
import { formatCount, type Milliseconds } from '../../base/units.js';
import { besideEvents } from '../../insight/oom/oom-words.js';
import type { NextVictims, OomCandidate } from '../../model/next-victim.js';
import type { ProcessKey } from '../../model/process.js';
import { type FromOomPage, OOM_PROTOCOL, type OomTab, type ToOomPage, type VictimState } from '../../protocol/oom.js';
import { OTHER_VERSION } from '../../protocol/other-version.js';
import { faultText } from '../fault-text.js';
import type { OomPlace } from './kept-oom.js';
import { oomEntries, oomEventView, victimsView } from './oom-view.js';
import type { OomLog } from './open-oom.js';

/** A change of oom_score_adj that was made here. */
export interface AdjChange extends ProcessKey {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

export interface OomFeedOptions {
  readonly post: (message: ToOomPage) => void;
  readonly saved: () => unknown;
  readonly title: string;
  readonly description: string;
  /** The log; absent: only the next victim is shown. */
  readonly readLog?: (cancel: Cancel) => Promise<Result<OomLog, Fault>>;
  /** The processes of the machine; absent: it is a file. */
  readonly readVictims?: (cancel: Cancel) => Promise<Result<NextVictims, Fault>>;
  readonly now: () => Milliseconds;
  /** What to show first; an event that the log does not tell any more gives way to the last one. */
  readonly place?: OomPlace;
  /** Another tab or event is shown. */
  readonly onDidMove?: () => void;
}

/** What the page OOM is told. Nothing is read before the page asks or is told to show it. */
export class OomFeed implements Disposable {
  private readonly cancel = new CancelSource();
  private log: OomLog | undefined;
  private isReading = false;
  private failed: Fault | undefined;
  private shown = 0;
  private tab: OomTab | undefined;
  private victims: VictimState | undefined;
  private candidates: readonly OomCandidate[] = [];
  private change: AdjChange | undefined;
  private isReady = false;

  private wanted: OomPlace['event'];

  constructor(private readonly options: OomFeedOptions) {
    this.tab = options.place?.tab;
    this.wanted = options.place?.event;
  }

  /** What is looked at now. */
  get place(): OomPlace {
    const { log, shown, tab = 'events' } = this;
    // Until the log is read, and if it can't be, it is what was looked at before.
    const event = log === undefined ? this.wanted : oomEntries(log.report, log.bootMs)[shown];
    return { tab, ...(event === undefined ? {} : { event }) };
  }

  /** The last change that can be taken back. */
  get undo(): AdjChange | undefined {
    return this.change;
  }

  /** A process of the list as it was read. */
  candidate({ pid, startTicks }: ProcessKey): OomCandidate | undefined {
    return this.candidates.find((one) => one.pid === pid && one.startTicks === startTicks);
  }

  dispose(): void {
    this.cancel.cancel();
  }

  /** Brings a tab to the front; what it shows is read. */
  show(tab: OomTab): void {
    this.tab = tab;
    this.options.onDidMove?.();
    if (!this.isReady) return;
    this.options.post({ kind: 'show', tab });
    if (tab === 'next') void this.readVictims();
    else void this.readLog();
  }

  /** After a write: it can be taken back, and the list is another one. */
  changed(change: AdjChange | undefined): void {
    this.change = change;
    void this.readVictims();
  }

  tellFault(fault: Fault): void {
    const { message, nextStep } = faultText(fault);
    this.options.post({ kind: 'fault', message, nextStep });
  }

  /** False: it is not about what is shown. */
  receive(message: FromOomPage): boolean {
    switch (message.kind) {
      case 'ready':
        this.greet(message.version);
        return true;
      case 'retry':
        void this.readLog();
        return true;
      case 'show-event':
        this.shown = message.index;
        this.postEvent();
        return true;
      case 'save':
        this.tab = tabOf(message.state) ?? this.tab;
        this.options.onDidMove?.();
        return true;
      case 'read-victims':
        void this.readVictims();
        return true;
      default:
        return false;
    }
  }

  private greet(version: number): void {
    const { post, saved, readLog } = this.options;
    post({ kind: 'hello', version: OOM_PROTOCOL, saved: saved() });
    if (version !== OOM_PROTOCOL) {
      post({ kind: 'fault', ...OTHER_VERSION });
      return;
    }
    this.isReady = true;
    if (this.log !== undefined || readLog === undefined) this.postState();
    if (this.tab !== undefined) post({ kind: 'show', tab: this.tab });
    // A page that is made anew gets what there is; what was not read yet is read now.
    if (this.log !== undefined) this.postLog();
    else if (readLog !== undefined) void this.readLog();
    if (this.victims !== undefined) this.postVictims();
    else if (this.tab === 'next' || readLog === undefined) void this.readVictims();
  }

  private async readLog(): Promise<void> {
    const { readLog } = this.options;
    if (readLog === undefined || this.isReading) return;
    this.isReading = true;
    this.failed = undefined;
    this.postState();
    const read = await readLog(this.cancel);
    this.isReading = false;
    if (this.cancel.requested) return;
    if (read.ok) {
      this.log = read.value;
      // What ran out last is what is asked for.
      this.shown = this.wantedIn(read.value) ?? Math.max(0, read.value.report.events.length - 1);
      this.wanted = undefined;
    } else {
      this.failed = read.error;
    }
    this.postState();
    if (read.ok) this.postLog();
  }

  /** Where in a log that may have changed the event is that was looked at. */
  private wantedIn({ report, bootMs }: OomLog): number | undefined {
    const { wanted } = this;
    if (wanted === undefined) return undefined;
    const alike = oomEntries(report, bootMs).flatMap((entry, at) =>
      entry.headline === wanted.headline ? [{ ...entry, at }] : [],
    );
    // The time of the boot is worked out anew, and may be told a little otherwise.
    return (alike.find(({ when }) => when === wanted.when) ?? (alike.length === 1 ? alike[0] : undefined))?.at;
  }

  private async readVictims(): Promise<void> {
    const { readVictims, now } = this.options;
    if (readVictims === undefined) return;
    this.victims = { kind: 'reading' };
    this.postVictims();
    const read = await readVictims(this.cancel);
    if (this.cancel.requested) return;
    if (read.ok) {
      this.candidates = read.value.candidates;
      this.victims = victimsView(read.value, now());
    } else {
      const { message, nextStep } = faultText(read.error);
      this.victims = { kind: 'failed', message, nextStep };
    }
    this.postVictims();
  }

  private postState(): void {
    const { post, title, description, readLog, readVictims } = this.options;
    const tabs: readonly OomTab[] = [
      ...(readLog === undefined ? [] : (['events'] as const)),
      ...(readVictims === undefined ? [] : (['next'] as const)),
    ];
    const failed = this.failed === undefined ? undefined : faultText(this.failed);
    const isFinal = this.failed?.code === 'not-kept' && this.failed.why === 'too-long';
    post({
      kind: 'state',
      title,
      description,
      tabs,
      state:
        failed !== undefined
          ? { kind: 'failed', message: failed.message, nextStep: failed.nextStep, ...(isFinal ? { isFinal } : {}) }
          : { kind: this.isReading || (this.log === undefined && readLog !== undefined) ? 'reading' : 'shown' },
    });
  }

  private postLog(): void {
    const { log } = this;
    if (log === undefined) return;
    const { report, bootMs, cut } = log;
    const notes = [
      ...besideEvents(report),
      ...(cut === undefined ? [] : [`The log was not read to its end: ${faultText(cut).message}`]),
      ...(report.events.length === 0 ? [linesRead(report.lines)] : []),
    ];
    this.options.post({ kind: 'events', entries: oomEntries(report, bootMs), leftOut: report.eventsLeftOut, notes });
    this.postEvent();
  }

  private postEvent(): void {
    const { log, shown } = this;
    const event = log?.report.events[shown];
    if (event === undefined) return;
    this.options.post({ kind: 'event', event: oomEventView(event, shown, log?.bootMs) });
    this.options.onDidMove?.();
  }

  private postVictims(): void {
    const { victims, change } = this;
    if (victims === undefined) return;
    const changed =
      change === undefined ? {} : { changed: { name: change.name, pid: change.pid, before: change.before, after: change.after } };
    this.options.post({ kind: 'victims', victims, ...changed });
  }
}

/** Of what the page keeps. */
function tabOf(state: unknown): OomTab | undefined {
  const tab = typeof state === 'object' && state !== null && 'tab' in state ? state.tab : undefined;
  return tab === 'events' || tab === 'next' ? tab : undefined;
}

function linesRead(lines: number): string {
  if (lines === 0) return 'There is no text in it.';
  return `${formatCount(lines, 'line')} ${lines === 1 ? 'was' : 'were'} read.`;
}
