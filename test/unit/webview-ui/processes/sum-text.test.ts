import { expect, test } from 'vitest';
import { columnOf } from '../../../../webview-ui/processes/columns.js';
import { sumText } from '../../../../webview-ui/processes/row-view.js';

const swap = columnOf('swap');
const MIB = 2 ** 20;

test.each([
  [0, 0, '0'],
  [0, 3, '–'],
  [4 * MIB, 0, '≤ 4 MiB'],
])('a sum of %d with %d unknown is %s', (total, unknown, text) =>
  expect(sumText(swap, { total, unknown, largest: total })).toBe(text),
);
