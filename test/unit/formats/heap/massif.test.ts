import { expect, test } from 'vitest';
import { MassifParser } from '../../../../src/formats/heap/massif.js';
import { broken, fixtureText, isWhole, latin1, notes, read, stacks, sum } from './reading.js';

const text = fixtureText('valgrind-3.19.0/orders.massif.out');
const parse = (whole: string, piece?: number) => read<string>(new MassifParser(), whole, piece);
/** The bytes that massif tells of the snapshot of the peak. */
const peakOf = (whole: string) => Number(/mem_heap_B=(\d+)\n.*\n.*\nheap_tree=peak/.exec(whole)?.[1]);

test('the stacks of the peak, to the byte', () => {
  const profile = parse(text)!;
  expect(profile.measures).toEqual([{ quantity: 'peak', unit: 'bytes' }]);
  expect(sum(profile, 0)).toBe(peakOf(text));
  expect(sum(profile, 0)).toBe(279041);
  expect(profile).toMatchObject({ format: 'massif', tool: 'massif', command: '../orders', addresses: 'process' });
  expect(profile.notes).toEqual([{ code: 'below-threshold', count: 2872 }]);
  expect(stacks(profile)).toEqual([
    'main:52 200000',
    expect.stringMatching(/;_dl_init:121;call_init:26;call_init:74\*;libstdc\+\+\.so\.6\.0\.30\+0x48fa7b9 72704$/),
    expect.stringMatching(/^main:48;keep\(int\):33;.* 3465$/),
    ' 2872',
  ]);
  expect(isWhole(profile)).toBe(true);
});

test('every snapshot is a moment; those with a tree have values by node that add up', () => {
  const { timeline, self } = parse(text)!;
  const told = [...text.matchAll(/^time=(\d+)\nmem_heap_B=(\d+)\nmem_heap_extra_B=(\d+)$/gm)].map(
    ([, at, bytes, extraBytes]) => ({
      at: Number(at),
      bytes: Number(bytes),
      extraBytes: Number(extraBytes),
    }),
  );
  expect(timeline?.unit).toBe('instructions');
  expect(timeline?.moments.map(({ at, bytes, extraBytes }) => ({ at, bytes, extraBytes }))).toEqual(told);
  const detailed = timeline!.moments.filter((moment) => moment.self !== undefined);
  expect(detailed.length).toBe([...text.matchAll(/^heap_tree=(detailed|peak)$/gm)].length);
  for (const moment of detailed) expect(moment.self!.reduce((all, value) => all + value, 0)).toBe(moment.bytes);
  expect(detailed.find(({ isPeak }) => isPeak)?.self).toEqual(self[0]);
  // --stacks=no: massif writes 0.
  expect(timeline!.moments.every(({ stackBytes }) => stackBytes === undefined)).toBe(true);
});

test('stacks, and time in allocated bytes', () => {
  const stacked = fixtureText('valgrind-3.19.0/stacks.massif.out');
  const profile = parse(stacked)!;
  expect(sum(profile, 0)).toBe(peakOf(stacked));
  expect(profile.timeline?.unit).toBe('allocated-bytes');
  expect(profile.timeline?.moments[1]).toEqual({ at: 229752, bytes: 0, extraBytes: 0, stackBytes: 1560 });
});

test('pages of the kernel are mapped, not allocated', () => {
  const pages = fixtureText('valgrind-3.19.0/pages.massif.out');
  const profile = parse(pages)!;
  expect(profile.measures).toEqual([{ quantity: 'mapped', unit: 'bytes' }]);
  expect(profile.timeline?.unit).toBe('ms');
  expect(sum(profile, 0)).toBe(peakOf(pages));
});

test('what heaptrack_print makes of its file', () => {
  const profile = parse(fixtureText('heaptrack-1.4.0/orders.massif.out'))!;
  expect(profile).toMatchObject({ tool: 'heaptrack', command: './orders', measures: [{ quantity: 'live', unit: 'bytes' }] });
  expect(profile.timeline?.unit).toBe('ms');
  expect(profile.timeline?.moments.map(({ at }) => at)).toEqual([24, 25]);
});

test('an execution tree is no timeline: its snapshots are measures', () => {
  const profile = parse(fixtureText('valgrind-3.19.0/memory.xtree.ms'))!;
  expect(profile.timeline).toBeUndefined();
  expect(profile.measures).toEqual([
    { quantity: 'live', unit: 'bytes' },
    { quantity: 'live', unit: 'count' },
    { quantity: 'total', unit: 'bytes' },
    { quantity: 'total', unit: 'count' },
    { quantity: 'other', unit: 'bytes', name: 'total Freed Bytes' },
    { quantity: 'other', unit: 'count', name: 'total Freed Blocks' },
  ]);
  expect([0, 1, 2, 3, 4, 5].map((measure) => sum(profile, measure))).toEqual([6848, 34, 290259, 105, 283411, 71]);
  expect(stacks(profile).slice(0, 2)).toEqual(['main:58 5000', 'main:47;forget(int):30;make_order(int):23 1680']);
  expect(isWhole(profile)).toBe(true);
});

test('callers below the threshold: the bytes stay with the frames that are known', () => {
  const head =
    'desc: (none)\ncmd: a\ntime_unit: i\n#-----------\nsnapshot=0\n#-----------\ntime=1\nmem_heap_B=100\nmem_heap_extra_B=0\n';
  const profile = parse(
    `${head}mem_stacks_B=0\nheap_tree=peak\nn2: 100 (heap allocation functions) malloc\n n2: 90 0x1: f (a.c:1)\n  n0: 80 0x2: main (a.c:2)\n  n0: 10 in 3 places, all below massif's threshold (1.00%)\n n0: 10 in 1 place, below massif's threshold (1.00%)\n`,
  )!;
  expect(stacks(profile)).toEqual(['main:2;f:1 80', ' 10', 'f:1 10']);
  expect(profile.notes).toEqual([{ code: 'below-threshold', count: 20 }]);
});

test('a file that is cut, and one that is changed', () => {
  const cut = parse(text.slice(0, text.indexOf('heap_tree=peak') + 200))!;
  expect(notes(cut)).toContain('cut');
  expect(notes(parse(text.slice(0, text.indexOf('heap_tree=peak') + 4)))).toContain('cut');
  expect(parse(`hello\n${text}`)!.notes).toContainEqual({ code: 'foreign-lines', count: 1, line: 1 });
  expect(notes(parse(text.replace(/n1: 72704/g, 'n1: 99999999')))).toContain('sums-differ');
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  const whole = parse(text);
  for (const piece of [1, 7, 100, 4096]) expect(parse(text, piece)).toEqual(whole);
  for (const bytes of broken(Buffer.from(text.slice(-6000)), 200)) {
    const profile = parse(latin1(bytes));
    if (profile !== undefined) expect(isWhole(profile)).toBe(true);
  }
  expect(parse('something else\n')).toBeUndefined();
  expect(parse('')).toBeUndefined();
});
