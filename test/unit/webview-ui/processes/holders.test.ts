import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Candidate, heldBy, holdersOf } from '../../../../webview-ui/processes/holders.js';
import { entry, kernelThread, unreadable } from './entries.js';

const candidate = (id: string, bytes: number): Candidate => ({ kind: 'process', id, label: id, bytes });

test('the largest by size, the others as one, and what no process accounts for', () => {
  const holders = holdersOf([candidate('a', 10), candidate('b', 40), candidate('c', 5), candidate('d', 20)], 2, 'pss', {
    memTotal: 200,
    memFree: 50,
  });
  expect(holders.map(({ kind, label, bytes }) => [kind, label, bytes])).toEqual([
    ['process', 'b', 40],
    ['process', 'd', 20],
    ['others', '2 others', 15],
    ['rest', 'Kernel and unknown', 75],
  ]);
});

test('only PSS adds up with the memory in use', () => {
  const machine = { memTotal: 200, memFree: 50 };
  for (const measure of ['uss', 'rss', 'swap'] as const)
    expect(holdersOf([candidate('a', 1)], 2, measure, machine)).toHaveLength(1);
  expect(holdersOf([candidate('a', 1)], 2, 'pss', undefined)).toHaveLength(1);
  expect(holdersOf([candidate('a', 180)], 2, 'pss', machine)).toHaveLength(1);
});

test('nothing that holds nothing', () => {
  expect(holdersOf([candidate('a', 0)], 2, 'uss', undefined)).toEqual([]);
});

test('nothing is lost and the order is by size', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000)), fc.integer({ min: 1, max: 10 }), (sizes, count) => {
      const holders = holdersOf(
        sizes.map((bytes, at) => candidate(`${at}`, bytes)),
        count,
        'uss',
        undefined,
      );
      expect(holders.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(sizes.reduce((sum, bytes) => sum + bytes, 0));
      const named = holders.filter(({ kind }) => kind === 'process').map(({ bytes }) => bytes);
      expect(named).toEqual(
        sizes
          .filter((bytes) => bytes > 0)
          .toSorted((a, b) => b - a)
          .slice(0, count),
      );
    }),
  );
});

test('what a process holds', () => {
  expect(heldBy(entry(1, { pss: 3 }), 'pss')).toBe(3);
  expect(heldBy(unreadable(1), 'pss')).toBeUndefined();
  expect(heldBy(unreadable(1, { rss: 4 }), 'rss')).toBe(4);
  expect(heldBy(kernelThread(1), 'rss')).toBeUndefined();
});
