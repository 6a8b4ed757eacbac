import { describe, expect, test } from 'vitest';
import { reportProfile } from '../../../../src/app/heap/report-profile.js';
import type { PlacedFinding, Report } from '../../../../src/model/report.js';
import { linesOf } from '../../insight/heap/a-profile.js';

const finding = (more: Partial<PlacedFinding>): PlacedFinding => ({
  engine: 'memcheck',
  kind: 'leak',
  certainty: 'definite',
  message: 'definitely lost',
  leakKind: 'definitely',
  bytes: 100,
  blocks: 1,
  count: 1,
  stacks: [
    { role: 'allocation', frames: [{ function: 'malloc' }, { function: 'grow', file: 'list.c', line: 7 }, { function: 'main' }] },
  ],
  fingerprint: 'f',
  place: null,
  sources: { 'list.c': '/src/list.c' },
  ...more,
});

const nothing = { bytes: 0, blocks: 0 };
const report = (findings: readonly PlacedFinding[], more: Partial<Report> = {}): Report => ({
  findings,
  summary: { definitely: nothing, indirectly: nothing, possibly: nothing, reachable: nothing, suppressed: nothing },
  errors: 0,
  partial: false,
  notes: [],
  ...more,
});

describe('the findings of a run as a heap profile', () => {
  test('what leaked, by stack: bytes and blocks', () => {
    const profile = reportProfile(report([finding({}), finding({ leakKind: 'indirectly', bytes: 50, blocks: 2 })]))!;
    expect(profile.measures).toEqual([
      { quantity: 'live', unit: 'bytes', name: 'leaked' },
      { quantity: 'live', unit: 'count', name: 'leaked' },
    ]);
    expect(linesOf(profile, 0)).toEqual(['main;grow;malloc 150']);
    expect(linesOf(profile, 1)).toEqual(['main;grow;malloc 3']);
    expect(profile.texts).toContain('/src/list.c');
  });

  test('what is possible, reachable or growing is not said to be leaked', () => {
    const profile = reportProfile(
      report([
        finding({}),
        finding({ leakKind: 'possibly', certainty: 'possible', bytes: 20 }),
        finding({ leakKind: 'reachable', bytes: 30 }),
        finding({ kind: 'growth', certainty: 'growing', bytes: 40 }),
      ]),
    )!;
    expect(profile.measures.filter(({ unit }) => unit === 'bytes').map(({ name }) => name)).toEqual([
      'leaked',
      'possibly leaked',
      'still reachable',
      'growing',
    ]);
    expect([0, 2, 4, 6].flatMap((measure) => linesOf(profile, measure))).toEqual(
      [100, 20, 30, 40].map((bytes) => `main;grow;malloc ${bytes}`),
    );
  });

  test('a leak without a stack is in the whole', () => {
    const profile = reportProfile(report([finding({ stacks: [] })]))!;
    expect(profile.self[0]![0]).toBe(100);
  });

  test('errors tell of no memory that is held', () => {
    expect(reportProfile(report([finding({ kind: 'InvalidRead', bytes: undefined as never })]))).toBeUndefined();
    expect(reportProfile(report([finding({ kind: 'InvalidRead' })]))).toBeUndefined();
    expect(reportProfile(report([]))).toBeUndefined();
  });

  test('a report that is cut says so', () => {
    expect(reportProfile(report([finding({})], { partial: true }))?.notes).toEqual([{ code: 'cut' }]);
  });
});
