import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../../src/export/display-width.js';
import { mapDiffJson } from '../../../src/export/map-diff-json.js';
import { mapDiffText } from '../../../src/export/map-diff-text.js';
import { diffMaps } from '../../../src/insight/map/diff.js';
import type { MapSnapshot } from '../../../src/model/map-snapshot.js';
import { aMap, type TestRegion } from '../insight/map/a-map.js';

const region = (at: number, size: number, rss: number, more: Partial<TestRegion> = {}): TestRegion => ({
  at,
  size,
  figures: { Rss: rss, Swap: 0 },
  ...more,
});
const HEAP = { path: '[heap]', segment: 'heap' } as const;
const before = aMap([region(64, 4, 4, { path: '/bin/p', inode: '7' }), region(128, 32, 20, HEAP), region(4096, 300, 8)], 1000);
const after = aMap([region(64, 4, 4, { path: '/bin/p', inode: '7' }), region(128, 96, 80, HEAP), region(9000, 64, 64)], 61_000);

const textOf = (one: MapSnapshot, other: MapSnapshot, width?: number): string =>
  [...mapDiffText(one, other, diffMaps(one, other), { verbose: false, ...(width === undefined ? {} : { width }) })].join('');

describe('two maps', () => {
  test('as text: sums, rates, and what has changed, the largest first', () => {
    const text = textOf(before, after);
    expect(text).toMatch(/^Memory map, before: test \(1\) on local, 1970-01-01 00:00:01 UTC\n {12}after: .*, 60 s later\n/);
    expect(text).toMatch(/^RSS +32 KiB +148 KiB +\+116 KiB {2}\+1.9 KiB\/s$/m);
    expect(text).toMatch(/^VSS +336 KiB +164 KiB +-172 KiB /m);
    expect(text).toMatch(/^Mappings +3 +3 +0$/m);
    expect(text.match(/^(new|grown|gone)/gm)).toEqual(['new', 'grown', 'gone']);
    expect(text).toMatch(/^grown +\+64 KiB +\+60 KiB +\+1 KiB\/s {2}Heap +00020000 {2}00038000 {2}rw-p {2}\[heap\]$/m);
    expect(text).toMatch(/^3 changes: 1 new, 1 gone, 1 grown\n$/m);
    expect(text).toMatch(/^CHANGE +VSS +RSS +RSS\/s +SEGMENT +START +END +PERM +WHAT$/m);
  });

  test('of which nothing has changed', () => {
    expect(textOf(before, before)).toMatch(/\nEvery mapping is as it was\.\n$/);
  });

  test('of two processes have no pace, and fit into a terminal', () => {
    const other: MapSnapshot = { ...after, origin: { kind: 'file', name: 'x' } };
    expect(textOf(before, other)).not.toMatch(/\/s|later/);
    for (const line of textOf(before, after, 60).split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(60);
  });

  test('a match that is a guess says so', () => {
    const there = aMap([region(4096, 1234, 8)]);
    const elsewhere = aMap([region(90_000, 1234, 8)]);
    expect(textOf(there, elsewhere)).toMatch(/^moved\? +0 .* from 00400000$/m);
    expect(textOf(there, elsewhere)).toMatch(/^\?: known again by likeness/m);
  });

  test('as JSON: amounts in bytes, addresses as texts', () => {
    const json = JSON.parse([...mapDiffJson(before, after, diffMaps(before, after), 'memlens 1.2.3')].join('')) as object;
    expect(json).toMatchObject({
      format: 'memlens-map-diff',
      version: 1,
      tool: 'memlens 1.2.3',
      before: { at: 1000, origin: { command: 'test' } },
      total: { rss: 116 * 1024, size: -172 * 1024 },
      mappings: { before: 3, after: 3 },
      changes: [
        { kind: 'new', guess: false, delta: { rss: 65_536 }, now: { start: '0x008ca000', size: 65_536, mappings: 1 } },
        { kind: 'grown', match: 'same-start', was: { end: '0x00028000' }, now: { end: '0x00038000', segment: 'heap' } },
        { kind: 'gone', was: { permissions: 'rw-p' } },
      ],
    });
  });
});
