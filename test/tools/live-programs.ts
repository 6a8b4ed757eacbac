import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Attach, type AttachOptions, type LiveLook } from '../../src/app/live/attach.js';
import { probeProcess } from '../../src/app/live/probe-process.js';
import { liveWays } from '../../src/app/live/ways.js';
import type { Target } from '../../src/app/ports.js';
import { Symbolizer } from '../../src/app/symbols/symbolizer.js';
import { CancelSource, neverCancelled } from '../../src/base/cancel.js';
import type { Fault } from '../../src/base/fault.js';
import type { Result } from '../../src/base/result.js';
import type { LiveToolName, LiveWayId } from '../../src/model/live.js';
import { LocalTarget } from '../../src/node/local-target.js';
import { nodeClock } from '../../src/node/node-clock.js';
import { silentLog } from '../silent-log.js';
import { value } from './target-cases.js';

export const LIVE_SOURCES = join(import.meta.dirname, '../programs/live');
const MEDIA = join(import.meta.dirname, '../../media');

/** Compiles the programs of test/programs/live, starts and ends them. */
export class LivePrograms {
  readonly directory = mkdtempSync(join(tmpdir(), 'memlens-live-test-'));
  private readonly children = new Set<ChildProcess>();

  /** `words` are those of the compiler. */
  compile(source: string, words: readonly string[] = ['-O0'], compiler = source.endsWith('.c') ? 'gcc' : 'g++'): string {
    const path = join(this.directory, `${source.replace(/\.\w+$/, '')}-${words.join('').replaceAll(/\W/g, '')}`);
    execFileSync(compiler, ['-g', ...words, '-o', path, join(LIVE_SOURCES, source), '-pthread', '-ldl'], { stdio: 'pipe' });
    return path;
  }

  /** Runs it until it says `ready`. `before`: words that run it, such as `setpriv --reuid 1`. */
  async start(program: string, args: readonly string[] = [], before: readonly string[] = []): Promise<ChildProcess> {
    const [first, ...rest] = [...before, program, ...args] as [string, ...string[]];
    const child = spawn(first, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.children.add(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', (chunk: Buffer) => {
        if (chunk.includes('ready\n')) resolve();
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`${program}: ended with ${code ?? signal}`)));
    });
    return child;
  }

  /** Ends all, and removes them. */
  clear(): void {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export interface LookOptions extends Partial<AttachOptions> {
  readonly way: LiveWayId;
  /** As if the machine had not these tools. */
  readonly without?: readonly LiveToolName[];
}

/** One look into a process, as the command line does it. */
export async function look(pid: number, { way, without = [], ...more }: LookOptions): Promise<Result<LiveLook, Fault>> {
  const target: Target = more.target ?? new LocalTarget();
  const known = value(await probeProcess(target, pid, neverCancelled));
  const tools = Object.fromEntries(Object.entries(known.machine.tools).filter(([name]) => !without.some((one) => one === name)));
  const probed = { ...known, machine: { ...known.machine, tools } };
  const host = new LocalTarget();
  const attach = new Attach({
    host,
    clock: nodeClock,
    log: silentLog,
    media: (name) => join(MEDIA, name),
    symbols: new Symbolizer({ host, log: silentLog, settings: () => ({ debugDirectories: [], debuginfod: 'off' }) }),
  });
  const chosen = liveWays.find(({ id }) => id === way);
  if (chosen === undefined) throw new Error(`no way ${way}`);
  return attach.run(chosen, probed, {
    target,
    durationMs: 5_000,
    slowdownLimit: 0,
    stop: new CancelSource(),
    cancel: neverCancelled,
    workspaceFolders: [LIVE_SOURCES],
    sourcePathMap: [],
    ...more,
  });
}

/** The line of a source that holds this mark. */
export function lineOf(source: string, mark: string): number {
  const at = readFileSync(join(LIVE_SOURCES, source), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(mark));
  if (at < 0) throw new Error(`${source} has no line with ${mark}`);
  return at + 1;
}

/** State of proc_pid_stat(5), `R`, `S`, `T`...; undefined: there is no such process. */
export function stateOf(pid: number): string | undefined {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
  } catch {
    return undefined;
  }
}

export const tracerOf = (pid: number): number =>
  Number(/^TracerPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? Number.NaN);
