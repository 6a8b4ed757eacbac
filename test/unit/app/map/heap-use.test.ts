import { expect, test } from 'vitest';
import { notesOfHeap } from '../../../../src/app/map/heap-use.js';
import type { Target } from '../../../../src/app/ports.js';
import { aMap } from '../../insight/map/a-map.js';

const on = (id: string): Target => ({ id }) as Target;
const heapOf = (kib: number) => aMap([{ at: 1000, size: kib, segment: 'heap', path: '[heap]', figures: { Rss: kib, Swap: 0 } }]);

test('a heap that would be looked at, but lies elsewhere, is said not to be', () => {
  expect(notesOfHeap(on('ssh:board'), heapOf(10_240))).toEqual([{ code: 'heap-not-read' }]);
  expect(notesOfHeap(on('ssh:board'), heapOf(1024))).toEqual([]);
  expect(notesOfHeap(on('local'), heapOf(10_240))).toEqual([]);
});
