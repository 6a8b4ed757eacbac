import { describe, expect, it } from 'vitest';
import type { ProgramFacts, RunInput, TargetFacts } from '../../../../src/engines/engine.js';
import { memcheckEngine } from '../../../../src/engines/memcheck/memcheck.js';

const FACTS: TargetFacts = {
  valgrind: { path: '/usr/bin/valgrind', version: '3.24.0' },
  machine: 'x86_64',
  distribution: ['debian'],
};
const PROGRAM: ProgramFacts = {
  path: '/p/app',
  machine: 'x86_64',
  bits: 64,
  interpreter: '/lib64/ld-linux-x86-64.so.2',
  needed: ['libc.so.6'],
  debugInfo: true,
  symbols: true,
  setuid: false,
};
const codes = (facts: Partial<TargetFacts>, program: Partial<ProgramFacts> = {}): string[] =>
  memcheckEngine
    .obstacles({ ...FACTS, ...facts } as TargetFacts, { form: 'program', program: { ...PROGRAM, ...program } as ProgramFacts })
    .map((obstacle) => `${obstacle.code}${obstacle.blocking ? '!' : ''}`);

describe('memcheckEngine.plan', () => {
  const input: RunInput = {
    program: '-odd name',
    args: ['--leak-check=no', ''],
    reportDir: '/tmp/50%p',
    facts: FACTS,
    suppressions: ['/w/a b.supp'],
    engineOptions: ['--track-origins=no'],
    env: {},
  };

  it('gives the program as data, the options of the user last, and a file to each process', () => {
    const { argv, reportPrefix, reportsOnTerm } = memcheckEngine.plan(input);
    expect(argv[0]).toBe('/usr/bin/valgrind');
    expect(argv).toContain('--xml-file=/tmp/50%%p/memcheck.%p.xml');
    expect(argv).toContain('--vgdb-prefix=/tmp/50%p/vgdb');
    expect(argv).toContain('--keep-debuginfo=yes');
    expect(argv.slice(-6)).toEqual([
      '--suppressions=/w/a b.supp',
      '--track-origins=no',
      '--',
      '-odd name',
      '--leak-check=no',
      '',
    ]);
    expect(reportPrefix).toBe('memcheck');
    expect(reportsOnTerm).toBe(true);
  });

  it('leaves out an option that an old valgrind refuses', () => {
    const facts = { ...FACTS, valgrind: { path: 'valgrind', version: '3.13.0' } };
    expect(memcheckEngine.plan({ ...input, facts }).argv).not.toContain('--keep-debuginfo=yes');
  });
});

describe('memcheckEngine.obstacles', () => {
  it('has none on a machine that can', () => {
    expect(codes({})).toEqual([]);
    expect(memcheckEngine.obstacles(FACTS, { form: 'source', language: 'c' })).toEqual([]);
    expect(codes({}, { machine: 'i386', bits: 32 })).toEqual([]);
  });

  it('asks for valgrind with the command of the distribution', () => {
    const { valgrind: _, ...without } = FACTS;
    const [obstacle] = memcheckEngine.obstacles(without, { form: 'source', language: 'c' });
    expect(obstacle).toMatchObject({ blocking: true, code: 'valgrind-missing', remedy: 'sudo apt install valgrind' });
  });

  it.each([
    ['valgrind-too-old!', { valgrind: { path: 'valgrind', version: '3.5.0' } }, { debugInfo: false }],
    ['static-binary!', {}, { interpreter: undefined }],
    ['musl!', {}, { interpreter: '/lib/ld-musl-x86_64.so.1' }],
    ['setuid!', {}, { setuid: true }],
    ['sanitizer-linked!', {}, { sanitizer: 'asan' }],
    ['wrong-architecture!', {}, { machine: 'aarch64' }],
    ['no-debug-info', {}, { debugInfo: false }],
    ['dwarf5', { valgrind: { path: 'valgrind', version: '3.19.0' } }, {}],
  ] as const)('tells %s', (code, facts, program) => {
    expect(codes(facts, program as Partial<ProgramFacts>)).toContain(code);
  });
});
