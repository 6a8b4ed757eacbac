import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/insight/map/classify.js';
import { FIGURE_WORDS } from '../../../../src/insight/map/figure-words.js';
import { contextOfFile, type MapContext } from '../../../../src/insight/map/map-context.js';
import { RULES } from '../../../../src/insight/map/rules.js';
import { SEGMENT_WORDS } from '../../../../src/insight/map/segment-words.js';
import { mapTotals } from '../../../../src/insight/map/totals.js';
import type { ElfImage, ElfLoad } from '../../../../src/model/elf-image.js';
import { FIGURES, type MapTable } from '../../../../src/model/map-table.js';
import { MARKS, type Mark, SEGMENTS } from '../../../../src/model/segment.js';
import { MapTextParser } from '../../../../src/procfs/map-text.js';

/** A line of maps; behind ` | ` what smaps says of it: `Rss=8 ... VmFlags=rd wr`, in KiB. */
function tableOf(...lines: readonly string[]): MapTable {
  const parser = new MapTextParser();
  let text = '';
  for (const line of lines) {
    const [head = '', facts = ''] = line.split(' | ');
    const [start, end, rest] = splitHead(head);
    text += `${start}-${end} ${rest}\n`;
    const [figures = '', flags] = facts.split('VmFlags=');
    for (const [, name, value] of figures.matchAll(/(\w+)=(\d+)/g)) text += `${name}: ${value} kB\n`;
    if (facts !== '') text += `VmFlags: ${flags ?? ''} \n`;
  }
  parser.push(new TextEncoder().encode(text));
  return parser.end().table;
}

const splitHead = (head: string): string[] => {
  const [, start = '', end = '', rest = ''] = /^([0-9a-f]+)-([0-9a-f]+) ([\s\S]*)$/.exec(head) ?? [];
  return [start.padStart(8, '0'), end.padStart(8, '0'), rest];
};

function context(table: MapTable, more: Partial<MapContext> = {}): MapContext {
  return { ...contextOfFile(table, 64), ...more };
}

/** `segment rule [mark...] [= owner]` of each row. */
function words(table: MapTable, more: Partial<MapContext> = {}): string[] {
  const { segment, rule, marks, owner } = classify(table, context(table, more));
  return Array.from({ length: table.length }, (_, row) => {
    const set = (Object.keys(MARKS) as Mark[]).filter((mark) => (marks[row]! & MARKS[mark]) !== 0);
    const whose = owner.texts[owner.index[row]!]!;
    return [SEGMENTS[segment[row]!], RULES[rule[row]!]![0], ...set, ...(whose === '' ? [] : ['=', whose])].join(' ');
  });
}

const load = (offset: number, address: number, fileSize: number, memorySize: number, kind: '' | 'w' | 'x'): ElfLoad => ({
  offset,
  address,
  fileSize,
  memorySize,
  writable: kind === 'w',
  executable: kind === 'x',
});

/** As the linker makes a library: headers, text, constants, data with bss; the last two share a page of the file. */
const LIBRARY: ElfImage = {
  bits: 64,
  fixed: false,
  loads: [
    load(0, 0, 0x500, 0x500, ''),
    load(0x1000, 0x1000, 0x800, 0x800, 'x'),
    load(0x2000, 0x2000, 0x100, 0x100, ''),
    load(0x2d00, 0x3d00, 0x400, 0x4000, 'w'),
  ],
  relro: { address: 0x3d00, size: 0x300 },
};

const NONE = '00000000 00:00 0';
const A = '7f0000000000';

describe('names of the kernel', () => {
  it('are the strongest evidence', () => {
    const table = tableOf(
      `1000-2000 rwxp ${NONE}   [heap]`,
      `3000-4000 rw-p ${NONE}   [stack:42]`,
      `5000-6000 rw-p ${NONE}   [stack:43]`,
      `7000-8000 r-xp ${NONE}   [uprobes]`,
      `9000-a000 rw-p ${NONE}   [anon:stack_and_tls:44]`,
      `b000-c000 rw-p ${NONE}   [anon: glibc: malloc arena]`,
      `d000-e000 rw-p ${NONE}   [anon:my name]`,
      `f000-10000 rw-s 00000000 00:01 5   [anon_shmem:a: name]`,
      `11000-12000 rwxp ${NONE}   [anon:v8]`,
      `13000-14000 rwxp ${NONE}   [stack]`,
      `15000-16000 r--p ${NONE}   [vvar]`,
      `17000-18000 r-xp ${NONE}   [vdso]`,
      `ffffffffff600000-ffffffffff601000 --xp ${NONE}   [vsyscall]`,
    );
    expect(
      words(table, {
        threads: [
          { tid: 42, name: 'a (b)' },
          { tid: 44, name: 'c' },
        ],
      }),
    ).toEqual([
      'heap heap-name writableExecutable',
      'thread-stack thread-stack-name = a (b) (42)',
      'thread-stack thread-stack-name = thread 43',
      'kernel-other kernel-name = [uprobes]',
      'thread-stack thread-stack-name = c (44)',
      'arena arena-name = arena 1',
      'named-anonymous named = my name',
      'shared-anonymous shared-name = a: name',
      'jit writable-executable writableExecutable = v8',
      'main-stack stack-name writableExecutable',
      'vvar vvar-name',
      'vdso vdso-name',
      'vsyscall vsyscall-name',
    ]);
  });

  it('of files that are in no directory, and of a file on a disk that is named alike', () => {
    const table = tableOf(
      '1000-2000 rw-s 00000000 00:01 7   /SYSV00abcdef (deleted)',
      '2000-3000 rw-s 00000000 00:01 8   /memfd:a b (deleted)',
      '3000-4000 rw-s 00000000 00:01 9   /dev/zero (deleted)',
      '4000-5000 rw-s 00000000 fe:01 9   /SYSV00abcdef (deleted)',
      '5000-6000 rw-s 00000000 00:0f 9   /anon_hugepage (deleted)',
      '6000-7000 rw-s 00000000 00:19 9   /dev/shm/x',
      '7000-8000 rw-s 00000000 00:06 9   /dev/dri/card0',
      '8000-9000 rw-s 00000000 00:0e 9   anon_inode:[perf_event]',
      '9000-a000 rw-s 00000000 00:1a 9   /tmp/x (deleted)',
      'a000-b000 r--s 00000000 fe:01 9   /x (deleted)',
      'b000-c000 r--s 00000000 fe:01 10   /y (deleted)',
      `c000-d000 r-xp 00000000 00:01 8   /memfd:a b (deleted)`,
    );
    expect(words(table, { tmpfs: new Set(['00:1a']), existing: new Set(['/y (deleted)']), executable: '/p' })).toEqual([
      'sysv-shm sysv-name tmpfs = SYSV00abcdef',
      'memfd memfd-name tmpfs = a b',
      'shared-anonymous shared-zero tmpfs',
      'file file deleted = /SYSV00abcdef',
      'hugetlb huge-name = anon_hugepage',
      'posix-shm dev-shm tmpfs = /dev/shm/x',
      'device device-path = /dev/dri/card0',
      'device kernel-object = anon_inode:[perf_event]',
      'tmpfs tmpfs-mount deleted tmpfs = /tmp/x',
      'file file deleted = /x',
      'file file = /y (deleted)',
      'jit executable-anonymous = a b',
    ]);
  });
});

describe('flags and amounts', () => {
  it('tell hugetlb, devices, stacks, locked and huge pages', () => {
    const table = tableOf(
      `200000-400000 rw-p ${NONE} | KernelPageSize=2048 Rss=0 VmFlags=rd wr ht`,
      `400000-600000 rw-p ${NONE} | KernelPageSize=2048 Rss=0 VmFlags=rd wr`,
      `600000-601000 rw-s 00000000 00:05 4   /x/y | KernelPageSize=4 Rss=0 VmFlags=rd wr io`,
      `602000-603000 rw-p ${NONE} | KernelPageSize=4 Rss=4 VmFlags=rd wr gd`,
      `800000-c00000 rw-p ${NONE} | KernelPageSize=4 Rss=4096 AnonHugePages=2048 VmFlags=rd wr hg lo`,
      `d00000-d10000 rw-p ${NONE} | KernelPageSize=4 Rss=4 VmFlags=rd wr ss`,
      `e00000-e10000 rw-p ${NONE} | KernelPageSize=4 Rss=4 VmFlags=rd wr gd`,
      `e10000-e20000 rw-p ${NONE}   [stack] | KernelPageSize=4 Rss=4 VmFlags=rd wr gd lo`,
    );
    expect(words(table)).toEqual([
      'hugetlb huge-flag',
      'hugetlb huge-page-size',
      'device device-flag = /x/y',
      'thread-stack grows-down',
      'anonymous anonymous hugePages locked',
      'thread-stack shadow-stack = shadow stack',
      'main-stack stack-neighbour',
      'main-stack stack-name locked',
    ]);
  });

  it('tell a large reservation that was hardly touched from one that is in use', () => {
    const table = tableOf(
      `100000000-200000000 rw-p ${NONE} | Rss=64 Swap=0 VmFlags=rd wr nr`,
      `300000000-400000000 rw-p ${NONE} | Rss=2000000 Swap=0 VmFlags=rd wr nr`,
      `500000000-600000000 rw-p ${NONE} | Rss=64 Swap=0 VmFlags=rd wr ac`,
      `700000000-800000000 ---p ${NONE} | Rss=0 Swap=0 VmFlags=mr mw me`,
    );
    expect(words(table)).toEqual(['reserved no-reserve', 'anonymous anonymous', 'anonymous anonymous', 'reserved no-access']);
  });
});

describe('programs and libraries', () => {
  const at = (offset: number): string => (0x7f0000000000 + offset).toString(16);
  const file = '/lib/x.so';
  const lines = [
    `${at(0)}-${at(0x1000)} r--p 00000000 fe:01 5   ${file}`,
    `${at(0x1000)}-${at(0x2000)} r-xp 00001000 fe:01 5   ${file}`,
    `${at(0x2000)}-${at(0x3000)} r--p 00002000 fe:01 5   ${file}`,
    `${at(0x3000)}-${at(0x4000)} r--p 00002000 fe:01 5   ${file}`,
    `${at(0x4000)}-${at(0x5000)} rw-p 00003000 fe:01 5   ${file}`,
    `${at(0x5000)}-${at(0x8000)} rw-p ${NONE}`,
  ];
  const parts = [
    'library-read-only-data library-header',
    'library-text library-header',
    'library-read-only-data library-header',
    'library-read-only-data relro',
    'library-data library-header',
    'library-bss bss-header',
  ].map((one) => `${one} = ${file}`);

  it('by their program headers', () => {
    const table = tableOf(...lines);
    expect(words(table, { images: new Map([[file, LIBRARY]]), executable: '/p' })).toEqual(parts);
    const program = words(table, { images: new Map([[file, LIBRARY]]), executable: file });
    expect(program).toEqual(parts.map((one) => one.replace('library-', '').replace('library-header', 'program-header')));
  });

  it('without headers by permissions; the bss is a guess then', () => {
    expect(words(tableOf(...lines), { executable: '/p' })).toEqual([
      ...['read-only-data', 'text', 'read-only-data', 'read-only-data', 'data'].map(
        (part) => `library-${part} library-permission = ${file}`,
      ),
      `library-bss bss-layout guess = ${file}`,
    ]);
  });

  it('bss that the kernel joined with a neighbour: the larger part decides', () => {
    const images = new Map([[file, LIBRARY]]);
    const withEnd = (end: number): string =>
      words(tableOf(...lines.slice(0, 5), `${at(0x5000)}-${at(end)} rw-p ${NONE}`), { images })[5]!;
    expect(withEnd(0xa000)).toBe(`library-bss bss-header = ${file}`);
    expect(withEnd(0x200000)).toBe(`anonymous bss-merged = ${file}`);
    // What lies behind the bss is no bss.
    const table = tableOf(
      ...lines.slice(0, 5),
      `${at(0x5000)}-${at(0x8000)} rw-p ${NONE}`,
      `${at(0x8000)}-${at(0x9000)} r--p ${NONE}`,
    );
    expect(words(table, { images })[6]).toBe('anonymous anonymous');
  });

  it('loaded a second time, mapped as a plain file, with a hole, or writable and executable', () => {
    const images = new Map([[file, LIBRARY]]);
    const second = lines.map((line) => line.replaceAll('7f00000', '7f10000'));
    expect(words(tableOf(...lines, ...second), { images })).toEqual([...parts, ...parts]);
    const plain = tableOf(`${at(0)}-${at(0x5000)} r--p 00000000 fe:01 5   /lib/y.so`);
    expect(words(plain, { images: new Map([['/lib/y.so', LIBRARY]]) })).toEqual(['file file = /lib/y.so']);
    const hole = tableOf(...lines.slice(0, 2), `${at(0x2000)}-${at(0x3000)} ---p 00002000 fe:01 5   ${file}`);
    expect(words(hole, { images })[2]).toBe(`reserved image-hole = ${file}`);
    const both = tableOf(...lines.slice(0, 4), `${at(0x4000)}-${at(0x5000)} rwxp 00003000 fe:01 5   ${file}`);
    expect(words(both, { images })[4]).toBe(`jit writable-executable writableExecutable = ${file}`);
  });

  it('mapped as a plain file beside where it is loaded: nothing near it is called a part of the program', () => {
    const images = new Map([[file, LIBRARY]]);
    const read = [
      `6f0000000000-6f0000001000 r--p 00000000 fe:01 5   ${file}`,
      `6f0000001000-6f0000002000 r-xp ${NONE}`,
      `6f0000005000-6f0000006000 rw-p ${NONE}`,
    ];
    expect(words(tableOf(...read, ...lines), { images, executable: file }).slice(0, 4)).toEqual([
      `file file = ${file}`,
      'jit executable-anonymous',
      'anonymous anonymous',
      `read-only-data program-header = ${file}`,
    ]);
    const fixed = new Map([
      [file, { ...LIBRARY, fixed: true, loads: LIBRARY.loads.map((one) => ({ ...one, address: one.address + 0x7f0000000000 })) }],
    ]);
    expect(words(tableOf(read[0]!, ...lines), { images: fixed, executable: file }).slice(0, 2)).toEqual([
      `file file = ${file}`,
      `read-only-data program-header = ${file}`,
    ]);
    // A library of constants only has nothing that a file which is read has not.
    const constants: ElfImage = {
      bits: 64,
      fixed: false,
      loads: LIBRARY.loads.filter(({ executable, writable }) => !executable && !writable),
    };
    expect(words(tableOf(lines[0]!, lines[2]!), { images: new Map([[file, constants]]) })[0]).toBe(
      `library-read-only-data library-header = ${file}`,
    );
  });

  it('code that was copied to anonymous memory in its place', () => {
    const table = tableOf(lines[0]!, `${at(0x1000)}-${at(0x2000)} r-xp ${NONE}`, ...lines.slice(2));
    expect(words(table, { images: new Map([[file, LIBRARY]]) })[1]).toBe(`library-text image-copy = ${file}`);
  });

  it('in a saved map the program is the first file that is executable and not named like a library: a guess', () => {
    const table = tableOf(
      `400000-401000 r-xp 00000000 fe:01 4   /bin/p`,
      `600000-601000 rw-p 00000000 fe:01 4   /bin/p`,
      ...lines.slice(0, 2),
    );
    expect(words(table).slice(0, 3)).toEqual([
      'text program-permission guess = /bin/p',
      'data program-permission guess = /bin/p',
      `library-read-only-data library-permission = ${file}`,
    ]);
  });
});

describe('arenas of glibc', () => {
  const libc = '7f2000000000-7f2000001000 r-xp 00000000 fe:01 5   /lib/libc.so.6';
  const flags = ' | Rss=8 VmFlags=rd wr mr mw me nr';
  const none = ' | Rss=0 VmFlags=mr mw me nr';

  it('are in use from a multiple of 64 MiB, and may not be touched up to the next one', () => {
    const table = tableOf(
      `7f0000000000-7f0000021000 rw-p ${NONE}${flags}`,
      `7f0000021000-7f0004000000 ---p ${NONE}${none}`,
      `7f0008000000-7f0008500000 rw-p ${NONE}${flags}`,
      `7f0008500000-7f000c001000 ---p ${NONE}${none}`,
    );
    expect(words(table)).toEqual([
      'arena arena-layout = arena 1',
      'reserved arena-rest = arena 1',
      'arena arena-layout = arena 2',
      'reserved arena-rest = arena 2',
    ]);
  });

  it('joined with full ones, split by mlock, or full', () => {
    const table = tableOf(
      `7f0000000000-7f0004021000 rw-p ${NONE}${flags}`,
      `7f0004021000-7f0008000000 ---p ${NONE}${none}`,
      `7f0010000000-7f0010021000 rw-p ${NONE}${flags}`,
      `7f0010021000-7f0010023000 rw-p ${NONE}${flags} lo`,
      `7f0010023000-7f0010030000 rw-p ${NONE}${flags}`,
      `7f0010030000-7f0014000000 ---p ${NONE}${none}`,
      `7f0020000000-7f0024000000 rw-p ${NONE}${flags}`,
    );
    expect(words(table).map((one) => one.split(' ')[0])).toEqual([
      'arena',
      'reserved',
      'arena',
      'arena',
      'arena',
      'reserved',
      'arena',
    ]);
    expect(words(table)[4]).toBe('arena arena-layout = arena 2');
  });

  it('of which the program has made a part read-only', () => {
    const table = tableOf(
      `7f0000000000-7f0000021000 rw-p ${NONE}${flags}`,
      `7f0000021000-7f0000022000 r--p ${NONE} | Rss=4 VmFlags=rd mr mw me nr`,
      `7f0000022000-7f0000400000 rw-p ${NONE}${flags}`,
      `7f0000400000-7f0004000000 ---p ${NONE}${none}`,
    );
    expect(words(table)).toEqual([...Array<string>(3).fill('arena arena-layout = arena 1'), 'reserved arena-rest = arena 1']);
  });

  it('are not what has their size without their flag, where others have it: the heap of a virtual machine', () => {
    const lines = [
      `7f0000000000-7f0000800000 rw-p ${NONE} | Rss=8 VmFlags=rd wr mr mw me ac`,
      `7f0000800000-7f0004000000 ---p ${NONE}${none}`,
      libc,
    ];
    expect(words(tableOf(...lines)).slice(0, 2)).toEqual(['anonymous anonymous', 'reserved no-access']);
    // No memory may be overcommitted: then nothing has it.
    const never = lines.map((line) => line.replace(/ nr$/, ''));
    expect(words(tableOf(...never))[0]).toBe('arena arena-layout guess = arena 1');
  });

  it('without flags: a guess, and only where glibc may be', () => {
    const lines = [`7f0000000000-7f0000021000 rw-p ${NONE}`, `7f0000021000-7f0004000000 ---p ${NONE}`];
    expect(words(tableOf(...lines, libc)).slice(0, 2)).toEqual([
      'arena arena-layout guess = arena 1',
      'reserved arena-rest guess = arena 1',
    ]);
    // A static program may hold it; one with another C library does not.
    expect(words(tableOf(...lines))[0]).toBe('arena arena-layout guess = arena 1');
    const musl = libc.replace('libc.so.6', 'ld-musl-x86_64.so.1');
    expect(words(tableOf(...lines, musl))[0]).toBe('anonymous anonymous');
  });

  it('are not: Go’s heap, the heap of a Java virtual machine, or one that does not begin at a boundary', () => {
    const table = tableOf(
      `c000000000-c000400000 rw-p ${NONE}`,
      `c000400000-c004000000 ---p ${NONE}`,
      `7e0700000000-7e0708000000 rw-p ${NONE}${flags}`,
      `7e0708000000-7e0740000000 ---p ${NONE}${none}`,
      `7f0000001000-7f0000021000 rw-p ${NONE}${flags}`,
      `7f0000021000-7f0004000000 ---p ${NONE}${none}`,
      libc,
    );
    expect(words(table).filter((one) => one.startsWith('arena'))).toEqual([]);
    expect(words(table)[0]).toBe('anonymous go-heap guess');
  });

  it('of 32-bit programs have 1 MiB', () => {
    const table = tableOf(`f6a00000-f6a21000 rw-p ${NONE}${flags}`, `f6a21000-f6b00000 ---p ${NONE}${none}`);
    expect(words(table, { bits: 32 })[0]).toBe('arena arena-layout = arena 1');
    expect(words(table, { bits: 64 })[0]).toBe('anonymous anonymous');
    // 1 MiB of mmap over such a boundary, below the guard of a stack.
    const below = tableOf(
      `f62ff000-f63ff000 rw-p ${NONE} | Rss=8 VmFlags=rd wr mr mw me ac`,
      `f63ff000-f6400000 ---p ${NONE} | Rss=0 VmFlags=mr mw me`,
      `f6400000-f6c00000 rw-p ${NONE} | Rss=8 VmFlags=rd wr mr mw me ac`,
    );
    expect(words(below, { bits: 32 }).map((one) => one.split(' ')[0])).toEqual(['anonymous', 'guard', 'thread-stack']);
  });
});

describe('stacks of threads', () => {
  const lines = [
    `${A}-7f0000001000 ---p ${NONE}`,
    `7f0000001000-7f0000801000 rw-p ${NONE}`,
    `7f0000900000-7f0000901000 ---p ${NONE}`,
    `7f0000901000-7f0001101000 rw-p ${NONE}`,
  ];
  const threads = [
    { tid: 1, name: 'main' },
    { tid: 2, name: 'x', stackPointer: 0x7f0000800f00 },
    { tid: 3, name: 'y', stackPointer: 0 },
  ];

  it('by their stack pointers with their names; the rest by its guard, which is a guess', () => {
    expect(words(tableOf(...lines), { threads })).toEqual([
      'guard guard = x (2)',
      'thread-stack stack-pointer = x (2)',
      'guard guard guess',
      'thread-stack stack-layout guess',
    ]);
  });

  it('several in one mapping, or one that the kernel joined with much else', () => {
    const table = tableOf(`${A}-7f0001000000 rw-p ${NONE}`, `7f1000000000-7f1040000000 rw-p ${NONE}`);
    const many = Array.from({ length: 5 }, (_, i) => ({ tid: 10 + i, name: 't', stackPointer: 0x7f0000100000 + i * 0x100000 }));
    expect(words(table, { threads: [...many, { tid: 20, name: 'z', stackPointer: 0x7f1000700000 }] })).toEqual([
      'thread-stack stack-pointer = t (10), t (11), t (12) and 2 more',
      'anonymous stack-merged = z (20)',
    ]);
  });

  it('a process with one thread has no stacks but the usual ones that are kept', () => {
    const one = [{ tid: 1, name: 'main' }];
    expect(words(tableOf(...lines.slice(0, 2)), { threads: one })[1]).toBe('thread-stack stack-layout guess');
    const odd = tableOf(`${A}-7f0000001000 ---p ${NONE}`, `7f0000001000-7f0000041000 rw-p ${NONE}`);
    expect(words(odd, { threads: one })).toEqual(['reserved no-access', 'anonymous anonymous']);
    expect(words(odd, { threadCount: 4 })[1]).toBe('thread-stack stack-layout guess');
    // Many of one size were made by threads with such stacks, which ended and were not joined.
    const pairs = (count: number, sizeOf: (i: number) => number): string[] =>
      Array.from({ length: count }, (_, i) => {
        const at = (offset: number): string => (0x7f0000000000 + i * 0x100000 + offset).toString(16);
        return [`${at(0)}-${at(0x1000)} ---p ${NONE}`, `${at(0x1000)}-${at(0x1000 + sizeOf(i))} rw-p ${NONE}`];
      }).flat();
    const segments = (lines: readonly string[]): string[] => words(tableOf(...lines), { threads: one });
    expect(new Set(segments(pairs(8, () => 0x40000)))).toEqual(new Set(['guard guard guess', 'thread-stack stack-layout guess']));
    expect(new Set(segments(pairs(7, () => 0x40000)))).toEqual(new Set(['reserved no-access', 'anonymous anonymous']));
    expect(new Set(segments(pairs(20, (i) => 0x10000 + i * 0x1000)))).toEqual(
      new Set(['reserved no-access', 'anonymous anonymous']),
    );
  });

  it('goroutines have theirs on Go’s heap', () => {
    const threads = [{ tid: 1, name: 'go', stackPointer: 0xc000001000 }];
    expect(words(tableOf(`c000000000-c004000000 rw-p ${NONE}`), { threads })).toEqual(['anonymous go-heap guess']);
    // Since Go 1.26 it lies anywhere. Flags and borders as of a program of that version.
    const anywhere = tableOf(
      `a0220000000-a0222c00000 ---p ${NONE} | Rss=0 VmFlags=mr mw me`,
      `a0222c00000-a0223400000 rw-p ${NONE} | Rss=900 VmFlags=rd wr mr mw me ac`,
      `a0223400000-a0224000000 ---p ${NONE} | Rss=0 VmFlags=mr mw me`,
    );
    expect(words(anywhere, { threads: [{ tid: 1, name: 'go', stackPointer: 0xa0222fd8960 }] })).toEqual([
      'reserved go-heap guess',
      'anonymous go-heap guess',
      'reserved go-heap guess',
    ]);
    // Not of an allocator that happens to lie at such addresses.
    const other = tableOf(
      `c569451000-c569452000 rw-p ${NONE} | Rss=4 VmFlags=rd wr`,
      `cdbae40000-cdbae80000 rw-p ${NONE} | Rss=4 VmFlags=rd wr`,
    );
    expect(words(other)).toEqual(['anonymous anonymous', 'anonymous anonymous']);
  });
});

describe('totals', () => {
  it('add up by segment, and list each file once, the largest first', () => {
    const table = tableOf(
      `1000-3000 r--p 00000000 fe:01 5   /a | Rss=4 Pss=2 VmFlags=rd`,
      `3000-6000 r--p 00002000 fe:01 5   /a | Rss=8 Pss=2 VmFlags=rd`,
      `7000-f000 r--p 00000000 fe:01 6   /b | Rss=32 Pss=2 VmFlags=rd`,
      `10000-11000 rw-p ${NONE}   [heap] | Rss=4 Pss=4 VmFlags=rd wr`,
    );
    const totals = mapTotals({ table, classes: classify(table, context(table)) });
    expect(totals.whole).toMatchObject({ size: 14 * 4096, rss: 48 * 1024, pss: 10 * 1024, uss: undefined, swap: undefined });
    expect(totals.bySegment.map(({ segment, count }) => [segment, count])).toEqual([
      ['heap', 1],
      ['file', 3],
    ]);
    expect(totals.byFile.map(({ file, count, amounts }) => [file, count, amounts.rss])).toEqual([
      ['/b', 1, 32 * 1024],
      ['/a', 2, 12 * 1024],
    ]);
  });
});

describe('whatever the map', () => {
  it('each row gets a segment, a rule and an owner that exist', () => {
    const path = fc.constantFrom(
      '',
      '[heap]',
      '[stack]',
      '[anon:x]',
      '[',
      '/a',
      '/lib/libc.so.6',
      '/memfd:x (deleted)',
      'libc.so.6',
      'x (deleted)',
      '[ anon ]',
    );
    const permissions = fc
      .tuple(...['r-', 'w-', 'x-', 'sp'].map((both) => fc.constantFrom(...both)))
      .map((bits) => bits.join(''));
    const line = fc.tuple(
      fc.nat(40),
      fc.integer({ min: 1, max: 40 }),
      permissions,
      path,
      fc.constantFrom('', ' | Rss=4 VmFlags=rd nr gd'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.boolean(), (regions, withImages) => {
        let at = 0;
        const lines = regions.map(([gap, size, bits, name, facts]) => {
          const start = at + gap * 0x10_0000;
          at = start + size * 0x10_0000;
          return `${start.toString(16)}-${at.toString(16)} ${bits} 00000000 fe:01 0   ${name}${facts}`;
        });
        const table = tableOf(...lines);
        expect(table.length).toBe(regions.length);
        const more: Partial<MapContext> = withImages
          ? { images: new Map([['/a', LIBRARY]]), executable: '/a', threads: [{ tid: 1, name: 'x', stackPointer: 0x100_0000 }] }
          : {};
        const { segment, rule, owner } = classify(table, context(table, more));
        for (let row = 0; row < table.length; row++) {
          expect(SEGMENTS[segment[row]!]).toBeDefined();
          expect(RULES[rule[row]!]).toBeDefined();
          expect(owner.texts[owner.index[row]!]).toBeDefined();
        }
      }),
    );
  });

  it('each segment and each figure has its words, and each rule a text', () => {
    expect(Object.keys(SEGMENT_WORDS)).toEqual([...SEGMENTS]);
    expect(Object.keys(FIGURE_WORDS)).toEqual([...FIGURES]);
    expect(new Set(RULES.map(([id]) => id)).size).toBe(RULES.length);
    for (const [, text] of RULES) expect(text).toMatch(/^[A-Z].*[.]$/);
  });
});
