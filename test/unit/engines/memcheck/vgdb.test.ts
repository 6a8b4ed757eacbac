import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVgdbParser, leakCheckWords, type VgdbEnd } from '../../../../src/engines/memcheck/vgdb.js';
import type { Finding } from '../../../../src/model/finding.js';

const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../fixtures/valgrind/3.19.0/vgdb', name), 'utf8');

function read(...chunks: string[]): { leaks: Finding[]; end: VgdbEnd } {
  const leaks: Finding[] = [];
  const parser = createVgdbParser({ finding: (leak) => leaks.push(leak), note: () => undefined });
  for (const chunk of chunks) parser.push(chunk);
  return { end: parser.end(), leaks };
}

const rows = (leaks: readonly Finding[]) =>
  leaks.map(({ leakKind, bytes, blocks, stacks }) => {
    const own = stacks[0]?.frames.find(({ file }) => file?.endsWith('/demo.c'));
    return [leakKind, bytes, blocks, own?.function, own?.line];
  });

describe('the answers of vgdb', () => {
  it('are findings with whole paths', () => {
    const { leaks, end } = read(fixture('1-any.txt'));
    expect(rows(leaks)).toEqual([
      ['reachable', 80, 2, 'grow_cache', 8],
      ['indirectly', 80, 2, 'lose_list', 7],
      ['definitely', 80, 2, 'lose_list', 7],
      ['reachable', 500, 1, 'main', 16],
      ['reachable', 4096, 1, 'main', 12],
    ]);
    expect(leaks[0]).toMatchObject({ engine: 'memcheck', pid: expect.any(Number), certainty: 'possible' });
    expect(leaks[0]?.stacks[0]?.frames[1]?.file).toBe('/tmp/leak-demo/demo.c');
    expect(end).toEqual({ isWhole: true, hasTotals: true, isEmpty: false });
  });

  it('have what changed with its new amount, and 0 for what is gone', () => {
    const { leaks, end } = read(fixture('2-changed.txt'));
    expect(rows(leaks)).toEqual([
      ['reachable', 0, 0, 'main', 16],
      ['reachable', 160, 4, 'grow_cache', 8],
      ['indirectly', 160, 4, 'lose_list', 7],
      ['definitely', 160, 4, 'lose_list', 7],
    ]);
    expect(end.isWhole).toBe(true);
    expect(rows(read(fixture('3-increased.txt')).leaks).map(([, , blocks]) => blocks)).toEqual([5, 5, 5]);
  });

  it('tell nothing changed from nothing told', () => {
    expect(read(fixture('4-nothing.txt'))).toEqual({ leaks: [], end: { isWhole: true, hasTotals: true, isEmpty: false } });
    expect(read(fixture('quiet-nothing.txt'))).toEqual({ leaks: [], end: { isWhole: true, hasTotals: false, isEmpty: false } });
    expect(read('')).toEqual({ leaks: [], end: { isWhole: false, hasTotals: false, isEmpty: false } });
    const freed =
      '==7== All heap blocks were freed -- no leaks are possible\n==7== \nn_errs_found 0 n_errs_shown 0 (vgdb-error 9)\n';
    expect(read(freed).end).toEqual({ isWhole: true, hasTotals: true, isEmpty: true });
  });

  it('are the same however they are cut, and a part never passes for the whole', () => {
    const text = fixture('2-changed.txt');
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(text.length), { maxLength: 12 }), (at) => {
        const cuts = [0, ...at.sort((a, b) => a - b), text.length];
        expect(read(...cuts.slice(1).map((end, i) => text.slice(cuts[i], end)))).toEqual(read(text));
      }),
    );
    const marked = text.indexOf('n_errs_found');
    fc.assert(fc.property(fc.nat(marked), (length) => !read(text.slice(0, length)).end.isWhole));
  });

  it('throw nothing for any text', () => {
    fc.assert(fc.property(fc.string(), (text) => read(text).leaks.length === 0));
  });

  it('come to words of vgdb alone', () => {
    expect(leakCheckWords('changed')).toEqual([
      '-c',
      'leak_check',
      'full',
      'reachable',
      'changed',
      '-c',
      'v.info',
      'n_errs_found',
    ]);
  });
});
