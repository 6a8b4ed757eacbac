// Reading a large file of heaptrack: `memlens heap` against `heaptrack_print`, in turns, each with the lines that it prints at first. CPU time
// counts, as it says the same on a busy machine. The file is heaptrack's own, of a program that allocates from thousands of stacks;
// what it allocated and freed is in it again and again, as if it had gone on.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CpuMeter } from './cpu-meter.mjs';
import { compare } from './ratio.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const cli = join(here, '../../dist/cli.js');
const ALLOCATIONS = 100_000;
const BYTES = 110e6;
const ROUNDS = 5;
const directory = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
const results = [];
const meter = new CpuMeter('heaptrack');

try {
  for (const tool of ['heaptrack', 'heaptrack_print', 'zstd'])
    if (spawnSync(tool, ['--version']).error !== undefined) throw new Error(`${tool} is not installed`);
  const file = makeFile();
  const run = async (...command) => {
    const before = meter.now();
    const [program, ...args] = meter.argv(command);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    meter.follow(process.pid);
    let said = 0;
    child.stdout.on('data', (chunk) => {
      said += chunk.length;
    });
    const [status] = await once(child, 'close');
    if (status !== 0 || said === 0) throw new Error(`${program}: ${status}`);
    return meter.now() - before;
  };
  results.push(
    await compare(
      `a file of heaptrack read (${Math.round(statSync(file).size / 1e6)} MB) : heaptrack_print`,
      1.6,
      () => run(process.execPath, cli, 'heap', file),
      () => run('heaptrack_print', '-f', file),
      ROUNDS,
    ),
  );
} finally {
  await meter.close();
  rmSync(directory, { recursive: true, force: true });
}
for (const result of results) console.log(JSON.stringify(result));
process.exitCode = results.every(({ ratio, limit }) => ratio <= limit) ? 0 : 1;

function makeFile() {
  const program = join(directory, 'allocations');
  execFileSync('cc', ['-g', '-O1', '-fno-optimize-sibling-calls', '-fno-inline', '-o', program, join(here, 'allocations.c')]);
  execFileSync('heaptrack', ['-o', join(directory, 'profile'), program, String(ALLOCATIONS)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const once = execFileSync('zstd', ['-dcq', join(directory, 'profile.zst')], { maxBuffer: 1 << 30, encoding: 'latin1' });
  // What is allocated and freed; blocks, stacks and names are told before.
  const events = once
    .split('\n')
    .filter((line) => /^[+-] /.test(line))
    .join('\n');
  const file = join(directory, 'profile.heaptrack');
  const output = openSync(file, 'w');
  let written = writeSync(output, `${once.trimEnd()}\n`, null, 'latin1');
  while (written < BYTES) written += writeSync(output, `${events}\n`, null, 'latin1');
  closeSync(output);
  return file;
}
