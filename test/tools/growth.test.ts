import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge } from '../../src/insight/growth/judge.js';
import { verdictWords } from '../../src/insight/growth/words.js';
import { parseRollup } from '../../src/procfs/rollup.js';

// Real processes, sampled for 25 s and judged as if each second had been three minutes: 75 minutes.
const SECONDS = 25;
const FASTER = 180;
const EVERY_MS = 20;

const modes = ['flat', 'leak', 'saw', 'saw-leak', 'warm', 'steps'] as const;
const seen = new Map<string, { at: number[]; value: number[] }>();
let directory: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'memlens-growth-'));
  const program = join(directory, 'trends');
  execFileSync('gcc', ['-O1', join(import.meta.dirname, 'trends/trends.c'), '-o', program, '-lm']);
  for (const mode of modes) {
    children.push(spawn(program, [mode], { stdio: ['pipe', 'ignore', 'ignore'] }));
    seen.set(mode, { at: [], value: [] });
  }
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end) {
    children.forEach((child, i) => {
      const uss = parseRollup(readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8'))?.uss;
      const points = seen.get(modes[i]!)!;
      if (uss === undefined) return;
      points.at.push(performance.now() * FASTER);
      points.value.push(uss);
    });
    await wait(EVERY_MS);
  }
});

afterAll(() => {
  for (const child of children) child.stdin?.end();
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
  expect(points.at.length).toBeGreaterThan(200);
  const verdict = judge({ at: Float64Array.from(points.at), value: Float64Array.from(points.value) }, { measure: 'uss' });
  expect(verdict.state, JSON.stringify(verdictWords(verdict))).toMatch(state);
});
