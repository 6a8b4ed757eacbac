import { describe, expect, test } from 'vitest';
import { assembleReport } from '../../../src/findings/assemble.js';
import { fingerprint } from '../../../src/findings/fingerprint.js';
import { sortFindings } from '../../../src/findings/order.js';
import { addSummaries, emptySummary, summarise } from '../../../src/findings/summary.js';
import { frame, leak, stack, useAfterFree } from './make-finding.js';

describe('summarise', () => {
  test('counts direct leaks as definitely and indirect ones as indirectly lost, and errors as often as seen', () => {
    const all = [
      leak(),
      leak({ leakKind: 'indirect', bytes: 7 }),
      leak({ leakKind: 'possibly', blocks: 2 }),
      useAfterFree({ count: 3 }),
    ];
    expect(summarise(all)).toEqual({
      summary: {
        ...emptySummary,
        definitely: { bytes: 40, blocks: 1 },
        indirectly: { bytes: 7, blocks: 1 },
        possibly: { bytes: 40, blocks: 2 },
      },
      errors: 3,
    });
  });

  test("prefers the engine's own totals", () => {
    const own = { ...emptySummary, suppressed: { bytes: 1, blocks: 1 } };
    expect(summarise([leak()], own)).toEqual({ summary: own, errors: 0 });
    expect(addSummaries(own, own).suppressed).toEqual({ bytes: 2, blocks: 2 });
  });
});

test('sorts errors in their order, then leaks by certainty and bytes', () => {
  const named = (message: string, more: Parameters<typeof leak>[0]) => leak({ message, ...more });
  const sorted = sortFindings([
    named('reachable', { leakKind: 'reachable', bytes: 9999 }),
    named('small', { bytes: 1 }),
    named('possible', { leakKind: 'possibly', certainty: 'possible', bytes: 500 }),
    useAfterFree({ message: 'first' }),
    named('owned', { leakKind: 'indirect', bytes: 77 }),
    named('owner', { leakKind: 'direct', bytes: 77 }),
    useAfterFree({ message: 'second', count: 9 }),
  ]);
  expect(sorted.map(({ message }) => message)).toEqual(['first', 'second', 'owner', 'owned', 'small', 'possible', 'reachable']);
});

describe('fingerprint', () => {
  const of = (...frames: Parameters<typeof stack>[1][]) => fingerprint(leak({ stacks: [stack('allocation', ...frames)] }));

  test('does not change with folders, addresses, sizes and depth of recursion', () => {
    const here = frame('f', '/w/a.c', 3, { address: '0x1' });
    expect(of(here)).toMatch(/^[0-9a-f]{16}$/);
    expect(of(frame('f', '/build/src/a.c', 3, { address: '0x2', offset: '0x9' }))).toBe(of(here));
    expect(of(here, here, here)).toBe(of(here));
    expect(fingerprint(leak({ bytes: 1, pid: 3 }))).toBe(fingerprint(leak()));
  });

  test('changes with what matters', () => {
    const all = [
      of(frame('f', 'a.c', 3)),
      of(frame('f', 'a.c', 4)),
      of(frame('g', 'a.c', 3)),
      of(frame('f', 'b.c', 3)),
      of(frame('fa', '.c', 3)),
      of({ module: '/x/a', offset: '0x1' }),
      of({ module: '/x/a', offset: '0x2' }),
      of(),
      fingerprint(leak({ leakKind: 'indirect', stacks: [] })),
      fingerprint(leak({ engine: 'lsan', stacks: [] })),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});

test('assembleReport sorts, places and asks for each file once', () => {
  const asked: string[] = [];
  const report = assembleReport(
    { findings: [leak(), leak({ leakKind: 'indirect' }), useAfterFree()], notes: [], partial: true },
    (file) => {
      asked.push(file);
      return { path: file, owner: 'workspace' };
    },
  );
  expect(report.findings.map(({ kind }) => kind)).toEqual(['heap-use-after-free', 'leak', 'leak']);
  expect(report.findings[0]?.place).toEqual({ function: 'uaf()', file: '/w/src/a.cpp', line: 6, column: null });
  expect(report.partial).toBe(true);
  expect(report.errors).toBe(1);
  expect('run' in report).toBe(false);
  expect(asked.sort()).toEqual(['../csu/libc-start.c', '/w/src/a.c', '/w/src/a.cpp']);
});
