import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAnyReportParser } from '../../../../src/app/open-report.js';
import { createKmemleakParser } from '../../../../src/engines/kmemleak/parse.js';
import type { ParseEnd, ParserFactory } from '../../../../src/engines/parser.js';
import { placeFinding } from '../../../../src/findings/place.js';
import { headline, kindTitle, severityOf } from '../../../../src/findings/wording.js';
import type { Finding, Note } from '../../../../src/model/finding.js';
import type { Frame } from '../../../../src/model/stack.js';

const FIXTURES = join(import.meta.dirname, '../../../fixtures');
const uml = readFileSync(join(FIXTURES, 'linux/6.1-uml/kmemleak'), 'utf8');
const variants = readFileSync(join(FIXTURES, 'synthetic/kmemleak-variants.txt'), 'utf8');

interface Reading {
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
  readonly end: ParseEnd;
}

function read(text: string, piece = text.length || 1, create: ParserFactory = createKmemleakParser): Reading {
  const findings: Finding[] = [];
  const notes: Note[] = [];
  const parser = create({ finding: (one) => findings.push(one), note: (one) => notes.push(one) });
  for (let at = 0; at < text.length; at += piece) parser.push(text.slice(at, at + piece));
  return { findings, notes, end: parser.end() };
}

const frames = (finding: Finding | undefined): readonly Frame[] => finding?.stacks[0]?.frames ?? [];

describe('a real report: Linux 6.1, a module that leaks', () => {
  const { findings, notes, end } = read(uml);

  test('every object, its size and its process', () => {
    expect(end).toEqual({ recognised: true, partial: false });
    expect(findings.map(({ bytes, blocks, pid }) => [bytes, blocks, pid])).toEqual([
      ...new Array(5).fill([128, 1, 26]),
      [12288, 1, 26],
    ]);
    expect(findings[0]?.address).toBe('0x95be7c80');
    expect(findings[0]?.details).toEqual([
      'allocated by insmod (26)',
      'hex dump (first 32 bytes):',
      '41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41  AAAAAAAAAAAAAAAA',
      '41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41  AAAAAAAAAAAAAAAA',
    ]);
    expect(notes.map(({ code }) => code)).toEqual(['module-names']);
  });

  test('frames: a symbol with its offset, a module, an address without a name; no hash for an address', () => {
    expect(frames(findings[0])).toHaveLength(16);
    expect(frames(findings[0])[8]).toEqual({
      function: 'leak_kmalloc',
      symbolOffset: '0x21',
      symbolSize: '0x5c',
      module: 'leakmod',
    });
    expect(frames(findings[0])[9]).toEqual({ address: '0xa4815016' });
  });

  test('the place is the first function that is no allocator', () => {
    const place = (finding: Finding): unknown => placeFinding(finding, () => undefined).place;
    expect(place(findings[0] as Finding)).toMatchObject({ function: 'leak_kmalloc', line: null });
    expect(place(findings[5] as Finding)).toMatchObject({ function: 'leak_vmalloc' });
    expect(headline(findings[0] as Finding)).toBe('May leak 128 bytes in 1 block (unreferenced), allocated by __kmalloc');
    expect(severityOf(findings[0] as Finding)).toBe('warning');
    expect(kindTitle(findings[0] as Finding)).toBe('Unreferenced');
  });

  test('what has the same backtrace is one finding', () => {
    const same = uml.replace(/0xa48150\w\w/g, '0xa4815017');
    const grouped = read(same).findings;
    expect(grouped.map(({ bytes, blocks, count, address }) => [bytes, blocks, count, address])).toEqual([
      [640, 5, 5, undefined],
      [12288, 1, 1, '0xa48cb000'],
    ]);
    expect(grouped[0]?.details?.[1]).toMatch(/^objects 0x95be7c80, 0x95be7e00, 0x95ccd080, /);
    // The same objects printed again are the same.
    expect(read(same + same).findings).toEqual(grouped);
  });

  test('reports of other engines are none of it, and none of theirs are this one', () => {
    expect(read(uml, 1000, createAnyReportParser).findings).toEqual(findings);
    expect(read('kmemleak: 6 new suspected memory leaks (see /sys/kernel/debug/kmemleak)\n').end.recognised).toBe(false);
  });
});

describe('other kernels and logs', () => {
  const { findings, end } = read(variants);
  const [old, syzkaller, percpu, log] = findings;

  test('32 bits, with an age, and the mark where the stack ends', () => {
    expect(end.partial).toBe(false);
    expect(findings).toHaveLength(4);
    expect(old?.details?.slice(0, 2)).toEqual(['allocated by swapper (1)', 'age 815 s']);
    expect(frames(old).map(({ function: name, address }) => [name, address])).toEqual([
      ['alloc_big_table', undefined],
      ['table_init', undefined],
    ]);
  });

  test('with files and lines, inlined functions, and a name with a quote', () => {
    expect(syzkaller?.details?.[0]).toBe('allocated by made "up (5986)');
    expect(syzkaller?.details?.at(-1)).toBe('61 64 75 6d 6d 79 30 00  adummy0.');
    expect(frames(syzkaller)).toHaveLength(6);
    expect(frames(syzkaller)[1]).toEqual({ function: 'slab_post_alloc_hook', file: 'mm/slub.c', line: 4975, inlined: true });
    expect(frames(syzkaller)[4]).toEqual({ address: '0xffffffffa000b088' });
    expect(placeFinding(syzkaller as Finding, () => undefined).place).toEqual({
      function: 'shop_open',
      file: 'drivers/shop/shop.c',
      line: 212,
      column: null,
    });
  });

  test('of a processor, decoded by a script, with build identities and real addresses', () => {
    expect(percpu?.message).toBe('unreferenced object (percpu) 0x607ee4e5f948 (size 8)');
    expect(frames(percpu).slice(1)).toEqual([
      { function: 'shop_counters', file: 'drivers/shop/count.c', line: 40, module: 'shop' },
      {
        function: 'shop_init',
        symbolOffset: '0xc3',
        symbolSize: '0x360',
        module: 'shop',
        buildId: '0123456789abcdef0123456789abcdef01234567',
        address: '0xffffffffc0a80032',
      },
    ]);
  });

  test('from a log, with lines of others between, and another trace behind', () => {
    expect(frames(log).map(({ function: name }) => name)).toEqual(['kmalloc_trace', 'log_err']);
    expect(log?.details?.at(-1)).toBe('60 dd 68 61 81 88 ff ff 60 dd 68 61 81 88 ff ff  `.ha....`.ha....');
  });

  test.each([
    'kmemleak: Kernel memory leak detector disabled',
    'kmemleak: Object 0xfe800000 (size 16777216):',
    'BUG: memory leak',
    'WARNING: CPU: 0 PID: 1 at mm/slub.c:1',
  ])('%s: what follows is of no leak', (line) => {
    const more = `unreferenced object 0x10 (size 8):\n  comm "a", pid 1, jiffies 7\n  backtrace:\n    .first+0x1/0x2\n    [<0000000000009bc4>] 0x9bc4\n${line}\n  backtrace:\n    other+0x1/0x2\n`;
    expect(frames(read(more).findings[0])).toEqual([
      { function: '.first', symbolOffset: '0x1', symbolSize: '0x2' },
      { address: '0x9bc3' },
    ]);
  });

  const prefixes: Readonly<Record<string, (line: string, at: number) => string>> = {
    dmesg: (line, at) => `[${String(at).padStart(5)}.123456] ${line}`,
    'with callers': (line, at) => `[${String(at).padStart(5)}.123456][  T${at}] kmemleak: ${line}`,
    'human times': (line) => `[Sat Nov 21 02:56:48 2026] ${line}`,
    syslog: (line, at) => `Nov 21 02:56:${String(at % 60).padStart(2, '0')} host kernel: [  ${at}.5] ${line}`,
    journal: (line) => `2026-11-21T02:56:48+0100 host kernel: ${line}`,
    'levels of a serial console': (line, at) => `<4>[${at}.000001] ${line}`,
    mail: (line) => `> ${line}`,
    'colours of dmesg': (line) => `\x1b[32m[   45.123456] \x1b[0m\x1b[33mkmemleak\x1b[0m: ${line}\x1b[0m`,
    CRLF: (line) => `${line}\r`,
    'no indentation': (line) => line.trim(),
  };
  test.each(Object.entries(prefixes))('%s before each line changes nothing', (_, prefix) => {
    for (const text of [uml, variants.slice(0, variants.indexOf('[  117'))]) {
      const prefixed = text.trimEnd().split('\n').map(prefix).join('\n');
      expect(read(`${prefixed}\n`)).toEqual(read(text));
    }
  });
});

describe('forms of public logs', () => {
  const one = (text: string): Finding => read(text).findings[0] as Finding;
  const names = (finding: Finding): readonly string[] =>
    frames(finding).map(
      ({ function: name, module, address }) => `${name ?? address}${module === undefined ? '' : ` [${module}]`}`,
    );

  test('2.6.31 on 32 bits: no dump, and the mark of the end', () => {
    const found = one(`unreferenced object 0xdf8d2ea8 (size 4):
  comm "swapper", pid 1, jiffies 4294937346
  backtrace:
    [<c01d5db0>] kmemleak_alloc+0x30/0x70
    [<c0391f6a>] acpi_os_allocate+0x21/0x23
    [<c0391e5a>] 0xc0391e5a
    [<ffffffff>] 0xffffffff
`);
    expect([found.bytes, found.pid, names(found)]).toEqual([4, 1, ['kmemleak_alloc', 'acpi_os_allocate', '0xc0391e59']]);
  });

  test('a dump whose letters say what begins the trace', () => {
    const found = one(`unreferenced object 0xc6a0f000 (size 1024):
  comm "insmod", pid 1437, jiffies 4294955870 (age 60.130s)
  hex dump (first 32 bytes):
    62 61 63 6b 74 72 61 63 65 3a 20 20 20 20 20 3a  x     backtrace:
    00 00 00 00 6b 6b 6b 6b 20 20 20 20 20 20 20 20  ....kkkk
  backtrace:
    [<bf00a0b4>] my_probe+0x2c/0x1f4 [my_mod]
`);
    expect(found.details).toContain('62 61 63 6b 74 72 61 63 65 3a 20 20 20 20 20 3a  x     backtrace:');
    expect(found.details).toContain('00 00 00 00 6b 6b 6b 6b 20 20 20 20 20 20 20 20  ....kkkk');
    expect(names(found)).toEqual(['my_probe [my_mod]']);
  });

  test('4.15: addresses that are hidden', () => {
    const found = one(`unreferenced object 0xffff9d8c3b2a1c00 (size 192):
  comm "kworker/u8:2", pid 45, jiffies 4294898766 (age 1234.560s)
  backtrace:
    [<(____ptrval____)>] kmem_cache_alloc_trace+0x110/0x1c0
    [<        (ptrval)>] usb_alloc_urb+0x30/0x50 [usbcore]
    [<0000000012345678>] ret_from_fork+0x1f/0x30
`);
    expect(found.details).toEqual(['allocated by kworker/u8:2 (45)', 'age 1234.56 s']);
    expect(names(found)).toEqual(['kmem_cache_alloc_trace', 'usb_alloc_urb [usbcore]', 'ret_from_fork']);
  });

  test('6.18: memory of a processor, physical memory without a dump, and a stack that is not told', () => {
    const { findings: all } = read(`unreferenced object (percpu) 0x36b0b4a1c8f8 (size 4):
  comm "modprobe", pid 1, jiffies 4294667940
  hex dump (first 4 bytes on cpu 3):
    00 00 00 00                                      ....
  backtrace (crc 0):
    pcpu_alloc_noprof+0x9b4/0x10c0
    _RNvNtCs1234_6kernel5alloc5boxes+0x1c/0x40 [rust_mod]
unreferenced object (phys) 0x0000000100000000 (size 4096):
  comm "swapper/0", pid 0, jiffies 4294667296
  backtrace (crc 0):
    memblock_alloc_range_nid+0xda/0x140
unreferenced object 0xffff888103a4c6a0 (size 8):
  comm "(sd-executor)", pid 99, jiffies 4294667940
  backtrace:
`);
    expect(all.map((found) => [found.bytes, found.details?.[0], names(found)])).toEqual([
      [4, 'allocated by modprobe (1)', ['pcpu_alloc_noprof', '_RNvNtCs1234_6kernel5alloc5boxes [rust_mod]']],
      [4096, 'allocated by swapper/0 (0)', ['memblock_alloc_range_nid']],
      [8, 'allocated by (sd-executor) (99)', []],
    ]);
  });

  test('from a console, with lines of drivers in the middle of a dump and of a trace, and cut at the end', () => {
    const { findings: all, end: ended } = read(`root@board:/# cat /sys/kernel/debug/kmemleak
unreferenced object 0xffff0000c1a3e800 (size 256):
  comm "sh", pid 423, jiffies 4295427648 (age 99.999s)
  hex dump (first 32 bytes):
    00 e8 a3 c1 00 00 ff ff 00 e8 a3 c1 00 00 ff ff  ................
[ 2150.000001] usb 1-1: new high-speed USB device number 5 using xhci_hcd
    01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
  backtrace:
    [<000000003a1c9d22>] vendor_alloc.isra.0+0x48/0xd0 [vendor_drv]
[ 2150.100000] usb 1-1: New USB device found
    [<00000000f1d2c3b4>] vendor_open.part.12+0x10c/0x1a8 [vendor_drv]
unreferenced object 0xffff0000c1a3e900 (size 256):
  comm "sh", pid 423, jiffies 4295427649 (age 99.998s)
  hex dump (first 32 bytes):
    00 e8 a3 c1 00 00 ff
`);
    expect(ended.partial).toBe(true);
    expect(all.map(names)).toEqual([['vendor_alloc.isra.0 [vendor_drv]', 'vendor_open.part.12 [vendor_drv]'], []]);
    expect(all[0]?.details?.slice(-2)).toEqual([
      '00 e8 a3 c1 00 00 ff ff 00 e8 a3 c1 00 00 ff ff  ................',
      '01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................',
    ]);
  });
});

describe('parts of objects whose beginning is cut away', () => {
  const whole = `unreferenced object 0x80c93c80 (size 128):
  comm "kmodloader", pid 326, jiffies 4294937906 (age 20379.570s)
  hex dump (first 16 bytes):
    00 c9 3d 80 c0 09 a0 00 00 00 20 00 00 00 00 02  ..=....... .....
  backtrace:
    [<801526bc>] __kmalloc_track_caller+0x204/0x25c
    [<801275c4>] memdup_user+0x30/0xc8
`;
  // From reports of others: github.com/tempesta-tech/tempesta/issues/2412, github.com/IRATI/stack/issues/1362.
  const tail = `    1e 00 6b 6b 6b 6b 6b 6b 00 89 4d 36 81 88 ff ff  ..kkkkkk..M6....
  backtrace:
    [<00000000e389b77e>] kmem_cache_alloc_trace+0x119/0x290
    [<000000005e7b553f>] bpf_prog_store_orig_filter+0x4f/0xd0
`;
  const frameTail = `    [<00000000566d25b9>] ctrldev_write+0x2fa/0x640 [rina_irati_core]
    [<00000000c4872129>] ksys_write+0x116/0x210
`;
  const next = whole.replace('80c93c80', '80c93d80').replace('memdup_user', 'kstrdup');
  const told = (text: string): unknown => {
    const { findings, notes, end } = read(text);
    expect(end.partial).toBe(notes.some(({ code }) => code === 'cut'));
    return [
      findings.map(names),
      notes.filter(({ code }) => code !== 'module-names').map(({ code, text: words }) => [code, words]),
    ];
  };
  const names = (finding: Finding): readonly unknown[] => frames(finding).map((frame) => frame.function);
  const first = ['__kmalloc_track_caller', 'memdup_user'];
  const second = ['__kmalloc_track_caller', 'kstrdup'];
  const one = [
    'headless',
    'Parts of 1 object stand without the line that an object begins with. How large it is and where it lies is not told, so it is in no sum.',
  ];

  test('are of no other object: a dump, its words, the process, the backtrace', () => {
    const lines = tail.split('\n');
    expect(told(whole + tail + next)).toEqual([[first, second], [one]]);
    expect(told(`${whole}${lines.slice(1).join('\n')}${next}`)).toEqual([[first, second], [one]]);
    expect(told(`${whole}${lines[0]}\n${next}`)).toEqual([[first, second], [one]]);
    expect(told(`${whole}  hex dump (first 32 bytes):\n${tail}${next}`)).toEqual([[first, second], [one]]);
    expect(told(`${whole}  comm "sh", pid 7, jiffies 12\n${lines.slice(1).join('\n')}${next}`)).toEqual([[first, second], [one]]);
    expect(told(whole + tail)).toEqual([[first], [one]]);
  });

  test('objects of which the kernel tells only how many there are (the log of 2026 and newer)', () => {
    const more = (count: number): string => `[   64.4] kmemleak:   ... and ${count} more object(s) with the same backtrace\n`;
    expect(told(`${whole}${more(9)}${next}${more(3)}`)).toEqual([
      [first, second],
      [
        [
          'same-backtrace',
          'Of objects with one backtrace the kernel prints the first one into its log: 12 more are in no sum, since their sizes are not told. /sys/kernel/debug/kmemleak lists them.',
        ],
      ],
    ]);
    expect(told(`${whole}${more(1)}`)).toEqual([[first], [['same-backtrace', expect.stringContaining(': 1 more is in no sum')]]]);
  });

  test('are named at the beginning of the text, too', () => {
    expect(told(tail + whole)).toEqual([[first], [one]]);
    expect(told(frameTail + whole)).toEqual([[first], [one]]);
    expect(told(`# a title\n\`\`\`\n${frameTail}${whole}`)).toEqual([[first], [one]]);
  });

  test('are counted, also behind each other and with a prefix', () => {
    const two = [['headless', expect.stringMatching(/^Parts of 2 objects stand without/)]];
    expect(told(whole + tail + tail + next)).toEqual([[first, second], two]);
    const logged = (whole + tail + next).trimEnd().split('\n');
    expect(told(`${logged.map((line) => `[  117.404799][   T45] kmemleak: ${line}`).join('\n')}\n`)).toEqual([
      [first, second],
      [one],
    ]);
    expect(told(`${logged.map((line) => `> ${line}`).join('\n')}\n`)).toEqual([[first, second], [one]]);
  });

  test('are not taken for the rest of an object whose end is cut away', () => {
    const begun = whole.split('\n').slice(0, 3).join('\n');
    const cut = ['incomplete', '1 object comes without its backtrace: its size counts, where it was allocated is not told.'];
    expect(told(`${begun}\n${next}`)).toEqual([[[], second], [cut]]);
    expect(told(`${begun}\n  comm "sh", pid 7, jiffies 12\n${tail}${next}`)).toEqual([
      [[], second],
      [one, cut],
    ]);
  });

  test('a trace or a dump of something else is none', () => {
    const other = '[   18.000000] Call Trace:\n[   18.000001]  dump_stack+0x5b/0x70\n[   18.000002]  do_thing+0x1/0x2\n';
    expect(told(other + whole)).toEqual([[first], []]);
    expect(told(whole + other + next)).toEqual([[first, second], []]);
    expect(told(`${whole}[   19.0] Code: 48 89 e5 41 57 41 56 41 55 41 54 53 48 83 ec 18\n${next}`)).toEqual([
      [first, second],
      [],
    ]);
    expect(told(`  backtrace:\n    #00 pc 0004 /system/lib/libc.so (tgkill+12)\n${whole}`)).toEqual([[first], []]);
  });
});

test('memory of each processor: the size is that of one', () => {
  // https://lore.kernel.org/netdev, "ice: add E810 ... eswitch mode checker" of May 2025
  const { findings } = read(`unreferenced object (percpu) 0x7e3bce5b888458 (size 40):
  comm "bash", pid 1784, jiffies 4295743894
  hex dump (first 16 bytes on cpu 45):
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
  backtrace (crc 0):
    pcpu_alloc_noprof+0x4c4/0x7c0
    ice_repr_create+0x66/0x130 [ice]
`);
  expect(findings[0]?.details).toEqual([
    'allocated by bash (1784)',
    'each processor has as much: the size is that of one',
    'hex dump (first 16 bytes on cpu 45):',
    '00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................',
  ]);
});

describe('lines that a mail has wrapped', () => {
  // linux-spi of September 2020, "spi: Fix memory leak on splited transfers"
  const axis = `[   76.611642][  T170] kmemleak: unreferenced object 0xfffffff06ef81480
(size 128):
[   76.618965][  T170] kmemleak:   comm "insmod", pid 493, jiffies
4294941102 (age 38.540s)
[   76.627031][  T170] kmemleak:   backtrace:
[   76.631206][  T170] kmemleak:     [<ffffffa542c5f8f8>]
create_object+0x100/0x288
[   76.638596][  T170] kmemleak:     [<ffffffa5432a9ee4>]
kmemleak_alloc+0x8c/0xe0
[   76.681838][  T170] kmemleak:     [<ffffffa542f94648>]
__spi_pump_messages+0x370/0x748
`;
  const quoted = `${axis
    .trimEnd()
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')}\n`;

  test.each([
    ['as they are', axis],
    ['quoted', quoted],
  ])('the first line of an object, its process and its frames: %s', (_how, text) => {
    const { findings, notes } = read(text);
    expect(notes).toEqual([]);
    expect(findings.map(({ bytes, address, pid, details }) => [bytes, address, pid, details])).toEqual([
      [128, '0xfffffff06ef81480', 493, ['allocated by insmod (493)', 'age 38.54 s']],
    ]);
    expect(frames(findings[0]).map((frame) => frame.function)).toEqual([
      'create_object',
      'kmemleak_alloc',
      '__spi_pump_messages',
    ]);
  });

  test('the places that syzbot adds, and a module', () => {
    // linux-sctp of May 2019, "memory leak in sctp_process_init"
    const { findings } = read(
      `BUG: memory leak
unreferenced object 0xffff88810ef68400 (size 1024):
   comm "syz-executor273", pid 7046, jiffies 4294945598
(age 28.770s)
   hex dump (first 32 bytes):
     1d de 28 8d de 0b 1b e3 b5 c2 f9 68 fd 1a 97 25  ..(........h...%
     00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
   backtrace:
     [<00000000a02cebbd>] kmemleak_alloc_recursive  

include/linux/kmemleak.h:55 [inline]
     [<00000000a02cebbd>] slab_post_alloc_hook mm/slab.h:439 [inline]
     [<000000009e6245e6>] kmemdup+0x27/0x60 mm/util.c:119
     [<00000000dfdc5d2d>] sctp_process_init+0xa7e/0xc20  

net/sctp/sm_make_chunk.c:2437
     [<00000000b58b62f8>] sctp_cmd_process_init net/sctp/sm_sideeffect.c:682  

[inline]
     [<00000000b58b62f9>] udp_queue_rcv_one_skb+0x380/0x560
[sctp]

net/sctp/other.c:12
`.replaceAll('  \n\n', '  \n'),
    );
    expect(findings[0]?.details?.slice(0, 2)).toEqual(['allocated by syz-executor273 (7046)', 'age 28.77 s']);
    expect(frames(findings[0]).map((frame) => [frame.function, frame.file, frame.line, frame.inlined, frame.module])).toEqual([
      ['kmemleak_alloc_recursive', 'include/linux/kmemleak.h', 55, true, undefined],
      ['slab_post_alloc_hook', 'mm/slab.h', 439, true, undefined],
      ['kmemdup', 'mm/util.c', 119, undefined, undefined],
      ['sctp_process_init', 'net/sctp/sm_make_chunk.c', 2437, undefined, undefined],
      ['sctp_cmd_process_init', 'net/sctp/sm_sideeffect.c', 682, true, undefined],
      ['udp_queue_rcv_one_skb', undefined, undefined, undefined, 'sctp'],
    ]);
  });
});

describe('whatever comes', () => {
  test('pieces change nothing', () => {
    for (const piece of [1, 7, 100]) {
      expect(read(uml, piece)).toEqual(read(uml));
      expect(read(variants, piece)).toEqual(read(variants));
    }
  });

  test('a cut takes nothing from the objects before it, and says no wrong number', () => {
    const whole = read(uml).findings;
    for (let end = 0; end <= uml.length; end += 11) {
      const { findings, notes, end: parsed } = read(uml.slice(0, end));
      expect(findings.slice(0, -1)).toEqual(whole.slice(0, Math.max(0, findings.length - 1)));
      for (const [at, frame] of frames(findings.at(-1)).entries())
        expect(frames(whole[findings.length - 1])[at]).toMatchObject(frame);
      expect(notes.some(({ code }) => code === 'cut')).toBe(parsed.partial);
    }
  });

  test('any bytes throw nothing and take no time', () => {
    const lines = [...uml.split('\n'), ...variants.split('\n')];
    fc.assert(fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 60 }), (some) => void read(some.join('\n'))));
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        (text) => void read(`unreferenced object 0x1 (size 1):\n${text}`),
      ),
    );
    const began = performance.now();
    for (const hard of [' a+0x', '(', 'a (b:1 ', '0x', '41 ', '[<', ' x y:1 [inline]', ': ', '] '])
      read(
        `unreferenced object 0x1 (size 9999999):\n  hex dump (first 999 bytes):\n  backtrace:\n${`${hard.repeat(20_000)}\n`.repeat(5)}`,
      );
    expect(performance.now() - began).toBeLessThan(4000);
  });

  test('what is kept has bounds', () => {
    const many = Array.from(
      { length: 9000 },
      (_, at) =>
        `unreferenced object 0x${(at + 16).toString(16)} (size 8):\n  comm "a", pid 1, jiffies ${at}\n  backtrace:\n    f${at}+0x1/0x2\n`,
    );
    const { findings } = read(many.join(''));
    expect(findings.reduce((sum, { bytes = 0 }) => sum + bytes, 0)).toBe(72_000);
    const deep = `unreferenced object 0x1 (size 8):\n  backtrace:\n${'    f+0x1/0x2\n'.repeat(5000)}`;
    expect(frames(read(deep).findings[0])).toHaveLength(1024);
  });
});
