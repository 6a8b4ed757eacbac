import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffMaps } from '../../../../src/insight/map/diff.js';
import { matchRegions } from '../../../../src/insight/map/match.js';
import { aMap, aTable, type TestRegion } from './a-map.js';

const match = (before: readonly TestRegion[], after: readonly TestRegion[]) => matchRegions(aTable(before), aTable(after));
const rss = (kib: number) => ({ Rss: kib });

describe('what counts as a change', () => {
  const one = (figures: Readonly<Record<string, number>>): TestRegion[] => [
    { at: 100, size: 100, path: '/lib/x.so', inode: '7', figures },
  ];
  const usual = { Rss: 50, Pss: 50, Private_Clean: 50, Private_Dirty: 0, Shared_Dirty: 0 };

  it('PSS alone does not: other processes map the same pages; the sums have it', () => {
    const diff = diffMaps(aMap(one(usual)), aMap(one({ ...usual, Pss: 25 })));
    expect(diff.changes).toEqual([]);
    expect(diff.total.pss).toBe(-25 * 1024);
  });

  it('what is the process’s own, or dirty, does', () => {
    for (const figures of [{ Private_Clean: 20 }, { Shared_Dirty: 4 }]) {
      const diff = diffMaps(aMap(one(usual)), aMap(one({ ...usual, Pss: 40, ...figures })));
      expect(diff.changes).toMatchObject([{ kind: 'changed', match: 'same', delta: { rss: 0, pss: -10 * 1024 } }]);
    }
  });
});

describe('mappings are known again', () => {
  it('the heap after brk', () => {
    const heap = (size: number): TestRegion => ({ at: 1000, size, path: '[heap]' });
    expect(match([heap(132)], [heap(264)])).toEqual([{ before: [0], after: [0], reason: 'same-start', guess: false }]);
  });

  it('an anonymous mapping that the kernel joined with a new neighbour below it', () => {
    expect(match([{ at: 1000, size: 8 }], [{ at: 992, size: 16 }])).toEqual([
      { before: [0], after: [0], reason: 'same-end', guess: false },
    ]);
  });

  it('the two parts of an arena, whose border moves', () => {
    const arena = (used: number): TestRegion[] => [
      { at: 65_536, size: used },
      { at: 65_536 + used, size: 65_536 - used, permissions: '---p' },
    ];
    expect(match(arena(132), arena(264)).map(({ reason, guess }) => [reason, guess])).toEqual([
      ['same-start', false],
      ['same-end', false],
    ]);
  });

  it('one that mprotect has split, and one that was joined again', () => {
    const parts: TestRegion[] = [
      { at: 100, size: 40 },
      { at: 140, size: 20, permissions: 'r--p' },
      { at: 160, size: 40 },
    ];
    const one: TestRegion[] = [{ at: 100, size: 100 }];
    expect(match(one, parts)).toEqual([{ before: [0], after: [0, 1, 2], reason: 'split', guess: false }]);
    expect(match(parts, one)).toEqual([{ before: [0, 1, 2], after: [0], reason: 'merged', guess: false }]);
  });

  it('one over a part of which a file was mapped', () => {
    const after: TestRegion[] = [
      { at: 100, size: 50 },
      { at: 150, size: 20, path: '/lib/x.so', inode: '7' },
      { at: 170, size: 30 },
    ];
    expect(match([{ at: 100, size: 100 }], after)).toEqual([
      { before: [0], after: [0, 2], reason: 'split', guess: false },
      { before: [], after: [1], reason: 'new', guess: false },
    ]);
  });

  it('another file at the same addresses is another mapping', () => {
    const file = (path: string, inode: string): TestRegion[] => [{ at: 100, size: 100, path, inode }];
    expect(match(file('/a', '1'), file('/b', '2')).map(({ reason }) => reason)).toEqual(['gone', 'new']);
    // The same name again, but another file: it was replaced.
    expect(match(file('/a', '1'), file('/a', '2')).map(({ reason }) => reason)).toEqual(['gone', 'new']);
  });

  it('a file that is mapped elsewhere now, and a large block that mremap moved, as guesses', () => {
    const at = (place: number): TestRegion[] => [
      { at: place, size: 64, path: '/a', inode: '1' },
      { at: place + 5000, size: 1024 },
    ];
    expect(match(at(100), at(90_000))).toEqual([
      { before: [0], after: [0], reason: 'moved', guess: true },
      { before: [1], after: [1], reason: 'moved', guess: true },
    ]);
  });

  it('of equal blocks nobody can say which went where', () => {
    const two = (place: number): TestRegion[] => [
      { at: place, size: 1024 },
      { at: place + 2000, size: 1024 },
    ];
    expect(new Set(match(two(0), two(50_000)).map(({ reason }) => reason))).toEqual(new Set(['gone', 'new']));
  });

  it('every mapping is in one match, whatever the maps are', () => {
    const region = fc.record({
      gap: fc.integer({ min: 0, max: 6 }),
      size: fc.integer({ min: 1, max: 6 }),
      permissions: fc.constantFrom('rw-p', '---p', 'r-xp', 'rw-s'),
      path: fc.constantFrom('', '', '[heap]', '/a'),
    });
    const place = (regions: readonly { gap: number; size: number; permissions: string; path: string }[]): TestRegion[] => {
      let at = 0;
      return regions.map(({ gap, size, permissions, path }) => {
        const start = at + gap * 128;
        at = start + size * 128;
        return { at: start, size: size * 128, permissions, path };
      });
    };
    fc.assert(
      fc.property(fc.array(region, { maxLength: 12 }), fc.array(region, { maxLength: 12 }), (one, other) => {
        const before = place(one);
        const after = place(other);
        const matches = match(before, after);
        expect(matches.flatMap((each) => each.before).sort((x, y) => x - y)).toEqual(before.map((_, row) => row));
        expect(matches.flatMap((each) => each.after).sort((x, y) => x - y)).toEqual(after.map((_, row) => row));
        // With itself every mapping is the same.
        expect(new Set(match(before, before).map(({ reason }) => reason)).size).toBeLessThanOrEqual(1);
        expect(match(before, before).every(({ reason }) => reason === 'same')).toBe(true);
      }),
    );
  });
});

describe('the difference of two moments', () => {
  it('lists what changed, the largest first, and adds up', () => {
    const before = aMap(
      [
        { at: 100, size: 100, path: '[heap]', figures: rss(80) },
        { at: 1000, size: 50, figures: rss(50) },
        { at: 2000, size: 10, figures: rss(4) },
      ],
      1,
    );
    const after = aMap(
      [
        { at: 100, size: 200, path: '[heap]', figures: rss(180) },
        { at: 2000, size: 10, figures: rss(4) },
        { at: 3000, size: 20, figures: rss(8) },
      ],
      2,
    );
    const diff = diffMaps(before, after);
    expect(diff.changes.map(({ kind, delta }) => [kind, delta.rss, delta.size])).toEqual([
      ['grown', 100 * 1024, 100 * 1024],
      ['gone', -50 * 1024, -50 * 1024],
      ['new', 8 * 1024, 20 * 1024],
    ]);
    expect(diff.total.rss).toBe(58 * 1024);
    expect(diff.changes.reduce((sum, { delta }) => sum + (delta.rss ?? 0), 0)).toBe(diff.total.rss);
    expect(diff.mappings).toEqual({ before: 3, after: 3 });
    // What has no rows in the newer map can still be named.
    const K = 1024;
    expect(diff.changes.map(({ was, now }) => [was?.start, was?.end, now?.start, now?.size].map((at) => at && at / K))).toEqual([
      [100, 200, 100, 200],
      [1000, 1050, undefined, undefined],
      [undefined, undefined, 3000, 20],
    ]);
    expect(diff.changes[0]?.was?.path).toBe('[heap]');
  });

  it('what the form does not tell is not told of the difference, and is no 0', () => {
    const diff = diffMaps(
      aMap([{ at: 100, size: 100 }]),
      aMap([
        { at: 100, size: 100 },
        { at: 500, size: 8 },
      ]),
    );
    expect(diff.changes).toHaveLength(1);
    expect(diff.changes[0]?.delta).toEqual({ size: 8 * 1024 });
    expect(diff.total).toEqual({ size: 8 * 1024 });
  });

  it('pages that became dirty in place are a change without growth', () => {
    const of = (dirty: number) =>
      aMap([{ at: 100, size: 100, figures: { Rss: 80, Private_Clean: 80 - dirty, Private_Dirty: dirty, Shared_Dirty: 0 } }]);
    expect(diffMaps(of(0), of(20)).changes.map(({ kind, delta }) => [kind, delta.dirty])).toEqual([['changed', 20 * 1024]]);
  });

  it('a map is no other than itself', () => {
    const map = aMap([{ at: 100, size: 100, figures: rss(10) }]);
    expect(diffMaps(map, map).changes).toEqual([]);
  });
});
