import { expect, test } from 'vitest';
import { DhatParser } from '../../../../src/formats/heap/dhat.js';
import { broken, fixtureText, isWhole, latin1, notes, read, stacks, sum } from './reading.js';

const text = fixtureText('valgrind-3.19.0/orders.dhat.json');
const parse = (whole: string, piece?: number) => read<string>(new DhatParser(), whole, piece);
/** The sum of a member over all program points, as JSON tells it. */
const total = (name: string) =>
  (JSON.parse(text) as { pps: Readonly<Record<string, number>>[] }).pps.reduce((all, point) => all + (point[name] ?? 0), 0);

test('the sums are those of the file', () => {
  const profile = parse(text)!;
  const names = ['eb', 'ebk', 'gb', 'gbk', 'tb', 'tbk', 'rb', 'wb'];
  expect(profile.measures.map(({ quantity, unit }) => `${quantity} ${unit}`)).toEqual([
    'live bytes',
    'live count',
    'peak bytes',
    'peak count',
    'total bytes',
    'total count',
    'read bytes',
    'written bytes',
  ]);
  expect(names.map((_, measure) => sum(profile, measure))).toEqual(names.map(total));
  expect(sum(profile, 4)).toBe(290259);
  expect(profile).toMatchObject({
    format: 'dhat',
    tool: 'dhat',
    command: '../orders',
    pid: 11976,
    addresses: 'process',
    notes: [],
  });
  expect(stacks(profile).slice(0, 2)).toEqual(['main:57;malloc 5000', 'main:47;forget(int):30;make_order(int):23;malloc 1680']);
  expect(stacks(profile, 6).some((stack) => stack.includes('_IO_doallocbuf:347*;'))).toBe(true);
  expect(isWhole(profile)).toBe(true);
});

test('two moments: the peak and the end', () => {
  const { timeline, self } = parse(text)!;
  expect(timeline).toEqual({
    unit: 'instructions',
    moments: [
      { at: 2002839, bytes: 279041, self: self[2], isPeak: true },
      { at: 2057344, bytes: 6848, self: self[0] },
    ],
  });
});

test('copies, and events of the program', () => {
  const copies = parse(fixtureText('valgrind-3.19.0/copy.dhat.json'))!;
  expect(copies.measures).toEqual([
    { quantity: 'other', unit: 'bytes', name: 'bytes copied' },
    { quantity: 'other', unit: 'count', name: 'blocks copied' },
  ]);
  expect([sum(copies, 0), sum(copies, 1)]).toEqual([1487, 67]);
  const events = parse(fixtureText('valgrind-3.19.0/ad-hoc.dhat.json'))!;
  expect(events.measures).toEqual([
    { quantity: 'other', unit: 'count', name: 'units occurred' },
    { quantity: 'other', unit: 'count', name: 'events occurred' },
  ]);
  expect([sum(events, 0), sum(events, 1)]).toEqual([99, 33]);
  expect(events.timeline).toBeUndefined();
});

// Written by hand: the form of Rust's crate.
test("Rust's form", () => {
  const profile = parse(
    JSON.stringify({
      dhatFileVersion: 2,
      mode: 'rust-heap',
      verb: 'Allocated',
      bklt: true,
      bkacc: false,
      tu: 'µs',
      Mtu: 's',
      tuth: 10,
      cmd: 'target/debug/shop',
      pid: 7,
      tg: 500,
      te: 1500,
      pps: [{ tb: 80, tbk: 2, tl: 9, mb: 40, mbk: 1, gb: 40, gbk: 1, eb: 40, ebk: 1, fs: [1, 2, 3] }],
      ftbl: [
        '[root]',
        '0x10: alloc::alloc (src/alloc.rs:72:5)',
        '0x10: shop::keep (src/main.rs:3:9)',
        '0x20: shop::main (src/main.rs:8:1)',
      ],
    }),
  )!;
  expect(profile.tool).toBe('dhat (Rust)');
  expect(stacks(profile)).toEqual(['shop::main:8;shop::keep:3;alloc::alloc:72* 40']);
  expect(profile.measures.length).toBe(6);
  expect(profile.timeline?.unit).toBe('ms');
  expect(profile.timeline?.moments.map(({ at }) => at)).toEqual([0.5, 1.5]);
});

test('what is cut or unknown is noted', () => {
  expect(notes(parse(text.slice(0, text.indexOf('"ftbl"') + 2000)))).toEqual(['cut']);
  expect(sum(parse(text.slice(0, text.indexOf('"ftbl"'))), 4)).toBe(290259);
  expect(notes(parse(text.replace('Version":2', 'Version":3')))).toEqual(['newer-version']);
  expect(parse(text.replace('"pps":\n [', '"pps":\n [7,'))!.notes).toEqual([{ code: 'foreign-lines', count: 1 }]);
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  const whole = parse(text);
  for (const piece of [1, 7, 100, 4096]) expect(parse(text, piece)).toEqual(whole);
  for (const bytes of broken(Buffer.from(text), 200)) {
    const profile = parse(latin1(bytes));
    if (profile !== undefined) expect(isWhole(profile)).toBe(true);
  }
  expect(parse('{"something":"else"}')).toBeUndefined();
  expect(parse('')).toBeUndefined();
});
