import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge } from '../../src/insight/growth/judge.js';
import { verdictWords } from '../../src/insight/growth/words.js';
import { parseRollup } from '../../src/procfs/rollup.js';

// Real processes, looked at after every second step, and judged as if a step had been 1.8 seconds: 75 minutes.
const LOOKS = 1250;
const STEPS_A_LOOK = 2;
const STEP_MS = 1800;

const modes = ['flat', 'leak', 'saw', 'saw-leak', 'warm', 'steps'] as const;
const seen = new Map<string, { at: number[]; value: number[] }>();
let directory: string;
const children: ChildProcessByStdio<Writable, Readable, null>[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'memlens-growth-'));
  const program = join(directory, 'trends');
  execFileSync('gcc', ['-O1', join(import.meta.dirname, 'trends/trends.c'), '-o', program, '-lm']);
  for (const mode of modes) {
    children.push(spawn(program, [mode], { stdio: ['pipe', 'pipe', 'ignore'] }));
    seen.set(mode, { at: [], value: [] });
  }
  for (let look = 1; look <= LOOKS; look++) {
    for (let step = 0; step < STEPS_A_LOOK; step++) {
      const answers = children.map(({ stdout }) => once(stdout, 'data'));
      for (const { stdin } of children) stdin.write('.');
      await Promise.all(answers);
    }
    children.forEach((child, i) => {
      const uss = parseRollup(readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8'))?.uss;
      const points = seen.get(modes[i]!)!;
      if (uss === undefined) return;
      points.at.push(look * STEPS_A_LOOK * STEP_MS);
      points.value.push(uss);
    });
  }
});

afterAll(() => {
  for (const child of children) child.stdin.end();
  rmSync(directory, { recursive: true, force: true });
});

test.each([
  ['flat', /^not-growing$/],
  ['leak', /^leak$/],
  ['saw', /^saw-tooth$/],
  ['saw-leak', /^leak$/],
  ['warm', /^(levelled-off|not-growing)$/],
  ['steps', /^(not-growing|levelled-off|saw-tooth)$/],
] as const)('a program of the kind %s', (mode, state) => {
  const points = seen.get(mode)!;
  expect(points.at).toHaveLength(LOOKS);
  const verdict = judge({ at: Float64Array.from(points.at), value: Float64Array.from(points.value) }, { measure: 'uss' });
  expect(verdict.state, JSON.stringify(verdictWords(verdict))).toMatch(state);
});
