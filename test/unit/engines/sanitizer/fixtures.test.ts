import { describe, expect, test } from 'vitest';
import { COMPILERS, fixture, outline, read } from './reading.js';

/** Each program of test/fixtures/sources, as gcc and clang report it: without columns for gcc. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'heap-overflow': [
    'asan heap-buffer-overflow read 4',
    '  access: sum@heap-overflow.c:4:45 < main@heap-overflow.c:10:15',
    '  allocation: main@heap-overflow.c:8:17',
  ],
  'stack-overflow-buffer': [
    'asan stack-buffer-overflow write 17',
    '  access: fill@stack-overflow-buffer.c:2:42 < main@stack-overflow-buffer.c:7:3',
    '  allocation: main@stack-overflow-buffer.c:3',
  ],
  'use-after-return': [
    'asan stack-use-after-return read 4',
    '  access: main@use-after-return.c:8:10',
    '  allocation: local@use-after-return.c:2',
  ],
  'use-after-scope': [
    'asan stack-use-after-scope read 4',
    '  access: main@use-after-scope.c:7:10',
    '  allocation: main@use-after-scope.c:1',
  ],
  'global-overflow': [
    'asan global-buffer-overflow read 4',
    '  access: main@global-overflow.c:4:10',
    '  allocation: @global-overflow.c:1:5',
  ],
  'null-write': ['asan SEGV write', '  access: set@null-write.c:2:57 < main@null-write.c:4:3'],
  'wild-read': ['asan SEGV read', '  access: main@wild-read.c:3:10'],
  fpe: ['asan FPE', '  access: main@fpe.c:4:13'],
  'double-free': [
    'asan double-free',
    '  free: drop@double-free.c:2:33 < main@double-free.c:6:3',
    '  free: drop@double-free.c:2:33 < main@double-free.c:5:3',
    '  allocation: main@double-free.c:4:17',
  ],
  'bad-free': ['asan bad-free', '  free: main@bad-free.c:5:3', '  allocation: main@bad-free.c:2'],
  mismatch: ['asan alloc-dealloc-mismatch', '  free: main@mismatch.cpp:4:3', '  allocation: main@mismatch.cpp:3:17'],
  'new-delete-type': [
    'asan new-delete-type-mismatch',
    '  free: main@new-delete-type.cpp:5:3',
    '  allocation: main@new-delete-type.cpp:4:18',
  ],
  overlap: [
    'asan memcpy-param-overlap',
    '  access: main@overlap.c:7:3',
    '  allocation: main@overlap.c:5:16',
    '  allocation: main@overlap.c:5:16',
  ],
  'negative-size': ['asan negative-size-param', '  access: main@negative-size.c:6:3', '  allocation: main@negative-size.c:5:16'],
  huge: ['asan allocation-size-too-big', '  allocation: main@huge.c:4:26'],
  'calloc-overflow': ['asan calloc-overflow', '  allocation: main@calloc-overflow.c:4:26'],
  poison: ['asan use-after-poison read 1', '  access: main@poison.c:6:10', '  allocation: main@poison.c:4:17'],
  container: ['asan container-overflow read 1', '  access: main@container.cpp:6:10', '  allocation: main@container.cpp:4:37'],
  thread: [
    'asan heap-use-after-free write 4',
    '  access: late@thread.c:5:12',
    '  free: main@thread.c:11:3',
    '  allocation: main@thread.c:10:16',
    '  thread: start@thread.c:8:52 < main@thread.c:13:3',
  ],
  'many-errors': [
    'asan heap-buffer-overflow read 1',
    '  access: main@many-errors.c:7:11',
    '  allocation: main@many-errors.c:3:17',
    'asan heap-use-after-free read 1',
    '  access: main@many-errors.c:8:11',
    '  free: main@many-errors.c:5:3',
    '  allocation: main@many-errors.c:4:18',
    'asan heap-buffer-overflow write 1',
    '  access: main@many-errors.c:9:12',
    '  allocation: main@many-errors.c:3:17',
    'asan leak direct 33 1',
    '  allocation: main@many-errors.c:10:25',
  ],
  undefined: [
    'ubsan undefined-behavior',
    '  access: main@undefined.c:6:17',
    'ubsan undefined-behavior',
    '  access: shift@undefined.c:2:37 < main@undefined.c:8:16',
  ],
};

const LSAN = [
  'lsan leak direct 300 3',
  '  allocation: lose@NAME:20:28 < main@NAME:25:3',
  'lsan leak direct 24 1',
  '  allocation: build@NAME:7:25 < lose@NAME:15:32 < main@NAME:25:3',
  'lsan leak direct 10 1',
  '  allocation: ',
  'lsan leak indirect 72 3',
  '  allocation: build@NAME:7:25 < lose@NAME:15:32 < main@NAME:25:3',
];

const named = (name: string): string[] => LSAN.map((line) => line.replaceAll('NAME', name));
/** gcc's reports have no columns, but for where a global is defined. */
const forCompiler = (lines: readonly string[], folder: string): string[] =>
  folder.startsWith('gcc') ? lines.map((line) => line.replace(/(?<![@]global-overflow\.c:\d+)(:\d+):\d+/g, '$1')) : [...lines];
const gccGlobal = (lines: readonly string[]): string[] =>
  lines.map((line) => (line.startsWith('  allocation: @global') ? '  allocation: @global-overflow.c:1:5' : line));

describe.each(COMPILERS)('%s', (folder) => {
  test.each(Object.keys(EXPECTED).flatMap((name) => [`${name}.text.txt`, `${name}.machine.txt`]))('%s', (file) => {
    const { findings, end } = read(fixture(`${folder}/${file}`));
    const expected = EXPECTED[file.split('.')[0] as string] as readonly string[];
    expect(outline(findings)).toEqual(gccGlobal(forCompiler(expected, folder)));
    expect(end).toEqual({ recognised: true, partial: false });
  });

  test.each([
    ['leaks-lsan.text.txt', 'leaks.c'],
    ['leaks-lsan.machine.txt', 'leaks.c'],
    ['odd-name.text.txt', 'it\'s "a" #1 ü.c'],
    ['odd-name.machine.txt', 'it\'s "a" #1 ü.c'],
  ])('%s', (file, name) => {
    const { findings, end } = read(fixture(`${folder}/${file}`));
    expect(outline(findings)).toEqual(forCompiler(named(name), folder));
    expect(end.partial).toBe(false);
  });

  test('a machine frame has its module and offset too', () => {
    const frame = read(fixture(`${folder}/heap-overflow.machine.txt`)).findings[0]?.stacks[0]?.frames[0];
    expect(frame).toMatchObject({
      function: 'sum',
      module: '/tmp/demo/heap-overflow',
      file: '/tmp/demo/src/heap-overflow.c',
      line: 4,
    });
    expect(frame?.offset).toMatch(/^0x[0-9a-f]+$/);
    expect(frame?.address).toMatch(/^0x[0-9a-f]+$/);
  });

  test('frames of an unsymbolised report are modules and offsets', () => {
    const frames = read(fixture(`${folder}/heap-overflow.addresses.txt`)).findings[0]?.stacks[0]?.frames ?? [];
    expect(frames.length).toBeGreaterThan(2);
    expect(frames[0]?.module).toBe('/tmp/demo/heap-overflow');
    expect(frames.every((frame) => frame.function === undefined && frame.offset !== undefined)).toBe(true);
  });

  test('colours change nothing', () => {
    const plain = read(fixture(`${folder}/heap-overflow.text.txt`)).findings;
    const coloured = read(fixture(`${folder}/heap-overflow.colour.txt`)).findings;
    expect(outline(coloured)).toEqual(outline(plain));
    expect(coloured[0]?.details?.map((d) => d.replace(/0x[0-9a-f]+/g, ''))).toEqual(
      plain[0]?.details?.map((d) => d.replace(/0x[0-9a-f]+/g, '')),
    );
  });

  test('the object on the stack is explained', () => {
    const [finding] = read(fixture(`${folder}/stack-overflow-buffer.text.txt`)).findings;
    expect(finding?.details).toContain("[64, 80) 'text' (line 5) <== Memory access at offset 80 overflows this variable");
    expect(finding?.message).toBe(`stack-buffer-overflow on address ${finding?.address}`);
    expect(finding?.stacks[0]?.label).toMatch(/^WRITE of size 17 at 0x[0-9a-f]+ thread T0$/);
  });

  test('the deep stack of a stack overflow is kept', () => {
    const [finding] = read(fixture(`${folder}/stack-exhausted.text.txt`)).findings;
    expect(finding?.kind).toBe('stack-overflow');
    expect(finding?.stacks[0]?.frames.length).toBeGreaterThan(200);
  });

  test('used suppressions and omitted leaks are notes', () => {
    expect(read(fixture(`${folder}/leaks-suppressed.text.txt`)).notes).toEqual([
      { severity: 'info', code: 'suppressions', text: 'Leaks hidden by suppressions: build: 96 bytes in 4 blocks' },
    ]);
    expect(read(fixture(`${folder}/leaks-top.text.txt`)).notes.map((note) => note.code)).toEqual(['leaks-omitted']);
  });

  test('a leak check under strace is a fatal note and no finding', () => {
    const { findings, notes, end } = read(fixture(`${folder}/leaks.traced.txt`));
    expect(findings).toEqual([]);
    expect(notes.map((note) => [note.severity, note.code])).toEqual([['error', 'lsan-fatal']]);
    expect(end).toEqual({ recognised: true, partial: false });
  });
});

// llvm-symbolizer's own protocol has no way to say such a name: clang's runtime gets its first line only.
test.each(['text', 'machine'])('gcc: a line end in a file name, %s', (form) => {
  const { findings } = read(fixture(`gcc/12.2.0/line-break.${form}.txt`));
  expect(outline(findings)).toEqual(forCompiler(named('line\nbreak.c'), 'gcc'));
});

test('leaks of a program with AddressSanitizer are its own', () => {
  const { findings } = read(fixture('gcc/12.2.0/leaks-relative.text.txt'));
  expect(new Set(findings.map((finding) => finding.engine))).toEqual(new Set(['asan']));
  expect(findings[0]?.stacks[0]?.frames[1]).toMatchObject({ function: 'lose', file: 'src/leaks.c', line: 20 });
});

test('gcc: both globals of an odr-violation', () => {
  const [finding] = read(fixture('gcc/12.2.0/odr.text.txt')).findings;
  expect(finding?.kind).toBe('odr-violation');
  expect(finding?.stacks.map((stack) => stack.role)).toEqual(['allocation', 'allocation', 'other', 'other']);
  expect(finding?.stacks[1]?.frames).toEqual([{ file: '/tmp/demo/src/odr-b.c', line: 1, column: 5 }]);
});

test('clang: where an uninitialised value comes from', () => {
  for (const form of ['text', 'machine']) {
    const [finding] = read(fixture(`clang/14.0.6/uninitialized.${form}.txt`)).findings;
    expect(outline(finding ? [finding] : [])).toEqual([
      'msan use-of-uninitialized-value',
      '  access: main@uninitialized.c:6:7',
      '  origin: main@uninitialized.c:5:7',
      '  origin: make@uninitialized.c:2:33 < main@uninitialized.c:4:17',
    ]);
  }
});

test('clang: ThreadSanitizer', () => {
  const [finding] = read(fixture('clang/14.0.6/thread-tsan.text.txt')).findings;
  expect(outline(finding ? [finding] : [])).toEqual([
    'tsan heap-use-after-free write 4',
    '  access: late@thread.c:5:12',
    '  other: main@thread.c:11:3',
    '  thread: start@thread.c:8:52 < main@thread.c:13:3',
  ]);
});
