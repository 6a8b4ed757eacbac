import type { Milliseconds } from '../../base/units.js';
import type { LivePrice, LiveRates } from '../../model/live.js';
import { perfPeriod } from './perf-words.js';

/** What a sample with its stack costs beyond the fault itself, by what was measured (docs/cli-attach.md). */
const SAMPLE_S = { low: 4e-6, high: 25e-6 };
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
  const [low, high] = [1 + samples * SAMPLE_S.low, 1 + samples * SAMPLE_S.high];
  const words = high < 1.01 ? 'Less than a hundredth of its time' : `Up to ${high.toFixed(2)} times its time`;
  const some = period === 1 ? '' : ` Of a look of 30 s one of ${period} page faults is recorded, since it has so many.`;
  return { slowdown: { low, high }, isDangerous: false, words: `${words}. It is never stopped.${some}` };
}
