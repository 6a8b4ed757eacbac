import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machineParts } from '../../../../src/insight/machine-parts.js';
import { accountMachine } from '../../../../src/insight/system/accounting.js';
import { ACCOUNT_PARTS, type MachineAccounting, type SystemFacts } from '../../../../src/model/machine-accounting.js';
import { factsOf, KIB, onlyMeminfo, rootFacts, umlFacts } from './facts.js';

const account = (facts: SystemFacts): MachineAccounting => {
  const accounting = accountMachine(facts);
  if (accounting === undefined) throw new Error('no MemTotal');
  return accounting;
};
const bytesOf = ({ items }: MachineAccounting, id: string): number | undefined => items.find((item) => item.id === id)?.bytes;
const notesOf = ({ notes }: MachineAccounting): string[] => notes.map(({ kind }) => kind);
const sumOf = ({ items, unexplained }: MachineAccounting): number =>
  items.reduce((sum, { bytes, inside }) => sum + (inside === undefined ? bytes : 0), unexplained);

describe('accountMachine', () => {
  it.each([
    ['Linux 6.18', rootFacts()],
    ['Linux 6.1, User Mode', umlFacts()],
    ['a board with CMA', onlyMeminfo('public/5.4-arm64-cma')],
    ['Linux before 4.4', onlyMeminfo('public/3.10-x86-64')],
    ['a 32-bit kernel', onlyMeminfo('public/3.x-i386')],
    ['Linux 5.x', onlyMeminfo('public/5.x-x86-64')],
  ])('adds up to MemTotal on %s, in the order of the waterfall', (_, facts) => {
    const accounting = account(facts);
    expect(sumOf(accounting)).toBe(accounting.total);
    const parts = accounting.items.filter(({ inside }) => inside === undefined).map(({ id }) => id);
    expect(parts).toEqual(ACCOUNT_PARTS.filter((id) => (parts as string[]).includes(id)));
  });

  it('explains a board whose memory is in tmpfs and CMA, with the field of its vendor', () => {
    const accounting = account(onlyMeminfo('public/5.4-arm64-cma'));
    expect(accounting.unexplained).toBe(4120 * KIB);
    expect(bytesOf(accounting, 'cma')).toBe(11536 * KIB);
    expect(bytesOf(accounting, 'shared')).toBe(772112 * KIB);
    expect(bytesOf(accounting, 'pageCache')).toBe((774444 - 772112) * KIB);
    expect(accounting.items.find(({ id }) => id === 'cmaFree')).toMatchObject({ bytes: 137876 * KIB, inside: ['free'] });
    // VmapStack and its like are shown, and nobody says what they are inside of.
    expect(accounting.uncounted.map(({ name }) => name)).toEqual(['VmapStack', 'VmapFault', 'VmapPfault']);
  });

  it('explains a kernel before 4.4, where VmallocUsed is no memory and the swap cache is partly mapped', () => {
    const accounting = account(onlyMeminfo('public/3.10-x86-64'));
    expect(accounting.unexplained).toBe(193712 * KIB);
    expect(bytesOf(accounting, 'vmalloc')).toBeUndefined();
    expect(bytesOf(accounting, 'swapCache')).toBe((130900 - 23956) * KIB);
    expect(accounting.items.find(({ id }) => id === 'mappedSwapCache')).toMatchObject({
      bytes: 23956 * KIB,
      inside: ['applications'],
    });
    expect(accounting.notes).toContainEqual({ kind: 'vmalloc-with-ioremap', bytes: 351900 * KIB });
  });

  it('explains a 32-bit kernel, where high memory is a part of free', () => {
    const accounting = account(onlyMeminfo('public/3.x-i386'));
    expect(bytesOf(accounting, 'swapCache')).toBe(0);
    const parts = 825428 + 201072 + 437540 + 508640 + 70164 + 2640 + 6456;
    expect(accounting.unexplained).toBe((2061904 - parts) * KIB);
    expect(accounting.items.find(({ id }) => id === 'highFree')).toMatchObject({ bytes: 322696 * KIB, inside: ['free'] });
    expect(accounting.uncounted).toEqual([]);
  });

  it('leaves little unexplained where everything is told, the stacks inside of vmalloc', () => {
    const facts = rootFacts();
    const accounting = account(facts);
    expect(Math.abs(accounting.unexplained) / accounting.total).toBeLessThan(0.01);
    const pages = (facts.vmalloc ?? []).reduce((sum, { pages: count = 0 }) => sum + count, 0);
    const stacks = bytesOf(accounting, 'kernelStacks') ?? 0;
    expect((bytesOf(accounting, 'vmalloc') ?? 0) + stacks).toBe(pages * 4096);
    expect(accounting.notes).toContainEqual({ kind: 'stacks-inside-vmalloc', seen: true, bytes: stacks });
    // Without the lists of the CPUs it is more.
    const { zones: _, ...less } = facts;
    const without = account({ ...less, pageSize: 4096 });
    expect(without.unexplained - accounting.unexplained).toBe(bytesOf(accounting, 'perCpuFree'));
    expect(notesOf(without)).toContain('cpu-lists-not-told');
  });

  it('counts of vmallocinfo only what vmalloc took', () => {
    const accounting = account(umlFacts());
    // 23 stacks of 4 pages are 368 KiB, one of them kept for the next thread: KernelStack says 352, and the rest is vmalloc’s.
    const pages = (umlFacts().vmalloc ?? []).reduce((sum, { pages: count = 0 }) => sum + count, 0);
    expect(bytesOf(accounting, 'vmalloc')).toBe(pages * 4096 - 352 * KIB);
    const area = { from: '0x1', to: '0x2', size: 1 << 20, nodes: [] } as const;
    const vmalloc = [
      { ...area, flags: ['ioremap'], physical: '0x1' },
      { ...area, flags: ['vmap'], pages: 7 },
      { ...area, flags: ['vmalloc', 'vpages'], pages: 3 },
    ];
    const facts = factsOf({ MemTotal: 1000, VmallocUsed: 900, VmallocChunk: 5 }, { vmalloc, pageSize: 4096 });
    expect(bytesOf(account(facts), 'vmalloc')).toBe(3 * 4096);
  });

  describe('without vmallocinfo', () => {
    const base = { MemTotal: 100000, KernelStack: 300, VmallocUsed: 1000, VmallocChunk: 0 };
    const x86 = { VmallocTotal: 34359738367 };

    it('takes the stacks as inside of vmalloc where kernels are built so', () => {
      const accounting = account(factsOf({ ...base, ...x86 }));
      expect(bytesOf(accounting, 'vmalloc')).toBe(700 * KIB);
      expect(accounting.notes).toContainEqual({ kind: 'stacks-inside-vmalloc', seen: false, bytes: 300 * KIB });
      expect(notesOf(account(factsOf(base, { architecture: 'aarch64', kernelRelease: '5.10.1' })))).toContain(
        'stacks-inside-vmalloc',
      );
    });

    it('says that they are perhaps counted twice where it can’t know', () => {
      const accounting = account(factsOf(base));
      expect(bytesOf(accounting, 'vmalloc')).toBe(1000 * KIB);
      expect(accounting.notes).toContainEqual({ kind: 'stacks-perhaps-inside', bytes: 300 * KIB });
    });

    it('keeps them apart where they are more than vmalloc', () => {
      expect(notesOf(account(factsOf({ ...base, ...x86, VmallocUsed: 200 })))).toEqual(['cpu-lists-not-told']);
    });

    it('does not know vmalloc of Linux 4.4 to 5.2, and does not believe that of older ones', () => {
      expect(notesOf(account(factsOf({ ...base, VmallocUsed: 0 })))).toContain('vmalloc-not-told');
      expect(notesOf(account(factsOf(base, { kernelRelease: '4.3.0' })))).toContain('vmalloc-with-ioremap');
      expect(bytesOf(account(factsOf(base, { kernelRelease: '4.3.0' })), 'vmalloc')).toBeUndefined();
    });
  });

  it('reads what new kernels, old kernels and vendors tell', () => {
    const accounting = account(
      factsOf({
        MemTotal: 100000,
        Slab: 500,
        Balloon: 10,
        GPUActive: 20,
        GPUReclaim: 5,
        WritebackTmp: 3,
        Quicklists: 2,
        Bounce: 1,
        HardwareCorrupted: 4,
        Unaccepted: 6,
        SecPageTables: 7,
        Percpu: 8,
        KgslShmemUsage: 900,
        DirectMap4k: 5000,
      }),
    );
    for (const [id, kib] of Object.entries({
      slab: 500,
      balloon: 10,
      gpu: 25,
      fuseWriteback: 3,
      quicklists: 2,
      bounce: 1,
      corrupted: 4,
      unaccepted: 6,
      secondaryPageTables: 7,
      perCpu: 8,
    }))
      expect(bytesOf(accounting, id), id).toBe(kib * KIB);
    expect(accounting.uncounted).toEqual([{ name: 'KgslShmemUsage', bytes: 900 * KIB }]);
    const split = account(factsOf({ MemTotal: 1000, Slab: 50, SReclaimable: 20, SUnreclaim: 30, KReclaimable: 26 }));
    expect(bytesOf(split, 'kernelReclaimable')).toBe(6 * KIB);
    expect(bytesOf(split, 'slab')).toBeUndefined();
    expect(split.unexplained).toBe(944 * KIB);
  });

  it('counts compressed pages once', () => {
    const fields = { MemTotal: 100000, Zswap: 40, Zswapped: 200 };
    const inside = account(factsOf(fields, { counters: { zspages: 12 }, pageSize: 4096 }));
    expect(bytesOf(inside, 'zspages')).toBe(48 * KIB);
    expect(bytesOf(inside, 'zswap')).toBeUndefined();
    expect(inside.items.find(({ id }) => id === 'zswapInZspages')).toMatchObject({ inside: ['zspages'] });
    const beside = account(factsOf(fields, { zram: [{ original: 9, compressed: 8, used: 4096 }] }));
    expect(bytesOf(beside, 'zspages')).toBe(4096);
    expect(bytesOf(beside, 'zswap')).toBe(40 * KIB);
  });

  it('does not clip a negative remainder, and names the pair that explains it', () => {
    // The old kernel of above, without the field that says how old it is.
    const { meminfo } = onlyMeminfo('public/3.10-x86-64');
    const accounting = account({ meminfo: meminfo.filter(({ name }) => name !== 'VmallocChunk' && name !== 'VmallocTotal') });
    expect(accounting.unexplained).toBe((193712 - 351900) * KIB);
    expect(sumOf(accounting)).toBe(accounting.total);
    expect(accounting.overlaps[0]).toEqual({ pair: ['VmallocUsed', 'ioremap'], bytes: 351900 * KIB, leaves: 193712 * KIB });
    expect(account(rootFacts()).overlaps).toEqual([]);
  });

  it('does not count what is no size', () => {
    const huge = { name: 'Percpu', value: Number('18446744073709551612') * 1024, unit: 'bytes' } as const;
    const accounting = account({ meminfo: [...factsOf({ MemTotal: 1000, MemFree: 100 }).meminfo, huge] });
    expect(accounting.notes).toContainEqual({ kind: 'not-a-size', fields: ['Percpu'] });
    expect(accounting.unexplained).toBe(900 * KIB);
  });

  it('is unknown without a total', () => {
    expect(accountMachine({ meminfo: [] })).toBeUndefined();
    expect(accountMachine(factsOf({ MemTotal: 0, MemFree: 3 }))).toBeUndefined();
  });

  it('says of applications, caches and slab what the panel says', () => {
    for (const facts of [rootFacts(), onlyMeminfo('public/3.10-x86-64'), onlyMeminfo('public/5.4-arm64-cma')]) {
      const parts = new Map(machineParts({ at: 0, counters: {}, meminfo: facts.meminfo }).map(({ id, bytes }) => [id, bytes]));
      const accounting = account(facts);
      const same = ['shared', 'pageCache', 'buffers', 'slabReclaimable', 'slabUnreclaimable', 'kernelStacks', 'free'] as const;
      for (const id of same) expect(bytesOf(accounting, id), id).toBe(parts.get(id));
      expect((bytesOf(accounting, 'applications') ?? 0) + (bytesOf(accounting, 'swapCache') ?? 0)).toBe(
        parts.get('applications'),
      );
    }
  });

  it('adds up to exactly MemTotal, whatever the fields say', () => {
    const names =
      `MemFree Buffers Cached SwapCached Active Inactive Unevictable AnonPages Shmem KReclaimable SReclaimable SUnreclaim Slab
      KernelStack PageTables SecPageTables Percpu VmallocUsed VmallocChunk VmallocTotal Hugepagesize Hugetlb HugePages_Total Zswap Balloon GPUActive
      CmaFree CmaTotal DriverCma Bounce WritebackTmp HardwareCorrupted Unaccepted Quicklists Mapped AnonHugePages Dirty Vendor`.split(
        /\s+/,
      );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.nat(1000), fc.nat(2 ** 31), fc.maxSafeNat()), { maxKeys: 36 }),
        fc.integer({ min: 1, max: 2 ** 36 }),
        fc.nat(10_000),
        (some, total, pages) => {
          const accounting = account(
            factsOf(
              { ...some, MemTotal: total },
              {
                pageSize: 4096,
                counters: { zspages: pages },
                zones: [{ node: 0, zone: 'Normal', protection: [], cpus: [{ cpu: 0, count: pages }], counters: {} }],
              },
            ),
          );
          expect(sumOf(accounting)).toBe(total * KIB);
          for (const { bytes } of accounting.items) expect(bytes).toBeGreaterThanOrEqual(0);
          for (const { leaves } of accounting.overlaps) expect(accounting.unexplained).toBeLessThan(leaves);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
