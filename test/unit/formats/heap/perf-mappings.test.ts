import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PerfMappingsParser } from '../../../../src/formats/heap/perf-mappings.js';
import { recogniseHeapProfile } from '../../../../src/formats/heap/recognise.js';
import type { HeapProfile } from '../../../../src/model/heap-profile.js';
import { broken, fixtureText, isWhole, latin1, notes, read, stacks, sum } from './reading.js';

const children = fixtureText('perf-6.1/mapper-children.txt');
const threads = fixtureText('perf-6.1/mapper-threads.txt');
const heap = fixtureText('perf-6.1/mapper-heap.txt');
const other = fixtureText('perf-6.1/mapper-other-program.txt');
const parse = (whole: string, pid?: number, heapEnd?: number) => {
  const parser = new PerfMappingsParser(pid === undefined ? undefined : { pid, ...(heapEnd === undefined ? {} : { heapEnd }) });
  const profile = read<string>(parser, whole);
  return { parser, profile };
};
const sizes = ({ regions = [] }: HeapProfile) => regions.map(({ start, end }) => end - start);

test('what is mapped at the end is what /proc/PID/maps has more, and its regions are that', () => {
  const { profile, parser } = parse(threads, 15851);
  expect(sum(profile, 0)).toBe(393216);
  expect(stacks(profile!)).toEqual(['clone3;start_thread;losing_thread;lose_mapping;take;__mmap 393216']);
  expect(sizes(profile!)).toEqual(Array.from({ length: 6 }, () => 65536));
  const times = profile!.regions!.map(({ at = -1 }) => at).sort((a, b) => a - b);
  expect(times[0]).toBeGreaterThanOrEqual(0);
  expect(times.at(-1)).toBeGreaterThan(400);
  expect(new Set(profile!.regions!.map(({ node }) => node)).size).toBe(1);
  expect([profile!.pid, profile!.addresses, parser.children, notes(profile!)]).toEqual([15851, 'module', 0, []]);
  expect(profile!.timeline?.moments.at(-1)?.bytes).toBe(393216);
});

test('children are left out', () => {
  const { profile, parser } = parse(children, 15505);
  expect(sum(profile, 0)).toBe(393216);
  expect(parser.children).toBeGreaterThan(5);
  expect(stacks(profile!)).toEqual([
    '_start;__libc_start_main@@GLIBC_2.34;__libc_start_call_main;main;lose_mapping;take;__mmap 393216',
  ]);
  // Of a file nobody says which process is wanted: what each of them has at the end counts.
  const all = parse(children).profile!;
  expect(sum(all, 0)).toBeGreaterThan(393216);
  expect([all.pid, all.regions]).toEqual([undefined, undefined]);
});

test('a heap that grows by brk: from where it ended before, when that is known', () => {
  expect(sum(parse(heap, 16260, 0x5579f4f77000).profile, 0)).toBe(1802240);
  expect(sum(parse(heap, 16260).profile, 0)).toBeLessThan(1802240);
});

test('after execve only what the new program maps is there', () => {
  const { profile } = parse(other, 16076);
  const lost = stacks(profile!).filter((stack) => stack.includes('lose_mapping'));
  expect(lost).toHaveLength(1);
  expect(stacks(profile!).some((stack) => stack.includes('borrow_mapping'))).toBe(false);
});

const event = (name: string, told: string, tid = 7, time = '1.000001') =>
  ` prog 7/${tid} ${time}: syscalls:sys_${name}: ${told}\n`;
const frames = '\t    1361 take+0x32 (/bin/a)\n\t    1577 main+0x28 (/bin/a)\n\n';

test('calls that fail, that began before perf, and that threads make at once', () => {
  const text = [
    event('exit_mmap', '0x7f0000000000'),
    event('enter_mmap', 'addr: 0x00000000, len: 0x00001000, prot: 0x3, flags: 0x22, fd: 0xffffffff, off: 0x0') + frames,
    event('enter_mmap', 'addr: 0x00000000, len: 0x00002000, prot: 0x3, flags: 0x22, fd: 0xffffffff, off: 0x0', 8) + frames,
    event('exit_mmap', '0xfffffffffffffff4     7f0000 mmap+0x1 (/bin/c)', 8),
    event('exit_mmap', '0x7f0000001000     7f0000 mmap+0x1 (/bin/c)'),
    event('enter_mremap', 'addr: 0x7f0000001000, old_len: 0x1000, new_len: 0x3000, flags: 0x1, new_addr: 0x0') + frames,
    event('exit_mremap', '0x7f0000010000'),
    event('enter_mmap', 'addr: 0x7f0000010000, len: 0x00001000, prot: 0x3, flags: 0x32, fd: 0xffffffff, off: 0x0') + frames,
    event('exit_mmap', '0x7f0000010000'),
    event('enter_munmap', 'addr: 0x7f0000012000, len: 0x00001000'),
    event('exit_munmap', '0x0'),
    ' prog 7/7 1.2: PERF_RECORD_LOST lost 12\n',
    'what is this\n',
  ].join('');
  const { profile, parser } = parse(text, 7);
  expect(sum(profile, 0)).toBe(0x2000);
  expect(parser.calls).toBe(5);
  expect(notes(profile!)).toEqual(['too-many', 'foreign-lines']);
  expect(profile!.regions).toEqual([
    { node: 2, start: 0x7f0000010000, end: 0x7f0000011000, at: 0 },
    { node: 2, start: 0x7f0000011000, end: 0x7f0000012000, at: 0 },
  ]);
});

test('a process that maps nothing has an empty profile; a file without such events none', () => {
  expect(parse('', 7).profile?.regions).toEqual([]);
  expect(parse('hello\n').profile).toBeUndefined();
});

test('a file of it is recognised', () => {
  expect(recogniseHeapProfile(threads)?.parser).toBeInstanceOf(PerfMappingsParser);
});

test('cut anywhere it is the same, and no bytes make it throw', () => {
  const whole = parse(threads, 15851).profile;
  for (const piece of [1, 7, 100]) expect(read<string>(new PerfMappingsParser({ pid: 15851 }), threads, piece)).toEqual(whole);
  for (const bytes of broken(Buffer.from(threads), 60)) {
    const { profile } = parse(latin1(bytes));
    if (profile !== undefined) expect(isWhole(profile)).toBe(true);
  }
});

test('whatever is mapped and unmapped, regions are what a plain set of pages has', () => {
  const operation = fc.record({
    isMap: fc.boolean(),
    page: fc.integer({ min: 0, max: 40 }),
    pages: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
      const pages = new Set<number>();
      let text = '';
      for (const { isMap, page, pages: count } of operations) {
        const address = `0x${(0x100000 + page * 4096).toString(16)}`;
        for (let each = page; each < page + count; each++) isMap ? pages.add(each) : pages.delete(each);
        text += isMap
          ? event('enter_mmap', `addr: ${address}, len: 0x${(count * 4096).toString(16)}, prot: 0x3, flags: 0x32`) +
            frames +
            event('exit_mmap', address)
          : event('enter_munmap', `addr: ${address}, len: ${count * 4096}`) + event('exit_munmap', '0x0');
      }
      const profile = parse(text, 7).profile!;
      expect(sum(profile, 0)).toBe(pages.size * 4096);
      expect(sizes(profile).reduce((all, size) => all + size, 0)).toBe(pages.size * 4096);
    }),
  );
});
