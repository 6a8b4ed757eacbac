import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flameSums, layOutFlame } from '../../../../webview-ui/heap/flame-layout.js';
import { findBoxes, isFound, nextFound } from '../../../../webview-ui/heap/flame-search.js';
import { aTree, type Node } from './a-flame.js';

const found = (nodes: readonly Node[], frames: readonly number[]) => {
  const { tree, self } = aTree(nodes);
  const boxes = layOutFlame(tree, flameSums(tree, self).wide, 'size', () => new Uint32Array(0));
  return {
    boxes,
    tree,
    found: findBoxes(
      boxes,
      tree.frame,
      Uint8Array.from({ length: 6 }, (_, at) => (frames.includes(at) ? 1 : 0)),
    ),
  };
};

test('what stands on what is found is covered once', () => {
  const { found: all } = found(
    [
      [0, 1, 5],
      [1, 2, 10],
      [2, 1, 3],
      [0, 3, 7],
      [4, 2, 1],
    ],
    [1, 2],
  );
  // The first with what stands on it, and the last.
  expect([all.count, all.covered]).toEqual([4, 19]);
});

test('whatever is found: each is come to in turn, round about, forwards and backwards', () => {
  const trees = fc
    .array(fc.tuple(fc.nat(), fc.nat(5), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 60 })
    .map((list) => list.map(([parent, frame, own], at): Node => [parent % (at + 1), frame, own]));
  fc.assert(
    fc.property(trees, fc.subarray([0, 1, 2, 3, 4, 5]), (nodes, frames) => {
      const { boxes, tree, found: all } = found(nodes, frames);
      const wanted = Array.from({ length: boxes.length }, (_, box) => box).filter(
        (box) => box > 0 && frames.includes(tree.frame[boxes.node[box]!]!),
      );
      expect(all.count).toBe(wanted.length);
      const walked: number[] = [];
      for (let box: number | undefined = 0, step = 0; step < wanted.length; step++) {
        box = nextFound(all, box, 1);
        if (box === undefined) break;
        expect(isFound(all, box, box + 1)).toBe(true);
        walked.push(box);
      }
      expect(walked).toEqual(wanted);
      if (wanted.length === 0) expect(nextFound(all, 0, 1)).toBeUndefined();
      else {
        expect(nextFound(all, wanted.at(-1)!, 1)).toBe(wanted[0]);
        expect(nextFound(all, wanted[0]!, -1)).toBe(wanted.at(-1));
        expect(nextFound(all, wanted.at(-1)!, -1)).toBe(wanted.at(-2) ?? wanted[0]);
      }
    }),
  );
});
