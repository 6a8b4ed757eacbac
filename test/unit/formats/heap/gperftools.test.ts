import { expect, test } from 'vitest';
import { GperftoolsParser } from '../../../../src/formats/heap/gperftools.js';
import { broken, fixtureText, isWhole, latin1, notes, read, stacks, sum } from './reading.js';

const text = fixtureText('gperftools-2.10/bookshop.heap');
const parse = (whole: string, piece?: number) => read<string>(new GperftoolsParser(), whole, piece);

test('the sums are those of google-pprof --show_bytes', () => {
  const profile = parse(text)!;
  expect(profile.measures.map(({ quantity, unit }) => `${quantity} ${unit}`)).toEqual([
    'live bytes',
    'live count',
    'total bytes',
    'total count',
  ]);
  expect([0, 1, 2, 3].map((measure) => sum(profile, measure))).toEqual([86034, 201, 204954, 909]);
  expect(isWhole(profile)).toBe(true);
  expect(notes(profile)).toEqual(['no-symbols']);
});

test('addresses are those of the calls, as offsets in the files of their modules', () => {
  const profile = parse(text)!;
  expect(profile.addresses).toBe('module');
  // addr2line says of 0x176e: malloc of blank(), inlined into stock(); of 0x18eb: the call of stock() in main().
  expect(stacks(profile)[0]).toBe('bookshop+0x1200;libc.so.6+0x27304;libc.so.6+0x27249;bookshop+0x18eb;bookshop+0x176e 80000');
});

test('without mappings the addresses are those of the process, and the file is one that was cut', () => {
  const profile = parse(text.slice(0, text.indexOf('MAPPED_LIBRARIES')))!;
  expect(profile.addresses).toBe('process');
  expect(stacks(profile)[0]).toContain('+0x55a55364f76e 80000');
  expect(notes(profile)).toEqual(['no-symbols', 'cut']);
});

test('samples are scaled up as google-pprof 2.10 does', () => {
  const profile = parse(text.replace('@ heapprofile', '@ heap_v2/4096'))!;
  expect([0, 1, 2, 3].map((measure) => Math.trunc(sum(profile, measure)))).toEqual([867649, 9150, 3828434, 51625]);
  expect(notes(profile)).toContain('sampled');
});

test('the older way of sampling: the mean distance is half of what is told', () => {
  const profile = parse(text.replace('@ heapprofile', '@ heap/4096'))!;
  // Blocks of 800, 48 and 1234 bytes, each less than 2048: 2048 for each of them.
  expect(sum(profile, 0)).toBeCloseTo(201 * 2048, 6);
  expect(profile.notes).toContainEqual({ code: 'sampled', count: 2048 });
  expect(profile.tool).toBeUndefined();
});

test('what tcmalloc took from the kernel is mapped, not live', () => {
  const profile = parse(fixtureText('gperftools-2.10/growth.heap'))!;
  expect(profile.measures[0]).toEqual({ quantity: 'mapped', unit: 'bytes' });
  expect(sum(profile, 0)).toBe(1048576);
});

test('a header that tells other sums than its lines is noted', () => {
  expect(notes(parse(text.replace('86034', '86035')))).toContain('sums-differ');
  expect(notes(parse(text.replace('MAPPED', 'something else\nMAPPED')))).toContain('foreign-lines');
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  const whole = parse(text);
  for (const piece of [1, 7, 100, 4096]) expect(parse(text, piece)).toEqual(whole);
  for (const bytes of broken(Buffer.from(text.slice(0, 2000)), 300)) {
    const profile = parse(latin1(bytes));
    if (profile !== undefined) expect(isWhole(profile)).toBe(true);
  }
  expect(parse('something else\n')).toBeUndefined();
  expect(parse('')).toBeUndefined();
});
