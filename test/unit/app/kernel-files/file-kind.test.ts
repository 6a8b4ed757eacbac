import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryFileKind } from '../../../../src/app/kernel-files/file-kind.js';
import { openMemoryFile } from '../../../../src/app/kernel-files/open-file.js';
import { SourceLocator } from '../../../../src/app/source-locator.js';
import { LocalTarget } from '../../../../src/node/local-target.js';

const FIXTURES = join(import.meta.dirname, '../../../fixtures');
const files = (readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }) as string[]).filter((name) =>
  statSync(join(FIXTURES, name)).isFile(),
);
const locator = new SourceLocator(new LocalTarget(), { workspaceFolders: [], mappings: [], baseDirectories: [] });

async function* cut(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const opened = async (bytes: Uint8Array, size = 1 << 20) => {
  const found = await openMemoryFile(cut(bytes, size), 'file', { unpackers: { gzip: (chunks) => chunks }, locator });
  return found.ok ? found.value : undefined;
};
const textOf = (name: string): string => readFileSync(join(FIXTURES, name), 'utf8');
const kindOf = async (text: string) => (await opened(new TextEncoder().encode(text)))?.kind;

/** What each of the kernel's own files is taken for; all others in those folders for nothing. */
const KERNEL: Readonly<Record<string, string>> = {
  'heap/kernel-6.1-uml/kmalloc-128.alloc_traces': 'heap',
  'heap/kernel-6.1-uml/page_owner': 'heap',
  'heap/libbpf-tools-0.26/libbpf_memleak.txt': 'heap',
  'heap/libbpf-tools-0.26/libbpf_memleak_kernel.txt': 'heap',
  'heap/libbpf-tools-0.26/libbpf_memleak_noaddr.txt': 'heap',
  'linux/6.1-uml/kmemleak': 'report',
  'linux/public/4.2-x86-64/page_owner_sorted': 'heap',
  'linux/public/6.x-ice/allocinfo': 'heap',
  'linux/6.1-uml/slabinfo': 'slabinfo',
  'linux/6.1-uml/vmallocinfo': 'vmallocinfo',
};

describe('each file is taken for one thing', () => {
  const kernel = files.filter((name) => /^(?:linux|oom|heap\/kernel|heap\/libbpf)/.test(name) && !name.endsWith('.md'));

  test.each(kernel)('%s', async (name) => {
    const usual = /^oom\//.test(name)
      ? 'oom'
      : /(?:^|\/)slabinfo/.test(name)
        ? 'slabinfo'
        : /(?:^|\/)vmallocinfo/.test(name)
          ? 'vmallocinfo'
          : undefined;
    const found = (await opened(readFileSync(join(FIXTURES, name))))?.kind;
    expect(found).toBe(KERNEL[name] ?? usual);
  });

  test('reports of programs are reports, and heap profiles of programs are no table', () => {
    const reports = files.filter((name) => /^(?:gcc|clang)\/.*\.(?:txt|log)$|^valgrind\/.*\.xml$/.test(name));
    expect(reports.length).toBeGreaterThan(10);
    for (const name of reports) expect(['report', undefined], name).toContain(memoryFileKind(textOf(name)));
    for (const name of files.filter((one) => one.startsWith('heap/') && !one.endsWith('.md')))
      expect(['heap', undefined], name).toContain(memoryFileKind(textOf(name)));
  });
});

const SLAB = `slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
kmalloc-64           100    128     64   64    1 : tunables    0    0    0 : slabdata      2      2      0
`;
const VMALLOC =
  '0xffffc90000000000-0xffffc90000005000   20480 kernel_clone+0xa7/0x27c pages=4 vmalloc\n0xffffc90000006000-0xffffc90000008000    8192 acpi_os_map_iomem+0x1/0x2 phys=0xfed00000 ioremap\n';
const ALLOCINFO =
  'allocinfo - version: 1.0\n#     <size>  <calls> <tag info>\n       8192        2 mm/filemap.c:1919 func:__filemap_get_folio\n';
const TRACES = '     57 cdev_alloc+0x29/0x5d waste=1368/24 age=777/777/778 pid=1\n        cdev_alloc+0x29/0x5d\n\n';
const OWNER = 'Page allocated via order 0, mask 0xcc0(GFP_KERNEL), pid 1, tgid 1 (init), ts 5 ns\nPFN 5\n leak+0x1/0x2\n\n';
const TRACE =
  'count(KB)            kaddr, function\n    8192, ffffffc0080f1234, vmalloc_order\ntotal pages:  2304,      9216 kB, type:Unmovable\n';
const LEAK =
  'unreferenced object 0xffff888003a1c080 (size 128):\n  comm "insmod", pid 26, jiffies 4294937337\n  backtrace:\n    leak+0x1/0x20\n';
const OOM =
  'sh invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\nOut of memory: Killed process 77 (sh) total-vm:100kB, anon-rss:50kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0\n';
const ALL = { heap: [ALLOCINFO, TRACES, OWNER, TRACE], slabinfo: [SLAB], vmallocinfo: [VMALLOC], report: [LEAK], oom: [OOM] };
const each = Object.entries(ALL).flatMap(([kind, texts]) => texts.map((text) => [kind, text] as const));

describe('whatever stands around it', () => {
  const dressings: Readonly<Record<string, (text: string) => string>> = {
    'line ends of Windows': (text) => text.replaceAll('\n', '\r\n'),
    'a prompt of a shell': (text) => `root@board:~# cat file\n${text}root@board:~# `,
    'a mark of the byte order': (text) => `\ufeff${text}`,
    'an empty line': (text) => `\n${text}`,
  };
  test.each(Object.keys(dressings))('%s', async (name) => {
    for (const [kind, text] of each) expect(await kindOf(dressings[name]!(text)), text).toBe(kind);
  });

  test('times of a log, of what is printed into one', async () => {
    const dressed = (text: string): string => text.replace(/^(?=.)/gm, '[   12.345678] ');
    for (const [kind, text] of [
      ['slabinfo', SLAB],
      ['vmallocinfo', VMALLOC],
      ['report', LEAK],
      ['oom', OOM],
    ] as const)
      expect(await kindOf(dressed(text)), text).toBe(kind);
  });

  test('numbers are the same behind times of a log', async () => {
    const times = (text: string): string => text.replace(/^(?=.)/gm, '[   12.345678] ');
    for (const text of [SLAB, VMALLOC]) {
      const [plain, dressed] = [
        await opened(new TextEncoder().encode(text)),
        await opened(new TextEncoder().encode(times(text))),
      ];
      expect(dressed).toEqual(plain);
    }
  });

  test('meminfo is known, and is no report', async () => {
    const text = 'MemTotal:        8000000 kB\nMemFree:          500000 kB\n';
    expect(memoryFileKind(`$ cat /proc/meminfo\n${text}`)).toBe('meminfo');
    const bytes = new TextEncoder().encode(text);
    const found = await openMemoryFile(cut(bytes, 9), 'f', { unpackers: { gzip: (chunks) => chunks }, locator });
    expect(found).toEqual({ ok: false, error: { code: 'unrecognised-report', path: 'f', holds: 'meminfo' } });
    expect(await kindOf(`${text}${OOM}`)).toBe('oom');
  });

  test.each([
    ['lsmod', 'Module                  Size  Used by\nsnd 4096 0\n'],
    ['zoneinfo', 'Node 0, zone      DMA\n  pages free     3840\n'],
    ['swaps', 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'],
    ['pressure', 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n'],
  ])('%s is named as a file of a machine', async (_, text) => {
    expect(memoryFileKind(text)).toBe('system-file');
    const bytes = new TextEncoder().encode(text);
    const found = await openMemoryFile(cut(bytes, 9), 'f', { unpackers: { gzip: (chunks) => chunks }, locator });
    expect(found).toEqual({ ok: false, error: { code: 'unrecognised-report', path: 'f', holds: 'system-file' } });
    // In a log of something else it is none.
    expect(memoryFileKind(`a\nb\nc\nd\ne\nf\ng\n${text}`)).toBeUndefined();
  });

  test('a log with findings and an OOM report shows the findings, and says so', async () => {
    const found = await opened(new TextEncoder().encode(`${OOM}${LEAK}`));
    expect(found?.kind === 'report' && found.opened.report.notes.map(({ code }) => code)).toContain('oom-events');
  });

  test('cut anywhere, in pieces of any size, with any other bytes: one answer, and no error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...each.map(([, text]) => text)),
        fc.nat(400),
        fc.integer({ min: 1, max: 50 }),
        fc.string({ maxLength: 40 }),
        async (text, at, size, noise) => {
          const whole = new TextEncoder().encode(`${text.slice(0, at)}${noise}${text.slice(at)}`);
          expect(await opened(whole, size)).toEqual(await opened(whole));
          await opened(whole.subarray(0, at), size);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('quoted in a mail, or out of a log', () => {
  const slabs = textOf('linux/6.1-uml/slabinfo');
  const areas = textOf('linux/6.1-uml/vmallocinfo');
  const of = async (text: string) => opened(new TextEncoder().encode(text));

  test.each([
    ['> ', (line: string): string => `> ${line}`],
    ['a time', (line: string): string => `[  100.123456] ${line}`],
  ])('the names and numbers are those without it: %s', async (_what, prefix) => {
    const marked = (text: string): string => `${text.trimEnd().split('\n').map(prefix).join('\n')}\n`;
    expect(await of(marked(slabs))).toEqual(await of(slabs));
    expect(await of(marked(areas))).toEqual(await of(areas));
  });

  test('slabs with a header of meminfo above: nothing of that is a cache', async () => {
    const found = await of(`        total:    used:    free:  shared: buffers:  cached:
Mem:  130813952 126767104  4046848        0  1245184 34848768
slabinfo - version: 1.1
kmem_cache            59     68    112    2    2    1
`);
    expect(found).toMatchObject({ kind: 'slabinfo', unread: 2, table: { bytes: 8192, caches: [{ name: 'kmem_cache' }] } });
  });

  test('addresses that the kernel did not tell yet', async () => {
    const found = await of('0x(____ptrval____)-0x(____ptrval____)    8192 nvme_probe+0x1/0x2 [nvme] pages=1 vmalloc N0=1\n');
    expect(found).toMatchObject({ kind: 'vmallocinfo', unread: 0, table: { bytes: 4096 } });
  });

  test('empty lines without end take no time', async () => {
    const began = performance.now();
    expect(await of(`${areas}${`${' '.repeat(2000)}\n`.repeat(1000)}`)).toMatchObject({ kind: 'vmallocinfo' });
    expect(performance.now() - began).toBeLessThan(4000);
  });
});

describe('what of a table is not read', () => {
  const of = async (text: string) => opened(new TextEncoder().encode(text));

  test('is named by its first line', async () => {
    expect(await of(`${SLAB}garbage\nmore\n`)).toMatchObject({ kind: 'slabinfo', unread: 2, firstUnread: 4 });
    expect(await of(`# cat /proc/vmallocinfo\n${VMALLOC}`)).toMatchObject({ kind: 'vmallocinfo', unread: 1, firstUnread: 1 });
    // A row that a mail has wrapped is one row, and the lines behind it keep their numbers.
    const wrapped = VMALLOC.replace(' pages=', '\npages=').replace(' phys=', '\r\n  phys=');
    expect(await of(`${wrapped}garbage\n`)).toMatchObject({ unread: 1, firstUnread: 5, table: { bytes: 16_384 } });
  });

  test('the last row of slabinfo counts without a line end, since nothing that counts can be missing from it', async () => {
    expect(await of(SLAB.trimEnd())).toEqual(await of(SLAB));
    expect(await of(SLAB.trimEnd().slice(0, -1))).toBeUndefined();
    // `N0=4` may have been `N0=48`.
    expect(await of(`${VMALLOC}0x1000-0x6000   20480 a+0x1/0x2 pages=4 vmalloc N0=4`)).toMatchObject({
      unread: 1,
      firstUnread: 3,
    });
  });

  test('several files in one text: one is read, the others are named', async () => {
    const text = `==> /proc/meminfo <==\nMemTotal:        8000000 kB\n\n==> /proc/slabinfo <==\n${SLAB}garbage\n\n==> /proc/vmallocinfo <==\n${VMALLOC}`;
    expect(await of(text)).toMatchObject({
      kind: 'slabinfo',
      unread: 1,
      firstUnread: 8,
      others: ['/proc/meminfo', '/proc/vmallocinfo'],
      table: { caches: [{ name: 'kmalloc-64' }] },
    });
    expect(await of(`# cat /proc/vmallocinfo\n${VMALLOC}# cat /proc/vmallocinfo\n${VMALLOC}`)).toMatchObject({
      others: ['/proc/vmallocinfo'],
      table: { bytes: 16_384 },
    });
    const grep = (file: string, lines: string): string => lines.replace(/^(?=.)/gm, `/proc/${file}:`);
    expect(await of(grep('slabinfo', SLAB))).toEqual(await of(SLAB));
    expect(await of(grep('vmallocinfo', VMALLOC))).toEqual(await of(VMALLOC));
    expect(await of(`${grep('slabinfo', SLAB)}${grep('vmallocinfo', VMALLOC)}`)).toMatchObject({
      others: ['/proc/vmallocinfo'],
      unread: 0,
      table: { caches: [{ name: 'kmalloc-64' }] },
    });
  });

  test('a table without a row that could be read is no table of 0 bytes', async () => {
    const text =
      'slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize>\nkmalloc-8192         268    268   8192    4    8\n';
    const found = await openMemoryFile(cut(new TextEncoder().encode(text), 9), 'f', {
      unpackers: { gzip: (chunks) => chunks },
      locator,
    });
    expect(found).toEqual({ ok: false, error: { code: 'unrecognised-report', path: 'f', holds: 'table-without-rows' } });
  });

  test('callers as the script of gdb prints them', async () => {
    const found = await of(
      '0xffff800008000000-0xffff800008009000      36864 <start_kernel+372> pages=8 vmalloc\n0xffff800008009000-0xffff80000800b000       8192 <gicv2m_init_one+400> phys=0x8020000 ioremap\n',
    );
    expect(found).toMatchObject({
      table: { callers: [{ caller: 'start_kernel+0x174', pages: 8 }], others: [{ kind: 'ioremap' }] },
    });
  });
});

describe('written otherwise', () => {
  const wide = (text: string, mark: string): Uint8Array =>
    new Uint8Array(Uint16Array.from([...`${mark}${text}`].map((one) => one.charCodeAt(0))).buffer);

  test('UTF-16, as PowerShell writes it: each file as without it', async () => {
    for (const [, text] of each) {
      const plain = await opened(new TextEncoder().encode(text));
      expect(plain).toBeDefined();
      for (const mark of ['\ufeff', '']) expect(await opened(wide(text, mark)), text).toEqual(plain);
    }
  });

  test.each([
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]],
    ['bzip2', [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26]],
    ['zip', [0x50, 0x4b, 3, 4, 20, 0, 0, 0]],
  ])('packed by %s: said so', async (packing, bytes) => {
    const found = await openMemoryFile(cut(Uint8Array.from(bytes), 3), 'f', { unpackers: { gzip: (chunks) => chunks }, locator });
    expect(found).toEqual({ ok: false, error: { code: 'packed', path: 'f', packing } });
  });

  test('a text that begins with the letters of bzip2 is a text', async () => {
    expect(await kindOf(`BZh9 is a board\n${SLAB}`)).toBe('slabinfo');
  });
});

/** Numbers were added up by hand, of the lines as they stand in the mails. */
describe('what others have published of their machines', () => {
  const profileOf = async (name: string) => {
    const found = await opened(readFileSync(join(FIXTURES, 'linux/public', name)));
    if (found?.kind !== 'heap') throw new Error(found?.kind);
    const sums = found.profile.self.map((column) => column.reduce((all, one) => all + one, 0));
    return {
      sums,
      notes: found.profile.notes.map(({ code }) => code),
      modules: [...new Set([...found.profile.frames.module].map((at) => found.profile.texts[at]))],
    };
  };

  test('page_owner_sort of Linux 4.2', async () => {
    const pages = 699_487 + 457_823 + 43_843;
    expect(await profileOf('4.2-x86-64/page_owner_sorted')).toEqual({
      sums: [pages * 4096, pages],
      notes: ['page-size'],
      modules: ['', 'ttm', 'radeon'],
    });
  });

  test('allocinfo in a mail: its wrapped lines count, too', async () => {
    const bytes = [
      45_409_728, 71_041_024, 71_524_352, 85_098_496, 115_470_992, 134_479_872, 141_426_688, 191_594_496, 360_710_144,
      444_076_032, 530_579_456, 975_175_680, 1_022_427_136, 1_105_125_376, 1_621_598_208,
    ];
    const { sums, notes, modules } = await profileOf('6.x-ice/allocinfo');
    expect(sums[0]).toBe(bytes.reduce((all, one) => all + one));
    expect(notes).toEqual([]);
    expect(modules).toEqual(['', 'ext4', 'ice']);
  });

  test('vmallocinfo: wrapped, huge, and on six nodes', async () => {
    const ghes = await opened(readFileSync(join(FIXTURES, 'linux/public/5.10-x86-64/vmallocinfo')));
    // The first line is that of the shell.
    expect(ghes).toMatchObject({ unread: 1, firstUnread: 1, table: { page: { bytes: 4096, isSeen: true } } });
    expect(ghes).toMatchObject({
      table: { callers: [{ caller: 'ghes_estatus_pool_init+0x3e/0xa0', areas: 2, pages: 449 + 229_585 }], others: [] },
    });
    const nodes = await opened(readFileSync(join(FIXTURES, 'linux/public/six-nodes/vmallocinfo')));
    expect(nodes).toMatchObject({ unread: 0, table: { bytes: 24 * 4096, callers: [{ areas: 2, pages: 24 }] } });
  });
});
