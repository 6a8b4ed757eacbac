import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultText } from '../../../../src/app/fault-text.js';
import { heapNoteWords } from '../../../../src/app/heap/heap-note-words.js';
import { openHeapProfile } from '../../../../src/app/heap/open-heap.js';
import { systemFrames } from '../../../../src/app/heap/system-frames.js';
import { heapJson } from '../../../../src/export/heap-json.js';
import { wholeOf } from '../../../../src/insight/heap/sums.js';
import type { HeapProfile } from '../../../../src/model/heap-profile.js';
import { nodeUnpackers } from '../../../../src/node/unpack.js';
import { aProfile, linesOf } from '../../insight/heap/a-profile.js';

const unpackers = await nodeUnpackers();

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.slice(from, from + size);
}
const open = (bytes: Uint8Array, size = 7, more = unpackers) => openHeapProfile(pieces(bytes, size), 'x.heap', more);
const opened = async (bytes: Uint8Array, size = 7): Promise<HeapProfile> => {
  const result = await open(bytes, size);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
};

const measures = [
  { quantity: 'live', unit: 'bytes' },
  { quantity: 'other', unit: 'count', name: 'größe' },
] as const;
const profile = aProfile(['main@m.c:1;grow@l.c:42!/bin/app 10 1', '漢字;grow 5 2', ' 3 0'], measures, {
  command: 'app',
  pid: 7,
  at: 5,
  tool: 'heaptrack 1.4.0',
  addresses: 'process',
  notes: [{ code: 'sampled', count: 512 }],
  timeline: {
    unit: 'ms',
    moments: [
      { at: 1, bytes: 4, self: Float64Array.of(0, 0, 4, 0, 0), isPeak: true },
      { at: 2, bytes: 18, rss: 4096 },
    ],
  },
});
const file = (of: HeapProfile): Buffer => Buffer.from([...heapJson(of, 'memlens 0.4.0')].join(''));

describe('a file of a heap profile', () => {
  test('our own JSON comes back as it was, cut anywhere, packed or not', async () => {
    for (const bytes of [file(profile), gzipSync(file(profile))]) {
      for (const size of [1, 2, 3, 1000, 1 << 20]) expect(await opened(bytes, size)).toEqual(profile);
    }
  });

  test('what is no heap profile', async () => {
    for (const text of ['', 'words\n', '{}', '{"format":"memlens-heap-profile"', '\u001f\u008b']) {
      const result = await open(Buffer.from(text, 'latin1'));
      expect(result.ok).toBe(false);
      if (!result.ok) expect(faultText(result.error).message).toMatch(/^x\.heap (holds no heap profile|could not be read)/);
    }
  });

  test('a packing that can not be undone here has the command that does it', async () => {
    const result = await open(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), 7, { gzip: unpackers.gzip });
    expect(result).toEqual({ ok: false, error: { code: 'packed', path: 'x.heap', packing: 'zstd' } });
    if (!result.ok) expect(faultText(result.error).nextStep).toContain('zstd -d x.heap');
  });

  test('a packed file that is cut is read as far as it goes, or told', async () => {
    const packed = gzipSync(
      Buffer.from(`${'heap_v2/1\n  t*: 1: 2 [0: 0]\n@ 0x10 0x20\n  t*: 1: 2 [0: 0]\n'.padEnd(200_000, '\n')}`),
    );
    const { notes } = await opened(packed.subarray(0, packed.length - 20), 64);
    expect(notes.map(({ code }) => code)).toContain('cut');
  });

  test('a source that fails is told as what it is', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(0x7b);
      throw Object.assign(new Error('no'), { code: 'EACCES' });
    }
    const result = await openHeapProfile(failing(), 'x', unpackers);
    expect(result).toEqual({ ok: false, error: { code: 'permission', path: 'x', operation: 'read' } });
  });

  test('any bytes and any JSON throw nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.jsonValue(), async (bytes, value) => {
        await open(bytes);
        const parts = {
          frames: value,
          measures: value,
          stacks: value,
          notes: value,
          timeline: value,
          source: value,
          chief: value,
        };
        const { tree } = await opened(Buffer.from(JSON.stringify({ format: 'memlens-heap-profile', ...parts })));
        expect([...tree.parent].every((parent, node) => parent < node || node === 0)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

/** Of each file of a tool which format it is, and the sum of its chief measure. */
const TOOLS: Readonly<Record<string, string>> = {
  'bpftrace-0.17/memleak.json': 'bpftrace live 30935',
  'gperftools-2.10/bookshop.heap': 'gperftools live 86034',
  'heaptrack-1.4.0/orders.heaptrack': 'heaptrack live 10944',
  'heaptrack-1.4.0/orders.leaked.folded': 'folded other 10944',
  'jemalloc-5.3.0/accumulated.heap': 'jemalloc live 213400',
  'libbpf-tools-0.26/libbpf_memleak.txt': 'memleak live 334640',
  'pprof-go-1.19/bookshop.pb.gz': 'pprof live 86034',
  'strace-6.1/threads.txt': 'strace mapped 10575872',
  'valgrind-3.19.0/memory.xtree.kcg': 'callgrind live 6848',
  'valgrind-3.19.0/orders.dhat.json': 'dhat live 6848',
  'valgrind-3.19.0/orders.massif.out': 'massif peak 279041',
};

describe('files of the tools', () => {
  const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../../fixtures/heap', name));

  test.each(Object.entries(TOOLS))('%s', async (name, said) => {
    const one = await opened(fixture(name), 4096);
    expect(`${one.format} ${one.measures[one.chief]?.quantity} ${Math.round(wholeOf(one.self[one.chief]!))}`).toBe(said);
    // And what is written of it is read again as the same.
    expect(await opened(file(one))).toEqual(one);
  });

  test('perf script', async () => {
    const one = await opened(fixture('perf-6.1/inlined.txt'), 4096);
    expect(one.format).toBe('perf');
    expect(wholeOf(one.self[one.chief]!)).toBeGreaterThan(0);
  });
});

describe('words and own code', () => {
  test('each note is a sentence', () => {
    for (const code of [
      'cut',
      'foreign-lines',
      'too-many',
      'sampled',
      'below-threshold',
      'deep-stacks',
      'sums-differ',
      'touched-again',
      'pages-forgotten',
    ] as const) {
      expect(heapNoteWords({ code, count: 2 })).toMatch(/^[A-Z2].*[^.]\.$/);
    }
    expect(heapNoteWords({ code: 'sampled', count: 524_288 })).toBe(
      'The numbers are estimates from samples, about one in 524,288.',
    );
  });

  test('frames of libraries and of the runtime are the system’s', () => {
    const some = aProfile([
      'main@/home/u/m.c:1!/home/u/app;qsort!/usr/lib/x86_64-linux-gnu/libc.so.6;std::sort@/usr/include/c++/12/bits/a.h:2 1',
    ]);
    expect([...systemFrames(some)]).toEqual([1, 1, 0]);
    expect(linesOf(some)).toEqual(['main;qsort;std::sort 1']);
  });
});
