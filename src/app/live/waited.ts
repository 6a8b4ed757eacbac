import type { Cancel } from '../../base/cancel.js';
import { DisposableStore } from '../../base/dispose.js';
import type { Milliseconds } from '../../base/units.js';
import type { Clock } from '../ports.js';

/** So long, or until one of them is requested. */
export function waited(clock: Clock, ms: Milliseconds, until: readonly Cancel[]): Promise<void> {
  return new Promise((resolve) => {
    const watches = new DisposableStore();
    const done = (): void => {
      watches.dispose();
      resolve();
    };
    watches.add(clock.after(ms, done));
    for (const each of until) watches.add(each.onRequest(done));
  });
}
