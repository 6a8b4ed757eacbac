import { afterAll, beforeAll, expect, test } from 'vitest';
import { LivePrograms, look, stateOf, tracerOf } from './live-programs.js';
import { value } from './target-cases.js';

const programs = new LivePrograms();
afterAll(() => programs.clear());
let grows: string;
beforeAll(() => {
  grows = programs.compile('grows.c');
});

test('page faults of a process that grows', async () => {
  const { pid } = await programs.start(grows, ['1', '1000']);
  const { outcome } = value(await look(pid!, { way: 'perf-faults', durationMs: 4000 }));
  console.log(outcome.profile?.texts, outcome.overMs, outcome.notes, outcome.process);
  expect(outcome.profile).toBeDefined();
  expect(tracerOf(pid!)).toBe(0);
  expect(stateOf(pid!)).toMatch(/[RS]/);
});
