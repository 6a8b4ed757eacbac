import { expect, test } from 'vitest';
import { fixture, outline, read } from './reading.js';

const reading = (name: string) => read(fixture(`synthetic/${name}.txt`));

test('an old clang, with a named thread', () => {
  const { findings, end } = reading('clang-3.8-heap-use-after-free');
  expect(outline(findings)).toEqual([
    'asan heap-use-after-free read 8',
    '  access: demo::Queue<std::pair<int const, std::string> >::pop(demo::Lock const&) const@queue.h:41:12 < (anonymous namespace)::run(void*)@main.cc:12:3',
    '  free: main@main.cc:30:5',
    '  allocation: main@main.cc:28:11',
    '  thread: main@main.cc:29:5',
  ]);
  expect(findings[0]?.stacks[3]?.label).toBe('Thread T3 (worker) created by T0 here:');
  expect(end.partial).toBe(false);
});

test('an old gcc: a global with no line', () => {
  const { findings } = reading('gcc-5-global');
  expect(findings[0]?.stacks[1]).toMatchObject({ role: 'allocation', frames: [{ file: "g's.c" }] });
  expect(findings[0]).toMatchObject({ kind: 'global-buffer-overflow', address: '0x000000601ae8', pid: 99 });
});

test('a new clang, with build ids', () => {
  const { findings } = reading('clang-18-stack');
  expect(outline(findings)).toEqual([
    'asan stack-buffer-overflow write 1',
    '  access: demo::set(char*, int)@s.cpp:3:10 < main@s.cpp:8:3',
    '  allocation: main@s.cpp:6',
  ]);
  expect(findings[0]?.stacks[0]?.frames[3]).toEqual({
    function: '_start',
    module: '/home/u/demo/s',
    buildId: '1b4e28ba2fa1',
    offset: '0x1f4',
    address: '0x500',
  });
});

test('Windows', () => {
  const { findings, notes } = reading('windows-msvc');
  expect(findings[0]?.stacks[0]?.frames).toEqual([
    { function: 'TestArray::run', file: 'D:\\src\\my demo\\test_array.h', line: 130, address: '0x7ff74da49770' },
    {
      function: 'std::vector<int,std::allocator<int> >::push_back',
      file: 'C:\\Program Files (x86)\\VC\\include\\vector',
      line: 733,
      address: '0x7ff74de67c0a',
    },
    { module: 'C:\\Windows\\System32\\KERNEL32.DLL', offset: '0x18001259c', address: '0x7ff81ad9259c' },
  ]);
  expect(notes.map((note) => note.code)).toEqual(['symbolizer']);
});

test('macOS', () => {
  const { findings } = reading('macos');
  expect(findings[0]?.stacks[0]?.frames).toEqual([
    { function: 'demo::Radio::~Radio()', module: '/Users/u/demo/libdemo.dylib', offset: '0xc10626', address: '0x1693a4626' },
    { function: 'main', file: 'main.cc', line: 446, address: '0x10a09b574' },
    { function: 'start', module: 'dyld', offset: '0xfffffffffff10854', address: '0x7fff' },
  ]);
  expect(findings[0]?.details).toEqual([
    'Address 0x7e97f4a511e0 is a wild pointer inside of access range of size 0x000000000008.',
  ]);
});

test('HWAddressSanitizer in logcat, with another thread between', () => {
  const { findings, end } = reading('android-logcat-hwasan');
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ engine: 'hwasan', kind: 'tag-mismatch', access: 'write', size: 8, pid: 18260 });
  expect(findings[0]?.stacks.map((stack) => [stack.role, stack.frames.length])).toEqual([
    ['access', 2],
    ['free', 2],
    ['allocation', 1],
  ]);
  expect(findings[0]?.details?.[0]).toBe('Cause: use-after-free');
  expect(end.partial).toBe(false);
});

test('two services of docker compose, line by line', () => {
  const { findings } = reading('compose-interleaved');
  expect(outline(findings)).toEqual([
    'asan heap-buffer-overflow write 1',
    '  access: db_write@db.c:7:9 < main@db.c:12:1',
    '  allocation: main@db.c:10:1',
    'asan heap-use-after-free read 4',
    '  access: web_read@web.c:4:3 < main@web.c:9:3',
    '  free: main@web.c:8:3',
  ]);
});

test("a server's own log, with words after the frames", () => {
  const { findings } = reading('server-log');
  expect(findings[0]?.stacks[0]?.frames.map((frame) => [frame.file, frame.line])).toEqual([
    [undefined, undefined],
    ['src/demo/threads.cpp', 676],
  ]);
});

test('lines with a counter', () => {
  const { findings } = reading('numbered-debug-view');
  expect(outline(findings)).toHaveLength(2);
  expect(findings[0]).toMatchObject({ kind: 'SEGV', access: 'read', pid: 19892 });
  expect(findings[0]?.stacks[0]?.frames).toHaveLength(2);
  expect(findings[0]).not.toHaveProperty('address');
});

test('a log that kept only the summaries', () => {
  const { findings, end } = reading('only-summaries');
  expect(findings).toMatchObject([
    {
      kind: 'heap-buffer-overflow',
      stacks: [
        { role: 'access', frames: [{ function: 'copy(char*, unsigned long)', file: '/home/u/demo/a b.c', line: 12, column: 3 }] },
      ],
    },
  ]);
  expect(end).toEqual({ recognised: true, partial: true });
});

test('runtime errors, with and without a stack', () => {
  const { findings, end } = reading('runtime-errors');
  expect(findings.map((finding) => [finding.message, finding.stacks[0]?.frames])).toEqual([
    [
      "load of null pointer of type 'int'",
      [{ function: 'f(int)', file: 'src/my demo/x.cpp', line: 3, column: 4, address: '0x1' }],
    ],
    ["index 4 out of bounds for type 'int [4]'", [{ file: '/home/u/demo/y.c', line: 9, column: 1 }]],
    ['not one of ours', [{ file: 'main.go', line: 9 }]],
  ]);
  expect(end.partial).toBe(false);
});

test('what a runtime says when it can not start', () => {
  expect(reading('deadly-loop').notes.map((note) => note.code)).toEqual(['asan-aslr']);
  expect(reading('refused').notes.map((note) => note.code)).toEqual(['asan-aslr', 'asan-order', 'nested-bug']);
});

test('a thread that is told after the SUMMARY, and shortened frames', () => {
  const { findings, end } = reading('thread-after-summary');
  expect(outline(findings)).toEqual([
    'asan SEGV read',
    '  access: run@t.c:56 < operator demo::View *@raw_ptr.h:554:56',
    '  thread: main@t.c:70',
  ]);
  expect(findings[0]?.stacks[0]?.frames[2]).toEqual({ function: 'malloc', module: '/usr/lib/libasan.so.5', address: '0x7d' });
  expect(end).toEqual({ recognised: true, partial: false });
});

test('a mail that wraps its lines', () => {
  const { findings } = reading('mail-wrapped');
  expect(findings[0]?.stacks[0]?.frames).toMatchObject([
    { file: '/tmp/portage/demo-libs/ziplib-0.13.62-r1/zip/memdisk.c', line: 248, column: 20 },
    { function: 'entry_new', file: '/tmp/portage/demo/main.c', line: 3 },
  ]);
});

test('other kinds, among them one of a release to come and a leak without a stack', () => {
  const { findings, end } = reading('other-kinds');
  expect(
    findings.map((finding) => [finding.engine, finding.kind, finding.stacks[0]?.role, finding.stacks[0]?.frames[0]?.line]),
  ).toEqual([
    ['asan', 'some-future-error', 'access', 1],
    ['asan', 'bad-malloc_usable_size', 'access', 2],
    ['asan', 'invalid-pointer-pair', 'access', 3],
    ['asan', 'rss-limit-exceeded', 'allocation', 4],
    ['asan', 'heap-buffer-overflow', 'access', 5],
    ['asan', 'out-of-memory', 'allocation', 6],
    ['hwasan', 'leak', undefined, undefined],
    ['hwasan', 'leak', undefined, undefined],
  ]);
  expect(findings[7]).toMatchObject({ leakKind: 'indirect', bytes: 9, blocks: 2 });
  expect(end).toEqual({ recognised: true, partial: false });
});

test('two processes on one stream: what is not sure is left out, and each keeps its name', () => {
  const { findings } = read(
    [
      '==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x5 at pc 0x1 bp 0x2 sp 0x3',
      'READ of size 4 at 0x5 thread T0',
      '    #0 0x1 in a0 /a.c:1',
      '==2==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x6 at pc 0x1 bp 0x2 sp 0x3',
      'READ of size 2 at 0x6 thread T0',
      '    #0 0x1 in b0 /b.c:1',
      '    #1 0x1 in a1 /a.c:2',
      '    #1 0x1 in b1 /b.c:2',
      'SUMMARY: AddressSanitizer: heap-use-after-free /a.c:1 in a0',
      'SUMMARY: AddressSanitizer: heap-buffer-overflow /b.c:1 in b0',
      '',
    ].join('\n'),
  );
  expect(
    findings.map((finding) => [finding.pid, finding.kind, finding.stacks[0]?.frames.map((frame) => frame.function)]),
  ).toEqual([
    [1, 'heap-use-after-free', ['a0']],
    [2, 'heap-buffer-overflow', ['b0']],
  ]);
});

test.each([
  'valgrind: nothing of ours\n==1== Invalid read of size 4\n==1==    at 0x1: main (a.c:1)\n',
  'We fixed the heap-use-after-free that AddressSanitizer found in #12 last week\n',
  'A line like "ERROR: AddressSanitizer: heap-use-after-free" means that memory was freed.\n',
  '',
])('not a report: %j', (text) => {
  expect(read(text)).toEqual({ findings: [], notes: [], end: { recognised: false, partial: false } });
});
