// How much slower a process is while it is looked into: each way that can be used here, on three loads that go on for ever and time themselves; those that
// need something in the program (a sanitizer, a profiler) have it in theirs, with the way and without. What is compared is the round that was being made at
// half of the time: while the way is attached, and in the seconds before and after, in the same process; and, as other programs may run at one time and not at
// the other, with that of a second process of the same load, which is left alone. What has a limit never stops the process: there its processor time counts,
// which is hardly another when the machine is busy. Of ways that ask once, what counts is how long the process stands still at most.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const cli = join(import.meta.dirname, '../../dist/cli.js');
const LOADS = ['malloc', 'mixed', 'compute'];
const JEMALLOC = '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2';
const NOBODY = 65_534;
/**
 * What is measured. `title`: for the table; `limits` by load: others are only told; `whole`: it does not say when it is attached; `once`: it asks once, and
 * lets go; `flags`, `env`: of the load's build, and of its start; `nobody`: as a user without rights, for whom mappings are strace's work; `all`: it slows
 * every process, the second one too.
 */
const MEASURED = [
  { way: 'perf-faults', limits: { malloc: 1.25, mixed: 1.6, compute: 1.15 } },
  {
    way: 'own-profiler',
    title: 'own-profiler (jemalloc)',
    env: { LD_PRELOAD: JEMALLOC, MALLOC_CONF: 'prof:true,lg_prof_interval:26' },
    needs: JEMALLOC,
    whole: true,
  },
  { way: 'leak-check', once: true, whole: true, flags: ['-fsanitize=leak'] },
  { way: 'malloc-info', once: true, whole: true },
  { way: 'mappings' },
  { way: 'mappings', title: 'mappings (strace)', nobody: true },
  { way: 'heaptrack' },
  { way: 'memleak', all: true },
];
const NO_LIMIT = 1_000_000;
/** Of the process alone, and with the way attached. */
const ALONE_MS = 4000;
const LOOK_S = 6;
/** A tool takes a moment until it has attached. */
const SETTLE_MS = 1500;

const dir = mkdtempSync(join(tmpdir(), 'memlens-bench-'));
/** Rounds, each with how much of it, in milliseconds, lies within the spans. */
const parts = (rounds, spans) =>
  rounds.flatMap((round) =>
    spans.flatMap(([begin, end]) => {
      const ms = Math.min(end, round.at) - Math.max(begin, round.at - round.us / 1000);
      return ms > 0 ? [{ ...round, ms }] : [];
    }),
  );
/** What a round took that was being made at half of the time: a few that last long count as long as they last. */
function halfway(all, what) {
  const sorted = all.toSorted((a, b) => what(a) - what(b));
  let left = sorted.reduce((sum, { ms }) => sum + ms, 0) / 2;
  for (const part of sorted) {
    left -= part.ms;
    if (left <= 0) return what(part);
  }
  return Number.NaN;
}

const user = ({ nobody }) => (nobody ? { uid: NOBODY, gid: NOBODY } : {});

/** Starts a load, and keeps when each of its rounds ended, and what it took. */
function start(load, measured) {
  const child = spawn(programOf(measured), [load], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: dir,
    env: { ...process.env, ...measured.env },
    ...user(measured),
  });
  const rounds = [];
  let rest = '';
  child.stdout.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const [us, cpu] of lines.map((line) => line.split(' ').map(Number))) rounds.push({ at: performance.now(), us, cpu });
  });
  return { child, rounds };
}

function programOf({ flags = [] }) {
  const path = join(dir, ['load', ...flags].join(''));
  const source = join(import.meta.dirname, 'attach-load.c');
  if (!existsSync(path)) execFileSync('gcc', ['-O2', '-g', ...flags, '-o', path, source]);
  return path;
}

/** Looks into the process; the result is when it was attached, and when no more. */
function look(pid, measured) {
  return new Promise((resolve) => {
    const words = [
      'attach',
      String(pid),
      '-e',
      measured.way,
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
    const child = spawn(process.execPath, [cli, ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
      ...user(measured),
    });
    const begun = performance.now();
    let [from, to, said] = [undefined, undefined, ''];
    child.stderr.on('data', (chunk) => {
      said += chunk;
      // A way may fall back on another tool: the last one counts. How far it is is told more than once.
      if (/: preparing/.test(chunk)) [from, to] = [undefined, undefined];
      if (/: looking/.test(chunk)) from ??= performance.now();
      if (/: reading what was seen/.test(chunk)) to = performance.now();
    });
    child.once('exit', (status) => resolve({ begun, from, to: to ?? performance.now(), status, said }));
  });
}

async function measure(measured, load) {
  const { child, rounds } = start(load, measured);
  const control = start(load, measured);
  try {
    await sleep(ALONE_MS);
    const alone = [[performance.now() - ALONE_MS + 500, performance.now()]];
    const { begun, from, to, status, said } = await look(child.pid, measured);
    if (status === 2 || (from === undefined && !measured.whole)) return { why: said.trim().split('\n').at(-1) };
    const after = performance.now();
    await sleep(ALONE_MS);
    // One that has not ended yet takes so long at least.
    for (const all of [rounds, control.rounds]) {
      const now = performance.now();
      const us = (now - (all.at(-1)?.at ?? now)) * 1000;
      all.push({ at: now, us, cpu: us });
    }
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${measured.way}: the ${load} load has ended`);
    alone.push([after, performance.now()]);
    const attached = [measured.whole ? [begun, after] : [from + SETTLE_MS, to]];
    const inLook = parts(rounds, attached);
    if (inLook.length === 0) return { why: 'it was over too soon' };
    const slower = (all, what) => halfway(parts(all, attached), what) / halfway(parts(all, alone), what);
    const told = (ratio) => Number(ratio.toFixed(ratio < 10 ? 2 : 0));
    const others = measured.all ? 1 : slower(control.rounds, ({ us }) => us);
    const wall = told(slower(rounds, ({ us }) => us) / others);
    const longest = (all, spans) => Math.max(...parts(all, spans).map(({ us }) => us)) / 1000;
    const stoodMs = Math.max(0, Math.round(longest(rounds, attached) - longest(rounds, alone)));
    return { wall, cpu: told(slower(rounds, ({ cpu }) => cpu)), rounds: inLook.length, ...(measured.once ? { stoodMs } : {}) };
  } finally {
    child.kill('SIGKILL');
    control.child.kill('SIGKILL');
  }
}

/** The ids of the ways that can be used on it. */
async function usable(measured) {
  if (measured.needs !== undefined && !existsSync(measured.needs)) return [];
  const { child } = start('compute', measured);
  try {
    await sleep(200);
    const words = [cli, 'attach', String(child.pid), '--list', '--format', 'json'];
    const { ways } = JSON.parse(
      execFileSync(process.execPath, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], ...user(measured) }),
    );
    return ways.filter((way) => way.usable).map(({ id }) => id);
  } finally {
    child.kill('SIGKILL');
  }
}

try {
  chmodSync(dir, 0o777);
  for (const measured of MEASURED) {
    const { way, title = way, limits } = measured;
    if (!(await usable(measured)).includes(way)) {
      console.error(`${title}: can't be used here`);
      continue;
    }
    for (const load of LOADS) {
      const told = await measure(measured, load);
      if (told.why !== undefined) console.error(`${title}, ${load}: not measured: ${told.why}`);
      else {
        const limit = limits?.[load];
        const ratio = limit === undefined ? told.wall : told.cpu;
        console.log(JSON.stringify({ name: `slowdown by ${title}, ${load}`, limit: limit ?? NO_LIMIT, ratio, ...told }));
      }
    }
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
