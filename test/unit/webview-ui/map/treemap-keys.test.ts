import { expect, test } from 'vitest';
import { moved, siblingsOf } from '../../../../webview-ui/map/treemap-keys.js';
import type { Tile } from '../../../../webview-ui/map/treemap-tiles.js';

const tile = (kind: Tile['kind'], parent: number): Tile => ({
  kind,
  parent,
  rows: [],
  value: 1,
  label: '',
  title: '',
  left: 0,
  top: 0,
  right: 1,
  bottom: 1,
  header: 0,
});

/** Heap (1, 2, 3 more), stacks (5, 6), and groups that are drawn as one (7). */
const tiles = [
  tile('group', -1),
  tile('region', 0),
  tile('region', 0),
  tile('more', 0),
  tile('group', -1),
  tile('region', 4),
  tile('region', 4),
  tile('more', -1),
];

test('to the next larger and smaller of the same level, and not beyond', () => {
  expect([0, 4, 7].map((from) => moved(tiles, from, 'ArrowRight'))).toEqual([4, 7, 7]);
  expect([0, 4, 7].map((from) => moved(tiles, from, 'ArrowLeft'))).toEqual([0, 0, 4]);
  expect([1, 2, 3, 5, 6].map((from) => moved(tiles, from, 'ArrowRight'))).toEqual([2, 3, 3, 6, 6]);
  expect([1, 2, 3, 5, 6].map((from) => moved(tiles, from, 'ArrowLeft'))).toEqual([1, 1, 2, 5, 5]);
});

test('into a group and out of it', () => {
  expect([0, 4, 7, 1].map((from) => moved(tiles, from, 'ArrowDown'))).toEqual([1, 5, 7, 1]);
  expect([1, 3, 6, 0, 7].map((from) => moved(tiles, from, 'ArrowUp'))).toEqual([0, 0, 4, 0, 7]);
});

test('to the largest and the smallest', () => {
  expect(moved(tiles, 2, 'Home')).toBe(1);
  expect(moved(tiles, 2, 'End')).toBe(3);
  expect(moved(tiles, 4, 'Home')).toBe(0);
  expect(moved(tiles, 4, 'End')).toBe(7);
});

test('the first key reaches the largest; other keys don’t move', () => {
  expect(moved(tiles, -1, 'ArrowLeft')).toBe(0);
  expect(moved(tiles, 99, 'End')).toBe(0);
  expect(moved(tiles, 0, 'Enter')).toBeUndefined();
  expect(moved(tiles, 0, 'a')).toBeUndefined();
  expect(moved([], -1, 'Home')).toBeUndefined();
});

test('siblings of each level', () => {
  expect(siblingsOf(tiles, -1)).toEqual([0, 4, 7]);
  expect(siblingsOf(tiles, 0)).toEqual([1, 2, 3]);
  expect(siblingsOf(tiles, 4)).toEqual([5, 6]);
  expect(siblingsOf(tiles, 7)).toEqual([]);
});
