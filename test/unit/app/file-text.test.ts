import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileText, headText } from '../../../src/app/file-text.js';

function decode(bytes: Uint8Array, piece: number): string {
  const text = new FileText();
  let all = '';
  for (let at = 0; at < bytes.length; at += piece) all += text.push(bytes.subarray(at, at + piece));
  return all + text.end();
}

const wide = (text: string, isLittle: boolean): Uint8Array =>
  Uint8Array.from(
    [...Array(text.length).keys()].flatMap((at) => {
      const unit = text.charCodeAt(at);
      return isLittle ? [unit & 0xff, unit >> 8] : [unit >> 8, unit & 0xff];
    }),
  );

describe('FileText', () => {
  const text = 'slabinfo - version: 2.1\ngrün-\u{1f600} 1\n';

  test.each([
    ['UTF-16, little end first', wide(`\ufeff${text}`, true)],
    ['UTF-16, big end first', wide(`\ufeff${text}`, false)],
    ['without a mark of the byte order', wide(text, true)],
    ['without one, big end first', wide(text, false)],
    ['UTF-8', new TextEncoder().encode(text)],
    ['UTF-8 with a mark', new TextEncoder().encode(`\ufeff${text}`)],
  ])('%s, cut anywhere', (_, bytes) => {
    for (const piece of [1, 2, 3, 7, 16, 17, 10_000]) expect(decode(bytes, piece)).toBe(text);
    expect(headText(bytes)).toBe(text);
  });

  test('short texts', () => {
    for (const short of ['', 'a', 'ab 1\n']) {
      expect(decode(new TextEncoder().encode(short), 1)).toBe(short);
      expect(headText(new TextEncoder().encode(short))).toBe(short);
    }
    expect(decode(wide('ab 1\n', true), 3)).toBe('ab 1\n');
  });

  test('bytes of a program are not taken for UTF-16, and none make it throw', () => {
    expect(decode(Uint8Array.of(0x0a, 0, 0x08, 1, 0x10, 2, 0, 0, 0x41, 0, 0x42, 0, 0, 0, 0, 0), 16)).toContain('\0');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (bytes, piece) => {
        expect(decode(bytes, piece)).toBe(decode(bytes, 1000));
      }),
    );
  });
});
