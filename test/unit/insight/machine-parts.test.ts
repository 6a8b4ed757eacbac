import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machineParts } from '../../../src/insight/machine-parts.js';
import { MACHINE_PARTS } from '../../../src/model/measure.js';
import type { SystemSample } from '../../../src/model/sample.js';
import { perCpuFreePages } from '../../../src/procfs/zoneinfo.js';
import { textOf } from '../procfs/fixture.js';
import { fixtureSample, KIB, meminfoOf, sampleOf } from './machine-sample.js';

const partsOf = (sample: SystemSample): Record<string, number> =>
  Object.fromEntries(machineParts(sample).map(({ id, bytes }) => [id, bytes]));
const sum = (parts: Record<string, number>): number => Object.values(parts).reduce((total, bytes) => total + bytes, 0);
const field = (sample: SystemSample, name: string): number =>
  sample.meminfo.find((one) => one.name === name)?.value ?? Number.NaN;

describe('machineParts', () => {
  const FILES = ['linux/6.18/meminfo', 'linux/6.1-uml/meminfo', 'synthetic/proc-3.10/meminfo', 'synthetic/proc-vendor/meminfo'];

  it.each(FILES)('adds up to MemTotal for %s, in stacking order', (path) => {
    const sample = fixtureSample(path);
    const parts = machineParts(sample);
    expect(sum(partsOf(sample))).toBe(field(sample, 'MemTotal'));
    const order = MACHINE_PARTS.filter((id) => parts.some((part) => part.id === id));
    expect(parts.map(({ id }) => id)).toEqual(order);
  });

  it('names the fields of Linux 6.18 as they are', () => {
    const pages = perCpuFreePages(textOf('linux/6.18/zoneinfo')) ?? 0;
    const sample = fixtureSample('linux/6.18/meminfo', { perCpuFree: pages * 4096 });
    const parts = partsOf(sample);
    expect(parts).toMatchObject({
      shared: field(sample, 'Shmem'),
      pageCache: field(sample, 'Cached') - field(sample, 'Shmem'),
      buffers: field(sample, 'Buffers'),
      slabReclaimable: field(sample, 'SReclaimable'),
      slabUnreclaimable: field(sample, 'SUnreclaim'),
      pageTables: field(sample, 'PageTables'),
      kernelStacks: field(sample, 'KernelStack'),
      hugePages: 0,
      free: field(sample, 'MemFree') + pages * 4096,
    });
    // No swap: nothing but AnonPages.
    expect(parts['applications']).toBe(field(sample, 'AnonPages'));
    // With the lists of the CPUs known, what no field explains is less than 1 % on an idle machine.
    expect((parts['otherKernel'] ?? 0) / field(sample, 'MemTotal')).toBeLessThan(0.01);
  });

  it('moves the lists of the CPUs from the unexplained to free', () => {
    const without = partsOf(fixtureSample('linux/6.18/meminfo'));
    const moved = 10 * 1024 * KIB;
    const parts = partsOf(fixtureSample('linux/6.18/meminfo', { perCpuFree: moved }));
    expect((parts['free'] ?? 0) - (without['free'] ?? 0)).toBe(moved);
    expect((without['otherKernel'] ?? 0) - (parts['otherKernel'] ?? 0)).toBe(moved);
  });

  const base = { MemTotal: 1000, MemFree: 100, Buffers: 10, Cached: 300, Shmem: 40, Active: 400, Inactive: 150, Unevictable: 0 };

  it('counts of the swap cache only what is not mapped', () => {
    // The lists hold 550: 310 of files, 240 of applications. 200 are mapped, so 40 of 90 in the swap cache are not.
    expect(partsOf(sampleOf(meminfoOf({ ...base, AnonPages: 200, SwapCached: 90 })))['applications']).toBe(240 * KIB);
    // All are mapped.
    expect(partsOf(sampleOf(meminfoOf({ ...base, AnonPages: 240, SwapCached: 90 })))['applications']).toBe(240 * KIB);
    // What is on the lists but neither mapped, of a file nor in the swap cache is not an application's.
    expect(partsOf(sampleOf(meminfoOf({ ...base, AnonPages: 200, SwapCached: 5 })))['applications']).toBe(205 * KIB);
    // Pages that reclaim has taken off the lists for a moment stay what they are.
    expect(partsOf(sampleOf(meminfoOf({ ...base, AnonPages: 260, SwapCached: 0 })))['applications']).toBe(260 * KIB);
  });

  it('takes the lists where AnonPages is missing, and AnonPages where they are', () => {
    expect(partsOf(sampleOf(meminfoOf(base)))['applications']).toBe(240 * KIB);
    expect(partsOf(sampleOf(meminfoOf({ MemTotal: 1000, MemFree: 100, AnonPages: 50 })))['applications']).toBe(50 * KIB);
  });

  it('leaves out what the kernel does not tell, and keeps its memory in the rest', () => {
    expect(machineParts(sampleOf(meminfoOf({ MemTotal: 1000, MemFree: 100 })))).toEqual([
      { id: 'otherKernel', bytes: 900 * KIB },
      { id: 'free', bytes: 100 * KIB },
    ]);
    // Without Shmem, shared memory can't be told from the page cache.
    const { Shmem: _, ...old } = base;
    expect(partsOf(sampleOf(meminfoOf(old)))).toMatchObject({ pageCache: 300 * KIB });
    expect(partsOf(sampleOf(meminfoOf(old)))).not.toHaveProperty('shared');
  });

  it('counts huge pages of all sizes, or of the default one before Linux 4.16', () => {
    const pools = { HugePages_Total: 4, Hugepagesize: 20 };
    expect(partsOf(sampleOf(meminfoOf({ ...base, ...pools })))['hugePages']).toBe(80 * KIB);
    expect(partsOf(sampleOf(meminfoOf({ ...base, ...pools, Hugetlb: 120 })))['hugePages']).toBe(120 * KIB);
  });

  it('adds no field that is part of another', () => {
    const plain = partsOf(sampleOf(meminfoOf({ ...base, KernelStack: 8 })));
    const more = {
      KernelStack: 8,
      AnonHugePages: 30,
      Mapped: 50,
      VmallocUsed: 70,
      Percpu: 3,
      KReclaimable: 9,
      CmaFree: 20,
      DriverCma: 11,
    };
    expect(partsOf(sampleOf(meminfoOf({ ...base, ...more })))).toEqual(plain);
  });

  it('takes what was counted twice from the largest part, after the lists of the CPUs', () => {
    const told = { MemTotal: 1000, MemFree: 100, Cached: 850, Shmem: 0, AnonPages: 40, SUnreclaim: 30 };
    const parts = partsOf(sampleOf(meminfoOf(told), { perCpuFree: 50 * KIB }));
    expect(parts).toEqual({
      applications: 40 * KIB,
      shared: 0,
      pageCache: 830 * KIB,
      slabUnreclaimable: 30 * KIB,
      otherKernel: 0,
      free: 100 * KIB,
    });
  });

  it('is empty without a total', () => {
    expect(machineParts(sampleOf([]))).toEqual([]);
    expect(machineParts(sampleOf(meminfoOf({ MemTotal: 0, MemFree: 5 })))).toEqual([]);
  });

  it('never has a negative part, and always adds up, whatever the fields say', () => {
    const names =
      `MemTotal MemFree Buffers Cached SwapCached Active Inactive Unevictable AnonPages Shmem SReclaimable SUnreclaim Slab
      KernelStack PageTables SecPageTables HugePages_Total Hugepagesize Hugetlb Vendor`.split(/\s+/);
    const fields = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.nat(1000), fc.nat(2 ** 40)), { maxKeys: 20 });
    fc.assert(
      fc.property(
        fields,
        fc.integer({ min: 1, max: 2 ** 36 }),
        fc.option(fc.nat(2 ** 40), { nil: undefined }),
        (some, total, perCpu) => {
          const sample = sampleOf(meminfoOf({ ...some, MemTotal: total }), perCpu === undefined ? {} : { perCpuFree: perCpu });
          const parts = partsOf(sample);
          expect(sum(parts)).toBe(total * KIB);
          for (const bytes of Object.values(parts)) expect(bytes).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
