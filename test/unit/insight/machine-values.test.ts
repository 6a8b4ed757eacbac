import { describe, expect, it } from 'vitest';
import { machineValues } from '../../../src/insight/machine-values.js';
import { fixtureSample, KIB, meminfoOf, sampleOf } from './machine-sample.js';

const counters = { pgfault: 1000, pgmajfault: 10, pswpin: 5, pswpout: 7 };
const before = sampleOf([], { counters });
const after = (more: Partial<typeof counters>, at = before.at + 2000) => sampleOf([], { at, counters: { ...counters, ...more } });
const rates = (values: ReadonlyMap<string, number>) => Object.fromEntries([...values].filter(([id]) => id.startsWith('vm.')));

describe('machineValues', () => {
  it('has the parts first, then every field of meminfo', () => {
    const sample = fixtureSample('linux/6.18/meminfo');
    const ids = [...machineValues(sample).keys()];
    expect(ids[0]).toBe('part.applications');
    expect(ids.findLastIndex((id) => id.startsWith('part.'))).toBe(10);
    expect(ids.filter((id) => id.startsWith('meminfo.'))).toEqual(sample.meminfo.map(({ name }) => `meminfo.${name}`));
  });

  it('has no available memory where the kernel does not estimate it', () => {
    expect(machineValues(fixtureSample('synthetic/proc-3.10/meminfo')).has('meminfo.MemAvailable')).toBe(false);
  });

  it('tells how much of swap is used', () => {
    expect(machineValues(sampleOf(meminfoOf({ SwapTotal: 100, SwapFree: 30 }))).get('swap.used')).toBe(70 * KIB);
    expect(machineValues(sampleOf(meminfoOf({ SwapTotal: 100 }))).has('swap.used')).toBe(false);
  });

  it('tells pressure and load, where they are known', () => {
    const some = { avg10: 1, avg60: 2, avg300: 3, totalMicroseconds: 4 };
    const load = { one: 0.5, five: 1, fifteen: 2 };
    const full = { ...some, avg10: 0.5, avg60: 0.25 };
    expect(Object.fromEntries(machineValues(sampleOf([], { pressure: { some, full }, load })))).toEqual({
      'psi.some10': 1,
      'psi.some60': 2,
      'psi.full10': 0.5,
      'psi.full60': 0.25,
      'load.one': 0.5,
    });
    expect([...machineValues(sampleOf([], { pressure: { some } })).keys()]).toEqual(['psi.some10', 'psi.some60']);
    expect(machineValues(sampleOf([])).size).toBe(0);
  });

  it('makes rates of counters, those of pages in bytes', () => {
    const now = after({ pgfault: 1500, pgmajfault: 11, pswpin: 15, pswpout: 7 });
    expect(rates(machineValues(now, before, 65536))).toEqual({
      'vm.faults': 250,
      'vm.majorFaults': 0.5,
      'vm.swapIn': 5 * 65536,
      'vm.swapOut': 0,
    });
    expect(rates(machineValues(now, before))).toEqual({ 'vm.faults': 250, 'vm.majorFaults': 0.5 });
  });

  it('has no rate of the first sample, of a counter that went down, or when no time has gone by', () => {
    expect(rates(machineValues(after({ pgfault: 2000 })))).toEqual({});
    expect(rates(machineValues(after({ pgfault: 3, pgmajfault: 12 }), before))).toEqual({ 'vm.majorFaults': 1 });
    expect(rates(machineValues(after({ pgfault: 2000 }, before.at), before))).toEqual({});
    expect(rates(machineValues(after({ pgfault: 2000 }, before.at - 5), before))).toEqual({});
  });

  it('has no rate of a counter that one of the two samples lacks', () => {
    expect(rates(machineValues(after({ pgfault: 1002 }), sampleOf([], { counters: { pgfault: 1000 } }), 4096))).toEqual({
      'vm.faults': 1,
    });
  });
});
