import type { Cancel } from '../../base/cancel.js';
import type { Milliseconds } from '../../base/units.js';
import type { Clock } from '../ports.js';

/** So long, or until one of them is requested. */
export function waited(clock: Clock, ms: Milliseconds, until: readonly Cancel[]): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, done);
    const watches = until.map((each) => each.onRequest(done));
    function done(): void {
      timer.dispose();
      for (const watch of watches ?? []) watch.dispose();
      resolve();
    }
  });
}
