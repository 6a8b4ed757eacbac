import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MarkedOutput } from '../../../src/node/marked-output.js';

function read(bytes: Buffer, cuts: readonly number[]): { marks: string[]; data: string; noise: string } {
  const marks: string[] = [];
  const data: Buffer[] = [];
  const output = new MarkedOutput(
    'abc',
    (words) => marks.push(words.join(' ')),
    (chunk) => data.push(Buffer.from(chunk)),
  );
  let from = 0;
  for (const to of [...cuts].sort((a, b) => a - b)) {
    output.push(bytes.subarray(from, Math.max(from, Math.min(to, bytes.length))));
    from = Math.max(from, Math.min(to, bytes.length));
  }
  output.push(bytes.subarray(from));
  output.end();
  return { marks, data: Buffer.concat(data).toString('latin1'), noise: output.noise };
}

const anyBytes = fc
  .array(fc.constantFrom('\n', '\r', '@', '@@', '@@abc', '\n@@ab', 'abc ', 'x', '\0', '\xff', '\r\n', ' '))
  .map((parts) => parts.join(''))
  .filter((text) => !`${text}\n`.includes('\n@@abc ') && !text.endsWith('\n@@abc'));

describe('the output of a shell', () => {
  test('noise before the greeting and marks are taken out, data is exact, wherever it is cut', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, fc.array(fc.nat(80)), (noise, data, cuts) => {
        const bytes = Buffer.from(`${noise}\n@@abc hello linux\n${data}\n@@abc end 0 \n`, 'latin1');
        expect(read(bytes, cuts)).toEqual({ marks: ['hello linux', 'end 0'], data, noise: '' });
      }),
    );
  });

  test('newlines that a terminal has changed are changed back', () => {
    fc.assert(
      fc.property(anyBytes, fc.array(fc.nat(80)), (data, cuts) => {
        const bytes = Buffer.from(`echo\n@@abc hello linux\n${data}\n@@abc end 0 \n`.replaceAll('\n', '\r\n'), 'latin1');
        expect(read(bytes, cuts)).toEqual({ marks: ['hello linux', 'end 0'], data, noise: '' });
      }),
    );
  });

  test('data after a mark, and an end within a mark', () => {
    const bytes = Buffer.from('\n@@abc hello linux\none\n@@abc session 7\ntwo\n@@abc end 1 \nthree\n@@ab');
    expect(read(bytes, [3, 30, 60])).toEqual({
      marks: ['hello linux', 'session 7', 'end 1'],
      data: 'onetwothree\n@@ab',
      noise: '',
    });
  });

  test('without a greeting, all is noise, of which the newest is kept', () => {
    const { marks, data, noise } = read(Buffer.from(`${'x'.repeat(100_000)}last`), [10, 50_000]);
    expect({ marks, data }).toEqual({ marks: [], data: '' });
    expect(noise).toMatch(/^x{1,10000}last$/);
  });
});
