// heaptrack in processes that run: what it records is told while it records, here and over a line, and the process goes on.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemFrames } from '../../src/app/heap/system-frames.js';
import { parseTargetName } from '../../src/app/target-names.js';
import { CancelSource } from '../../src/base/cancel.js';
import { growingFindings } from '../../src/insight/live/growing.js';
import type { HeapProfile } from '../../src/model/heap-profile.js';
import { createTarget } from '../../src/node/targets.js';
import { silentLog as log } from '../silent-log.js';
import { LIVE_SOURCES, LivePrograms, lineOf, look, stateOf, tracerOf } from './live-programs.js';
import { value } from './target-cases.js';

const has = (tool: string): boolean => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
const missing = !has('gdb')
  ? 'gdb is not installed'
  : existsSync('/usr/lib/heaptrack/libheaptrack_inject.so')
    ? undefined
    : 'heaptrack is not installed';

const programs = new LivePrograms();
afterAll(() => programs.clear());

/** Allocated since it was attached. */
const allocated = ({ self, measures }: HeapProfile): number =>
  self[measures.findIndex(({ quantity, unit }) => quantity === 'total' && unit === 'bytes')]!.reduce((all, one) => all + one, 0);
const growingLines = (profile: HeapProfile): (number | undefined)[] =>
  growingFindings(profile, systemFrames(profile), 'heaptrack', undefined).findings.map(
    ({ stacks: [stack] }) => stack?.frames.find(({ file }) => file?.startsWith(LIVE_SOURCES) === true)?.line,
  );

describe.skipIf(missing !== undefined)(missing === undefined ? 'heaptrack' : `heaptrack (${missing})`, () => {
  let grows: string;
  let steady: string;
  beforeAll(() => {
    grows = programs.compile('grows.c');
    steady = programs.compile('steady.c');
  });
  const line = lineOf('grows.c', 'grows here');

  for (const name of ['local', 'command:sh', 'command:busybox sh']) {
    test(`tells what grows while it records, and at the end: ${name}`, async () => {
      const target = createTarget({ name, config: value(parseTargetName(name)) }, { log });
      try {
        const { pid } = await programs.start(grows, ['1', '1000']);
        const stop = new CancelSource();
        const seen: HeapProfile[] = [];
        const { outcome, report } = value(
          await look(pid!, {
            way: 'heaptrack',
            target,
            durationMs: 90_000,
            slowdownLimit: 0,
            stop,
            onProfile: (profile) => {
              seen.push(profile);
              if (seen.length >= 3 && growingLines(profile).length > 0) stop.cancel();
            },
          }),
        );
        expect(outcome.ended).toBe('user');
        expect(growingLines(seen.at(-1)!)).toEqual([line]);
        const amounts = [...seen, outcome.profile!].map(allocated);
        expect(amounts).toEqual(amounts.toSorted((a, b) => a - b));
        expect(new Set(amounts).size).toBeGreaterThan(2);
        expect(seen.some(({ notes }) => notes.some(({ code }) => code === 'cut'))).toBe(false);
        expect(report.findings.map(({ place, certainty }) => [place?.file, place?.line, certainty])).toEqual([
          [join(LIVE_SOURCES, 'grows.c'), line, 'growing'],
        ]);
        expect(stateOf(pid!)).toMatch(/[RS]/);
        expect(tracerOf(pid!)).toBe(0);
      } finally {
        await target.dispose();
      }
    }, 180_000);
  }

  test('a healthy process: nothing is said', async () => {
    const { pid } = await programs.start(steady, ['300']);
    const { outcome, report } = value(await look(pid!, { way: 'heaptrack', durationMs: 8_000, slowdownLimit: 0 }));
    expect(allocated(outcome.profile!)).toBeGreaterThan(0);
    expect(report.findings).toEqual([]);
    expect(stateOf(pid!)).toMatch(/[RS]/);
  }, 120_000);
});
