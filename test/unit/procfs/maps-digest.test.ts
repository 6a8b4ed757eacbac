import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestMaps } from '../../../src/procfs/maps-digest.js';
import { bytesOf, textOf } from './fixture.js';

const digest = (text: string) => digestMaps(Buffer.from(text));

describe('digestMaps', () => {
  it('counts the mappings of Linux 6.18 and finds the heap', () => {
    const text = textOf('linux/6.18/process/maps');
    const [, start, end] = /^(\w+)-(\w+) .*\[heap\]$/m.exec(text) ?? [];
    expect(digestMaps(bytesOf('linux/6.18/process/maps'))).toEqual({
      vmas: text.trimEnd().split('\n').length,
      heap: { start: Number(`0x${start}`), end: Number(`0x${end}`) },
    });
  });

  it('joins several lines of a heap, in any order', () => {
    const text =
      '0915e000-0917f000 rw-p 00000000 00:00 0          [heap]\n09100000-0915e000 r--p 00000000 00:00 0          [heap]\n';
    expect(digest(text)).toEqual({ vmas: 2, heap: { start: 0x09100000, end: 0x0917f000 } });
    expect(digest(text.replaceAll('\n', '\r\n'))).toEqual(digest(text));
    expect(digest(text.trimEnd())).toEqual(digest(text));
  });

  it('keeps high addresses exact', () => {
    expect(digest('fffffc000000-fffffc021000 rw-p 00000000 00:00 0 [heap]\n').heap).toEqual({
      start: 0xfffffc000000,
      end: 0xfffffc021000,
    });
  });

  it.each(['/tmp/[heap]', '/tmp/a [heap]', '[heap] (deleted)', '[anon:[heap]', '[stack]', 'x[heap]'])(
    'does not take %j for it',
    (name) => {
      expect(digest(`0915e000-0917f000 rw-p 00000000 00:00 0          ${name}\n`)).toEqual({ vmas: 1 });
    },
  );

  it.each(['[heap]', ' [heap]\n', 'zz-yy rw-p 0 0 0 [heap]\n', '5-3 rw-p 0 0:0 0 [heap]\n'])('finds none in %j', (text) => {
    expect(digest(text).heap).toBeUndefined();
  });

  it('has nothing of an empty file', () => {
    expect(digest('')).toEqual({ vmas: 0 });
  });

  it('takes any bytes without an error, and counts their lines', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (any) => {
        const lines = Buffer.from(any)
          .toString('latin1')
          .split('\n')
          .filter((line) => line.replace(/\r$/, '') !== '');
        expect(digestMaps(any).vmas).toBe(lines.length);
      }),
    );
  });
});
