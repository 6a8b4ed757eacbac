import { describe, expect, it } from 'vitest';
import { mappedParts, regionsOf, rowsOf } from '../../../../src/app/live/finding-regions.js';
import type { HeapProfile } from '../../../../src/model/heap-profile.js';
import type { LiveOutcome } from '../../../../src/model/live.js';
import type { PlacedFinding } from '../../../../src/model/report.js';
import { MARKS } from '../../../../src/model/segment.js';
import { aMap, type TestRegion } from '../../insight/map/a-map.js';

const finding = {
  engine: 'mappings',
  stacks: [
    { role: 'allocation', frames: [{ function: 'mmap' }, { function: 'grow', file: 'a.c', line: 7 }, { function: 'main' }] },
  ],
  placeFrame: { stack: 0, frame: 1 },
} as unknown as PlacedFinding;

/** main calls grow at a.c:7, which calls mmap; and main calls other. */
const mappings = {
  texts: ['', 'main', 'grow', 'mmap', 'other', 'a.c'],
  frames: {
    length: 4,
    function: Uint32Array.of(1, 2, 3, 4),
    file: Uint32Array.of(0, 5, 0, 5),
    line: Uint32Array.of(0, 7, 0, 9),
  },
  tree: { length: 5, parent: Uint32Array.of(0, 0, 1, 2, 1), frame: Uint32Array.of(0, 0, 1, 2, 3) },
  regions: [
    { node: 3, start: 0x1000, end: 0x3000 },
    { node: 4, start: 0x9000, end: 0xa000 },
  ],
} as unknown as HeapProfile;

const outcome = (more: Partial<LiveOutcome>, process: object = { allocator: 'libc' }): LiveOutcome =>
  ({ way: 'mappings', process, findings: [], notes: [], overMs: 1, ...more }) as unknown as LiveOutcome;

describe('where the memory of a finding lies', () => {
  it('is what the stacks through its line mapped', () => {
    expect(regionsOf(finding, outcome({ profile: mappings }))).toEqual({
      form: 'areas',
      areas: [{ start: 0x1000, end: 0x3000 }],
    });
    const { placeFrame: _, ...elsewhere } = finding;
    expect(regionsOf(elsewhere, outcome({ profile: mappings }))).toBeUndefined();
  });

  it('is the heap with its arenas for an allocator that is known to use them, and else not known', () => {
    const faults = { ...finding, engine: 'perf-faults' };
    expect(regionsOf(faults, outcome({ way: 'perf-faults' }))).toEqual({ form: 'segments', segments: ['heap', 'arena'] });
    expect(regionsOf(faults, outcome({ profile: mappings }))).toEqual({ form: 'segments', segments: ['heap', 'arena'] });
    expect(regionsOf(faults, outcome({ way: 'perf-faults' }, { allocator: 'jemalloc' }))).toBeUndefined();
    const lost = { ...finding, engine: 'lsan' };
    expect(regionsOf(lost, outcome({ way: 'leak-check' }, { allocator: 'libc', sanitizer: 'asan' }))).toBeUndefined();
  });

  it('finds its rows in a map by address or by segment', () => {
    const map = aMap(
      [
        { at: 0x1000, size: 4, path: '[heap]', segment: 'heap' },
        { at: 0x9000, size: 4, path: '', segment: 'anonymous' },
      ],
      1,
    );
    expect(rowsOf(map, { form: 'segments', segments: ['heap', 'arena'] })).toEqual([0]);
    const row = [...map.table.start].indexOf(map.table.start[1] as number);
    const area = { start: (map.table.start[1] as number) + 1, end: (map.table.start[1] as number) + 2 };
    expect(rowsOf(map, { form: 'areas', areas: [area] })).toEqual([row]);
    expect(rowsOf(map, { form: 'areas', areas: [{ start: 1, end: 2 }] })).toEqual([]);
  });
});

describe('what the addresses of a finding are', () => {
  /** 0x1000 to 0x3000, that is 4 to 12 KiB. */
  const parts = (
    regions: readonly TestRegion[],
    more: { guess?: boolean; profile?: HeapProfile; way?: LiveOutcome['way'] } = {},
  ) => {
    const map = aMap(regions);
    if (more.guess === true) map.classes.marks.fill(MARKS.guess);
    return mappedParts(
      finding,
      outcome({ profile: more.profile ?? mappings, ...(more.way === undefined ? {} : { way: more.way }) }),
      map,
    );
  };
  const shm = { at: 0, size: 16, path: '/dev/shm/q', segment: 'posix-shm' } as const;

  it('says the map, of as much as they cover of its rows', () => {
    expect(parts([shm])).toEqual([
      { segment: 'posix-shm', label: 'POSIX shared memory', name: '/dev/shm/q', start: 0x1000, count: 1, bytes: 0x2000 },
    ]);
    expect(
      parts([
        { at: 0, size: 8, path: '/a', segment: 'file' },
        { at: 8, size: 8, segment: 'anonymous' },
      ])?.map(({ segment, bytes }) => [segment, bytes]),
    ).toEqual([
      ['file', 0x1000],
      ['anonymous', 0x1000],
    ]);
  });

  it('is not known when they were given back, or of another look', () => {
    expect(parts([])).toBeUndefined();
    expect(parts([{ ...shm, size: 8 }])).toBeUndefined();
    expect(parts([{ ...shm, at: 8 }])).toBeUndefined();
    const holed: TestRegion[] = [
      { ...shm, size: 6 },
      { ...shm, at: 8, size: 8 },
    ];
    expect(parts(holed)).toBeUndefined();
    expect(parts([shm], { way: 'perf-faults' })).toBeUndefined();
  });

  it('what the map guesses is nothing, but for a stack that was mapped to make a thread', () => {
    const stack: TestRegion[] = [
      { at: 4, size: 4, segment: 'guard' },
      { at: 8, size: 8, segment: 'thread-stack' },
    ];
    const segments = (told: ReturnType<typeof parts>) => told?.map(({ segment }) => segment);
    expect(segments(parts(stack))).toEqual(['guard', 'thread-stack']);
    expect(segments(parts(stack, { guess: true }))).toEqual(['anonymous']);
    const threads = { ...mappings, texts: mappings.texts.map((text) => (text === 'mmap' ? 'pthread_create@@GLIBC_2.34' : text)) };
    expect(segments(parts(stack, { guess: true, profile: threads }))).toEqual(['guard', 'thread-stack']);
    expect(segments(parts([{ ...shm, segment: 'shared-anonymous' }], { guess: true, profile: threads }))).toEqual(['anonymous']);
  });
});
