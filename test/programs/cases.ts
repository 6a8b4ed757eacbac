import type { CaseEngine, Expectation, ExpectedFinding, FailureCase, ProgramCase } from './case.js';

const everyEngine: readonly CaseEngine[] = ['asan', 'lsan', 'lsan-preload', 'memcheck', 'heaptrack'];
const leakSanitizers: readonly CaseEngine[] = ['asan', 'lsan', 'lsan-preload'];

/** A leak: its mark, bytes, blocks, and whether another lost block leads to it. */
type Leak = readonly [mark: string, bytes: number, blocks: number, held?: 'indirect'];

const sanitizerLeak = ([mark, bytes, blocks, held]: Leak): ExpectedFinding => ({
  kind: 'leak',
  leakKind: held ?? 'direct',
  mark,
  bytes,
  blocks,
});
const memcheckLeak = ([mark, bytes, blocks, held]: Leak): ExpectedFinding => ({
  kind: 'leak',
  leakKind: held === undefined ? 'definitely' : 'indirectly',
  mark,
  bytes,
  blocks,
});
/** heaptrack tells only that it was not freed: blocks of one stack are one finding, lost or held. */
const unfreed = (...list: readonly Leak[]): Expectation => ({
  engines: ['heaptrack'],
  findings: [...new Set(list.map(([mark]) => mark))].map((mark) => {
    const own = list.filter((leak) => leak[0] === mark);
    const sum = (of: 1 | 2): number => own.reduce((all, leak) => all + leak[of], 0);
    return { kind: 'leak', leakKind: 'unfreed', mark, bytes: sum(1), blocks: sum(2) };
  }),
});
/** The same leaks under every engine. */
const leaks = (...list: readonly Leak[]): readonly Expectation[] => [
  { engines: leakSanitizers, findings: list.map(sanitizerLeak) },
  { engines: ['memcheck'], findings: list.map(memcheckLeak) },
  unfreed(...list),
];
const asan = (...findings: readonly ExpectedFinding[]): Expectation => ({ engines: ['asan'], findings });
const memcheck = (...findings: readonly ExpectedFinding[]): Expectation => ({ engines: ['memcheck'], findings });
const clean: readonly Expectation[] = [{ engines: everyEngine, findings: [] }];

const library = (folder: string): readonly (readonly string[])[] => [
  ['${CC}', '${FLAGS}', '-shared', '-fPIC', `\${SOURCE}/${folder}/library.c`, '-o', '${OUT}/liblibrary.so'],
  ['${CC}', '${FLAGS}', `\${SOURCE}/${folder}/main.c`, '-o', '${OUT}/program', '-L${OUT}', '-llibrary', '-Wl,-rpath,${OUT}'],
];

const source = (
  file: string,
  expect: readonly Expectation[],
  more: Partial<Pick<ProgramCase, 'stdin' | 'exit' | 'notes'>> = {},
): ProgramCase => ({
  name: file.replace(/\.\w+$/, ''),
  language: file.endsWith('.cpp') ? 'cpp' : 'c',
  sources: [file],
  expect,
  ...more,
});

const lost: ProgramCase['expect'] = leaks(['lost', 7, 1]);
const ODD_SOURCE = `#include <stdlib.h>

static __attribute__((noinline)) void lose(void) {
  char *block = malloc(7); /* EXPECT(lost) */
  block[0] = 1;
}

__attribute__((no_sanitize_address, noinline)) static void scrub(void) {
  volatile char area[32768];
  for (unsigned i = 0; i < sizeof area; i++) area[i] = 0;
}

int main(void) {
  lose();
  scrub();
  return 0;
}
`;
const oddName = (name: string, file: string, more: Partial<ProgramCase> = {}): ProgramCase => ({
  name,
  language: 'c',
  sources: [file],
  files: { [file]: ODD_SOURCE },
  expect: lost,
  ...more,
});

/** Seen with gcc 12.2, clang 14.0.6 and valgrind 3.19 on x86_64, at -O0 with -g (clang for valgrind 3.19: -gdwarf-4). */
export const cases: readonly ProgramCase[] = [
  // Leaks of a textbook.
  source('leak-loop.c', leaks(['lost', 122_880, 10])),
  source('new-array-loop.cpp', leaks(['lost', 2_048_000, 5])),
  source('lost-list.c', leaks(['node', 16, 1], ['node', 144, 9, 'indirect'])),
  source('reachable.c', [
    { engines: leakSanitizers, findings: [] },
    memcheck({ kind: 'leak', leakKind: 'reachable', mark: 'kept', bytes: 64, blocks: 1 }),
    unfreed(['kept', 64, 1]),
  ]),
  source(
    'interior.c',
    [
      { engines: leakSanitizers, findings: [] },
      memcheck({ kind: 'leak', leakKind: 'possibly', mark: 'buffer', bytes: 100, blocks: 1 }),
      unfreed(['buffer', 100, 1]),
    ],
    { notes: 'For LeakSanitizer a pointer into a block is as good as one to its begin.' },
  ),
  source('realloc.c', leaks(['grown', 5000, 1])),
  source('macro-allocator.c', leaks(['packet', 48, 1])),
  source('recursion.c', leaks(['bottom', 300, 1])),
  source('reads-input.c', leaks(['line', 256, 2]), { stdin: 'one\ntwo\n' }),
  source('threads.c', leaks(['lost', 800, 20])),
  source('fork-child.c', [...leaks(['lost', 333, 1]).slice(0, 2), { engines: ['heaptrack'], findings: [] }], {
    notes: 'The child reports, not the parent; heaptrack records no child.',
  }),
  source('bsearch-callback.c', leaks(['compare', 9, 1])),
  source(
    'strdup.c',
    [
      { engines: leakSanitizers, findings: [sanitizerLeak(['copy', 22, 1])] },
      memcheck(memcheckLeak(['copy', 22, 1])),
      unfreed(['copy', 22, 1]),
    ],
    { notes: 'libc keeps no frame pointers: the caller is seen by the companion.' },
  ),

  // Several files.
  {
    name: 'header-allocator',
    language: 'c',
    sources: ['header-allocator/main.c', 'header-allocator/xalloc.h'],
    expect: leaks(['xalloc', 80, 1]),
    notes: 'The first user frame is in the header; its caller is marked EXPECT(caller).',
  },
  {
    name: 'shared-library',
    language: 'c',
    sources: ['shared-library/main.c', 'shared-library/library.c'],
    build: library('shared-library'),
    expect: leaks(['lost', 555, 1]),
  },
  {
    name: 'callback-library',
    language: 'c',
    sources: ['callback-library/main.c', 'callback-library/library.c'],
    build: library('callback-library'),
    expect: leaks(['library', 111, 1], ['visit', 63, 3]),
  },
  {
    name: 'plugin',
    language: 'c',
    sources: ['plugin/main.c', 'plugin/plugin.c'],
    build: [
      ['${CC}', '${FLAGS}', '-shared', '-fPIC', '${SOURCE}/plugin/plugin.c', '-o', '${OUT}/plugin.so'],
      ['${CC}', '${FLAGS}', '${SOURCE}/plugin/main.c', '-o', '${OUT}/program'],
    ],
    args: ['${OUT}/plugin.so'],
    expect: [
      { engines: leakSanitizers, findings: [{ ...sanitizerLeak(['lost', 777, 1]), placeOptional: true }] },
      memcheck(memcheckLeak(['lost', 777, 1])),
      unfreed(['lost', 777, 1]),
    ],
    notes: 'A closed module has no symbols at the end, unless dlclose is kept from closing it (memcheck: --keep-debuginfo=yes).',
  },

  // C++.
  source('exception.cpp', leaks(['skipped', 200, 2])),
  source('templates.cpp', leaks(['template', 128, 1], ['inlined', 77, 1])),
  source('vector-member.cpp', leaks(['object', 24, 1], ['growth', 16, 1, 'indirect'])),
  source(
    'string-member.cpp',
    [
      {
        engines: leakSanitizers,
        findings: [['object', 32, 1] as const, ['member', 50, 1, 'indirect'] as const].map(sanitizerLeak),
      },
      memcheck(memcheckLeak(['object', 32, 1]), memcheckLeak(['member', 50, 1, 'indirect'])),
      unfreed(['object', 32, 1], ['member', 50, 1]),
    ],
    {
      notes: 'The constructor in libstdc++.so has no frame pointers: MemLens has the template instantiated in the program.',
    },
  ),
  source(
    'shared-cycle.cpp',
    [
      {
        engines: leakSanitizers,
        findings: (['left', 'right'] as const).flatMap((mark) => [
          sanitizerLeak([mark, 24, 1, 'indirect']),
          sanitizerLeak([mark, 16, 1, 'indirect']),
        ]),
      },
      memcheck(
        memcheckLeak(['left', 16, 1]),
        memcheckLeak(['left', 24, 1, 'indirect']),
        memcheckLeak(['right', 16, 1, 'indirect']),
        memcheckLeak(['right', 24, 1, 'indirect']),
      ),
      {
        engines: ['heaptrack'],
        findings: [24, 16].flatMap((bytes) => (['left', 'right'] as const).flatMap((mark) => unfreed([mark, bytes, 1]).findings)),
      },
    ],
    { notes: 'Each leads to the other: LeakSanitizer calls every block indirect.' },
  ),
  source('odd-functions.cpp', leaks(['conversion', 24, 1], ['call', 28, 1], ['lambda', 3, 1])),

  // Errors.
  source('heap-overflow-write.c', [
    asan({ kind: 'heap-buffer-overflow', mark: 'access', access: 'write', size: 4, allocation: 'allocation' }),
    memcheck({ kind: 'InvalidWrite', mark: 'access', access: 'write', size: 4, allocation: 'allocation' }),
  ]),
  source('heap-overflow-read.c', [
    asan({ kind: 'heap-buffer-overflow', mark: 'access', access: 'read', size: 1, allocation: 'allocation' }),
    memcheck({ kind: 'InvalidRead', mark: 'access', access: 'read', size: 1, allocation: 'allocation' }),
  ]),
  source(
    'library-overflow.c',
    [
      asan({ kind: 'heap-buffer-overflow', mark: 'access', access: 'write', size: 14, allocation: 'allocation' }),
      memcheck(
        { kind: 'InvalidWrite', mark: 'access', access: 'write', size: 1, allocation: 'allocation' },
        { kind: 'InvalidWrite', mark: 'access', access: 'write', size: 1, allocation: 'allocation' },
      ),
    ],
    { notes: "In strcpy: the first frames are the engine's own." },
  ),
  source('stack-buffer-overflow.c', [asan({ kind: 'stack-buffer-overflow', mark: 'access', access: 'read', size: 4 })]),
  source('global-overflow.c', [asan({ kind: 'global-buffer-overflow', mark: 'access', access: 'write', size: 4 }), memcheck()]),
  source('use-after-free.c', [
    asan({ kind: 'heap-use-after-free', mark: 'access', access: 'write', size: 8, allocation: 'allocation', free: 'free' }),
    memcheck({ kind: 'InvalidWrite', mark: 'access', access: 'write', size: 8, allocation: 'allocation', free: 'free' }),
  ]),
  source('use-after-return.c', [asan({ kind: 'stack-use-after-return', mark: 'access', access: 'read', size: 4 })]),
  source('use-after-scope.c', [asan({ kind: 'stack-use-after-scope', mark: 'access', access: 'read', size: 4 })]),
  source('double-free.c', [
    asan({ kind: 'double-free', mark: 'again', allocation: 'allocation' }),
    memcheck({ kind: 'InvalidFree', mark: 'again', allocation: 'allocation' }),
  ]),
  source('invalid-free.c', [
    asan({ kind: 'bad-free', mark: 'free', allocation: 'allocation' }),
    memcheck({ kind: 'InvalidFree', mark: 'free', allocation: 'allocation' }),
  ]),
  source('free-of-stack.c', [asan({ kind: 'bad-free', mark: 'free' }), memcheck({ kind: 'InvalidFree', mark: 'free' })]),
  source('malloc-delete.cpp', [
    asan({ kind: 'alloc-dealloc-mismatch', mark: 'free', allocation: 'allocation' }),
    memcheck({ kind: 'MismatchedFree', mark: 'free', allocation: 'allocation' }),
  ]),
  source('new-array-delete.cpp', [
    asan({ kind: 'alloc-dealloc-mismatch', mark: 'free', allocation: 'allocation' }),
    memcheck({ kind: 'MismatchedFree', mark: 'free', allocation: 'allocation' }),
  ]),
  source(
    'null-write.c',
    [
      asan({ kind: 'SEGV', mark: 'access', access: 'write' }),
      memcheck({ kind: 'InvalidWrite', mark: 'access', access: 'write', size: 8 }),
    ],
    { exit: 'SIGSEGV', notes: 'AddressSanitizer ends the program itself, with its own exit code.' },
  ),
  source(
    'wild-read.c',
    [
      asan({ kind: 'SEGV', mark: 'access', access: 'read' }),
      memcheck({ kind: 'InvalidRead', mark: 'access', access: 'read', size: 4 }),
    ],
    { exit: 'SIGSEGV' },
  ),
  source('endless-recursion.c', [asan({ kind: 'stack-overflow', mark: 'call' })], {
    exit: 'SIGSEGV',
    notes: 'Memcheck tells of a fatal signal only.',
  }),
  source('overlap.c', [asan({ kind: 'strncpy-param-overlap', mark: 'call' }), memcheck({ kind: 'Overlap', mark: 'call' })]),
  source(
    'many-errors.c',
    [
      asan(
        { kind: 'heap-buffer-overflow', mark: 'overflow', access: 'write', size: 1 },
        { kind: 'heap-use-after-free', mark: 'first use', access: 'write', size: 1 },
        { kind: 'heap-use-after-free', mark: 'second use', access: 'write', size: 1 },
      ),
      memcheck(
        { kind: 'InvalidWrite', mark: 'overflow', access: 'write', size: 1 },
        { kind: 'InvalidWrite', mark: 'first use', access: 'write', size: 1 },
        { kind: 'InvalidWrite', mark: 'second use', access: 'write', size: 1 },
      ),
    ],
    { notes: 'All in one run: needs -fsanitize-recover=address and halt_on_error=0.' },
  ),
  source(
    'uninitialised.c',
    [
      { engines: leakSanitizers, findings: [] },
      memcheck(
        { kind: 'UninitCondition', mark: 'condition', origin: 'origin' },
        { kind: 'UninitValue', mark: 'value', size: 8, origin: 'origin' },
        { kind: 'SyscallParam', mark: 'write', origin: 'origin' },
      ),
    ],
    { notes: 'Origins need --track-origins=yes.' },
  ),

  // Correct programs.
  source('clean.c', clean),
  source('clean-stl.cpp', clean),
  source('clean-threads.cpp', clean),
  source('clean-fork.c', clean),
  source('clean-big.c', clean),
  source('clean-exit-code.c', clean, { exit: 3 }),
  source('clean-limits.c', clean, {
    exit: 5,
    notes: 'A frame of 4 MB, a malloc() that fails, and getline() with a size of 0: what libc does is done under each engine.',
  }),

  source('main-thread-ends.c', [{ engines: leakSanitizers, findings: [sanitizerLeak(['lost', 31, 1])] }], {
    notes: 'The process ends with its last thread. Memcheck also calls the thread that runs at the end possibly lost.',
  }),
  source('wide-strings.c', leaks(['lost', 24, 1])),

  // Names.
  oddName('odd-name', 'it\'s a "leak" #1 größe.c'),
  oddName('odd-name-backslash', 'back\\slash $HOME %s.c'),
  oddName('odd-name-dash', '-dash.c'),
  oddName('odd-name-folder', "it's $x; `y`/a: b/c.c"),
  oddName('odd-name-newline', 'new\nline.c', {
    expect: [
      { engines: leakSanitizers, findings: [{ ...sanitizerLeak(['lost', 7, 1]), placeOptional: true }] },
      memcheck(memcheckLeak(['lost', 7, 1])),
      { engines: ['heaptrack'], findings: [{ kind: 'leak', leakKind: 'unfreed', mark: 'lost', bytes: 7, blocks: 1, placeOptional: true }] },
    ],
    notes: "clang's symbolizer answers line by line: the sanitizers' texts name a file that does not exist, cut at the newline. So does what heaptrack writes.",
  }),
];

const fifty = (leakKind: 'direct' | 'definitely'): ExpectedFinding => ({
  kind: 'leak',
  leakKind,
  mark: 'lost',
  bytes: 50,
  blocks: 1,
});

export const failures: readonly FailureCase[] = [
  { name: 'never ends', source: 'never-ends.c', what: 'never-ends', notes: 'Loses 1000 bytes every 10 ms at EXPECT(tick).' },
  {
    name: 'prints gigabytes',
    source: 'endless-output.c',
    args: ['2'],
    what: 'endless-output',
    findings: [fifty('direct')],
    notes: 'The argument is in GiB.',
  },
  {
    name: 'ends by a signal',
    source: 'aborts.c',
    what: 'signal',
    findings: [fifty('definitely')],
    notes: 'SIGABRT: only memcheck still reports the leak.',
  },
  { name: 'exits non-zero', source: 'exit-code.c', what: 'exit-code', findings: [fifty('direct')], notes: 'Exit code 42.' },
  {
    name: 'outlives its parent',
    source: 'outlives-parent.c',
    what: 'outlives-parent',
    findings: [fifty('direct')],
    notes: 'Prints `child PID`; the child sleeps for a minute.',
  },
  {
    name: 'ignores SIGTERM',
    source: 'ignores-sigterm.c',
    what: 'ignores-sigterm',
    notes: 'Prints `ready`; only SIGKILL ends it.',
  },
  {
    name: 'does not compile',
    source: 'compile-error.c',
    what: 'compile-error',
    notes:
      'A missing semicolon, which clang reports at EXPECT(before) and gcc at EXPECT(after); an undeclared name at EXPECT(undeclared).',
  },
  { name: 'has no main', source: 'no-main.c', what: 'no-main' },
];
