import { describe, expect, test } from 'vitest';
import { HeapFeed } from '../../../../src/app/heap/heap-feed.js';
import { HEAP_PROTOCOL, type ToHeapPage } from '../../../../src/protocol/heap.js';
import { aProfile } from '../../insight/heap/a-profile.js';

function aFeed() {
  const posted: ToHeapPage[] = [];
  const feed = new HeapFeed({
    post: (message) => posted.push(message),
    saved: () => 'kept',
    title: 'shop.heap',
    description: '/tmp/shop.heap',
    now: () => 1000,
  });
  return { feed, taken: () => posted.splice(0), kinds: () => posted.splice(0).map(({ kind }) => kind) };
}
const ready = { kind: 'ready', version: HEAP_PROTOCOL } as const;

describe('what a page of a heap profile is told', () => {
  test('nothing before it is ready; then all that there is, in order', () => {
    const { feed, kinds } = aFeed();
    feed.setProfile(aProfile(['main 1']));
    feed.setState({ kind: 'still' });
    expect(kinds()).toEqual([]);
    feed.receive(ready);
    expect(kinds()).toEqual(['hello', 'state', 'annotated', 'marks', 'profile']);
  });

  test('a page of another version is refused', () => {
    const { feed, kinds } = aFeed();
    feed.receive({ kind: 'ready', version: 99 });
    expect(kinds()).toEqual(['fault']);
  });

  test('while it is not seen only the newest profile is kept for it', () => {
    const { feed, taken } = aFeed();
    feed.receive(ready);
    feed.setVisible(false);
    taken();
    feed.setProfile(aProfile(['main 1']));
    feed.setProfile(aProfile(['main 2']));
    expect(taken()).toEqual([]);
    feed.setVisible(true);
    const told = taken();
    expect(told.map((message) => message.kind === 'profile' && message.profile.self[0]![1])).toEqual([2]);
    feed.setVisible(true);
    expect(taken()).toEqual([]);
  });

  test('a page that draws the last one of a live process gets the newest of what came meanwhile, when it has', () => {
    const { feed, taken } = aFeed();
    const sums = () => taken().flatMap((message) => (message.kind === 'profile' ? [message.profile.self[0]![1]] : []));
    feed.receive(ready);
    feed.setState({ kind: 'live', since: 0 });
    for (const bytes of [1, 2, 3]) feed.setProfile(aProfile([`main ${bytes}`]));
    expect(sums()).toEqual([1]);
    expect(feed.shown!.profile.self[0]![1]).toBe(1);
    feed.receive({ kind: 'drawn' });
    expect(sums()).toEqual([3]);
    feed.receive({ kind: 'drawn' });
    expect(sums()).toEqual([]);
    feed.setProfile(aProfile(['main 4']));
    feed.setProfile(aProfile(['main 5']));
    expect(sums()).toEqual([4]);
    // The last one is the result: it is not waited for.
    feed.setState({ kind: 'ended', at: 1, why: 'The process has ended' });
    expect(sums()).toEqual([5]);
    feed.setProfile(aProfile(['main 6']));
    expect(sums()).toEqual([6]);
  });

  test('a page that is made anew has drawn nothing', () => {
    const { feed, kinds } = aFeed();
    feed.receive(ready);
    feed.setState({ kind: 'live', since: 0 });
    feed.setProfile(aProfile(['main 1']));
    feed.receive(ready);
    feed.receive({ kind: 'drawn' });
    kinds();
    feed.setProfile(aProfile(['main 2']));
    expect(kinds()).toEqual(['profile']);
  });

  test('a mark is compared with whatever comes', () => {
    const { feed, taken } = aFeed();
    feed.receive(ready);
    feed.setProfile(aProfile(['main 1']));
    feed.receive({ kind: 'mark' });
    expect(taken().findLast(({ kind }) => kind === 'marks')).toEqual({ kind: 'marks', marks: [{ id: 1, at: 1000 }] });
    feed.receive({ kind: 'compare-mark', mark: 1 });
    feed.setProfile(aProfile(['main 5']));
    const told = taken().findLast((message) => message.kind === 'profile')!;
    expect([told.profile.self[0]![1], told.profile.measures[0]!.quantity]).toEqual([4, 'growth']);
    expect(feed.shown?.profile).toBe(told.profile);
    feed.receive({ kind: 'stop-comparing' });
    expect(taken().findLast((message) => message.kind === 'profile')!.profile.self[0]![1]).toBe(5);
  });

  test('marks are few: a profile may be large', () => {
    const { feed, taken } = aFeed();
    feed.receive(ready);
    feed.setProfile(aProfile(['main 1']));
    for (let at = 0; at < 12; at++) feed.receive({ kind: 'mark' });
    const told = taken().findLast((message) => message.kind === 'marks')!;
    expect(told.marks.map(({ id }) => id)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('the same note of two profiles is told once', () => {
    const { feed, taken } = aFeed();
    feed.receive(ready);
    feed.setProfile(aProfile(['main 2'], undefined, { notes: [{ code: 'cut' }] }));
    feed.compareWith(aProfile(['main 1'], undefined, { notes: [{ code: 'cut' }] }), 'older');
    expect(taken().findLast((message) => message.kind === 'profile')!.notes).toHaveLength(1);
  });
});
