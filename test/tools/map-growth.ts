import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MapSession } from '../../src/app/map/map-session.js';
import { ProcessMaps } from '../../src/app/map/process-maps.js';
import type { Target } from '../../src/app/ports.js';
import { MapHistory } from '../../src/insight/map/map-history.js';
import type { MapFinding } from '../../src/model/map-diff.js';
import { nodeClock } from '../../src/node/node-clock.js';

const SOURCES = join(import.meta.dirname, '../programs/map-growth');

/** What was said of a program at each reading of its map. */
export interface Watched {
  /** Seconds from the first reading to this one, and what was found then. */
  readonly said: { readonly second: number; readonly findings: readonly MapFinding[] }[];
  /** Failures of readings, which there should be none of. */
  readonly failures: string[];
  /** What the program said last that it did. */
  readonly did: () => number;
}

export class GrowingPrograms {
  /** On disk: what lies there is no memory. */
  readonly directory = mkdtempSync(join(tmpdir(), 'memlens-map-growth-'));
  readonly shared = mkdtempSync('/dev/shm/memlens-map-growth-');
  /** They end with their input, and remove what would outlive them. */
  private readonly children: ChildProcess[] = [];
  private readonly others: ChildProcess[] = [];
  private readonly sessions: MapSession[] = [];

  constructor() {
    const build = (compiler: string, source: string, name: string, ...more: readonly string[]): void => {
      execFileSync(compiler, ['-O1', '-o', join(this.directory, name), source, ...more], { stdio: 'pipe' });
    };
    build('gcc', join(SOURCES, 'growth.c'), 'growth', '-pthread', '-lm');
    build('g++', join(SOURCES, 'growth-new.cpp'), 'growth-new');
    // An optimiser takes its allocations away.
    build('gcc', join(SOURCES, '../never-ends.c'), 'never-ends', '-O0');
    build('gcc', join(SOURCES, '../../../examples/demo/grows.c'), 'grows');
  }

  /** Starts `growth KIND RATE [FILE]`, or another program with its words, and looks at it as the page does in live mode. */
  watch(program: string, words: readonly string[], target: Target, everyMs: number): Watched {
    const path = join(this.directory, program);
    // Those that don't end with their input don't outlive the test either.
    const [file, ...rest] = (program === 'growth' ? [path] : ['setpriv', '--pdeathsig', 'KILL', path]) as [string, ...string[]];
    const child = spawn(file, [...rest, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
    (program === 'growth' ? this.children : this.others).push(child);
    let told = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      told = (told + chunk.toString()).slice(-200);
    });
    const startTicks = Number(/\) (.*)/.exec(readFileSync(`/proc/${child.pid}/stat`, 'latin1'))![1]!.split(' ')[19]);
    const source = new ProcessMaps(target, { pid: child.pid!, startTicks }, { clock: nodeClock, epochMs: Date.now });
    const learner = new MapHistory();
    // The default is 0.01; but here many wait for each other in one process, which is no cost of the target.
    const session = new MapSession({ source, clock: nodeClock, budget: () => 0.2, learner, random: Math.random });
    this.sessions.push(session);
    const watched: Watched = {
      said: [],
      failures: [],
      did: () => Number([...told.matchAll(/did (\d+)\n/g)].at(-1)?.[1] ?? 0),
    };
    session.onDidChange((what) => {
      const { state } = session;
      if (what === 'map') watched.said.push({ second: learner.watchedMs / 1000, findings: learner.findings() });
      if (what === 'state' && (state.kind === 'failed' || state.kind === 'ended')) watched.failures.push(JSON.stringify(state));
    });
    session.live(everyMs);
    session.setVisible(true);
    return watched;
  }

  /**
   * Until each was looked at for so long and so often, and `hasSaid` what it must; a machine that is too busy for it gets more time, but no more
   * than `most`.
   */
  async run(
    all: Iterable<Watched>,
    hasSaid: (watched: Watched) => boolean,
    { seconds, readings, most }: { readonly seconds: number; readonly readings: number; readonly most: number },
  ): Promise<void> {
    const enough = (one: Watched): boolean =>
      one.said.length >= readings && (one.said.at(-1)?.second ?? 0) >= seconds && hasSaid(one);
    const watched = [...all];
    for (const end = performance.now() + most * 1000; performance.now() < end && !watched.every(enough); ) await wait(500);
    for (const session of this.sessions) session.setVisible(false);
  }

  async dispose(): Promise<void> {
    for (const session of this.sessions) session.dispose();
    const ended = this.children.map((child) =>
      child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : undefined,
    );
    for (const child of this.children) child.stdin!.end();
    for (const child of this.others) child.kill('SIGKILL');
    await Promise.race([Promise.all(ended), wait(5000)]);
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
    rmSync(this.shared, { recursive: true, force: true });
  }
}
