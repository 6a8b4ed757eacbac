import { type ChildProcess, spawn as nodeSpawn, type StdioOptions } from 'node:child_process';
import type { Command } from '../app/ports.js';
import type { Disposable } from '../base/dispose.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Exit } from '../model/report.js';

export interface Started {
  readonly child: ChildProcess;
  /** The leader of a session of its own, so of its own process group too. */
  readonly pid: number;
  /** After its output streams are closed. */
  readonly ended: Promise<Exit>;
}

export interface StartOptions {
  /** It ends by itself when its input does, and may not be killed: it has something to put in order first. */
  readonly endsAlone?: boolean;
}

/** Sessions that are still running; `endAll` is the last resort when MemLens itself ends. */
const running = new Set<number>();

/**
 * The one place that starts processes. No shell; the child leads its own session (setsid(2)), so that everything it
 * starts can be ended with it.
 */
export async function start(
  command: Command,
  stdio: StdioOptions,
  { endsAlone = false }: StartOptions = {},
): Promise<Result<Started, Fault>> {
  const [program, ...args] = command.argv;
  if (program === undefined) return err({ code: 'not-found', path: '', what: 'program' });
  let child: ChildProcess;
  try {
    child = nodeSpawn(program, args, {
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      env: { ...process.env, ...command.env },
      stdio,
      detached: true,
      windowsHide: true,
    });
  } catch (error) {
    // An argument with a NUL byte, or a list longer than the kernel takes, is refused before anything starts.
    return err({ code: 'unreadable', path: program, detail: String(error) });
  }
  const ended = new Promise<Exit>((resolve) => {
    child.once('close', (exitCode, signal) => {
      if (child.pid !== undefined) running.delete(child.pid);
      resolve({ exitCode, ...(signal === null ? {} : { signal }) });
    });
  });
  const fault = await new Promise<Fault | undefined>((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.once('error', (error: NodeJS.ErrnoException) => resolve(startFault(program, command.cwd, error)));
  });
  if (fault !== undefined || child.pid === undefined) return err(fault ?? { code: 'not-found', path: program, what: 'program' });
  // A stream error after a kill (EPIPE) is no news: the exit tells.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => undefined);
  child.on('error', () => undefined);
  if (!endsAlone) running.add(child.pid);
  return ok({ child, pid: child.pid, ended });
}

function startFault(program: string, cwd: string | undefined, error: NodeJS.ErrnoException): Fault {
  switch (error.code) {
    case 'ENOENT':
      // execve(2) says ENOENT for a missing interpreter and chdir(2) for a missing directory, too.
      return {
        code: 'not-found',
        path: program,
        what: cwd === undefined ? 'program' : `program (or its working directory ${cwd})`,
      };
    case 'EACCES':
      return { code: 'not-executable', path: program, reason: 'permission' };
    case 'ENOEXEC':
      return { code: 'not-executable', path: program, reason: 'not-a-program' };
    default:
      return { code: 'unreadable', path: program, detail: error.message };
  }
}

/** Sends a signal to every process of the group that `pid` leads; false when there is none any more. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

const lastActions = new Set<() => void>();

/** What `endAll` does besides: files that stand for a running process are removed. */
export function atEnd(action: () => void): Disposable {
  lastActions.add(action);
  return { dispose: () => lastActions.delete(action) };
}

/** For the moment when MemLens itself is ended: nothing that it started may stay. */
export function endAll(): void {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
  for (const action of [...lastActions]) action();
}
