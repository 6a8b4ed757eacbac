import type { Milliseconds } from '../../base/units.js';
import type { LivePrice, LiveRates } from '../../model/live.js';
import { perfPeriod } from './perf-words.js';

/** What a sample with its stack costs beyond the fault itself: about 10 µs on a virtual machine (test/bench/attach.mjs, mixed). */
const SAMPLE_S = { low: 3e-6, high: 20e-6 };
/** A process that does less is hardly ever waited for. */
const LEAST_CPU = 0.02;
/** The price is told before anybody says how long. */
const USUAL_MS: Milliseconds = 30_000;

export function perfPrice(rates: LiveRates | undefined): LivePrice {
  if (rates === undefined) {
    return {
      slowdown: { low: 1, high: 1.3 },
      isDangerous: false,
      words: 'Nothing while it does not grow, up to a third of its time while it does. It is never stopped.',
    };
  }
  const period = perfPeriod(rates, USUAL_MS);
  const samples = rates.minorFaults / period;
  const cpu = Math.max(LEAST_CPU, rates.cpu);
  const [low, high] = [1 + (samples * SAMPLE_S.low) / cpu, 1 + (samples * SAMPLE_S.high) / cpu];
  const words = high < 1.01 ? 'Less than a hundredth of its processor time' : `Up to ${high.toFixed(2)} times its processor time`;
  const some = period === 1 ? '' : ` Of a look of 30 s one of ${period} page faults is recorded, since it has so many.`;
  return { slowdown: { low, high }, isDangerous: false, words: `${words}. It is never stopped.${some}` };
}
