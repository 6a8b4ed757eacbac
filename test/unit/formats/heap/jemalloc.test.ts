import { expect, test } from 'vitest';
import { JemallocParser } from '../../../../src/formats/heap/jemalloc.js';
import { broken, fixtureText, isWhole, latin1, notes, read, stacks, sum } from './reading.js';

const text = fixtureText('jemalloc-5.3.0/bookshop.heap');
const accumulated = fixtureText('jemalloc-5.3.0/accumulated.heap');
const parse = (whole: string, piece?: number) => read<string>(new JemallocParser(), whole, piece);

// jeprof cuts the decimals of every stack off before it adds: its sums are up to one byte a stack smaller.
test('the estimates are those of jeprof --show_bytes', () => {
  const profile = parse(text)!;
  expect(profile.measures.map(({ quantity, unit }) => `${quantity} ${unit}`)).toEqual(['live bytes', 'live count']);
  expect([0, 1].map((measure) => Math.trunc(sum(profile, measure)))).toEqual([1115450, 1785]);
  expect(profile.notes).toEqual([{ code: 'no-symbols' }, { code: 'sampled', count: 4096 }]);
});

test('with prof_accum all allocations are known as well', () => {
  const profile = parse(accumulated)!;
  expect([0, 1, 2, 3].map((measure) => Math.trunc(sum(profile, measure)))).toEqual([213400, 233, 354985, 873]);
});

test('of threads and their sum only the sum is counted', () => {
  const two =
    'heap_v2/1\n  t*: 2: 300 [0: 0]\n  t0: 1: 100 [0: 0]\n  t1: 1: 200 [0: 0]\n@ 0x10 0x20\n  t*: 2: 300 [0: 0]\n  t0: 1: 100 [0: 0]\n  t1: 1: 200 [0: 0]\n\nMAPPED_LIBRARIES:\n';
  const profile = parse(two)!;
  expect(stacks(profile)).toEqual(['+0x1f;+0xf 300']);
  expect(notes(profile)).toEqual(['no-symbols']);
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  const whole = parse(text);
  for (const piece of [1, 7, 100, 4096]) expect(parse(text, piece)).toEqual(whole);
  for (const bytes of broken(Buffer.from(accumulated.slice(0, 2000)), 300)) {
    const profile = parse(latin1(bytes));
    if (profile !== undefined) expect(isWhole(profile)).toBe(true);
  }
  expect(notes(parse(text.slice(0, 300)))).toContain('cut');
  expect(parse('heap profile: 1: 2 [3: 4] @\n')).toBeUndefined();
});
