// npm run bench [-- NAME...]: every claim about speed in the README, as a ratio to what a user would run instead.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const helpers = new Set(['run.mjs', 'ratio.mjs', 'cpu-meter.mjs', 'growth-series.mjs', 'growth-references.mjs']);
const wanted = process.argv.slice(2);
const build = spawnSync(process.execPath, ['esbuild.mjs', '--production'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
if (build.status !== 0) process.exit(1);

let failed = 0;
for (const file of readdirSync(here).filter((name) => name.endsWith('.mjs') && !helpers.has(name))) {
  const name = file.replace(/\.mjs$/, '');
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { status, stdout } = spawnSync(process.execPath, [join(here, file)], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for (const line of stdout.split('\n').filter((text) => text.startsWith('{'))) {
    const result = JSON.parse(line);
    const good = result.ratio <= result.limit;
    if (!good) failed++;
    console.log(`${good ? 'ok  ' : 'SLOW'} ${result.name}: ${result.ratio} (limit ${result.limit})  ${line}`);
  }
  if (status !== 0) failed++;
}
process.exit(failed > 0 ? 1 : 0);
