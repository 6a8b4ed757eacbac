import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../../src/export/display-width.js';
import { mapText } from '../../../src/export/map-text.js';
import type { MapSnapshot } from '../../../src/model/map-snapshot.js';
import { MARKS } from '../../../src/model/segment.js';
import { aMap, type TestRegion } from '../insight/map/a-map.js';

const ODD = '/tmp/a\nb \u001b[31m\u202e漢字/its-end';
const REGIONS: readonly TestRegion[] = [
  { at: 4096, size: 8, permissions: 'r-xp', path: '/bin/server', inode: '7', segment: 'text', figures: all(8, 6, 4) },
  { at: 8192, size: 2048, path: '[heap]', segment: 'heap', figures: all(1024, 1024, 1024) },
  { at: 16_384, size: 64, permissions: 'r--s', path: ODD, inode: '9', segment: 'file', figures: all(0, 0, 0) },
];

function all(rss: number, pss: number, uss: number): Record<string, number> {
  return { Rss: rss, Pss: pss, Private_Clean: 0, Private_Dirty: uss, Shared_Dirty: 0, Swap: 0, Locked: 0, AnonHugePages: 0 };
}

const map = (more: Partial<MapSnapshot> = {}, regions = REGIONS): MapSnapshot =>
  aMap(regions, Date.UTC(2026, 10, 21, 15, 50, 12), {
    origin: {
      kind: 'process',
      target: 'ssh:board',
      process: { pid: 4711, startTicks: 1 },
      command: 'server',
      commandLine: 'server --x \u0007',
    },
    threads: 2,
    maxMapCount: 65_530,
    ...more,
  });
const textOf = (snapshot: MapSnapshot, more: Partial<Parameters<typeof mapText>[1]> = {}): string =>
  [...mapText(snapshot, { findings: [], verbose: false, ...more })].join('');

describe('a map as text', () => {
  test('says what it is of, its sums, its segments, and every mapping', () => {
    const text = textOf(map());
    expect(text).toMatch(/^Memory map of server \(4711\) on ssh:board, 2026-11-21 15:50:12 UTC\nserver --x \\x07\n/);
    expect(text).toContain('64 bits, 3 mappings of at most 65,530, 2 threads\n');
    expect(text).toMatch(/^VSS +2.1 MiB +2,120 {2}The addresses/m);
    expect(text).toMatch(/^PSS +1 MiB +1,030 {2}As RSS/m);
    expect(text).toMatch(/^ +1 +2 MiB +1 MiB +1 MiB +1 MiB +1 MiB {2}Heap$/m);
    expect(text).toMatch(/^ +3 +2.1 MiB +1 MiB +1 MiB +1 MiB +1 MiB {2}All$/m);
    expect(text).toMatch(/^00800000 {2}00a00000 {2}rw-p +2 MiB +1 MiB +1 MiB +1 MiB +1 MiB {2}Heap +\[heap\]$/m);
    // Columns of what is 0 everywhere are left out.
    expect(text).not.toMatch(/SWAP|LOCKED/);
  });

  test('shows nothing of a name that drives a terminal', () => {
    const text = textOf(map());
    expect(text).toContain('/tmp/a\\nb \\x1b[31m\\u202e漢字/its-end');
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test.each([40, 60, 80, 100, 120, 200])('fits into a terminal of %i cells', (width) => {
    const lines = textOf(map(), { width }).split('\n');
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    if (width >= 60) expect(lines.at(-2)).toMatch(/its-end$/);
  });

  test('what the map does not tell is left out, or -', () => {
    const bare = textOf(
      map(
        { form: 'maps' },
        REGIONS.map(({ figures: _, ...region }) => region),
      ),
    );
    expect(bare).toMatch(/^RSS +- +- {2}/m);
    expect(bare).toMatch(/^ +START +END +PERM +VSS +SEGMENT +WHAT$/m);
    const cut = textOf(map({}, [REGIONS[0]!, { at: 8192, size: 4 }]));
    expect(cut).toMatch(/^00800000 {2}00801000 {2}rw-p +4 KiB +- +- +- +- {2}Anonymous$/m);
  });

  test('PSS of smaps_rollup stands beside the sum where they differ', () => {
    const rollup = { rss: 0, uss: 0, swap: 0, sharedClean: 0, sharedDirty: 0, privateClean: 0, privateDirty: 0 };
    expect(textOf(map({ rollup: { ...rollup, pss: 1031 * 1024 } }))).toMatch(/^PSS, rollup +1 MiB +1,031 /m);
    expect(textOf(map({ rollup: { ...rollup, pss: 1030 * 1024 } }))).not.toContain('rollup');
  });

  test('marks, rules and all files with --verbose', () => {
    const files = Array.from({ length: 12 }, (_, i) => ({ at: 4096 + i * 4, size: 4, path: `/f${i}`, inode: '1' }));
    const snapshot = map({}, files);
    snapshot.classes.marks[0] = MARKS.guess | MARKS.deleted | MARKS.writableExecutable;
    const short = textOf(snapshot);
    expect(short).toContain('and 2 smaller ones (all: --verbose)\n');
    expect(short).toMatch(/Anonymous {2}\/f0 {2}\{writable and executable, a guess\}$/m);
    const long = textOf(snapshot, { verbose: true });
    expect(long).not.toContain('smaller');
    expect(long).toMatch(/Anonymous {2}heap-name {2}\/f0 /);
  });

  test('whose a mapping is stands before its path, unless it is the same', () => {
    const paths = ['/lib/a.so', '/lib/a.so (deleted)', '', '[anon: a]'];
    const snapshot = map(
      {},
      paths.map((path, i) => ({ at: 4096 + i * 8, size: 4, path, inode: '1' })),
    );
    const owner = { index: Uint32Array.of(1, 1, 1, 2), texts: ['', '/lib/a.so', 'worker (7)'] };
    const text = textOf({ ...snapshot, classes: { ...snapshot.classes, owner } });
    expect(text.match(/(?<=Anonymous {2}).*$/gm)).toEqual([
      '/lib/a.so',
      '/lib/a.so (deleted)',
      '/lib/a.so',
      'worker (7)  [anon: a]',
    ]);
  });

  test('findings with their numbers and their rule', () => {
    const text = textOf(map(), {
      findings: [
        {
          rule: 'memory-locked',
          severity: 'warning',
          title: '5 MiB is locked',
          reasons: ['Why.'],
          doubt: 'Or not.',
          rows: [],
          steps: [],
        },
      ],
    });
    expect(text).toContain('\n! 5 MiB is locked\n  Why.\n  Or not.\n  The rule: docs/map.md#memory-locked\n');
  });

  test('without any mapping: what all may know of the process', () => {
    const text = textOf(
      map({ notes: [{ code: 'no-permission' }], status: { uid: 0, threads: 2, vmRss: 12_288, vmSwap: 0 } }, []),
    );
    expect(text).toMatch(/^Memory map of server .*\nserver .*\n2 threads\nSTATUS\nVmRSS +12 KiB {2}\S.*\nVmSwap +0 {2}\S.*\n$/);
  });

  test('of a file says what it is and when it was written', () => {
    const text = textOf(map({ origin: { kind: 'file', name: 'a\tb' }, form: 'pmap-XX' }));
    expect(text).toMatch(/^Memory map of a\\tb \(output of pmap -XX\), written 2026-11-21 15:50:12 UTC\n64 bits/);
  });
});
