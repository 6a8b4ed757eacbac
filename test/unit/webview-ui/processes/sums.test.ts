import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundOf, sumNote, sumsOf } from '../../../../webview-ui/processes/sums.js';
import { entry, kernelThread, unreadable } from './entries.js';

test('PSS and USS add up; an unreadable process is missing, a kernel thread is not', () => {
  const sums = sumsOf([entry(1, { uss: 5, pss: 7 }), entry(2, { uss: 3, pss: 4 }), unreadable(3), kernelThread(4)]);
  expect(sums.get('uss')).toEqual({ total: 8, unknown: 1, largest: 5 });
  expect(sums.get('pss')).toEqual({ total: 11, unknown: 1, largest: 7 });
  expect(boundOf('pss', sums.get('pss')!)).toBe('≥');
  expect(sumNote('pss', sums.get('pss')!)).toBe('Sum of PSS. One process is missing in it, whose value is not known.');
});

test('RSS does not add up, and says so', () => {
  const sum = sumsOf([entry(1, { rss: 5 }), unreadable(2, { rss: 6 }), kernelThread(3)]).get('rss')!;
  expect(sum).toEqual({ total: 11, unknown: 0, largest: 6 });
  expect(boundOf('rss', sum)).toBe('≤');
  expect(sumNote('rss', sum)).toContain('RSS does not add up');
});

test('a sum that is too large and lacks values is no bound at all', () => {
  expect(boundOf('swap', sumsOf([entry(1), unreadable(2)]).get('swap')!)).toBe('~');
  expect(boundOf('uss', sumsOf([entry(1)]).get('uss')!)).toBe('');
});

test('address space and scores have no sum', () => {
  const sums = sumsOf([entry(1)]);
  for (const column of ['vsz', 'oomScore', 'growth', 'pid', 'command'] as const) expect(sums.get(column)).toBeUndefined();
});

test('the sum of groups is the sum of all', () => {
  const sizes = fc.array(fc.record({ uss: fc.nat(), known: fc.boolean(), user: fc.nat(4) }));
  fc.assert(
    fc.property(sizes, (list) => {
      const entries = list.map(({ uss, known }, at) => (known ? entry(at, { uss }) : unreadable(at)));
      const all = sumsOf(entries).get('uss')!;
      const groups = [0, 1, 2, 3, 4].map((user) => sumsOf(entries.filter((_, at) => list[at]?.user === user)).get('uss')!);
      expect(groups.reduce((sum, { total }) => sum + total, 0)).toBe(all.total);
      expect(groups.reduce((sum, { unknown }) => sum + unknown, 0)).toBe(all.unknown);
      expect(Math.max(0, ...groups.map(({ largest }) => largest))).toBe(all.largest);
    }),
  );
});
