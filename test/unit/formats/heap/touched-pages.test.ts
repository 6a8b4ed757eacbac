import { expect, test } from 'vitest';
import { TouchedPages } from '../../../../src/formats/heap/touched-pages.js';

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('what any faults add up to: the first ones, and the last ones of others', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = numbers(seed);
    const pages = new TouchedPages();
    const bytes = new Map<number, number>();
    const seen = new Map<string, { readonly first: number; last: number }>();
    let [faults, most] = [0, 0];
    for (let at = 0; at < 400; at++) {
      const [pid, page, node] = [random(2), random(30), random(5)];
      faults++;
      pages.touch(pid, page, node, 4096, (of, more) => bytes.set(of, (bytes.get(of) ?? 0) + more));
      const key = `${pid} ${page}`;
      const one = seen.get(key);
      if (one === undefined) seen.set(key, { first: node, last: node });
      else one.last = node;
      const told = [...bytes.values()];
      expect(told.every((value) => value >= 0)).toBe(true);
      most = Math.max(
        most,
        told.reduce((sum, value) => sum + value, 0),
      );
    }
    const expected = new Map<number, number>();
    for (const { first, last } of seen.values())
      for (const node of new Set([first, last])) expected.set(node, (expected.get(node) ?? 0) + 4096);
    for (let node = 0; node < 5; node++) expect(bytes.get(node) ?? 0).toBe(expected.get(node) ?? 0);
    expect(most).toBeLessThanOrEqual(2 * 4096 * seen.size);
    expect(pages.again).toBe(faults - seen.size);
    expect(pages.forgotten).toBe(0);
  }
});

test('one that hands a page to another: both have it, and the one who goes on is the one that grows', () => {
  const pages = new TouchedPages();
  const bytes = [0, 0];
  const add = (node: number, more: number): void => {
    bytes[node]! += more;
  };
  // The first one gives back what it took, and the second one keeps what it gets there.
  for (let page = 0; page < 10; page++) for (const node of [0, 0, 1]) pages.touch(1, page, node, 1, add);
  expect(bytes).toEqual([10, 10]);
  // Nobody grows who only goes over the same pages.
  for (let round = 0; round < 100; round++) for (let page = 0; page < 10; page++) pages.touch(1, page, round % 2, 1, add);
  expect(bytes).toEqual([10, 10]);
});

test('no more pages than the limit are remembered; the others count at each fault', () => {
  const pages = new TouchedPages(3);
  let sum = 0;
  for (let round = 0; round < 2; round++)
    for (let page = 0; page < 5; page++)
      pages.touch(1, page, 0, 1, (_, more) => {
        sum += more;
      });
  expect([sum, pages.again, pages.forgotten]).toEqual([3 + 2 * 2, 3, 4]);
});
