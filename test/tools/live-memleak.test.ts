// Outstanding allocations of real processes, by bpftrace.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LiveNews } from '../../src/app/live/live-way.js';
import { LivePrograms, look, stateOf, tracerOf } from './live-programs.js';
import { value } from './target-cases.js';

const programs = new LivePrograms();
afterAll(() => programs.clear());
let mapper: string;
beforeAll(() => {
  mapper = programs.compile('mapper.c', ['-O0', '-fno-omit-frame-pointer']);
});

test('blocks that are not freed, at intervals', async () => {
  const child = await programs.start(mapper, ['blocks', '20']);
  const news: LiveNews[] = [];
  const { outcome } = value(await look(child.pid!, { way: 'memleak', durationMs: 8000, onNews: (one) => news.push(one) }));
  const { profile, notes } = outcome;
  console.log(
    profile?.texts,
    profile?.self,
    notes,
    news.map(({ phase, words, profile }) => [phase, words, profile?.self[0]]),
    outcome.overMs,
    profile?.timeline,
  );
  expect([tracerOf(child.pid!), stateOf(child.pid!)]).toEqual([0, 'S']);
  console.log(readFileSync(`/proc/${child.pid}/maps`, 'latin1').match(/uprobes/));
  child.kill('SIGUSR1');
  expect(await once(child, 'exit')).toEqual([7, null]);
});
