import { describe, expect, it } from 'vitest';
import { accountMachine } from '../../../../src/insight/system/accounting.js';
import {
  slabBytes,
  slabGrowth,
  slabWaste,
  systemGrowth,
  vmallocCallers,
  vmallocGrowth,
} from '../../../../src/insight/system/diff.js';
import { factsOf, KIB, rootFacts, umlFacts } from './facts.js';

const uml = umlFacts();

describe('systemGrowth', () => {
  it('is empty between a state and itself', () => {
    expect(systemGrowth(uml, uml)).toEqual([]);
    expect(systemGrowth(rootFacts(), rootFacts())).toEqual([]);
  });

  it('tells the growth of each line, the largest first, and what is new and gone', () => {
    const zone = (free: number) => [{ node: 0, zone: 'Normal', free, protection: [], cpus: [], counters: {} }];
    const pool = (pages: number) => [{ pageSize: 2 << 20, pages }];
    const disk = (used: number) => [{ device: 'zram1', original: 9, compressed: 8, used }];
    const lines = systemGrowth(
      factsOf({ MemTotal: 1000, MemFree: 500 }, { pageSize: 4096, zones: zone(10), hugePages: pool(2), zram: disk(4096) }),
      factsOf({ MemTotal: 1000, MemFree: 500 }, { pageSize: 4096, zones: zone(7), hugePages: pool(3), zram: disk(8192) }),
    );
    expect(lines).toContainEqual({
      kind: 'zone',
      name: 'free of node 0, Normal',
      before: 40_960,
      after: 28_672,
      change: -12_288,
    });
    expect(lines).toContainEqual({ kind: 'huge-pages', name: 'pool of 2 MiB', before: 4 << 20, after: 6 << 20, change: 2 << 20 });
    expect(lines).toContainEqual({ kind: 'zram', name: 'zram1', before: 4096, after: 8192, change: 4096 });
    const cgroups = (usage: number) => [{ group: '/a', usage, limit: 'max' as const }];
    const before = factsOf(
      { MemTotal: 1000, MemFree: 500, Cached: 100, Vendor: 5 },
      { cgroups: cgroups(10), modules: [{ name: 'm', size: 3, usedBy: [] }] },
    );
    const after = factsOf({ MemTotal: 1000, MemFree: 300, Cached: 150, Vendor: 9 }, { cgroups: cgroups(12), modules: [] });
    expect(systemGrowth(before, after)).toEqual([
      { kind: 'part', name: 'free', before: 500 * KIB, after: 300 * KIB, change: -200 * KIB },
      { kind: 'unexplained', name: 'unexplained', before: 400 * KIB, after: 550 * KIB, change: 150 * KIB },
      { kind: 'part', name: 'pageCache', before: 100 * KIB, after: 150 * KIB, change: 50 * KIB },
      { kind: 'field', name: 'Vendor', before: 5 * KIB, after: 9 * KIB, change: 4 * KIB },
      { kind: 'module', name: 'm', before: 3, after: 0, change: -3, news: 'gone' },
      { kind: 'cgroup', name: '/a', before: 10, after: 12, change: 2 },
    ]);
    const parts = systemGrowth(before, after).filter(({ kind }) => kind === 'part' || kind === 'unexplained');
    expect(parts.reduce((sum, { change }) => sum + change, 0)).toBe(0);
  });

  it('does not compare what only one of them tells', () => {
    const { slab: _, ...less } = uml;
    expect(slabGrowth(less, uml)).toEqual([]);
    expect(systemGrowth({ ...uml, vmalloc: [] }, uml).filter(({ kind }) => kind === 'vmalloc').length).toBeGreaterThan(0);
  });
});

describe('callers of vmalloc', () => {
  it('are told with their module, and add up to what vmalloc took', () => {
    const callers = vmallocCallers(uml);
    expect(callers?.get('leak_vmalloc [leakmod]')).toBe(3 * 4096);
    expect(callers?.get('kernel_clone')).toBe(23 * 4 * 4096);
    const accounting = accountMachine(uml);
    const part = (id: string): number => accounting?.items.find((item) => item.id === id)?.bytes ?? 0;
    expect([...(callers?.values() ?? [])].reduce((sum, bytes) => sum + bytes, 0)).toBe(part('vmalloc') + part('kernelStacks'));
    expect(vmallocCallers(factsOf({ MemTotal: 5 }))).toBeUndefined();
  });

  it('are named when they are new', () => {
    const before = { ...uml, vmalloc: (uml.vmalloc ?? []).filter(({ module }) => module !== 'leakmod') };
    expect(vmallocGrowth(before, uml)).toEqual([
      { kind: 'vmalloc', name: 'leak_vmalloc [leakmod]', before: 0, after: 12288, change: 12288, news: 'new' },
    ]);
  });
});

describe('slab caches', () => {
  it('take their slabs, and waste what no object in use needs', () => {
    const cache = { name: 'a', activeObjects: 18, objects: 21, objectSize: 680, pagesPerSlab: 2, activeSlabs: 4, slabs: 4 };
    expect(slabBytes(cache, 4096)).toBe(32768);
    expect(slabWaste(cache, 4096)).toBe(32768 - 18 * 680);
    expect(slabWaste({ ...cache, slabs: 0 }, 4096)).toBe(0);
  });

  it('add up to about what meminfo says', () => {
    const facts = rootFacts();
    const sum = (facts.slab ?? []).reduce((total, cache) => total + slabBytes(cache, 4096), 0);
    const slab = facts.meminfo.find(({ name }) => name === 'Slab')?.value ?? 0;
    expect(Math.abs(sum - slab) / slab).toBeLessThan(0.02);
  });
});
