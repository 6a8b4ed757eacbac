import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TouchedMoments } from '../../../../src/formats/heap/touched-moments.js';

test('moments of equal distance, the last one at the end; each has what there was until then', () => {
  const moments = new TouchedMoments();
  moments.add(0, 1, 10);
  moments.add(120, 2, 5);
  moments.add(130, 1, 1);
  const made = moments.finish(3, 240);
  expect(made.map(({ at }) => at)).toEqual([50, 100, 150, 200, 240]);
  expect(made.map(({ bytes }) => bytes)).toEqual([10, 10, 16, 16, 16]);
  expect([...made[0]!.self!]).toEqual([0, 10, 0]);
  expect([...made.at(-1)!.self!]).toEqual([0, 11, 5]);
});

test('however long it takes, there are 12 to 24 of them, and nothing is lost', () => {
  const samples = fc.array(fc.record({ step: fc.nat(5000), node: fc.integer({ min: 1, max: 9 }), bytes: fc.nat(100) }), {
    minLength: 1,
  });
  fc.assert(
    fc.property(samples, fc.nat(100_000), (told, more) => {
      const moments = new TouchedMoments();
      let at = 0;
      const whole = new Float64Array(10);
      for (const { step, node, bytes } of told) {
        at += step;
        moments.add(at, node, bytes);
        whole[node]! += bytes;
      }
      const end = at + more;
      const made = moments.finish(10, end);
      expect(made.length).toBeLessThanOrEqual(25);
      if (end > 1300) expect(made.length).toBeGreaterThanOrEqual(12);
      expect([...made.at(-1)!.self!]).toEqual([...whole]);
      for (let i = 1; i < made.length; i++) {
        expect(made[i]!.at).toBeGreaterThanOrEqual(made[i - 1]!.at);
        expect(made[i]!.bytes).toBeGreaterThanOrEqual(made[i - 1]!.bytes);
      }
    }),
  );
});

test('of very many stacks only the whole of each moment is kept', () => {
  const moments = new TouchedMoments();
  moments.add(0, 1, 10);
  expect(moments.finish(1 << 24, 200)[0]).toEqual({ at: 50, bytes: 10 });
});
