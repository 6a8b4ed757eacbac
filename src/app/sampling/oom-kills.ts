import type { Milliseconds } from '../../base/units.js';
import type { SystemSample } from '../../model/sample.js';
import type { EventLog } from './event-log.js';

/** An exit so soon after an OOM kill is taken for it. */
const SOON_MS: Milliseconds = 3000;

/** Processes that the kernel has killed for lack of memory, by its own counter: it does not say which. */
export class OomKills {
  private newestAt: Milliseconds | undefined;

  constructor(private readonly log: EventLog) {}

  /** Two samples of one boot. */
  take({ counters: before }: SystemSample, { at, counters }: SystemSample): void {
    if (before.oomKill === undefined || counters.oomKill === undefined || counters.oomKill <= before.oomKill) return;
    this.newestAt = at;
    this.log.add({ at, kind: 'oom-kill', detail: String(counters.oomKill - before.oomKill) });
  }

  /** Whether a process that has ended now was probably killed so. */
  justBefore(at: Milliseconds): boolean {
    return this.newestAt !== undefined && at - this.newestAt <= SOON_MS;
  }
}
