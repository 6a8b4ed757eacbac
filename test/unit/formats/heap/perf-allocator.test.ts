import { describe, expect, test } from 'vitest';
import { type AllocatorSamples, PerfAllocatorParser } from '../../../../src/formats/heap/perf-allocator.js';
import { broken, fixtureText, latin1 } from './reading.js';

function parse(text: string, { pid = 7, isStatic = false, piece = text.length || 1 } = {}): AllocatorSamples {
  const parser = new PerfAllocatorParser(pid, isStatic);
  for (let at = 0; at < text.length; at += piece) parser.push(text.slice(at, at + piece));
  return parser.end();
}

const GLIBC = '/usr/lib/x86_64-linux-gnu/libc.so.6';
const APP = '/opt/shop';
/** Frames innermost first: `name module`. */
const sample = (frames: readonly (readonly [string, string])[], pid = 7): string =>
  `shop ${pid} \n${frames.map(([name, module], at) => `\t   ${at + 1}f0 ${name} (${module})\n`).join('')}\n`;
/** Of one sample; those behind it show that libc has names. */
const verdict = (frames: readonly (readonly [string, string])[], isStatic = false): string => {
  const { samples, inside, unsure } = parse(sample(frames) + sample([['printf', GLIBC]]), { isStatic });
  expect(samples).toBe(2);
  return inside === 1 ? 'inside' : unsure === 1 ? 'unsure' : 'outside';
};

describe('as perf printed it', () => {
  test.each([
    ['malloc', 29789, 86],
    ['mixed', 4565, 7],
  ])('the load %s, with and without the debug file of libc', (load, pid, inside) => {
    const named = parse(fixtureText(`perf-6.1/cpu-${load}.txt`), { pid });
    expect(named).toEqual({ samples: 100, inside, unsure: 0 });
    const stripped = parse(fixtureText(`perf-6.1/cpu-${load}-stripped.txt`), { pid });
    expect(stripped.samples).toBe(100);
    expect(stripped.inside).toBeLessThanOrEqual(inside);
    expect(stripped.inside + stripped.unsure).toBeGreaterThanOrEqual(inside);
    // Only what lies between calloc and its clearing is not known.
    expect(stripped.unsure).toBeLessThanOrEqual(5);
    expect(parse(fixtureText(`perf-6.1/cpu-${load}.txt`), { pid: 1 }).samples).toBe(0);
  });

  test('cut anywhere it is the same, and no bytes make it throw', () => {
    const text = fixtureText('perf-6.1/cpu-mixed-stripped.txt');
    const whole = parse(text, { pid: 4565 });
    for (const piece of [1, 7, 1000]) expect(parse(text, { pid: 4565, piece })).toEqual(whole);
    for (const bytes of broken(Buffer.from(text.slice(0, 10_000)), 100)) {
      const { samples, inside, unsure } = parse(latin1(bytes), { pid: 4565 });
      expect(inside + unsure).toBeLessThanOrEqual(samples);
    }
    expect(parse('hello\n\tworld\n')).toEqual({ samples: 0, inside: 0, unsure: 0 });
  });
});

describe('one sample', () => {
  const main = ['main', APP] as const;
  const unnamed = ['[unknown]', GLIBC] as const;
  test.each<[string, string, readonly (readonly [string, string])[]]>([
    ['inside', 'in malloc', [['malloc', GLIBC], main]],
    ['inside', 'within free, whose name has a version', [unnamed, unnamed, ['cfree@GLIBC_2.2.5', GLIBC], main]],
    ['inside', 'a static function, callers lost', [['unlink_chunk.constprop.0', GLIBC]]],
    ['inside', 'another name of calloc', [['_int_malloc', GLIBC], ['__libc_calloc', GLIBC], main]],
    ['unsure', 'within calloc, which also clears', [unnamed, ['__libc_calloc', GLIBC], main]],
    ['outside', 'clearing for calloc', [['__memset_avx512_unaligned_erms', GLIBC], ['calloc', GLIBC], main]],
    ['inside', 'operator new', [['operator new(unsigned long)', '/usr/lib/libstdc++.so.6'], main]],
    ['outside', 'operator new of a class', [['Pool::operator new(unsigned long)', APP], main]],
    ['inside', 'a library that is an allocator', [['[unknown]', '/usr/lib/libjemalloc.so.2'], main]],
    ['inside', 'another one', [['tc_newarray', '/usr/lib/libtcmalloc_minimal.so.4.5.9'], main]],
    ['outside', 'a function of libc without a name, from the program', [unnamed, main]],
    ['outside', 'within printf', [unnamed, ['printf', GLIBC], main]],
    ['unsure', 'in libc, callers lost', [unnamed]],
    ['unsure', 'in libc only', [unnamed, unnamed, ['[unknown]', '[unknown]']]],
    ['unsure', 'in musl, whose free has no frame', [['[unknown]', '/lib/ld-musl-x86_64.so.1'], main]],
    ['outside', 'code without a name of the program', [['[unknown]', APP]]],
    ['outside', 'a method of that name', [['Arena::free(void*)', APP], main]],
    ['outside', 'code made while it runs', [['[unknown]', '[unknown]']]],
  ])('%s: %s', (expected, _, frames) => {
    expect(verdict(frames)).toBe(expected);
  });

  test('of a static program any code without a name may be malloc', () => {
    expect(verdict([['[unknown]', APP]], true)).toBe('unsure');
    expect(verdict([['main', APP]], true)).toBe('outside');
    expect(verdict([['[unknown]', '[vdso]']], true)).toBe('outside');
  });

  test('a libc without any names tells nothing', () => {
    expect(parse(sample([unnamed, main]))).toEqual({ samples: 1, inside: 0, unsure: 1 });
  });

  test('other processes are left out', () => {
    expect(parse(sample([['malloc', GLIBC]], 8) + sample([main]))).toEqual({ samples: 1, inside: 0, unsure: 0 });
  });
});
