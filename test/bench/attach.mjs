// How much slower a process is while it is looked into: each way that can be used here, on three loads that go on for ever and time themselves. What is
// compared is the median round while the way is attached with that of the seconds before and after, in the same process; and, as other programs may run at one
// time and not at the other, with that of a second process of the same load, which is left alone. What has a limit never stops the process: there its
// processor time counts, which is hardly another when the machine is busy.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const cli = join(import.meta.dirname, '../../dist/cli.js');
const LOADS = ['malloc', 'mixed', 'compute'];
/** Ways without a limit are only told. */
const LIMITS = { 'perf-faults': { malloc: 1.25, mixed: 1.6, compute: 1.15 } };
const NO_LIMIT = 1_000_000;
/** Of the process alone, and with the way attached. */
const ALONE_MS = 5000;
const LOOK_S = 8;
/** A tool takes a moment until it has attached. */
const SETTLE_MS = 1500;

const dir = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Starts a load, and keeps when each of its rounds ended, and what it took. */
function start(load) {
  const child = spawn(join(dir, 'load'), [load], { stdio: ['ignore', 'pipe', 'inherit'] });
  const rounds = [];
  let rest = '';
  child.stdout.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const [us, cpu] of lines.map((line) => line.split(' ').map(Number))) rounds.push({ at: performance.now(), us, cpu });
  });
  return { child, rounds };
}

/** Looks into the process; the result is when it was attached, and when no more. */
function look(pid, way) {
  return new Promise((resolve) => {
    const words = [
      'attach',
      String(pid),
      '-e',
      way,
      '-d',
      String(LOOK_S),
      '--limit',
      '0',
      '--yes',
      '--format',
      'json',
      '-o',
      '/dev/null',
    ];
    const child = spawn(process.execPath, [cli, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
    let [from, to, said] = [undefined, undefined, ''];
    child.stderr.on('data', (chunk) => {
      said += chunk;
      // A way may fall back on another tool: the last one counts.
      if (/: looking/.test(chunk)) [from, to] = [performance.now(), undefined];
      if (/: reading what was seen/.test(chunk)) to = performance.now();
    });
    child.once('exit', (status) => resolve({ from, to: to ?? performance.now(), status, said }));
  });
}

async function measure(way, load) {
  const { child, rounds } = start(load);
  const control = start(load);
  try {
    await sleep(ALONE_MS);
    const alone = [[performance.now() - ALONE_MS + 500, performance.now()]];
    const { from, to, status, said } = await look(child.pid, way);
    if (from === undefined || status === 2) return { why: said.trim().split('\n').at(-1) };
    const after = performance.now();
    await sleep(ALONE_MS);
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${way}: the ${load} load has ended`);
    alone.push([after, performance.now()]);
    // The round that was being made when it was attached belongs to neither.
    const within = (all, spans) => all.filter(({ at, us }) => spans.some(([a, b]) => at - us / 1000 >= a && at <= b));
    const attached = [[from + SETTLE_MS, to]];
    const count = within(rounds, attached).length;
    if (count === 0) return { why: `not one round in ${((to - from - SETTLE_MS) / 1000).toFixed(1)} s` };
    const slower = (all, what) => median(within(all, attached).map(what)) / median(within(all, alone).map(what));
    const told = (ratio) => Number(ratio.toFixed(2));
    const wall = told(slower(rounds, ({ us }) => us) / slower(control.rounds, ({ us }) => us));
    return { wall, cpu: told(slower(rounds, ({ cpu }) => cpu)), rounds: count };
  } finally {
    child.kill('SIGKILL');
    control.child.kill('SIGKILL');
  }
}

try {
  execFileSync('gcc', ['-O2', '-g', '-o', join(dir, 'load'), join(import.meta.dirname, 'attach-load.c')]);
  const { child } = start('compute');
  const { ways } = JSON.parse(
    execFileSync(process.execPath, [cli, 'attach', String(child.pid), '--list', '--format', 'json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  child.kill('SIGKILL');
  for (const { id, usable } of ways) {
    if (!usable) continue;
    for (const load of LOADS) {
      const told = await measure(id, load);
      if (told.why !== undefined) console.error(`${id}, ${load}: not measured: ${told.why}`);
      else {
        const limit = LIMITS[id]?.[load];
        const ratio = limit === undefined ? told.wall : told.cpu;
        console.log(JSON.stringify({ name: `slowdown by ${id}, ${load}`, limit: limit ?? NO_LIMIT, ratio, ...told }));
      }
    }
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
