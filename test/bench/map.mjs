// Reading the memory map of a process with 50,000 mappings: its smaps read and parsed in this process, against `cat` of the same file and
// against `pmap -XX`, in turns. CPU time counts, as it says the same on a busy machine.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { CpuMeter } from './cpu-meter.mjs';
import { compare } from './ratio.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const REGIONS = 50_000;
const directory = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
const results = [];
const meter = new CpuMeter('map');
let load;

try {
  const ours = await bundle();
  load = await startLoad();
  const smaps = `/proc/${load.pid}/smaps`;
  const read = async () => {
    const before = process.cpuUsage();
    const parser = new ours.MapTextParser();
    for await (const chunk of ours.localChunks(smaps)) parser.push(chunk);
    const { table, form, notes } = parser.end();
    const { user, system } = process.cpuUsage(before);
    if (table.length < REGIONS || form !== 'smaps' || notes.length > 0)
      throw new Error(`${table.length} ${form} ${JSON.stringify(notes)}`);
    return (user + system) / 1000;
  };
  const run = async (...command) => {
    const before = meter.now();
    const [program, ...args] = meter.argv(command);
    const child = spawn(program, args, { stdio: 'ignore' });
    meter.follow(process.pid);
    const [status] = await once(child, 'exit');
    if (status !== 0) throw new Error(`${program}: ${status}`);
    return meter.now() - before;
  };
  // A host that shows maps has done so before.
  for (let i = 0; i < 4; i++) await read();
  const regions = REGIONS.toLocaleString('en-US');
  results.push(await compare(`smaps of ${regions} mappings, read and parsed : cat`, 1.3, read, () => run('cat', smaps), 15));
  if (spawnSync('pmap', ['-V']).status === 0) {
    const pid = String(load.pid);
    results.push(
      await compare(`smaps of ${regions} mappings, read and parsed : pmap -XX`, 1, read, () => run('pmap', '-XX', pid), 3),
    );
  } else console.error('pmap is not installed');
} finally {
  load?.kill('SIGTERM');
  await meter.close();
  rmSync(directory, { recursive: true, force: true });
}

for (const result of results) console.log(JSON.stringify(result));
process.exitCode = results.every(({ ratio, limit }) => ratio <= limit) ? 0 : 1;

async function bundle() {
  const outfile = join(directory, 'reading.mjs');
  await build({
    stdin: {
      contents: "export * from './node/local-chunks.ts'; export * from './procfs/map-text.ts';",
      resolveDir: join(here, '../../src'),
      loader: 'ts',
    },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return import(outfile);
}

async function startLoad() {
  const program = join(directory, 'regions');
  execFileSync('cc', ['-O2', '-o', program, join(here, 'regions.c')]);
  const child = spawn(program, [String(REGIONS)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  if (!Buffer.isBuffer(said)) throw new Error('the load did not start: is vm.max_map_count below 50,100?');
  return child;
}
