import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Obstacle, ProgramFacts, RunInput, TargetFacts } from '../../../../src/engines/engine.js';
import { asanEngine, lsanEngine, lsanPreloadEngine } from '../../../../src/engines/sanitizer/engines.js';
import { formatFlags, mergeFlags, parseFlags } from '../../../../src/engines/sanitizer/flags.js';
import { MACHINE_FORMAT, parseMachineFrame } from '../../../../src/engines/sanitizer/machine-format.js';

const facts: TargetFacts = {
  c: { command: 'gcc', family: 'gcc', version: '12.2.0', asan: true, lsan: true },
  cpp: { command: 'clang++', family: 'clang', version: '14.0.6', asan: true, lsan: true },
  lsanRuntime: '/usr/lib/liblsan.so.0',
  companion: '/opt/companion.so',
  symbolizer: { path: '/usr/bin/llvm-symbolizer', kind: 'llvm-symbolizer' },
  setarch: true,
  mmapRndBits: 28,
  ptraceScope: 1,
  distribution: ['debian'],
  machine: 'x86_64',
};
const program: ProgramFacts = {
  path: '/bin/demo',
  machine: 'x86_64',
  bits: 64,
  interpreter: '/lib64/ld-linux-x86-64.so.2',
  needed: ['libc.so.6'],
  debugInfo: true,
  symbols: true,
  setuid: false,
};
const input: RunInput = {
  program: '/bin/demo',
  args: ['-x', 'a b'],
  reportDir: '/tmp/run',
  facts,
  suppressions: [],
  engineOptions: [],
  env: {},
  control: '/tmp/run/control',
};
const codes = (found: readonly Obstacle[]): string[] => found.map((o) => `${o.code}${o.blocking ? '' : ' (warning)'}`);

describe('flags', () => {
  test.each([
    ['a=1:b=2', { a: '1', b: '2' }],
    [" a=1,b='x:y z' c=\"it's\"\n", { a: '1', b: 'x:y z', c: "it's" }],
    ['a=1:a=2', { a: '2' }],
    ['lonely:a=1', { a: '1' }],
    ['a="open', {}],
    ['a=', { a: '' }],
  ])('%j', (text, flags) => {
    expect(Object.fromEntries(parseFlags(text))).toEqual(flags);
  });

  test('what can be written is read back', () => {
    const value = fc
      .string({ maxLength: 20 })
      .filter((text) => !(text.includes("'") && text.includes('"')) && !text.includes('\0'));
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,10}$/), value), (dictionary) => {
        const flags = new Map(Object.entries(dictionary));
        expect(parseFlags(formatFlags(flags))).toEqual(flags);
      }),
    );
  });

  test('later ones win', () => {
    expect(formatFlags(mergeFlags(parseFlags('a=1:b=2'), parseFlags('a=3')))).toBe('b=2:a=3');
  });
});

describe('machine format', () => {
  test('separators in names do no harm', () => {
    const fields = ['3', '0x1f', '/m\x1fod', '0x2', 'f(\x1f)', '0x0', '/a\x1fb\n.c', '12', '0'];
    expect(parseMachineFrame(fields.join('\x1f'))).toEqual({
      number: 3,
      frame: { function: 'f(\x1f)', file: '/a\x1fb\n.c', line: 12, module: '/m\x1fod', offset: '0x2', address: '0x1f' },
    });
  });

  test('nothing is invented for what is missing or not whole', () => {
    const missing = ['0', '0x1', '<null>', '0x0', '<null>', '0x0', '<null>', '0', '0'];
    expect(parseMachineFrame(missing.join('\x1f'))).toEqual({ number: 0, frame: { address: '0x1' } });
    for (let length = 0; length < missing.length; length++) {
      expect(parseMachineFrame(missing.slice(0, length).join('\x1f'))).toBeUndefined();
    }
  });
});

describe('plans', () => {
  test('asan', () => {
    const plan = asanEngine.plan(input);
    expect(plan.argv).toEqual(['/bin/demo', '-x', 'a b']);
    expect(Object.fromEntries(parseFlags(plan.env.ASAN_OPTIONS ?? ''))).toEqual({
      halt_on_error: '0',
      allocator_may_return_null: '1',
      detect_leaks: '1',
      detect_stack_use_after_return: '1',
      verify_asan_link_order: '0',
      log_path: '/tmp/run/sanitizer',
      exitcode: '0',
      stack_trace_format: MACHINE_FORMAT,
    });
    expect(plan.env.LD_PRELOAD).toBe('/opt/companion.so');
    expect(plan.env.MEMLENS_CONTROL).toBe('/tmp/run/control');
    expect(plan.env.ASAN_SYMBOLIZER_PATH).toBe('/usr/bin/llvm-symbolizer');
    expect(plan).toMatchObject({ reportPrefix: 'sanitizer.', onDemand: true, reportsOnTerm: false });
  });

  test("the user's own flags win, but for those that the report needs", () => {
    const plan = asanEngine.plan({
      ...input,
      env: {
        ASAN_OPTIONS: 'detect_leaks=0:exitcode=7,log_path=/else',
        LD_PRELOAD: '/usr/lib/mine.so',
        ASAN_SYMBOLIZER_PATH: '/s',
      },
      engineOptions: ['quarantine_size_mb=8:suppressions=/my.supp'],
      suppressions: ['/a \'b\' "c".supp', "/it's a.supp"],
    });
    const asan = parseFlags(plan.env.ASAN_OPTIONS ?? '');
    expect([asan.get('detect_leaks'), asan.get('exitcode'), asan.get('log_path')]).toEqual(['0', '0', '/tmp/run/sanitizer']);
    expect([asan.get('quarantine_size_mb'), asan.get('suppressions')]).toEqual(['8', undefined]);
    expect(parseFlags(plan.env.LSAN_OPTIONS ?? '').get('suppressions')).toBe('/my.supp');
    expect(plan.env.LD_PRELOAD).toBe('/opt/companion.so:/usr/lib/mine.so');
    expect(plan.env).not.toHaveProperty('ASAN_SYMBOLIZER_PATH');
  });

  test('of several suppression files the first that can be named is used', () => {
    const plan = lsanEngine.plan({ ...input, suppressions: ['/a \'b\' "c".supp', "/it's a.supp", '/other'] });
    expect(parseFlags(plan.env.LSAN_OPTIONS ?? '').get('suppressions')).toBe("/it's a.supp");
  });

  test('addresses are fixed where an old runtime would fail', () => {
    expect(asanEngine.plan({ ...input, facts: { ...facts, mmapRndBits: 32 } }).argv.slice(0, 4)).toEqual([
      'setarch',
      'x86_64',
      '-R',
      '/bin/demo',
    ]);
    expect(lsanPreloadEngine.plan({ ...input, facts: { ...facts, mmapRndBits: 32 } }).argv[0]).toBe('/bin/demo');
  });

  test('lsan-preload: the runtime, the companion, and then what the user preloads', () => {
    const plan = lsanPreloadEngine.plan({ ...input, env: { LD_PRELOAD: '/mine.so' } });
    expect(plan.env.LD_PRELOAD).toBe('/usr/lib/liblsan.so.0:/opt/companion.so:/mine.so');
    expect(plan.env).not.toHaveProperty('ASAN_OPTIONS');
  });

  test('without the companion nothing can be asked for', () => {
    const { companion: _, ...without } = facts;
    expect(lsanEngine.plan({ ...input, facts: without })).toMatchObject({ onDemand: false });
    expect(lsanEngine.plan({ ...input, facts: without }).env).not.toHaveProperty('LD_PRELOAD');
  });
});

describe('obstacles', () => {
  const source = { form: 'source', language: 'c' } as const;
  const of = (some: Partial<ProgramFacts>) => ({ form: 'program', program: { ...program, ...some } }) as const;
  const { interpreter: _, ...staticProgram } = program;

  test('none where all is there', () => {
    for (const engine of [asanEngine, lsanEngine, lsanPreloadEngine]) expect(engine.obstacles(facts, source)).toEqual([]);
    expect(asanEngine.obstacles(facts, of({ sanitizer: 'asan' }))).toEqual([]);
    expect(lsanPreloadEngine.obstacles(facts, of({}))).toEqual([]);
  });

  test('an empty machine', () => {
    expect(codes(asanEngine.obstacles({}, source))).toEqual(['compiler-missing']);
    expect(codes(lsanPreloadEngine.obstacles({}, of({})))).toEqual(['lsan-runtime-missing', 'companion-missing']);
    expect(asanEngine.obstacles({ distribution: ['fedora'] }, { form: 'source', language: 'cpp' })[0]?.remedy).toBe(
      'sudo dnf install gcc-c++',
    );
  });

  test.each([
    ['asan', { ...facts, c: { ...facts.c, asan: false } } as TargetFacts, 'asan-runtime-missing'],
    ['lsan', { ...facts, c: { ...facts.c, lsan: false } } as TargetFacts, 'lsan-runtime-missing'],
  ])('%s: no runtime', (id, some, code) => {
    expect(codes((id === 'asan' ? asanEngine : lsanEngine).obstacles(some, source))).toEqual([code]);
  });

  test.each([
    ['static', { form: 'program', program: staticProgram } as const, ['static-binary']],
    ['musl', of({ interpreter: '/lib/ld-musl-x86_64.so.1' }), ['musl']],
    ['setuid', of({ setuid: true }), ['setuid']],
    ['a sanitizer of its own', of({ sanitizer: 'asan' }), ['has-sanitizer']],
    ['32 bit', of({ machine: 'i386', bits: 32 }), ['wrong-machine']],
    ['no debug information', of({ debugInfo: false }), ['no-debug-info (warning)']],
  ])('lsan-preload: %s', (_name, subject, expected) => {
    expect(codes(lsanPreloadEngine.obstacles(facts, subject))).toEqual(expected);
  });

  test('a program that was not built for the engine', () => {
    expect(codes(asanEngine.obstacles(facts, of({})))).toEqual(['not-built-for-asan']);
    expect(codes(lsanEngine.obstacles(facts, of({ sanitizer: 'asan' })))).toEqual(['other-sanitizer']);
  });

  test('a runtime whose path can not be preloaded', () => {
    expect(codes(lsanPreloadEngine.obstacles({ ...facts, lsanRuntime: '/my libs/liblsan.so' }, of({})))).toEqual([
      'preload-path',
    ]);
  });

  test('kernel settings', () => {
    const { setarch: _setarch, ...without } = facts;
    expect(codes(asanEngine.obstacles({ ...without, mmapRndBits: 32, ptraceScope: 2 }, source))).toEqual([
      'ptrace-scope (warning)',
      'aslr (warning)',
    ]);
    expect(codes(lsanPreloadEngine.obstacles({ ...facts, ptraceScope: 3 }, of({})))).toEqual(['ptrace-scope (warning)']);
  });

  test('every remedy is one line', () => {
    const all = [asanEngine, lsanEngine, lsanPreloadEngine].flatMap((engine) =>
      [source, of({}), of({ sanitizer: 'other', setuid: true, debugInfo: false, machine: 'arm' })].flatMap((subject) =>
        engine.obstacles({ ptraceScope: 3, mmapRndBits: 32, machine: 'x86_64' }, subject),
      ),
    );
    expect(all.length).toBeGreaterThan(10);
    for (const obstacle of all) expect(obstacle.remedy).toMatch(/^[^\n]+$/);
  });
});
