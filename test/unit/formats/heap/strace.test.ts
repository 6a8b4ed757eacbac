import { expect, test } from 'vitest';
import { StraceParser } from '../../../../src/formats/heap/strace.js';
import { broken, fixtureText, isWhole, latin1, notes, read, stacks, sum } from './reading.js';

const shop = fixtureText('strace-6.1/bookshop.txt');
const threads = fixtureText('strace-6.1/threads.txt');
const parse = (whole: string, piece?: number) => read<string>(new StraceParser(), whole, piece);

// While the programs slept at their end, /proc/PID/maps had so many bytes beside what execve itself maps (program, ld.so, stack, vdso).
test('what is mapped at the end is what /proc/PID/maps says', () => {
  const profile = parse(shop)!;
  expect(sum(profile, 0)).toBe(8175616);
  expect(profile.measures[0]).toEqual({ quantity: 'mapped', unit: 'bytes' });
  const ledgers = stacks(profile).filter((stack) => stack.includes(';keep_ledger(int)'));
  // Three of 300,000 bytes less 64 KiB; three whole ones, and what mremap added to these.
  expect(ledgers).toEqual([
    `_start;__libc_start_main;__libc_init_first;main;keep_ledger(int);__mmap ${3 * (303104 - 65536) + 3 * 303104}`,
    `_start;__libc_start_main;__libc_init_first;main;keep_ledger(int);mremap ${3 * (602112 - 303104)}`,
  ]);
  expect(profile.timeline?.moments.at(-1)?.bytes).toBe(8175616);
  expect([profile.addresses, profile.command]).toEqual(['module', './bookshop 300 3']);
  expect(isWhole(profile)).toBe(true);
  expect(notes(profile)).toEqual([]);
});

test('what is told while it is written is what a reader of so much would tell, and changes nothing of the end', () => {
  for (const whole of [shop, threads]) {
    const parser = new StraceParser();
    for (let at = 0; at < whole.length; at += 997) {
      parser.push(whole.slice(at, at + 997));
      const other = new StraceParser();
      other.push(whole.slice(0, at + 997));
      expect(parser.profile()).toEqual(other.profile());
    }
    expect(parser.profile()).toBeDefined();
    expect(parser.end()).toEqual(parse(whole));
    expect(parser.end()).toEqual(parse(whole));
  }
});

test('threads unmap for each other, MAP_FIXED replaces, and a child that has ended has nothing', () => {
  const profile = parse(threads)!;
  expect(sum(profile, 0)).toBe(10575872);
  expect(profile.pid).toBeUndefined();
  expect(profile.timeline?.moments[0]?.at).toBe(0);
});

test('without clone in the log a child is known by what only another process can map', () => {
  const without = threads
    .split('\n')
    .filter((line) => !/clone|execve/.test(line))
    .join('\n');
  expect(sum(parse(without), 0)).toBe(10575872);
  const two =
    '1 mmap(NULL, 4096, 3, 34, -1, 0) = 0x10000\n2 mmap(NULL, 4096, 3, 34, -1, 0) = 0x10000\n2 munmap(0x10000, 4096) = 0\n';
  expect(sum(parse(two), 0)).toBe(4096);
});

const attached = (name: string, pid: number, threads: readonly number[] = [], heapEnd?: number) => {
  const parser = new StraceParser({ pid, threads: new Set(threads), ...(heapEnd === undefined ? {} : { heapEnd }) });
  const profile = read<string>(parser, fixtureText(`strace-6.1/mapper-${name}.txt`))!;
  return { parser, profile };
};

test('attached: of the process alone, its threads old and new, what /proc/PID/maps has more; children are left out', () => {
  const grown = attached('children', 15339);
  expect(sum(grown.profile, 0)).toBe(196608);
  expect(grown.parser.children).toBeGreaterThan(3);
  expect(stacks(grown.profile)).toEqual(['_start;__libc_start_main;__libc_init_first;main;lose_mapping;take;__mmap 196608']);
  const old = attached('threads', 15393, [15395, 15396, 15397]);
  expect([sum(old.profile, 0), old.parser.children]).toEqual([458752, 0]);
  const young = attached('new-threads', 15438);
  expect([sum(young.profile, 0), young.parser.children]).toEqual([458752, 0]);
  for (const { profile } of [grown, old, young]) {
    const { regions = [] } = profile;
    expect(regions.reduce((all, { start, end }) => all + end - start, 0)).toBe(sum(profile, 0));
    expect(regions.every(({ at = -1, node }) => at >= 0 && node > 0)).toBe(true);
    expect([profile.pid, notes(profile)]).toEqual([regions.length > 0 ? profile.pid : undefined, []]);
  }
});

test('attached to one that maps nothing: an empty profile; its heap is known to end where it ended', () => {
  expect(new StraceParser({ pid: 7 }).end()?.regions).toEqual([]);
  const parser = new StraceParser({ pid: 7, heapEnd: 0x10000 });
  expect(sum(read<string>(parser, '7 1.5 brk(0x12000) = 0x12000\n'), 0)).toBe(0x2000);
});

test('in a container numbers of threads are told twice', () => {
  const log = [
    `7 1.0 clone(child_stack=0x7f, flags=CLONE_VM|CLONE_THREAD) = 2 /* 9 in strace's PID NS */`,
    `7 1.1 fork() = 3 /* 11 in strace's PID NS */`,
    '9 1.2 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x10000',
    '11 1.3 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x20000\n',
  ].join('\n');
  expect(sum(read<string>(new StraceParser({ pid: 7, threads: new Set() }), log), 0)).toBe(4096);
});

const frames =
  ' > /bin/a(f+0x2) [0x11fe]\n > /bin/a(main+0x9) /src/a.c:7 [0x1200]\n > /bin/b (deleted)(operator()(int)+0x1) [0x20]\n > /bin/c() [0x30]\n > unexpected_backtracing_error [0x2]\n';
const call = (line: string): string => `${line}\n${frames}`;

test('every form of a line', () => {
  const forms = ['', '77 ', '[pid    77] ', '77 12:00:01 ', '77 12:00:01.5 ', '77 1795281425.055410 ', '77      0.000012 '];
  for (const form of forms) {
    const profile = parse(
      call(`${form}mmap(NULL, 5000, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000 <0.000010>`),
    )!;
    expect(stacks(profile)).toEqual(['c+0x2f;operator()(int);main:7;f 8192']);
    expect(profile.texts).toContain('0x11fd');
    expect(profile.timeline === undefined).toBe(!/[.:]/.test(form));
  }
  const split = parse(
    `7 mmap(NULL, 5000, PROT_READ, MAP_PRIVATE, 3 <unfinished ...>\n8 brk(NULL) = 0x1000\n${call('7 <... mmap resumed>, 0) = 0x70000')}`,
  )!;
  expect(stacks(split)).toEqual(['c+0x2f;operator()(int);main:7;f 8192']);
});

test('brk goes up and down; a call that failed maps nothing', () => {
  const text = [
    call('brk(NULL) = 0x10000'),
    call('brk(0x20000) = 0x20000'),
    call('brk(0x18000) = 0x18000'),
    call('mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0) = -1 ENOMEM (Cannot allocate memory)'),
    call('munmap(0x5000, 4096) = -1 EINVAL (Invalid argument)'),
  ].join('');
  const profile = parse(text)!;
  expect([0, 1, 2].map((measure) => sum(profile, measure))).toEqual([0x8000, 0x10000, 1]);
});

test('mremap: moved, shrunk, and from a place that nobody saw mapped', () => {
  const map = call('mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, -1, 0) = 0x100000');
  const then = (line: string) => sum(parse(map + call(line)), 0);
  expect(then('mremap(0x100000, 8192, 4096, 0) = 0x100000')).toBe(4096);
  expect(then('mremap(0x100000, 8192, 16384, MREMAP_MAYMOVE) = 0x200000')).toBe(16384);
  expect(then('mremap(0x100000, 8192, 8192, MREMAP_MAYMOVE|MREMAP_DONTUNMAP) = 0x200000')).toBe(16384);
  expect(then('mremap(0x900000, 8192, 12288, MREMAP_MAYMOVE) = 0x200000')).toBe(8192 + 4096);
  expect(then('execve("/bin/b", ["b"], 0x7ffd /* 2 vars */) = 0')).toBe(0);
});

test('the capture of a process that was attached to', () => {
  const profile = parse('1 brk(0x561a30f85000) = 0x561a30f85000\n1 brk(0x561a30fa6000) = 0x561a30fa6000\nhello\n')!;
  expect(sum(profile, 0)).toBe(0x21000);
  expect(notes(profile)).toEqual(['no-symbols', 'foreign-lines']);
});

test('sums hold whatever is mapped over what', () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
  const pages = new Set<number>();
  let text = '';
  for (let each = 0; each < 2000; each++) {
    const start = random(64);
    const length = random(8) + 1;
    const isMap = random(2) === 0;
    for (let page = start; page < start + length; page++) isMap ? pages.add(page) : pages.delete(page);
    const address = `0x${(0x100000 + start * 4096).toString(16)}`;
    text += isMap
      ? `mmap(${address}, ${length * 4096}, PROT_READ, MAP_PRIVATE|MAP_FIXED, -1, 0) = ${address}\n`
      : `munmap(${address}, ${length * 4096}) = 0\n`;
  }
  expect(sum(parse(text), 0)).toBe(pages.size * 4096);
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  const whole = parse(threads);
  for (const piece of [1, 7, 100]) expect(parse(threads, piece)).toEqual(whole);
  for (const bytes of broken(Buffer.from(shop), 60)) {
    const profile = parse(latin1(bytes));
    if (profile !== undefined) expect(isWhole(profile)).toBe(true);
  }
  expect(parse('hello\n')).toBeUndefined();
});
