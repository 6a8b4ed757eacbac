import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemleakReadings } from '../../../../src/formats/heap/memleak-readings.js';
import { broken, fixtureText, isWhole, latin1, notes, read, stacks, sum } from './reading.js';

const leaking = fixtureText('bpftrace-0.17/readings.json');
const steady = fixtureText('bpftrace-0.17/steady.json');
const parse = (whole: string, piece?: number) => {
  const parser = new MemleakReadings(7);
  return { parser, profile: read<string>(parser, whole, piece) };
};

test('blocks that were there at the reading before, and what they grew by', () => {
  const { profile, parser } = parse(leaking);
  expect(stacks(profile!)).toEqual(['__libc_start_call_main;main;lose_block 171000']);
  expect(profile!.measures.map(({ quantity, unit }) => `${quantity} ${unit}`)).toEqual([
    'live bytes',
    'live count',
    'growth bytes',
  ]);
  expect([0, 1, 2].map((measure) => sum(profile, measure))).toEqual([171000, 171, 137000]);
  expect([profile!.pid, profile!.addresses, notes(profile!), parser.readings]).toEqual([7, 'process', [], 5]);
  const { moments } = profile!.timeline!;
  expect(moments.map(({ bytes }) => bytes)).toEqual([34000, 80000, 123000, 171000]);
  expect(moments.at(-1)?.self?.reduce((all, value) => all + value, 0)).toBe(171000);
  expect(isWhole(profile!)).toBe(true);
});

test('blocks that are freed soon are none of them', () => {
  const { profile, parser } = parse(steady);
  expect([stacks(profile!), sum(profile, 2)]).toEqual([[], 0]);
  expect(parser.mostBlocks).toBeLessThan(50);
});

test('each reading is told as it comes, and when the probes are there', () => {
  const told: string[] = [];
  const parser = new MemleakReadings(undefined);
  parser.onWatching = () => told.push('watching');
  parser.onReading = () => told.push(`${parser.readings}: ${sum(parser.profile(), 0)}`);
  read<string>(parser, leaking, 1000);
  expect(told).toEqual(['watching', '1: 34000', '2: 34000', '3: 80000', '4: 123000', '5: 171000']);
});

test('one reading: blocks of any age, and no growth', () => {
  const end = leaking.indexOf('"reading 2 ');
  const { profile } = parse(leaking.slice(0, leaking.lastIndexOf('\n', end) + 1));
  expect(profile!.measures).toHaveLength(2);
  expect(sum(profile, 0)).toBe(34000);
});

test('a stack of several threads comes once for each of them, with the same text', () => {
  const stack = '"\\n\\t55c2952a1210 {lambda()#1}+18 (/usr/bin/shop)\\n,1"';
  const entry = `${stack}: {"count": 5, "average": 40, "total": 200}`;
  const lines = [
    '{"type": "printf", "data": "reading 1 600000000\\n"}',
    `{"type": "stats", "data": {"@gone": {${stack}: {"count": 1, "average": 40, "total": 40}}}}`,
    `{"type": "stats", "data": {"@got": {${entry}, ${entry}, ${entry}}}}`,
    '{"type": "printf", "data": "read\\n"}',
  ];
  const { profile } = parse(`${lines.join('\n')}\n`);
  expect([sum(profile, 0), sum(profile, 1)]).toEqual([560, 14]);
});

test('nothing, errors and lost events', () => {
  expect(parse('').profile).toBeUndefined();
  expect(parse('{"type": "attached_probes", "data": {"probes": 17}}\n').profile).toBeUndefined();
  const { parser } = parse('{"type": "lost_events", "data": {"events": 12}}\nwhat\n');
  expect(parser.said).toContain('lost_events');
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  const whole = parse(leaking).profile;
  for (const piece of [1, 7, 100]) expect(parse(leaking, piece).profile).toEqual(whole);
  for (const bytes of broken(Buffer.from(leaking), 60)) {
    const { profile } = parse(latin1(bytes));
    if (profile !== undefined) expect(isWhole(profile)).toBe(true);
  }
});

test('sums are those of the stacks, whatever was got and is gone', () => {
  const row = fc.record({
    stack: fc.integer({ min: 0, max: 5 }),
    birth: fc.integer({ min: 1, max: 4 }),
    got: fc.integer({ min: 1, max: 50 }),
    gone: fc.integer({ min: 0, max: 50 }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(row, { selector: ({ stack, birth }) => `${stack} ${birth}` }), (rows) => {
      const map = (name: string, of: (one: (typeof rows)[number]) => number): string =>
        `${JSON.stringify({
          type: 'stats',
          data: {
            [name]: Object.fromEntries(
              rows.map((one) => [
                `\n\t55c2952a${1000 + one.stack} f${one.stack}+18 (/bin/a, b)\n,${one.birth}`,
                { count: of(one), average: 10, total: of(one) * 10 },
              ]),
            ),
          },
        })}\n`;
      const gone = (one: (typeof rows)[number]): number => Math.min(one.gone, one.got);
      const text = `{"type": "printf", "data": "reading 4 5000000\\n"}\n${map('@gone', gone)}${map('@got', ({ got }) => got)}{"type": "printf", "data": "read\\n"}\n`;
      const old = rows.filter(({ birth }) => birth < 4);
      expect(sum(parse(text).profile, 0)).toBe(old.reduce((all, one) => all + (one.got - gone(one)) * 10, 0));
    }),
  );
});
