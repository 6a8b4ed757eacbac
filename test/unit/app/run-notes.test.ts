import { describe, expect, test } from 'vitest';
import { engineById } from '../../../src/app/engines.js';
import { runNotes, shortStackNotes } from '../../../src/app/run-notes.js';
import type { ProgramRun } from '../../../src/app/run-program.js';

const run = (more: Partial<ProgramRun>): ProgramRun => ({
  exit: { exitCode: 0 },
  leftBehind: 0,
  checkedAtStop: false,
  durationMs: 1000,
  ...more,
});
const codes = (more: Partial<ProgramRun>, files = 1): readonly string[] =>
  runNotes(run(more), engineById('heaptrack'), files).map(({ code }) => code);

describe('notes on a run under heaptrack', () => {
  test('an orderly end needs none', () => {
    expect(codes({})).toEqual([]);
  });

  test('one that was killed has lost its last piece; one that we ended was given the time to write it', () => {
    expect(codes({ exit: { exitCode: null, signal: 'SIGSEGV' } })).toEqual(['crashed', 'record-cut', 'in-use']);
    expect(codes({ exit: { exitCode: null, signal: 'SIGTERM' }, stopped: 'time-limit' })).toEqual(['time-limit', 'in-use']);
    expect(codes({ stopped: 'user' })).toEqual(['stopped', 'in-use']);
  });

  test('nothing recorded is an error, and nothing else is said of it', () => {
    expect(codes({ exit: { exitCode: null, signal: 'SIGABRT' } }, 0)).toEqual(['crashed', 'no-report']);
  });

  test('those of LeakSanitizer are not for it', () => {
    expect(codes({ stopped: 'user' })).not.toContain('no-leak-check');
    const stack = { role: 'allocation', frames: [{ function: 'malloc' }] } as const;
    const finding = { engine: 'x', kind: 'leak', certainty: 'possible', message: '', count: 1, stacks: [stack] } as const;
    expect(shortStackNotes(engineById('lsan'), [finding])).toHaveLength(1);
    expect(shortStackNotes(engineById('heaptrack'), [finding])).toEqual([]);
  });
});
