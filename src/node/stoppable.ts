import { type Cancel, CancelSource } from '../base/cancel.js';
import { FAILED } from './exit-status.js';
import { leave } from './leave.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Does `work` to its end. A signal gives it up in order, so that what runs on a target ends, too; a second one ends all at once. Before and after it a signal ends us as ever. */
export async function whileStoppable<Value>(work: (stop: Cancel) => Promise<Value>): Promise<Value> {
  const stop = new CancelSource();
  const signal = (): void => {
    if (stop.requested) leave(FAILED);
    stop.cancel();
  };
  for (const name of SIGNALS) process.on(name, signal);
  try {
    return await work(stop);
  } finally {
    for (const name of SIGNALS) process.off(name, signal);
  }
}
