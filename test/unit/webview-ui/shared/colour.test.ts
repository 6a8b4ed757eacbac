import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contrast, cssOf, mix, over, parseColour, withContrast } from '../../../../webview-ui/shared/colour.js';

const channel = fc.integer({ min: 0, max: 255 });
const colour = fc.record({ red: channel, green: channel, blue: channel, alpha: fc.constant(1) });

test.each([
  ['#fff', [255, 255, 255, 1]],
  ['#0078D4', [0, 120, 212, 1]],
  [' #00000080 ', [0, 0, 0, 128 / 255]],
  ['rgb(1, 2, 3)', [1, 2, 3, 1]],
  ['rgba(234, 92, 0, 0.33)', [234, 92, 0, 0.33]],
  ['rgb(1 2 3 / 50%)', [1, 2, 3, 0.5]],
] as const)('%s', (text, [red, green, blue, alpha]) => expect(parseColour(text)).toEqual({ red, green, blue, alpha }));

test.each(['', 'red', '#12', '#ggg', 'rgb(1,2)', 'rgb(a,b,c)'])('"%s" is no colour', (text) =>
  expect(parseColour(text)).toBeUndefined(),
);

test('what is written is read', () => {
  fc.assert(
    fc.property(colour, (one) => {
      expect(parseColour(cssOf(one))).toEqual(one);
    }),
  );
});

test('black on white is 21 to 1, and a half of each is grey', () => {
  const [black, white] = ['#000', '#fff'].map((text) => parseColour(text)!) as [ReturnType<typeof over>, ReturnType<typeof over>];
  expect(contrast(black, white)).toBeCloseTo(21, 5);
  expect(mix(black, white, 0.5).red).toBe(127.5);
  expect(over({ ...white, alpha: 0.5 }, black).red).toBe(127.5);
});

test('a line is always seen', () => {
  fc.assert(
    fc.property(colour, colour, (one, background) => {
      expect(contrast(withContrast(one, background, 3), background)).toBeGreaterThanOrEqual(3);
    }),
  );
});
