import { expect, test } from 'vitest';
import { commonGaps, gapsOf } from '../../../../webview-ui/shared/gaps.js';

test('the gaps of a source, in order; one that lasts goes to the end', () => {
  const told = [
    { source: 'a', from: 90 },
    { source: 'b', from: 1, to: 2 },
    { source: 'a', from: 10, to: 20 },
  ];
  expect(gapsOf(told, 'a', 100)).toEqual([
    { from: 10, to: 20 },
    { from: 90, to: 100 },
  ]);
  // A window that ends before it.
  expect(gapsOf(told, 'a', 50).at(-1)).toEqual({ from: 90, to: 90 });
  expect(gapsOf([], 'a', 100)).toEqual([]);
});

test('what is a gap in both', () => {
  const first = [
    { from: 0, to: 10 },
    { from: 20, to: 30 },
  ];
  expect(commonGaps(first, [{ from: 5, to: 25 }])).toEqual([
    { from: 5, to: 10 },
    { from: 20, to: 25 },
  ]);
  expect(commonGaps(first, [])).toEqual([]);
});
