import type { Cancel } from '../../base/cancel.js';
import { CancelSource } from '../../base/cancel.js';
import { type Disposable, DisposableStore } from '../../base/dispose.js';
import type { Fault } from '../../base/fault.js';
import type { Result } from '../../base/result.js';
import { type Milliseconds, SECOND } from '../../base/units.js';
import type { NamedTarget } from '../../model/target-config.js';
import type { Monitor } from '../monitor.js';
import type { Monitors } from '../monitors.js';
import type { KernelLog } from './kernel-log.js';
import { oomLogOf } from './open-oom.js';

/** Between a line of the log and the counter in a sample lie a tick, and the second that the time of the boot is rounded to; a slow line makes it more. */
const BEFORE_MS: Milliseconds = 60 * SECOND;
const AFTER_MS: Milliseconds = 5 * SECOND;
/** Of one kill of a whole control group. */
const MOST_MARKS = 20;

export type ReadLog = (target: NamedTarget, cancel: Cancel) => Promise<Result<KernelLog, Fault>>;

/** The counter of the kernel does not say who was killed: where its log may be read without root, each victim gets a mark at its own time. */
export class NameKills implements Disposable {
  private readonly disposables = new DisposableStore();
  private readonly cancel = new CancelSource();
  /** With what was counted meanwhile: a log that is being read may not hold it yet. */
  private readonly reading = new Map<Monitor, Counted | undefined>();
  /** A victim is marked once, whatever is counted after it. */
  private readonly marked = new Set<string>();

  constructor(
    monitors: Monitors,
    private readonly readLog: ReadLog,
  ) {
    for (const monitor of monitors.all) this.follow(monitor);
    this.disposables.add(monitors.onDidOpen((monitor) => this.follow(monitor)));
  }

  dispose(): void {
    this.cancel.cancel();
    this.disposables.dispose();
  }

  private follow(monitor: Monitor): void {
    this.disposables.add(
      monitor.onDidEvent(({ at, detail, kind }) => {
        if (kind === 'oom-kill') void this.name(monitor, { at, kills: Number(detail ?? 1) });
      }),
    );
  }

  private async name(monitor: Monitor, counted: Counted): Promise<void> {
    // One at a time.
    if (this.reading.has(monitor)) {
      const earlier = this.reading.get(monitor)?.kills ?? 0;
      this.reading.set(monitor, { at: counted.at, kills: earlier + counted.kills });
      return;
    }
    this.reading.set(monitor, undefined);
    const read = await this.readLog(monitor.target, this.cancel);
    const next = this.reading.get(monitor);
    this.reading.delete(monitor);
    if (this.cancel.requested) return;
    if (read.ok) this.mark(monitor, read.value, counted);
    if (next !== undefined) await this.name(monitor, next);
  }

  /** Without the log the mark of the counter stands alone. */
  private mark(monitor: Monitor, log: KernelLog, counted: Counted): void {
    for (const { at, text } of victims(log, counted)) {
      const key = `${monitor.target.name}\n${at}\n${text}`;
      if (this.marked.has(key)) continue;
      this.marked.add(key);
      monitor.mark({ kind: 'oom-victim', at, detail: text });
    }
  }
}

/** What the counter of the kernel has told: so many more kills. */
interface Counted {
  readonly at: Milliseconds;
  readonly kills: number;
}

interface Victim {
  readonly at: Milliseconds;
  readonly text: string;
}

/** Who was killed about then, each with its time. */
export function victims({ bootMs, hasSlept, text }: KernelLog, counted: Counted): readonly Victim[] {
  if (bootMs === undefined) return [];
  const all = oomLogOf(text).report.events.flatMap(({ killed, when }): readonly Victim[] => {
    if (when?.uptimeSeconds === undefined) return [];
    const at = bootMs + when.uptimeSeconds * SECOND;
    return killed.map(({ name, pid }) => ({ at, text: `${name} (${pid})` }));
  });
  const found = all.filter(({ at }) => at >= counted.at - BEFORE_MS && at <= counted.at + AFTER_MS);
  if (found.length > 0 || hasSlept !== true) return found.slice(-MOST_MARKS);
  // By its log it was earlier, for the time that the machine slept: it is the last ones that were counted.
  const last = all.slice(-Math.min(counted.kills, MOST_MARKS));
  return last.every(({ at }) => at < counted.at) ? last.map(({ text: who }) => ({ at: counted.at, text: who })) : [];
}
