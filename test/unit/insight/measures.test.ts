import { describe, expect, it } from 'vitest';
import { machineValues } from '../../../src/insight/machine-values.js';
import { measureOf } from '../../../src/insight/measures.js';
import { MACHINE_PARTS, PROCESS_MEASURES } from '../../../src/model/measure.js';
import { fixtureSample, sampleOf } from './machine-sample.js';

/** Numbers of the process table. */
const COLUMNS = ['rss', 'pss', 'uss', 'vsz', 'swap', 'code', 'data', 'shared', 'threads', 'vmas', 'oomScore', 'memPercent'];
const RATES = ['minorFaultsPerSecond', 'majorFaultsPerSecond'];

const line = { avg10: 1, avg60: 2, avg300: 3, totalMicroseconds: 4 };
const counters = { pgfault: 1, pgmajfault: 1, pswpin: 1, pswpout: 1 };
const everything = fixtureSample('linux/6.18/meminfo', {
  at: 2_000_000,
  pressure: { some: line, full: line },
  load: { one: 1, five: 1, fifteen: 1 },
  counters,
});
const machineIds = [...machineValues(everything, sampleOf([], { counters }), 4096).keys()];

describe('measureOf', () => {
  it.each([...machineIds, ...MACHINE_PARTS.map((id) => `part.${id}`), ...PROCESS_MEASURES, ...COLUMNS, ...RATES])(
    'describes %s',
    (id) => {
      const { label, definition, link } = measureOf(id);
      expect(label).not.toBe('');
      expect(label).not.toBe(id);
      expect(definition).toMatch(/^[A-Zt].{15,}[^.]\.$/);
      expect(definition).not.toContain('does not describe');
      expect(link).toMatch(/^https:\/\/(docs\.kernel\.org|man7\.org)\//);
    },
  );

  it('knows the fields of older kernels', () => {
    for (const { name } of fixtureSample('synthetic/proc-3.10/meminfo').meminfo) {
      expect(measureOf(`meminfo.${name}`).definition, name).not.toContain('does not describe');
    }
  });

  it('has a text for fields of vendors, also for names that objects have', () => {
    expect(measureOf('meminfo.DriverCma')).toMatchObject({ label: 'DriverCma', unit: 'bytes' });
    expect(measureOf('meminfo.DriverCma').definition).toContain('DriverCma');
    expect(measureOf('meminfo.constructor').definition).toContain('constructor');
  });

  it('gives the units of the kernel’s files', () => {
    for (const { name, unit } of everything.meminfo) expect(measureOf(`meminfo.${name}`).unit, name).toBe(unit);
    expect(measureOf('psi.some10').unit).toBe('percent');
    expect(measureOf('vm.swapIn').unit).toBe('bytes-per-second');
    expect(measureOf('heapEnd').unit).toBe('address');
  });

  it('does not fail on an id that nobody knows', () => {
    expect(measureOf('x')).toMatchObject({ id: 'x', label: 'x', unit: 'count' });
  });
});
