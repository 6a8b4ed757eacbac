import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStat } from '../../../src/procfs/stat.js';
import { bytesOf } from './fixture.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const tail = 'S 1 2 3 0 -1 4202752 11 0 22 0 12 4 0 0 20 0 7 0 461288 21889024 1138';

describe('parseStat', () => {
  it('reads a line of Linux 6.18', () => {
    expect(parseStat(bytesOf('linux/6.18/process/stat'))).toEqual({
      pid: 25784,
      startTicks: 1276733,
      command: 'heap-program',
      state: 'S',
      parent: 25774,
      session: 17687,
      minorFaults: 359,
      majorFaults: 0,
      threads: 1,
      vsz: 3481600,
      rssPages: 511,
    });
  });

  it('reads a line of a 32-bit Linux 3.10', () => {
    expect(parseStat(bytesOf('synthetic/proc-3.10/stat'))).toMatchObject({
      pid: 1290,
      startTicks: 461288,
      minorFaults: 1130,
      majorFaults: 3,
      threads: 3,
      vsz: 21889024,
      rssPages: 1138,
    });
  });

  it.each([') S 1 (', 'a b', 'x\ny', '((((', '))', '', '\u001b[31m', 'Ümläut', '<b>&'])('takes the name %j as it is', (name) => {
    const stat = parseStat(bytes(`12 (${name}) ${tail}`));
    expect(stat).toMatchObject({ pid: 12, command: name, state: 'S', parent: 1, session: 3, threads: 7, rssPages: 1138 });
  });

  it('reads the same when the fields that it does not want are 0', () => {
    const cut = '12 (x) S 1 0 3 0 0 0 11 0 22 0 0 0 0 0 0 0 7 0 461288 21889024 1138';
    expect(parseStat(bytes(cut))).toEqual(parseStat(bytes(`12 (x) ${tail} 18446744073709551615 1 2 3\n`)));
  });

  it('reads any name of any bytes as TextDecoder does', () => {
    // The edges of the ranges of UTF-8: overlong forms, surrogates, what lies above U+10FFFF.
    const edges = [
      0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff,
    ];
    const edge = fc.array(fc.constantFrom(...edges), { maxLength: 12 }).map((some) => Uint8Array.from(some));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), edge), (name) => {
        const line = Buffer.concat([bytes('12 ('), name, bytes(`) ${tail}\n`)]);
        const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(name);
        expect(parseStat(line)?.command).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads every number back', () => {
    const count = fc.nat({ max: 2 ** 31 - 1 });
    const large = fc.maxSafeNat();
    fc.assert(
      fc.property(count, count, large, large, count, large, large, (pid, parent, minor, major, threads, start, vsz) => {
        const line = `${pid} (x) R ${parent} 5 6 0 -1 7 ${minor} 0 ${major} 0 1 2 3 4 20 -5 ${threads} 0 ${start} ${vsz} 99 1\n`;
        expect(parseStat(bytes(line))).toEqual({
          pid,
          startTicks: start,
          command: 'x',
          state: 'R',
          parent,
          session: 6,
          minorFaults: minor,
          majorFaults: major,
          threads,
          vsz,
          rssPages: 99,
        });
      }),
    );
  });

  it('does not take a counter below 0 as an amount', () => {
    expect(parseStat(bytes(`1 (x) ${tail.replace(/1138$/, '-3')}\n`))?.rssPages).toBe(0);
  });

  it('refuses every cut before the last field that it wants', () => {
    const line = `12 (a) b) ${tail}`;
    for (let length = 0; length < line.lastIndexOf(' ') + 2; length++) {
      expect(parseStat(bytes(line.slice(0, length))), line.slice(0, length)).toBeUndefined();
    }
  });

  it.each([
    'x (y) S 1',
    `12 x) ${tail}`,
    `(x) ${tail}`,
    `12 (x) ${tail.replace('461288', 'z')}`,
    `12 (x) ${tail.replace('461288', '9'.repeat(400))}`,
  ])('refuses %j', (text) => expect(parseStat(bytes(text))).toBeUndefined());

  it('takes any bytes without an error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (any) => void parseStat(any)));
  });
});
