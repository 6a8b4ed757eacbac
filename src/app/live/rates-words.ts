import { formatBytes, formatCount } from '../../base/units.js';
import type { AllocatorShare, LiveRates } from '../../model/live.js';

/** How busy a process is, in a sentence; what could not be measured is left out. */
export function liveRatesWords(rates: LiveRates): string {
  const { overMs, cpu, minorFaults, mappingCalls, allocator, rssGrowth } = rates;
  const parts = [
    each(minorFaults, 'page fault'),
    ...(mappingCalls === undefined ? [] : [each(mappingCalls, 'call of brk and mmap', 'calls of brk and mmap')]),
  ];
  const grows = rssGrowth >= 1 ? `; RSS grows by ${formatBytes(Math.round(rssGrowth))} a second` : '';
  return `Over ${(overMs / 1000).toFixed(1)} s it took ${cpu.toFixed(2)} of a processor, and each second ${parts.join(', ')}${grows}.${allocator === undefined ? '' : ` Of the time of its own code it spends ${shareWords(allocator)} in malloc and free.`}`;
}

/** As few words as a narrow place has: `0.42 processors · 1,234 page faults/s · RSS +4 MiB/s`. */
export function shortRatesWords({ cpu, minorFaults, mappingCalls, allocator, rssGrowth }: LiveRates): string {
  const parts = [
    `${cpu.toFixed(2)} processors`,
    `${Math.round(minorFaults).toLocaleString('en-US')} page faults/s`,
    ...(mappingCalls === undefined ? [] : [`${Math.round(mappingCalls).toLocaleString('en-US')} brk and mmap/s`]),
    ...(allocator === undefined ? [] : [`malloc ${shareWords(allocator)}`]),
    ...(rssGrowth >= 1 ? [`RSS +${formatBytes(Math.round(rssGrowth))}/s`] : []),
  ];
  return parts.join(' · ');
}

/** So near to each other, the two are one number. */
const NEAR = 0.06;

/** `about 14 %`, `10 to 40 %`, `less than 2 %`. */
function shareWords({ low, high }: AllocatorShare): string {
  const percent = (share: number): number => Math.round(share * 100);
  if (low < 0.005) return `less than ${Math.max(1, Math.ceil(high * 100))} %`;
  return high - low <= NEAR ? `about ${percent((low + high) / 2)} %` : `${percent(low)} to ${percent(high)} %`;
}

/** `1,234 page faults`; what happens at times is not called never. */
const each = (value: number, one: string, many?: string): string =>
  value > 0 && value < 0.5 ? `less than one ${one}` : formatCount(Math.round(value), one, many);
