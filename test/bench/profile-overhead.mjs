// (a) `memlens profile` against the bare commands that it wraps: the compiler and the program, with the same flags.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from './ratio.mjs';

const dir = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
const source = join(dir, 'work.c');
// About five seconds of work with allocations, and a leak to report.
writeFileSync(
  source,
  `#include <stdio.h>
#include <stdlib.h>
static volatile unsigned sink;
int main(void) {
  unsigned seed = 1;
  for (long round = 0; round < ROUNDS; round++) {
    unsigned *block = malloc(4096);
    for (int i = 0; i < 1024; i++) block[i] = seed = seed * 1664525u + 1013904223u;
    sink = block[seed & 1023];
    if (round % 1000 != 0) free(block);
  }
  return 0;
}
`,
);
const timed = (argv, expected) => {
  const begun = performance.now();
  const { status, stderr } = spawnSync(argv[0], argv.slice(1), { cwd: dir, encoding: 'utf8' });
  if (status !== expected) throw new Error(`${argv.join(' ')}: exit ${status}\n${stderr}`);
  return performance.now() - begun;
};

try {
  const flags = ['-fsanitize=address', '-fsanitize-recover=address', '-g', '-O0', '-fno-omit-frame-pointer'];
  // The number of rounds that take five seconds here.
  const probe = (rounds) => {
    timed(['cc', ...flags, `-DROUNDS=${rounds}`, '-o', 'probe', 'work.c'], 0);
    return timed([join(dir, 'probe')], 1);
  };
  // Two points: the start of a program and its leak check take the same time for every number of rounds.
  const [few, many] = [20_000, 220_000];
  const rounds = Math.round((5000 * (many - few)) / (probe(many) - probe(few)));
  const bare = () => timed(['cc', ...flags, `-DROUNDS=${rounds}`, '-o', 'bare', 'work.c'], 0) + timed([join(dir, 'bare')], 1);
  const ours = () =>
    timed(
      [
        process.execPath,
        join(import.meta.dirname, '../../dist/cli.js'),
        'profile',
        'work.c',
        `--compiler-flag=-DROUNDS=${rounds}`,
      ],
      1,
    );
  console.log(JSON.stringify(await compare('memlens profile / compile and run by hand', 1.1, ours, bare, 5)));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
