import { expect, test } from 'vitest';
import { PprofParser } from '../../../../src/formats/heap/pprof.js';
import { broken, fixtureBytes, isWhole, notes, read, stacks, sum } from './reading.js';

const shop = fixtureBytes('pprof-go-1.19/bookshop.pb.gz');
const go = fixtureBytes('pprof-go-1.19/go.pb.gz');
const parse = (whole: Uint8Array, piece?: number) => read<Uint8Array>(new PprofParser(), whole, piece);

const varint = (value: number | bigint): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};
const number = (field: number, value: number | bigint): number[] => [...varint(field * 8), ...varint(value)];
const blob = (field: number, bytes: Iterable<number>): number[] => {
  const all = [...bytes];
  return [...varint(field * 8 + 2), ...varint(all.length), ...all];
};
const text = (value: string): number[] => blob(6, new TextEncoder().encode(value));
const header = (...texts: string[]): number[] => ['', ...texts].flatMap(text);
const type = (name: number, unit: number): number[] => blob(1, [...number(1, name), ...number(2, unit)]);

test('the sums are those of pprof -top', () => {
  const profile = parse(shop)!;
  const named = profile.measures.map(({ quantity, unit }, at) => [`${quantity} ${unit}`, sum(profile, at)]);
  expect(named).toEqual([
    ['total count', 909],
    ['total bytes', 204954],
    ['live count', 201],
    ['live bytes', 86034],
  ]);
  expect(profile.chief).toBe(3);
  expect(profile.addresses).toBe('module');
  expect(stacks(profile, 3)[0]).toBe('bookshop+0x1200;libc.so.6+0x27304;libc.so.6+0x27249;bookshop+0x18eb;bookshop+0x176e 80000');
});

test("a profile of Go's runtime: functions, lines, what was inlined, and the time", () => {
  const profile = parse(go)!;
  expect([0, 1, 2, 3].map((measure) => sum(profile, measure))).toEqual([1024, 867896, 507, 671424]);
  expect(profile.measures[profile.chief]).toEqual({ quantity: 'live', unit: 'bytes' });
  expect(stacks(profile, 3)[0]).toBe('runtime.main:250;main.main:17;main.keep:11* 656896');
  expect(new Date(profile.at!).toISOString().slice(0, 16)).toBe('2026-11-21T17:08');
  expect(notes(profile)).toEqual([]);
});

test('values of another kind keep their name, and those of unknown stacks are kept', () => {
  const bytes = Uint8Array.from([
    ...header('cpu', 'nanoseconds', 'disk', 'kilobytes', 'work'),
    ...type(1, 2),
    ...type(3, 4),
    ...blob(4, [...number(1, 2n ** 64n - 1n), ...blob(4, [...number(1, 7), ...number(2, 12)])]),
    ...blob(5, [...number(1, 7), ...number(2, 5)]),
    ...blob(2, [...number(1, 2n ** 64n - 1n), ...blob(2, [...varint(-5), ...varint(3)])]),
    ...blob(2, [...blob(1, [99]), ...number(2, 9), ...number(2, 1), ...blob(3, [1, 2, 3])]),
    ...blob(2, [...number(2, 1)]),
  ]);
  const profile = parse(bytes)!;
  expect(profile.measures).toEqual([
    { quantity: 'other', unit: 'count', name: 'cpu (nanoseconds)' },
    { quantity: 'other', unit: 'bytes', name: 'disk' },
  ]);
  expect([sum(profile, 0), sum(profile, 1)]).toEqual([5, 4096]);
  expect(stacks(profile, 0)).toContain('work:12 -5');
  // Labels that are no message are not looked into.
  expect(notes(profile)).toEqual([]);
});

test('the default type is the chief one', () => {
  const types = [...header('inuse_space', 'bytes', 'inuse_objects', 'count'), ...type(1, 2), ...type(3, 4)];
  expect(parse(Uint8Array.from(types))?.chief).toBe(1);
  expect(parse(Uint8Array.from([...types, ...number(14, 1)]))?.chief).toBe(0);
  expect(parse(Uint8Array.from([...types, ...number(14, 999)]))?.chief).toBe(1);
});

test('deep stacks are cut at their outer end, their values kept', () => {
  const deep = blob(2, [...blob(1, Array.from({ length: 10_000 }, (_, at) => varint(1 + at)).flat()), ...number(2, 77)]);
  const profile = parse(Uint8Array.from([...header('inuse_space', 'bytes'), ...type(1, 2), ...deep]))!;
  expect(sum(profile, 0)).toBe(77);
  expect(notes(profile)).toEqual(['deep-stacks']);
  expect(isWhole(profile)).toBe(true);
});

test('lengths that lie end the message they are in', () => {
  const start = [...header('inuse_space', 'bytes'), ...type(1, 2)];
  expect(notes(parse(Uint8Array.from([...start, 0x12, 0xff, 0xff, 0xff, 0xff, 0x7f, 1])))).toEqual(['cut']);
  expect(notes(parse(Uint8Array.from([...start, ...blob(2, [0x0a, 0x7f, 1])])))).toEqual(['foreign-lines']);
  expect(notes(parse(Uint8Array.from([...start, ...blob(2, [0x0a, 2, 0x81, 0x81])])))).toEqual(['foreign-lines']);
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  const whole = parse(go);
  for (const piece of [1, 7, 1000]) expect(parse(go, piece)).toEqual(whole);
  for (const source of [shop, go])
    for (const bytes of broken(source, 500)) {
      const profile = parse(bytes);
      if (profile !== undefined) expect(isWhole(profile)).toBe(true);
    }
  expect(notes(parse(go.slice(0, -30)))).toContain('cut');
  expect(parse(new Uint8Array(0))).toBeUndefined();
  expect(parse(new TextEncoder().encode('heap_v2/524288\n'))).toBeUndefined();
});
