import { type Disposable, DisposableStore } from '../base/dispose.js';
import type { Milliseconds } from '../base/units.js';
import { verdictWords } from '../insight/growth/words.js';
import type { Verdict } from '../model/verdict.js';
import { OTHER_VERSION } from '../protocol/other-version.js';
import { type ChartQuery, type FromPage, type PageName, type ToPage, TRENDS_PROTOCOL } from '../protocol/trends.js';
import { ChartFeed } from './chart-feed.js';
import type { Monitor } from './monitor.js';
import { nowValues } from './now-values.js';
import { type Calendar, sourceOf } from './page-source.js';
import type { Clock } from './ports.js';
import { ProcessFeed } from './process-feed.js';
import { type Subject, seriesOf, sourceId } from './subject.js';

/** A page is drawn at most so often: the eye does not follow more, and the editor has other work. */
const UPDATE_MS = 250;

export interface PageFeedOptions {
  readonly page: PageName;
  readonly post: (message: ToPage) => void;
  readonly clock: Clock;
  readonly epochMs: () => Milliseconds;
  readonly intervalMs: () => Milliseconds;
  /** What the page last asked to be kept. */
  readonly saved: () => unknown;
}

/**
 * What a page is told, of the subjects that it shows. While it is visible it looks at their machines, so that they sample; hidden,
 * it does not. Knows nothing of the editor.
 */
export class PageFeed implements Disposable {
  private readonly chart = new ChartFeed();
  private readonly processes = new ProcessFeed();
  /** Of the subjects that are shown now; made anew when they change. */
  private listening = new DisposableStore();
  private looking = new DisposableStore();
  private subjects: readonly Subject[] = [];
  private query: ChartQuery | undefined;
  private ready = false;
  private visible = false;
  private update: { readonly due: Milliseconds; readonly timer: Disposable } | undefined;
  private sourcesStale = true;
  private sentSources = '';
  private readonly sentEvents = new Map<string, number>();
  private readonly sentVerdicts = new Map<string, { readonly verdict: Verdict; readonly over: boolean }>();

  constructor(private readonly options: PageFeedOptions) {}

  show(subjects: readonly Subject[]): void {
    this.subjects = subjects;
    this.listening.dispose();
    this.listening = new DisposableStore();
    this.forget();
    for (const monitor of this.monitors) this.listenTo(monitor);
    this.look();
    this.soon();
  }

  setVisible(visible: boolean): void {
    if (visible === this.visible) return;
    this.visible = visible;
    this.look();
    if (visible) this.soon();
  }

  /** True when the message was about what is shown; all others are the user's wishes. */
  receive(message: FromPage): boolean {
    switch (message.kind) {
      case 'ready':
        this.begin(message.version);
        return true;
      case 'query':
        this.query = message.query;
        this.soon(0);
        return true;
      case 'pause':
        this.query = undefined;
        return true;
      case 'retry':
        this.subjects.find((subject) => sourceId(subject) === message.source)?.monitor.retry();
        return true;
      default:
        return false;
    }
  }

  dispose(): void {
    this.update?.timer.dispose();
    this.looking.dispose();
    this.listening.dispose();
    this.subjects = [];
    this.ready = false;
  }

  private get monitors(): ReadonlySet<Monitor> {
    return new Set(this.subjects.map(({ monitor }) => monitor));
  }

  /** All is to be told anew. */
  private forget(): void {
    this.chart.forget();
    this.processes.forget();
    this.sentEvents.clear();
    this.sentVerdicts.clear();
    this.sourcesStale = true;
  }

  private begin(version: number): void {
    const { post, page, saved } = this.options;
    if (version !== TRENDS_PROTOCOL) {
      post({ kind: 'fault', ...OTHER_VERSION });
      return;
    }
    this.ready = true;
    this.forget();
    post({ kind: 'hello', version: TRENDS_PROTOCOL, page, saved: saved() });
    this.soon(0);
  }

  private listenTo(monitor: Monitor): void {
    const stale = (): void => {
      this.sourcesStale = true;
      this.soon();
    };
    this.listening.add(monitor.onDidSample(() => this.soon()));
    this.listening.add(monitor.onDidChangeState(stale));
    this.listening.add(monitor.onDidChangeWatches(stale));
    this.listening.add(monitor.onDidEvent(() => this.soon()));
    if (this.options.page === 'processes')
      this.listening.add(monitor.onDidChangeProcesses((change) => this.processes.take(change)));
  }

  private look(): void {
    const before = this.looking;
    this.looking = new DisposableStore();
    if (this.visible) {
      const what = this.options.page === 'processes' ? 'processes' : 'machine';
      for (const monitor of this.monitors) this.looking.add(monitor.look(what));
    }
    // Afterwards, so that a monitor that both looked at does not stop in between.
    before.dispose();
  }

  private soon(delayMs: Milliseconds = UPDATE_MS): void {
    if (!this.ready || !this.visible) return;
    const { clock } = this.options;
    const due = clock.now() + delayMs;
    // What a slow chart waits for must not hold up the rest.
    if (this.update !== undefined && this.update.due <= due) return;
    this.update?.timer.dispose();
    const timer = clock.after(delayMs, () => {
      this.update = undefined;
      if (this.ready && this.visible) this.tell();
    });
    this.update = { due, timer };
  }

  private tell(): void {
    this.tellSources();
    if (this.options.page === 'processes') this.tellProcesses();
    else {
      this.tellEvents();
      this.tellChart();
      this.tellNow();
      this.tellVerdicts();
    }
  }

  private tellSources(): void {
    const calendar: Calendar = { now: () => this.options.clock.now(), epochMs: this.options.epochMs };
    const ids = this.subjects.map((subject) => seriesOf(subject).ids.length).join();
    if (!this.sourcesStale && ids === this.sentSources) return;
    this.sourcesStale = false;
    this.sentSources = ids;
    const sources = this.subjects.map((subject) => sourceOf(subject, this.options.intervalMs(), calendar));
    this.options.post({ kind: 'sources', sources });
  }

  private tellChart(): void {
    if (this.query === undefined) return;
    const now = this.options.clock.now();
    const rest = this.chart.restMs(this.query, now);
    if (rest > 0) {
      // Not forgotten: without another sample nothing else would bring it.
      this.soon(rest);
      return;
    }
    const sources = this.subjects.map((subject) => ({ id: sourceId(subject), series: seriesOf(subject) }));
    const newest = Math.max(...sources.map(({ series }) => series.span?.to ?? Number.NEGATIVE_INFINITY));
    if (!Number.isFinite(newest)) return;
    // While a machine does not answer, the window goes on and the gap grows; a recording stands still.
    const live = this.subjects.some(({ recording, watch }) => recording === undefined && watch?.endedAt === undefined);
    const lost = live && this.subjects.some(({ monitor }) => monitor.state.kind === 'lost');
    const edge = lost ? Math.max(newest, this.options.epochMs()) : newest;
    const buckets = this.chart.answer(this.query, sources, edge, now);
    if (buckets !== undefined) this.options.post({ kind: 'buckets', buckets });
  }

  private tellEvents(): void {
    for (const subject of this.subjects) {
      const source = sourceId(subject);
      const { watch } = subject;
      const events = subject.monitor.events.filter(({ process }) => process === undefined || process === watch?.id);
      const newest = events.at(-1)?.at ?? 0;
      const signature = newest + events.length;
      if (this.sentEvents.get(source) === signature) continue;
      this.sentEvents.set(source, signature);
      this.options.post({ kind: 'events', source, events });
    }
  }

  private tellNow(): void {
    for (const subject of this.subjects) {
      const now = nowValues(subject);
      if (now !== undefined) this.options.post({ kind: 'now', now });
    }
  }

  private tellVerdicts(): void {
    for (const subject of this.subjects) {
      const { watch } = subject;
      if (watch === undefined) continue;
      const { verdict } = watch;
      const over = subject.recording !== undefined || watch.endedAt !== undefined;
      const source = sourceId(subject);
      const sent = this.sentVerdicts.get(source);
      if (sent?.verdict === verdict && sent.over === over) continue;
      this.sentVerdicts.set(source, { verdict, over });
      const words = over ? lastWords(verdict, subject.readMaps !== undefined) : verdictWords(verdict);
      this.options.post({ kind: 'verdict', verdict: { source, verdict, ...words } });
    }
  }

  private tellProcesses(): void {
    const monitor = this.subjects[0]?.monitor;
    const message = monitor === undefined ? undefined : this.processes.answer(monitor);
    if (message !== undefined) this.options.post(message);
  }
}

/** Of a series that is over: nothing more will be measured, and there is no process to look into, but for maps that were recorded. */
function lastWords({ moreMs: _, ...verdict }: Verdict, hasMaps: boolean): ReturnType<typeof verdictWords> {
  const { title, reasons } = verdictWords(verdict);
  const words = verdict.state === 'undecided' ? 'No verdict: too little was measured' : title;
  return { title: words, reasons, steps: hasMaps ? [{ action: 'show-map', title: 'Show Map' }] : [] };
}
