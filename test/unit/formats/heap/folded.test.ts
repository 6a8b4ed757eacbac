import { expect, test } from 'vitest';
import { FoldedParser } from '../../../../src/formats/heap/folded.js';
import { isWhole, notes, read, stacks, sum } from './reading.js';

const parse = (whole: string, piece?: number) => read<string>(new FoldedParser(), whole, piece);

test('stacks, names with blanks, inlined frames, and fractions', () => {
  const text =
    'main;stock;malloc 800\nmain;std::vector<int, std::allocator<int> >::push_back(int const&);grow_[i] 12\r\nmain 0.5\nmain;stock;malloc 1\n';
  const profile = parse(text)!;
  expect(stacks(profile)).toEqual([
    'main;stock;malloc 801',
    'main;std::vector<int, std::allocator<int> >::push_back(int const&);grow* 12',
    'main 0.5',
  ]);
  expect(sum(profile, 0)).toBe(813.5);
  expect(isWhole(profile)).toBe(true);
  for (const piece of [1, 3, 50]) expect(parse(text, piece)).toEqual(profile);
});

test('other lines are counted; only other lines are no profile', () => {
  expect(parse('main;a 1\nwhat is this\n\n# comment 7\n')?.notes).toEqual([{ code: 'foreign-lines', count: 1, line: 2 }]);
  expect(parse('what is this\n')).toBeUndefined();
});

test('a stack of 10,000 frames is cut at its outer end', () => {
  const profile = parse(`${Array.from({ length: 10_000 }, (_, at) => `f${at % 7}`).join(';')} 5\n`);
  expect(sum(profile, 0)).toBe(5);
  expect(notes(profile)).toEqual(['deep-stacks']);
});
