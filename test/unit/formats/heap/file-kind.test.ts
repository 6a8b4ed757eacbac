import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { heapFileKind } from '../../../../src/formats/heap/file-kind.js';

describe('what a file of a heap profile is', () => {
  test.each([
    ['v 10400 3\nX ./app\n', 'heaptrack'],
    ['desc: (none)\ncmd: ./app\ntime_unit: i\n#-----------\nsnapshot=0\n', 'massif'],
    ['{"dhatFileVersion":2\n', 'dhat'],
    ['{"format":"memlens-heap-profile","version":1', 'memlens'],
    ['{"type": "map", "data": {}}\n', 'bpftrace'],
    ['heap_v2/524288\n  t*: 1: 2 [0: 0]\n', 'jemalloc'],
    ['heap profile:    240:    24000 [   240:    24000] @ heapprofile\n', 'gperftools'],
    ['# callgrind format\nversion: 1\n', 'callgrind'],
    ['version: 1\ncreator: xtree-1\npid: 7\ncmd: ./a\n\nevents: curB curBk\n', 'callgrind'],
    ['[05:05:33] Top 10 stacks with outstanding allocations:\n', 'memleak'],
    ['\t80384 bytes in 314 allocations from stack\n', 'memleak'],
    ['[pid 12] brk(NULL) = 0x5581\n > /lib/ld.so(x+0x1) [0x1]\n', 'strace'],
    ['4711 15:50:12.123 mmap(NULL, 4096, PROT_READ) = 0x7f\n', 'strace'],
    ['app 4711 12.345: 1 page-faults:u:\n\t   5581 main+0x1 (/bin/app)\n\n', 'perf'],
    ['main;f 12\nmain;g;operator new(unsigned long) 3\ncut', 'folded'],
    ['allocinfo - version: 1.0\n#     <size>  <calls> <tag info>\n', 'allocinfo'],
    ['         512        1 arch/x86/events/rapl.c:681 func:init_rapl_pmus \n', 'allocinfo'],
    [' boot+0x1/0x2\nnr_base_pages: 2\n\n', 'page-owner'],
    ['count(KB)            kaddr, function\n', 'pagetrace'],
    ['\u000a\u0004\u0008\u0001', 'pprof'],
    ['ERROR: AddressSanitizer: heap-use-after-free\n', undefined],
    ['7f00-8f00 rw-p 00000000 00:00 0 [heap]\n', undefined],
    ['some words\nand 12 more\nof no profile\n', undefined],
    ['', undefined],
  ])('%j', (head, kind) => {
    expect(heapFileKind(head)).toBe(kind);
  });

  test('a long stack is folded, too, and hostile heads take no time', () => {
    expect(heapFileKind(`${'f;'.repeat(20_000)}g 7\n`)).toBe('folded');
    const began = performance.now();
    for (const piece of ['a 1:', '\n', ' ', '1 ', 'version: \n', '{', 'brk(', 'heap profile: ', '    dead ']) {
      heapFileKind(piece.repeat(Math.ceil(65_536 / piece.length)));
    }
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('the files of the tools themselves', () => {
    const root = join(import.meta.dirname, '../../../fixtures/heap');
    for (const [file, kind] of Object.entries(KINDS)) {
      const path = join(root, file);
      expect(`${file} ${heapFileKind(readFileSync(path, 'latin1').slice(0, 65536))}`).toBe(`${file} ${kind}`);
    }
  });
});

const KINDS: Readonly<Record<string, string>> = {
  'gperftools-2.10/bookshop.heap': 'gperftools',
  'gperftools-2.10/growth.heap': 'gperftools',
  'perf-6.1/inlined.txt': 'perf',
  'perf-6.1/srcline.txt': 'perf',
  'perf-6.1/every-fourth.txt': 'perf',
  'strace-6.1/threads.txt': 'strace',
  'libbpf-tools-0.26/libbpf_memleak_kernel.txt': 'memleak',
  'libbpf-tools-0.26/libbpf_memleak_noaddr.txt': 'memleak',
  'heaptrack-1.4.0/orders.heaptrack': 'heaptrack',
  'heaptrack-1.4.0/orders.raw.heaptrack': 'heaptrack',
  'heaptrack-1.4.0/orders.leaked.folded': 'folded',
  'heaptrack-1.4.0/orders.massif.out': 'massif',
  'jemalloc-5.3.0/bookshop.heap': 'jemalloc',
  'libbpf-tools-0.26/libbpf_memleak.txt': 'memleak',
  'bpftrace-0.17/memleak.json': 'bpftrace',
  'strace-6.1/bookshop.txt': 'strace',
  'kernel-6.1-uml/page_owner': 'page-owner',
  'kernel-6.1-uml/kmalloc-128.alloc_traces': 'slab-traces',
  'valgrind-3.19.0/orders.massif.out': 'massif',
  'valgrind-3.19.0/memory.xtree.kcg': 'callgrind',
  'valgrind-3.19.0/callgrind.out': 'callgrind',
  'valgrind-3.19.0/orders.dhat.json': 'dhat',
};
