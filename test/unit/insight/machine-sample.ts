import type { MeminfoField, SystemSample } from '../../../src/model/sample.js';
import { parseMeminfo } from '../../../src/procfs/meminfo.js';
import { textOf } from '../procfs/fixture.js';

export const KIB = 1024;

/** Fields in KiB, as /proc/meminfo prints them. */
export function meminfoOf(fields: Readonly<Record<string, number>>): readonly MeminfoField[] {
  return Object.entries(fields).map(([name, value]) =>
    name.startsWith('HugePages_') ? { name, value, unit: 'count' } : { name, value: value * KIB, unit: 'bytes' },
  );
}

export function sampleOf(meminfo: readonly MeminfoField[], more: Partial<SystemSample> = {}): SystemSample {
  return { at: 1_000_000, meminfo, counters: {}, ...more };
}

export const fixtureSample = (path: string, more: Partial<SystemSample> = {}): SystemSample =>
  sampleOf(parseMeminfo(textOf(path)), more);
