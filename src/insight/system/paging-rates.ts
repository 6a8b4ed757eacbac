import { formatBytes, formatDuration, MINUTE, type Milliseconds } from '../../base/units.js';
import type { PagingRates, SystemFacts } from '../../model/machine-accounting.js';
import type { VmCounters } from '../../model/sample.js';
import type { SeriesTable } from '../series.js';
import { elapsed } from './elapsed.js';

/** Of less a rate says nothing. */
const SHORTEST_RATE: Milliseconds = 200;

/** Between two states of one boot. `pageSize`: bytes. */
export function ratesBetween(
  before: SystemFacts | undefined,
  now: SystemFacts,
  pageSize: number | undefined,
): PagingRates | undefined {
  const duringMs = before === undefined ? undefined : elapsed(before, now);
  if (before === undefined || duringMs === undefined || duringMs < SHORTEST_RATE) return undefined;
  const more = (name: keyof VmCounters): number | undefined => {
    const count = (now.counters?.[name] ?? Number.NaN) - (before.counters?.[name] ?? Number.NaN);
    return count >= 0 ? (count * 1000) / duringMs : undefined;
  };
  const bytes = (pages: number | undefined): number | undefined =>
    pages === undefined || pageSize === undefined ? undefined : pages * pageSize;
  const waited = (now.pressure?.full?.totalMicroseconds ?? Number.NaN) - (before.pressure?.full?.totalMicroseconds ?? Number.NaN);
  return rates(duringMs, {
    swapIn: bytes(more('pswpin')),
    refaults: bytes(more('refaultFile')),
    majorFaults: more('pgmajfault'),
    stalled: hasCounted(now) && waited >= 0 ? Math.min(100, waited / duringMs / 10) : undefined,
  });
}

/** During the look at one state; waiting is that of the last 10 seconds. */
export function ratesOfLook(now: SystemFacts, pageSize: number | undefined): PagingRates | undefined {
  const { swapping, refaulting } = now;
  const duringMs = Math.max(swapping?.duringMs ?? 0, refaulting?.duringMs ?? 0);
  if (pageSize === undefined || duringMs < SHORTEST_RATE) return undefined;
  return rates(duringMs, {
    swapIn: swapping === undefined ? undefined : (swapping.pagesIn * pageSize * 1000) / duringMs,
    refaults: refaulting === undefined ? undefined : (refaulting.pages * pageSize * 1000) / duringMs,
    majorFaults: refaulting === undefined ? undefined : (refaulting.majorFaults * 1000) / duringMs,
    stalled: undefined,
  });
}

/** Of the last minute of a machine's series (model/measure.ts), of what was measured since `from`. */
export function ratesOfSeries(series: SeriesTable, from: Milliseconds = 0): PagingRates | undefined {
  const { span } = series;
  if (span === undefined) return undefined;
  const begin = Math.max(from, span.from, span.to - MINUTE);
  const mean = (id: string): number | undefined => {
    const { value } = series.points(id, begin);
    return value.length < 2 ? undefined : value.reduce((sum, one) => sum + one, 0) / value.length;
  };
  const [full, some] = [mean('psi.full10'), mean('psi.some10')];
  const told = {
    swapIn: mean('vm.swapIn'),
    refaults: mean('vm.refaults'),
    majorFaults: mean('vm.majorFaults'),
    // A kernel may have the file and not count.
    stalled: (full ?? 0) + (some ?? 0) > 0 ? full : undefined,
  };
  const duringMs = span.to - begin;
  return duringMs < SHORTEST_RATE || Object.values(told).every((one) => one === undefined) ? undefined : rates(duringMs, told);
}

/** In a sentence; none where nothing is counted. */
export function ratesWords(one: PagingRates | undefined): readonly string[] {
  if (one === undefined) return [];
  const { duringMs, swapIn, refaults, majorFaults, stalled } = one;
  const amount = (bytes: number): string => formatBytes(Math.round(bytes));
  const words = [
    ...(swapIn === undefined ? [] : [`${amount(swapIn)} a second came back from swap`]),
    ...(refaults === undefined ? [] : [`${amount(refaults)} a second of files was read again`]),
    ...(majorFaults === undefined ? [] : [`${Number(majorFaults.toFixed(1))} faults a second waited for storage`]),
    ...(stalled === undefined
      ? []
      : [`for ${Number(stalled.toFixed(1))} % of the time every task that could run waited for memory`]),
  ];
  return words.length === 0 ? [] : [`In ${formatDuration(duringMs)}: ${words.join(', ')}.`];
}

/** False where the kernel has no file of it, or has it and does not count: then all of it stays 0. */
export const hasCounted = ({ pressure }: SystemFacts): boolean =>
  (pressure?.some.totalMicroseconds ?? 0) > 0 || (pressure?.full?.avg10 ?? 0) > 0;

const rates = (
  duringMs: Milliseconds,
  told: { readonly [Key in Exclude<keyof PagingRates, 'duringMs'>]-?: number | undefined },
): PagingRates => ({
  duringMs,
  ...(told.swapIn === undefined ? {} : { swapIn: told.swapIn }),
  ...(told.refaults === undefined ? {} : { refaults: told.refaults }),
  ...(told.majorFaults === undefined ? {} : { majorFaults: told.majorFaults }),
  ...(told.stalled === undefined ? {} : { stalled: told.stalled }),
});
