import { formatBytes } from '../../base/units.js';
import type { LiveRates } from '../../model/live.js';

/** How busy a process is, in a sentence; what could not be measured is left out. */
export function liveRatesWords(rates: LiveRates): string {
  const { overMs, cpu, minorFaults, mappingCalls, allocations, rssGrowth } = rates;
  const parts = [
    `${each(minorFaults)} page faults`,
    ...(mappingCalls === undefined ? [] : [`${each(mappingCalls)} calls of brk and mmap`]),
    ...(allocations === undefined ? [] : [`${each(allocations)} allocations`]),
  ];
  const grows = rssGrowth >= 1 ? `; RSS grows by ${formatBytes(Math.round(rssGrowth))} a second` : '';
  return `Over ${(overMs / 1000).toFixed(1)} s it took ${cpu.toFixed(2)} of a processor, and each second ${parts.join(', ')}${grows}.`;
}

const each = (value: number): string => (value > 0 && value < 1 ? 'less than 1' : Math.round(value).toLocaleString('en-US'));
