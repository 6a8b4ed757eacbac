import { randomBytes } from 'node:crypto';
import type { Command, StageForm, StreamedProgram } from '../app/ports.js';
import type { Cancel } from '../base/cancel.js';
import type { Fault } from '../base/fault.js';
import { err, ok, type Result } from '../base/result.js';
import type { Milliseconds } from '../base/units.js';
import type { Exit } from '../model/report.js';
import { MarkedOutput } from './marked-output.js';
import { shellProgram } from './shell-program.js';
import { type Started, signalGroup } from './spawn.js';

/** How a shell on a target is reached. */
export interface ShellRoute {
  /** For messages and as the id of the target: `ssh:board`. */
  readonly id: string;
  /** The line is slow beside a gzip(1) there: long texts are packed on it. */
  readonly packs?: boolean;
  /** Starts a command of this machine with three pipes; its input is read by a POSIX shell of the target. */
  connect(cancel: Cancel): Promise<Result<Started, Fault>>;
  /** A command of this machine that runs `command` on the target, with the user's terminal or pipes (see staged-shell.ts). */
  stage(command: Command, form: StageForm, cancel: Cancel): Promise<Result<Command, Fault>>;
  /** What the end of such a command means, when the shell has not said that it ends. */
  faultOf(exit: Exit, stderr: string, greeted: boolean): Fault;
  /** Ends everything that was started for the route. */
  dispose(): void;
}

export interface ShellRun {
  /** The status of the shell, which says 128 + N for signal N; most shells do. */
  readonly status: number;
  /** Of that signal, without SIG, as the target's shell names it. */
  readonly signal: string | undefined;
  /** The command could not be started there. */
  readonly failure: string | undefined;
}

export interface ShellRunOptions {
  readonly onStdout: (bytes: Buffer) => void;
  readonly onStderr: (bytes: Buffer) => void;
  /** Sent when the program runs; then the shell's input ends. Without it, the input stays open until the program is over. */
  readonly input?: string | Uint8Array;
  /** Told when the program runs, or is just about to; if it takes the shell's input, that is open until it is ended here. */
  readonly onRunning?: (input: Pick<StreamedProgram, 'write' | 'endInput'>) => void;
  readonly cancel?: Cancel;
  readonly timeLimitMs?: Milliseconds;
  /** Ends what the program left, when it is over and its output is still held open. */
  readonly endSession?: (session: number) => Promise<void>;
}

/** A shell that has not said a word so long after it was reached never will. */
const GREETING_MS: Milliseconds = 20_000;
/** After the shell's input was closed: it ends its session, in about a second where the machine is not busy; else it is not heard any more. */
export const END_MS: Milliseconds = 5_000;
/** From the first word of a shell until what ends its session is there. */
const BEGIN_MS: Milliseconds = 500;
const NOISE_CHARACTERS = 4096;

/** For a session that ends without a word. */
export const ATTEMPTS = 4;

/**
 * The connection stands, but one session of it ended before its shell said a word, and so before the program ran: dropbear does that
 * to some of several sessions that begin at once.
 */
export function isUnheard(fault: Fault): boolean {
  return fault.code === 'target-unreachable' && fault.why === undefined && fault.detail === '';
}

/** Ways to end a command of this machine, each after so many milliseconds: what it left may still hold its output. */
export function harderAndHarder({ child, pid }: Started): readonly (readonly [Milliseconds, () => void])[] {
  return [
    [0, () => signalGroup(pid, 'SIGTERM')],
    [500, () => signalGroup(pid, 'SIGKILL')],
    [
      1000,
      () => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      },
    ],
  ];
}

/** Runs a program of shell-program.ts in a shell that was just started, to the end of its output. */
export async function runInShell(
  route: ShellRoute,
  started: Started,
  body: string,
  options: ShellRunOptions,
): Promise<Result<ShellRun, Fault>> {
  const { child, pid, ended } = started;
  const nonce = randomBytes(12).toString('hex');
  let platform = 'linux';
  let session: number | undefined;
  let failure: string | undefined;
  // In an object: callbacks set it.
  const said: { hello: boolean; over?: { readonly status: number; readonly signal: string | undefined } } = { hello: false };
  let stopped: Fault | undefined;
  let stopping: Promise<void> | undefined;
  const timers: NodeJS.Timeout[] = [];
  const after = (ms: number, action: () => void): void => void timers.push(setTimeout(action, ms));

  const stop = (fault: Fault): void => {
    if (stopped !== undefined) return;
    stopped = fault;
    child.stdin?.end();
    if (said.over !== undefined && session !== undefined) stopping = options.endSession?.(session);
    // A shell that has not greeted yet may do so now: what it begins must have somebody who ends it before the shell itself is ended.
    const patience = said.hello ? END_MS : BEGIN_MS;
    for (const [delay, action] of harderAndHarder(started)) after(patience + delay, action);
  };
  const onMark = ([word, first, second]: readonly string[]): void => {
    if (word === 'hello') {
      if (said.hello) return;
      said.hello = true;
      platform = first ?? 'unknown';
      if (options.input !== undefined) child.stdin?.end(options.input);
    } else if (word === 'session') {
      session = Number(first) || undefined;
      options.onRunning?.({ write: (text) => void child.stdin?.write(text), endInput: () => void child.stdin?.end() });
    } else if (word === 'fault') failure = first;
    else if (word === 'end') {
      said.over = { status: Number(first), signal: second === '' ? undefined : second };
      // Some clients wait for the end of their own input.
      child.stdin?.end();
    }
  };
  const stdout = new MarkedOutput(nonce, onMark, options.onStdout);
  // What the connection itself says on stderr comes before the greeting, or when it is lost: the newest text is kept for the fault.
  let lastWords = '';
  // What repeats its input (cat) has nothing to say.
  const noise = (): string => (stdout.noise.includes(nonce) ? '' : stdout.noise);
  const stderr = new MarkedOutput(nonce, () => undefined, options.onStderr);
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-NOISE_CHARACTERS);
    stderr.push(chunk);
  });
  const cancelled = options.cancel?.onRequest(() => stop({ code: 'cancelled' }));
  const limitMs = options.timeLimitMs;
  if (limitMs !== undefined) after(limitMs, () => stop({ code: 'time-out', seconds: limitMs / 1000 }));
  after(GREETING_MS, () => {
    if (!said.hello) stop(route.faultOf({ exitCode: null }, `${lastWords}${noise()}`, false));
  });
  child.stdin?.write(shellProgram(nonce, body));

  const exit = await ended;
  cancelled?.dispose();
  for (const timer of timers) clearTimeout(timer);
  stdout.end();
  stderr.end();
  await stopping;
  if (stopped !== undefined) {
    signalGroup(pid, 'SIGKILL');
    return err(stopped);
  }
  if (platform !== 'linux') return err({ code: 'unsupported-platform', platform });
  const { hello, over } = said;
  if (over === undefined) {
    const words = hello ? lastWords.slice(lastWords.lastIndexOf(`@@${nonce} hello`)).replace(/^@@.*\n?/, '') : lastWords;
    return err(route.faultOf(exit, words.trim() === '' ? noise() : words, hello));
  }
  return ok({ ...over, failure });
}
