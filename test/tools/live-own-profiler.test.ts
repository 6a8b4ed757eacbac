// The heap profilers that processes have themselves: they are asked for a profile where that is safe, and their files are read.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import { LivePrograms, look, stateOf } from './live-programs.js';
import { value } from './target-cases.js';

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

const sums = (profile: HeapProfile): readonly string[] =>
  profile.measures.map(
    ({ quantity, unit }, at) => `${quantity} ${unit} ${profile.self[at]?.reduce((all, value) => all + value, 0) ?? 0}`,
  );

test('gperftools: two profiles, asked for by its signal', async () => {
  const before = ['env', '-C', directory, 'HEAPPROFILE=shop', 'HEAPPROFILESIGNAL=12', 'LD_PRELOAD=libtcmalloc.so.4'];
  const child = await programs.start(mapper, ['blocks', '20'], before);
  const { outcome } = value(await look(child.pid!, { way: 'own-profiler', durationMs: 2000 }));
  console.log(sums(outcome.profile!), outcome.notes, outcome.profile?.timeline, outcome.profile?.notes);
  expect(stateOf(child.pid!)).toBe('S');
  child.kill('SIGUSR1');
  expect(await once(child, 'exit')).toEqual([7, null]);
});

test('jemalloc: profiles that it writes by itself', async () => {
  const conf = `MALLOC_CONF=prof:true,lg_prof_sample:12,lg_prof_interval:20,prof_prefix:${directory}/je`;
  const child = await programs.start(mapper, ['heap', '20'], ['env', conf, 'LD_PRELOAD=libjemalloc.so.2']);
  const { outcome } = value(await look(child.pid!, { way: 'own-profiler', durationMs: 4000 }));
  console.log(sums(outcome.profile!), outcome.notes, outcome.profile?.timeline, outcome.profile?.notes);
  child.kill('SIGUSR1');
  expect(await once(child, 'exit')).toEqual([7, null]);
});
