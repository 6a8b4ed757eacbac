import type { LivePrice, LiveRates } from '../../model/live.js';
import { perfPeriod } from './perf-words.js';

/** A sample with 8 KiB of stack takes some microseconds more than the fault itself; measured: docs/cli-attach.md. */
const SAMPLE_S = { low: 5e-6, high: 40e-6 };

export function perfPrice(rates: LiveRates | undefined): LivePrice {
  if (rates === undefined) {
    return {
      slowdown: { low: 1, high: 1.3 },
      isDangerous: false,
      words: 'Nothing while it does not grow, up to a third while it does; it is never stopped.',
    };
  }
  const samples = rates.minorFaults / perfPeriod(rates);
  const low = 1 + samples * SAMPLE_S.low;
  const high = 1 + samples * SAMPLE_S.high;
  const of = perfPeriod(rates);
  const some = of === 1 ? '' : ` One of ${of} page faults is looked at, as it has so many.`;
  const words = high < 1.005 ? 'Hardly anything' : `${high.toFixed(2)} times the time at most`;
  return { slowdown: { low, high }, isDangerous: false, words: `${words}; it is never stopped.${some}` };
}
