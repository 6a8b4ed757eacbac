import { expect, test } from 'vitest';
import { MemleakParser } from '../../../../src/formats/heap/memleak.js';
import { broken, fixtureText, isWhole, latin1, notes, read, stacks, sum } from './reading.js';

const user = fixtureText('libbpf-tools-0.26/libbpf_memleak_noaddr.txt');
const parse = (whole: string, piece?: number) => read<string>(new MemleakParser(), whole, piece);

test('of libbpf-tools: the last list is the profile, growth is against the first', () => {
  const profile = parse(user)!;
  expect(profile.pid).toBe(27693);
  expect(profile.addresses).toBe('process');
  expect(profile.measures.map(({ quantity }) => quantity)).toEqual(['live', 'live', 'growth']);
  expect(stacks(profile)).toEqual([
    'libc.so.6+0x7f3c03b8e249;main;cache_tick 158976',
    'libc.so.6+0x7f3c03b8e249;main;leak_tick 62100',
  ]);
  expect([0, 1, 2].map((measure) => sum(profile, measure))).toEqual([221076, 1242, 221076 - 78848 - 30800]);
  expect(profile.timeline?.moments.map(({ at, bytes, self }) => [at, bytes, self?.reduce((all, each) => all + each, 0)])).toEqual(
    [
      [0, 109648, 109648],
      [2000, 221076, 221076],
    ],
  );
  expect(notes(profile)).toEqual([]);
  expect(isWhole(profile)).toBe(true);
});

test('with the address of every block, and of the kernel', () => {
  const listed = fixtureText('libbpf-tools-0.26/libbpf_memleak.txt');
  const last = listed.slice(listed.lastIndexOf('Top '));
  const told = [...last.matchAll(/^(\d+) bytes in (\d+) allocations/gm)];
  const profile = parse(listed)!;
  expect(sum(profile, 0)).toBe(told.reduce((all, [, bytes]) => all + Number(bytes), 0));
  expect(sum(profile, 1)).toBe([...last.matchAll(/addr = /g)].length);
  const kernel = parse(fixtureText('libbpf-tools-0.26/libbpf_memleak_kernel.txt'))!;
  expect(stacks(kernel)[0]).toMatch(/^asm_exc_page_fault;.*;__alloc_frozen_pages_noprof \d+$/);
  expect(kernel.texts).toContain('0xffffffff8162184a');
  // The tool itself was cut off in the middle of lines twice.
  expect(notes(kernel)).toEqual(['below-threshold', 'foreign-lines']);
});

const bcc = `[23:59:58] Top 10 stacks with outstanding allocations:
\t100 bytes in 1 allocations from stack
\t\t0x0000561a0186c19e\tleak_tick+0x15 [loop]
\t\t0x0000561a0186c29e\tmain+0x43 [loop]
[00:00:03] Top 10 stacks with outstanding allocations:
\t16 bytes in 2 allocations from stack
\t\tfibonacci+0x1f [app]
\t\t[unknown]
\t200 bytes in 2 allocations from stack
\t\t0x0000561a0186c19e\tleak_tick+0x15 [loop]
\t\t0x0000561a0186c29e\tmain+0x43 [loop]
\t4096 bytes in 1 allocations from stack
\t\tb'alloc_pages_current+0x6a [kernel]'
`;

test('of bcc, new and old, over midnight', () => {
  const profile = parse(bcc)!;
  expect(stacks(profile)).toEqual(['alloc_pages_current 4096', 'main;leak_tick 200', '+;fibonacci 16']);
  expect(stacks(profile, 2)).toContain('main;leak_tick 100');
  expect(profile.timeline?.moments.map(({ at, bytes }) => [at, bytes])).toEqual([
    [0, 100],
    [5000, 4312],
  ]);
});

test('one list tells no growth', () => {
  const profile = parse(bcc.slice(0, bcc.indexOf('[00:')))!;
  expect(profile.measures).toHaveLength(2);
  expect(profile.timeline).toBeUndefined();
});

test('lists of hours stay a short timeline', () => {
  let text = '';
  for (let at = 0; at < 5000; at++)
    text += `[${Math.floor(at / 3600)}:${Math.floor(at / 60) % 60}:${at % 60}] Top 1 stacks with outstanding allocations:\n${at} bytes in 1 allocations from stack\n\t0 [<10>] f+0x1 [a]\n`;
  const profile = parse(text)!;
  const moments = profile.timeline?.moments ?? [];
  expect(moments.length).toBeLessThan(2500);
  expect([moments[0]?.at, moments.at(-1)?.at, moments.at(-1)?.bytes]).toEqual([0, 4_999_000, 4999]);
  expect(moments.every(({ at }, index) => index === 0 || at > (moments[index - 1]?.at ?? 0))).toBe(true);
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  const whole = parse(user);
  for (const piece of [1, 7, 100]) expect(parse(user, piece)).toEqual(whole);
  for (const bytes of broken(Buffer.from(user), 300)) {
    const profile = parse(latin1(bytes));
    if (profile !== undefined) expect(isWhole(profile)).toBe(true);
  }
  expect(parse(bcc.replace('\t\tfib', 'some words\n\t\tfib'))?.notes).toEqual([{ code: 'foreign-lines', count: 1, line: 7 }]);
  expect(parse('Attaching to pid 1, Ctrl+C to quit.\n')).toBeUndefined();
});
