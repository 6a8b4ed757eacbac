import { type Disposable, DisposableStore } from '../base/dispose.js';
import { judgedReport } from '../findings/standing.js';
import { verdictEvidence } from '../insight/growth/words.js';
import type { FindingsStore, StoredReport } from './findings-store.js';
import type { Monitor } from './monitor.js';
import { type Monitors, sameTarget } from './monitors.js';

/** What the trend of a process says is told with its findings, as long as it is watched: also what it says after they were found. */
export class FindingTrends implements Disposable {
  private readonly disposables = new DisposableStore();
  private isTelling = false;

  constructor(
    private readonly monitors: Monitors,
    private readonly store: FindingsStore,
  ) {
    for (const monitor of monitors.all) this.follow(monitor);
    this.disposables.add(monitors.onDidOpen((monitor) => this.follow(monitor)));
    this.disposables.add(store.onChange(() => this.tell(this.monitors.all)));
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private follow(monitor: Monitor): void {
    this.disposables.add(monitor.onDidSample(() => this.tell([monitor])));
  }

  private tell(monitors: readonly Monitor[]): void {
    // What is replaced here changes the store, too.
    if (this.isTelling) return;
    this.isTelling = true;
    for (const stored of this.store.all()) {
      const told = monitors.map((monitor) => withTrend(stored, monitor)).find((one) => one !== undefined);
      if (told !== undefined) this.store.replace(told);
    }
    this.isTelling = false;
  }
}

/** undefined: there is nothing new to tell. */
function withTrend(stored: StoredReport, monitor: Monitor): StoredReport | undefined {
  const { subject, report, looks, check, trend } = stored;
  const process = subject?.process;
  if (subject === undefined || process === undefined || !sameTarget(subject.target, monitor.target)) return undefined;
  const watch = monitor.watches.find(({ key }) => key.pid === process.pid && key.startTicks === process.startTicks);
  if (watch === undefined) return undefined;
  const { state, measure } = watch.verdict;
  // Its numbers change all the time, what they mean does not.
  if (trend?.state === state && trend.measure === measure) return undefined;
  const words = verdictEvidence(watch.verdict);
  if (words === undefined) return undefined;
  // What the checks say of a leak goes with their own report, not with that of the end.
  const facts = {
    trend: words,
    ...(looks === undefined ? {} : { looks }),
    ...(check === undefined || report.run?.exit !== undefined ? {} : { check }),
  };
  return { ...stored, trend: { state, measure }, report: judgedReport(report, facts) };
}
