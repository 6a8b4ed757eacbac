import type { Milliseconds } from '../../base/units.js';
import type { EventLog } from './event-log.js';

/** One tick may be late without a gap in the line. */
const LATE_TICKS = 3;
const LATE_MS: Milliseconds = 2000;

/** What is missing between two samples: it breaks the lines, and is an event unless nobody looked. */
export class SampleGaps {
  /** Why the next sample does not follow the newest one. */
  private cause: 'connection' | 'pause' | undefined;

  constructor(
    private readonly log: EventLog,
    /** Breaks the lines of all series behind a sample. */
    private readonly cut: (at: Milliseconds) => void,
  ) {}

  /** Nobody looks any more. */
  paused(): void {
    this.cause ??= 'pause';
  }

  /** `from`: the newest sample. Told at once, and only once until a sample comes. */
  lost(from: Milliseconds): void {
    if (this.cause === 'connection') return;
    this.cause = 'connection';
    this.cut(from);
    this.log.add({ at: from, kind: 'gap-begin', detail: this.cause });
  }

  /** Whether something is missing between two samples that came one after the other. */
  close(from: Milliseconds, to: Milliseconds, intervalMs: Milliseconds): boolean {
    const { cause } = this;
    this.cause = undefined;
    if (cause === 'connection') {
      this.log.add({ at: to, kind: 'gap-end', detail: cause });
      return true;
    }
    if (to - from <= LATE_TICKS * intervalMs + LATE_MS) return false;
    this.cut(from);
    if (cause === undefined) {
      // This machine or the target was asleep.
      this.log.add({ at: from, kind: 'gap-begin', detail: 'stalled' });
      this.log.add({ at: to, kind: 'gap-end', detail: 'stalled' });
    }
    return true;
  }
}
