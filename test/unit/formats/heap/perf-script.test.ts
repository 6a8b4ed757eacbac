import { describe, expect, test } from 'vitest';
import { PerfScriptParser } from '../../../../src/formats/heap/perf-script.js';
import type { HeapProfile } from '../../../../src/model/heap-profile.js';
import { broken, fixtureText, isWhole, latin1, notes, read, stacks, sum } from './reading.js';

const fourth = fixtureText('perf-6.1/every-fourth.txt');
const parse = (whole: string, piece?: number) => read<string>(new PerfScriptParser(), whole, piece);

test('the sum is the event count of perf report, in pages', () => {
  const profile = parse(fourth)!;
  expect(sum(profile, 1)).toBe(516);
  expect(sum(profile, 0)).toBe(516 * 4096);
  expect(profile.notes).toEqual([
    { code: 'sampled', count: 4 },
    { code: 'broken-stacks', count: 3 },
  ]);
  expect(profile.timeline?.moments.at(-1)?.bytes).toBe(516 * 4096);
  expect(profile.addresses).toBe('module');
  expect(stacks(profile)[0]).toMatch(/^_start;.*;main;keep_ledger;__memset_avx512_unaligned_erms \d+$/);
  expect(isWhole(profile)).toBe(true);
});

test('inlined functions are in the module of those around them', () => {
  const profile = parse(fixtureText('perf-6.1/inlined.txt'))!;
  expect(sum(profile, 1)).toBe(25);
  const inlined = [...profile.frames.inlined.keys()].filter((frame) => profile.frames.inlined[frame] === 1);
  expect(inlined.length).toBeGreaterThan(2);
  expect(inlined.every((frame) => profile.frames.module[frame] !== 0)).toBe(true);
  expect(stacks(profile).join('\n')).toContain('_start;_dl_start;rtld_timer_start* 4096');
});

test('places of -F srcline', () => {
  const profile = parse(fixtureText('perf-6.1/srcline.txt'))!;
  expect(sum(profile, 1)).toBe(12);
  expect(stacks(profile).join('\n')).toContain('main:');
  expect(profile.texts).toContain('bookshop.cpp');
  expect(notes(profile)).toEqual([]);
  const plt =
    'a 1 5.000000:  1 page-faults: \n\t   262c0 @plt+0x0 (/usr/lib/libc.so.6)\n  libc.so.6[262c0]\n\t   1 main+0x1 (/a)\n  a.c:7\n';
  expect(stacks(parse(plt)!)).toEqual(['main:7;@plt 4096']);
  expect(notes(parse(plt))).toEqual([]);
});

const sample = (head: string) =>
  `${head}\n\t    7fda698ab7ad std::vector<int, std::allocator<int> >::grow(int)+0x3d (/opt/a b (deleted))\n\t7fc1cb80b0b0 [unknown] (/opt/stripped)\n\n`;

test('every form of a head, names with blanks, addresses of the process', () => {
  for (const head of [
    'my worker 1 27218 41700.239804: ',
    'bookshop 27218/27219 [003] 41700.239804:          1 page-faults:u: ',
    'bookshop 27218 41700.239804:          1 page-faults:     7fda69892b70 _start+0x0 (/usr/lib/ld.so)',
    '        bookshop 27218 [003] 41700.239804: minor-faults: ',
  ]) {
    const profile = parse(sample(head))!;
    expect(stacks(profile)).toEqual(['stripped+0x7fc1cb80b0b0;std::vector<int, std::allocator<int> >::grow(int) 4096']);
    expect(profile.pid).toBe(27218);
    expect(profile.addresses).toBe('process');
    expect(profile.texts).toContain('/opt/a b');
    expect(notes(profile)).toEqual([]);
  }
});

test('other events keep their name; of several kinds the first one is read', () => {
  const text = sample('a 1 5.000000:       1000 cpu-clock:u: ') + sample('a 1 6.000000:     1 page-faults: ');
  const profile = parse(text)!;
  expect(profile.measures).toEqual([{ quantity: 'other', unit: 'count', name: 'cpu-clock:u' }]);
  expect(sum(profile, 0)).toBe(1000);
  expect(profile.timeline).toBeUndefined();
  expect(notes(profile)).toEqual(['sampled', 'several-profiles']);
});

test('what the callers are is not made up where perf lost its way', () => {
  const head = 'a 1 5.000000:          1 page-faults:u: \n\t   98ac9 malloc+0x199 (/usr/lib/libc.so.6)\n';
  const nowhere = '\t7fffffffdfff [unknown] ([unknown])\n';
  const profile = parse(`${head}${nowhere}\n${head}\t    11b6 main+0x5d (/a)\n\n${head}${nowhere}\t    11b6 main+0x5d (/a)\n\n`)!;
  // Between two frames it may be code that was made while the program ran.
  expect(stacks(profile)).toEqual(['malloc 4096', 'main;malloc 4096', 'main;+0x7fffffffdfff;malloc 4096']);
  expect(profile.notes).toEqual([{ code: 'broken-stacks', count: 1 }]);
});

test('nor where it took a word of data for an address', () => {
  const frames = (...modules: string[]) =>
    `\t   98ac9 malloc+0x199 (/usr/lib/libc.so.6)\n${modules.map((module) => `\t7fffffffdfff [unknown] (${module})\n`).join('')}\n`;
  const head = 'a 1 5.000000:          1 page-faults:u: ';
  const found = (text: string) => stacks(parse(text)!);
  for (const module of ['[stack]', '[heap]', '[stack:77]']) expect(found(`${head}\n${frames(module)}`)).toEqual(['malloc 4096']);
  // Without --data only code is known there.
  expect(found(`${head}\n${frames('//anon')}`)).toEqual(['anon+0x7fffffffdfff;malloc 4096']);
  expect(found(`${head}    7f0000012340 [unknown] (//anon)\n${frames('//anon')}`)).toEqual(['malloc 4096']);
  expect(found(`${head}\n${frames('//anon', '/a')}`)).toEqual(['a+0x7fffffffdfff;anon+0x7fffffffdfff;malloc 4096']);
});

test('lost samples are told', () => {
  const profile = parse(`${sample('a 1 5.000000:  1 page-faults: ')}a 1 5.000001: PERF_RECORD_LOST lost 17\n`)!;
  expect(profile.notes).toEqual([{ code: 'too-many', count: 17, detail: 'lost' }]);
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  const whole = parse(fourth);
  for (const piece of [1, 7, 1000]) expect(parse(fourth, piece)).toEqual(whole);
  for (const bytes of broken(Buffer.from(fourth.slice(0, 20000)), 100)) {
    const profile = parse(latin1(bytes));
    if (profile !== undefined) expect(isWhole(profile)).toBe(true);
  }
  expect(parse('hello\n\tworld\n')).toBeUndefined();
});

const fault = (time: string, frame: string, pid = 7) =>
  `prog ${pid}/${pid} ${time}:          1 page-faults:u: \n\t            1136 ${frame}+0x7 (/bin/prog)\n\n`;

test('of one process: its children and what it was before execve are left out, and the timeline has its whole time', () => {
  const parser = new PerfScriptParser({ pid: 7, from: 10, to: 20 });
  const text = [
    'prog 0/0 0.000000: PERF_RECORD_COMM: prog:7/7\n',
    fault('11.000000', 'before'),
    'prog 7/7 11.500000: PERF_RECORD_FORK(8:8):(7:7)\n',
    fault('11.600000', 'child', 8),
    'prog 8/8 11.700000: PERF_RECORD_COMM exec: ls:8/8\n',
  ].join('');
  const early = read<string>(new PerfScriptParser({ pid: 7, from: 10, to: 20 }), text);
  expect(stacks(early!)).toEqual(['before 4096']);
  expect(early!.timeline!.moments.at(-1)).toMatchObject({ at: 10_000, bytes: 4096 });
  expect(early!.timeline!.moments.find(({ bytes }) => bytes > 0)!.at).toBeGreaterThanOrEqual(1000);
  const again = `${text}other 7/7 12.000000: PERF_RECORD_COMM exec: other:7/7\n${fault('13.000000', 'after')}`;
  const profile = read<string>(parser, again)!;
  expect(stacks(profile)).toEqual(['after 4096']);
  expect([parser.children, parser.hasBecomeAnother]).toEqual([1, true]);
  expect(profile.timeline!.moments.at(-1)).toMatchObject({ at: 7000, bytes: 4096 });
  expect(notes(profile)).toEqual([]);
});

test('a timeline of each stack', () => {
  const text = Array.from({ length: 40 }, (_, i) => fault(`${(10 + i / 4).toFixed(6)}`, i % 4 === 0 ? 'slow' : 'fast')).join('');
  const moments = parse(text)!.timeline!.moments.filter(({ self }) => self !== undefined);
  expect(moments.length).toBeGreaterThanOrEqual(12);
  const [slow, fast] = [1, 2].map((node) => moments.map(({ self }) => self![node]! / 4096));
  expect([slow!.at(-1), fast!.at(-1)]).toEqual([10, 30]);
  expect(slow!.every((value, i) => i === 0 || value >= slow![i - 1]!)).toBe(true);
});

describe('addresses of faults', () => {
  const again = { addresses: 'perf-6.1/touched-again-addresses.txt', none: 'perf-6.1/touched-again-no-addresses.txt' } as const;
  /** Pages of what a function touched itself, or what it called; faults. */
  const of = (profile: HeapProfile | undefined, name: string): readonly number[] =>
    [0, 1].map((measure) =>
      stacks(profile!, measure)
        .filter((stack) => stack.includes(`;${name}`))
        .reduce((all, stack) => all + Number(stack.split(' ').at(-1)) / (measure === 0 ? 4096 : 1), 0),
    );

  test('a page that is touched again is no growth; without addresses each fault counts', () => {
    const [pages, faults] = [again.addresses, again.none].map((path) =>
      read<string>(new PerfScriptParser({ pid: 9603 }), fixtureText(path)),
    );
    expect(of(pages, 'churn')).toEqual([8, 88]);
    expect(of(faults, 'churn')).toEqual([88, 88]);
    expect(of(pages, 'copied')).toEqual([4, 12]);
    expect(of(faults, 'copied')).toEqual([12, 12]);
    // Two of them were copied after a fork: malloc writes to the page that the last block ends in.
    expect(of(pages, 'grow')).toEqual([12, 14]);
    expect(notes(faults)).toEqual([]);
    expect(notes(pages)).toEqual(['touched-again']);
    expect(stacks(pages!, 1)).toEqual(stacks(faults!, 1));
    expect(pages!.timeline!.moments.at(-1)!.bytes).toBe(sum(pages!, 0));
  });

  test('each process has pages of its own', () => {
    const text = fixtureText(again.addresses);
    expect(of(parse(text), 'usleep')[0]).toBe(2);
  });

  const touched = (pid: number, address: string, frame: string, period = 1) =>
    `prog ${pid}/${pid} 5.000000: ${period} page-faults:u: ${address} [unknown] (//anon)\n\t  1136 ${frame}+0x7 (/bin/prog)\n\n`;

  test('a page counts for who touched it first, and for who touched it last', () => {
    const steps = ['a', 'b', 'b', 'c', 'a', 'b'].map((frame, at) => touched(7, `7f0000001${at}23`, frame));
    expect(stacks(parse(steps.slice(0, 2).join(''))!)).toEqual(['a 4096', 'b 4096']);
    expect(stacks(parse(steps.slice(0, 4).join(''))!)).toEqual(['a 4096', 'c 4096']);
    expect(stacks(parse(steps.slice(0, 5).join(''))!)).toEqual(['a 4096']);
    expect(stacks(parse(steps.join(''))!)).toEqual(['a 4096', 'b 4096']);
  });

  test('an estimate counts a page once as well; after execve all is new', () => {
    const twice = touched(7, '7f0000012340', 'a', 16) + touched(7, '7f0000012999', 'a', 16);
    const profile = parse(twice)!;
    expect([sum(profile, 0), sum(profile, 1)]).toEqual([16 * 4096, 32]);
    expect(notes(profile)).toEqual(['sampled', 'touched-again']);
    const other = `${twice}prog 7/7 12.000000: PERF_RECORD_COMM exec: prog:7/7\n${touched(7, '7f0000012340', 'a')}`;
    expect(notes(read<string>(new PerfScriptParser({ pid: 7 }), other))).toEqual([]);
  });

  test('an address without a stack is that of the code', () => {
    const bare = 'prog 7/7 5.000000: 1 page-faults:u: 7f0000012340 memset+0x10 (/lib/libc.so.6)\n\n';
    expect(sum(parse(bare + bare), 0)).toBe(2 * 4096);
  });
});
