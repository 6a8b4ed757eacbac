// Real programs that grow in every way the page has words for, and healthy ones: all at once, looked at for two minutes as the page does.
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTargetName } from '../../src/app/target-names.js';
import type { MapFinding } from '../../src/model/map-diff.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { createTarget } from '../../src/node/targets.js';
import { silentLog } from '../silent-log.js';
import { GrowingPrograms, type Watched } from './map-growth.js';
import { value } from './target-cases.js';

const SECONDS = 116;
const READINGS = 16;
/** Of a machine that is too busy to read them all so often. */
const MOST_SECONDS = 270;
/** One after the other: that all are read at the same moment would be another thing than what is tested. */
const APART_MS = 90;
const EVERY_MS = 5000;

/** Programs of their own; all others are kinds of `growth`. */
const OTHERS: ReadonlySet<string> = new Set(['growth-new', 'never-ends', 'grows']);

type Rule = MapFinding['rule'];

/** A name, the words of the program, and the rules that must have spoken by the end; no other rule may have spoken at any time, but those of `also`. */
type Case = readonly [name: string, words: string, rules: readonly Rule[], also?: readonly Rule[]];

/** glibc allocates some hundred bytes in the heap for each thread, too; in a longer look that is seen. */
const THREADS: readonly Rule[] = ['heap-grows'];

const GROWING: readonly Case[] = [
  ['a heap that leaks 4 KiB a second', 'heap 4', ['heap-grows']],
  ['a heap that leaks 1 MiB a second', 'heap 1024', ['heap-grows']],
  ['objects of C++ that are lost', 'growth-new 300', ['heap-grows']],
  ['a loop that loses blocks and never ends', 'never-ends', ['heap-grows']],
  ['the example that keeps every answer', 'grows', ['heap-grows']],
  ['mmap without munmap that the kernel joins', 'map-touched 64', ['anonymous-grows']],
  ['mmap without munmap that is never touched', 'map-untouched 256', ['anonymous-grows']],
  ['mmap without munmap that can’t be joined', 'map-apart 4', ['mappings-grow', 'anonymous-grows']],
  ['a file that is mapped again and again', 'map-file-again 3', ['mappings-grow']],
  ['threads that wait for ever', 'thread-blocked 1', ['thread-stacks-pile-up'], THREADS],
  ['threads that ended and were not joined', 'thread-unjoined 1', ['thread-stacks-pile-up'], THREADS],
  ['threads with small stacks, not joined', 'thread-small-unjoined 2', ['thread-stacks-pile-up'], THREADS],
  ['malloc in a second thread', 'arena 32', ['arena-grows']],
  ['a memfd', 'memfd 32', ['mappings-grow', 'shared-memory-grows']],
  ['POSIX shared memory', 'posix-shm 32 SHM', ['mappings-grow', 'shared-memory-grows']],
  ['System V segments', 'sysv-shm 32', ['mappings-grow', 'shared-memory-grows']],
  ['System V segments that nobody holds', 'sysv-detached 16', ['shared-memory-grows']],
  ['shared anonymous memory', 'shared-anonymous 32', ['mappings-grow', 'shared-memory-grows']],
  ['an open file in tmpfs', 'tmpfs-open 16 SHM', ['shared-memory-grows']],
  ['files in tmpfs that are closed again', 'tmpfs-closed 512 SHM', ['shared-memory-grows']],
  ['a region that mremap enlarges', 'big-remap 256', ['anonymous-grows']],
  ['private copies of file pages', 'file-copies 64 DISK', ['anonymous-grows']],
];

const AS_IT_IS: readonly Case[] = [
  ['a heap of which every second block of 1000 bytes was freed', 'fragments 1000', ['arenas-retain']],
  ['a heap of which every second block of 64 bytes was freed', 'fragments 64', ['arenas-retain']],
  ['arenas of threads of which every second block was freed', 'thread-fragments 1', ['arenas-retain']],
  ['a mapped file that is read', 'file-cache 512 DISK', ['file-cache-only']],
  ['shared memory that was there before it is touched', 'shared-touched 1024', ['shared-memory-grows']],
  ['locked memory', 'locked 1', ['memory-locked']],
];

const HEALTHY: readonly Case[] = [
  ['a warm-up with a time constant of 10 seconds', 'warm-up 10', []],
  ['a warm-up with a time constant of 25 seconds', 'warm-up 25', []],
  ['an even start of 50 seconds', 'even-start 50', []],
  ['an even start of 70 seconds', 'even-start 70', []],
  ['a saw-tooth of 7 seconds', 'saw-tooth 7', []],
  ['a saw-tooth of 40 seconds', 'saw-tooth 40', []],
  ['a collector', 'collector 20', []],
  ['a server with requests', 'server 50', []],
  ['an array that grows for 30 seconds', 'array-stops 30', []],
  ['memory that is mapped and unmapped', 'maps-and-unmaps 20', []],
  ['threads that are joined', 'joins 1', []],
  ['a parent of many children', 'forks 1', []],
  ['a log on a disk', 'writes-log 1 DISK', []],
  ['nothing at all', 'idle 1', []],
];

const THERE: readonly Case[] = [
  ['a heap over a command', 'heap 64', ['heap-grows']],
  ['a file in tmpfs over a command', 'tmpfs-open 32 SHM', ['shared-memory-grows']],
  ['a server over a command', 'server 50', []],
];

let programs: GrowingPrograms;
const all = new Map<string, Watched>();

beforeAll(
  async () => {
    programs = new GrowingPrograms();
    const local = new LocalTarget();
    const there = createTarget({ name: 'command:sh', config: value(parseTargetName('command:sh')) }, { log: silentLog });
    let number = 0;
    const begin = async (cases: readonly Case[], target: typeof local | typeof there): Promise<void> => {
      for (const [name, text] of cases) {
        const file = String(number++);
        const words = text
          .split(' ')
          .map((word) =>
            word === 'SHM' ? join(programs.shared, file) : word === 'DISK' ? join(programs.directory, file) : word,
          );
        const own = OTHERS.has(words[0]!) ? words : ['growth', ...words];
        all.set(name, programs.watch(own[0]!, own.slice(1), target, EVERY_MS));
        await wait(APART_MS);
      }
    };
    await begin([...GROWING, ...AS_IT_IS, ...HEALTHY], local);
    await begin(THERE, there);
    const rules = new Map([...GROWING, ...AS_IT_IS, ...HEALTHY, ...THERE].map(([name, , expected]) => [all.get(name), expected]));
    const hasSaid = (watched: Watched): boolean => (rules.get(watched) ?? []).every((rule) => rule in rulesOf(watched));
    await programs.run(all.values(), hasSaid, { seconds: SECONDS, readings: READINGS, most: MOST_SECONDS });
    there.dispose();
  },
  (MOST_SECONDS + 60) * 1000,
);
afterAll(() => programs.dispose());

/** The second at which each rule spoke first. */
function rulesOf(watched: Watched): Readonly<Record<string, number>> {
  const rules: Record<string, number> = {};
  for (const { second, findings } of watched.said) for (const { rule } of findings) rules[rule] ??= Math.round(second);
  return rules;
}

const cases = [...GROWING, ...AS_IT_IS, ...HEALTHY, ...THERE].map(
  ([name, words, rules, also = []]) => [name, words, rules, also] as const,
);

test.each(cases)('%s (%s)', (name, _, rules, also) => {
  const watched = all.get(name)!;
  expect(watched.failures).toEqual([]);
  expect(watched.said.length).toBeGreaterThanOrEqual(READINGS);
  const said = `${watched.said.length} readings, ${watched.did()} done, ${JSON.stringify(rulesOf(watched))}: ${JSON.stringify(watched.said.at(-1)?.findings)}`;
  const spoken = Object.keys(rulesOf(watched)) as Rule[];
  expect(spoken.filter((rule) => rules.includes(rule) || !also.includes(rule)).toSorted(), said).toEqual(rules.toSorted());
});
