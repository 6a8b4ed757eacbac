import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { visibleText } from '../../../src/base/visible-text.js';
import { plainFunctionName } from '../../../src/findings/function-name.js';
import { kindPages } from '../../../src/findings/kinds.js';
import { sortFindings } from '../../../src/findings/order.js';
import { emptySummary, summarise } from '../../../src/findings/summary.js';
import {
  allocatorOf,
  docPageOf,
  explainKind,
  headline,
  kindTitle,
  sentenceOfSeveral,
  severityOf,
  summaryLine,
  summaryTooltip,
  worstSeverity,
} from '../../../src/findings/wording.js';
import type { Finding } from '../../../src/model/finding.js';
import { frame, leak, MALLOC, START, stack, useAfterFree } from './make-finding.js';

describe('what was not freed', () => {
  const unfreed = [
    leak({ leakKind: 'unfreed', certainty: 'possible' }),
    leak({ leakKind: 'unfreed', certainty: 'possible', bytes: 2, blocks: 2 }),
  ];

  test('is in no row of the summary, which says what is lost, and told beside it', () => {
    const { summary, errors } = summarise(unfreed);
    expect({ summary, errors }).toEqual({ summary: emptySummary, errors: 0 });
    expect(summaryLine(summary, errors, unfreed)).toBe('not freed 42 bytes in 3 blocks');
    expect(sentenceOfSeveral(unfreed)).toMatch(/^2 findings: not freed at the end: 42 bytes in 3 blocks\n/);
    expect(docPageOf(unfreed[0] as Finding)).toBe('not-freed.md');
  });

  test('comes behind what may be lost', () => {
    expect(sortFindings([...unfreed, leak({ leakKind: 'possibly', bytes: 1 })]).map(({ leakKind }) => leakKind)).toEqual([
      'possibly',
      'unfreed',
      'unfreed',
    ]);
  });
});

describe('headline of leaks', () => {
  test.each<[Partial<Finding>, string]>([
    [{ bytes: 204_800, blocks: 50, leakKind: 'definitely' }, 'Leaks 200 KiB in 50 blocks (definitely lost), allocated by malloc'],
    [{ leakKind: 'direct' }, 'Leaks 40 bytes in 1 block (direct leak), allocated by malloc'],
    [{ leakKind: 'possibly', certainty: 'possible' }, 'May leak 40 bytes in 1 block (possibly lost), allocated by malloc'],
    [{ leakKind: 'reachable' }, 'Still reachable at exit: 40 bytes in 1 block, allocated by malloc'],
    [{ leakKind: 'unfreed', certainty: 'possible' }, 'Not freed at the end: 40 bytes in 1 block, allocated by malloc'],
    [{ stacks: [], leakKind: 'indirect' }, 'Leaks 40 bytes in 1 block (indirect leak)'],
  ])('%j', (change, expected) => expect(headline(leak(change))).toBe(expected));

  test('severities', () => {
    expect(
      (['definitely', 'indirectly', 'direct', 'indirect', 'possibly', 'reachable', 'unfreed'] as const).map((leakKind) =>
        severityOf(leak({ leakKind })),
      ),
    ).toEqual(['error', 'error', 'error', 'error', 'warning', 'information', 'information']);
    expect(severityOf(useAfterFree())).toBe('error');
    expect(severityOf(useAfterFree({ certainty: 'possible' }))).toBe('warning');
    const frames = ['calloc', 'calloc', 'allocate_dtv', '_dl_allocate_tls', 'pthread_create@@GLIBC_2.34', 'main'];
    const thread = { stacks: [stack('allocation', ...frames.map((name) => frame(name)))] };
    expect(severityOf(leak({ leakKind: 'possibly', ...thread }))).toBe('information');
    expect(severityOf(leak({ leakKind: 'definitely', ...thread }))).toBe('error');
    expect(headline(leak({ leakKind: 'possibly', ...thread }))).toBe(
      'A thread was still running at exit, or was never joined: 40 bytes in 1 block (possibly lost)',
    );
    expect(worstSeverity([leak({ leakKind: 'reachable' }), leak({ leakKind: 'possibly' })])).toBe('warning');
  });
});

describe('headline of errors', () => {
  const memcheck = (kind: string, details: readonly string[], more: Partial<Finding> = {}): Finding =>
    useAfterFree({ engine: 'memcheck', kind, message: 'Invalid read of size 4', details, ...more });

  test.each<[Finding, string]>([
    [useAfterFree(), 'Heap use after free: reads 4 bytes, 8 bytes inside a 40-byte block freed before'],
    [useAfterFree({ count: 3, details: [] }), 'Heap use after free: reads 4 bytes at 0x604000000058 (seen 3 times)'],
    [
      useAfterFree({
        kind: 'heap-buffer-overflow',
        access: 'write',
        details: ['0x1 is located 0 bytes to the right of 40-byte region [0x1,0x2)'],
      }),
      'Heap buffer overflow: writes 4 bytes, just after a 40-byte block',
    ],
    [
      useAfterFree({
        kind: 'stack-buffer-overflow',
        details: ["    [32, 72) 'buffer' (line 4) <== Memory access at offset 72 overflows this variable"],
      }),
      'Stack buffer overflow: reads 4 bytes, past the end of the local variable buffer',
    ],
    [
      useAfterFree({
        kind: 'global-buffer-overflow',
        details: ["0x1 is located 4 bytes to the right of global variable 'g' defined in 'src/x.c:3:5' (0x2) of size 40"],
      }),
      'Global buffer overflow: reads 4 bytes, 4 bytes after the 40-byte global variable g',
    ],
    [
      memcheck('InvalidRead', ["Address 0x4a is 8 bytes inside a block of size 1,040 free'd"]),
      'Heap use after free: reads 4 bytes, 8 bytes inside a 1 KiB block freed before',
    ],
    [
      memcheck('InvalidRead', ["Address 0x4a is 0 bytes after a block of size 10 alloc'd"]),
      'Heap buffer overflow: reads 4 bytes, just after a 10-byte block',
    ],
    [
      memcheck('InvalidRead', ["Address 0x0 is not stack'd, malloc'd or (recently) free'd"]),
      'Invalid read: reads 4 bytes at 0x604000000058',
    ],
    [
      { engine: 'memcheck', kind: 'NewKind', certainty: 'definite', message: 'Something \x1b[31mnew', count: 1, stacks: [] },
      'NewKind: Something \\x1b[31mnew',
    ],
    [
      useAfterFree({
        kind: 'alloc-dealloc-mismatch',
        message: 'alloc-dealloc-mismatch (malloc vs operator delete) on 0x6020 in thread T0',
        access: undefined as never,
        details: [],
      }),
      'Mismatched free: malloc vs operator delete',
    ],
    [
      memcheck('InvalidFree', ["Address 0x4a is 0 bytes inside a block of size 16 free'd"], {
        access: undefined as never,
        message: 'Invalid free()',
      }),
      'Double free: at the start of a 16-byte block freed before',
    ],
    [
      memcheck('SyscallParam', ["Address 0x4a is 0 bytes inside a block of size 16 alloc'd"], {
        access: undefined as never,
        message: 'Syscall param write(buf) points to uninitialised byte(s)',
      }),
      'System call parameter: Syscall param write(buf) points to uninitialised byte(s), at the start of a 16-byte block',
    ],
    [
      useAfterFree({
        kind: 'stack-overflow',
        message: 'stack-overflow on address 0x7ffd',
        access: undefined as never,
        details: [],
      }),
      'Stack overflow',
    ],
    [
      useAfterFree({ kind: 'FPE', message: 'FPE on unknown address 0x7ffd', access: undefined as never, details: [] }),
      'Fatal signal: FPE',
    ],
    [{ engine: 'asan', kind: 'double-free', certainty: 'definite', message: 'double-free', count: 1, stacks: [] }, 'Double free'],
  ])('%#', (finding, expected) => expect(headline(finding)).toBe(expected));
});

describe('allocatorOf', () => {
  const of = (...names: readonly string[]): string | undefined =>
    allocatorOf(leak({ stacks: [stack('allocation', ...names.map((name) => frame(name)), frame('user', '/w/a.c', 3))] }));

  test('names what the user called', () => {
    expect(of('malloc')).toBe('malloc');
    expect(of('__interceptor_strdup')).toBe('strdup');
    expect(of('malloc', 'strdup')).toBe('strdup');
    expect(of('malloc', 'operator new(unsigned long)', 'std::vector<int>::reserve(unsigned long)')).toBe('operator new');
    expect(of('operator new[](unsigned long)')).toBe('operator new[]');
    expect(of('malloc', '_IO_file_doallocate', '_IO_puts')).toBe('puts');
    expect(of()).toBeUndefined();
    expect(of('my_malloc')).toBeUndefined();
  });

  test('does not take the start of the program for an allocator', () => {
    expect(allocatorOf(leak({ stacks: [stack('allocation', MALLOC, frame('start_thread'), frame('clone3'), START)] }))).toBe(
      'malloc',
    );
  });
});

test.each([
  ['void std::__invoke_impl<void, void (*)()>(std::__invoke_other, void (*&&)())', 'std::__invoke_impl<void, void (*)()>'],
  ['realloc@@GLIBC_2.2.5', 'realloc'],
  ['operator new[](unsigned long)', 'operator new[]'],
  ['void* operator new(unsigned long)', 'operator new'],
  ['ns::(anonymous namespace)::f(int)', 'ns::(anonymous namespace)::f'],
  ['main', 'main'],
  ['', ''],
])('plain name of %s', (name, expected) => expect(plainFunctionName(name)).toBe(expected));

test('several findings on one line are a sum and its parts', () => {
  expect(sentenceOfSeveral([leak()])).toBe(headline(leak()));
  expect(sentenceOfSeveral([])).toBe('');
  expect(sentenceOfSeveral([leak(), leak({ leakKind: 'indirect', bytes: 24 }), useAfterFree({ count: 2 })]).split('\n')).toEqual([
    '3 findings: 2 memory errors, leaks 64 bytes in 2 blocks',
    '• Leaks 40 bytes in 1 block (direct leak), allocated by malloc',
    '• Leaks 24 bytes in 1 block (indirect leak), allocated by malloc',
    '• Heap use after free: reads 4 bytes, 8 bytes inside a 40-byte block freed before (seen 2 times)',
  ]);
});

test('the line of totals leaves out what is zero, its tooltip explains every row', () => {
  const summary = { ...emptySummary, definitely: { bytes: 12_288, blocks: 3 }, reachable: { bytes: 8, blocks: 1 } };
  expect(summaryLine(summary, 2)).toBe('definitely 12 KiB in 3 blocks · still reachable 8 bytes in 1 block · 2 errors');
  expect(summaryLine(emptySummary, 0)).toBe('no leaks, no errors');
  expect(summaryTooltip(summary, 0).split('\n')).toHaveLength(5);
});

test('visibleText leaves no control character and keeps the rest', () => {
  expect(visibleText('a\x1b[2J\r\nb\tö😀\u202ex\x9b\x7f')).toBe('a\\x1b[2J\\r\\nb\\tö😀\\u202ex\\x9b\\x7f');
});

describe('pages', () => {
  const folder = new URL('../../../docs/kinds/', import.meta.url);

  test('every kind leads to a page with all its parts, and every page is a kind’s', () => {
    for (const page of kindPages) {
      expect(existsSync(new URL(page, folder)), page).toBe(true);
      const text = readFileSync(new URL(page, folder), 'utf8');
      for (const part of ['# ', '## Example', '## How to fix it', "## What the engine can't see"])
        expect(text, page).toContain(part);
    }
    expect(readdirSync(folder).sort()).toEqual([...kindPages, 'README.md'].sort());
  });

  test('kinds of each engine, also unknown ones', () => {
    const of = (kind: string): string => docPageOf(useAfterFree({ kind }));
    expect([of('SEGV'), of('strcat-param-overlap'), of('SIGABRT'), of('brand-new'), of('InvalidFree'), of('')]).toEqual([
      'invalid-access.md',
      'overlapping-copy.md',
      'fatal-signal.md',
      'other.md',
      'invalid-free.md',
      'other.md',
    ]);
    expect(kindTitle(useAfterFree({ kind: 'brand-new' }))).toBe('brand-new');
    expect(kindTitle(leak({ leakKind: 'possibly' }))).toBe('Possibly lost');
    expect(explainKind(leak())).toMatch(/\.$/);
  });
});
