import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBuddyinfo, parsePagetypeinfo } from '../../../src/procfs/free-blocks.js';
import { parseModules } from '../../../src/procfs/modules.js';
import { memoryMounts } from '../../../src/procfs/mountinfo.js';
import { parseSlabinfo } from '../../../src/procfs/slabinfo.js';
import { parseSwaps } from '../../../src/procfs/swaps.js';
import { parseSysvipcShm } from '../../../src/procfs/sysvipc-shm.js';
import { parseVmallocinfo } from '../../../src/procfs/vmallocinfo.js';
import { parseZoneinfo, perCpuFreePages } from '../../../src/procfs/zoneinfo.js';
import { hugePagePools, parseZramStat } from '../../../src/procfs/zram.js';
import { textOf } from './fixture.js';

const linesOf = (path: string): string[] => textOf(path).trimEnd().split('\n');

describe('parseVmallocinfo', () => {
  it.each(['linux/6.18-root/vmallocinfo', 'linux/6.1-uml/vmallocinfo'])('reads every line of %s', (path) => {
    const { rows, unread } = parseVmallocinfo(textOf(path));
    expect(unread).toBe(0);
    expect(rows.length).toBe(linesOf(path).length);
    const pages = linesOf(path).reduce((sum, line) => sum + Number(/ pages=(\d+)/.exec(line)?.[1] ?? 0), 0);
    expect(rows.reduce((sum, row) => sum + (row.pages ?? 0), 0)).toBe(pages);
    const sizes = linesOf(path).reduce((sum, line) => sum + Number(line.split(/\s+/)[1]), 0);
    expect(rows.reduce((sum, row) => sum + row.size, 0)).toBe(sizes);
  });

  it('reads addresses that are not told yet, and lines that a mail has wrapped', () => {
    // linux-mm of 2019, "vmalloc: large system hash": rows of /proc/vmallocinfo
    const { rows, unread } = parseVmallocinfo(`0x00000000fe631da3-0x00000000b60e95b8 268439552
alloc_large_system_hash+0x1df/0x2f0 pages=65536 vmalloc vpages
N0=32768 N1=32768
0x00000000b60e95b8-0x0000000062eb7a11  528384
alloc_large_system_hash+0x1df/0x2f0 pages=128 vmalloc N0=64 N1=64
0x(____ptrval____)-0x(____ptrval____)    8192 nvme_probe+0x1/0x2 [nvme]
pages=1 vmalloc N0=1
0x(ptrval)-0x(ptrval)    8192 map_it+0x1/0x2 phys=0xfed00000 ioremap
(____ptrval____)-(____ptrval____)    8192 unpurged vm_area
and that is all
`);
    expect(
      rows.map(({ size, caller, module, pages, flags, nodes }) => [size, caller, module, pages, flags, nodes.length]),
    ).toEqual([
      [268439552, 'alloc_large_system_hash+0x1df/0x2f0', undefined, 65536, ['vmalloc', 'vpages'], 2],
      [528384, 'alloc_large_system_hash+0x1df/0x2f0', undefined, 128, ['vmalloc'], 2],
      [8192, 'nvme_probe+0x1/0x2', 'nvme', 1, ['vmalloc'], 1],
      [8192, 'map_it+0x1/0x2', undefined, undefined, ['ioremap'], 0],
      [8192, undefined, undefined, undefined, ['unpurged'], 0],
    ]);
    expect(unread).toBe(1);
  });

  it('tells callers, modules, nodes, physical addresses and flags apart', () => {
    const text = [
      '0x00000000a48cb000-0x00000000a48cf000   16384 leak_vmalloc+0x15/0x38 [leakmod] pages=3 vmalloc',
      '0xffffb2a68006a000-0xffffb2a68206b000 33558528 alloc_large_system_hash+0x181/0x23e pages=8192 vmalloc vpages N0=4096 N1=4096',
      '0xf1000000-0xf5001000 67112960 devm_ioremap+0x38/0x7c phys=40000000 ioremap',
      '0xece7c000-0xece7e000    8192 unpurged vm_area',
      '0xece7e000-0xece83000   20480 vm_map_ram',
      '0xf8000000-0xf8002000    8192 0xffffffffa0012345 requested=8000 sparse user',
      '',
    ].join('\n');
    const { rows, unread } = parseVmallocinfo(text);
    expect(unread).toBe(0);
    expect(rows[0]).toMatchObject({
      caller: 'leak_vmalloc+0x15/0x38',
      module: 'leakmod',
      pages: 3,
      flags: ['vmalloc'],
      nodes: [],
    });
    expect(rows[1]).toMatchObject({
      size: 33558528,
      flags: ['vmalloc', 'vpages'],
      nodes: [
        { node: 0, pages: 4096 },
        { node: 1, pages: 4096 },
      ],
    });
    expect(rows[2]).toMatchObject({ from: '0xf1000000', physical: '40000000', flags: ['ioremap'] });
    expect(rows[2]).not.toHaveProperty('pages');
    expect(rows[3]).toMatchObject({ flags: ['unpurged'] });
    expect(rows[4]).toMatchObject({ flags: ['vm_map_ram'] });
    expect(rows[4]).not.toHaveProperty('caller');
    expect(rows[5]).toMatchObject({ caller: '0xffffffffa0012345', flags: ['requested=8000', 'sparse', 'user'] });
  });

  it('counts what it does not understand, and a line that is cut', () => {
    const text = '0x1-0x2 4096 f+0x1/0x2 pages=1 vmalloc\nnonsense\n0x1-0x2 4096 f+0x1/0x2 pages=12';
    expect(parseVmallocinfo(text)).toMatchObject({ unread: 2, rows: [{ pages: 1 }] });
  });
});

describe('parseSlabinfo', () => {
  it('slabinfo is what stands below its first heading, in the form of its version', () => {
    // linux-kernel of 2002: a mail with meminfo, and slabinfo twice
    const table = `slabinfo - version: 1.1
kmem_cache            59     68    112    2    2    1
`;
    const mail = `Mem:  130813952 126767104  4046848        0  1245184 34848768
${table}
after the failed swapoff:
Mem:  130813952 126767104  4046848        0  1245184 34848768
${table}`;
    const { rows, unread } = parseSlabinfo(mail);
    expect(rows.map(({ name, slabs }) => [name, slabs])).toEqual([['kmem_cache', 2]]);
    expect(unread).toBe(5);
    expect(parseSlabinfo('slabinfo - version: 2.1\nMem:  1 2 3 4 5 6\n')).toEqual({ rows: [], unread: 1, firstUnread: 2 });
  });

  it.each(['linux/6.18-root/slabinfo', 'linux/6.1-uml/slabinfo'])('reads every cache of %s', (path) => {
    const { rows, unread } = parseSlabinfo(textOf(path));
    const lines = linesOf(path).slice(2);
    expect(unread).toBe(0);
    expect(rows.map(({ name }) => name)).toEqual(lines.map((line) => line.split(' ')[0]));
    for (const [index, line] of lines.entries()) {
      const words = line.split(/\s+/);
      expect(rows[index]).toEqual({
        name: words[0],
        activeObjects: Number(words[1]),
        objects: Number(words[2]),
        objectSize: Number(words[3]),
        pagesPerSlab: Number(words[5]),
        activeSlabs: Number(words[13]),
        slabs: Number(words[14]),
      });
    }
  });

  it('reads those of Linux 2.4, also with a space in the name', () => {
    const { rows, unread } = parseSlabinfo(textOf('linux/public/2.4/slabinfo'));
    expect(unread).toBe(0);
    expect(rows.find(({ name }) => name === 'inode_cache')).toEqual({
      name: 'inode_cache',
      activeObjects: 5714,
      objects: 5992,
      objectSize: 512,
      activeSlabs: 856,
      slabs: 856,
      pagesPerSlab: 1,
    });
    expect(rows.at(-1)?.name).toBe('dnotify cache');
  });

  it('passes over the statistics of debugging kernels', () => {
    const text = 'a b   1 2 64 32 1 : tunables 120 60 8 : slabdata 3 4 0 : globalstat 1 2 3 : cpustat 4 5\n';
    expect(parseSlabinfo(text).rows).toEqual([
      { name: 'a b', activeObjects: 1, objects: 2, objectSize: 64, pagesPerSlab: 1, activeSlabs: 3, slabs: 4 },
    ]);
    expect(parseSlabinfo('x 1 2\n')).toEqual({ rows: [], unread: 1, firstUnread: 1 });
  });
});

describe('parseBuddyinfo and parsePagetypeinfo', () => {
  it('reads the zones of Linux 6.18', () => {
    const { rows, unread } = parseBuddyinfo(textOf('linux/6.18-root/buddyinfo'));
    expect(unread).toBe(0);
    expect(rows.map(({ node, zone }) => `${node} ${zone}`)).toEqual(['0 DMA', '0 DMA32', '0 Normal']);
    for (const { free } of rows) expect(free.length).toBe(11);
  });

  it('reads migrate types, and pageblocks of each', () => {
    const types = parsePagetypeinfo(textOf('linux/6.1-uml/pagetypeinfo'));
    expect(types).toMatchObject({ unread: 0, pagesPerBlock: 1024 });
    expect(types.free).toHaveLength(4);
    expect(types.free[1]).toMatchObject({ zone: 'Normal', type: 'Movable', free: [53, 38, 17, 10, 2, 3, 1, 1, 1, 0, 54] });
    expect(types.blocks).toEqual([
      { node: 0, zone: 'Normal', blocks: { Unmovable: 3, Movable: 60, Reclaimable: 1, HighAtomic: 0 } },
    ]);
    expect(types.mixed).toHaveLength(1);
    expect(parsePagetypeinfo(textOf('linux/6.18-root/pagetypeinfo'))).toMatchObject({ unread: 0, pagesPerBlock: 512 });
  });

  it('says where the kernel ceased to count', () => {
    const text = 'Node    0, zone   Normal, type      Movable >100000    12     3\n';
    expect(parsePagetypeinfo(text).free).toEqual([
      { node: 0, zone: 'Normal', type: 'Movable', free: [100000, 12, 3], atLeast: true },
    ]);
  });
});

describe('parseZoneinfo', () => {
  it('reads the zones of Linux 6.18, with the same pages on the lists of the CPUs', () => {
    const text = textOf('linux/6.18-root/zoneinfo');
    const { rows, unread } = parseZoneinfo(text);
    expect(unread).toBe(0);
    expect(rows.map(({ zone }) => zone)).toEqual(['DMA', 'DMA32', 'Normal', 'Movable', 'Device']);
    const lists = rows.flatMap(({ cpus }) => cpus).reduce((sum, { count }) => sum + count, 0);
    expect(lists).toBe(perCpuFreePages(text));
    const normal = rows[2];
    expect(normal).toMatchObject({ node: 0, min: 26033, low: 31427, high: 36821, spanned: 5505024, present: 5505024, cma: 0 });
    expect(normal?.cpus.map(({ cpu }) => cpu)).toEqual([0, 1]);
    expect(normal?.cpus[0]?.batch).toBe(63);
    expect(rows[0]?.protection).toEqual([0, 3019, 24090, 24090, 24090]);
    expect(normal?.counters).toMatchObject({ nr_zspages: 0, nr_free_cma: 0 });
  });

  it('adds up the two lists of old kernels', () => {
    const { rows, unread } = parseZoneinfo(textOf('linux/public/2.6-ia64/zoneinfo'));
    expect(unread).toBe(0);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ free: 130474, min: 571, high: 856, present: 145440, protection: [0, 0] });
    expect(rows[0]?.cpus).toEqual([
      { cpu: 0, count: 80, high: 186, batch: 31 },
      { cpu: 1, count: 182, high: 186, batch: 31 },
    ]);
  });
});

describe('parseModules', () => {
  it('reads the lines of new and old kernels', () => {
    const text = `${textOf('linux/6.1-uml/modules')}nf_nat 57344 3 nft_chain_nat,xt_nat,[permanent], Live 0xffffffffc0a2d000\nold 1234\next3 100 1 [unsafe]\nz 8 - - Loading 0x0\ny 8192 -1 - Unloading 0xffffffffc0a2d000 (OE-)\n`;
    expect(parseModules(text)).toEqual({
      unread: 0,
      rows: [
        { name: 'leakmod', size: 1479, users: 0, usedBy: [], state: 'Live', taints: 'O' },
        { name: 'nf_nat', size: 57344, users: 3, usedBy: ['nft_chain_nat', 'xt_nat'], state: 'Live' },
        { name: 'old', size: 1234, usedBy: [] },
        { name: 'ext3', size: 100, users: 1, usedBy: [] },
        { name: 'z', size: 8, usedBy: [], state: 'Loading' },
        { name: 'y', size: 8192, usedBy: [], state: 'Unloading', taints: 'OE-' },
      ],
    });
  });

  it('reads what lsmod prints of them, also that of BusyBox', () => {
    const text =
      'Module                  Size  Used by\nleakmod                16384  0\nnf_nat                 57344  2 nft_chain_nat,xt_MASQUERADE\n';
    const rows = [
      { name: 'leakmod', size: 16384, users: 0, usedBy: [] },
      { name: 'nf_nat', size: 57344, users: 2, usedBy: ['nft_chain_nat', 'xt_MASQUERADE'] },
    ];
    expect(parseModules(text)).toEqual({ unread: 0, rows });
    expect(parseModules('Module                  Size  Used by    Tainted: G  \nleakmod 16384 0\n').rows).toEqual(
      rows.slice(0, 1),
    );
  });
});

describe('parseSwaps', () => {
  it('reads devices and files, in bytes', () => {
    const text =
      'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/zram0 partition 1024 16 100\n/a\\040b\\040(deleted) file 2048 0 -2\nodd\n';
    expect(parseSwaps(text)).toEqual({
      unread: 1,
      firstUnread: 4,
      rows: [
        { name: '/dev/zram0', type: 'partition', size: 1024 * 1024, used: 16 * 1024, priority: 100 },
        { name: '/a b', type: 'file', size: 2048 * 1024, used: 0, priority: -2, deleted: true },
      ],
    });
  });
});

describe('parseSysvipcShm', () => {
  const header =
    '       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime';
  it('finds the columns by their names', () => {
    const line =
      '         0          5  1600               4194304   100   200      0  1000  1000  1000  1000          0          0 1700000000';
    expect(
      parseSysvipcShm(
        `${header}                   rss                  swap\n${line}               8192                  4096\n`,
      ),
    ).toEqual({
      unread: 0,
      rows: [
        {
          key: 0,
          id: 5,
          size: 4194304,
          creator: 100,
          last: 200,
          attached: 0,
          uid: 1000,
          resident: 8192,
          swapped: 4096,
          removed: true,
        },
      ],
    });
    const [old] = parseSysvipcShm(`${header}\n${line}\n`).rows;
    expect(old).toMatchObject({ id: 5, attached: 0 });
    expect(old).not.toHaveProperty('resident');
    expect(parseSysvipcShm(`${header}\n0 x 1\n`).unread).toBe(1);
  });
});

describe('memoryMounts', () => {
  it('finds what is memory', () => {
    const text = [
      '25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
      '30 25 0:26 / /dev/shm rw,nosuid shared:4 - tmpfs tmpfs rw,size=65536k',
      '31 25 0:27 / /mnt/a\\040b rw - tmpfs none rw',
      '32 25 0:28 / /dev/hugepages rw - hugetlbfs hugetlbfs rw,pagesize=2M',
      'nonsense',
      '',
    ].join('\n');
    expect(memoryMounts(text)).toEqual({
      unread: 1,
      firstUnread: 5,
      rows: [
        { type: 'tmpfs', mountPoint: '/dev/shm', source: 'tmpfs', device: '0:26', sizeLimit: '65536k' },
        { type: 'tmpfs', mountPoint: '/mnt/a b', source: 'none', device: '0:27' },
        { type: 'hugetlbfs', mountPoint: '/dev/hugepages', source: 'hugetlbfs', device: '0:28' },
      ],
    });
  });
});

describe('zram and pools of huge pages', () => {
  it('reads mm_stat of every kernel', () => {
    expect(parseZramStat('  4096  74  12288  0  12288  0  0\n')).toEqual({
      original: 4096,
      compressed: 74,
      used: 12288,
      limit: 0,
      mostUsed: 12288,
      samePages: 0,
    });
    expect(parseZramStat('1 2\n')).toBeUndefined();
    expect(parseZramStat('a b c')).toBeUndefined();
  });

  it('puts the files of a pool together, the smallest pages first', () => {
    expect(
      hugePagePools([
        ['/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages', '1\n'],
        ['/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages', '10\n'],
        ['hugepages-2048kB/free_hugepages', '8\n'],
        ['hugepages-2048kB/resv_hugepages', '3\n'],
        ['hugepages-2048kB/demote', '3\n'],
        ['hugepages-64kB/free_hugepages', '3\n'],
        ['hugepages-2048kB/constructor', '3\n'],
      ]),
    ).toEqual([
      { pageSize: 2 ** 21, pages: 10, free: 8, reserved: 3 },
      { pageSize: 2 ** 30, pages: 1 },
    ]);
  });
});

describe('all of them', () => {
  const parsers = [
    parseVmallocinfo,
    parseSlabinfo,
    parseBuddyinfo,
    parseZoneinfo,
    parseModules,
    parseSwaps,
    parseSysvipcShm,
    memoryMounts,
  ];
  const files = [
    '6.18-root/vmallocinfo',
    '6.18-root/slabinfo',
    '6.18-root/zoneinfo',
    '6.1-uml/modules',
    '6.18-root/pagetypeinfo',
  ];

  it('take any text without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const parse of parsers) expect(parse(`${text}\n`).rows.length).toBeLessThanOrEqual(text.split('\n').length);
        parsePagetypeinfo(text);
        parseZramStat(text);
      }),
    );
  });

  it('come to an end on long lines of blanks, words and signs', () => {
    const begins = ['', 'a', 'a 1 2', 'Node 0, zone x\n count:', 'Node 0, zone x', '0x1-0x2 1', '25 1 8:1 / / rw', 'pages free'];
    for (const begin of begins)
      for (const piece of [' ', '1 ', 'a ', ': ', '+0x1', ' - ', '(', ', '])
        for (const parse of [...parsers, parsePagetypeinfo]) {
          const text = `${begin}${piece.repeat(20_000)}!\n`;
          expect(parse(text).unread).toBeLessThanOrEqual(2);
        }
  });

  it.each(files)('read of a piece of %s only rows that the whole has', (path) => {
    const whole = textOf(`linux/${path}`);
    fc.assert(
      fc.property(fc.nat({ max: whole.length }), (length) => {
        for (const parse of [parseVmallocinfo, parseSlabinfo, parseBuddyinfo, parseModules]) {
          const rows = parse(whole).rows as readonly unknown[];
          expect(parse(whole.slice(0, length)).rows).toEqual(rows.slice(0, parse(whole.slice(0, length)).rows.length));
        }
      }),
      { numRuns: 10 },
    );
  });
});
