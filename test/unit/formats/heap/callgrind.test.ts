import { describe, expect, test } from 'vitest';
import { CallgrindParser } from '../../../../src/formats/heap/callgrind.js';
import { MassifParser } from '../../../../src/formats/heap/massif.js';
import { broken, fixtureText, isWhole, latin1, notes, read, stacks, sum } from './reading.js';

const memory = fixtureText('valgrind-3.19.0/memory.xtree.kcg');
const leak = fixtureText('valgrind-3.19.0/leak.xtree.kcg');
const parse = (whole: string, piece?: number) => read<string>(new CallgrindParser(), whole, piece);

describe('an execution tree of memory', () => {
  const profile = parse(memory)!;

  test('the sums are those that callgrind_annotate prints', () => {
    const totals = /^(\S+) \(100.0%\) (\S+) \(100.0%\) (\S+) \(100.0%\) {2}PROGRAM TOTALS$/m.exec(
      fixtureText('valgrind-3.19.0/memory.annotated.txt'),
    )!;
    expect([0, 2, 4].map((measure) => sum(profile, measure).toLocaleString('en-US'))).toEqual([totals[1], totals[2], totals[3]]);
    expect([1, 3, 5].map((measure) => sum(profile, measure))).toEqual([34, 105, 71]);
    expect(profile).toMatchObject({
      format: 'callgrind',
      tool: 'valgrind',
      command: '../orders',
      pid: 12562,
      chief: 0,
      notes: [],
    });
    expect(isWhole(profile)).toBe(true);
  });

  test('stacks are whole', () => {
    expect(stacks(profile)).toEqual([
      'main:58 5000',
      'main:47;forget(int):30;make_order(int):23 1680',
      'main:50;deep(int, int):41;forget(int):30;make_order(int):23 56',
      'main:50;deep(int, int):40;deep(int, int):41;forget(int):30;make_order(int):23 56',
      'main:50;deep(int, int):40;deep(int, int):40;deep(int, int):41;forget(int):30;make_order(int):23 56',
    ]);
  });

  test('they are those of the same tree in massif’s form, where that tells the same', () => {
    const other = read<string>(new MassifParser(), fixtureText('valgrind-3.19.0/memory.xtree.ms'))!;
    expect(other.measures).toEqual(profile.measures);
    for (const measure of [0, 1, 4]) {
      expect(stacks(profile, measure).map((stack) => stack.replace(/^.* /, ''))).toEqual(
        stacks(other, measure).map((stack) => stack.replace(/^.* /, '')),
      );
    }
  });
});

describe('an execution tree of leaks', () => {
  const profile = parse(leak)!;
  const told = Object.fromEntries(
    profile.measures.map(({ quantity, unit, name }, measure) => [name ?? `${quantity} ${unit}`, sum(profile, measure)]),
  );

  test('what is live is the sum of the kinds, and each kind is told', () => {
    expect(told).toEqual({
      'live bytes': 6848,
      'live count': 34,
      'Reachable Bytes': 112,
      'Possibly lost Bytes': 0,
      'Indirectly lost Bytes': 1120,
      'Definitely lost Bytes (direct plus indirect)': 6736,
      'Definitely Indirectly lost Bytes (subset of DB)': 1120,
      'reachable Blocks': 2,
      'Possibly lost Blocks': 0,
      'Indirectly lost Blocks': 20,
      'Definitely lost Blocks': 12,
    });
    expect(profile.measures[profile.chief]?.name).toMatch(/^Definitely lost/);
    expect(stacks(profile, 0)).toEqual([
      'main:58;realloc 5000',
      expect.stringMatching(/^main:47;.*;malloc 1680$/),
      ...Array.from({ length: 3 }, () => expect.stringMatching(/^main:50;.*;malloc 56$/) as string),
    ]);
  });

  test('a later report tells what has grown since', () => {
    // The same as before, but for the five thousand bytes.
    const later = leak
      .split('\n')
      .map((line) => {
        const words = line.split(' ');
        if (words.length < 20 || words.slice(1).some((word) => !/^\d+$/.test(word)) || words[4] === '5000') return line;
        return [...words.slice(0, 10), ...words.slice(10).fill('0')].join(' ');
      })
      .join('\n');
    const grown = parse(later)!;
    expect(grown.measures[grown.chief]).toEqual({ quantity: 'growth', unit: 'bytes' });
    expect(stacks(grown, grown.chief)).toEqual(['main:58;realloc 5000']);
    expect(sum(grown, 0)).toBe(6848);
  });
});

describe('a call graph of another program', () => {
  const graph = `version: 1
creator: something
cmd: ./a
positions: instr line
events: Bytes Blocks
ob=(1) /bin/a
fl=(1) a.c
fn=(1) main
0x10 3 100 1
cfi=(2) b.c
cfn=(2) make
calls=2 0x20 7
+4 +1 50 2
+2 * 8
fl=(2)
fn=(2)
0x20 7 50 2
totals: 158 3
`;

  test('functions stand alone, with what they have by themselves', () => {
    const profile = parse(graph)!;
    expect(profile.measures).toEqual([
      { quantity: 'other', unit: 'bytes', name: 'Bytes' },
      { quantity: 'other', unit: 'count', name: 'Blocks' },
    ]);
    expect(stacks(profile)).toEqual(['main:3 100', 'make:7 50', 'main:4 8']);
    expect(notes(profile)).toEqual(['no-stacks']);
    expect(notes(parse(graph.replace('158', '159')))).toContain('sums-differ');
  });

  test('instructions are no memory', () => expect(parse(fixtureText('valgrind-3.19.0/callgrind.out'))).toBeUndefined());
});

test('of two reports in one file the last one is shown', () => {
  const both = parse(leak + memory)!;
  expect(both.notes).toEqual([{ code: 'several-profiles', count: 1 }]);
  expect(stacks(both).sort()).toEqual(stacks(parse(memory)!).sort());
});

test('of a program that allocated nothing', () => {
  const head = memory.slice(0, memory.indexOf('fl='));
  const profile = parse(`${head}\ntotals: (null)\n`)!;
  expect(profile.notes).toEqual([]);
  expect(profile.tree.length).toBe(1);
});

test('what is cut or foreign is noted', () => {
  expect(notes(parse(memory.slice(0, memory.length / 2)))).toEqual(['cut']);
  expect(parse(memory.replace('\npid', '\nhello\npid'))!.notes).toEqual([{ code: 'foreign-lines', count: 1, line: 4 }]);
  expect(notes(parse(memory.replace(/^totals: .*/m, 'totals: 1 2 3 4 5 6')))).toEqual(['sums-differ']);
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  const whole = parse(leak);
  for (const piece of [1, 7, 100, 4096]) expect(parse(leak, piece)).toEqual(whole);
  for (const bytes of broken(Buffer.from(memory), 200)) {
    const profile = parse(latin1(bytes));
    if (profile !== undefined) expect(isWhole(profile)).toBe(true);
  }
  expect(parse('something else\n')).toBeUndefined();
  expect(parse('')).toBeUndefined();
});
