import type { Milliseconds } from '../../src/base/units.js';

/** What time it is on the target, as far as its samples have told: the newest moment, and what has passed here since. */
export class TargetClock {
  private newest: Milliseconds | undefined;
  private heardAt: Milliseconds = 0;

  hear(at: Milliseconds): void {
    if (this.newest !== undefined && at <= this.newest) return;
    this.newest = at;
    this.heardAt = performance.now();
  }

  now(): Milliseconds {
    return this.newest === undefined ? Date.now() : this.newest + performance.now() - this.heardAt;
  }
}
