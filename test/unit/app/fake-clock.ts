import type { Clock } from '../../../src/app/ports.js';
import type { Disposable } from '../../../src/base/dispose.js';

/** A clock that goes when it is told to. Timers fire in their order, and promises are settled between them. */
export class FakeClock implements Clock {
  private time = 1000;
  private serial = 0;
  private readonly timers = new Map<number, { at: number; action: () => void }>();
  /** How much later than asked for a timer fires. */
  late: () => number = () => 0;

  now(): number {
    return this.time;
  }

  after(delayMs: number, action: () => void): Disposable {
    const id = this.serial++;
    this.timers.set(id, { at: this.time + Math.max(0, delayMs) + this.late(), action });
    return { dispose: () => this.timers.delete(id) };
  }

  /** Time goes on while nothing of ours runs: a stopped host. */
  stall(ms: number): void {
    this.time += ms;
  }

  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settled();
      let next: [number, { at: number; action: () => void }] | undefined;
      for (const entry of this.timers) if (next === undefined || entry[1].at < next[1].at) next = entry;
      if (next === undefined || next[1].at > end) break;
      this.timers.delete(next[0]);
      this.time = Math.max(this.time, next[1].at);
      next[1].action();
    }
    this.time = end;
  }
}

/** All promises that can be settled are. */
export const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
