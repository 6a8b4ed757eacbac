import { describe, expect, test } from 'vitest';
import type { Obstacle, ProgramFacts, TargetFacts } from '../../../../src/engines/engine.js';
import { heaptrackEngine } from '../../../../src/engines/heaptrack/heaptrack.js';

const facts: TargetFacts = {
  machine: 'x86_64',
  distribution: ['debian'],
  heaptrack: {
    library: '/usr/lib/heaptrack/libheaptrack_preload.so',
    interpreter: '/usr/lib/heaptrack/libexec/heaptrack_interpret',
  },
};
const program: ProgramFacts = {
  path: '/bin/demo',
  machine: 'x86_64',
  bits: 64,
  interpreter: '/lib64/ld-linux-x86-64.so.2',
  needed: [],
  debugInfo: true,
  symbols: true,
  setuid: false,
};
const codes = (obstacles: readonly Obstacle[]): readonly string[] =>
  obstacles.map(({ code, blocking }) => (blocking ? code : `${code} (warning)`));

describe('plan', () => {
  const plan = heaptrackEngine.plan({
    program: '/tmp/a=b c/demo',
    args: ['-x', '$(id)'],
    reportDir: '/tmp/run',
    facts,
    suppressions: [],
    engineOptions: [],
    env: { LD_PRELOAD: '/mine.so' },
  });

  test('only the program gets the library; its words are data', () => {
    expect(plan.argv.slice(0, 2)).toEqual(['/bin/sh', '-c']);
    expect(plan.argv.slice(3)).toEqual([
      'memlens',
      '/usr/lib/heaptrack/libheaptrack_preload.so',
      '/tmp/run/allocations',
      '/tmp/a=b c/demo',
      '-x',
      '$(id)',
    ]);
    // What leads the program would be recorded in its place.
    expect(plan.env).toEqual({});
  });

  test('its record goes to a recorder, and the FIFO is not taken for a report', () => {
    expect(plan.recorder).toEqual({
      fifo: 'allocations',
      report: 'heaptrack.txt',
      argv: ['/usr/lib/heaptrack/libexec/heaptrack_interpret'],
      settleMs: 4000,
    });
    expect(plan.recorder?.report.startsWith(plan.reportPrefix)).toBe(true);
    expect(plan.recorder?.fifo.startsWith(plan.reportPrefix)).toBe(false);
  });
});

describe('obstacles', () => {
  const of = (some: Partial<ProgramFacts>) => ({ form: 'program', program: { ...program, ...some } }) as const;
  const { interpreter: _, ...staticProgram } = program;

  test('none where all is there', () => {
    expect(heaptrackEngine.obstacles(facts, { form: 'source', language: 'cpp' })).toEqual([]);
    expect(heaptrackEngine.obstacles(facts, of({}))).toEqual([]);
  });

  test('a machine without heaptrack, and what installs it', () => {
    const found = heaptrackEngine.obstacles({ distribution: ['fedora'] }, of({}));
    expect(codes(found)).toEqual(['heaptrack-missing']);
    expect(found[0]?.remedy).toBe('sudo dnf install heaptrack');
  });

  test.each([
    ['static', { form: 'program', program: staticProgram } as const, ['static-binary']],
    ['musl', of({ interpreter: '/lib/ld-musl-x86_64.so.1' }), ['musl']],
    ['setuid', of({ setuid: true }), ['setuid']],
    ['a sanitizer', of({ sanitizer: 'asan' }), ['has-sanitizer']],
    ['32 bit', of({ machine: 'i686', bits: 32 }), ['wrong-machine']],
    ['another machine', of({ machine: 'aarch64' }), ['wrong-machine']],
    ['no debug information', of({ debugInfo: false }), ['no-debug-info (warning)']],
  ])('%s', (_name, subject, expected) => {
    const found = heaptrackEngine.obstacles(facts, subject);
    expect(codes(found)).toEqual(expected);
    // Of heaptrack, not of the engine that has the same obstacles.
    for (const { reason } of found) expect(reason).not.toMatch(/LeakSanitizer/);
  });
});
