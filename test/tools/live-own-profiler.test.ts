// The heap profilers that processes have themselves: they are asked for profiles where that is safe, and their files are read.
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import { named } from '../named.js';
import { LivePrograms, lineOf, look, stateOf } from './live-programs.js';
import { until } from './processes.js';
import { value } from './target-cases.js';

const LIBRARIES = '/usr/lib/x86_64-linux-gnu';
const noTcmalloc = existsSync(`${LIBRARIES}/libtcmalloc.so.4`)
  ? undefined
  : 'libtcmalloc.so.4 (google-perftools) is not installed';
const noJemalloc = existsSync(`${LIBRARIES}/libjemalloc.so.2`) ? undefined : 'libjemalloc.so.2 is not installed';

const programs = new LivePrograms();
const directory = mkdtempSync(join(tmpdir(), 'memlens-own-'));
afterAll(() => {
  programs.clear();
  rmSync(directory, { recursive: true, force: true });
});
let mapper: string;
beforeAll(() => {
  mapper = programs.compile('mapper.c');
});

const sum = (values: Float64Array | undefined): number => values?.reduce((all, one) => all + one, 0) ?? Number.NaN;
const sumOf = ({ measures, self }: HeapProfile, quantity: string): number =>
  sum(self[measures.findIndex((measure) => measure.quantity === quantity && measure.unit === 'bytes')]);
const codes = (notes: readonly { readonly code: string }[]): readonly string[] => notes.map(({ code }) => code);
const perftools = (more: readonly string[] = ['HEAPPROFILESIGNAL=12']): readonly string[] => [
  ...['env', '-C', directory, 'HEAPPROFILE=shop', ...more],
  'LD_PRELOAD=libtcmalloc.so.4',
];

describe.skipIf(noTcmalloc !== undefined)(named('gperftools', noTcmalloc), () => {
  test('is asked for profiles by its signal: the line that grows, and no file is left', async () => {
    const child = await programs.start(mapper, ['blocks', '5'], perftools());
    const { outcome, report } = value(await look(child.pid!, { way: 'own-profiler', durationMs: 5000 }));
    const { profile, notes } = outcome;
    expect(profile!.timeline!.moments.length).toBeGreaterThanOrEqual(6);
    expect(sumOf(profile!, 'growth')).toBeGreaterThan(0);
    expect(sumOf(profile!, 'growth')).toBeLessThan(sumOf(profile!, 'live'));
    expect(codes(notes)).not.toContain('not-asked');
    expect(report.findings.map(({ place }) => place?.line)).toEqual([lineOf('mapper.c', '// lost block')]);
    expect(readdirSync(directory).filter((name) => name.endsWith('.heap'))).toEqual([]);
    expect(stateOf(child.pid!)).toBe('S');
    child.kill('SIGUSR1');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  test('one that ends meanwhile ends as it would have, and what was seen is told', async () => {
    const child = await programs.start(mapper, ['ends', '50'], perftools());
    const ended = once(child, 'exit');
    const { outcome } = value(await look(child.pid!, { way: 'own-profiler', durationMs: 60_000 }));
    expect(await ended).toEqual([3, null]);
    expect(outcome.ended).toBe('exited');
    expect(outcome.profile).toBeDefined();
  });

  test('one that does not grow has no finding', async () => {
    const child = await programs.start(mapper, ['steady', '5'], perftools());
    const { outcome, report } = value(await look(child.pid!, { way: 'own-profiler', durationMs: 5000 }));
    expect(outcome.profile!.timeline!.moments.length).toBeGreaterThanOrEqual(6);
    expect(report.findings).toEqual([]);
  });

  test('a signal that is not handled any more is never sent', async () => {
    const child = await programs.start(mapper, ['deaf', '5'], perftools());
    const result = await look(child.pid!, { way: 'own-profiler', durationMs: 1500 });
    expect(result).toMatchObject({ ok: false, error: { code: 'engine-unfit', reason: expect.stringContaining('no profile') } });
    expect(stateOf(child.pid!)).toMatch(/[RS]/);
    child.kill('SIGUSR1');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  test('one that is stopped is not asked, and stays stopped', async () => {
    const child = await programs.start(mapper, ['blocks', '5'], perftools());
    child.kill('SIGSTOP');
    await until(() => stateOf(child.pid!) === 'T');
    const result = await look(child.pid!, { way: 'own-profiler', durationMs: 1000 });
    expect(result.ok).toBe(false);
    expect(stateOf(child.pid!)).toBe('T');
    expect(readdirSync(directory).filter((name) => name.includes(`${child.pid}`))).toEqual([]);
    child.kill('SIGCONT');
    child.kill('SIGUSR1');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });
});

describe.skipIf(noJemalloc !== undefined)(named('jemalloc', noJemalloc), () => {
  const jemalloc = (conf: string): readonly string[] => [
    ...['env', '-C', directory, `MALLOC_CONF=prof:true,lg_prof_sample:10${conf}`],
    'LD_PRELOAD=libjemalloc.so.2',
  ];

  test('writes profiles by itself: the line that grows', async () => {
    const child = await programs.start(mapper, ['heap', '5'], jemalloc(',lg_prof_interval:20'));
    const { outcome, report } = value(await look(child.pid!, { way: 'own-profiler', durationMs: 8000 }));
    expect(outcome.profile!.timeline!.moments.length).toBeGreaterThanOrEqual(6);
    expect(sumOf(outcome.profile!, 'growth')).toBeGreaterThan(100_000);
    expect(report.findings.map(({ place }) => place?.line)).toEqual([lineOf('mapper.c', '// lost block')]);
    // These are the program's own.
    expect(readdirSync(directory).some((name) => name.startsWith(`jeprof.${child.pid}.`))).toBe(true);
    child.kill('SIGUSR1');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  test('that writes none by itself is asked by gdb, and leaves no file', async () => {
    const child = await programs.start(mapper, ['heap', '20'], jemalloc(''));
    const { outcome, report } = value(await look(child.pid!, { way: 'own-profiler', durationMs: 30_000 }));
    expect(outcome.notes).toEqual([]);
    expect(report.findings.map(({ place }) => place?.line)).toEqual([lineOf('mapper.c', '// lost block')]);
    expect(readdirSync(directory).filter((name) => name.includes(`.${child.pid}.`))).toEqual([]);
    expect(stateOf(child.pid!)).toMatch(/[RS]/);
    child.kill('SIGUSR1');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  test('that writes none, and can’t be asked, says so', async () => {
    const child = await programs.start(mapper, ['heap', '5'], jemalloc(''));
    const result = await look(child.pid!, { way: 'own-profiler', durationMs: 1000, without: ['gdb'] });
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'engine-unfit', reason: expect.stringContaining('has written no profile') },
    });
    expect(stateOf(child.pid!)).toMatch(/[RS]/);
  });
});

test('a process without a profiler is refused in words', async () => {
  const child = await programs.start(mapper, ['blocks', '50']);
  const result = await look(child.pid!, { way: 'own-profiler', durationMs: 1000 });
  expect(result).toMatchObject({
    ok: false,
    error: { code: 'engine-unfit', reason: expect.stringContaining('of a heap profiler') },
  });
});
