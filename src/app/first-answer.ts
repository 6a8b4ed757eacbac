import type { Cancel } from '../base/cancel.js';
import { DisposableStore } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { SystemSample } from '../model/sample.js';
import type { Monitor, MonitorState } from './monitor.js';

/**
 * Waits, while something looks, until `wanted` finds what it waits for after a sample. A connection that can't be made, or is lost
 * meanwhile, is a fault: a command that asks once does not wait for a board to be switched on.
 */
export function firstAnswer<T>(
  monitor: Monitor,
  wanted: (sample: SystemSample) => T | undefined,
  cancel: Cancel,
): Promise<Result<T, Fault>> {
  return new Promise((resolve) => {
    const listening = new DisposableStore();
    const done = (result: Result<T, Fault>): void => {
      listening.dispose();
      resolve(result);
    };
    const check = (state: MonitorState): void => {
      if (state.kind === 'lost' || state.kind === 'failed') done(err(state.fault));
    };
    listening.add(monitor.onDidChangeState(check));
    listening.add(
      monitor.onDidSample((sample) => {
        const found = wanted(sample);
        if (found !== undefined) done(ok(found));
      }),
    );
    listening.add(cancel.onRequest(() => done(err({ code: 'cancelled' }))));
    check(monitor.state);
  });
}
