import { expect, test } from 'vitest';
import { lineAmounts } from '../../../../src/app/heap/line-amounts.js';
import { AllocinfoParser } from '../../../../src/formats/heap/allocinfo.js';
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

test('where allocations are counted beside the bytes, a line has its count', () => {
  const parser = new AllocinfoParser();
  parser.push(
    'allocinfo - version: 1.0\n  8192 2 mm/filemap.c:1919 func:__filemap_get_folio\n  64 1 mm/filemap.c:1919 func:other\n  512 1 mm/slub.c:7 func:get\n',
  );
  expect(lineAmounts(parser.end()!, 0).byFile).toEqual(
    new Map([
      ['mm/filemap.c', [{ line: 1919, self: 8256, total: 8256, count: 3 }]],
      ['mm/slub.c', [{ line: 7, self: 512, total: 512, count: 1 }]],
    ]),
  );
  expect(lineAmounts(parser.end()!, 1).byFile.get('mm/slub.c')).toEqual([{ line: 7, self: 1, total: 1 }]);
});
