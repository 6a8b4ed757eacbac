import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StackPath, StackTexts } from '../../../src/export/stack-path.js';
import { stackOf } from '../../../src/insight/heap/sums.js';
import type { StackTree } from '../../../src/model/heap-profile.js';

const WORDS = ['a', 'b', 'c', 'd'];
const trees = fc.array(fc.tuple(fc.nat(), fc.nat(WORDS.length - 1)), { minLength: 1, maxLength: 60 }).map(
  (nodes): StackTree => ({
    length: nodes.length + 1,
    parent: Uint32Array.from([0, ...nodes.map(([parent], at) => parent % (at + 1))]),
    frame: Uint32Array.from([0, ...nodes.map(([, frame]) => frame)]),
  }),
);

test('whatever the tree and the order: the way is that of the node, and what is said to be the same is', () => {
  fc.assert(
    fc.property(trees, fc.array(fc.nat(), { maxLength: 80 }), (tree, visits) => {
      const path = new StackPath(tree);
      const texts = new StackTexts(tree, WORDS, ';');
      let before: number[] = [];
      for (const visit of visits) {
        const node = visit % tree.length;
        const same = path.goTo(node);
        const way = path.nodes.slice(0, path.depth + 1);
        expect(way.at(-1)).toBe(node);
        for (let level = 1; level < way.length; level++) expect(tree.parent[way[level]!]).toBe(way[level - 1]);
        expect(way.slice(0, same + 1)).toEqual(before.slice(0, same + 1).length === 0 ? [0] : before.slice(0, same + 1));
        before = way;
        const stack = stackOf(tree, node).reverse();
        expect(texts.of(node)).toBe(stack.map((frame) => WORDS[frame]).join(';'));
      }
    }),
  );
});
