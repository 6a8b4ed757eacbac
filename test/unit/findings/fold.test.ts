import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FoldingSink } from '../../../src/findings/fold.js';
import type { Finding } from '../../../src/model/finding.js';
import { frame, leak, stack, useAfterFree } from './make-finding.js';

const fold = (findings: readonly Finding[], max?: number): FoldingSink => {
  const sink = new FoldingSink(max);
  for (const finding of findings) sink.finding(finding);
  return sink;
};

describe('FoldingSink', () => {
  test('adds up equal findings whatever their addresses', () => {
    const at = (address: string): Finding =>
      leak({ message: address, stacks: [stack('allocation', frame('f', '/w/a.c', 3, { address }))] });
    const { findings } = fold([at('0x1'), at('0x2'), at('0x3')]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toEqual({ ...at('0x1'), count: 3, bytes: 120, blocks: 3 });
  });

  test.each<[string, Partial<Finding>]>([
    ['engine', { engine: 'lsan' }],
    ['kind', { kind: 'x' }],
    ['leak kind', { leakKind: 'indirect' }],
    ['process', { pid: 2 }],
    ['access', { access: 'write' }],
    ['role', { stacks: leak().stacks.map((s) => ({ ...s, role: 'other' as const })) }],
    ['line', { stacks: [stack('allocation', frame('f', '/w/a.c', 4))] }],
    ['column', { stacks: [stack('allocation', frame('f', '/w/a.c', 3, { column: 2 }))] }],
    ['offset of a nameless frame', { stacks: [stack('allocation', { module: '/w/a', offset: '0x1' })] }],
  ])('keeps findings apart by %s', (_what, change) => {
    const base = leak({ stacks: [stack('allocation', frame('f', '/w/a.c', 3))] });
    expect(fold([base, leak({ stacks: base.stacks, ...change })]).findings).toHaveLength(2);
  });

  test('keeps functions of a kernel that have one name apart by their size', () => {
    const at = (symbolSize: string): Finding =>
      leak({ stacks: [stack('allocation', { function: 'probe', symbolOffset: '0xe', symbolSize })] });
    const { findings } = fold([at('0x20'), at('0x30'), at('0x20')]);
    expect(findings.map(({ count, stacks }) => [count, stacks[0]?.frames[0]?.symbolSize])).toEqual([
      [2, '0x20'],
      [1, '0x30'],
    ]);
  });

  test('keeps nameless frames apart by their offset', () => {
    const at = (offset: string): Finding => leak({ stacks: [stack('allocation', { module: '/w/a', offset })] });
    expect(fold([at('0x1'), at('0x2'), at('0x1')]).findings.map(({ count }) => count)).toEqual([2, 1]);
  });

  test('gives back what it got', () => {
    const all = [leak(), useAfterFree()];
    expect(fold(all).findings).toEqual(all);
  });

  test('sums are kept for any order and number', () => {
    const some = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      count: fc.integer({ min: 1, max: 9 }),
      bytes: fc.nat(1000),
      blocks: fc.nat(10),
    });
    fc.assert(
      fc.property(fc.array(some), (list) => {
        const all = list.map(({ name, ...sizes }) => leak({ ...sizes, stacks: [stack('allocation', frame(name, 'a.c', 1))] }));
        const { findings } = fold(all);
        expect(findings.length).toBe(new Set(list.map(({ name }) => name)).size);
        for (const key of ['count', 'bytes', 'blocks'] as const) {
          const total = (of: readonly Finding[]): number => of.reduce((sum, finding) => sum + (finding[key] ?? 0), 0);
          expect(total(findings)).toBe(total(all));
        }
      }),
    );
  });

  test('keeps a limited number, says so, and still counts the known ones', () => {
    const numbered = (line: number): Finding => leak({ stacks: [stack('allocation', frame('f', 'a.c', line))] });
    const sink = fold([...Array.from({ length: 50 }, (_, i) => numbered(i + 1)), numbered(1)], 10);
    expect(sink.findings).toHaveLength(10);
    expect(sink.findings[0]?.count).toBe(2);
    expect(sink.notes).toEqual([
      { severity: 'warning', code: 'too-many', text: 'Only the first 10 different findings are kept; 40 more were read.' },
    ]);
  });

  test('says each note once', () => {
    const sink = new FoldingSink();
    for (const text of ['a', 'b', 'a']) sink.note({ severity: 'info', code: 'x', text });
    expect(sink.notes.map(({ text }) => text)).toEqual(['a', 'b']);
  });
});
