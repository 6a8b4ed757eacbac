import { describe, expect, test } from 'vitest';
import { unfreedFindings } from '../../../../src/app/heap/unfreed-findings.js';
import type { HeapMeasure } from '../../../../src/model/heap-profile.js';
import { aProfile } from '../../insight/heap/a-profile.js';

const LIVE: readonly HeapMeasure[] = [
  { quantity: 'peak', unit: 'bytes' },
  { quantity: 'live', unit: 'count' },
  { quantity: 'live', unit: 'bytes' },
];
const LIBC = '/usr/lib/x86_64-linux-gnu/libc.so.6';
/** Each stack with its peak, its blocks and its bytes. */
const found = (...lines: readonly string[]) => unfreedFindings(aProfile(lines, LIVE), 'heaptrack');
const main = 'main@/src/a.c:9!/src/a';

describe('what a program has not freed', () => {
  test('is a finding of each stack, the most bytes first', () => {
    const { findings, notes } = found(
      `${main};grow@/src/a.c:3!/src/a 99 2 20`,
      `${main} 50 1 30`,
      `${main};freed@/src/a.c:5!/src/a 70 0 0`,
    );
    expect(findings).toEqual([
      {
        engine: 'heaptrack',
        kind: 'leak',
        leakKind: 'unfreed',
        certainty: 'possible',
        message: 'Not freed at the end: 30 bytes in 1 block',
        bytes: 30,
        blocks: 1,
        count: 1,
        stacks: [{ role: 'allocation', frames: [{ function: 'main', file: '/src/a.c', line: 9, module: '/src/a' }] }],
      },
      expect.objectContaining({ bytes: 20, blocks: 2 }),
    ]);
    expect(findings[1]?.stacks[0]?.frames.map((frame) => frame.function)).toEqual(['grow', 'main']);
    expect(notes.map(({ code }) => code)).toEqual(['reachability-not-seen']);
  });

  test('a line of no file is none', () => {
    const [frame] = found('main@:7!/src/a 0 1 5').findings[0]!.stacks[0]!.frames;
    expect(frame).toEqual({ function: 'main', module: '/src/a' });
  });

  test('a block of no bytes is one all the same', () => {
    expect(found(`${main} 0 1 0`).findings).toHaveLength(1);
  });

  test('what only system libraries hold is none, and is told', () => {
    const { findings, notes } = found(
      `_dl_init!/lib64/ld-linux-x86-64.so.2;_GLOBAL__sub_I_eh_alloc.cc!/usr/lib/libstdc++.so.6 0 1 72704`,
      `start!/usr/lib/libgtk.so.3 0 1 24`,
    );
    expect(findings).toEqual([]);
    expect(notes).toEqual([
      expect.objectContaining({ severity: 'info', code: 'of-the-system', text: expect.stringContaining('71 KiB in 2 blocks') }),
    ]);
  });

  test.each([
    ['the buffer of stdout', `${main};puts!${LIBC};_IO_file_doallocate!${LIBC}`],
    ['that of a file that was opened', `${main};fgets!${LIBC};_IO_file_doallocate!${LIBC}`],
    ['the time zone', `${main};localtime!${LIBC};tzset_internal!${LIBC}`],
    [
      'the same with the names of debug information',
      `${main};std::thread::thread!/src/a;__pthread_create_2_1!${LIBC};calloc!/lib64/ld-linux-x86-64.so.2`,
    ],
    [
      'the tables of the loader',
      `${main};dlopen!/usr/lib/heaptrack/libheaptrack_preload.so;___dlopen!${LIBC};malloc!/lib64/ld-linux-x86-64.so.2`,
    ],
    ['the table of a thread', `${main};pthread_create!${LIBC};_dl_allocate_tls!/lib64/ld-linux-x86-64.so.2`],
  ])('what the C library keeps for itself is none: %s', (_name, stack) => {
    expect(found(`${stack} 0 1 4096`).findings).toEqual([]);
  });

  test.each([
    ['a copy of a text', `${main};strdup!${LIBC}`],
    ['an open pipe', `${main};_IO_new_popen!${LIBC};malloc!${LIBC}`],
    ['an open file', `${main};fopen!${LIBC};__fopen_internal!${LIBC}`],
    ['new', `${main};operator_new(unsigned_long)!/usr/lib/libstdc++.so.6`],
    ['a callback of the C library', `${main};qsort!${LIBC};compare@/src/a.c:7!/src/a`],
    ['another library', `${main};sqlite3_open!/usr/lib/libsqlite3.so.0`],
  ])('what its caller could have freed is one: %s', (_name, stack) => {
    expect(found(`${stack} 0 1 4096`).findings).toHaveLength(1);
  });

  test('of very many the largest are listed', () => {
    const lines = Array.from({ length: 1001 }, (_, line) => `main@/src/a.c:${line + 1}!/src/a 0 1 ${line + 1}`);
    const { findings, notes } = found(...lines);
    expect(findings).toHaveLength(1000);
    expect(findings.at(-1)?.bytes).toBe(2);
    expect(notes.at(-1)).toMatchObject({ code: 'too-many', text: expect.stringContaining('1,001 stacks') });
  });

  test('a profile that does not tell what is live gives none', () => {
    expect(unfreedFindings(aProfile([`${main} 4`], [{ quantity: 'total', unit: 'bytes' }]), 'heaptrack')).toEqual({
      findings: [],
      notes: [],
    });
  });
});
