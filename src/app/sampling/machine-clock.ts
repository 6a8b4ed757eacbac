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

  /** The moment of a sample with this uptime. Without one (no /proc/uptime) the host's steady clock counts. */
  advance(uptimeMs: Milliseconds | undefined): Milliseconds {
    const elapsed = uptimeMs ?? this.clock.now();
    this.anchor ??= Math.max(this.epochMs(), this.last === undefined ? 0 : this.last + 1) - elapsed;
    let at = this.anchor + elapsed;
    if (this.last !== undefined && at <= this.last) {
      // Two ticks within the 10 ms of /proc/uptime; or a container with an uptime of its own was started again.
      if (this.last - at < STEP_BACK_MS) at = this.last + 1;
      else {
        at = Math.max(this.epochMs(), this.last + 1);
        this.anchor = at - elapsed;
      }
    }
    this.last = at;
    this.lastNow = this.clock.now();
    return at;
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
