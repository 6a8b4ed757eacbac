import type { Milliseconds } from '../../base/units.js';
import type { Clock } from '../ports.js';

/** Steps back of the uptime that are more than rounding. */
const STEP_BACK_MS = 1000;

/**
 * The moments of a machine's samples: its own time since boot, laid once on the calendar. Neither clock's being set moves
 * them, and they always go up.
 */
export class MachineClock {
  private anchor: Milliseconds | undefined;
  private last: Milliseconds | undefined;
  private lastNow: Milliseconds = 0;

  constructor(
    private readonly clock: Clock,
    private readonly epochMs: () => Milliseconds,
  ) {}

  /** Another boot: its time since boot is laid on the calendar anew. */
  reset(): void {
    this.anchor = undefined;
  }

  /** The moment of a sample with this uptime. Without one (no /proc/uptime) it is what our own steady clock says. */
  advance(uptimeMs: Milliseconds | undefined): Milliseconds {
    let at: Milliseconds;
    if (uptimeMs === undefined) at = this.now();
    else {
      this.anchor ??= Math.max(this.epochMs(), this.next) - uptimeMs;
      at = this.anchor + uptimeMs;
      // It falls back when a container with an uptime of its own is started again.
      if (at < this.next - STEP_BACK_MS) {
        at = Math.max(this.epochMs(), this.next);
        this.anchor = at - uptimeMs;
      }
    }
    // Two ticks may lie within the 10 ms of /proc/uptime.
    this.last = Math.max(at, this.next);
    this.lastNow = this.clock.now();
    return this.last;
  }

  /** The earliest moment that may come. */
  private get next(): Milliseconds {
    return this.last === undefined ? 0 : this.last + 1;
  }

  /** The moment that lies so long after boot; undefined when it would be in the future (an uptime of a container's own). */
  moment(sinceBootMs: Milliseconds): Milliseconds | undefined {
    if (this.anchor === undefined || this.last === undefined) return undefined;
    const at = this.anchor + sinceBootMs;
    return at <= this.last ? at : undefined;
  }

  /** About what the machine's clock says now, between samples. */
  now(): Milliseconds {
    return this.last === undefined ? this.epochMs() : this.last + (this.clock.now() - this.lastNow);
  }
}
