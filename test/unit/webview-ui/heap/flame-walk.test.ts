import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FlameBoxes, flameSums, layOutFlame } from '../../../../webview-ui/heap/flame-layout.js';
import { walkRow } from '../../../../webview-ui/heap/flame-walk.js';
import type { FlameSpan } from '../../../../webview-ui/heap/flame-window.js';
import { aTree } from './a-flame.js';

/** One row of boxes as wide as these, with gaps between: the parents of them are wider by it. */
function rowOf(widths: readonly (readonly [width: number, gap: number])[]): FlameBoxes {
  const { tree, self } = aTree([
    ...widths.map(([, gap]) => [0, 1, gap] as const),
    ...widths.map(([width], at) => [at + 1, 2, width] as const),
  ]);
  return layOutFlame(tree, flameSums(tree, self).wide, 'name', () => Uint32Array.from([0, 0, 0]));
}

function walked(boxes: FlameBoxes, span: FlameSpan, pixels: number) {
  const seen: { first: number; behind: number; left: number; right: number; isRun: boolean }[] = [];
  walkRow(boxes, 2, span, pixels, {
    box: (box, left, right) => seen.push({ first: box, behind: box + 1, left, right, isRun: false }),
    run: (first, behind, left, right) => seen.push({ first, behind, left, right, isRun: true }),
  });
  return seen;
}

test('boxes of a pixel and more are told each, narrower ones together', () => {
  const boxes = rowOf([
    [10, 0],
    [0.2, 0],
    [0.2, 0],
    [0.2, 5],
    [0.3, 0],
    [4, 0],
  ]);
  const seen = walked(boxes, { from: 0, to: boxes.width[0]! }, boxes.width[0]!);
  expect(seen.map(({ first, behind, isRun }) => [behind - first, isRun])).toEqual([
    [1, false],
    [3, true],
    [1, true],
    [1, false],
  ]);
});

test('a row of very many boxes takes a few thousand steps', () => {
  const count = 200_000;
  const { tree, self } = aTree(Array.from({ length: count }, () => [0, 1, 1] as const));
  const boxes = layOutFlame(tree, flameSums(tree, self).wide, 'size', () => new Uint32Array(2));
  let steps = 0;
  const counted = new Proxy(boxes.width, {
    get: (target, key) => {
      steps++;
      return Reflect.get(target, key, target);
    },
  });
  const seen: number[] = [];
  walkRow({ ...boxes, width: counted }, 1, { from: 0, to: count }, 1000, {
    box: () => undefined,
    run: (first, behind) => seen.push(first, behind),
  });
  expect(seen).toEqual([1, count + 1]);
  expect(steps).toBeLessThan(10_000);
});

test('whatever the boxes and the window: all that is seen is told once, in order, and a box of a pixel is never in a run', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0.01, max: 30, noNaN: true }), fc.double({ min: 0, max: 3, noNaN: true })), {
        minLength: 1,
        maxLength: 200,
      }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 400 }),
      (widths, share, part, pixels) => {
        const boxes = rowOf(widths);
        const whole = boxes.width[0]!;
        const from = share * whole;
        const span = { from, to: Math.min(whole, from + Math.max(part * whole, 1e-3)) };
        const scale = pixels / (span.to - span.from);
        const first = boxes.rows[2]!;
        const wanted = Array.from({ length: widths.length }, (_, at) => first + at).filter(
          (box) => boxes.start[box]! + boxes.width[box]! > span.from && boxes.start[box]! < span.to,
        );
        const seen = walked(boxes, span, pixels);
        expect(seen.flatMap((one) => Array.from({ length: one.behind - one.first }, (_, at) => one.first + at))).toEqual(wanted);
        for (const { first: box, behind, isRun, left, right } of seen) {
          expect(right).toBeGreaterThan(left);
          for (let at = box; at < behind; at++) {
            // At the edge of a pixel either is right.
            const wide = boxes.width[at]! * scale;
            if (isRun) expect(wide).toBeLessThan(1 + 1e-6);
            else expect(wide).toBeGreaterThan(1 - 1e-6);
          }
        }
      },
    ),
  );
});
