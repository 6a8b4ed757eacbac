import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  boxAt,
  type FlameBoxes,
  flameSums,
  layOutFlame,
  NO_BOX,
  rowOf,
  rowsFrom,
  trailOf,
} from '../../../../webview-ui/heap/flame-layout.js';
import { aTree, type Node } from './a-flame.js';

const none = (): Uint32Array => {
  throw new Error('not asked for');
};
const laidOut = (nodes: readonly Node[], rank?: readonly number[]) => {
  const { tree, self } = aTree(nodes);
  const sums = flameSums(tree, self);
  const order = rank === undefined ? 'size' : 'name';
  return { tree, self, sums, boxes: layOutFlame(tree, sums.wide, order, rank ? () => Uint32Array.from(rank) : none) };
};
/** `node:start+width` of each box, row by row. */
const told = ({ length, node, rows, start, width }: FlameBoxes) => {
  const texts = Array.from({ length }, (_, box) => `${node[box]}:${start[box]}+${width[box]}`);
  return Array.from(rows.subarray(0, -1), (first, row) => texts.slice(first, rows[row + 1]).join(' '));
};

describe('the boxes of a flame graph', () => {
  it('stand on each other, the largest first', () => {
    const { boxes } = laidOut([
      [0, 1, 10],
      [0, 2, 5],
      [1, 3, 2],
      [1, 4, 8],
      [2, 3, 20],
    ]);
    expect(told(boxes)).toEqual(['0:0+45', '2:0+25 1:25+20', '5:0+20 4:25+8 3:33+2']);
  });

  it('or in the order of their names', () => {
    const { boxes } = laidOut(
      [
        [0, 1, 1],
        [0, 2, 5],
        [0, 3, 9],
      ],
      [0, 2, 1, 3],
    );
    expect(told(boxes)).toEqual(['0:0+15', '2:0+5 1:5+1 3:6+9']);
  });

  it('are as wide as what has changed, where some of it has become less', () => {
    const { boxes, sums } = laidOut([
      [0, 1, 10],
      [1, 2, -4],
      [1, 3, 3],
      [0, 4, -9],
    ]);
    expect(sums.hasLess).toBe(true);
    expect([...sums.total]).toEqual([0, 9, -4, 3, -9]);
    expect(told(boxes)).toEqual(['0:0+26', '1:0+17 4:17+9', '2:0+4 3:4+3']);
  });

  it('are not there for what holds nothing, or does not tell', () => {
    const { boxes } = laidOut([
      [0, 1, 0],
      [1, 2, Number.NaN],
      [0, 3, 4],
    ]);
    expect(told(boxes)).toEqual(['0:0+4', '3:0+4']);
    expect([...boxes.boxOf]).toEqual([0, NO_BOX, NO_BOX, 1]);
    expect(told(laidOut([]).boxes)).toEqual(['0:0+0']);
  });

  it('know their rows, what they stand on, and how high what stands on them is', () => {
    const { boxes } = laidOut([
      [0, 1, 1],
      [1, 2, 1],
      [2, 3, 1],
      [0, 4, 1],
    ]);
    expect(trailOf(boxes, boxes.boxOf[3]!).map((box) => boxes.node[box])).toEqual([0, 1, 2, 3]);
    expect([0, 1, 2, 3, 4].map((node) => rowOf(boxes, boxes.boxOf[node]!))).toEqual([0, 1, 2, 3, 1]);
    expect([0, 1, 4].map((node) => rowsFrom(boxes, boxes.boxOf[node]!))).toEqual([4, 3, 1]);
    expect(boxAt(boxes, 1, 2.5)).toBe(boxes.boxOf[1]);
    expect(boxAt(boxes, 1, 3.5)).toBe(boxes.boxOf[4]);
    expect(boxAt(boxes, 2, 2.5)).toBeUndefined();
    expect(boxAt(boxes, 9, 0)).toBeUndefined();
  });
});

const trees = fc
  .array(fc.tuple(fc.nat(), fc.nat(5), fc.integer({ min: -3, max: 50 })), { maxLength: 120 })
  .map((list) => list.map(([parent, frame, own], at): Node => [parent % (at + 1), frame, own]));

test('whatever the tree: boxes lie in their parent, beside each other, in order, and each can be found', () => {
  fc.assert(
    fc.property(trees, fc.boolean(), (nodes, byName) => {
      const { boxes, sums, tree } = laidOut(nodes, byName ? [0, 5, 4, 3, 2, 1] : undefined);
      expect([...boxes.boxOf].filter((box) => box !== NO_BOX)).toHaveLength(boxes.length);
      for (let box = 1; box < boxes.length; box++) {
        const above = boxes.parent[box]!;
        expect(tree.parent[boxes.node[box]!]).toBe(boxes.node[above]);
        expect(boxes.start[box]).toBeGreaterThanOrEqual(boxes.start[above]!);
        expect(boxes.start[box]! + boxes.width[box]!).toBeLessThanOrEqual(boxes.start[above]! + boxes.width[above]!);
        expect(boxes.firstChild[above]! <= box && box < boxes.firstChild[above + 1]!).toBe(true);
        expect(boxes.width[box]).toBe(sums.wide[boxes.node[box]!]);
        const row = rowOf(boxes, box);
        expect(row).toBe(rowOf(boxes, above) + 1);
        expect(boxAt(boxes, row, boxes.start[box]! + boxes.width[box]! / 2)).toBe(box);
        if (box > boxes.rows[row]!) {
          const before = box - 1;
          expect(boxes.start[before]! + boxes.width[before]!).toBeLessThanOrEqual(boxes.start[box]!);
          if (boxes.parent[before] === above && !byName) expect(boxes.width[before]).toBeGreaterThanOrEqual(boxes.width[box]!);
        }
      }
    }),
  );
});
