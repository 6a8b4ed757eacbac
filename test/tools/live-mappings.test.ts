// Which stack makes mappings grow, of real processes: by strace, and by perf where the kernel's tracepoints are mounted for it.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import type { LiveOutcome } from '../../src/model/live.js';
import { LivePrograms, look, stateOf, tracerOf } from './live-programs.js';
import { value } from './target-cases.js';

const programs = new LivePrograms();
afterAll(() => programs.clear());
let mapper: string;
beforeAll(() => {
  mapper = programs.compile('mapper.c');
});

const mappings = async (pid: number, durationMs = 3000): Promise<LiveOutcome> =>
  value(await look(pid, { way: 'mappings', durationMs })).outcome;

/** Bytes of the first measure by the function of the program that took them. */
function mappedBy(profile: HeapProfile | undefined, name: string): number {
  let bytes = 0;
  for (const [node, value] of profile?.self[0]?.entries() ?? []) {
    if (value === 0) continue;
    for (let at = node; at > 0; at = profile!.tree.parent[at]!) {
      if (profile!.texts[profile!.frames.function[profile!.tree.frame[at]!]!] !== name) continue;
      bytes += value;
      break;
    }
  }
  return bytes;
}

test('a process that maps and does not unmap: its stack, its regions, and nothing of what it gives back', async () => {
  const child = await programs.start(mapper, ['leak', '50']);
  const { profile, notes, process } = await mappings(child.pid!);
  console.log(profile?.texts, profile?.regions?.length, notes, process);
  expect(mappedBy(profile, 'lose_mapping')).toBeGreaterThan(65536 * 5);
  expect(mappedBy(profile, 'borrow_mapping')).toBe(0);
  expect([tracerOf(child.pid!), stateOf(child.pid!)]).toEqual([0, 'S']);
  const maps = readFileSync(`/proc/${child.pid}/maps`, 'latin1');
  console.log(maps.length);
  child.kill('SIGUSR1');
  expect(await once(child, 'exit')).toEqual([7, null]);
});
