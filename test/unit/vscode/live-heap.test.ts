import { describe, expect, test } from 'vitest';
import type { HeapProfile } from '../../../src/model/heap-profile.js';
import { LiveHeap } from '../../../src/vscode/live-heap.js';
import { endWords } from '../../../src/vscode/live-sentence.js';
import { aProfile } from '../insight/heap/a-profile.js';

function aLook() {
  const said: unknown[] = [];
  const page = { isOpen: true };
  const bytes = (profile: HeapProfile) => profile.self[0]![1];
  const heap = new LiveHeap(
    'shop (7)',
    'heaptrack shop',
    (title, profile, { key, since }) => {
      said.push(['show', title, key, since, bytes(profile)]);
      return {
        get isOpen() {
          return page.isOpen;
        },
        update: (newer) => said.push(['update', bytes(newer)]),
        compareWith: () => said.push(['compare']),
        end: (why) => said.push(['end', why]),
      };
    },
    () => 5000,
  );
  return { heap, page, said: () => said.splice(0) };
}
const seen = (bytes: number): HeapProfile => aProfile([`main ${bytes}`]);

describe('the heap page of a look that goes on', () => {
  test('is opened when it is wanted, told what comes, and says its end', () => {
    const { heap, said } = aLook();
    heap.begin();
    heap.show();
    expect([said(), heap.hasProfile]).toEqual([[], false]);
    heap.hear(seen(1));
    heap.hear(seen(2));
    expect([said(), heap.hasProfile]).toEqual([[], true]);
    heap.show();
    heap.hear(seen(3));
    expect(said()).toEqual([
      ['show', 'shop (7)', 'heaptrack shop', 5000, 2],
      ['update', 3],
    ]);
    heap.finish(seen(4), endWords('user'));
    heap.end('not twice');
    expect(said()).toEqual([
      ['show', 'shop (7)', 'heaptrack shop', undefined, 4],
      ['end', 'You stopped looking'],
    ]);
  });

  test('of one that was not opened, or was closed, the result is shown as any other', () => {
    const never = aLook();
    never.heap.hear(seen(1));
    never.heap.finish(seen(2), 'over');
    expect(never.said()).toEqual([['show', 'shop (7)', 'heaptrack shop', undefined, 2]]);
    const closed = aLook();
    closed.heap.hear(seen(1));
    closed.heap.show();
    closed.page.isOpen = false;
    closed.said();
    closed.heap.finish(seen(2), 'over');
    expect(closed.said()).toEqual([['show', 'shop (7)', 'heaptrack shop', undefined, 2]]);
  });

  test('without a result what was seen stays, and why is said', () => {
    const { heap, said } = aLook();
    heap.hear(seen(1));
    heap.show();
    said();
    heap.end('You cancelled it');
    expect(said()).toEqual([['end', 'You cancelled it']]);
  });
});
