import { expect, test } from 'vitest';
import { lineAmounts } from '../../../../src/app/heap/line-amounts.js';
import { aProfile } from '../../insight/heap/a-profile.js';

test('the bytes of each line: by itself, and with all that is called from it', () => {
  const profile = aProfile(['main@a.c:9;grow@a.c:7 100', 'main@a.c:9;other@b.c:1;grow@a.c:7 20', 'main@a.c:10 5']);
  const { measure, byFile } = lineAmounts(profile, 0);
  expect(measure).toEqual({ quantity: 'live', unit: 'bytes' });
  expect(Object.fromEntries([...byFile].map(([file, lines]) => [file, lines.toSorted((a, b) => a.line - b.line)]))).toEqual({
    'a.c': [
      { line: 7, self: 120, total: 120 },
      { line: 9, self: 0, total: 120 },
      { line: 10, self: 5, total: 5 },
    ],
    'b.c': [{ line: 1, self: 0, total: 20 }],
  });
});

test('a line that two functions or modules share is one, and recursion counts once', () => {
  const profile = aProfile(['walk@t.h:3!/a;walk@t.h:3!/b 8', 'visit@t.h:3!/a 2']);
  expect(lineAmounts(profile, 0).byFile.get('t.h')).toEqual([{ line: 3, self: 10, total: 10 }]);
});

test('what has no line, or holds nothing, is not told', () => {
  expect(lineAmounts(aProfile(['main;grow@a.c:7 0']), 0).byFile.size).toBe(0);
});
