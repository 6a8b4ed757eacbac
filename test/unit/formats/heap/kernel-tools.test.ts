import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heapNoteWords } from '../../../../src/app/heap/heap-note-words.js';
import { heapFileKind } from '../../../../src/formats/heap/file-kind.js';
import { recogniseHeapProfile } from '../../../../src/formats/heap/recognise.js';
import type { HeapProfile } from '../../../../src/model/heap-profile.js';
import { broken, fixtureText, isWhole, latin1, notes, stacks, sum } from './reading.js';

function parse(whole: string, piece = whole.length || 1, head = whole): HeapProfile | undefined {
  const known = recogniseHeapProfile(head.slice(0, 65_536));
  if (known?.takes !== 'text') return undefined;
  for (let at = 0; at < whole.length; at += piece) known.parser.push(whole.slice(at, at + piece));
  return known.parser.end();
}

const pages = fixtureText('kernel-6.1-uml/page_owner');
const slab = fixtureText('kernel-6.1-uml/kmalloc-128.alloc_traces');
const modules = (profile: HeapProfile | undefined): string[] =>
  [...new Set(profile === undefined ? [] : [...profile.frames.module].map((text) => profile.texts[text] ?? ''))].filter(
    (module) => module !== '',
  );

describe('page_owner', () => {
  test('a real file: 200 pages by stack', () => {
    const profile = parse(pages);
    expect(profile?.format).toBe('page-owner');
    expect([sum(profile, 0), sum(profile, 1)]).toEqual([200 * 4096, 200]);
    expect(notes(profile)).toEqual(['page-size']);
    expect(heapNoteWords(profile!.notes[0]!)).toBe('The file tells pages, and not how large one is: 4 KiB are taken.');
    expect(isWhole(profile!)).toBe(true);
    expect(stacks(profile!)[0]).toMatch(/;post_alloc_hook;__set_page_owner;save_stack;stack_trace_save;save_stack_trace \d+$/);
  });

  const old = `Page allocated via order 3, mask 0x2084d0
PFN 4097 Block 8 type 0 Flags   S          RSF
 [<ffffffff8115a1e2>] new_slab+0x12/0x20
 [<ffffffff81160000>] shop_probe+0xb8/0x100 [shop]
 [<ffffffffffffffff>] 0xffffffffffffffff

Page allocated via order 0, mask 0x24280ca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), pid 7, ts 11 ns
PFN 0x1001 type Movable Block 8 type Movable Flags 0x0()
 shop_probe+0x12/0x100 [shop]
Page has been migrated, last migrate reason: compaction
Slab cache page
Charged (via objcg) to offline memcg user.slice
handle: 17

`;
  test('other kernels: orders, addresses, what else stands in a record', () => {
    const profile = parse(old)!;
    expect(stacks(profile)).toEqual(['shop_probe;new_slab 32768', 'shop_probe 4096']);
    expect(modules(profile)).toEqual(['shop']);
    expect(notes(profile)).toEqual(['page-size']);
  });

  test('page_owner_sort --cull: by whom, where no stack is kept', () => {
    const text = `4711 times, 4779 pages, PID 0, task_comm_name: swapper
3366 times, 3369 pages, PID 170, task_comm_name: cat
7 times, 9 pages, TGID 12, allocated by SLAB
2 times, 2 pages, PID 5:
 leak_pages+0x1e/0x41 [leakmod]
`;
    const profile = parse(text)!;
    expect(stacks(profile)).toEqual([
      `swapper, PID 0 ${4779 * 4096}`,
      `cat, PID 170 ${3369 * 4096}`,
      `TGID 12, allocated by SLAB ${9 * 4096}`,
      `leak_pages ${2 * 4096}`,
    ]);
    expect(sum(profile, 1)).toBe(4711 + 3366 + 7 + 2);
    expect(notes(profile)).toEqual(['page-size']);
  });

  test('sorted by page_owner_sort of kernels that do not add up the pages (up to 5.15), and by its forerunner of 2005', () => {
    const text = `55552 times:
Page allocated via order 2, mask 0x50
PFN 4097 Block 8 type 0 Flags   S          RSF
 [<ffffffff8115a1e2>] new_slab+0x12/0x20

3 times:
Page allocated via order 0, mask 0xcc0(GFP_KERNEL)
 leak_pages+0x1e/0x41 [leakmod]

`;
    const profile = parse(text)!;
    expect(stacks(profile)).toEqual([`new_slab ${55552 * 4 * 4096}`, `leak_pages ${3 * 4096}`]);
    expect(sum(profile, 1)).toBe(55555);
    expect(notes(profile)).toEqual(['page-size']);
    expect(heapFileKind('3 times:\nPage allocated via order 0, mask 0xcc0(GFP_KERNEL)\n')).toBe('page-owner');
    // linux-kernel of January 2005, "Memory leak in 2.6.11-rc1?"
    const first = parse(`62130 times: Page allocated via order 0
[0xffffffff80173d6e] pipe_writev+574
[0xffffffff8017402a] pipe_write+26

4819 times:
Page allocated via order 0, mask 0x50
[0xc012b7b9] find_lock_page+25
[0xc012b8c8] find_or_create_page+152
`)!;
    expect(stacks(first)).toEqual([
      `pipe_write;pipe_writev ${62130 * 4096}`,
      `find_or_create_page;find_lock_page ${4819 * 4096}`,
    ]);
    expect(notes(first)).toEqual(['page-size']);
  });

  test('quoted in a mail', () => {
    const quoted = (text: string): string => text.replace(/^/gm, '> ');
    expect(stacks(parse(quoted(old))!)).toEqual(stacks(parse(old)!));
    const info =
      'allocinfo - version: 1.0\n#     <size>  <calls> <tag info>\n          40        1 fs/xfs/xfs_log_cil.c:1775 [xfs] func:xlog_cil_init\n';
    expect(stacks(parse(quoted(info))!)).toEqual(stacks(parse(info)!));
    expect(stacks(parse(info.replace(/^/gm, '>>>> '))!)).toEqual(stacks(parse(info)!));
  });

  test('sorted by page_owner_sort', () => {
    const sorted = parse(
      '7 times, 28 pages:\nPage allocated via order 2, mask 0xcc0(GFP_KERNEL)\n leak_pages+0x1e/0x41 [leakmod]\n\n1 times, 1 pages, PID 1, task_comm_name: init:\n boot+0x1/0x2\n\n',
    )!;
    expect(stacks(sorted)).toEqual(['leak_pages 114688', 'boot 4096']);
    expect(stacks(sorted, 1)).toEqual(['leak_pages 7', 'boot 1']);
  });

  test('show_stacks, with pages and before that with allocations alone', () => {
    const shown =
      ' leak_pages+0x1e/0x41 [leakmod]\n load_module+0x1/0x2\nhandle: 8\nnr_base_pages: 16\n\n boot+0x1/0x2\nnr_base_pages: 2\n\n';
    expect(stacks(parse(shown)!)).toEqual(['load_module;leak_pages 65536', 'boot 8192']);
    const counted = parse(' boot+0x1/0x2\nstack_count: 234\n\n')!;
    expect(counted.measures).toEqual([{ quantity: 'live', unit: 'count' }]);
    expect(stacks(counted)).toEqual(['boot 234']);
  });
});

describe('allocinfo', () => {
  const text = `allocinfo - version: 2.0
#     <size>  <calls> <tag info>
           0        0 init/main.c:1314 func:do_initcalls
         512        1 arch/x86/events/rapl.c:681 func:init_rapl_pmus
          40        2 fs/xfs/xfs_log_cil.c:1775 [xfs] func:xlog_cil_init
        4915*       1* mm/slub.c:3 func:odd
         -64        3 mm/filemap.c:10 func:grow accurate:no
`;

  test('a frame for each line, with file and line; what the file doubts is told', () => {
    const profile = parse(text)!;
    expect(profile.format).toBe('allocinfo');
    expect(stacks(profile)).toEqual(['odd:3 4915', 'init_rapl_pmus:681 512', 'xlog_cil_init:1775 40', 'grow:10 -64']);
    expect(stacks(profile, 1)).toEqual(['grow:10 3', 'xlog_cil_init:1775 2', 'init_rapl_pmus:681 1', 'odd:3 1']);
    expect(profile.texts).toContain('fs/xfs/xfs_log_cil.c');
    expect(modules(profile)).toEqual(['xfs']);
    expect(profile.notes).toEqual([{ code: 'inaccurate', count: 2 }]);
    expect(heapNoteWords(profile.notes[0]!)).toBe('Of 2 lines the file itself says that the numbers are too small.');
  });

  test('sorted, without its head, and of a version to come', () => {
    expect(stacks(parse('        4096        1 mm/page.c:10 module:shop func:get\n')!)).toEqual(['get:10 4096']);
    expect(parse(text.replace('2.0', '3.0'))?.notes).toContainEqual({ code: 'newer-version', detail: '3' });
    expect(parse(`${text}what is this\n`)?.notes[0]).toEqual({ code: 'foreign-lines', count: 1, line: 8 });
  });
});

describe('traces of a slab cache', () => {
  test('a real file: objects and waste by stack', () => {
    const profile = parse(slab)!;
    expect(profile.format).toBe('slab-traces');
    expect([sum(profile, 0), sum(profile, 1)]).toEqual([133, 2730]);
    expect(stacks(profile).some((stack) => /;leak_kmalloc;/.test(stack))).toBe(true);
    expect(modules(profile)).toEqual(['leakmod']);
    expect(notes(profile)).toEqual([]);
  });

  test('without stacks and without waste', () => {
    const calls =
      '     12 <not-available> age=4295012345 pid=0 cpus=0\n      3 shop_probe+0xb8/0x100 [shop] age=832/833/834 pid=1-99 cpus=0-3 nodes=0\n';
    const profile = parse(calls)!;
    expect(profile.measures).toEqual([{ quantity: 'other', unit: 'count', name: 'objects' }]);
    expect(stacks(profile)).toEqual([' 12', 'shop_probe 3']);
  });
});

describe('pagetrace', () => {
  const zone = `count(KB)            kaddr, function
------------------------------
    8192, ffffffc0080f1234, vmalloc_order
     256, ffffffc008123450, shop_map [shop]
------------------------------
total pages:  2304,      9216 kB, type:Unmovable
------------------------------
     128, ffffffc008000000, 0xffffffc008000000
------------------------------
total pages:    32,       128 kB, type:CMA
filter_slab pages:    12,        48 kB
------------------------------
Zone   Normal, managed:900000 KB, free: 40000 kB, used:  9344 KB
------------------------------
`;
  test('functions below the type of their pages; what is not listed is the type itself', () => {
    const profile = parse(zone)!;
    expect(stacks(profile)).toEqual([
      'Unmovable;vmalloc_order 8388608',
      'Unmovable 786432',
      'Unmovable;shop_map 262144',
      'CMA;+0xffffffc008000000 131072',
    ]);
    expect(sum(profile, 0)).toBe(9344 * 1024);
    expect(profile.notes).toEqual([{ code: 'below-threshold', count: 786432 }]);
  });

  test('the older form, and one that is cut', () => {
    const old = `Node 0, zone   Normal\n${zone.replace('kaddr, function', ' kaddr function')}SHOW_CNT:12\n`;
    expect(stacks(parse(old)!)).toEqual(stacks(parse(zone)!));
    expect(notes(parse(old))).toEqual(['below-threshold']);
    expect(notes(parse(zone.slice(0, zone.indexOf('total'))))).toContain('cut');
  });
});

describe('whatever comes', () => {
  const all = [pages.slice(0, 20_000), slab.slice(0, 6000)];

  test('pieces change nothing', () => {
    for (const text of all) for (const piece of [1, 7, 100]) expect(parse(text, piece)).toEqual(parse(text));
  });

  test('no bytes and no cut make it throw', () => {
    for (const text of all)
      for (const bytes of broken(Buffer.from(text), 60)) {
        const profile = parse(latin1(bytes), undefined, text);
        if (profile !== undefined) expect(isWhole(profile)).toBe(true);
      }
    const lines =
      `${all.join('\n')}\n${'nr_base_pages: 3\n\n7 times, 28 pages:\n 12 a+0x1/0x2 age=1\n 1, ff, f\ntotal pages: 1, 4 kB, type:A'}`.split(
        '\n',
      );
    const heads = [pages, slab, 'allocinfo - version: 1.0\n', 'count(KB)  kaddr, function\n'];
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.array(fc.constantFrom(...lines), { maxLength: 60 }), (head, some) => {
        const profile = parse(some.join('\n'), undefined, head);
        if (profile !== undefined) expect(isWhole(profile)).toBe(true);
      }),
    );
  });

  test('hostile lines take no time', () => {
    const began = performance.now();
    for (const head of [pages, slab, 'allocinfo - version: 1.0\n', 'count(KB)  kaddr, function\n'])
      for (const hard of [' a+0x', '1 ', ' 1 a age=', ' (', ': ', '0x', '1, f, '])
        parse(`${hard.repeat(20_000)}\n`.repeat(5), undefined, head);
    for (const piece of ['1 a+', ' 1 1 a:', 'count(KB) ', '1 times, '])
      heapFileKind(piece.repeat(Math.ceil(65_536 / piece.length)));
    expect(performance.now() - began).toBeLessThan(4000);
  });

  test('a report of kmemleak is no heap profile', () => {
    expect(
      heapFileKind('unreferenced object 0x1 (size 8):\n  comm "a", pid 1, jiffies 7\n  backtrace:\n    f+0x1/0x2\n'),
    ).toBeUndefined();
  });
});

const allocinfo = `allocinfo - version: 1.0
#     <size>  <calls> <tag info>
         512        1 arch/x86/events/rapl.c:681 func:init_rapl_pmus
  1105125376   139252 drivers/net/ethernet/intel/ice/ice_txrx.c:681 [ice] func:ice_alloc_mapped_page
   134479872    32832 kernel/events/ring_buffer.c:811 func:perf_mmap_alloc_page
`;
const traces = `     57 cdev_alloc+0x29/0x5d waste=1368/24 age=777/777/778 pid=1
        cdev_alloc+0x29/0x5d
        do_one_initcall+0x1/0x2

`;
const trace = `count(KB)            kaddr, function
     8192, ffffffc0080f1234, vmalloc_order
       64, ffffffc0080f2234, codec_mm_alloc [codec]
------------------------------
total pages:  2304,      9216 kB, type:Unmovable
`;
const leaks = `Attaching to kernel allocators, Ctrl+C to quit.
[04:25:49] Top 10 stacks with outstanding allocations:
	192 bytes in 1 allocations from stack
		0xffffffff88267387	kmem_cache_alloc_lru+0x267 [kernel]
		0xffffffff88310f24	__d_alloc+0x34 [kernel]
[04:25:54] Top 10 stacks with outstanding allocations:
	384 bytes in 2 allocations from stack
		0xffffffff88267387	kmem_cache_alloc_lru+0x267 [kernel]
		0xffffffff88310f24	__d_alloc+0x34 [kernel]
`;
const FILES = { allocinfo, 'page-owner': pages, 'slab-traces': traces, pagetrace: trace, memleak: leaks };

describe('what a terminal, a log or a mail puts around the lines', () => {
  const lines = (text: string, dress: (line: string, at: number) => string): string =>
    text.replace(/\n$/, '').split('\n').map(dress).join('\n').concat('\n');
  const DRESSINGS: Readonly<Record<string, (text: string) => string>> = {
    'a quote': (text) => lines(text, (line) => `> ${line}`),
    'times of a terminal': (text) => lines(text, (line, at) => `[10:00:${String(at % 60).padStart(2, '0')}] ${line}`),
    'times of a serial console': (text) =>
      lines(text, (line, at) => `[2024-03-01 10:00:${String(at % 60).padStart(2, '0')}.123] ${line}`),
    "times of the kernel's log": (text) => lines(text, (line, at) => `[${`${at * 7}.123456`.padStart(12)}] ${line}`),
    blanks: (text) => lines(text, (line) => `    ${line}`),
    'line ends of a log of a terminal': (text) => text.replaceAll('\n', '\r\r\n'),
    'script(1)': (text) =>
      `Script started on 2024-03-01 10:00:00+01:00\r\n\x1b[?2004h\x1b]0;root@h: ~\x07\x1b[01;32mroot@h\x1b[00m:~# cat f\r\n\x1b[?2004l\r${text.replaceAll('\n', '\r\n')}\x1b[?2004h# exit\r\n`,
  };
  test.each(Object.keys(DRESSINGS))('%s: the same stacks and numbers', (name) => {
    for (const [format, text] of Object.entries(FILES)) {
      const plain = parse(text)!;
      const dressed = parse(DRESSINGS[name]!(text));
      expect(dressed?.format, `${format} ${name}`).toBe(format);
      expect(stacks(dressed!), `${format} ${name}`).toEqual(stacks(plain));
      expect([sum(dressed, 0), sum(dressed, 1)]).toEqual([sum(plain, 0), sum(plain, 1)]);
      const without = (one: HeapProfile): string[] => notes(one).filter((code) => code !== 'foreign-lines');
      expect(without(dressed!)).toEqual(without(plain));
    }
  });

  test('grep of several files', () => {
    const dressed = lines(allocinfo, (line) => `/proc/allocinfo:${line}`);
    expect(stacks(parse(dressed)!)).toEqual(stacks(parse(allocinfo)!));
  });

  test('hostile beginnings of lines of memleak take no time', () => {
    const text = `${'1 '.repeat(39)}${leaks.split('\n')[1]}\n${`${'1'.repeat(4000)}\n`.repeat(2000)}`;
    const began = performance.now();
    parse(text);
    expect(performance.now() - began).toBeLessThan(4000);
  });
});

describe('allocinfo out of a mail', () => {
  test('lines that are wrapped before the module, before the function, and in a name (quoted-printable)', () => {
    const text = `   134479872    32832 kernel/events/ring_buffer.c:811 func:perf_mmap_alloc_=
page
>   1105125376   139252 drivers/net/ethernet/intel/ice/ice_txrx.c:681
> [ice] func:ice_alloc_mapped_page
         512        1 arch/x86/events/rapl.c:681
func:init_rapl_pmus
   7 8 mm/cut.c:9
`;
    const profile = parse(text)!;
    expect(stacks(profile)).toEqual(stacks(parse(allocinfo)!));
    expect(modules(profile)).toEqual(['ice']);
    expect(profile.notes).toEqual([{ code: 'foreign-lines', count: 1, line: 7 }]);
  });

  test('sizes that numfmt has rounded, as in the kernel’s own document', () => {
    const profile = parse(`        2.8M    22648 fs/kernfs/dir.c:615 func:__kernfs_new_node
        4.0M     1010 drivers/staging/ctagmod/ctagmod.c:20 [ctagmod] func:ctagmod_start
         13M      234 block/blk-mq.c:3421 func:blk_mq_alloc_rqs
         512        1 mm/a.c:1 func:a
`)!;
    expect(sum(profile, 0)).toBe(Math.round(2.8 * 1024 ** 2) + 4 * 1024 ** 2 + 13 * 1024 ** 2 + 512);
    expect(profile.notes).toEqual([{ code: 'rounded', count: 3 }]);
    expect(heapNoteWords(profile.notes[0]!)).toBe('3 lines have sizes that numfmt has rounded: sums are as coarse as these.');
  });

  test('a path with blanks is whole, and a number beyond all memory is none', () => {
    const profile = parse(`allocinfo - version: 2.0
        4096        1 drivers/my dir/leak mod.c:20 [leakmod] func:leak_start
    18446744073709551615   99 mm/x.c:1 func:below_zero
`)!;
    expect(stacks(profile)).toEqual(['leak_start:20 4096']);
    expect(profile.texts).toContain('drivers/my dir/leak mod.c');
    expect(profile.notes).toEqual([{ code: 'foreign-lines', count: 1, line: 3 }]);
  });
});
