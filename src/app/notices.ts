import { type Disposable, DisposableStore } from '../base/dispose.js';
import { Emitter } from '../base/emitter.js';
import type { Bytes, Milliseconds } from '../base/units.js';
import type { TrendEvent } from '../model/trend-event.js';
import { seriousness, type Verdict } from '../model/verdict.js';
import type { Monitor } from './monitor.js';
import type { Monitors } from './monitors.js';
import type { Clock } from './ports.js';
import type { Watched, WatchList } from './watch-list.js';

export type Notice =
  | { readonly kind: 'growth'; readonly watched: Watched; readonly verdict: Verdict }
  | { readonly kind: 'low-memory'; readonly monitor: Monitor; readonly available: Bytes; readonly total: Bytes }
  | { readonly kind: 'oom-kill'; readonly monitor: Monitor; readonly event: TrendEvent };

export interface NoticeSettings {
  /** Share of MemTotal below which available memory is worth a word; 0: never. */
  readonly availableBelow: number;
}

/** The same thing is not said again before this. */
const QUIET_MS: Milliseconds = 30 * 60_000;
/** Available memory must have risen by this share over the threshold before a second fall is told. */
const RELEASE = 1.2;

/** What is worth interrupting the user for, and no more often than he can bear. */
export class Notices implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly noticed = this.disposables.add(new Emitter<Notice>());
  private readonly steps = new Map<string, number>();
  private readonly quietUntil = new Map<string, Milliseconds>();
  private readonly low = new Set<Monitor>();
  readonly onDidNotice = this.noticed.on.bind(this.noticed);

  constructor(
    monitors: Monitors,
    private readonly watches: WatchList,
    private readonly clock: Clock,
    private readonly settings: () => NoticeSettings,
  ) {
    for (const monitor of monitors.all) this.follow(monitor);
    this.disposables.add(monitors.onDidOpen((monitor) => this.follow(monitor)));
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private follow(monitor: Monitor): void {
    this.disposables.add(
      monitor.onDidSample(() => {
        this.lookAtMemory(monitor);
        for (const watched of this.watches.all) if (watched.monitor === monitor) this.lookAtGrowth(watched);
      }),
    );
    this.disposables.add(
      monitor.onDidEvent((event) => {
        if (event.kind === 'oom-kill') this.tell(`oom ${monitor.target.name}`, { kind: 'oom-kill', monitor, event });
      }),
    );
  }

  private lookAtGrowth(watched: Watched): void {
    const { watch, monitor } = watched;
    const key = `growth ${monitor.target.name} ${watch.id}`;
    const step = seriousness(watch.verdict);
    // Only a step up is news.
    const before = this.steps.get(key) ?? 0;
    if (step <= before) return;
    this.steps.set(key, step);
    // From "growing" to "leak" takes an hour: each step is news of its own.
    this.noticed.emit({ kind: 'growth', watched, verdict: watch.verdict });
  }

  private lookAtMemory(monitor: Monitor): void {
    const { availableBelow } = this.settings();
    const available = monitor.system.latest('meminfo.MemAvailable')?.value;
    const total = monitor.system.latest('meminfo.MemTotal')?.value;
    if (available === undefined || total === undefined || availableBelow <= 0) return;
    if (available >= total * availableBelow * RELEASE) this.low.delete(monitor);
    if (available >= total * availableBelow || this.low.has(monitor)) return;
    this.low.add(monitor);
    this.tell(`low ${monitor.target.name}`, { kind: 'low-memory', monitor, available, total });
  }

  private tell(key: string, notice: Notice): void {
    const now = this.clock.now();
    if (now < (this.quietUntil.get(key) ?? Number.NEGATIVE_INFINITY)) return;
    this.quietUntil.set(key, now + QUIET_MS);
    this.noticed.emit(notice);
  }
}
