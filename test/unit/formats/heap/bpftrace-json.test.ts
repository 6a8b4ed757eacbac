import { expect, test } from 'vitest';
import { BpftraceJsonParser } from '../../../../src/formats/heap/bpftrace-json.js';
import { broken, fixtureText, isWhole, latin1, notes, read, stacks, sum } from './reading.js';

const text = fixtureText('bpftrace-0.17/memleak.json');
const parse = (whole: string, piece?: number) => read<string>(new BpftraceJsonParser(), whole, piece);
const maps = text
  .split('\n')
  .filter((line) => line.includes('"map"'))
  .map((line) => JSON.parse(line).data as Record<string, Record<string, number>>);

test('live blocks by stack, and the maps that count by stack', () => {
  const profile = parse(text)!;
  expect(profile.measures).toEqual([
    { quantity: 'live', unit: 'bytes' },
    { quantity: 'live', unit: 'count' },
    { quantity: 'other', unit: 'bytes', name: '@bytes' },
    { quantity: 'other', unit: 'count', name: '@cnt' },
  ]);
  const live = Object.values(maps.find((map) => map['@live'] !== undefined)?.['@live'] ?? {});
  expect(sum(profile, 0)).toBe(live.reduce((all, size) => all + size, 0));
  expect(sum(profile, 1)).toBe(live.length);
  expect([sum(profile, 2), sum(profile, 3)]).toEqual([30100 + 3416350, 301 + 30100]);
  expect(stacks(profile, 2)).toEqual([
    '__libc_start_call_main;main;churn 3416350',
    '__libc_start_call_main;main;leak_tick 30100',
  ]);
  expect(profile.addresses).toBe('process');
  expect(profile.texts).toContain('0x5594974a219d');
  expect(notes(profile)).toEqual([]);
  expect(isWhole(profile)).toBe(true);
});

test("stacks of bpftrace's own mode, keys of several parts, a map printed twice", () => {
  const line = (bytes: number) =>
    `{"type": "map", "data": {"@bytes": {"42,\\n        leak_tick+21\\n        main+67\\n": ${bytes}}}}\n`;
  const profile = parse(line(1) + line(5))!;
  expect(stacks(profile)).toEqual(['main;leak_tick 5']);
  expect(profile.addresses).toBeUndefined();
  expect(profile.notes).toEqual([{ code: 'several-profiles', count: 1 }]);
});

test('a stack of several threads comes once for each of them', () => {
  const [one, other] = ['\\n\\tleak+21\\n\\tmain+67\\n', '\\n\\t\\": 7,+3\\n\\tmain+67\\n'];
  const profile = parse(`{"type": "map", "data": {"@bytes": {"${one}": 1, "${other}": 40, "${one}": 2}}}\n`)!;
  expect(stacks(profile).toSorted()).toEqual(['main;": 7, 40', 'main;leak 3']);
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  const whole = parse(text);
  for (const piece of [11, 4096]) expect(parse(text, piece)).toEqual(whole);
  for (const bytes of broken(Buffer.from(text), 30)) {
    const profile = parse(latin1(bytes));
    if (profile !== undefined) expect(isWhole(profile)).toBe(true);
  }
  const cut = parse(text.slice(0, text.indexOf('"@live"')));
  expect(cut?.notes.map(({ code }) => code)).toEqual(['cut', 'foreign-lines']);
  expect(parse('{"a": 1}\n[]\n')).toBeUndefined();
});
