import { describe, expect, it } from 'vitest';
import type { SystemEvidence } from '../../../../src/insight/system/rule-case.js';
import { systemFindings } from '../../../../src/insight/system/rules.js';
import type { SystemFinding, SystemRuleId } from '../../../../src/model/machine-accounting.js';
import { factsOf, KIB, onlyMeminfo, rootFacts, umlFacts } from './facts.js';

const MIB = 1024 * KIB;
const found = (evidence: SystemEvidence, rule: SystemRuleId): SystemFinding | undefined =>
  systemFindings(evidence).find((one) => one.rule === rule);
const rules = (evidence: SystemEvidence): string[] => systemFindings(evidence).map(({ rule }) => rule);

describe('systemFindings', () => {
  it('says nothing of a machine that is well, or of which nothing is known', () => {
    expect(rules({ now: rootFacts() })).toEqual([]);
    expect(rules({ now: umlFacts() })).toEqual([]);
    expect(rules({ now: { meminfo: [] } })).toEqual([]);
    expect(rules({ now: rootFacts(), before: rootFacts() })).toEqual([]);
  });

  it('sees that the cache of the public example is shared memory, and its free memory CMA', () => {
    const now = {
      ...onlyMeminfo('public/5.4-arm64-cma'),
      tmpfs: [
        { mountPoint: '/run', used: 3 * MIB },
        { mountPoint: '/tmp', used: 700 * MIB },
      ],
    };
    const shared = found({ now }, 'cache-is-shared-memory');
    expect(shared).toMatchObject({ severity: 'warning', evidence: { dropCachesGain: 17772 * KIB } });
    expect(shared?.evidence['ofTotal']).toBeCloseTo(0.766, 3);
    expect(shared?.evidence['ofCached']).toBeCloseTo(0.997, 3);
    expect(shared?.reasons.join(' ')).toMatch(
      /100 % of Cached, and 77 % of the RAM.*no free swap.*17\.4 MiB at most \(1\.8 %.*\/tmp holds 700 MiB.*\/run/,
    );
    const cma = found({ now }, 'free-is-cma');
    expect(cma).toMatchObject({ severity: 'warning', evidence: { withoutCma: 4736 * KIB } });
    expect(cma?.reasons[0]).toContain('4.6 MiB is free (0.5 % of the RAM)');
    expect(rules({ now })).toEqual(['cache-is-shared-memory', 'free-is-cma']);
  });

  it('does not warn of shared memory that is a small part of the cache, or of the machine', () => {
    expect(rules({ now: factsOf({ MemTotal: 1000, MemFree: 100, Cached: 800, Shmem: 600 }) })).not.toContain(
      'cache-is-shared-memory',
    );
    expect(rules({ now: factsOf({ MemTotal: 1000, MemFree: 700, Cached: 210, Shmem: 200 }) })).not.toContain(
      'cache-is-shared-memory',
    );
    const swap = factsOf({ MemTotal: 1000, MemFree: 100, Cached: 800, Shmem: 700, SwapFree: 500 });
    expect(found({ now: swap }, 'cache-is-shared-memory')).toMatchObject({ severity: 'info' });
  });

  it('a board with 39 threads is no pile of stacks, though they are 1.1 % of its memory', () => {
    // github.com/Acey9/hontel, proc/meminfo
    const board = factsOf({ MemTotal: 27_244, MemFree: 6304, Cached: 6384, AnonPages: 4896, KernelStack: 312 });
    expect(rules({ now: board })).not.toContain('kernel-stacks-large');
    const more = (kernelStack: number) =>
      factsOf({ MemTotal: 94_400, MemFree: 6304, Cached: 6384, AnonPages: 4896, KernelStack: kernelStack });
    expect(rules({ now: more(4712) })).not.toContain('kernel-stacks-large');
    expect(found({ now: more(4720) }, 'kernel-stacks-large')).toMatchObject({ severity: 'warning' });
  });

  it('a meminfo that tells only what is free says nothing of drivers', () => {
    // WSL 1; github.com/sukiSion/PlayAndroid, proc/meminfo
    const wsl = factsOf({ MemTotal: 16_625_616, MemFree: 6_909_768, HighTotal: 0, LowTotal: 16_625_616, SwapTotal: 8_912_896 });
    expect(found({ now: wsl }, 'unexplained-large')).toMatchObject({
      severity: 'info',
      title: '9.3 GiB is not told apart',
      reasons: ['That is 58 % of the RAM: this meminfo does not tell applications and the page cache, which are in it.'],
    });
  });

  it('tells orphans of System V shared memory', () => {
    const segment = { key: 0, id: 1, creator: 1, last: 1, uid: 0, removed: false };
    const shm = [
      { ...segment, size: 5 * MIB, attached: 0 },
      { ...segment, size: 9 * MIB, attached: 2 },
    ];
    const now = factsOf({ MemTotal: 1000, MemFree: 100, Cached: 800, Shmem: 700 }, { shm });
    expect(found({ now }, 'cache-is-shared-memory')?.reasons.at(-1)).toBe(
      '1 System V segment that nobody has attached: 5 MiB at most.',
    );
    // What of it is in RAM is told since 2.6.37: a length says nothing of it.
    const resident = shm.map((one) => ({ ...one, resident: 2 * MIB }));
    expect(
      found({ now: { ...now, shm: [...resident, { ...resident[0]!, id: 2 }] } }, 'cache-is-shared-memory')?.reasons.at(-1),
    ).toBe('2 System V segments that nobody has attached: 4 MiB in RAM.');
    for (const all of [[], resident.slice(1)])
      expect(found({ now: { ...now, shm: all } }, 'cache-is-shared-memory')?.reasons.join()).not.toContain('System V segment');
  });

  it('sees CMA that is used up', () => {
    expect(found({ now: factsOf({ MemTotal: 1000, MemFree: 500, CmaTotal: 200, CmaFree: 9 }) }, 'cma-exhausted')).toBeDefined();
    expect(rules({ now: factsOf({ MemTotal: 1000, MemFree: 500, CmaTotal: 200, CmaFree: 11 }) })).not.toContain('cma-exhausted');
    expect(rules({ now: factsOf({ MemTotal: 1000, MemFree: 500, CmaTotal: 0, CmaFree: 0 }) })).not.toContain('cma-exhausted');
  });

  it('names the slab cache that grows', () => {
    const cache = { name: 'leaky', activeObjects: 1, objects: 1, objectSize: 64, pagesPerSlab: 1, activeSlabs: 1, slabs: 1000 };
    const state = (mib: number, slabs: number) =>
      factsOf(
        { MemTotal: 1024 * 1024, MemFree: 900_000, SUnreclaim: mib * 1024, SReclaimable: 0, Slab: mib * 1024 },
        {
          pageSize: 4096,
          slab: [
            { ...cache, slabs },
            { ...cache, name: 'steady' },
          ],
        },
      );
    const finding = found({ before: state(20, 1000), now: state(40, 6000) }, 'unreclaimable-slab-grows');
    expect(finding?.title).toBe('Unreclaimable slab grew by 20 MiB');
    expect(finding?.reasons).toContain('leaky grew by 19.5 MiB.');
    expect(finding?.reasons.join()).not.toContain('steady');
    expect(rules({ now: state(40, 6000) })).not.toContain('unreclaimable-slab-grows');
    expect(rules({ before: state(20, 1000), now: state(30, 6000) })).not.toContain('unreclaimable-slab-grows');
    expect(rules({ before: state(900, 1000), now: state(920, 6000) })).not.toContain('unreclaimable-slab-grows');
  });

  it('sees large page tables, and who has them', () => {
    const now = factsOf(
      { MemTotal: 1000, MemFree: 100, PageTables: 60 },
      { mostPageTables: { pid: 7, name: 'db', bytes: 50 * KIB } },
    );
    expect(found({ now }, 'page-tables-large')?.reasons).toContain('db (7) has 50 KiB of them.');
    expect(rules({ now: factsOf({ MemTotal: 1000, MemFree: 100, PageTables: 50 }) })).not.toContain('page-tables-large');
  });

  it('sees kernel stacks that pile up', () => {
    expect(
      found({ now: factsOf({ MemTotal: 2_000_000, MemFree: 1000, KernelStack: 20_000 }) }, 'kernel-stacks-large'),
    ).toMatchObject({
      severity: 'warning',
    });
    const many = factsOf({ MemTotal: 1_000_000, MemFree: 1000, KernelStack: 8000 * 1 }, { threads: 4000 });
    const finding = found({ now: many }, 'kernel-stacks-large');
    expect(finding).toMatchObject({ severity: 'info', evidence: { threads: 4000 } });
    expect(rules({ now: factsOf({ MemTotal: 1_000_000, MemFree: 1000, KernelStack: 8000 }, { threads: 3999 }) })).not.toContain(
      'kernel-stacks-large',
    );
  });

  it('tells what is unexplained, and that it grows', () => {
    const zones = [{ node: 0, zone: 'Normal', protection: [], cpus: [{ cpu: 0, count: 10 }], counters: {} }];
    const state = (free: number, more = {}) => factsOf({ MemTotal: 1_000_000, MemFree: free }, { pageSize: 4096, ...more });
    const full = factsOf({ MemTotal: 1_000_000, MemFree: 880_000 });
    expect(found({ now: full }, 'unexplained-large')?.evidence['ofTotal']).toBeCloseTo(0.12, 2);
    expect(rules({ now: factsOf({ MemTotal: 1_000_000, MemFree: 950_000 }) })).toEqual([]);
    const told = { zones };
    const grows = { before: state(900_000, told), now: state(800_000, told) };
    expect(found(grows, 'unexplained-grows')).toMatchObject({ severity: 'warning', evidence: { growth: 100_000 * KIB } });
    expect(found({ before: state(900_000), now: state(800_000) }, 'unexplained-grows')).toMatchObject({ severity: 'info' });
    expect(rules({ before: state(900_000, told), now: state(861_000, told) })).not.toContain('unexplained-grows');
    // What only one of the two tells can't be compared.
    expect(rules({ before: state(900_000, told), now: state(800_000) })).not.toContain('unexplained-grows');
  });

  it('says what is likely counted twice', () => {
    const { meminfo } = onlyMeminfo('public/3.10-x86-64');
    const now = { meminfo: meminfo.filter(({ name }) => name !== 'VmallocChunk' && name !== 'VmallocTotal') };
    expect(found({ now }, 'counted-twice')?.reasons[1]).toContain('VmallocUsed and in ioremap');
    expect(found({ now: factsOf({ MemTotal: 1000, MemFree: 990, Buffers: 500 }) }, 'counted-twice')?.reasons[1]).toContain(
      'No pair',
    );
  });

  it('needs swapping and waiting together to speak of thrashing', () => {
    const line = { avg10: 12, avg60: 0, avg300: 0, totalMicroseconds: 0 };
    const state = (at: number, pswpin: number, avg10?: number) =>
      factsOf(
        { MemTotal: 1000, MemFree: 990 },
        {
          at,
          pageSize: 4096,
          counters: { pswpin },
          ...(avg10 === undefined ? {} : { pressure: { some: line, full: { ...line, avg10 } } }),
        },
      );
    const finding = found({ before: state(0, 0), now: state(10_000, 20_000, 12) }, 'swap-thrash');
    expect(finding).toMatchObject({ severity: 'error', evidence: { swapInPerSecond: 8_192_000, stalledShare: 0.12 } });
    expect(found({ before: state(0, 0), now: state(10_000, 20_000) }, 'swap-thrash')).toMatchObject({ severity: 'warning' });
    expect(rules({ before: state(0, 0), now: state(10_000, 20_000, 1) })).not.toContain('swap-thrash');
    expect(rules({ before: state(0, 0), now: state(10_000, 100, 12) })).not.toContain('swap-thrash');
    expect(rules({ now: state(10_000, 20_000, 12) })).not.toContain('swap-thrash');
    // The counter began anew.
    expect(rules({ before: state(0, 50_000), now: state(10_000, 20_000, 12) })).not.toContain('swap-thrash');
  });

  it('speaks of the commit limit in mode 2 only', () => {
    const state = (overcommitMode?: number) =>
      factsOf(
        { MemTotal: 1000, MemFree: 990, CommitLimit: 500, Committed_AS: 460 },
        overcommitMode === undefined ? {} : { overcommitMode },
      );
    expect(found({ now: state(2) }, 'overcommit-near-limit')?.evidence['share']).toBeCloseTo(0.92);
    for (const mode of [0, 1, undefined]) expect(rules({ now: state(mode) })).toEqual([]);
  });

  it('counts huge pages that nobody uses or has asked for', () => {
    const pool = { HugePages_Total: 10, HugePages_Free: 8, HugePages_Rsvd: 2, Hugepagesize: 20 };
    expect(found({ now: factsOf({ MemTotal: 1000, MemFree: 700, ...pool }) }, 'huge-pages-unused')?.evidence['unused']).toBe(
      120 * KIB,
    );
    expect(rules({ now: factsOf({ MemTotal: 1000, MemFree: 790, ...pool, HugePages_Rsvd: 7 }) })).not.toContain(
      'huge-pages-unused',
    );
    const hugePages = [{ pageSize: MIB, pages: 4, free: 3 }];
    expect(
      found({ now: factsOf({ MemTotal: 10_240, MemFree: 6_144 }, { hugePages }) }, 'huge-pages-unused')?.evidence['unused'],
    ).toBe(3 * MIB);
  });

  it('sees the cgroup that is nearest to its limit', () => {
    const cgroups = [
      { group: '/a', usage: 91, limit: 100 },
      { group: '/b', usage: 99, limit: 100 },
      { group: '/c', usage: 10, limit: 'max' },
      { group: '/d', usage: 89, limit: 100 },
    ] as const;
    const finding = found({ now: factsOf({ MemTotal: 1000, MemFree: 990 }, { cgroups }) }, 'cgroup-near-limit');
    expect(finding?.title).toBe('/b has 99 % of the memory it may have');
    expect(finding?.evidence['groups']).toBe(2);
  });

  it('says when available memory is gone, and how sure that is', () => {
    const now = factsOf({ MemTotal: 8 * 1024 * 1024, MemFree: 8_300_000 });
    const count = 3600;
    const at = Float64Array.from({ length: count }, (_, i) => i * 1000);
    const falling = {
      at,
      value: Float64Array.from({ length: count }, (_, i) => 4096 * MIB - i * 256 * KIB + (i % 7) * 40 * KIB),
    };
    const finding = found({ now, available: falling }, 'available-falls');
    const left = falling.value.at(-1) ?? 0;
    const expected = left / (256 * KIB) / 3600;
    expect((finding?.evidence['reachedInMs'] ?? 0) / 3_600_000).toBeGreaterThan(expected * 0.95);
    expect((finding?.evidence['reachedInMs'] ?? 0) / 3_600_000).toBeLessThan(expected * 1.05);
    expect(finding?.evidence['earliestMs'] ?? 0).toBeLessThanOrEqual(finding?.evidence['reachedInMs'] ?? 0);
    expect(finding?.severity).toBe('warning');
    expect(finding?.reasons[0]).toMatch(/It falls by 9\d\d MiB ± .* an hour over .*; 3\.1 GiB is left\./);
    const steady = { at, value: Float64Array.from({ length: count }, (_, i) => 4096 * MIB + (i % 7) * 40 * KIB) };
    expect(rules({ now, available: steady })).toEqual([]);
    expect(rules({ now, available: { at: new Float64Array(), value: new Float64Array() } })).toEqual([]);
  });
});

describe('systemFindings does not alarm where all is well', () => {
  const board = { MemTotal: 60_412, MemFree: 21_044, Cached: 14_204, Shmem: 692, AnonPages: 3504, Slab: 13_440 };

  it('takes the kernel stacks of a small board that has just begun for what they are', () => {
    expect(rules({ now: factsOf({ ...board, KernelStack: 688 }, { threads: 86 }) })).not.toContain('kernel-stacks-large');
    // 64-bit, with stacks of 16 KiB.
    expect(rules({ now: factsOf({ ...board, KernelStack: 1920 }, { threads: 120 }) })).not.toContain('kernel-stacks-large');
    const piled = found({ now: factsOf({ ...board, KernelStack: 3200 }, { threads: 400 }) }, 'kernel-stacks-large');
    expect(piled?.severity).toBe('warning');
    // 16 MiB is what a larger machine may have.
    const large = (KernelStack: number) => factsOf({ MemTotal: 1024 * 1024, MemFree: 900_000, KernelStack });
    expect(rules({ now: large(16 * 1024) })).toContain('kernel-stacks-large');
    expect(rules({ now: large(16 * 1024 - 4) })).not.toContain('kernel-stacks-large');
  });

  it('takes threads of the kernel, which each processor has, for no pile', () => {
    const cpus = Array.from({ length: 256 }, (_, cpu) => ({ cpu, count: 0 }));
    const zones = [{ node: 0, zone: 'Normal', protection: [], cpus, counters: {} }];
    const server = (threads: number) =>
      factsOf({ MemTotal: 1_000_000_000, MemFree: 900_000_000, KernelStack: 16 * threads }, { threads, zones });
    expect(rules({ now: server(5000) })).not.toContain('kernel-stacks-large');
    expect(rules({ now: server(4000 + 16 * 256) })).toContain('kernel-stacks-large');
    expect(rules({ now: server(4000 + 16 * 256 - 1) })).not.toContain('kernel-stacks-large');
    // Of a zone that tells fewer, the one that tells most counts; of a machine that tells none, 4,000.
    const few = { ...zones[0]!, zone: 'DMA', cpus: [] };
    expect(rules({ now: { ...server(4000 + 16 * 256 - 1), zones: [few, ...zones] } })).not.toContain('kernel-stacks-large');
    expect(rules({ now: { ...server(4000), zones: [few] } })).toContain('kernel-stacks-large');
    expect(rules({ now: { ...server(3999), zones: [few] } })).not.toContain('kernel-stacks-large');
  });

  it('new threads pile up from 1,000 on and from half as many as there were', () => {
    const state = (threads: number) => factsOf({ MemTotal: 1_000_000_000, MemFree: 900_000_000, KernelStack: 16 }, { threads });
    const severity = (before: number, now: number) =>
      found({ before: state(before), now: state(now) }, 'kernel-stacks-large')?.severity;
    expect([severity(2000, 3000), severity(2000, 2999), severity(2002, 3002)]).toEqual(['warning', undefined, undefined]);
    expect([severity(10, 1010), severity(10, 1009)]).toEqual(['warning', undefined]);
  });

  it('takes a cgroup that is full of page cache for well, and one that is full of its own memory not', () => {
    const now = (usage: number, reclaimable?: number) =>
      factsOf(
        { MemTotal: 1000, MemFree: 990 },
        { cgroups: [{ group: '/app', usage, limit: 1000, ...(reclaimable === undefined ? {} : { reclaimable }) }] },
      );
    const cached = found({ now: now(1000, 101) }, 'cgroup-near-limit');
    expect(cached?.severity).toBe('info');
    expect(cached?.reasons.join(' ')).toContain('101 bytes of it is page cache');
    expect(found({ now: now(1000, 100) }, 'cgroup-near-limit')).toMatchObject({
      severity: 'warning',
      evidence: { usage: 1000, reclaimable: 100, limit: 1000 },
    });
    expect(found({ now: now(900) }, 'cgroup-near-limit')?.severity).toBe('warning');
    expect(rules({ now: now(899) })).not.toContain('cgroup-near-limit');
    // The one that can't give back comes first, however full another one is.
    const two = factsOf(
      { MemTotal: 1000, MemFree: 990 },
      {
        cgroups: [
          { group: '/cache', usage: 1000, limit: 1000, reclaimable: 900 },
          { group: '/tight', usage: 950, limit: 1000, reclaimable: 10 },
        ],
      },
    );
    expect(found({ now: two }, 'cgroup-near-limit')).toMatchObject({
      severity: 'warning',
      title: '/tight has 95 % of the memory it may have',
    });
  });
});

describe('systemFindings on small machines', () => {
  const state = (more: Record<string, number>, facts = {}) => factsOf({ MemTotal: 65_536, MemFree: 30_000, ...more }, facts);
  const zones = [{ node: 0, zone: 'Normal', protection: [], cpus: [{ cpu: 0, count: 10 }], counters: {} }];

  it('sees slab that grows on a board of 64 MiB', () => {
    const slab = (SUnreclaim: number) => state({ SUnreclaim, SReclaimable: 0, Slab: SUnreclaim });
    expect(rules({ before: slab(8000), now: slab(8000 + 2622) })).toContain('unreclaimable-slab-grows');
    expect(rules({ before: slab(8000), now: slab(8000 + 2621) })).not.toContain('unreclaimable-slab-grows');
  });

  it('sees the unexplained grow on a board of 64 MiB', () => {
    const at = (MemFree: number) => state({ MemFree }, { zones, pageSize: 4096 });
    expect(rules({ before: at(30_000), now: at(30_000 - 2622) })).toContain('unexplained-grows');
    expect(rules({ before: at(30_000), now: at(30_000 - 2621) })).not.toContain('unexplained-grows');
  });
});

describe('systemFindings names who it is', () => {
  it('the process with most threads, and threads that come between two states', () => {
    const state = (threads: number) =>
      factsOf(
        { MemTotal: 16_000_000, MemFree: 9_000_000, KernelStack: threads * 16 },
        { threads, mostThreads: { pid: 7, name: 'pool', threads: threads - 200 } },
      );
    expect(found({ now: state(4000) }, 'kernel-stacks-large')).toMatchObject({
      severity: 'info',
      reasons: expect.arrayContaining(['pool (7) has 3,800 of them.']) as string[],
      evidence: { pid: 7, threadsOfOne: 3800 },
    });
    const grown = found({ before: state(400), now: state(1400) }, 'kernel-stacks-large');
    expect(grown).toMatchObject({ severity: 'warning', evidence: { newThreads: 1000 } });
    expect(rules({ before: state(400), now: state(1399) })).not.toContain('kernel-stacks-large');
    // A tenth more of many is no pile.
    expect(found({ before: state(8000), now: state(9100) }, 'kernel-stacks-large')?.severity).toBe('info');
  });

  it('the files that no mount shows, with who has them', () => {
    const files = [
      { kind: 'memfd', path: '/memfd:frames (deleted)', bytes: 500 * MIB, holders: [{ pid: 9, name: 'viewer' }] },
      { kind: 'tmpfs', path: '/tmp/log', bytes: 90 * MIB },
      { kind: 'tmpfs', path: '/tmp/tiny', bytes: 20 * KIB },
    ] as const;
    const now = factsOf({ MemTotal: 1000 * 1024, MemFree: 100 * 1024, Cached: 800 * 1024, Shmem: 700 * 1024 });
    const reasons = found({ now, files }, 'cache-is-shared-memory')?.reasons;
    expect(reasons).toContain('/memfd:frames (deleted), of viewer (9), is 500 MiB.');
    expect(reasons).toContain('/tmp/log is 90 MiB.');
    expect(reasons?.join()).not.toContain('tiny');
  });

  it('allocations from CMA that failed between two states', () => {
    const state = (cmaFails: number, CmaFree: number) =>
      factsOf({ MemTotal: 1000, MemFree: 500, CmaTotal: 200, CmaFree }, { counters: { cmaFails } });
    expect(found({ before: state(3, 100), now: state(5, 100) }, 'cma-exhausted')).toMatchObject({
      severity: 'warning',
      title: '2 allocations from CMA failed',
      evidence: { cmaFails: 2 },
    });
    expect(rules({ before: state(5, 100), now: state(5, 100) })).not.toContain('cma-exhausted');
    expect(rules({ before: state(5, 100), now: state(2, 100) })).not.toContain('cma-exhausted');
    // Since the start of the machine, of one state: only with CMA that is used up now.
    expect(rules({ now: state(5, 100) })).not.toContain('cma-exhausted');
    expect(found({ now: state(5, 9) }, 'cma-exhausted')?.reasons.join(' ')).toContain('5 allocations from it have failed');
  });
});

describe('swap-thrash', () => {
  const zero = { avg10: 0, avg60: 0, avg300: 0, totalMicroseconds: 0 };
  const state = (at: number, pswpin: number, more = {}) =>
    factsOf({ MemTotal: 1000, MemFree: 990 }, { at, pageSize: 4096, counters: { pswpin }, ...more });

  it('does not believe a pressure file that never counted', () => {
    const pressure = { some: zero, full: zero };
    const finding = found({ before: state(0, 0, { pressure }), now: state(10_000, 20_000, { pressure }) }, 'swap-thrash');
    expect(finding?.severity).toBe('warning');
    expect(finding?.evidence['stalledShare']).toBeUndefined();
    const counted = { some: { ...zero, totalMicroseconds: 5 }, full: zero };
    expect(rules({ before: state(0, 0, { pressure }), now: state(10_000, 20_000, { pressure: counted }) })).not.toContain(
      'swap-thrash',
    );
  });

  it('is seen in one look, by what came back from swap during it', () => {
    const swapping = { pagesIn: 2048, pagesOut: 0, duringMs: 2000 };
    expect(found({ now: state(0, 0, { swapping }) }, 'swap-thrash')).toMatchObject({
      severity: 'warning',
      evidence: { swapInPerSecond: 4 * MIB },
    });
    expect(rules({ now: state(0, 0, { swapping: { ...swapping, pagesIn: 2047 } }) })).not.toContain('swap-thrash');
    // Too short a time for a rate.
    expect(rules({ now: state(0, 0, { swapping: { ...swapping, duringMs: 50 } }) })).not.toContain('swap-thrash');
  });
});

/** Each rule at its limit, and just below it; docs/system.md#rules has the limits. */
describe('limits', () => {
  const cma = (MemFree: number, CmaFree: number) => factsOf({ MemTotal: 100_000, MemFree, Cached: 1, CmaTotal: 10_000, CmaFree });
  const shared = (Shmem: number, Cached: number) => factsOf({ MemTotal: 10_000, MemFree: 1000, Cached, Shmem });
  const commit = (Committed_AS: number) =>
    factsOf({ MemTotal: 1000, MemFree: 990, CommitLimit: 1000, Committed_AS }, { overcommitMode: 2 });
  const pool = (HugePages_Free: number) =>
    factsOf({ MemTotal: 10_000, MemFree: 9000, HugePages_Total: 100, HugePages_Free, HugePages_Rsvd: 10, Hugepagesize: 10 });
  const tables = (PageTables: number) => factsOf({ MemTotal: 10_000, MemFree: 9000, PageTables });
  const all = (MemFree: number) => factsOf({ MemTotal: 10_000, MemFree });
  const left = (CmaFree: number) => factsOf({ MemTotal: 100_000, MemFree: 50_000, CmaTotal: 10_000, CmaFree });
  const line = (avg10: number) => ({ avg10, avg60: 0, avg300: 0, totalMicroseconds: 1 });
  const thrash = (pswpin: number, avg10: number): SystemEvidence => {
    const state = (at: number, pages: number) =>
      factsOf(
        { MemTotal: 1000, MemFree: 990 },
        { at, pageSize: 4096, counters: { pswpin: pages }, pressure: { some: line(avg10), full: line(avg10) } },
      );
    return { before: state(0, 0), now: state(1000, pswpin) };
  };
  const cases: readonly (readonly [SystemRuleId, at: SystemEvidence, below: SystemEvidence])[] = [
    ['cache-is-shared-memory', { now: shared(2501, 3000) }, { now: shared(2500, 3000) }],
    ['cache-is-shared-memory', { now: shared(4001, 5000) }, { now: shared(4000, 5000) }],
    ['free-is-cma', { now: cma(9000, 7201) }, { now: cma(9000, 7000) }],
    ['free-is-cma', { now: cma(11_999, 10_000) }, { now: cma(12_000, 10_000) }],
    ['free-is-cma', { now: cma(2000, 1601) }, { now: cma(2000, 1600) }],
    ['cma-exhausted', { now: left(499) }, { now: left(500) }],
    ['page-tables-large', { now: tables(501) }, { now: tables(500) }],
    ['overcommit-near-limit', { now: commit(900) }, { now: commit(899) }],
    ['huge-pages-unused', { now: pool(60) }, { now: pool(59) }],
    ['unexplained-large', { now: all(8999) }, { now: all(9000) }],
    ['counted-twice', { now: all(10_021) }, { now: all(10_020) }],
    ['swap-thrash', thrash(1024, 5), thrash(1023, 5)],
    ['swap-thrash', thrash(1024, 5), thrash(1024, 4.99)],
  ];
  it.each(cases)('%s', (rule, at, below) => {
    expect(rules(at)).toContain(rule);
    expect(rules(below)).not.toContain(rule);
  });

  it('says with each finding what it rests on, and where to go on', () => {
    for (const [rule, at] of cases) {
      const finding = found(at, rule);
      expect(Object.keys(finding?.evidence ?? {}), rule).not.toEqual([]);
      expect(finding?.reasons, rule).not.toEqual([]);
      expect(finding?.steps, rule).not.toEqual([]);
    }
  });
});

describe('available-falls', () => {
  /** `mibPerHour` less each hour for ten minutes, with a noise of pages; `left` at the end. */
  const series = (mibPerHour: number, leftMib: number, minutes = 10): SystemEvidence => {
    const seconds = minutes * 60;
    const at = Float64Array.from({ length: seconds }, (_, i) => 1_000_000 + i * 1000);
    const value = Float64Array.from(
      { length: seconds },
      (_, i) => leftMib * MIB + ((seconds - 1 - i) * mibPerHour * MIB) / 3600 + (i % 3 === 1 ? 4096 : 0),
    );
    value[seconds - 1] = leftMib * MIB;
    return { now: factsOf({ MemTotal: 8_000_000, MemFree: 7_900_000 }), available: { at, value } };
  };
  const falls = (evidence: SystemEvidence): SystemFinding | undefined => found(evidence, 'available-falls');

  it('is an error when it is gone within an hour', () => {
    const soon = falls(series(1000, 990));
    expect(soon).toMatchObject({ severity: 'error', evidence: { left: 990 * MIB } });
    expect(soon?.evidence['reachedInMs']).toBeLessThanOrEqual(3_600_000);
    const later = falls(series(1000, 1010));
    expect(later).toMatchObject({ severity: 'warning' });
    expect(later?.evidence['reachedInMs']).toBeGreaterThan(3_600_000);
  });

  it('at exactly an hour, and a millisecond above', () => {
    const at = falls(series(1000, 1000))?.evidence['reachedInMs'] ?? 0;
    const exact = (leftMib: number): string | undefined => falls(series(1000, leftMib))?.severity;
    // What the hour is at the rate that was found.
    const border = (1000 * 3_600_000) / at;
    expect(exact(border * 0.9999)).toBe('error');
    expect(exact(border * 1.0001)).toBe('warning');
  });

  it('tells the time with its uncertainty', () => {
    const { evidence = {}, reasons = [] } = falls(series(100, 1000)) ?? {};
    expect(evidence['earliestMs']).toBeLessThan(evidence['reachedInMs']!);
    expect(evidence['latestMs']).toBeGreaterThan(evidence['reachedInMs']!);
    expect(reasons.join(' ')).toMatch(
      /falls by 100(?:\.\d)? MiB ± [\d.]+ (?:KiB|MiB) an hour over 10 min; 1000 MiB is left\. At this rate it is gone at the earliest in .*, at the latest in /,
    );
  });

  it('says nothing of less than five minutes, of a year and more, of what rises, and of two moments', () => {
    expect(falls(series(1000, 990, 5))).toBeDefined();
    expect(falls(series(1000, 990, 4.9))).toBeUndefined();
    expect(falls(series(1, 12_000, 60))).toBeUndefined();
    expect(falls(series(-1000, 990))).toBeUndefined();
    const two = series(1000, 990).available!;
    expect(falls({ ...series(1000, 990), available: { at: two.at.slice(0, 2), value: two.value.slice(0, 2) } })).toBeUndefined();
  });
});

describe('sentences that hold on each machine', () => {
  it('a later state is no earlier one: nothing grew', () => {
    const state = (SUnreclaim: number, at: number, more = {}) =>
      factsOf({ MemTotal: 8_000_000, MemFree: 7_900_000 - SUnreclaim, SUnreclaim }, { at, sinceBoot: at, ...more });
    expect(rules({ before: state(20_000, 0), now: state(900_000, 60_000) })).toContain('unreclaimable-slab-grows');
    expect(rules({ before: state(20_000, 60_000), now: state(900_000, 0) })).not.toContain('unreclaimable-slab-grows');
    const boot = (bootId: string) => ({ bootId });
    expect(rules({ before: state(20_000, 0, boot('a')), now: state(900_000, 60_000, boot('b')) })).not.toContain(
      'unreclaimable-slab-grows',
    );
  });

  it('memory that is gone already has no time left', () => {
    const at = Float64Array.from({ length: 400 }, (_, i) => i * 1000);
    const value = Float64Array.from({ length: 400 }, (_, i) => Math.max(0, (350 - i) * 1e6));
    const gone = found({ now: factsOf({ MemTotal: 8_000_000, MemFree: 100 }), available: { at, value } }, 'available-falls');
    expect(gone).toMatchObject({ severity: 'error', title: 'Available memory is gone', evidence: { left: 0 } });
    expect(gone?.reasons.join(' ')).toMatch(/; nothing is left\.$/);
  });

  it('a share of nearly nothing is not nothing', () => {
    const now = factsOf({ MemTotal: 2_000_000_000, MemFree: 1_990_000_000, KernelStack: 80_000 }, { threads: 5000 });
    expect(found({ now }, 'kernel-stacks-large')?.reasons[0]).toBe('That is less than 0.1 % of the RAM.');
  });

  it('does not speak of hundreds of MiB on a board', () => {
    const said = found({ now: factsOf({ MemTotal: 29_000, MemFree: 20_000 }) }, 'unexplained-large');
    const all = found(
      { now: factsOf({ MemTotal: 29_000, MemFree: 1200, Cached: 10_000, AnonPages: 8000 }) },
      'unexplained-large',
    );
    expect([...(said?.reasons ?? []), ...(all?.reasons ?? [])].join(' ')).toContain(
      'The free lists of the CPUs are in it, hundreds of MiB on a large machine and less than one on a small board',
    );
  });
});
