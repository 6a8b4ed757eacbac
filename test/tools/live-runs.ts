// Runs of real programs that are asked for their leaks while they go on.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LiveRun } from '../../src/app/leak-checks/live-run.js';
import { type ProfileOutcome, type ProfilePorts, Profiler } from '../../src/app/profile.js';
import { CancelSource } from '../../src/base/cancel.js';
import type { Fault } from '../../src/base/fault.js';
import type { Result } from '../../src/base/result.js';
import type { LeakCheck } from '../../src/model/leak-check.js';
import type { Report } from '../../src/model/report.js';
import type { RunConfig } from '../../src/model/run-config.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { nodeUnpackers } from '../../src/node/unpack.js';
import { KeptOutput, runOf } from './kept-output.js';
import { until } from './processes.js';

const programs = join(import.meta.dirname, '../programs');
const media = (name: string): string => join(import.meta.dirname, '../../media', name);
/** Of companions that were built. */
const cache = mkdtempSync(join(tmpdir(), 'memlens-live-cache-'));
process.on('exit', () => rmSync(cache, { recursive: true, force: true }));

export interface Live {
  readonly run: LiveRun;
  /** What the program has written until now. */
  output(): string;
  /** Stop. */
  readonly stop: CancelSource;
  readonly ended: Promise<Result<ProfileOutcome, Fault>>;
}

export interface LiveWanted {
  readonly source: string;
  readonly engine: RunConfig['engine'];
  readonly compiler?: 'gcc' | 'clang';
  readonly config?: Partial<RunConfig>;
  readonly ports?: Partial<ProfilePorts>;
}

/** The source of the folder test/programs. */
export const sourceOf = (name: string): string => join(programs, name);

/** The line with EXPECT(mark). */
export function lineOf(name: string, mark: string): number {
  const at = readFileSync(sourceOf(name), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(`EXPECT(${mark})`));
  if (at < 0) throw new Error(`${name} has no mark ${mark}`);
  return at + 1;
}

/** Builds and starts it; resolves when it runs. What it has not ended by itself, `stop` does. */
export async function startLive({ source, engine, compiler = 'gcc', config, ports }: LiveWanted): Promise<Live> {
  const stage = new KeptOutput();
  const stop = new CancelSource();
  const cancel = new CancelSource();
  const profiler = new Profiler({
    target: new LocalTarget(),
    stage,
    clock: nodeClock,
    log: { info: () => undefined, warn: () => undefined, error: (message) => console.error(message) },
    helpers: { companion: media('companion.c'), stlHeader: media('stl-in-program.hpp'), cache },
    unpackers: nodeUnpackers,
    tools: () => ({ c: compiler }),
    ...ports,
  });
  let live: LiveRun | undefined;
  const ended = profiler.profile(
    runOf({ name: source, subject: { form: 'source', file: sourceOf(source) }, cwd: programs, engine, ...config }),
    {
      progress: { phase: () => undefined },
      cancel,
      stop,
      onLive: (run) => {
        live = run;
      },
    },
  );
  // One that failed leaves nothing.
  onTestFinished(async () => {
    cancel.cancel();
    await ended;
  });
  let fault: unknown;
  void ended.then((outcome) => {
    fault = outcome.ok ? 'it has ended' : outcome.error;
  });
  await until(() => {
    if (live === undefined && fault !== undefined) throw new Error(JSON.stringify(fault));
    return live !== undefined;
  }, 60_000);
  return { run: live as unknown as LiveRun, output: () => stage.text, stop, ended };
}

export async function check(live: Live, scope?: 'all' | 'increased'): Promise<LeakCheck> {
  const made = await live.run.check(scope === undefined ? {} : { scope });
  if (!made.ok) throw new Error(`${JSON.stringify(made.error)} after ${live.output().slice(-500)}`);
  return made.value;
}

export async function reportOf(live: Live): Promise<Report> {
  const ended = await live.ended;
  if (!ended.ok) throw new Error(JSON.stringify(ended.error));
  return ended.value.report;
}

/** The processes of the run with this name (15 characters of it), as the kernel has them. */
export function pidsOf(leader: number, command: string): number[] {
  const children = (pid: number): number[] => {
    try {
      const found = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number);
      return found.flatMap((child) => [child, ...children(child)]);
    } catch {
      return [];
    }
  };
  const nameOf = (pid: number): string => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
    } catch {
      return '';
    }
  };
  return children(leader).filter((pid) => nameOf(pid) === command);
}
