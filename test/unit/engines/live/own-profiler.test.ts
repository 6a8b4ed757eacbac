import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { handledPattern, ownProfiler, ownProfilerObstacles, profilerFiles } from '../../../../src/engines/live/own-profiler.js';
import type { LiveMachine, LiveProcess } from '../../../../src/model/live.js';

const process: LiveProcess = {
  pid: 7,
  startTicks: 1,
  command: 'shop',
  state: 'S',
  threads: 1,
  tracerPid: 0,
  isDeleted: false,
  modules: ['/usr/lib/libtcmalloc.so.4.5.10'],
  libc: 'glibc',
  allocator: 'tcmalloc',
  isInContainer: false,
};
const machine: LiveMachine = { uid: 0, tools: {} };
const blocking = (one: LiveProcess): readonly string[] =>
  ownProfilerObstacles(one, machine).flatMap(({ blocking: is, code }) => (is ? [code] : []));

test('gperftools: by its environment, and its signal', () => {
  const told = (environment: Record<string, string>, more: Partial<LiveProcess> = {}) =>
    ownProfiler({ ...process, ...more, environment });
  expect(told({ HEAPPROFILE: '/tmp/h' })).toMatchObject({ kind: 'gperftools', prefix: '/tmp/h' });
  expect(told({ HEAPPROFILE: '/tmp/h' })?.signal).toBeUndefined();
  expect(told({ HEAPPROFILE: 'h', HEAPPROFILESIGNAL: '12' })?.signal).toBe(12);
  for (const bad of ['9', '19', '11', '0', '65', 'x', ''])
    expect(told({ HEAPPROFILE: 'h', HEAPPROFILESIGNAL: bad })?.signal).toBeUndefined();
  expect(told({ HEAPPROFILESIGNAL: '12' })).toBeUndefined();
  expect(told({ HEAPPROFILE: 'h' }, { modules: ['/usr/lib/libtcmalloc_minimal.so.4'] })).toBeUndefined();
  expect(told({ HEAPPROFILE: 'h' }, { allocator: 'libc', modules: [] })).toBeUndefined();
});

test('jemalloc: by MALLOC_CONF', () => {
  const told = (conf: string) =>
    ownProfiler({ ...process, allocator: 'jemalloc', modules: [], environment: { MALLOC_CONF: conf } });
  expect(told('prof:true')).toMatchObject({ kind: 'jemalloc', prefix: 'jeprof', isPeriodic: false });
  expect(told('prof:true,lg_prof_interval:30,prof_prefix:/tmp/je')).toMatchObject({ prefix: '/tmp/je', isPeriodic: true });
  expect(told('prof:true,prof_active:false')).toBeUndefined();
  expect(told('prof:false')).toBeUndefined();
  expect(told('')).toBeUndefined();
});

test('obstacles say what to start it with', () => {
  expect(blocking(process)).toEqual(['no-profiler']);
  expect(blocking({ ...process, environment: { HEAPPROFILE: 'h' } })).toEqual([]);
  expect(blocking({ ...process, allocator: 'unknown', libc: 'none', modules: [] })).toEqual([]);
  for (const allocator of ['jemalloc', 'tcmalloc', 'libc'] as const)
    expect(ownProfilerObstacles({ ...process, allocator, modules: [] }, machine)[0]?.remedy).toMatch(/^Start it with/);
});

test('files in their order; those of other processes are none', () => {
  const names = (kind: 'gperftools' | 'jemalloc' | 'files', base: string, there: readonly string[]) =>
    profilerFiles({ kind }, base, [7, 1], there).map(({ name }) => name);
  expect(names('gperftools', 'h', ['h.0010.heap', 'h.0002.heap', 'h.0001.txt', 'g.0001.heap', 'h_8.0001.heap'])).toEqual([
    'h.0002.heap',
    'h.0010.heap',
  ]);
  expect(names('gperftools', 'h', ['h.0010.heap', 'h_7.0001.heap'])).toEqual(['h_7.0001.heap']);
  expect(
    names('jemalloc', 'je', ['je.7.10.i10.heap', 'je.7.2.m2.heap', 'je.1.0.f.heap', 'je.8.3.i3.heap', 'je.7.x.heap']),
  ).toEqual(['je.1.0.f.heap', 'je.7.2.m2.heap', 'je.7.10.i10.heap']);
  expect(names('files', '', ['a.pb.gz', 'b.txt', 'c.heap'])).toEqual(['a.pb.gz', 'c.heap']);
});

test('the pattern of a signal holds for just those masks that have it', () => {
  const holds = (mask: bigint, signal: number): boolean => {
    const [stars, digits = '', dots = ''] = /^\*\[(\w+)\](\?*)$/.exec(handledPattern(signal)) ?? [];
    expect(stars).toBeDefined();
    return new RegExp(`^.*[${digits}].{${dots.length}}$`).test(mask.toString(16).padStart(16, '0'));
  };
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.integer({ min: 1, max: 64 }), (mask, signal) => {
      expect(holds(mask, signal)).toBe(((mask >> BigInt(signal - 1)) & 1n) === 1n);
    }),
  );
  const shell = (mask: string, signal: number): string =>
    execFileSync('sh', ['-c', 'case $1 in $2) echo yes ;; *) echo no ;; esac', 'sh', mask, handledPattern(signal)], {
      encoding: 'utf8',
    });
  expect([shell('0000000000000a00', 12), shell('0000000000000a00', 11), shell('8000000000000000', 64)]).toEqual([
    'yes\n',
    'no\n',
    'yes\n',
  ]);
});
