import type { Disposable } from '../../base/dispose.js';
import type { Milliseconds } from '../../base/units.js';
import type { Clock } from '../ports.js';

/**
 * Calls an action at start + n * interval. The phase is kept however long an action or a late timer takes; a moment that has
 * passed while the action was still at work is left out, so a host that was stopped makes no burst, and two are never at work.
 */
export class Ticker implements Disposable {
  private origin: Milliseconds | undefined;
  private index = 0;
  private busy = false;
  /** Started anew while the action of an earlier start was still at work. */
  private due = false;
  private timer: Disposable | undefined;

  constructor(
    private readonly clock: Clock,
    private intervalMs: Milliseconds,
    private readonly action: () => Promise<void>,
  ) {}

  get running(): boolean {
    return this.origin !== undefined;
  }

  /** The first call comes at once. */
  start(): void {
    if (this.running) return;
    this.origin = this.clock.now();
    this.index = 0;
    this.due = this.busy;
    if (!this.busy) this.run();
  }

  stop(): void {
    this.origin = undefined;
    this.timer?.dispose();
    this.timer = undefined;
  }

  /** A tick now, or as soon as the one at work is done; the phase begins anew. */
  restart(): void {
    if (!this.running) return;
    this.stop();
    this.start();
  }

  setInterval(intervalMs: Milliseconds): void {
    if (intervalMs === this.intervalMs) return;
    this.intervalMs = intervalMs;
    if (!this.running) return;
    this.origin = this.clock.now();
    this.index = 0;
    if (!this.busy) this.schedule();
  }

  dispose(): void {
    this.stop();
  }

  private run(): void {
    this.timer = undefined;
    this.busy = true;
    this.due = false;
    const after = (): void => {
      this.busy = false;
      if (this.due && this.running) this.run();
      else this.schedule();
    };
    // The action handles its own failures; one that throws is a bug, and must not end the ticking.
    void this.action().then(after, after);
  }

  private schedule(): void {
    if (this.origin === undefined) return;
    this.timer?.dispose();
    const now = this.clock.now();
    // A timer may fire a little early: the index, not the time, says which moment was served.
    this.index = Math.max(this.index, Math.floor((now - this.origin) / this.intervalMs)) + 1;
    this.timer = this.clock.after(this.origin + this.index * this.intervalMs - now, () => this.run());
  }
}
