import { describe, expect, it } from 'vitest';
import type { Finding, LeakSummary } from '../../../src/model/finding.js';
import type { PlacedFinding, Report } from '../../../src/model/report.js';
import { resultSentence, shortTitle, shortTotal, summaryRows } from '../../../src/vscode/result-text.js';

const none = { bytes: 0, blocks: 0 };
const nothing: LeakSummary = { definitely: none, indirectly: none, possibly: none, reachable: none, suppressed: none };
const leak = { engine: 'lsan', kind: 'leak', certainty: 'definite', message: '', count: 1, stacks: [] } as const;
const report = (more: Partial<Report>): Report => ({
  findings: [leak as unknown as PlacedFinding],
  summary: nothing,
  errors: 0,
  partial: false,
  notes: [],
  ...more,
});
const sentence = (more: Partial<Report>): string => resultSentence('a.c', 'Engine', report(more));

describe('resultSentence', () => {
  it('adds up what is lost, and names each sort once', () => {
    const summary = {
      ...nothing,
      definitely: { bytes: 16, blocks: 1 },
      indirectly: { bytes: 1584, blocks: 99 },
      possibly: { bytes: 8, blocks: 1 },
    };
    expect(sentence({ summary, errors: 2 })).toBe(
      'Engine: a.c leaks 1.6 KiB in 100 blocks, may leak 8 bytes in 1 block and has 2 memory errors.',
    );
    expect(sentence({ errors: 1 })).toBe('Engine: a.c has 1 memory error.');
  });

  it('speaks of what is still reachable only when there is nothing else', () => {
    const reachable = { bytes: 5, blocks: 1 };
    expect(sentence({ summary: { ...nothing, reachable } })).toBe('Engine: a.c still holds 5 bytes in 1 block at its end.');
    expect(sentence({ summary: { ...nothing, reachable }, errors: 1 })).toBe('Engine: a.c has 1 memory error.');
  });

  it('says of what was not freed no more than that', () => {
    const unfreed = { ...leak, engine: 'heaptrack', leakKind: 'unfreed', bytes: 5, blocks: 1 } as unknown as PlacedFinding;
    expect(sentence({ findings: [unfreed] })).toBe('Engine: a.c has not freed 5 bytes in 1 block at its end.');
    expect(shortTotal(report({ findings: [unfreed] }))).toBe('5 bytes not freed');
    expect(summaryRows(report({ findings: [unfreed] }))).toMatchObject([{ key: 'unfreed', size: '5 bytes in 1 block' }]);
    const run = { engine: 'heaptrack' } as unknown as NonNullable<Report['run']>;
    expect(sentence({ findings: [], run })).toBe('Engine found nothing that was not freed in a.c.');
  });

  it('does not say that nothing is there when not everything was looked at', () => {
    const findings: PlacedFinding[] = [];
    const text = 't';
    expect(sentence({ findings })).toBe('Engine found no leak and no memory error in a.c.');
    expect(sentence({ findings, partial: true })).toBe('Engine gave no complete report on a.c.');
    expect(sentence({ findings, notes: [{ severity: 'error', code: 'no-report', text }] })).toMatch(/no complete report/);
    expect(sentence({ findings, notes: [{ severity: 'warning', code: 'no-leak-check', text }] })).toBe(
      'Engine found no memory error in a.c.',
    );
  });

  it('shows the title as text', () => {
    expect(resultSentence('a\nb\u202e.c', 'Engine', report({ errors: 1 }))).not.toMatch(/[\n\u202e]/);
  });
});

describe('shortTitle', () => {
  const title = (more: Partial<Finding>): string => shortTitle({ ...leak, ...more }, 'The kind');
  it('is the size of a leak, the access of an error, else the kind', () => {
    expect(title({ bytes: 122_880, blocks: 10 })).toBe('120 KiB in 10 blocks');
    expect(title({})).toBe('The kind');
    expect(title({ kind: 'x', access: 'read', size: 4, count: 1200 })).toBe('reads 4 bytes × 1,200');
    expect(title({ kind: 'x' })).toBe('The kind');
  });
});

describe('the totals', () => {
  it('leave out what is zero', () => {
    const summary = { ...nothing, definitely: { bytes: 1024, blocks: 2 }, reachable: { bytes: 1, blocks: 1 } };
    expect(shortTotal(report({ summary, errors: 3 }))).toBe('1 KiB leaked, 3 errors');
    expect(shortTotal(report({ findings: [] }))).toBe('no leaks, no errors');
    expect(summaryRows(report({ summary, errors: 3 })).map(({ key, size }) => [key, size])).toEqual([
      ['definitely', '1 KiB in 2 blocks'],
      ['reachable', '1 byte in 1 block'],
      ['errors', '3'],
    ]);
  });
});
