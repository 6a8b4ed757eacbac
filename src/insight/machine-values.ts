import type { Bytes } from '../base/units.js';
import type { Pressure, SystemSample, VmCounters } from '../model/sample.js';
import { machineParts } from './machine-parts.js';

/** Counters of pages are shown in bytes: a page has 4 KiB here and 64 KiB there. */
const RATES: readonly { readonly id: string; readonly counter: keyof VmCounters; readonly pages: boolean }[] = [
  { id: 'vm.faults', counter: 'pgfault', pages: false },
  { id: 'vm.majorFaults', counter: 'pgmajfault', pages: false },
  { id: 'vm.refaults', counter: 'refaultFile', pages: true },
  { id: 'vm.swapIn', counter: 'pswpin', pages: true },
  { id: 'vm.swapOut', counter: 'pswpout', pages: true },
];

/**
 * The machine's values at a moment by the ids of model/measure.ts, the parts first and in stacking order. What is not known is not there:
 * rates without a `previous` sample or after a counter went down (a reboot, or a wrap of 32 bits), swap rates without a `pageSize`.
 */
export function machineValues(sample: SystemSample, previous?: SystemSample, pageSize?: Bytes): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const { id, bytes } of machineParts(sample)) values.set(`part.${id}`, bytes);
  for (const { name, value } of sample.meminfo) values.set(`meminfo.${name}`, value);
  const swapTotal = values.get('meminfo.SwapTotal');
  const swapFree = values.get('meminfo.SwapFree');
  if (swapTotal !== undefined && swapFree !== undefined) values.set('swap.used', Math.max(0, swapTotal - swapFree));
  if (sample.pressure !== undefined) addPressure(values, sample.pressure);
  if (previous !== undefined) addRates(values, sample, previous, pageSize);
  if (sample.load !== undefined) values.set('load.one', sample.load.one);
  return values;
}

function addPressure(values: Map<string, number>, { some, full }: Pressure): void {
  values.set('psi.some10', some.avg10).set('psi.some60', some.avg60);
  if (full !== undefined) values.set('psi.full10', full.avg10).set('psi.full60', full.avg60);
}

function addRates(values: Map<string, number>, sample: SystemSample, previous: SystemSample, pageSize: Bytes | undefined): void {
  const seconds = (sample.at - previous.at) / 1000;
  if (!(seconds > 0)) return;
  for (const { id, counter, pages } of RATES) {
    const now = sample.counters[counter];
    const before = previous.counters[counter];
    const size = pages ? pageSize : 1;
    if (now === undefined || before === undefined || size === undefined || now < before) continue;
    values.set(id, ((now - before) * size) / seconds);
  }
}
