// test/fixtures/glibc/2.36/malloc-info.xml: what test/fixtures/glibc/malloc-info.c prints, built with gcc 12.2 -O0 -pthread, glibc 2.36.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCallNews } from '../../../../src/engines/live/gdb-news.js';
import { mallocNotes, parseMallocInfo } from '../../../../src/engines/live/malloc-info.js';

const text = readFileSync(join(import.meta.dirname, '../../../fixtures/glibc/2.36/malloc-info.xml'), 'utf8');

test('what malloc_info(3) of glibc writes: the sums over all arenas', () => {
  expect(parseMallocInfo(text, 120_000)).toEqual({
    arenas: 2,
    held: 8_089_600,
    inUse: 8_089_600 - 4_036_817,
    free: 4_036_817,
    top: 120_000,
    mapped: { bytes: 303_104, blocks: 1 },
  });
});

test('each number gets its sentence', () => {
  const use = parseMallocInfo(text, 120_000)!;
  expect(mallocNotes(use).map(({ code }) => code)).toEqual(['malloc-use', 'malloc-mapped', 'malloc-trim']);
  expect(mallocNotes({ ...use, inUse: 1000, free: use.held - 1000 }).map(({ code }) => code)).toContain('malloc-retains');
  expect(mallocNotes(use)[0]!.text).toBe(
    'malloc holds 7.7 MiB from the kernel in 2 arenas: the program has 3.9 MiB of it, and 3.8 MiB (50 %) is free.',
  );
});

test('a text that is cut, or is something else, gives nothing', () => {
  for (const cut of [text.slice(0, -10), text.slice(0, 40), '', '<malloc version="2">\n</malloc>', 'malloc']) {
    expect(parseMallocInfo(cut)).toBeUndefined();
  }
});

test('no text at all makes it fail, and what is free is never more than what is held', () => {
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(text.length), fc.string(), (from, to, piece) => {
      const use = parseMallocInfo(text.slice(0, from) + piece + text.slice(to));
      if (use !== undefined) expect(use.inUse).toBeGreaterThanOrEqual(0);
    }),
  );
});

test("the script's lines are told from gdb's", () => {
  expect(parseCallNews('0x00007f98396ad503 in clock_nanosleep () from /lib/libc.so.6')).toBeUndefined();
  expect(parseCallNews('{"told": "wait')).toBeUndefined();
  expect(parseCallNews('{"told": "waiting", "tries": 3, "why": "malloc"}')).toEqual({ told: 'waiting', tries: 3, why: 'malloc' });
  expect(parseCallNews('{"told": "refused", "why": "busy", "words": "malloc"}')).toEqual({
    told: 'refused',
    why: 'busy',
    words: 'malloc',
  });
  fc.assert(fc.property(fc.string(), (line) => void parseCallNews(line)));
  fc.assert(fc.property(fc.jsonValue(), (value) => void parseCallNews(`{"told": ${JSON.stringify(value)}}`)));
});
