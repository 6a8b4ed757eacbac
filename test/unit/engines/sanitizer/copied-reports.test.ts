import { describe, expect, test } from 'vitest';
import { withoutEntities } from '../../../../src/engines/sanitizer/line-prefix.js';
import { outline, read } from './reading.js';

// A report in the form of clang 16, as pages, mails and build servers give it back.
const LINES = [
  '=================================================================',
  '==77==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000014 at pc 0x55d0 bp 0x7ffe sp 0x7ffd',
  'WRITE of size 4 at 0x602000000014 thread T0',
  '    #0 0x55d0 in demo::put<int>(std::vector<int>&, int) /home/u/demo/put.h:9:8',
  '    #1 0x55d8 in main /home/u/demo/main.cpp:4:3',
  '    #2 0x7f01 in __libc_start_main (/lib/x86_64-linux-gnu/libc.so.6+0x29d8f)',
  '',
  '0x602000000014 is located 0 bytes after 4-byte region [0x602000000010,0x602000000014)',
  'allocated by thread T0 here:',
  '    #0 0x5500 in operator new(unsigned long) /llvm/compiler-rt/lib/asan/asan_new_delete.cpp:95:3',
  '    #1 0x55d4 in main /home/u/demo/main.cpp:3:12',
  '',
  'SUMMARY: AddressSanitizer: heap-buffer-overflow /home/u/demo/put.h:9:8 in demo::put<int>(std::vector<int>&, int)',
  '==77==ABORTING',
];

const escaped = (line: string): string => line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

describe('a report that went through something else', () => {
  test.each([
    ['no-break spaces', (line: string) => line.replace(/^ +/, (blanks) => '\u00a0'.repeat(blanks.length))],
    ['no-break spaces everywhere', (line: string) => line.replaceAll(' ', '\u00a0')],
    ['entities of a web page', escaped],
    ['a diff', (line: string) => `+${line}`],
    ['a diff with nothing before the number', (line: string) => `+${line.trim()}`],
    ['a quoted mail', (line: string) => `>> ${line}`],
    ['colour codes without their escape', (line: string) => `[1m[31m${line}[0m`],
    ['time stamps of Buildkite', (line: string) => `\x1b_bk;t=1694000000000\x07${line}`],
    ['Azure Pipelines', (line: string) => `2024-01-02T03:04:05.1234567Z ##[error]${line}`],
    ['blanks thrown together', (line: string) => line.trim().replace(/\s+/g, ' ')],
  ])('%s', (_name, change) => {
    const { findings, end } = read(`${LINES.map(change).join('\n')}\n`);
    expect(outline(findings)).toEqual([
      'asan heap-buffer-overflow write 4',
      '  access: demo::put<int>(std::vector<int>&, int)@put.h:9:8 < main@main.cpp:4:3',
      '  allocation: main@main.cpp:3:12',
    ]);
    expect(findings[0]).toMatchObject({ pid: 77, address: '0x602000000014' });
    expect(end.partial).toBe(false);
  });

  test('a frame that was folded, with the same prefix on both lines', () => {
    const lines = LINES.flatMap((line) =>
      line.includes('main.cpp:4') ? ['    #1 0x55d8 in main', '    /home/u/demo/main.cpp:4:3'] : line,
    );
    for (const prefix of ['', '> ', '12: ']) {
      const { findings } = read(lines.map((line) => `${prefix}${line}\n`).join(''));
      expect(findings[0]?.stacks[0]?.frames[1]).toMatchObject({ function: 'main', file: '/home/u/demo/main.cpp', line: 4 });
    }
  });

  test('only the entities that pages write are taken for such', () => {
    expect(withoutEntities('f(A&&) &lt;x&#39;&gt; &unknown; &amp;lt;')).toBe("f(A&&) <x'> &unknown; &lt;");
  });
});

test('the allocator of LLVM that says "out of memory" first', () => {
  const { findings } = read(
    '==9==ERROR: AddressSanitizer: out of memory: allocator is trying to allocate 0x40000004 bytes\n' +
      '    #0 0x55 in malloc /llvm/compiler-rt/lib/asan/asan_malloc_linux.cpp:52:3\n    #1 0x56 in grow /home/u/demo/grow.c:8:2\n\n' +
      'SUMMARY: AddressSanitizer: out-of-memory /home/u/demo/grow.c:8:2 in grow\n',
  );
  expect(findings[0]).toMatchObject({ kind: 'out-of-memory', pid: 9, stacks: [{ role: 'allocation' }] });
});

test.each([
  ['shift.c:3:5', 'shift.c'],
  ['src/my shift.c:3:5', 'src/my shift.c'],
  ['worker 3 src/shift.c:3:5', 'src/shift.c'],
  ['worker shift.c:3:5', 'shift.c'],
  ['unit (gcc)\tRun\t2024-01-02T03:04:05.1234567Z src/shift.c:3:5', 'src/shift.c'],
  ['## ../../src/my shift.c:3:5', '../../src/my shift.c'],
  ['(03:04:05) /src/shift.c:3:5', '/src/shift.c'],
  ['worker says: C:\\src\\shift.c:3:5', 'C:\\src\\shift.c'],
])('a runtime error after %s', (before, file) => {
  const { findings } = read(`${before}: runtime error: shift exponent 33 is too large for 32-bit type 'int'\n`);
  expect(findings[0]).toMatchObject({ engine: 'ubsan', stacks: [{ frames: [{ file, line: 3, column: 5 }] }] });
});

test('frames that a symbolizer numbered twice', () => {
  const { findings } = read(
    '==5==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000000 (pc 0x1 bp 0x2 sp 0x3 T0)\n' +
      '    #0 0x1 in raise (/lib/libc.so.6+0x10)\n    #1 0x2 in abort (/lib/libc.so.6+0x20)\n    #2 0x3  (/usr/lib/libc++abi.so.1+0x30)\n' +
      '    #1 0x4 in check /home/u/demo/check.cpp:4:2\n    #2 0x5 in main /home/u/demo/main.cpp:9:2\n\n' +
      'SUMMARY: AddressSanitizer: SEGV (/lib/libc.so.6+0x10) in raise\n==5==ABORTING\n',
  );
  expect(outline(findings)).toEqual(['asan SEGV', '  access: check@check.cpp:4:2 < main@main.cpp:9:2']);
});

test('only the first and the last line of a report', () => {
  const head = '==5==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000010 (pc 0x1 bp 0x2 sp 0x3 T0)\n';
  const { findings } = read(`${head}SUMMARY: AddressSanitizer: SEGV /home/u/demo/main.c:4:2 in main\n==5==ABORTING\n`);
  expect(outline(findings)).toEqual(['asan SEGV', '  access: main@main.c:4:2']);
  expect(read(`${head}SUMMARY: AddressSanitizer: SEGV (<unknown module>)\n`).findings[0]?.stacks).toEqual([]);
});
