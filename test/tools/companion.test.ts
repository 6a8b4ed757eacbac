import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const media = join(import.meta.dirname, '../../media');
const PROGRAM = `
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
  pid_t child = fork();
  if (child == 0) { free(malloc(333)); return 0; }
  waitpid(child, NULL, 0);
  return 0;
}`;

let dir: string;
let runtime: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'memlens-companion-'));
  writeFileSync(join(dir, 'forks.c'), PROGRAM);
  const gcc = (...args: string[]): string => execFileSync('gcc', args, { cwd: dir, encoding: 'utf8' });
  gcc('-g', '-fsanitize=address', 'forks.c', '-o', 'forks');
  gcc(
    '-O2',
    '-shared',
    '-fPIC',
    '-fno-omit-frame-pointer',
    join(media, 'companion.c'),
    '-o',
    'companion.so',
    '-ldl',
    '-lpthread',
  );
  runtime = gcc('-print-file-name=libasan.so').trim();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Undefined: it had to be ended. */
async function runOf(name: string): Promise<number | undefined> {
  const env = { ...process.env, LD_PRELOAD: `${runtime}:${join(dir, 'companion.so')}`, MEMLENS_CONTROL: join(dir, name) };
  // Parent and child are a group, so that both can be ended.
  const child = spawn(join(dir, 'forks'), { env, stdio: 'ignore', detached: true });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
  }, 20_000);
  const [status] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  return late ? undefined : (status ?? undefined);
}

/** It hung in 3 of 100 runs while the companion's thread was not waited for: 300 runs miss that once in ten thousand. */
test('a program that forks at once ends', async () => {
  const ends: (number | undefined)[] = [];
  const lane = async (lane: number): Promise<void> => {
    for (let run = 0; run < 100; run++) ends.push(await runOf(`control-${lane}-${run}`));
  };
  await Promise.all([lane(1), lane(2), lane(3)]);
  expect(ends).toEqual(Array.from({ length: 300 }, () => 0));
}, 180_000);
