import { DisposableStore } from '../../base/dispose.js';
import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Milliseconds } from '../../base/units.js';
import type { Exit } from '../../model/report.js';
import { exitOf } from '../run-program.js';
import { Utf8Chunks } from '../utf8-chunks.js';
import type { LiveSession } from './live-way.js';
import { LEADER } from './tool-scripts.js';

/** A tool that attaches to the process and goes on until it is told to end. */
export interface ToolRun {
  /** The tool and its arguments: no shell reads them. */
  readonly argv: readonly string[];
  /** Added to the environment; LC_ALL is C, DEBUGINFOD_URLS empty. */
  readonly env?: Readonly<Record<string, string>>;
  /** What makes it detach and put what it has in order. */
  readonly endSignal: 'INT' | 'TERM';
  /** How long it may take for that; then it is killed. */
  readonly graceMs: Milliseconds;
  /** Its input has ended by itself: Stop does not hurry it. A cancel does. */
  readonly outlastsStop?: boolean;
  /** Text as it comes, cut anywhere. */
  onOutput?(text: string): void;
  onError?(text: string): void;
}

export interface ToolEnd {
  readonly exit: Exit;
  /** The newest text of each stream: some KiB. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningTool {
  /** Sends `endSignal`, and SIGKILL when `graceMs` are over. */
  end(): void;
  /** `cancelled` when the session was; else a fault says that it could not be started, or that the target went. */
  readonly ended: Promise<Result<ToolEnd, Fault>>;
}

/** What a tool needs of a session. */
export type ToolPlace = Pick<LiveSession, 'target' | 'clock' | 'log' | 'work' | 'stop' | 'cancel'>;

const TAIL_CHARACTERS = 16 << 10;
/** The rounds of the leading script last a fifth of a second. */
const ROUND_MS: Milliseconds = 200;
/** After SIGKILL, and for the answer over a slow line. */
const ANSWER_MS: Milliseconds = 15_000;

/**
 * Starts a tool on the machine of the process, in `session.work`. It ends when it is told to, at the session's Stop or cancel, and by itself when MemLens is
 * gone, whatever ended that. Several may run at once.
 */
export async function startTool(session: ToolPlace, tool: ToolRun): Promise<Result<RunningTool, Fault>> {
  const { target, clock, log, stop, cancel } = session;
  if (cancel.requested) return err({ code: 'cancelled' });
  const stdout = new Tail(tool.onOutput?.bind(tool));
  const stderr = new Tail(tool.onError?.bind(tool));
  const rounds = Math.ceil(tool.graceMs / ROUND_MS);
  log.info(`${target.id}: ${JSON.stringify(tool.argv)}`);
  const started = await target.stream(
    {
      argv: ['/bin/sh', '-c', LEADER, 'memlens', session.work, tool.endSignal, String(rounds), ...tool.argv],
      // Names are looked up by us; a tool that would ask servers for them (strace -k, gdb) must not.
      env: { DEBUGINFOD_URLS: '', ...tool.env, LC_ALL: 'C' },
    },
    { onStdout: (chunk) => stdout.push(chunk), onStderr: (chunk) => stderr.push(chunk) },
  );
  if (!started.ok) return started;
  const program = started.value;
  const watches = new DisposableStore();
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    program.endInput();
    watches.add(clock.after(tool.graceMs + ANSWER_MS, () => program.abandon()));
  };
  if (tool.outlastsStop !== true) watches.add(stop.onRequest(end));
  watches.add(cancel.onRequest(end));
  const ended = program.ended.then((exit): Result<ToolEnd, Fault> => {
    watches.dispose();
    program.endInput();
    if (cancel.requested) return err({ code: 'cancelled' });
    if (!exit.ok) return exit;
    const { exitCode } = exit.value;
    const how = exitCode === null ? exit.value : exitOf(exitCode);
    log.info(`${tool.argv[0] ?? ''}: ${JSON.stringify(how)}`);
    return ok({ exit: how, stdout: stdout.end(), stderr: stderr.end() });
  });
  return ok({ end, ended });
}

/** Runs a tool to its end: see `startTool`. */
export async function runTool(session: ToolPlace, tool: ToolRun): Promise<Result<ToolEnd, Fault>> {
  const started = await startTool(session, tool);
  return started.ok ? started.value.ended : started;
}

/** The fault of a tool that has not done what it should. */
export function toolFault(tool: ToolRun, { exit, stderr }: ToolEnd): Fault {
  return {
    code: 'tool-failed',
    tool: tool.argv[0] ?? '',
    trace: { argv: tool.argv, ...exit, stderrTail: stderr.slice(-4096) },
  };
}

/** Text of a stream, told on as it comes; the newest is kept. */
class Tail {
  private readonly chunks = new Utf8Chunks();
  private text = '';

  constructor(private readonly told: ((text: string) => void) | undefined) {}

  push(chunk: Uint8Array): void {
    this.take(this.chunks.push(chunk));
  }

  end(): string {
    this.take(this.chunks.end());
    return this.text;
  }

  private take(text: string): void {
    if (text === '') return;
    this.told?.(text);
    this.text = text.length >= TAIL_CHARACTERS ? text.slice(-TAIL_CHARACTERS) : (this.text + text).slice(-TAIL_CHARACTERS);
  }
}
